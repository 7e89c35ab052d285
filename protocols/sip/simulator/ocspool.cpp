// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"

#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/poolconnection.h"
#include "protocols/sip/simulator/registrar.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/simulator/simcertificates.h"
#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/simulator/subscriptions.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>

#include <algorithm>
#include <array>
#include <tuple>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

OcsPool::OcsPool(QObject *parent)
    : OcsPool(Options(), parent)
{
}

OcsPool::OcsPool(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    m_core.domain = m_options.domain;
    m_core.fqdn = u"pool01."_s + m_options.domain;
    connect(&m_core, &PoolCore::received, this, &OcsPool::messageReceived);
    connect(&m_core, &PoolCore::signedIn, this, &OcsPool::signedIn);
    connect(&m_core, &PoolCore::signedOut, this, &OcsPool::signedOut);
}

OcsPool::~OcsPool()
{
    // Connections and people take leave of the core: they go first.
    m_core.disconnect(this);
    qDeleteAll(std::exchange(m_connections, {}));
    m_people.clear();
}

std::expected<void, QString> OcsPool::start()
{
    const auto made = m_options.certificates ? m_options.certificates
                                             : makeCertificates(certificateNames(m_core.domain));
    if (!made) {
        return std::unexpected(u"The certificates could not be made."_s);
    }
    m_authority = made->authority;
    if (!m_options.directory.isEmpty()) {
        QFile file(authorityFile());
        if (!QDir().mkpath(m_options.directory) || !file.open(QIODevice::WriteOnly)
            || file.write(m_authority) != m_authority.size()) {
            return std::unexpected(u"%1 cannot be written."_s.arg(authorityFile()));
        }
    }
    auto configuration = QSslConfiguration::defaultConfiguration();
    QByteArray shown = m_options.expiredCertificate ? made->expiredCertificate : made->certificate;
    QByteArray shownKey = made->key;
    if (m_options.foreignCertificate) {
        shown = issueServerCertificate(*made, { u"mail."_s + m_core.domain });
    }
    if (m_options.certificateFault != CertificateFault::None) {
        std::tie(shown, shownKey) = makeFaultyCertificate(
            *made, certificateNames(m_core.domain), m_options.certificateFault);
    }
    const auto certificates = QSslCertificate::fromData(shown);
    if (certificates.isEmpty()) {
        return std::unexpected(u"The certificate cannot be read."_s);
    }
    const QSslKey key(shownKey, QSsl::Rsa);
    configuration.setLocalCertificate(certificates.first());
    configuration.setPrivateKey(key);
    m_core.certificate = certificates.first().toDer();
    m_core.privateKey = key.toDer();
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    if (m_options.oldTls) {
        QT_WARNING_PUSH
        QT_WARNING_DISABLE_DEPRECATED
        configuration.setProtocol(QSsl::TlsV1_0);
        QT_WARNING_POP
    }
    if (m_options.oldTls) {
        configuration.setBackendConfigurationOption("CipherString"_ba, "DEFAULT:@SECLEVEL=0"_ba);
    }
    if (m_options.noCommonCipher) {
        // Suites for another kind of key than the certificate's: none can be agreed on.
        configuration.setProtocol(QSsl::TlsV1_2);
        configuration.setBackendConfigurationOption(
            "CipherString"_ba, "ECDHE-ECDSA-AES128-GCM-SHA256"_ba);
    }

    auto tls = std::make_unique<QSslServer>();
    tls->setSslConfiguration(configuration);
    m_tls = std::move(tls);
    m_tcp = std::make_unique<QTcpServer>();
    connect(m_tls.get(), &QTcpServer::pendingConnectionAvailable, this,
        [this] { accept(*m_tls, true); });
    connect(m_tcp.get(), &QTcpServer::pendingConnectionAvailable, this,
        [this] { accept(*m_tcp, false); });
    if (!m_tls->listen(QHostAddress::LocalHost, m_options.tlsPort)) {
        return std::unexpected(m_tls->errorString());
    }
    if (!m_tcp->listen(QHostAddress::LocalHost, m_options.tcpPort)) {
        return std::unexpected(m_tcp->errorString());
    }
    return m_options.profile == Profile::Ocs2007R2 ? std::expected<void, QString>()
                                                   : startWeb(configuration, *made);
}

