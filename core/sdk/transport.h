// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"
#include "core/sdk/result.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>

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
    bool logged = true; ///< false for the contents of files, which no wire log should hold
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
    /// While paused nothing is received(), so that the peer is slowed down to what can be taken; an
    /// end of the line is told when reading goes on, after all that came before it.
    virtual void setPaused(bool paused);

Q_SIGNALS:
    void received(const QByteArray &bytes);
    /// The system has taken everything given to write(). Where bytesPending() was 0 after a
    /// write() it may never come.
    void drained();
    /// The line is gone and we did not close it; emitted once. An orderly end of the peer is
    /// Error::Kind::Network with code `connection-closed`.
    void closed(const linchpin::Error &why);
};

/// A port of this machine where peers may come. Gone with the object. Main thread.
class LINCHPIN_SDK_EXPORT Listener : public QObject {
    Q_OBJECT
public:
    explicit Listener(QObject *parent = nullptr);
    ~Listener() override;

    virtual quint16 port() const = 0;
    /// Address literals of this machine where others may find the port, the likeliest first;
    /// loopback only where there is nothing else.
    virtual QStringList addresses() const = 0;

Q_SIGNALS:
    /// Somebody came: anybody may. Nothing has been read yet; not logged.
    void arrived(const std::shared_ptr<linchpin::Transport> &transport);
};

} // namespace linchpin
