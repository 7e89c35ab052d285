// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"
#include "core/sdk/result.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

namespace linchpin {

/// Where to connect and how.
struct Endpoint {
    enum class Security {
        Plain, ///< may become TLS later through Transport::startTls()
        Tls, ///< TLS from the first byte
    };
    QString host; ///< DNS name or address literal; names are resolved by the proxy where one is set
    quint16 port = 0;
    Security security = Security::Tls;
    QString certificateName; ///< name the certificate must carry; empty = host
    QStringList alpn; ///< ALPN protocol names (`xmpp-client`), may be empty
};

/// What TLS came to; empty version = no TLS.
struct TlsInfo {
    QString version; ///< "TLS 1.3"
    QString cipher;
    QByteArray certificate; ///< the peer's own certificate, DER
    QByteArray sha256; ///< its fingerprint, raw 32 bytes
};

/// A byte pipe to one peer, TLS, proxy, certificate checks and the redacted wire log already
/// inside. Lives on the main thread. Closing or destroying it never emits closed().
class LINCHPIN_SDK_EXPORT Transport : public QObject {
    Q_OBJECT
public:
    explicit Transport(QObject *parent = nullptr);
    ~Transport() override;

    virtual void write(const QByteArray &bytes) = 0;
    /// Bytes given to write() that the system has not taken yet.
    virtual qint64 bytesPending() const = 0;
    virtual Async<void> startTls(const QString &certificateName) = 0;
    virtual void close() = 0;
    virtual TlsInfo tlsInfo() const = 0;
    virtual QString localAddress() const = 0; ///< address literal, for Via and Contact
    virtual quint16 localPort() const = 0;

Q_SIGNALS:
    void received(const QByteArray &bytes);
    /// The line is gone and we did not close it; emitted once. An orderly end of the peer is
    /// Error::Kind::Network with code `connection-closed`.
    void closed(const linchpin::Error &why);
};

} // namespace linchpin
