// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/discovery/retiredservice.h"
#include "protocols/sip/registration/loginformat.h"
#include "protocols/sip/registration/securitymemory.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/wire/foreignprotocol.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Headers = QList<std::pair<QByteArray, QByteArray>>;

SipMessage response(int status, const QByteArray &reason, const Headers &headers = {})
{
    SipMessage m;
    m.status = status;
    m.reason = reason;
    for (const auto &[name, value] : headers) {
        m.addHeader(name, value);
    }
    return m;
}

QDateTime noon()
{
    return { QDate(2026, 3, 2), QTime(12, 0), QTimeZone::UTC };
}

/// The words of docs/doctor.md, and those of ours that say more.
const QStringList kCodes { u"name-not-found"_s, u"no-srv-record"_s, u"srv-target-missing"_s,
    u"discovery-failed"_s, u"refused"_s, u"timed-out"_s, u"unreachable"_s, u"not-tls"_s,
    u"tls-required"_s, u"tls-too-old"_s, u"tls-handshake-failed"_s, u"clock-wrong"_s,
    u"wrong-protocol"_s, u"not-implemented"_s, u"user-agent-rejected"_s,
    u"client-version-rejected"_s, u"auth-scheme-unavailable"_s, u"wrong-password"_s,
    u"account-disabled"_s, u"login-format"_s, u"kerberos-no-ticket"_s, u"kerberos-no-realm"_s,
    u"single-sign-on-unavailable"_s, u"tls-dsk-cipher-rejected"_s,
    u"certificate-provisioning-failed"_s, u"web-ticket-failed"_s, u"redirect-loop"_s,
    u"elsewhere-signed-in"_s, u"service-retired"_s, u"server-fault"_s, u"unknown"_s,
    // Ours.
    u"address-unknown"_s, u"forbidden"_s, u"bad-signature"_s, u"redirect-refused"_s,
    u"kerberos-unreachable"_s, u"kerberos-service-unknown"_s, u"certificate-refused"_s,
    u"tls-dsk-server-untrusted"_s, u"server-moved"_s };

} // namespace

Q_DECLARE_METATYPE(Headers)

/// Every way signing in may end: a code, a sentence, the server's words, what to do.
class TestSipFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusals_data();
    void refusals();
    void credentials_data();
    void credentials();
    void mechanisms_data();
    void mechanisms();
    void everythingExplainsItself_data();
    void everythingExplainsItself();
    void otherProtocols_data();
    void otherProtocols();
    void retired_data();
    void retired();
    void logins_data();
    void logins();
    void domainOfAChallenge();
    void memory();
};

void TestSipFailures::refusals_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QString>("suggestion");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("fatal");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, int status, const Headers &headers, const QString &code,
                         bool fatal, const QString &words, const QString &suggestion = {}) {
        QTest::newRow(name) << status << headers << suggestion << code << fatal << words;
    };
    const auto said
        = [](const QByteArray &value) { return Headers { { "ms-diagnostics"_ba, value } }; };
    row("the filter, in the words of the field", 403,
        { { "Warning"_ba,
            "310 lcs.microsoft.com \"You are currently not using the recommended version of the client.\""_ba } },
        u"user-agent-rejected"_s, true,
        u"You are currently not using the recommended version of the client."_s, u"OC/15"_s);
    row("the filter, by its id", 403, said("17002;reason=\"Invalid protocol client version\""),
        u"user-agent-rejected"_s, true, u"Invalid protocol client version"_s, u"OC/15"_s);
    row("the filter, all known tried", 403, said("17003;reason=\"Declined\""),
        u"client-version-rejected"_s, true, u"Declined"_s);
    row("the filter, an address to fetch a client from", 403,
        { { "Warning"_ba, "310 lcs.microsoft.com \"https://litwareinc.test/get\""_ba } },
        u"client-version-rejected"_s, true, u"https://litwareinc.test/get"_s);
    row("the filter is overloaded", 403, said("17000;reason=\"Overloaded\""), u"server-fault"_s,
        false, u"Overloaded"_s);
    row("allowed with an address is no refusal of the version", 403, said("17004;reason=\"x\""),
        u"forbidden"_s, true, u"x"_s);
    row("somebody else's login", 403, said("4004;reason=\"Zażółć: not authorized\""),
        u"login-format"_s, true, u"Zażółć: not authorized"_s);
    row("disabled", 403, said("4141;reason=\"User disabled\""), u"account-disabled"_s, true,
        u"User disabled"_s);
    row("disabled, in words alone", 403,
        { { "Warning"_ba, "310 x \"The account is Disabled\""_ba } }, u"account-disabled"_s, true,
        u"The account is Disabled"_s);
    row("not from outside", 403, said("4003;reason=\"From URI not enabled for remote access\""),
        u"account-disabled"_s, true, u"From URI not enabled for remote access"_s);
    row("not outside the enterprise", 403, said("1012;reason=\"x\""), u"account-disabled"_s, true,
        u"x"_s);
    row("time", 401, said("1013;reason=\"Significant time skew\""), u"clock-wrong"_s, true,
        u"Significant time skew"_s);
    row("unknown address", 404, said("4005;reason=\"Destination URI\""), u"address-unknown"_s, true,
        u"Destination URI"_s);
    row("403 and nothing else", 403, {}, u"forbidden"_s, true, u"403 x"_s);
    row("501", 501, {}, u"not-implemented"_s, true, u"501 x"_s);
    row("405", 405, {}, u"not-implemented"_s, true, u"405 x"_s);
    row("500", 500, {}, u"server-fault"_s, false, u"500 x"_s);
    row("503, later", 503, { { "Retry-After"_ba, "30"_ba } }, u"server-fault"_s, false, u"503 x"_s);
    row("480, later", 480, { { "Retry-After"_ba, "30"_ba } }, u"server-fault"_s, false, u"480 x"_s);
    row("480", 480, {}, u"unknown"_s, true, u"480 x"_s);
    row("606", 606, {}, u"server-fault"_s, true, u"606 x"_s);
    row("400", 400, {}, u"unknown"_s, true, u"400 x"_s);
}

