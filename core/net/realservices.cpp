// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"

#include "core/net/httpexchange.h"
#include "core/net/neterrors.h"
#include "core/net/proxychoice.h"
#include "core/net/tcpconnector.h"
#include "core/net/tcplistener.h"
#include "core/sdk/systemauthorities.h"

#include <QNetworkAccessManager>
#include <QNetworkCookieJar>
#include <QPointer>
#include <QRandomGenerator>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLargestState = qsizetype { 64 } << 10;

class RealTimer : public Timer {
public:
    RealTimer(std::chrono::milliseconds in, std::function<void()> fire)
        : m_fire(std::move(fire))
    {
        m_timer.setSingleShot(true);
        // Long waits need no precision: the system may wake up for several of them at once.
        m_timer.setTimerType(
            in >= std::chrono::seconds(20) ? Qt::VeryCoarseTimer : Qt::CoarseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const std::function<void()> fire = std::move(m_fire); // may destroy this timer
            fire();
        });
        m_timer.start(in);
    }

private:
    std::function<void()> m_fire;
    QTimer m_timer;
};

} // namespace

std::unique_ptr<Timer> realTimer(std::chrono::milliseconds in, std::function<void()> fire)
{
    return std::make_unique<RealTimer>(in, std::move(fire));
}

RealServices::RealServices(ServiceBinding binding)
    : m_binding(std::move(binding))
    , m_nameServer(NameServer::fromEnvironment())
{
    const ProxySettings proxy = proxyFromSettings(m_binding.settings, {});
    m_proxyReady = proxy.login.isEmpty();
    if (!m_proxyReady) {
        prepareProxy(); // proxy() has it by the time a library asks
    }
}

RealServices::~RealServices() = default;

Async<void> RealServices::prepareProxy()
{
    if (m_proxyReady) {
        return readyOk();
    }
    return m_binding.secret(u"proxy-password"_s)
        .then(&m_context, [this](const Result<QString> &password) {
            m_proxyPassword = password.value_or(QString());
            m_proxyReady = true;
            return Result<void> {};
        });
}

Async<PeerTrust> RealServices::prepareTrust(TrustService service)
{
    const Answer<PeerTrust> answer;
    const Result<CertificatePolicy> policy = CertificatePolicy::fromSettings(m_binding.settings);
    if (!policy) {
        answer.fail(policy.error());
        return answer.future();
    }
    if (!policy->needsSystemAuthorities()) {
        answer.give(trustBy(*policy, service));
        return answer.future();
    }
    systemAuthorities().then(&m_context,
        [this, answer, service, policy = *policy](
            const Result<QList<QSslCertificate>> &authorities) {
            CertificatePolicy complete = policy;
            complete.setSystemAuthorities(authorities.value_or(QList<QSslCertificate> {}));
            answer.give(trustBy(complete, service));
        });
    return answer.future();
}

PeerTrust RealServices::trustBy(const CertificatePolicy &policy, TrustService service)
{
    PeerTrust trust { .policy = policy.forService(service) };
    if (m_binding.exceptions) {
        trust.policy.setExceptions(m_binding.exceptions(), now());
    }
    // Connections outlive their services; what they tell then is of no use.
    const QPointer<QObject> guard(&m_context);
    trust.refused = [this, guard](const RefusedCase &refused) {
        if (guard) {
            tellRefused(refused);
        }
    };
    trust.accepted = m_binding.accepted;
    return trust;
}

void RealServices::tellRefused(RefusedCase refused)
{
    if (refused.peer.record.isEmpty()) {
        refused.peer.record = m_records.value(trustName(refused.peer.host));
    }
    if (m_binding.refused) {
        m_binding.refused(refused);
    }
}

void RealServices::peerRefused(const RefusedPeer &peer)
{
    tellRefused({ .peer = peer });
}

std::optional<Error> RealServices::judgePeer(
    const RefusedPeer &peer, const QList<QSslError> &errors)
{
    const Result<CertificatePolicy> policy = CertificatePolicy::fromSettings(m_binding.settings);
    if (!policy) {
        return policy.error();
    }
    QList<QSslCertificate> chain;
    for (const QByteArray &der : peer.chain) {
        chain.append(QSslCertificate(der, QSsl::Der));
    }
    PeerTrust trust = trustBy(*policy, TrustService::Connection);
    trust.refused = [this, &peer](RefusedCase refused) {
        refused.peer.record = peer.record;
        tellRefused(std::move(refused));
    };
    return trust.judge(errors, chain, { peer.host, peer.port, peer.expectedName });
}

Async<std::shared_ptr<Transport>> RealServices::connectTo(const Endpoint &endpoint)
{
    const Answer<std::shared_ptr<Transport>> answer;
    prepareTrust(TrustService::Connection)
        .then(&m_context, [this, endpoint, answer](const Result<PeerTrust> &trust) {
            if (!trust) {
                answer.fail(trust.error());
                return;
            }
            connectBy(*trust, endpoint, answer);
        });
    return answer.future();
}