std::expected<void, QString> OcsPool::startWeb(
    const QSslConfiguration &configuration, const SimCertificates &certificates)
{
    const bool late = m_options.profile == Profile::Lync2013;
    m_core.product = late ? "RTC/5.0"_ba : "RTC/4.0"_ba;
    m_web = std::make_unique<LyncWeb>(m_core, certificates);
    if (const auto started = m_web->start(configuration, m_options.webPort, 0); !started) {
        return started;
    }
    LyncWeb::Options options { .autodiscover = late,
        .host = u"localhost:%1"_s.arg(m_web->securePort()),
        .sipHost = u"localhost"_s,
        .sipPort = tlsPort() };
    m_web->exchange().host = options.host;
    if (m_options.behindProxy) {
        m_proxy = std::make_unique<NameProxy>();
        if (!m_proxy->start(m_options.proxyPort)) {
            return std::unexpected(u"The proxy cannot listen."_s);
        }
        const QString &domain = m_core.domain;
        options.host = u"lyncweb."_s + domain;
        options.sipHost = u"sip."_s + domain;
        options.sipPort = 5061;
        m_proxy->map(options.sipHost, 5061, tlsPort());
        m_proxy->map(options.host, 443, m_web->securePort());
        m_web->exchange().host = u"mail."_s + domain;
        m_proxy->map(m_web->exchange().host, 443, m_web->securePort());
        if (late) {
            m_proxy->map(u"lyncdiscover."_s + domain, 443, m_web->securePort());
            m_proxy->map(u"lyncdiscover."_s + domain, 80, m_web->clearPort());
        }
    }
    m_web->setOptions(options);
    m_core.conferences().setPages(u"https://%1/meet/"_s.arg(options.host));
    m_core.certificateService = m_web->certificateService();
    m_core.groupExpansion = m_web->groupExpansion();
    m_core.addressBook = m_web->addressBook();
    m_core.schemes = { "NTLM"_ba, "TLS-DSK"_ba };
    m_core.certificateHolder = [this, certificates](const QByteArray &certificate) {
        return m_core.faults.refuseCertificates
            ? QString()
            : holderOf(certificates, certificate).value_or(QString());
    };
    return {};
}

QStringList OcsPool::certificateNames(const QString &domain)
{
    return { u"pool01."_s + domain, u"localhost"_s, u"127.0.0.1"_s, u"::1"_s, u"sip."_s + domain,
        u"lyncweb."_s + domain, u"lyncdiscover."_s + domain, u"lyncdiscoverinternal."_s + domain,
        u"mail."_s + domain, u"autodiscover."_s + domain };
}

void OcsPool::accept(QTcpServer &server, bool tls)
{
    while (auto *socket = server.nextPendingConnection()) {
        auto *connection = new PoolConnection(socket, tls, ++m_connectionNumber, m_core, this);
        m_connections.append(connection);
        connect(connection, &PoolConnection::finished, this, [this, connection] {
            m_connections.removeOne(connection);
            connection->deleteLater();
        });
    }
}

quint16 OcsPool::tlsPort() const
{
    return m_tls ? m_tls->serverPort() : 0;
}

quint16 OcsPool::tcpPort() const
{
    return m_tcp ? m_tcp->serverPort() : 0;
}

QString OcsPool::authorityFile() const
{
    return m_options.directory.isEmpty() ? QString()
                                         : QDir(m_options.directory).absoluteFilePath(u"ca.pem"_s);
}

void OcsPool::addUser(const QString &address, const QString &login, const QString &password,
    const QString &displayName)
{
    addUser(address, login, password, PersonCard { .displayName = displayName });
}

void OcsPool::addUser(
    const QString &address, const QString &login, const QString &password, const PersonCard &card)
{
    PoolUser user { .address = address.toLower(),
        .login = login,
        .password = password,
        .presence = Presentity(address, card),
        .contacts = {} };
    user.presence.useDefaultContainers();
    m_core.addUser(user);
}

void OcsPool::setContacts(const QString &address, const QList<SeedContact> &contacts)
{
    if (auto *user = m_core.user(address)) {
        user->contacts = ContactBook();
        user->contacts.seed(contacts);
    }
}

