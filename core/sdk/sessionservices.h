// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/transport.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>

namespace linchpin {

/// A DNS SRV record (RFC 2782).
struct ServiceRecord {
    QString target;
    quint16 port = 0;
    quint16 priority = 0;
    quint16 weight = 0;
    friend bool operator==(const ServiceRecord &, const ServiceRecord &) = default;
};

/// A shot clock: fires once unless destroyed first.
class LINCHPIN_SDK_EXPORT Timer {
public:
    virtual ~Timer();
};

struct HttpRequest {
    QByteArray method = QByteArrayLiteral("GET");
    QUrl url; ///< user information in it is the login for this request alone
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
    std::chrono::milliseconds limit { 15000 };
    qint64 maximumSize = qint64 { 4 } << 20; ///< bytes; a longer answer is an error
    bool followRedirects = false;
    bool mayAuthenticate
        = false; ///< let the HTTP stack answer NTLM/Negotiate with login and password
};

struct HttpReply {
    int status = 0;
    QByteArray reason;
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
    QUrl url; ///< where it came from in the end
};

/// The proxy of an account as values, for libraries that open their own sockets (QXmpp). Our own
/// engines get it for free through connectTo().
struct ProxySettings {
    enum class Type { None, System, Http, Socks5 };
    Type type = Type::System;
    QString host;
    quint16 port = 0;
    QString login;
    QString password;
};

/// A TLS peer that was not trusted, for the user to look at and to decide.
struct RefusedPeer {
    QString host; ///< name or address literal that was connected to
    quint16 port = 0;
    QString expectedName; ///< the name the certificate had to carry
    QString record; ///< the SRV record that led there; empty where none did
    Error error; ///< `certificate-…`
    QList<QByteArray> chain; ///< DER, the peer's own certificate first; at most ten
};

/// Everything a session may ask of the world, bound to one account: proxy, certificate decisions,
/// wire log and secrets are inside, so a plugin cannot reach another account's. Owned by core and
/// outlives the session.
class LINCHPIN_SDK_EXPORT SessionServices {
public:
    virtual ~SessionServices();

    /// Tries all addresses of the host. Errors carry the codes `name-not-found`, `refused`,
    /// `timed-out`, `unreachable`, `proxy-refused`, `proxy-auth-required`, `not-tls`,
    /// `tls-too-old`, `tls-handshake-failed`, `certificate-*`.
    virtual Async<std::shared_ptr<Transport>> connectTo(const Endpoint &endpoint) = 0;
    /// Waits for peers at the first free port of the range, not encrypted. `behind-proxy` where the
    /// account has a proxy: nothing comes to or leaves this machine beside it.
    virtual Result<std::shared_ptr<Listener>> listen(quint16 firstPort, quint16 lastPort);
    /// SRV records in the order to try them (RFC 2782); an empty list means none exist.
    virtual Async<QList<ServiceRecord>> lookUpService(const QString &name) = 0;
    virtual Async<HttpReply> http(const HttpRequest &request) = 0;

    virtual std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire)
        = 0;
    virtual QDateTime now() const = 0; ///< UTC
    virtual QByteArray randomBytes(int count) const = 0; ///< cryptographic quality

    /// A secret of this account, by its settings key (`password`). Asks the user where that is the
    /// account's way; Error::Kind::Cancelled when the user declines, Authentication with code
    /// `no-password` when there is none.
    virtual Async<QString> secret(const QString &key) = 0;
    virtual Async<void> storeSecret(const QString &key, const QString &value) = 0;

    /// Small non-secret state the plugin wants back after a restart (roster version, archive id,
    /// epid): kept with the account, at most 64 KiB a value.
    virtual QByteArray state(const QString &key) const = 0;
    virtual void setState(const QString &key, const QByteArray &value) = 0;

    /// What libraries with sockets of their own need to obey the account's rules.
    virtual ProxySettings proxy() const = 0;
    virtual QString applicationName() const = 0; ///< "Linchpin"
    virtual QString applicationVersion() const = 0;

    /// For libraries with sockets of their own: a peer they did not trust. connectTo(), http() and
    /// startTls() tell by themselves.
    virtual void peerRefused(const RefusedPeer &peer);
    /// For libraries with sockets of their own; Transport logs by itself. Redaction happens inside.
    virtual void logWire(bool outgoing, const QByteArray &bytes) = 0;
};

} // namespace linchpin