void TestSipFailures::refusals()
{
    QFETCH(int, status);
    QFETCH(Headers, headers);
    QFETCH(QString, suggestion);
    const Error error = signInFailure(response(status, "x"_ba, headers), suggestion);
    QTEST(error.code, "code");
    QTEST(error.fatal, "fatal");
    QTEST(error.detail, "words");
    QVERIFY(!error.title.isEmpty());
    QVERIFY2(!error.remedy.isEmpty() || error.code == u"server-fault", qPrintable(error.code));
    QCOMPARE(error.fix.value(u"user-agent"_s).toString(), suggestion);
}

void TestSipFailures::credentials_data()
{
    QTest::addColumn<QByteArray>("scheme");
    QTest::addColumn<QString>("otherLogin");
    QTest::addColumn<bool>("inServerTime");
    QTest::addColumn<int>("minutes");
    QTest::addColumn<QByteArray>("diagnostics");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("login");
    QTest::newRow("password") << "NTLM"_ba << u""_s << true << 0 << ""_ba << u"wrong-password"_s
                              << u""_s;
    QTest::newRow("login of another domain") << "NTLM"_ba << u"LITWARE\\ben"_s << true << 0 << ""_ba
                                             << u"login-format"_s << u"LITWARE\\ben"_s;
    QTest::newRow("another login, by the server's word")
        << "NTLM"_ba << u""_s << true << 0 << "4004;reason=\"x\""_ba << u"login-format"_s << u""_s;
    QTest::newRow("disabled") << "NTLM"_ba << u""_s << true << 0 << "4141;reason=\"x\""_ba
                              << u"account-disabled"_s << u""_s;
    QTest::newRow("clock off, but the server's time was used")
        << "NTLM"_ba << u""_s << true << 40 << ""_ba << u"wrong-password"_s << u""_s;
    QTest::newRow("clock off") << "NTLM"_ba << u""_s << false << 40 << ""_ba << u"clock-wrong"_s
                               << u""_s;
    QTest::newRow("clock, by the server's word")
        << "NTLM"_ba << u""_s << true << 0 << "1013;reason=\"x\""_ba << u"clock-wrong"_s << u""_s;
    QTest::newRow("ticket") << "Kerberos"_ba << u""_s << false << 0 << ""_ba
                            << u"auth-scheme-unavailable"_s << u""_s;
    QTest::newRow("ticket, clock off")
        << "Kerberos"_ba << u""_s << false << 20 << ""_ba << u"clock-wrong"_s << u""_s;
    QTest::newRow("certificate") << "TLS-DSK"_ba << u""_s << false << 0 << ""_ba
                                 << u"certificate-refused"_s << u""_s;
    QTest::newRow("digest") << "Digest"_ba << u""_s << true << 30 << ""_ba << u"wrong-password"_s
                            << u""_s;
}

