// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/simcertificates.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/tests/throwawaycertificate.h"

#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using sim::OcsPool;

namespace {

constexpr int limit = 20000;
const QString alice = u"alice@litwareinc.test"_s;
const QString password = u"Zażółć🦄"_s;
const QString domain = u"litwareinc.test"_s;

/// Always the same certificate.
class OneCertificate : public CertificateSource {
public:
    explicit OneCertificate(ClientCertificate certificate)
        : m_certificate(std::move(certificate))
    {
    }
    Async<ClientCertificate> certificate(const QUrl &, bool) override
    {
        return ready<ClientCertificate>(m_certificate);
    }

private:
    ClientCertificate m_certificate;
};

/// What a row turns on; the second pool is there for those that need one.
struct World {
    OcsPool &pool;
    OcsPool &spare;
    SettingValues &settings;
};
using Mischief = std::function<void(const World &)>;

QString place(const OcsPool &pool)
{
    return u"127.0.0.1:%1"_s.arg(pool.tlsPort());
}

/// What signing in has to come to. No code: it works.
struct Outcome {
    QString code = {};
    bool fatal = false;
    QString title = {}; ///< a piece of it
    QString detail = {};
    QString notice = {}; ///< the code of one that has to come
    std::chrono::seconds retryAfter { 0 };
};

} // namespace

Q_DECLARE_METATYPE(Mischief)
Q_DECLARE_METATYPE(Outcome)
Q_DECLARE_METATYPE(linchpin::sip::sim::OcsPool::Options)

/// Everything the simulated pool can do wrong, and how the session takes it: it ends with an error
/// that says what happened, or mends itself.
class TestSipFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void signingIn_data();
    void signingIn();
    void certificates_data();
    void certificates();
    void signedOut_data();
    void signedOut();
    void cutLater_data();
    void cutLater();
    void serverGoneComesBackElsewhere();
    void wrongSecurity_data();
    void wrongSecurity();
    void securityIsRemembered();
    void lessThanBefore();

private:
    std::unique_ptr<OcsPool> makePool(OcsPool::Options options);
    void prepare(const OcsPool &pool);
    void open();
    bool online() const { return m_session->state() == Session::State::Online; }
    bool settled()
    {
        return QTest::qWaitFor([this] { return online() || m_ended; }, limit);
    }

    std::optional<sim::SimCertificates> m_certificates;
    ClientCertificate m_device;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::unique_ptr<OcsPool> m_spare;
    SettingValues m_settings;
    QMap<QString, QByteArray> m_state;
    std::unique_ptr<RealServices> m_services;
    std::unique_ptr<SipSession> m_session;
    std::optional<Error> m_ended;
    QList<ServerNotice> m_notices;
    int m_lists = 0;
};

void TestSipFaults::initTestCase()
{
    m_certificates = sim::makeCertificates(OcsPool::certificateNames(domain));
    QVERIFY(m_certificates);
    m_device = test::throwawayCertificate("alice"_ba);
}

std::unique_ptr<OcsPool> TestSipFaults::makePool(OcsPool::Options options)
{
    options.domain = domain;
    options.directory = m_directory->path();
    options.certificates = m_certificates;
    auto pool = std::make_unique<OcsPool>(options, nullptr);
    pool->addUser(alice, u"LITWARE\\alice"_s, password, u"Alice Ames"_s);
    pool->addPerson(u"carol@litwareinc.test"_s, { .displayName = u"Carol Cole"_s });
    pool->setContacts(alice, { { u"carol@litwareinc.test"_s, {}, { u"Work"_s } } });
    const auto started = pool->start();
    return started ? std::move(pool) : nullptr;
}

void TestSipFaults::prepare(const OcsPool &pool)
{
    m_settings = {};
    m_settings.set(u"address"_s, alice);
    m_settings.set(u"login"_s, u"LITWARE\\alice"_s);
    m_settings.set(u"server"_s, u"127.0.0.1"_s);
    m_settings.set(u"port"_s, pool.tlsPort());
    m_settings.set(u"connection"_s, u"tls"_s);
    m_settings.set(u"proxy-type"_s, u"none"_s);
    m_settings.set(u"ca-file"_s, pool.authorityFile());
}

