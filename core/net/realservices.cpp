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

Async<CertificatePolicy> RealServices::preparePolicy()
{
    const Answer<CertificatePolicy> answer;
    const Result<CertificatePolicy> policy = CertificatePolicy::fromSettings(m_binding.settings);
    if (!policy || !policy->needsSystemAuthorities()) {
        answer.give(policy);
        return answer.future();
    }
    systemAuthorities().then(
        &m_context, [answer, policy](const Result<QList<QSslCertificate>> &authorities) {
            CertificatePolicy complete = *policy;
            complete.setSystemAuthorities(authorities.value_or(QList<QSslCertificate> {}));
            answer.give(complete);
        });
    return answer.future();
}

Async<std::shared_ptr<Transport>> RealServices::connectTo(const Endpoint &endpoint)
{
    const Answer<std::shared_ptr<Transport>> answer;
    preparePolicy().then(
        &m_context, [this, endpoint, answer](const Result<CertificatePolicy> &policy) {
            if (!policy) {
                answer.fail(policy.error());
                return;
            }
            connectBy(*policy, endpoint, answer);
        });
    return answer.future();
}

void RealServices::connectBy(const CertificatePolicy &policy, const Endpoint &endpoint,
    const Answer<std::shared_ptr<Transport>> &answer)
{
    prepareProxy().then(&m_context, [this, endpoint, policy, answer](const Result<void> &) {
        ConnectOptions options;
        options.endpoint = endpoint;
        options.proxy = proxy();
        options.policy = policy;
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
    return lookUpSrv(
        name, m_nameServer, [] { return QRandomGenerator::global()->generateDouble(); },
        &m_context);
}

Async<HttpReply> RealServices::http(const HttpRequest &request)
{
    const Answer<HttpReply> answer;
    preparePolicy().then(
        &m_context, [this, request, answer](const Result<CertificatePolicy> &policy) {
            if (!policy) {
                answer.fail(policy.error());
                return;
            }
            httpBy(*policy, request, answer);
        });
    return answer.future();
}

void RealServices::httpBy(
    const CertificatePolicy &policy, const HttpRequest &request, const Answer<HttpReply> &answer)
{
    prepareProxy().then(&m_context, [this, request, policy, answer](const Result<void> &) {
        if (!request.mayAuthenticate || !request.url.userInfo().isEmpty()) {
            sendHttp(request, policy, {}, answer);
            return;
        }
        secret(u"password"_s)
            .then(&m_context, [this, request, policy, answer](const Result<QString> &password) {
                sendHttp(request, policy, password.value_or(QString()), answer);
            });
    });
}

void RealServices::sendHttp(const HttpRequest &request, const CertificatePolicy &policy,
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
    exchangeHttp(*m_http, clean, policy, credentials, m_binding.log)
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
