// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/auth/gssmechanism.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "tests/support/peerserver.h"

#include <QDir>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <QTimer>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using sim::OcsPool;

namespace {

const QString address = u"alice@litwareinc.test"_s;
const QByteArray target = "sip/pool01.litwareinc.test"_ba;
constexpr int signInLimit = 60000;

/// A session with everything it told about signing in.
struct Client {
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    QList<ServerNotice> notices;
    std::optional<Error> ended;
    int passwordsAsked = 0;

    Client(const OcsPool &pool, const QHash<QString, QVariant> &more, const QString &password)
    {
        SettingValues settings;
        settings.set(u"address"_s, address);
        settings.set(u"server"_s, u"127.0.0.1"_s);
        settings.set(u"port"_s, pool.tlsPort());
        settings.set(u"connection"_s, u"tls"_s);
        settings.set(u"proxy-type"_s, u"none"_s);
        settings.set(u"ca-file"_s, pool.authorityFile());
        for (const auto &[key, value] : more.asKeyValueRange()) {
            settings.set(key, value);
        }
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [this, password](const QString &) {
            ++passwordsAsked;
            return ready<QString>(password);
        };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [](const QString &) { return QByteArray(); };
        binding.setState = [](const QString &, const QByteArray &) { };
        binding.log = [](bool, const QByteArray &) { };
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(
            session.get(), &Session::event, session.get(), [this](const SessionEvent &event) {
                if (const auto *notice = std::get_if<ServerNotice>(&event)) {
                    notices.append(*notice);
                }
            });
        QObject::connect(
            session.get(), &Session::ended, session.get(), [this](const Error &e) { ended = e; });
        session->open({ .availability = Availability::Available });
    }
    bool isOnline() const { return session->state() == Session::State::Online; }
};

} // namespace

/// Kerberos against a real KDC, and NTLM of the system against ours.
class TestKerberos : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void logins_data();
    void logins();
    void services_data();
    void services();
    void handshake_data();
    void handshake();
    void failures_data();
    void failures();
    void noTicket();
    void signsIn_data();
    void signsIn();
    void fallsBackToNtlm();
    void wrongPasswordEndsIt();
    void silentServerDoesNotBlock();
    void ntlmOfTheSystem();

private:
    bool kinit(const QString &user);

    test::PeerServer m_kdc;
    QString m_cache;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::optional<sim::SimCertificates> m_certificates;
};

void TestKerberos::initTestCase()
{
    if (!m_kdc.start(u"krb5"_s)) {
        if (m_kdc.isMissing()) {
            QSKIP(qPrintable(m_kdc.reason()));
        }
        QFAIL(qPrintable(m_kdc.reason()));
    }
    m_cache = m_kdc.dataDir() + u"/ccache"_s;
    qputenv("KRB5_CONFIG", (m_kdc.dataDir() + u"/krb5.conf"_s).toLocal8Bit());
    qputenv("KRB5CCNAME", "FILE:" + m_cache.toLocal8Bit());
    qputenv("KRB5_KTNAME", (m_kdc.dataDir() + u"/service.keytab"_s).toLocal8Bit());
    qputenv("KRB5_CLIENT_KTNAME", "FILE:/nonexistent");
    m_certificates = sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates);
}

void TestKerberos::init()
{
    QFile::remove(m_cache);
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(
        OcsPool::Options { .directory = m_directory->path(), .certificates = m_certificates },
        nullptr);
    m_pool->addUser(address, u"LITWARE\\alice"_s, u"alice-pw"_s, u"Alice"_s);
    m_pool->setKeytab(m_kdc.dataDir() + u"/service.keytab"_s);
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
}

void TestKerberos::cleanup()
{
    if (QTest::currentTestFailed() && m_pool) {
        qInfo().noquote() << "complaints:" << m_pool->complaints()
                          << "refusals:" << m_pool->core().refusals;
    }
    m_pool.reset();
    m_directory.reset();
}

bool TestKerberos::kinit(const QString &user)
{
    return m_kdc.run(u"kinit"_s, { u"-k"_s, u"-t"_s, m_kdc.dataDir() + u"/client.keytab"_s, user });
}

