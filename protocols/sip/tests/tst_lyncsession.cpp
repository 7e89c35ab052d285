// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "core/sdk/logging.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using sim::LyncWeb;
using sim::OcsPool;
using sim::Profile;

namespace {

constexpr int limit = 30000;
const QString ben = u"ben@litwareinc.test"_s;
const QString password = u"Zażółć🦄&<"_s;

/// Nothing to say, later.
Async<void> done()
{
    const Answer<void> answer;
    answer.give(Result<void>());
    return answer.future();
}

/// An account of which nothing is known but address and password; its network is the pool's proxy.
struct Client {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    QMap<QString, QString> secrets { { u"password"_s, password } };
    QByteArray wire;
    QList<ServerNotice> notices;
    std::optional<Error> ended;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;

    explicit Client(const OcsPool &pool)
    {
        set(u"address"_s, ben);
        set(u"proxy-type"_s, u"http"_s);
        set(u"proxy-host"_s, u"127.0.0.1"_s);
        set(u"proxy-port"_s, pool.proxy()->port());
        set(u"ca-file"_s, pool.authorityFile());
    }
    void set(const QString &key, const QVariant &value) { settings.set(key, value); }

    /// Signs in; true when online.
    bool open()
    {
        ended.reset();
        ServiceBinding binding;
        binding.settings = accountSchema().complete(settings);
        binding.secret = [this](const QString &key) {
            Error none;
            none.code = u"no-password"_s;
            return secrets.contains(key) ? ready<QString>(secrets.value(key))
                                         : readyError<QString>(none);
        };
        binding.storeSecret = [this](const QString &key, const QString &value) {
            secrets.insert(key, value);
            return done();
        };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [this](bool, const QByteArray &bytes) { wire += bytes + '\n'; };
        session.reset();
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(
            session.get(), &Session::event, session.get(), [this](const SessionEvent &event) {
                if (const auto *notice = std::get_if<ServerNotice>(&event)) {
                    notices.append(*notice);
                }
            });
        QObject::connect(session.get(), &Session::ended, session.get(),
            [this](const Error &error) { ended = error; });
        session->open({ .availability = Availability::Available });
        const bool over = QTest::qWaitFor([&] { return online() || ended; }, limit);
        if (!online()) {
            qInfo() << (over ? ended->code + u' ' + ended->detail : u"no end"_s);
        }
        return online();
    }
    bool online() const { return session->state() == Session::State::Online; }
    void close() const
    {
        session->close();
        QTRY_COMPARE(session->state(), Session::State::Offline);
    }
};

} // namespace

/// Signing in to Lync: found by autodiscover, certificate by web services, TLS-DSK.
class TestLyncSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void signsIn_data();
    void signsIn();
    void secondTime();
    void whatItCosts();
    void serverOnAnOpenLine_data();
    void serverOnAnOpenLine();
    void serverMoved();
    void certificateRefused();
    void fallsBackToNtlm();
    void provisioningFails();
    void wrongPassword();
    void closesMeanwhile();

private:
    void start(Profile profile = Profile::Lync2013);

    std::optional<sim::SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
};

void TestLyncSession::initTestCase()
{
    m_certificates = sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates);
}

void TestLyncSession::start(Profile profile)
{
    m_pool.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .directory = m_directory->path(),
                                           .profile = profile,
                                           .certificates = m_certificates,
                                           .behindProxy = true },
        nullptr);
    m_pool->addUser(ben, {}, password, u"Ben"_s);
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
    m_pool->offerSchemes({ "TLS-DSK"_ba }); // nothing to fall back to
}

void TestLyncSession::init()
{
    start();
}

void TestLyncSession::cleanup()
{
    if (QTest::currentTestFailed() && m_pool) {
        qInfo() << m_pool->complaints() << m_pool->core().refusals << m_pool->web()->complaints()
                << m_pool->proxy()->asked();
    }
    m_pool.reset();
}

void TestLyncSession::signsIn_data()
{
    QTest::addColumn<Profile>("profile");
    QTest::addColumn<int>("discovery");
    QTest::addColumn<bool>("json");
    QTest::addColumn<bool>("federated");
    QTest::addColumn<bool>("byHand");
    using enum LyncWeb::Discovery;
    const auto lync = Profile::Lync2013;
    QTest::newRow("autodiscover") << lync << int(Works) << false << false << false;
    QTest::newRow("homed elsewhere") << lync << int(HomedElsewhere) << false << false << false;
    QTest::newRow("json") << lync << int(Works) << true << false << false;
    QTest::newRow("federated") << lync << int(Works) << false << true << false;
    QTest::newRow("discovery address") << lync << int(Works) << false << false << true;
    QTest::newRow("redirect loop") << lync << int(RedirectLoop) << false << false << false;
    QTest::newRow("user unknown there") << lync << int(NoUser) << false << false << false;
    QTest::newRow("no autodiscover") << Profile::Lync2010 << int(Works) << false << false << false;
}