void TestSipFailures::credentials()
{
    QFETCH(QByteArray, scheme);
    QFETCH(QString, otherLogin);
    QFETCH(bool, inServerTime);
    QFETCH(int, minutes);
    QFETCH(QByteArray, diagnostics);
    const SipMessage refusal = response(401, "Unauthorized"_ba,
        diagnostics.isEmpty() ? Headers() : Headers { { "ms-diagnostics"_ba, diagnostics } });
    const Error error = credentialsRefused(refusal,
        { .scheme = scheme, .otherLogin = otherLogin, .inServerTime = inServerTime },
        noon().addSecs(qint64(minutes) * 60), noon());
    QTEST(error.code, "code");
    QVERIFY(error.fatal);
    QVERIFY(!error.title.isEmpty() && !error.remedy.isEmpty());
    QTEST(error.fix.value(u"login"_s).toString(), "login");
}

void TestSipFailures::mechanisms_data()
{
    QTest::addColumn<AuthError::Code>("why");
    QTest::addColumn<QString>("code");
    using enum AuthError::Code;
    const std::pair<AuthError::Code, QString> rows[] = {
        { MalformedToken, u"server-fault"_s },
        { Unsupported, u"auth-scheme-unavailable"_s },
        { WrongCredentials, u"wrong-password"_s },
        { OutOfOrder, u"auth-scheme-unavailable"_s },
        { Refused, u"auth-scheme-unavailable"_s },
        { CipherRejected, u"tls-dsk-cipher-rejected"_s },
        { CertificateRefused, u"certificate-refused"_s },
        { ServerUntrusted, u"tls-dsk-server-untrusted"_s },
        { NoTicket, u"kerberos-no-ticket"_s },
        { NoRealm, u"kerberos-no-realm"_s },
        { Unreachable, u"kerberos-unreachable"_s },
        { UnknownUser, u"login-format"_s },
        { UnknownService, u"kerberos-service-unknown"_s },
        { ClockSkew, u"clock-wrong"_s },
        { AccountUnusable, u"account-disabled"_s },
        { NotInstalled, u"single-sign-on-unavailable"_s },
    };
    for (const auto &[why, code] : rows) {
        QTest::addRow("%d %s", int(why), qPrintable(code)) << why << code;
    }
}

void TestSipFailures::mechanisms()
{
    QFETCH(AuthError::Code, why);
    for (const bool singleSignOn : { false, true }) {
        const Error error = mechanismFailed("Kerberos"_ba, { why, u"gęślą jaźń"_s }, singleSignOn);
        QTEST(error.code, "code");
        QVERIFY(kCodes.contains(error.code));
        QCOMPARE(error.detail, u"gęślą jaźń"_s);
        QVERIFY(!error.title.isEmpty() && !error.remedy.isEmpty());
    }
}

void TestSipFailures::everythingExplainsItself_data()
{
    QTest::addColumn<Error>("error");
    const auto row = [](const char *name, const Error &error) { QTest::newRow(name) << error; };
    row("schemes", schemeUnavailable({ "NTLM"_ba }, u"kerberos"_s));
    row("no schemes", schemeUnavailable({}, u"auto"_s));
    row("half-way", handshakeFailed("NTLM"_ba, u"x"_s));
    row("no provisioning", noProvisioningService(u"ftp://x"_s));
    row("slow provisioning", provisioningTimedOut());
    row("signature", badSignature());
    row("no signature", badSignature(true));
    row("silence", noAnswer(u"x:1"_s));
    row("no server", noServerFound(u"x.test"_s));
    row("record without target", srvTargetMissing(u"sip.x.test"_s, u"x.test"_s));
    row("discovery", discoveryFailed(u"x.test"_s, u"words"_s));
    row("loop", redirectLoop(u"x:1"_s));
    row("open redirect", refusedRedirect(u"x:1"_s));
    row("weaker", weakerScheme("tls-dsk"_ba, "NTLM"_ba, { "NTLM"_ba }));
    row("open password", openPassword(u"x"_s));
    row("no longer encrypted", noLongerEncrypted(u"x:1"_s));
    row("web service", webServiceUnreachable(noAnswer(u"x:1"_s)));
    row("elsewhere", deregistered("unregistered"_ba, u"words"_s));
    row("rejected", deregistered("rejected"_ba, {}));
    row("moved", deregistered("deactivated"_ba, {}));
    row("retired", *retiredService(u"sipdir.online.lync.com"_s));
}