void TestKerberos::logins_data()
{
    QTest::addColumn<QString>("login");
    QTest::addColumn<QString>("principal");
    QTest::addColumn<bool>("enterprise");
    QTest::newRow("nothing") << u""_s << u"ben@LITWAREINC.COM"_s << false;
    QTest::newRow("user") << u"ben"_s << u"ben"_s << false;
    QTest::newRow("domain") << u"Litware\\ben"_s << u"ben@LITWARE"_s << false;
    QTest::newRow("slash") << u"LITWARE/ben"_s << u"ben@LITWARE"_s << false;
    QTest::newRow("principal") << u"Zażółć@ad.litware.pl"_s << u"Zażółć@AD.LITWARE.PL"_s << false;
    QTest::newRow("enterprise") << u"ben\\@mail.litware.pl"_s << u"ben@mail.litware.pl"_s << true;
}

void TestKerberos::logins()
{
    QFETCH(QString, login);
    const SystemCredentials made = kerberosCredentials(login, u"ben@litwareinc.com"_s, u"secret"_s);
    QTEST(made.principal, "principal");
    QTEST(made.enterprise, "enterprise");
    QVERIFY(!made.isSingleSignOn());
}

void TestKerberos::services_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("service");
    QTest::newRow("as the servers say it") << "sip/pool.test"_ba << "sip@pool.test"_ba;
    QTest::newRow("bare") << "pool.test"_ba << "sip@pool.test"_ba;
    QTest::newRow("another service") << "http/web.test"_ba << "http@web.test"_ba;
}

void TestKerberos::services()
{
    QFETCH(QByteArray, target);
    QTEST(hostBasedService(target), "service");
}

void TestKerberos::handshake_data()
{
    QTest::addColumn<bool>("ticket");
    QTest::newRow("password") << false;
    QTest::newRow("the desktop's ticket") << true;
}

void TestKerberos::handshake()
{
    QFETCH(bool, ticket);
    if (ticket) {
        QVERIFY(kinit(u"alice"_s));
    }
    GssMechanism client(GssMechanism::Kind::Kerberos,
        ticket ? SystemCredentials()
               : kerberosCredentials(u"alice@peers.test"_s, address, u"alice-pw"_s),
        target);
    GssAcceptor server(GssMechanism::Kind::Kerberos, m_kdc.dataDir() + u"/service.keytab"_s);
    QVERIFY(client.mayBlock());
    QVERIFY(client.sign("x").isEmpty());
    const auto token = client.step({});
    QVERIFY2(token, token ? "" : qPrintable(token.error().detail));
    QVERIFY(client.isComplete());
    QVERIFY(client.expiry() > QDateTime::currentDateTimeUtc());
    const auto answer = server.step(*token);
    QVERIFY2(answer, answer ? "" : qPrintable(answer.error().detail));
    QVERIFY(server.isComplete() && answer->isEmpty());
    QCOMPARE(server.principal(), u"alice@PEERS.TEST"_s);

    const QByteArray mic = client.sign("gęślą jaźń");
    QVERIFY(mic.startsWith("\x04\x04")); // RFC 4121 4.2.6.1
    QVERIFY(server.verify("gęślą jaźń", mic));
    QVERIFY(!server.verify("gesla jazn", mic));
    QVERIFY(!client.verify("gęślą jaźń", mic)); // sent back
    for (int i = 0; i < 3; ++i) {
        QVERIFY(client.verify("b", server.sign("b")));
    }
    QVERIFY(!client.verify("b", {}));
    QVERIFY(!client.verify("b", "rubbish"));
    QVERIFY(!client.step("more"));
}

void TestKerberos::failures_data()
{
    QTest::addColumn<QString>("login");
    QTest::addColumn<QString>("password");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<AuthError::Code>("code");
    using enum AuthError::Code;
    const QString alice = u"alice@peers.test"_s;
    QTest::newRow("wrong password") << alice << u"wrong"_s << target << WrongCredentials;
    QTest::newRow("nobody") << u"nobody@peers.test"_s << u"x"_s << target << UnknownUser;
    QTest::newRow("locked") << u"locked@peers.test"_s << u"locked-pw"_s << target
                            << AccountUnusable;
    QTest::newRow("no such realm") << u"alice@elsewhere.example"_s << u"x"_s << target << NoRealm;
    QTest::newRow("nobody answers") << u"alice@nobody.test"_s << u"x"_s << target << Unreachable;
    QTest::newRow("unknown server")
        << alice << u"alice-pw"_s << "sip/other.litwareinc.test"_ba << UnknownService;
}