void TestSipFaults::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = makePool({});
    m_spare = makePool({});
    QVERIFY(m_pool && m_spare);
    prepare(*m_pool);
    m_state.clear();
}

void TestSipFaults::cleanup()
{
    m_session.reset();
    m_services.reset();
    m_pool.reset();
    m_spare.reset();
}

void TestSipFaults::open()
{
    m_ended.reset();
    m_notices.clear();
    m_lists = 0;
    ServiceBinding binding;
    binding.settings = accountSchema().complete(m_settings);
    binding.secret = [](const QString &) { return ready<QString>(password); };
    binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
    binding.state = [this](const QString &key) { return m_state.value(key); };
    binding.setState
        = [this](const QString &key, const QByteArray &value) { m_state.insert(key, value); };
    binding.log = [](bool, const QByteArray &) { };
    m_session.reset();
    m_services = std::make_unique<RealServices>(binding);
    m_session = std::make_unique<SipSession>(binding.settings, *m_services);
    m_session->setCertificateSource(std::make_unique<OneCertificate>(m_device));
    connect(m_session.get(), &Session::event, this, [this](const SessionEvent &event) {
        if (const auto *notice = std::get_if<ServerNotice>(&event)) {
            m_notices.append(*notice);
        }
        m_lists += std::holds_alternative<ContactListComplete>(event) ? 1 : 0;
    });
    connect(m_session.get(), &Session::ended, this, [this](const Error &why) { m_ended = why; });
    m_session->open({ .availability = Availability::Available });
}