void TestSipFailures::everythingExplainsItself()
{
    QFETCH(Error, error);
    QVERIFY2(kCodes.contains(error.code), qPrintable(error.code));
    QVERIFY(!error.title.isEmpty());
    QVERIFY(error.title.endsWith(u'.') || error.title.endsWith(u')'));
    QVERIFY2(!error.remedy.isEmpty(), qPrintable(error.title));
}

void TestSipFailures::otherProtocols_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("piece");
    QTest::newRow("HTTP") << "HTTP/1.1 400 Bad Request"_ba << true << u"wrong-protocol"_s
                          << u"HTTP, not SIP"_s;
    QTest::newRow("a page") << "<!DOCTYPE html>"_ba << true << u"wrong-protocol"_s
                            << u"HTTP, not SIP"_s;
    QTest::newRow("XMPP") << "<?xml version='1.0'?>"_ba << true << u"wrong-protocol"_s << u"XMPP"_s;
    QTest::newRow("XMPP, an error")
        << "<stream:error>"_ba << false << u"wrong-protocol"_s << u"XMPP"_s;
    QTest::newRow("SSH") << "SSH-2.0-OpenSSH"_ba << false << u"wrong-protocol"_s << u"SSH"_s;
    QTest::newRow("SMTP") << "220 mail ESMTP"_ba << false << u"wrong-protocol"_s << u"SMTP"_s;
    QTest::newRow("IMAP") << "* OK ready"_ba << true << u"wrong-protocol"_s << u"IMAP"_s;
    QTest::newRow("POP3") << "+OK ready"_ba << true << u"wrong-protocol"_s << u"POP3"_s;
    QTest::newRow("IRC") << ":irc.x 451 * :Zażółć"_ba << false << u"wrong-protocol"_s << u"IRC"_s;
    QTest::newRow("IRC, a notice")
        << "NOTICE AUTH :*** Looking up"_ba << false << u"wrong-protocol"_s << u"IRC"_s;
    QTest::newRow("TLS") << "\x15\x03\x01\x00\x02\x02\x28"_ba << false << u"tls-required"_s
                         << u"encrypted"_s;
    QTest::newRow("TLS inside TLS") << "\x15\x03\x01\x00\x02\x02\x28"_ba << true
                                    << u"wrong-protocol"_s << u"not a SIP server"_s;
    QTest::newRow("anything") << "こんにちは"_ba << true << u"wrong-protocol"_s
                              << u"not a SIP server"_s;
}

void TestSipFailures::otherProtocols()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, tls);
    QFETCH(QString, piece);
    const ParseError problem { ParseError::Code::WrongProtocol, u"x"_s, 0, bytes };
    const Error error = foreignProtocol(problem, u"host:5061"_s, tls);
    QTEST(error.code, "code");
    QVERIFY2(error.title.contains(piece), qPrintable(error.title));
    QVERIFY(!error.remedy.isEmpty());
}

void TestSipFailures::retired_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("over");
    QTest::newRow("Skype for Business Online") << u"sipdir.online.lync.com"_s << true;
    QTest::newRow("with a dot, in capitals") << u"SIPDIR.ONLINE.LYNC.COM."_s << true;
    QTest::newRow("a pool of it") << u"sippoolam41a.infra.lync.com"_s << true;
    QTest::newRow("BPOS") << u"pool1.oconline.microsoftonline.com"_s << true;
    QTest::newRow("a company") << u"sip.litwareinc.com"_s << false;
    QTest::newRow("looks like it") << u"online.lync.com.evil.test"_s << false;
    QTest::newRow("the name itself ends so") << u"notonline.lync.com"_s << false;
    QTest::newRow("nothing") << u""_s << false;
}

void TestSipFailures::retired()
{
    QFETCH(QString, host);
    const auto error = retiredService(host, u"_sip._tls.x"_s);
    QTEST(error.has_value(), "over");
    if (error) {
        QCOMPARE(error->code, u"service-retired"_s);
        QVERIFY(error->fatal && !error->remedy.isEmpty());
        QVERIFY(error->detail.contains(u"_sip._tls.x"_s));
    }
}