void OcsPool::addCrowd(const QString &address, int people, int online)
{
    constexpr int groups = 20;
    constexpr std::array moods { Availability::Available, Availability::Busy, Availability::Away,
        Availability::DoNotDisturb };
    QList<SeedContact> contacts;
    for (int i = 0; i < people; ++i) {
        const QString person = u"person%1@%2"_s.arg(i).arg(domain());
        addUser(person, {}, QString::fromLatin1(randomHex(16)),
            PersonCard { .displayName = u"Zażółć Person %1"_s.arg(i),
                .title = u"Tester"_s,
                .company = u"Litware"_s });
        if (i < online) {
            m_core.user(person)->presence.script(int(moods.at(size_t(i) % moods.size())),
                i % 5 == 0 ? u"note %1 🦄"_s.arg(i) : QString(), {},
                QDateTime::currentDateTimeUtc());
        }
        contacts.append({ person, {}, { u"Group %1"_s.arg(i % groups) } });
    }
    if (auto *user = m_core.user(address)) {
        user->contacts.seed(contacts);
    }
}

void OcsPool::moveToPool(const QString &address, const QString &pool)
{
    if (auto *user = m_core.user(address)) {
        user->pool = pool;
    }
}

void OcsPool::setLevel(const QString &address, const QString &watcher, int container)
{
    if (auto *user = m_core.user(address)) {
        user->presence.putInto(watcher, container);
        m_core.subscriptions().containersTouched(user->address);
    }
}

void OcsPool::addGroup(
    const QString &address, const QString &name, const QStringList &members, const QString &owner)
{
    m_core.groups.append({ address.toLower(), name, members });
    if (auto *user = m_core.user(owner)) {
        user->contacts.seedList(name, address);
    }
}

void OcsPool::makeFresh(const QString &address)
{
    if (auto *user = m_core.user(address)) {
        user->presence = Presentity(user->address, user->presence.card());
    }
}

ScriptedPerson *OcsPool::addPerson(const QString &address, const PersonCard &card)
{
    if (!m_core.user(address)) {
        // Nobody signs in as a scripted person: nobody knows this password.
        addUser(address, {}, QString::fromLatin1(randomHex(16)), card);
    }
    auto *person
        = m_people.emplace_back(std::make_unique<ScriptedPerson>(address, m_core, nullptr)).get();
    connect(person, &ScriptedPerson::messageReceived, this,
        [this, person](const QString &from, const QString &text) {
            record(person->address(), from, text);
            Q_EMIT personReceived(person->address(), from, text);
        });
    return person;
}

void OcsPool::record(const QString &person, const QString &from, const QString &text) const
{
    if (m_options.directory.isEmpty()) {
        return;
    }
    QFile file(QDir(m_options.directory).absoluteFilePath(u"received.jsonl"_s));
    if (file.open(QIODevice::WriteOnly | QIODevice::Append)) {
        const QJsonObject line { { u"from"_s, from }, { u"to"_s, person }, { u"text"_s, text },
            { u"at"_s, QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs) } };
        file.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    }
}

int OcsPool::availabilityOf(const QString &address)
{
    const auto *user = m_core.user(address);
    return user ? user->presence.availability() : int(Availability::Offline);
}

QString OcsPool::noteOf(const QString &address)
{
    const auto *user = m_core.user(address);
    return user ? user->presence.note() : QString();
}

const ContactBook *OcsPool::contactsOf(const QString &address)
{
    const auto *user = m_core.user(address);
    return user ? &user->contacts : nullptr;
}

int OcsPool::endpointCount(const QString &address) const
{
    return int(m_core.endpointsOf(address.toLower()).size());
}

int OcsPool::levelOf(const QString &address, const QString &watcher)
{
    const auto *user = m_core.user(address);
    return user ? user->presence.level(watcher) : 0;
}

bool OcsPool::editContacts(const QString &address, const QByteArray &envelope)
{
    auto *user = m_core.user(address);
    const auto document = parseXml(envelope);
    if (!user || !document) {
        return false;
    }
    const auto edit = user->contacts.apply(*document);
    m_core.subscriptions().contactsTouched(user->address, edit.deltas);
    return edit.status == 200;
}

void OcsPool::deregister(const QString &address, const QByteArray &event, const QByteArray &reason)
{
    m_core.registrar().deregister(address.toLower(), event, reason);
}

void OcsPool::refuseUserAgent(const QString &reason, const QString &allowedPattern)
{
    m_core.faults.allowedUserAgents = QRegularExpression(allowedPattern);
    m_core.faults.userAgentRefusal = reason;
}

