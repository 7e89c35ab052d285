// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/peertrust.h"
#include "core/net/srvresolver.h"
#include "core/sdk/peerjudge.h"

#include <QObject>

#include <functional>
#include <memory>

class QNetworkAccessManager;

namespace linchpin {

/// What binds the services to one account: its settings, and the ways to its secrets, its state and
/// its wire log. Functions that may outlive the account answer for themselves.
struct ServiceBinding {
    SettingValues settings; ///< complete
    std::function<Async<QString>(const QString &key)> secret;
    std::function<Async<void>(const QString &key, const QString &value)> storeSecret;
    std::function<QByteArray(const QString &key)> state;
    std::function<void(const QString &key, const QByteArray &value)> setState;
    std::function<void(bool outgoing, const QByteArray &bytes)> log;
    // What the user decided about certificates, and who hears of them; may be missing.
    std::function<TrustExceptions()> exceptions = {};
    std::function<void(const RefusedCase &refused)> refused = {};
    std::function<void(TrustService service, const QString &name, bool needsException)> accepted
        = {};
};

/// SessionServices of the real world, one for each session: sockets, DNS, HTTP, the system's clock
/// and randomness. Main thread.
class RealServices : public SessionServices, public PeerJudge {
public:
    explicit RealServices(ServiceBinding binding);
    ~RealServices() override;

    Async<std::shared_ptr<Transport>> connectTo(const Endpoint &endpoint) override;
    Result<std::shared_ptr<Listener>> listen(quint16 firstPort, quint16 lastPort) override;
    Async<QList<ServiceRecord>> lookUpService(const QString &name) override;
    Async<HttpReply> http(const HttpRequest &request) override;
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire) override;
    QDateTime now() const override;
    QByteArray randomBytes(int count) const override;
    Async<QString> secret(const QString &key) override;
    Async<void> storeSecret(const QString &key, const QString &value) override;
    QByteArray state(const QString &key) const override;
    void setState(const QString &key, const QByteArray &value) override;
    ProxySettings proxy() const override;
    QString applicationName() const override;
    QString applicationVersion() const override;
    void peerRefused(const RefusedPeer &peer) override;
    void logWire(bool outgoing, const QByteArray &bytes) override;
    std::optional<Error> judgePeer(
        const RefusedPeer &peer, const QList<QSslError> &errors) override;

private:
    /// Answers when the proxy's password, if one is needed, is known.
    Async<void> prepareProxy();
    /// What the settings say and the user decided, with all that Qt needs to know of it.
    Async<PeerTrust> prepareTrust(TrustService service);
    PeerTrust trustBy(const CertificatePolicy &policy, TrustService service);
    void tellRefused(RefusedCase refused);
    void connectBy(const PeerTrust &trust, const Endpoint &endpoint,
        const Answer<std::shared_ptr<Transport>> &answer);
    void httpBy(
        const PeerTrust &trust, const HttpRequest &request, const Answer<HttpReply> &answer);
    void sendHttp(const HttpRequest &request, const PeerTrust &trust, const QString &password,
        const Answer<HttpReply> &answer);

    ServiceBinding m_binding;
    NameServer m_nameServer;
    QString m_proxyPassword;
    bool m_proxyReady = false;
    QHash<QString, QString> m_records; ///< SRV target → the record that leads there
    std::unique_ptr<QNetworkAccessManager> m_http;
    QObject m_context; // last: pending answers end before anything they use
};

/// A Timer over QTimer.
std::unique_ptr<Timer> realTimer(std::chrono::milliseconds in, std::function<void()> fire);

} // namespace linchpin