void TestSipFaults::signingIn_data()
{
    QTest::addColumn<Mischief>("mischief");
    QTest::addColumn<Outcome>("outcome");
    const auto row = [](const QByteArray &name, const Mischief &mischief, const Outcome &outcome) {
        QTest::newRow(name.constData()) << mischief << outcome;
    };
    row("nothing wrong", [](const World &) { }, {});
    row("slow", [](const World &w) { w.pool.setDelay(150ms); }, {});
    row("cut before the first answer", [](const World &w) { w.pool.cutAfter(0); },
        { .code = u"connection-closed"_s });
    row("cut after one message", [](const World &w) { w.pool.cutAfter(1); },
        { .code = u"connection-closed"_s });
    row("cut in the handshake", [](const World &w) { w.pool.cutAfter(2); },
        { .code = u"connection-closed"_s });
    row("HTTP", [](const World &w) { w.pool.speakHttp(true); },
        { .code = u"wrong-protocol"_s,
            .fatal = true,
            .title = u"HTTP, not SIP"_s,
            .detail = u"HTTP/1.1"_s });
    row("403 for User-Agent, set by hand",
        [](const World &w) {
            w.settings.set(u"user-agent"_s, u"Linchpin/0.1"_s);
            w.pool.refuseUserAgent(u"You are not using the recommended version of the client."_s);
        },
        { .code = u"user-agent-rejected"_s,
            .fatal = true,
            .title = u"client version"_s,
            .detail = u"recommended version"_s });
    row("403 for every User-Agent",
        [](const World &w) { w.pool.refuseUserAgent(u"Zażółć: not this one"_s, u"never"_s); },
        { .code = u"client-version-rejected"_s, .fatal = true, .detail = u"Zażółć"_s });
    row("XMPP server", [](const World &w) { w.pool.speak("<?xml version='1.0'?>\r\n"_ba); },
        { .code = u"wrong-protocol"_s, .fatal = true, .title = u"XMPP"_s });
    row("SSH", [](const World &w) { w.pool.speak("SSH-2.0-OpenSSH_9.9\r\n"_ba); },
        { .code = u"wrong-protocol"_s, .fatal = true, .title = u"SSH"_s });
    row("account disabled", [](const World &w) { w.pool.disable(alice); },
        { .code = u"account-disabled"_s, .fatal = true, .detail = u"User disabled"_s });
    row("somebody else's login", [](const World &w) { w.pool.refuseIdentity(); },
        { .code = u"login-format"_s, .fatal = true, .detail = u"not authorized to act"_s });
    row("login of another domain",
        [](const World &w) { w.settings.set(u"login"_s, u"CONTOSO\\alice"_s); },
        { .code = u"login-format"_s, .fatal = true, .title = u"LITWARE"_s });
    row("retired service",
        [](const World &w) { w.settings.set(u"server"_s, u"sipdir.online.lync.com"_s); },
        { .code = u"service-retired"_s, .fatal = true, .title = u"2021"_s });
    row("403 for User-Agent",
        [](const World &w) {
            w.pool.refuseUserAgent(
                u"You are not using the recommended version of the client."_s, u"/15\\."_s);
        },
        { .notice = u"user-agent-rejected"_s });
    row("501", [](const World &w) { w.pool.answer(501, "REGISTER"_ba); },
        { .code = u"not-implemented"_s, .fatal = true, .detail = u"501"_s });
    row("503 with Retry-After", [](const World &w) { w.pool.beBusy(90s); },
        { .code = u"server-fault"_s,
            .title = u"not available"_s,
            .detail = u"503"_s,
            .retryAfter = 90s });
    row("503 without Retry-After", [](const World &w) { w.pool.answer(503, "REGISTER"_ba); },
        { .code = u"server-fault"_s, .title = u"not available"_s, .detail = u"503"_s });
    for (const int status : { 413, 480, 486 }) {
        const QByteArray number = QByteArray::number(status);
        row(number + " with Retry-After",
            [status](const World &w) {
                w.pool.answer(status, "REGISTER"_ba, {}, { { "Retry-After", "120 (a moment)" } });
            },
            { .code = u"server-fault"_s,
                .title = u"not available"_s,
                .detail = QString::fromLatin1(number),
                .retryAfter = 120s });
        row(number + " without Retry-After",
            [status](const World &w) { w.pool.answer(status, "REGISTER"_ba); },
            { .code = u"unknown"_s, .fatal = true, .detail = QString::fromLatin1(number) });
    }
    row("redirect loop", [](const World &w) { w.pool.redirectTo({ place(w.pool) }); },
        { .code = u"redirect-loop"_s });
    row("redirect", [](const World &w) { w.pool.redirectTo({ place(w.spare) }); }, {});
    row("failover: the first server is down",
        [](const World &w) { w.pool.redirectTo({ u"127.0.0.1:1"_s, place(w.spare) }); },
        { .notice = u"refused"_s });
    row("failover: the first server is busy",
        [](const World &w) {
            // The first REGISTER is sent on to both; from then on this one is busy.
            w.pool.core().faults.answers.append({ .method = "REGISTER"_ba,
                .status = 302,
                .reason = {},
                .headers = { { "Contact", "<sip:" + place(w.pool).toLatin1() + ";transport=tls>" },
                    { "Contact", "<sip:" + place(w.spare).toLatin1() + ";transport=tls>;q=0.5" } },
                .times = 1 });
            w.pool.beBusy(90s);
        },
        { .notice = u"server-fault"_s });
    row("wrong signatures", [](const World &w) { w.pool.corruptSignatures(true); },
        { .code = u"bad-signature"_s, .title = u"wrong signature"_s });
    row("no signatures", [](const World &w) { w.pool.omitSignatures(true); },
        { .code = u"bad-signature"_s, .title = u"no signature"_s });
    row("clock ahead", [](const World &w) { w.pool.setClockSkew(20min); },
        { .notice = u"clock-wrong"_s });
    row("clock behind", [](const World &w) { w.pool.setClockSkew(-20min); },
        { .notice = u"clock-wrong"_s });
    row("clock refused", [](const World &w) { w.pool.refuseClock(true); },
        { .code = u"clock-wrong"_s,
            .fatal = true,
            .title = u"clock"_s,
            .detail = u"Significant time skew"_s });
    row("clock a little ahead", [](const World &w) { w.pool.setClockSkew(2min); }, {});
    row("RC4 alone, TLS-DSK wanted",
        [](const World &w) {
            w.settings.set(u"auth"_s, u"tls-dsk"_s);
            w.pool.offerSchemes({ "NTLM"_ba, "TLS-DSK"_ba });
            w.pool.insistOnRc4(true);
        },
        { .code = u"tls-dsk-cipher-rejected"_s,
            .fatal = true,
            .title = u"encryption in common"_s });
    row("RC4 alone, any scheme",
        [](const World &w) {
            w.pool.offerSchemes({ "NTLM"_ba, "TLS-DSK"_ba });
            w.pool.insistOnRc4(true);
        },
        { .notice = u"tls-dsk-cipher-rejected"_s });
}