void TestLyncSession::signsIn()
{
    QFETCH(Profile, profile);
    QFETCH(int, discovery);
    QFETCH(bool, json);
    QFETCH(bool, federated);
    QFETCH(bool, byHand);
    if (profile != Profile::Lync2013) {
        start(profile);
    }
    m_pool->web()->discovery = LyncWeb::Discovery(discovery);
    m_pool->web()->jsonDiscovery = json;
    m_pool->web()->tickets = federated ? LyncWeb::Tickets::Federated : LyncWeb::Tickets::Windows;
    Client client(*m_pool);
    if (byHand) {
        client.set(u"discovery-url"_s, QString::fromLatin1(m_pool->web()->autodiscoverRoot()));
    }
    QVERIFY(client.open());
    QCOMPARE(m_pool->endpointCount(ben), 1);
    QCOMPARE(m_pool->web()->certificatesIssued(), 1);
    QCOMPARE(m_pool->complaints(), QStringList());
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    // Everything went through the proxy, by name, and to nobody else.
    for (const QString &place : m_pool->proxy()->asked()) {
        QVERIFY2(place.contains(u".litwareinc.test:"_s) || place.startsWith(u"litwareinc.test:"_s),
            qPrintable(place));
    }
    QCOMPARE(m_pool->proxy()->asked().contains(u"lyncdiscover.litwareinc.test:443"_s), !byHand);
    // Nothing secret where people look for help.
    QVERIFY(!client.wire.contains(password.toUtf8()));
    QVERIFY(!redact(client.wire).contains("Zażółć🦄&amp;&lt;"));
    QVERIFY(client.secrets.contains(u"tls-dsk-certificate"_s));
}

void TestLyncSession::secondTime()
{
    Client client(*m_pool);
    QVERIFY(client.open());
    const qsizetype web = m_pool->web()->requests().size();
    const int registers = m_pool->count("REGISTER"_ba);
    QVERIFY(web >= 8);
    client.close();
    m_pool->web()->clearRequests();
    m_pool->clearLog();
    QVERIFY(client.open());
    QCOMPARE(m_pool->web()->requests().size(), 0);
    QCOMPARE(m_pool->web()->certificatesIssued(), 1);
    QVERIFY(m_pool->count("REGISTER"_ba) <= registers);
}

/// Requests of the first sign-in and of the second one, with a certificate and provisioning at
/// hand. Who needs one more has to say here what for.
void TestLyncSession::whatItCosts()
{
    m_pool->addCrowd(ben, 20, 20);
    const auto requests = [this] {
        QMap<QByteArray, int> counts;
        for (const auto &entry : m_pool->received()) {
            if (entry.message.isRequest()) {
                const QByteArray event = entry.message.header("Event");
                ++counts[entry.message.method
                    + (event.isEmpty() || event == "registration" ? QByteArray() : ' ' + event)];
            }
        }
        return counts;
    };
    QMap<QByteArray, int> expected { { "REGISTER"_ba, 4 }, { "SERVICE"_ba, 1 },
        { "SUBSCRIBE presence"_ba, 1 }, { "SUBSCRIBE vnd-microsoft-provisioning-v2"_ba, 1 },
        { "SUBSCRIBE vnd-microsoft-roaming-contacts"_ba, 1 },
        { "SUBSCRIBE vnd-microsoft-roaming-self"_ba, 1 } };
    Client client(*m_pool);
    QVERIFY(client.open());
    QTRY_COMPARE_WITH_TIMEOUT(requests(), expected, limit);
    QTRY_VERIFY_WITH_TIMEOUT(!client.state.value(u"provisioning"_s).isEmpty(), limit);
    const qsizetype web = m_pool->web()->requests().size();
    client.close();
    expected["REGISTER"_ba] = 5; // and nothing but the good-bye came after
    QCOMPARE(requests(), expected);
    QCOMPARE(m_pool->web()->count("/CertProv/"_ba), 2);
    QCOMPARE(m_pool->web()->count("/WebTicket/"_ba), 6); // for autodiscover and the certificate
    QVERIFY(web <= 13); // autodiscover goes several ways at once
    QCOMPARE(m_pool->web()->requests().size(), web);

    m_pool->clearLog();
    m_pool->web()->clearRequests();
    expected["REGISTER"_ba] = 4;
    expected.remove("SUBSCRIBE vnd-microsoft-provisioning-v2"_ba);
    QVERIFY(client.open());
    QTRY_COMPARE_WITH_TIMEOUT(requests(), expected, limit);
    QTRY_VERIFY_WITH_TIMEOUT(client.session->conferences() != nullptr, limit);
    client.close();
    expected["REGISTER"_ba] = 5;
    QCOMPARE(requests(), expected);
    QCOMPARE(m_pool->web()->requests().size(), 0);
}

void TestLyncSession::serverOnAnOpenLine_data()
{
    QTest::addColumn<QString>("server");
    QTest::addColumn<bool>("authority");
    QTest::addColumn<QString>("code");
    QTest::newRow("proves its name") << u"sip.litwareinc.test"_s << true << QString();
    QTest::newRow("of nobody we know")
        << u"sip.litwareinc.test"_s << false << u"tls-dsk-server-untrusted"_s;
}