void RealServices::connectBy(const PeerTrust &trust, const Endpoint &endpoint,
    const Answer<std::shared_ptr<Transport>> &answer)
{
    prepareProxy().then(&m_context, [this, endpoint, trust, answer](const Result<void> &) {
        ConnectOptions options;
        options.endpoint = endpoint;
        options.proxy = proxy();
        options.trust = trust;
        options.nameServer = m_nameServer;
        if (endpoint.logged) {
            options.log = m_binding.log;
        }
        connectTcp(options, &m_context)
            .then(&m_context, [answer](const Result<std::shared_ptr<Transport>> &transport) {
                answer.give(transport);
            });
    });
}

Result<std::shared_ptr<Listener>> RealServices::listen(quint16 firstPort, quint16 lastPort)
{
    return listenTcp(proxy(), firstPort, lastPort);
}

Async<QList<ServiceRecord>> RealServices::lookUpService(const QString &name)
{
    const Answer<QList<ServiceRecord>> answer;
    lookUpSrv(
        name, m_nameServer, [] { return QRandomGenerator::global()->generateDouble(); }, &m_context)
        .then(&m_context, [this, name, answer](const Result<QList<ServiceRecord>> &records) {
            for (const ServiceRecord &record : records.value_or(QList<ServiceRecord> {})) {
                m_records.insert(trustName(record.target), name);
            }
            answer.give(records);
        });
    return answer.future();
}

Async<HttpReply> RealServices::http(const HttpRequest &request)
{
    const Answer<HttpReply> answer;
    prepareTrust(TrustService::Web)
        .then(&m_context, [this, request, answer](const Result<PeerTrust> &trust) {
            if (!trust) {
                answer.fail(trust.error());
                return;
            }
            httpBy(*trust, request, answer);
        });
    return answer.future();
}

void RealServices::httpBy(
    const PeerTrust &trust, const HttpRequest &request, const Answer<HttpReply> &answer)
{
    prepareProxy().then(&m_context, [this, request, trust, answer](const Result<void> &) {
        if (!request.mayAuthenticate || !request.url.userInfo().isEmpty()) {
            sendHttp(request, trust, {}, answer);
            return;
        }
        secret(u"password"_s)
            .then(&m_context, [this, request, trust, answer](const Result<QString> &password) {
                sendHttp(request, trust, password.value_or(QString()), answer);
            });
    });
}

void RealServices::sendHttp(const HttpRequest &request, const PeerTrust &trust,
    const QString &password, const Answer<HttpReply> &answer)
{
    if (!m_http) {
        m_http = std::make_unique<QNetworkAccessManager>();
        m_http->setProxyFactory(proxyFactory(proxy()).release());
    }
    HttpCredentials credentials;
    credentials.login = m_binding.settings.text(u"login"_s);
    if (credentials.login.isEmpty()) {
        credentials.login = m_binding.settings.text(u"address"_s);
    }
    credentials.password = password;
    HttpRequest clean = request;
    if (!request.url.userInfo().isEmpty()) {
        // A login of its own for this service: it answers a challenge, and is neither written down
        // nor sent before it.
        credentials = { request.url.userName(QUrl::FullyDecoded),
            request.url.password(QUrl::FullyDecoded) };
        clean.url.setUserInfo({});
    }
    exchangeHttp(*m_http, clean, trust, credentials, m_binding.log)
        .then(&m_context, [answer](const Result<HttpReply> &reply) { answer.give(reply); });
}

std::unique_ptr<Timer> RealServices::timer(std::chrono::milliseconds in, std::function<void()> fire)
{
    return realTimer(in, std::move(fire));
}

QDateTime RealServices::now() const
{
    return QDateTime::currentDateTimeUtc();
}

QByteArray RealServices::randomBytes(int count) const
{
    QByteArray bytes(count, Qt::Uninitialized);
    QRandomGenerator *const system = QRandomGenerator::system();
    for (char &byte : bytes) {
        byte = static_cast<char>(system->generate() & 0xffU);
    }
    return bytes;
}

Async<QString> RealServices::secret(const QString &key)
{
    return m_binding.secret(key);
}

Async<void> RealServices::storeSecret(const QString &key, const QString &value)
{
    return m_binding.storeSecret(key, value);
}

QByteArray RealServices::state(const QString &key) const
{
    return m_binding.state(key);
}

void RealServices::setState(const QString &key, const QByteArray &value)
{
    if (value.size() <= kLargestState) {
        m_binding.setState(key, value);
    }
}

ProxySettings RealServices::proxy() const
{
    return proxyFromSettings(m_binding.settings, m_proxyPassword);
}

QString RealServices::applicationName() const
{
    return u"Linchpin"_s;
}

QString RealServices::applicationVersion() const
{
    return QStringLiteral(LINCHPIN_VERSION);
}

void RealServices::logWire(bool outgoing, const QByteArray &bytes)
{
    m_binding.log(outgoing, bytes);
}

} // namespace linchpin