void TestKerberos::failures()
{
    QFETCH(QString, login);
    QFETCH(QString, password);
    QFETCH(QByteArray, target);
    GssMechanism client(
        GssMechanism::Kind::Kerberos, kerberosCredentials(login, address, password), target);
    const auto token = client.step({});
    QVERIFY(!token);
    QVERIFY(!token.error().detail.isEmpty());
    const AuthError::Code code = token.error().code;
    QTEST(code, "code");
    QVERIFY(!client.isComplete());
}

void TestKerberos::noTicket()
{
    GssMechanism client(GssMechanism::Kind::Kerberos, {}, target);
    const auto token = client.step({});
    QVERIFY(!token);
    QVERIFY2(token.error().code == AuthError::Code::NoTicket, qPrintable(token.error().detail));
}

void TestKerberos::signsIn_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<bool>("ticket");
    QTest::addColumn<int>("version");
    QTest::newRow("password, version 4") << u"kerberos"_s << false << 4;
    QTest::newRow("password, version 3") << u"kerberos"_s << false << 3;
    QTest::newRow("password, automatic") << u"auto"_s << false << 4;
    QTest::newRow("Single Sign-On") << u"auto"_s << true << 4;
}

void TestKerberos::signsIn()
{
    QFETCH(QString, scheme);
    QFETCH(bool, ticket);
    QFETCH(int, version);
    m_pool->offerSchemes({ "NTLM"_ba, "Kerberos"_ba });
    m_pool->setSignatureVersion(version);
    if (ticket) {
        QVERIFY(kinit(u"alice"_s));
    }
    Client client(*m_pool,
        { { u"auth"_s, scheme }, { u"single-sign-on"_s, ticket },
            { u"login"_s, ticket ? QString() : u"alice@peers.test"_s } },
        u"alice-pw"_s);
    QTRY_VERIFY_WITH_TIMEOUT(client.isOnline() || client.ended, signInLimit);
    QVERIFY2(client.isOnline(), client.ended ? qPrintable(client.ended->detail) : "");
    QCOMPARE(client.passwordsAsked, ticket ? 0 : 1);
    // All that was said under the association was signed well, in both directions.
    QTRY_VERIFY(m_pool->count("SUBSCRIBE") > 0);
    QVERIFY2(m_pool->complaints().isEmpty(), qPrintable(m_pool->complaints().join(u'\n')));
    QVERIFY(client.notices.isEmpty());
    client.session->close();
    QTRY_COMPARE(client.session->state(), Session::State::Offline);
    const auto &last = m_pool->received().last().message;
    QVERIFY(last.header("Authorization").startsWith("Kerberos "));
    QVERIFY(last.header("Authorization").contains("targetname=\"sip/pool01.litwareinc.test\""));
}

void TestKerberos::fallsBackToNtlm()
{
    m_pool->offerSchemes({ "Kerberos"_ba, "NTLM"_ba });
    Client client(*m_pool, { { u"login"_s, u"LITWARE\\alice"_s } }, u"alice-pw"_s);
    QTRY_VERIFY_WITH_TIMEOUT(client.isOnline() || client.ended, signInLimit);
    QVERIFY(client.isOnline());
    QVERIFY(client.notices.isEmpty()); // an ordinary thing outside the company

    // Where it was asked for, it is an error with a way out.
    Client strict(*m_pool, { { u"login"_s, u"LITWARE\\alice"_s }, { u"auth"_s, u"kerberos"_s } },
        u"alice-pw"_s);
    QTRY_VERIFY_WITH_TIMEOUT(strict.ended, signInLimit);
    QCOMPARE(strict.ended->code, u"kerberos-no-realm"_s);
    QCOMPARE(strict.ended->fix.value(u"auth"_s).toString(), u"auto"_s);

    // Single Sign-On without a ticket.
    Client sso(*m_pool, { { u"single-sign-on"_s, true }, { u"auth"_s, u"kerberos"_s } }, {});
    QTRY_VERIFY_WITH_TIMEOUT(sso.ended, signInLimit);
    QCOMPARE(sso.ended->code, u"kerberos-no-ticket"_s);
    QVERIFY(!sso.ended->remedy.isEmpty());
}