/// Without TLS around it, the server's certificate inside of TLS-DSK is all that tells who it is.
void TestLyncSession::serverOnAnOpenLine()
{
    QFETCH(QString, server);
    QFETCH(bool, authority);
    QFETCH(QString, code);
    m_pool->proxy()->map(server, 5060, m_pool->tcpPort());
    Client client(*m_pool);
    QVERIFY(client.open()); // fetches the certificate
    client.close();
    client.set(u"server"_s, server);
    client.set(u"port"_s, 5060);
    client.set(u"connection"_s, u"plain"_s);
    client.set(u"auth"_s, u"tls-dsk"_s);
    if (!authority) {
        client.set(u"ca-file"_s, QString());
    }
    QCOMPARE(client.open(), code.isEmpty());
    if (!code.isEmpty()) {
        QCOMPARE(client.ended->code, code);
        QVERIFY(client.ended->fatal);
        QCOMPARE(m_pool->endpointCount(ben), 0);
    }
}

void TestLyncSession::serverMoved()
{
    Client client(*m_pool);
    client.state.insert(u"server"_s, "litwareinc.test gone.litwareinc.test 5061 tls"_ba);
    QVERIFY(client.open());
    QCOMPARE(m_pool->proxy()->asked().first(), u"gone.litwareinc.test:5061"_s);
    QCOMPARE(client.state.value(u"server"_s), "litwareinc.test sip.litwareinc.test 5061 tls"_ba);
    // One of another domain is not even tried.
    client.close();
    client.state.insert(u"server"_s, "contoso.test sip.contoso.test 5061 tls"_ba);
    QVERIFY(client.open());
    QVERIFY(!m_pool->proxy()->asked().contains(u"sip.contoso.test:5061"_s));
}

void TestLyncSession::certificateRefused()
{
    Client client(*m_pool);
    QVERIFY(client.open());
    client.close();
    // Revoked: all that were issued until now.
    const QString kept = client.secrets.value(u"tls-dsk-certificate"_s);
    m_pool->core().certificateHolder = [kept, holder = m_pool->core().certificateHolder](
                                           const QByteArray &certificate) {
        return kept.contains(QString::fromLatin1(certificate.toBase64())) ? QString()
                                                                          : holder(certificate);
    };
    QVERIFY(client.open());
    QCOMPARE(m_pool->web()->certificatesIssued(), 2);
    QVERIFY(client.secrets.value(u"tls-dsk-certificate"_s) != kept);
}

void TestLyncSession::fallsBackToNtlm()
{
    m_pool->offerSchemes({ "NTLM"_ba, "TLS-DSK"_ba });
    m_pool->web()->answer("/CertProvisioningService.svc/mex", { .status = 503 });
    Client client(*m_pool);
    QVERIFY(client.open());
    QCOMPARE(client.notices.size(), 1);
    QCOMPARE(client.notices.first().code, u"web-ticket-failed"_s);
    QVERIFY(client.notices.first().detail.contains(u"503"_s));
}

void TestLyncSession::provisioningFails()
{
    m_pool->web()->answer("/WebTicket_Proof_SHA1", LyncWeb::fault11("Zażółć gęślą jaźń"_ba, 28030));
    Client client(*m_pool);
    QVERIFY(!client.open());
    QVERIFY(client.ended);
    QCOMPARE(client.ended->code, u"certificate-provisioning-failed"_s);
    QVERIFY(client.ended->detail.contains(u"Zażółć gęślą jaźń (28030)"_s));
    QVERIFY(!client.ended->remedy.isEmpty());
    QCOMPARE(m_pool->endpointCount(ben), 0);
}

void TestLyncSession::wrongPassword()
{
    Client client(*m_pool);
    client.secrets.insert(u"password"_s, u"wrong"_s);
    QVERIFY(!client.open());
    QCOMPARE(client.ended->code, u"wrong-password"_s);
    QVERIFY(client.ended->fatal);
    // Tried once, in one place.
    QVERIFY(m_pool->web()->count("/WebTicketService.svc/Auth"_ba) <= 3);
    QCOMPARE(m_pool->count("REGISTER"_ba), 0);
}

void TestLyncSession::closesMeanwhile()
{
    for (const QByteArray &until :
        { "/root"_ba, "/WebTicketService.svc/mex"_ba, "/WebTicket_Proof_SHA1"_ba }) {
        Client client(*m_pool);
        bool closed = false;
        m_pool->web()->clearRequests();
        QTimer poll;
        QObject::connect(&poll, &QTimer::timeout, &poll, [&] {
            if (!closed && m_pool->web()->count(until) > 0 && client.session) {
                closed = true;
                client.session->close();
                client.ended = Error {}; // the wait is over
            }
        });
        poll.start(1);
        client.open();
        QTRY_COMPARE(client.session->state(), Session::State::Offline);
        client.session.reset();
    }
    QTRY_COMPARE(m_pool->endpointCount(ben), 0);
}

QTEST_GUILESS_MAIN(TestLyncSession)
#include "tst_lyncsession.moc"