void TestSipFailures::logins_data()
{
    QTest::addColumn<QString>("login");
    QTest::addColumn<QString>("other");
    QTest::newRow("as the server has it") << u"LITWARE\\ben"_s << u""_s;
    QTest::newRow("in small letters, with a slash") << u"litware/ben"_s << u""_s;
    QTest::newRow("by its DNS name") << u"ben@ad.litwareinc.com"_s << u""_s;
    QTest::newRow("no domain") << u"ben"_s << u""_s;
    QTest::newRow("another domain") << u"CONTOSO\\ben"_s << u"LITWARE\\ben"_s;
    QTest::newRow("another suffix") << u"ben@litwareinc.com"_s << u"LITWARE\\ben"_s;
    QTest::newRow("nothing: the address") << u""_s << u"LITWARE\\ben.ż"_s;
    QTest::newRow("escaped") << u"ben\\@mail.litware.pl"_s << u"LITWARE\\ben"_s;
}

void TestSipFailures::logins()
{
    QFETCH(QString, login);
    const WindowsDomain domain { u"LITWARE"_s, u"ad.litwareinc.com"_s };
    QTEST(loginInDomain(login, u"ben.ż@litwareinc.com"_s, domain).value_or(QString()), "other");
    QVERIFY(!loginInDomain(login, u"ben.ż@litwareinc.com"_s, {}));
}

void TestSipFailures::domainOfAChallenge()
{
    NtlmAcceptor::Options options;
    options.netbiosDomain = u"LITWARE"_s;
    options.dnsDomain = u"ad.litwareinc.com"_s;
    NtlmAcceptor server(
        options, [](const QString &, const QString &) { return std::optional<QString>(); },
        [](int count) { return QByteArray(count, 'x'); }, noon());
    const auto challenge = server.step({});
    QVERIFY(challenge);
    const auto domain = windowsDomainOf(*challenge);
    QVERIFY(domain);
    QCOMPARE(*domain, (WindowsDomain { u"LITWARE"_s, u"ad.litwareinc.com"_s }));
    QVERIFY(!windowsDomainOf("rubbish"_ba));
    QVERIFY(!windowsDomainOf(challenge->first(40)));
    // Names go into sentences and settings: nothing but letters, digits and what names have.
    options.netbiosDomain = u"a\nb"_s;
    NtlmAcceptor odd(
        options, [](const QString &, const QString &) { return std::optional<QString>(); },
        [](int count) { return QByteArray(count, 'x'); }, noon());
    QVERIFY(!windowsDomainOf(*odd.step({})));
}

void TestSipFailures::memory()
{
    const Candidate pool { u"pool.test"_s, 5061, true, Candidate::Source::Srv };
    const Candidate edge { u"edge.test"_s, 443, true, Candidate::Source::Manual };
    const Candidate open { u"open.test"_s, 5060, false, Candidate::Source::Srv };
    SecurityMemory memory = SecurityMemory::fromState("rubbish\n\na b c d\nx 1 tls what"_ba);
    QVERIFY(memory.toState().isEmpty());
    QVERIFY(!memory.wasEncrypted());
    memory.remember(open, "ntlm"_ba);
    QVERIFY(!memory.wasEncrypted());
    memory.remember(pool, "Kerberos"_ba);
    memory.remember(edge, "tls-dsk"_ba);
    memory.remember(edge, "something"_ba); // not known: nothing to compare with
    memory = SecurityMemory::fromState(memory.toState());
    QVERIFY(memory.wasEncrypted());
    QCOMPARE(memory.schemeAt(pool).toLower(), "kerberos"_ba);
    QCOMPARE(memory.schemeAt({ u"POOL.test"_s, 5061, false, {} }).toLower(), "kerberos"_ba);
    QCOMPARE(memory.schemeAt({ u"pool.test"_s, 443, true, {} }), ""_ba);
    QCOMPARE(memory.schemeAt(edge), "tls-dsk"_ba);
    memory.remember(pool, "ntlm"_ba);
    QCOMPARE(memory.schemeAt(pool), "ntlm"_ba);
    for (int i = 0; i < 100; ++i) {
        memory.remember({ u"h%1"_s.arg(i), 1, true, {} }, "ntlm"_ba);
    }
    QVERIFY(memory.toState().size() < qsizetype { 64 } * 1024);
    QCOMPARE(memory.schemeAt(pool), ""_ba); // the oldest are forgotten
    QVERIFY(strengthOf("TLS-DSK") > strengthOf("kerberos"));
    QVERIFY(strengthOf("Kerberos") > strengthOf("NTLM"));
    QVERIFY(strengthOf("NTLM") > strengthOf("Digest"));
    QCOMPARE(strengthOf("Basic"), 0);
}

QTEST_GUILESS_MAIN(TestSipFailures)
#include "tst_sipfailures.moc"