void TestKerberos::wrongPasswordEndsIt()
{
    m_pool->offerSchemes({ "Kerberos"_ba, "NTLM"_ba });
    Client client(*m_pool, { { u"login"_s, u"alice@peers.test"_s } }, u"wrong"_s);
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, signInLimit);
    QCOMPARE(client.ended->code, u"wrong-password"_s);
    QCOMPARE(m_pool->count("REGISTER"), 1); // nothing was tried with NTLM
}

void TestKerberos::silentServerDoesNotBlock()
{
    // A KDC that takes the question and says nothing.
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    QFile config(m_directory->filePath(u"krb5.conf"_s));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write("[libdefaults]\n default_realm = SILENT.TEST\n dns_lookup_kdc = false\n"
                 " udp_preference_limit = 1\n[realms]\n SILENT.TEST = {\n  kdc = 127.0.0.1:"
        + QByteArray::number(silent.serverPort()) + "\n }\n");
    config.close();
    const QByteArray before = qgetenv("KRB5_CONFIG");
    qputenv("KRB5_CONFIG", config.fileName().toLocal8Bit());
    m_pool->offerSchemes({ "Kerberos"_ba, "NTLM"_ba });
    int ticks = 0;
    QTimer ticker;
    connect(&ticker, &QTimer::timeout, this, [&ticks] { ++ticks; });
    Client client(*m_pool, { { u"login"_s, u"alice"_s } }, u"alice-pw"_s);
    QTRY_VERIFY_WITH_TIMEOUT(silent.hasPendingConnections(), signInLimit);
    ticker.start(0);
    QTRY_VERIFY(ticks > 100); // while the question is out
    QVERIFY(!client.isOnline());
    QTRY_VERIFY_WITH_TIMEOUT(client.isOnline(), signInLimit); // with NTLM, after a while
    ticker.stop();

    // After a cut nobody waits for it a second time.
    const auto forget = [&silent] {
        while (silent.hasPendingConnections()) {
            delete silent.nextPendingConnection();
        }
    };
    forget();
    QVERIFY(QThreadPool::globalInstance()->waitForDone(signInLimit));
    QCoreApplication::processEvents();
    forget();
    m_pool->cutAll();
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, signInLimit);
    client.session->open({ .availability = Availability::Available });
    QTRY_VERIFY_WITH_TIMEOUT(client.isOnline(), signInLimit);
    QVERIFY(!silent.hasPendingConnections());
    qputenv("KRB5_CONFIG", before);
}

void TestKerberos::ntlmOfTheSystem()
{
#ifdef __SANITIZE_ADDRESS__
    QSKIP(
        "gss-ntlmssp copies names with strndup, which strict_string_checks takes for an overflow");
#endif
    if (!GssMechanism::isInstalled(GssMechanism::Kind::Ntlm)) {
        QSKIP("gss-ntlmssp is not installed");
    }
    QFile users(m_directory->filePath(u"ntlm-users"_s));
    QVERIFY(users.open(QIODevice::WriteOnly));
    users.write("LITWARE:alice:alice-pw\n");
    users.close();
    qputenv("NTLM_USER_FILE", users.fileName().toLocal8Bit());
    m_pool->offerSchemes({ "NTLM"_ba });
    Client client(*m_pool, { { u"single-sign-on"_s, true } }, {});
    QTRY_VERIFY_WITH_TIMEOUT(client.isOnline() || client.ended, signInLimit);
    QVERIFY2(client.isOnline(), client.ended ? qPrintable(client.ended->detail) : "");
    QCOMPARE(client.passwordsAsked, 0);
    QTRY_VERIFY(m_pool->count("SUBSCRIBE") > 0);
    QVERIFY2(m_pool->complaints().isEmpty(), qPrintable(m_pool->complaints().join(u'\n')));
    qunsetenv("NTLM_USER_FILE");
}

QTEST_GUILESS_MAIN(TestKerberos)
#include "tst_kerberos.moc"
