// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/randombytes.h"

#include <QByteArray>
#include <QString>

#include <expected>

namespace linchpin::sip {

struct AuthError {
    enum class Code {
        MalformedToken, ///< the other side's token cannot be read
        Unsupported, ///< it asks for or lacks something without which we do not go on
        WrongCredentials, ///< acceptor only: user or password wrong
        OutOfOrder, ///< a step that does not belong here
    };

    Code code = Code::MalformedToken;
    QString detail; ///< plain sentence for logs, not translated
    friend bool operator==(const AuthError &, const AuthError &) = default;
};

/// One side of a security association of [MS-SIPAE]: a handshake of opaque tokens, then signatures
/// over byte buffers. NTLM, Kerberos, TLS-DSK and SSPI fit; both client and server sides do.
class AuthMechanism {
public:
    AuthMechanism() = default;
    AuthMechanism(const AuthMechanism &) = delete;
    AuthMechanism &operator=(const AuthMechanism &) = delete;
    virtual ~AuthMechanism() = default;

    /// As it stands in the headers and in the signature buffer: "NTLM", "Kerberos", "TLS-DSK".
    virtual QByteArray scheme() const = 0;
    /// Feeds the other side's token (empty for the first step) and gives ours. An empty answer
    /// together with isComplete() means nothing more is to be sent.
    virtual std::expected<QByteArray, AuthError> step(const QByteArray &token) = 0;
    virtual bool isComplete() const = 0;

    /// Raw signature bytes; empty before the handshake is complete.
    virtual QByteArray sign(QByteArrayView bytes) = 0;
    virtual bool verify(QByteArrayView bytes, QByteArrayView signature) = 0;
};

} // namespace linchpin::sip