void TestSipFaults::signingIn()
{
    QFETCH(Mischief, mischief);
    QFETCH(Outcome, outcome);
    m_pool->core().certificateService = "https://localhost/CertProv.svc"_ba;
    m_pool->core().certificateHolder = [](const QByteArray &) { return alice; };
    mischief({ *m_pool, *m_spare, m_settings });
    open();
    QVERIFY(settled());
    if (outcome.code.isEmpty()) {
        QVERIFY2(online(), m_ended ? qPrintable(m_ended->code + u' ' + m_ended->detail) : "");
        QTRY_COMPARE_WITH_TIMEOUT(m_lists, 1, limit);
        QVERIFY(!m_ended);
    } else {
        QVERIFY(m_ended);
        QCOMPARE(m_ended->code, outcome.code);
        QCOMPARE(m_ended->fatal, outcome.fatal);
        QCOMPARE(m_ended->retryAfter, outcome.retryAfter);
        QVERIFY2(m_ended->title.contains(outcome.title), qPrintable(m_ended->title));
        QVERIFY2(m_ended->detail.contains(outcome.detail), qPrintable(m_ended->detail));
        QVERIFY(!m_ended->title.isEmpty());
        QCOMPARE(m_session->state(), Session::State::Offline);
    }
    QStringList codes;
    for (const ServerNotice &notice : std::as_const(m_notices)) {
        codes += notice.code;
    }
    QCOMPARE(codes, outcome.notice.isEmpty() ? QStringList() : QStringList { outcome.notice });
}

void TestSipFaults::certificates_data()
{
    QTest::addColumn<OcsPool::Options>("options");
    QTest::addColumn<QString>("code");
    using enum sim::CertificateFault;
    const auto row = [](const char *name, const OcsPool::Options &options, const QString &code) {
        QTest::newRow(name) << options << code;
    };
    row("expired", { .expiredCertificate = true }, u"certificate-expired"_s);
    row("of another name", { .foreignCertificate = true }, u"certificate-name-mismatch"_s);
    row("not yet valid", { .certificateFault = NotYetValid }, u"certificate-not-yet-valid"_s);
    row("self-signed", { .certificateFault = SelfSigned }, u"certificate-untrusted"_s);
    row("another authority", { .certificateFault = OtherAuthority }, u"certificate-untrusted"_s);
    row("TLS 1.0", { .oldTls = true }, u"tls-too-old"_s);
    row("no cipher suite in common", { .noCommonCipher = true }, u"tls-handshake-failed"_s);
}

void TestSipFaults::certificates()
{
    QFETCH(OcsPool::Options, options);
    QFETCH(QString, code);
    const auto pool = makePool(options);
    QVERIFY(pool);
    prepare(*pool);
    open();
    QVERIFY(settled());
    QVERIFY(m_ended);
    QCOMPARE(m_ended->code, code);
    QVERIFY(!m_ended->title.isEmpty());
    QCOMPARE(pool->count("REGISTER"_ba), 0); // nobody who is not trusted hears a name
}

void TestSipFaults::signedOut_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("fatal");
    QTest::newRow("elsewhere") << "unregistered"_ba << u"elsewhere-signed-in"_s << true;
    QTest::newRow("disabled") << "rejected"_ba << u"account-disabled"_s << true;
    QTest::newRow("moved") << "deactivated"_ba << u"server-moved"_s << false;
}

void TestSipFaults::signedOut()
{
    QFETCH(QByteArray, event);
    QFETCH(QString, code);
    QFETCH(bool, fatal);
    open();
    QVERIFY(settled() && online());
    m_pool->deregister(alice, event, "Zażółć: signed out"_ba);
    QTRY_VERIFY_WITH_TIMEOUT(m_ended, limit);
    QCOMPARE(m_ended->code, code);
    QCOMPARE(m_ended->fatal, fatal);
    QCOMPARE(m_ended->detail, u"Zażółć: signed out"_s);
    QVERIFY(!m_ended->title.isEmpty());
    if (!fatal) {
        open(); // what the account does by itself
        QVERIFY(settled() && online());
    }
}

