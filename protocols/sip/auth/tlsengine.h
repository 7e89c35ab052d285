// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/authmechanism.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// A TLS handshake over memory instead of a socket, for TLS-DSK: bytes in, bytes out. Only AES
/// suites with SHA-1, which is what the servers speak: the cipher protects nothing but the two
/// Finished messages, its hash makes the signatures. RC4 is in no OpenSSL of today.
class TlsEngine {
public:
    enum class Side { Client, Server };
    enum class Versions {
        From10To12, ///< the server chooses
        Only10, ///< for servers that stumble over a newer hello
    };
    /// What the server's certificate must be where nothing else vouches for the server.
    struct ServerTrust {
        QStringList names; ///< one of them: host names, or an address literal
        QByteArray authorities; ///< PEM, beside the system's; may be empty
        QByteArray pinned; ///< SHA-256 of the one certificate that is right whatever it says
    };
    struct Options {
        Side side = Side::Client;
        Versions versions = Versions::From10To12;
        QByteArray certificate; ///< DER
        QByteArray privateKey; ///< PKCS#8 DER
        /// Client: none where the connection itself is TLS. Then that certificate has been checked,
        /// and the inner one is often of a server behind it, from the company's own authority.
        std::optional<ServerTrust> trust = {};
        /// Server: whether this client certificate (DER) may go on; none: every one may.
        std::function<bool(const QByteArray &certificate)> accepts = {};
    };

    static std::expected<std::unique_ptr<TlsEngine>, AuthError> create(Options options);
    virtual ~TlsEngine() = default;
    TlsEngine(const TlsEngine &) = delete;
    TlsEngine &operator=(const TlsEngine &) = delete;

    /// Feeds what the other side sent (empty: begin) and gives what to send.
    virtual std::expected<QByteArray, AuthError> step(const QByteArray &bytes) = 0;
    virtual bool isComplete() const = 0;
    /// RFC 2716 3.5: the first 128 bytes of PRF(master secret, "client EAP encryption", randoms).
    virtual QByteArray keyBlock() const = 0;
    /// Of the negotiated suite.
    virtual QCryptographicHash::Algorithm hash() const = 0;
    virtual QByteArray peerCertificate() const = 0; ///< DER
    virtual QByteArray protocol() const = 0; ///< "TLSv1.2", for logs

protected:
    TlsEngine() = default;
};

} // namespace linchpin::sip