void OcsPool::cutAfter(int messages)
{
    m_core.faults.cutAfter = messages;
}

void OcsPool::cutAll()
{
    const auto copy = m_connections;
    for (auto *connection : copy) {
        connection->cut();
    }
}

void OcsPool::setDelay(std::chrono::milliseconds delay)
{
    m_core.faults.delay = delay;
}

void OcsPool::answer(int status, const QByteArray &method, const QByteArray &reason,
    const QList<SipHeader> &headers, int times)
{
    m_core.faults.answers.append({ .method = method,
        .status = status,
        .reason = reason,
        .headers = headers,
        .times = times });
}

void OcsPool::speakHttp(bool on)
{
    m_core.faults.speakHttp = on;
}

void OcsPool::stayMute(bool on)
{
    m_core.faults.mute = on;
}

void OcsPool::speak(const QByteArray &words)
{
    m_core.faults.foreignWords = words;
}

void OcsPool::disable(const QString &address)
{
    m_core.faults.disabled.insert(address.toLower());
}

void OcsPool::refuseClock(bool on)
{
    m_core.faults.refuseClock = on;
}

void OcsPool::refuseIdentity()
{
    answer(403, "REGISTER", {},
        { { "ms-diagnostics-public",
            "4004;reason=\"Credentials provided are not authorized to act as specified from "
            "URI\";source="
                + quoted(m_core.fqdn.toUtf8()) } });
}

bool OcsPool::refuseWebTickets()
{
    if (m_web) {
        m_web->answer("/WebTicket/WebTicketService.svc/Auth"_ba,
            LyncWeb::fault11("The web ticket service is out of order"_ba, 28000));
    }
    return m_web != nullptr;
}

bool OcsPool::refuseNewCertificates()
{
    if (m_web) {
        m_web->answer("/CertProv/CertProvisioningService.svc/WebTicket_Proof"_ba,
            LyncWeb::fault11("Certificates are not issued to this user"_ba, 28040));
    }
    return m_web != nullptr;
}

void OcsPool::corruptSignatures(bool on)
{
    m_core.faults.corruptSignatures = on;
}

void OcsPool::omitSignatures(bool on)
{
    m_core.faults.omitSignatures = on;
}

void OcsPool::insistOnRc4(bool on)
{
    m_core.faults.rc4Only = on;
}

void OcsPool::setClockSkew(std::chrono::seconds ahead)
{
    m_core.faults.clockSkew = ahead;
}

void OcsPool::redirectTo(const QStringList &places)
{
    QList<SipHeader> contacts;
    for (const QString &place : places) {
        const double q = 1.0 - 0.1 * double(contacts.size());
        contacts.append({ "Contact",
            "<sip:" + place.toLatin1() + ";transport=tls>;q=" + QByteArray::number(q, 'f', 1) });
    }
    answer(302, "REGISTER", {}, contacts);
}

void OcsPool::beBusy(std::chrono::seconds retryAfter)
{
    answer(503, "REGISTER", {}, { { "Retry-After", QByteArray::number(retryAfter.count()) } });
}

std::pair<Traffic, Traffic> OcsPool::traffic() const
{
    return { m_core.traffic, m_web ? m_web->traffic() : Traffic() };
}

void OcsPool::resetTraffic()
{
    m_core.traffic = {};
    if (m_web) {
        m_web->resetTraffic();
    }
}

void OcsPool::setSignatureVersion(int version)
{
    m_core.signatureVersion = version;
}

void OcsPool::offerSchemes(const QByteArrayList &schemes)
{
    m_core.schemes = schemes;
}

void OcsPool::setKeytab(const QString &file)
{
    m_core.keytab = file;
}

void OcsPool::setRegistrationLifetime(std::chrono::seconds lifetime)
{
    m_core.registrationLifetime = lifetime;
}

void OcsPool::behave()
{
    m_core.faults = Faults();
}

int OcsPool::count(const QByteArray &method, const QString &from) const
{
    return int(std::ranges::count_if(m_core.log(), [&](const ReceivedMessage &m) {
        return m.message.isRequest() && m.message.method == method
            && (from.isEmpty() || m.from == from.toLower());
    }));
}

} // namespace linchpin::sip::sim