void TestSipFaults::cutLater_data()
{
    QTest::addColumn<int>("messages");
    QTest::newRow("at once") << 0;
    QTest::newRow("while the list comes") << 1;
    QTest::newRow("a little later") << 3;
}

/// Online, then cut while the list and the presence are being fetched: over, and not for good.
void TestSipFaults::cutLater()
{
    QFETCH(int, messages);
    connect(
        m_pool.get(), &OcsPool::signedIn, this, [this, messages] { m_pool->cutAfter(messages); });
    open();
    QTRY_VERIFY_WITH_TIMEOUT(m_ended, limit);
    QCOMPARE(m_ended->code, u"connection-closed"_s);
    QVERIFY(!m_ended->fatal);
    m_pool->disconnect(this);
    m_pool->behave();
    open();
    QVERIFY(settled() && online());
    QTRY_COMPARE_WITH_TIMEOUT(m_lists, 1, limit);
}

/// The pool server where signing in worked goes; the front one sends on to the other.
void TestSipFaults::serverGoneComesBackElsewhere()
{
    auto third = makePool({});
    QVERIFY(third);
    m_pool->redirectTo({ place(*third), place(*m_spare) });
    open();
    QVERIFY(settled() && online());
    QCOMPARE(third->endpointCount(alice), 1);
    third.reset();
    QTRY_VERIFY_WITH_TIMEOUT(m_ended, limit);
    QVERIFY(!m_ended->fatal);
    open();
    QVERIFY(settled() && online());
    QCOMPARE(m_spare->endpointCount(alice), 1);
}

void TestSipFaults::wrongSecurity_data()
{
    QTest::addColumn<QString>("connection");
    QTest::addColumn<QString>("code");
    // Both ends hang up without a word; the doctor asks again and finds out why.
    QTest::newRow("TLS at the open port") << u"tls"_s << u"tls-handshake-failed"_s;
    QTest::newRow("automatic at the open port") << u"auto"_s << u"tls-handshake-failed"_s;
    QTest::newRow("open at the TLS port") << u"plain"_s << u"connection-closed"_s;
}

/// What is not encrypted is never taken without being asked.
void TestSipFaults::wrongSecurity()
{
    QFETCH(QString, connection);
    QFETCH(QString, code);
    const bool open = connection == u"plain";
    m_settings.set(u"connection"_s, connection);
    m_settings.set(u"port"_s, open ? m_pool->tlsPort() : m_pool->tcpPort());
    this->open();
    QVERIFY(settled());
    QVERIFY(m_ended);
    QCOMPARE(m_ended->code, code);
    QVERIFY(!m_ended->title.isEmpty());
    QCOMPARE(m_ended->fix.value(u"connection"_s).toString(), open ? u"tls"_s : u""_s);
    QCOMPARE(m_pool->count("REGISTER"_ba), 0);
}

void TestSipFaults::securityIsRemembered()
{
    open();
    QVERIFY(settled() && online());
    QVERIFY(m_state.value(u"sign-in-security"_s).contains(" tls ntlm"));
    QVERIFY(m_notices.isEmpty());
}

/// A server where TLS-DSK worked offers nothing but NTLM: refused, until somebody chooses it.
void TestSipFaults::lessThanBefore()
{
    m_state.insert(u"sign-in-security"_s,
        "127.0.0.1 " + QByteArray::number(m_pool->tlsPort()) + " tls tls-dsk");
    open();
    QVERIFY(settled() && m_ended);
    QCOMPARE(m_ended->code, u"auth-scheme-unavailable"_s);
    QVERIFY(m_ended->fatal);
    QCOMPARE(m_pool->count("REGISTER"_ba), 1); // no answer to the challenge
    QVERIFY(m_ended->fix.isEmpty()); // never lowered by a button
    m_settings.set(u"auth"_s, u"ntlm"_s);
    open();
    QVERIFY(settled() && online());
}

QTEST_GUILESS_MAIN(TestSipFaults)
#include "tst_sipfaults.moc"
