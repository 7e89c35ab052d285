// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/registration/registrationmachine.h"
#include "protocols/sip/registration/sipfailures.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

RandomBytes countingRandom()
{
    return [n = std::make_shared<int>(0)](int count) { return QByteArray(count, char(++*n)); };
}

QDateTime noon()
{
    return { QDate(2026, 3, 2), QTime(12, 0), QTimeZone::UTC };
}

const QString password = u"Zażółć🦄"_s;

/// The machine with a registrar that answers by hand.
struct Bench {
    std::unique_ptr<RegistrationMachine> machine;
    std::unique_ptr<ServerMessageSigner> server;
    RandomBytes serverRandom = countingRandom();
    QList<RegistrationEffect> effects;
    SipMessage request; ///< the last one sent

    explicit Bench(const QList<Candidate> &candidates
        = { { u"pool.test"_s, 5061, true, Candidate::Source::Manual } },
        const QString &scheme = u"auto"_s, const QByteArrayList &userAgents = { "OC/1"_ba },
        const std::optional<DigestCredentials> &digest = {})
    {
        RegistrationConfig config;
        config.identity.address = "ben@litwareinc.com"_ba;
        config.identity.epid = "a1b2c3d4e5f6"_ba;
        config.userAgents = userAgents;
        config.suggestedUserAgent = "OC/known"_ba;
        config.auth.scheme = scheme;
        config.auth.digest = digest;
        config.candidates = candidates;
        machine = std::make_unique<RegistrationMachine>(
            config,
            [](const MechanismRequest &wanted)
                -> std::expected<std::unique_ptr<AuthMechanism>, AuthError> {
                if (wanted.scheme != "NTLM") {
                    return std::unexpected(AuthError { AuthError::Code::NoTicket, u"none"_s });
                }
                return std::make_unique<NtlmMechanism>(
                    NtlmCredentials {
                        .user = u"ben"_s, .domain = {}, .password = password, .workstation = {} },
                    countingRandom(), noon());
            },
            countingRandom());
        newServer();
        take(machine->start());
    }

    void newServer(const QString &serverPassword = password)
    {
        server = std::make_unique<ServerMessageSigner>(
            std::make_unique<NtlmAcceptor>(
                NtlmAcceptor::Options(),
                [serverPassword](
                    const QString &, const QString &) { return std::optional(serverPassword); },
                countingRandom(), noon()),
            SecurityParameters { .scheme = {},
                .realm = "r"_ba,
                .targetName = "pool.test"_ba,
                .opaque = {},
                .version = 4 },
            serverRandom);
    }

    void take(const QList<RegistrationEffect> &list)
    {
        effects = list;
        for (const RegistrationEffect &effect : list) {
            if (const auto *send = std::get_if<regeffect::Send>(&effect)) {
                request = send->request;
            }
        }
    }
    void input(const RegistrationInput &i) { take(machine->step(i)); }
    void connected() { input(reginput::Connected { "192.0.2.10"_ba, 50713 }); }

    SipMessage response(int status, const QByteArray &reason = "x"_ba) const
    {
        SipMessage m = makeResponse(request, status, reason, {}, "srv"_ba);
        return m;
    }
    void answer(const SipMessage &m) { input(reginput::Response { m, noon() }); }
    void answer(int status) { answer(response(status)); }

    SipMessage challenge(const QByteArray &value) const
    {
        SipMessage m = response(401);
        m.addHeader("WWW-Authenticate"_ba, value);
        return m;
    }
    SipMessage ok() const
    {
        SipMessage m = response(200);
        m.addHeader("Contact"_ba,
            "<sip:1.2.3.4>;expires=7200;+sip.instance=\"<urn:uuid:other>\";gruu=\"sip:wrong\""_ba);
        m.addHeader("Contact"_ba,
            "<sip:192.0.2.10:50713>;expires=7200;+sip.instance=\"<urn:uuid:2F7E7723-96e4-544e-8b98-cf482b8cefb8>\";gruu=\"sip:ben@litwareinc.com;opaque=user:epid:x;gruu\""_ba);
        m.addHeader("Expires"_ba, "7200"_ba);
        m.addHeader("Allow-Events"_ba, "vnd-microsoft-roaming-self,presence"_ba);
        m.addHeader("Supported"_ba, "adhoclist"_ba);
        m.addHeader("Supported"_ba, "msrtc-event-categories"_ba);
        m.addHeader("Server"_ba, "RTC/3.5"_ba);
        m.addHeader("ms-keep-alive"_ba, "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300"_ba);
        m.addHeader("presence-state"_ba, "register-action=\"added\""_ba);
        return m;
    }
    SipMessage signedBy(SipMessage m) const
    {
        server->sign(m);
        return m;
    }
    /// From the challenge to the last request, which is signed.
    void authenticate()
    {
        answer(challenge(server->offer()));
        const QByteArray token
            = server->accept(*parseAuthHeader(request.header("Authorization"))).value();
        answer(challenge(token));
        QVERIFY(server->accept(*parseAuthHeader(request.header("Authorization"))));
    }
    void signIn()
    {
        connected();
        authenticate();
        answer(signedBy(ok()));
        QCOMPARE(machine->phase(), RegistrationMachine::Phase::Registered);
    }

    /// Under which association other requests go out now.
    QByteArray association() const
    {
        SipMessage other = SipMessage::request("MESSAGE"_ba, "sip:a@x"_ba);
        machine->sign(other);
        const auto header = parseAuthHeader(other.header("Authorization"));
        return header ? header->parameters.value("opaque") : QByteArray();
    }

    template <class T> const T *find() const
    {
        for (const RegistrationEffect &effect : effects) {
            if (const auto *found = std::get_if<T>(&effect)) {
                return found;
            }
        }
        return nullptr;
    }
    std::optional<std::chrono::milliseconds> timer(RegistrationTimer name) const
    {
        std::optional<std::chrono::milliseconds> in;
        for (const RegistrationEffect &effect : effects) {
            if (const auto *t = std::get_if<regeffect::StartTimer>(&effect);
                t && t->timer == name) {
                in = t->in;
            }
        }
        return in;
    }
    QString failure() const
    {
        const auto *failed = find<regeffect::Failed>();
        return failed ? failed->error.code : QString();
    }
};

} // namespace

class TestRegistrationMachine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void instanceOfEpid_data();
    void instanceOfEpid();
    void firstRequest();
    void wholeSignIn();
    void wrongPasswordIsNotRepeated();
    void clockIsBlamedWhenItIsWrong();
    void schemes_data();
    void schemes();
    void badChallenge();
    void endlessChallenges();
    void unsignedAcceptance();
    void wrongSignature();
    void digestExcusesNoSignature();
    void refusals_data();
    void refusals();
    void userAgentsAreTriedOnceEach();
    void userAgentByHandIsKept();
    void candidatesOneAfterTheOther();
    void bestErrorIsShown();
    void nextServerIsTold();
    void silentServer();
    void foreignProtocol_data();
    void foreignProtocol();
    void cutOnAPlainPort();
    void redirect();
    void redirectWithoutSignature();
    void redirectToPlainIsRefused();
    void redirectLoopEnds();
    void refreshAndRenewal();
    void serverTroubleWhileRegistered();
    void reauthentication();
    void lostAssociation();
    void deregistration_data();
    void deregistration();
    void probing();
    void signingOut();
    void signingOutOfASilentServer();
    void lineLost();
};

void TestRegistrationMachine::instanceOfEpid_data()
{
    // Published pairs and one computed.
    QTest::addColumn<QByteArray>("epid");
    QTest::addColumn<QByteArray>("uuid");
    QTest::newRow("1") << "01010101"_ba << "4b1682a8-f968-5701-83fc-7c6741dc6697"_ba;
    QTest::newRow("2") << "8248ca9ebb"_ba << "4233fd41-093b-5fd6-b5d2-651ed55969e6"_ba;
    QTest::newRow("3") << "2ebb6f264f"_ba << "124841e4-264d-52e8-96c5-d22aa8cdc316"_ba;
    QTest::newRow("4") << "a1b2c3d4e5f6"_ba << "2f7e7723-96e4-544e-8b98-cf482b8cefb8"_ba;
}

void TestRegistrationMachine::instanceOfEpid()
{
    QFETCH(QByteArray, epid);
    QTEST(instanceFromEpid(epid), "uuid");
}

void TestRegistrationMachine::firstRequest()
{
    Bench b;
    QCOMPARE(b.find<regeffect::Connect>()->candidate.host, u"pool.test"_s);
    b.connected();
    const SipMessage &m = b.request;
    QCOMPARE(m.method, "REGISTER"_ba);
    QCOMPARE(m.uri, "sip:litwareinc.com"_ba);
    QCOMPARE(m.header("CSeq"), "1 REGISTER"_ba);
    QCOMPARE(m.header("User-Agent"), "OC/1"_ba);
    QCOMPARE(m.header("Event"), "registration"_ba);
    QVERIFY(m.header("Via").startsWith("SIP/2.0/TLS 192.0.2.10:50713;branch=z9hG4bK"));
    QVERIFY(m.header("Contact").contains(
        "+sip.instance=\"<urn:uuid:2f7e7723-96e4-544e-8b98-cf482b8cefb8>\""));
    QVERIFY(m.header("From").contains(";epid=a1b2c3d4e5f6"));
    QVERIFY(!m.hasHeader("Authorization"));
    QVERIFY(!m.hasHeader("Expires"));
}

void TestRegistrationMachine::wholeSignIn()
{
    Bench b;
    b.connected();
    b.authenticate();
    QVERIFY(b.request.header("Authorization").contains("response="));
    QVERIFY(b.server->verify(b.request));
    QCOMPARE(b.request.header("CSeq"), "3 REGISTER"_ba);
    b.answer(b.signedBy(b.ok()));
    const auto *registered = b.find<regeffect::Registered>();
    QVERIFY(registered);
    QVERIFY(registered->first);
    QVERIFY(!registered->renewed);
    const RegistrationInfo &info = b.machine->info();
    QCOMPARE(info.server, "RTC/3.5"_ba);
    QCOMPARE(info.lifetime, 7200s);
    QCOMPARE(info.keepAlive, 300s);
    QVERIFY(info.hasBatchedSubscribe());
    QVERIFY(info.hasCategories());
    QVERIFY(info.allows("presence"));
    QCOMPARE(b.machine->identity().gruu, "sip:ben@litwareinc.com;opaque=user:epid:x;gruu"_ba);
    QCOMPARE(*b.timer(RegistrationTimer::Refresh), 7170s);
    QCOMPARE(*b.timer(RegistrationTimer::Reauthenticate), 8h - 5min);
    QVERIFY(b.machine->isAuthenticated());
}

void TestRegistrationMachine::wrongPasswordIsNotRepeated()
{
    Bench b;
    b.connected();
    b.newServer(u"other"_s);
    b.answer(b.challenge(b.server->offer()));
    b.answer(
        b.challenge(b.server->accept(*parseAuthHeader(b.request.header("Authorization"))).value()));
    const SipMessage last = b.request;
    QVERIFY(!b.server->accept(*parseAuthHeader(last.header("Authorization"))));
    b.answer(b.challenge(b.server->offer()));
    QCOMPARE(b.failure(), u"wrong-password"_s);
    QVERIFY(b.find<regeffect::Failed>()->error.fatal);
    QVERIFY(b.find<regeffect::Disconnect>());
    QVERIFY(!b.find<regeffect::Send>());
}

void TestRegistrationMachine::clockIsBlamedWhenItIsWrong()
{
    Bench b;
    b.connected();
    b.answer(b.challenge(b.server->offer()));
    b.answer(
        b.challenge(b.server->accept(*parseAuthHeader(b.request.header("Authorization"))).value()));
    SipMessage again = b.challenge(b.server->offer());
    again.addHeader("Date"_ba, "Mon, 02 Mar 2026 12:20:00 GMT"_ba);
    b.answer(again);
    QCOMPARE(b.failure(), u"clock-wrong"_s);
}

void TestRegistrationMachine::schemes_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QByteArrayList>("offered");
    QTest::addColumn<QString>("code");
    QTest::newRow("auto takes what works")
        << u"auto"_s << QByteArrayList { "TLS-DSK"_ba, "Kerberos"_ba, "NTLM"_ba } << u""_s;
    QTest::newRow("ntlm") << u"ntlm"_s << QByteArrayList { "Kerberos"_ba, "NTLM"_ba } << u""_s;
    QTest::newRow("kerberos is not there")
        << u"kerberos"_s << QByteArrayList { "Kerberos"_ba, "NTLM"_ba } << u"kerberos-no-ticket"_s;
    QTest::newRow("only TLS-DSK offered")
        << u"auto"_s << QByteArrayList { "TLS-DSK"_ba } << u"auth-scheme-unavailable"_s;
    QTest::newRow("none offered") << u"auto"_s << QByteArrayList {} << u"auth-scheme-unavailable"_s;
}

void TestRegistrationMachine::schemes()
{
    QFETCH(QString, setting);
    QFETCH(QByteArrayList, offered);
    QFETCH(QString, code);
    Bench b({ { u"pool.test"_s, 5061, true, Candidate::Source::Manual } }, setting);
    b.connected();
    SipMessage m = b.response(401);
    for (const QByteArray &scheme : offered) {
        m.addHeader("WWW-Authenticate"_ba, scheme + " realm=\"r\", targetname=\"t\", version=4");
    }
    b.answer(m);
    QCOMPARE(b.failure(), code);
    if (code.isEmpty()) {
        QVERIFY(b.request.header("Authorization").startsWith("NTLM "));
        QVERIFY(b.find<regeffect::Authenticating>());
    } else if (setting == u"kerberos") {
        QCOMPARE(b.find<regeffect::Failed>()->error.fix.value(u"auth"_s).toString(), u"auto"_s);
    }
}

void TestRegistrationMachine::badChallenge()
{
    Bench b;
    b.connected();
    b.answer(b.challenge(b.server->offer()));
    b.answer(b.challenge(
        "NTLM realm=\"r\", targetname=\"t\", version=4, gssapi-data=\"TlRMTVNTUAA=\""_ba));
    QCOMPARE(b.failure(), u"server-fault"_s);
}

void TestRegistrationMachine::endlessChallenges()
{
    Bench b;
    b.connected();
    for (int i = 0; i < 20 && b.failure().isEmpty(); ++i) {
        b.answer(b.challenge("NTLM realm=\"r\", targetname=\"t\", version=4"_ba));
    }
    QCOMPARE(b.failure(), u"server-fault"_s); // a challenge without a token is none
}

void TestRegistrationMachine::unsignedAcceptance()
{
    Bench b;
    b.connected();
    b.authenticate();
    b.answer(b.ok());
    QCOMPARE(b.failure(), u"bad-signature"_s);
}

void TestRegistrationMachine::wrongSignature()
{
    Bench b;
    b.connected();
    b.authenticate();
    SipMessage m = b.signedBy(b.ok());
    m.setHeader("Expires"_ba, "9999"_ba);
    b.answer(m);
    QCOMPARE(b.failure(), u"bad-signature"_s);
}

/// Whoever challenges by Digest on the way must not switch the checking of signatures off.
void TestRegistrationMachine::digestExcusesNoSignature()
{
    Bench b({ { u"pool.test"_s, 5061, true, Candidate::Source::Manual } }, u"auto"_s, { "OC/1"_ba },
        DigestCredentials { u"ben"_s, password });
    b.signIn();
    SipMessage challenge = b.response(407);
    challenge.addHeader(
        "Proxy-Authenticate"_ba, "Digest realm=\"p\", nonce=\"n\", qop=\"auth\""_ba);
    QVERIFY(b.machine->takeDigest(challenge));
    const auto verified = b.machine->verify(b.ok());
    QVERIFY(!verified);
    QCOMPARE(verified.error(), SignatureProblem::Missing);
}

void TestRegistrationMachine::refusals_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("diagnostics");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("fatal");
    QTest::newRow("404") << 404 << ""_ba << u"address-unknown"_s << true;
    QTest::newRow("403") << 403 << "4003;reason=\"no remote access\""_ba << u"account-disabled"_s
                         << true;
    QTest::newRow("4004") << 403 << "4004;reason=\"Credentials provided are not authorized\""_ba
                          << u"login-format"_s << true;
    QTest::newRow("4141") << 403 << "4141;reason=\"User disabled\""_ba << u"account-disabled"_s
                          << true;
    QTest::newRow("501") << 501 << ""_ba << u"not-implemented"_s << true;
    QTest::newRow("503") << 503 << ""_ba << u"server-fault"_s << false;
    QTest::newRow("504") << 504 << ""_ba << u"server-fault"_s << false;
    QTest::newRow("407") << 407 << ""_ba << u"auth-scheme-unavailable"_s << true;
    QTest::newRow("489") << 489 << "4055;reason=\"x\""_ba << u"unknown"_s << true;
}

void TestRegistrationMachine::refusals()
{
    QFETCH(int, status);
    QFETCH(QByteArray, diagnostics);
    QFETCH(bool, fatal);
    Bench b;
    b.connected();
    SipMessage m = b.response(status, "Because"_ba);
    if (!diagnostics.isEmpty()) {
        m.addHeader("ms-diagnostics"_ba, diagnostics);
    }
    b.answer(m);
    QTEST(b.failure(), "code");
    QCOMPARE(b.find<regeffect::Failed>()->error.fatal, fatal);
    QVERIFY(!b.find<regeffect::Failed>()->error.title.isEmpty());
    QVERIFY(!b.find<regeffect::Failed>()->error.detail.isEmpty());
}

namespace {
SipMessage versionRefusal(const Bench &b)
{
    SipMessage m = b.response(403, "Forbidden"_ba);
    m.addHeader("Warning"_ba,
        "310 lcs.microsoft.com \"You are currently not using the recommended version of the client.\""_ba);
    m.addHeader("ms-diagnostics"_ba,
        "17002;source=\"pool.test\";reason=\"Invalid protocol client version\""_ba);
    return m;
}
} // namespace

void TestRegistrationMachine::userAgentsAreTriedOnceEach()
{
    Bench b({ { u"pool.test"_s, 5061, true, Candidate::Source::Manual } }, u"auto"_s,
        { "A"_ba, "B"_ba, "C"_ba });
    b.connected();
    b.answer(versionRefusal(b));
    QCOMPARE(b.find<regeffect::Connect>()->candidate.host, u"pool.test"_s);
    b.connected();
    QCOMPARE(b.request.header("User-Agent"), "B"_ba);
    QCOMPARE(b.request.header("CSeq"), "1 REGISTER"_ba);
    b.authenticate();
    b.answer(b.signedBy(b.ok()));
    QCOMPARE(b.find<regeffect::UserAgentLearned>()->userAgent, "B"_ba);
    QVERIFY(b.find<regeffect::UserAgentLearned>()->refusal.contains(u"recommended version"));

    Bench all({ { u"pool.test"_s, 5061, true, Candidate::Source::Manual } }, u"auto"_s,
        { "A"_ba, "B"_ba });
    all.connected();
    all.answer(versionRefusal(all));
    all.connected();
    all.answer(versionRefusal(all));
    QCOMPARE(all.failure(), u"client-version-rejected"_s);
}

void TestRegistrationMachine::userAgentByHandIsKept()
{
    Bench b;
    b.connected();
    b.answer(versionRefusal(b));
    const Error error = b.find<regeffect::Failed>()->error;
    QCOMPARE(error.code, u"user-agent-rejected"_s);
    QCOMPARE(error.detail, u"You are currently not using the recommended version of the client."_s);
    QCOMPARE(error.fix.value(u"user-agent"_s).toString(), u"OC/known"_s);
    QVERIFY(error.remedy.contains(u"OC/known"));
    QVERIFY(error.fatal);
}

namespace {
Error networkError(const QString &code)
{
    Error error;
    error.kind = Error::Kind::Network;
    error.code = code;
    error.title = code;
    return error;
}
} // namespace

void TestRegistrationMachine::candidatesOneAfterTheOther()
{
    using enum Candidate::Source;
    Bench b({ { u"a"_s, 1, true, Srv }, { u"b"_s, 2, false, Srv } });
    b.input(reginput::ConnectFailed { networkError(u"refused"_s) });
    QCOMPARE(b.find<regeffect::Connect>()->candidate.host, u"b"_s);
    b.connected();
    QVERIFY(b.request.header("Via").startsWith("SIP/2.0/TCP"));
    // Once a SIP answer has come the others are not tried.
    b.answer(404);
    QCOMPARE(b.failure(), u"address-unknown"_s);
}

void TestRegistrationMachine::bestErrorIsShown()
{
    using enum Candidate::Source;
    Bench none({ { u"a"_s, 1, true, Guess }, { u"b"_s, 2, true, Guess } });
    none.input(reginput::ConnectFailed { networkError(u"name-not-found"_s) });
    none.input(reginput::ConnectFailed { networkError(u"name-not-found"_s) });
    QCOMPARE(none.failure(), u"no-srv-record"_s);

    Bench one({ { u"a"_s, 1, true, Srv }, { u"b"_s, 2, true, Guess } });
    one.input(reginput::ConnectFailed { networkError(u"certificate-untrusted"_s) });
    one.input(reginput::ConnectFailed { networkError(u"name-not-found"_s) });
    QCOMPARE(one.failure(), u"certificate-untrusted"_s);

    Bench manual({ { u"a"_s, 1, true, Manual } });
    manual.input(reginput::ConnectFailed { networkError(u"name-not-found"_s) });
    QCOMPARE(manual.failure(), u"name-not-found"_s);

    Bench empty(QList<Candidate> {});
    QCOMPARE(empty.failure(), u"no-srv-record"_s);

    // Records that lead nowhere, and names we made up ourselves.
    Bench record({ { u"a"_s, 1, true, Srv }, { u"b"_s, 2, true, Guess } });
    record.input(reginput::ConnectFailed { networkError(u"name-not-found"_s) });
    record.input(reginput::ConnectFailed { networkError(u"refused"_s) });
    QCOMPARE(record.failure(), u"srv-target-missing"_s);

    Bench guessed({ { u"a"_s, 1, true, Guess } });
    guessed.input(reginput::ConnectFailed { networkError(u"timed-out"_s) });
    QCOMPARE(guessed.failure(), u"no-srv-record"_s);

    // A service that has ended is not asked at all.
    Bench retired({ { u"sipdir.online.lync.com"_s, 443, true, Srv } });
    QCOMPARE(retired.failure(), u"service-retired"_s);
    QVERIFY(!retired.find<regeffect::Connect>());
}

/// The next server does what the first did not: told in one line, with the first one's trouble.
void TestRegistrationMachine::nextServerIsTold()
{
    using enum Candidate::Source;
    Bench b({ { u"a"_s, 1, true, Srv }, { u"pool.test"_s, 5061, true, Srv } });
    b.input(reginput::ConnectFailed { networkError(u"refused"_s) });
    b.signIn();
    const auto *remark = b.find<regeffect::Remark>();
    QVERIFY(remark);
    QVERIFY(!remark->warning);
    QCOMPARE(remark->code, u"refused"_s);
    QVERIFY(remark->text.contains(u"pool.test:5061"_s));

    Bench guessed({ { u"a"_s, 1, true, Guess }, { u"pool.test"_s, 5061, true, Guess } });
    guessed.input(reginput::ConnectFailed { networkError(u"name-not-found"_s) });
    guessed.signIn();
    QVERIFY(!guessed.find<regeffect::Remark>()); // made up: nobody expected it to be there
}

void TestRegistrationMachine::silentServer()
{
    Bench b;
    b.connected();
    QCOMPARE(*b.timer(RegistrationTimer::Answer), 32s);
    b.input(reginput::TimerFired { RegistrationTimer::Answer });
    QCOMPARE(b.failure(), u"timed-out"_s);
}

void TestRegistrationMachine::foreignProtocol_data()
{
    QTest::addColumn<QByteArray>("seen");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<QString>("code");
    QTest::newRow("http") << "HTTP/1.1 400 Bad Request"_ba << true << u"wrong-protocol"_s;
    QTest::newRow("smtp") << "220 mail"_ba << true << u"wrong-protocol"_s;
    QTest::newRow("tls on a plain port") << "\x15\x03\x01"_ba << false << u"tls-required"_s;
}

void TestRegistrationMachine::foreignProtocol()
{
    QFETCH(QByteArray, seen);
    QFETCH(bool, tls);
    Bench b({ { u"pool.test"_s, 443, tls, Candidate::Source::Manual } });
    b.connected();
    b.input(reginput::Unreadable { { ParseError::Code::WrongProtocol, u"x"_s, 0, seen } });
    QTEST(b.failure(), "code");
    QVERIFY(b.find<regeffect::Failed>()->error.title.contains(u"pool.test:443"));
}

void TestRegistrationMachine::cutOnAPlainPort()
{
    Bench plain({ { u"pool.test"_s, 443, false, Candidate::Source::Manual } });
    plain.connected();
    plain.input(reginput::Lost { networkError(u"connection-closed"_s) });
    QCOMPARE(plain.failure(), u"connection-closed"_s);
    QVERIFY(plain.find<regeffect::Failed>()->error.remedy.contains(u"TLS"));
    Bench tls;
    tls.connected();
    tls.input(reginput::Lost { networkError(u"connection-closed"_s) });
    QVERIFY(tls.find<regeffect::Failed>()->error.remedy.isEmpty());
}

void TestRegistrationMachine::redirect()
{
    Bench b;
    b.connected();
    SipMessage m = b.response(301);
    m.addHeader("Contact"_ba, "<sip:home03.litwareinc.com:5071;transport=TLS>;q=0.5"_ba);
    m.addHeader("Contact"_ba, "<sip:home02.litwareinc.com;transport=TLS>;q=0.7"_ba);
    b.answer(m);
    QVERIFY(b.find<regeffect::Disconnect>());
    QCOMPARE(b.find<regeffect::Connect>()->candidate.host, u"home02.litwareinc.com"_s);
    QCOMPARE(b.find<regeffect::Connect>()->candidate.port, 5061);
    const QByteArray callId = b.request.header("Call-ID");
    b.input(reginput::ConnectFailed { networkError(u"refused"_s) });
    QCOMPARE(b.find<regeffect::Connect>()->candidate.host, u"home03.litwareinc.com"_s);
    QCOMPARE(b.find<regeffect::Connect>()->candidate.port, 5071);
    b.connected();
    QVERIFY(b.request.header("Call-ID") != callId);
    QCOMPARE(b.request.header("CSeq"), "1 REGISTER"_ba);
}

void TestRegistrationMachine::redirectWithoutSignature()
{
    Bench b;
    b.connected();
    b.authenticate();
    SipMessage m = b.response(301);
    m.addHeader("Contact"_ba, "<sip:evil.test;transport=TLS>"_ba);
    b.answer(m);
    QCOMPARE(b.failure(), u"bad-signature"_s);
}

void TestRegistrationMachine::redirectToPlainIsRefused()
{
    Bench b;
    b.connected();
    SipMessage m = b.response(302);
    m.addHeader("Contact"_ba, "<sip:home02.litwareinc.com;transport=tcp>"_ba);
    b.answer(m);
    QCOMPARE(b.failure(), u"redirect-refused"_s);
}

void TestRegistrationMachine::redirectLoopEnds()
{
    Bench b;
    for (int i = 0; i < 10 && b.failure().isEmpty(); ++i) {
        b.connected();
        SipMessage m = b.response(301);
        m.addHeader("Contact"_ba, "<sip:pool.test;transport=tls>"_ba);
        b.answer(m);
    }
    QCOMPARE(b.failure(), u"redirect-loop"_s);
}

void TestRegistrationMachine::refreshAndRenewal()
{
    Bench b;
    b.signIn();
    const QByteArray callId = b.request.header("Call-ID");
    b.input(reginput::TimerFired { RegistrationTimer::Refresh });
    QCOMPARE(b.request.header("Call-ID"), callId);
    QCOMPARE(b.request.header("CSeq"), "4 REGISTER"_ba);
    QVERIFY(b.server->verify(b.request));
    SipMessage refreshed = b.ok();
    refreshed.setHeader("presence-state"_ba, "register-action=\"refreshed\""_ba);
    b.answer(b.signedBy(refreshed));
    QVERIFY(!b.find<regeffect::Registered>()->first);
    QVERIFY(!b.find<regeffect::Registered>()->renewed);
    QVERIFY(b.timer(RegistrationTimer::Refresh));
    QVERIFY(!b.timer(RegistrationTimer::Reauthenticate));

    b.input(reginput::TimerFired { RegistrationTimer::Refresh });
    b.answer(b.signedBy(b.ok()));
    QVERIFY(b.find<regeffect::Registered>()->renewed);
}

void TestRegistrationMachine::serverTroubleWhileRegistered()
{
    Bench b;
    b.signIn();
    b.input(reginput::TimerFired { RegistrationTimer::Refresh });
    for (int i = 0; i < 6; ++i) {
        b.answer(b.signedBy(b.response(504)));
        QCOMPARE(*b.timer(RegistrationTimer::Retry), 60s);
        b.input(reginput::TimerFired { RegistrationTimer::Retry });
    }
    b.answer(b.signedBy(b.response(504)));
    QCOMPARE(b.failure(), u"server-fault"_s);
}

void TestRegistrationMachine::reauthentication()
{
    Bench b;
    b.signIn();
    const QByteArray old = b.association();
    QVERIFY(!old.isEmpty());
    b.input(reginput::TimerFired { RegistrationTimer::Reauthenticate });
    QVERIFY(!b.request.hasHeader("Authorization"));
    b.newServer();
    b.answer(b.challenge(b.server->offer()));
    QCOMPARE(b.association(), old);
    QVERIFY(!b.find<regeffect::Authenticating>());
    b.answer(
        b.challenge(b.server->accept(*parseAuthHeader(b.request.header("Authorization"))).value()));
    QVERIFY(b.server->accept(*parseAuthHeader(b.request.header("Authorization"))));
    SipMessage refreshed = b.ok();
    refreshed.removeHeader("presence-state");
    b.answer(b.signedBy(refreshed));
    QVERIFY(b.find<regeffect::Registered>()->reauthenticated);
    QVERIFY(b.association() != old);
    QVERIFY(b.timer(RegistrationTimer::Reauthenticate));
}

void TestRegistrationMachine::lostAssociation()
{
    Bench b;
    b.signIn();
    b.input(reginput::AssociationLost {});
    QVERIFY(!b.request.hasHeader("Authorization"));
    b.input(reginput::AssociationLost {});
    QVERIFY(b.effects.isEmpty());
    // The refresh itself may meet the 401 as well.
    Bench c;
    c.signIn();
    c.input(reginput::TimerFired { RegistrationTimer::Refresh });
    c.newServer();
    c.authenticate();
    SipMessage refreshed = c.ok();
    c.answer(c.signedBy(refreshed));
    QVERIFY(c.find<regeffect::Registered>()->reauthenticated);
}

void TestRegistrationMachine::deregistration_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("fatal");
    QTest::newRow("unregistered") << "unregistered"_ba << u"elsewhere-signed-in"_s << true;
    QTest::newRow("rejected") << "rejected"_ba << u"account-disabled"_s << true;
    QTest::newRow("deactivated") << "deactivated"_ba << u"server-moved"_s << false;
}

void TestRegistrationMachine::deregistration()
{
    QFETCH(QByteArray, event);
    QFETCH(bool, fatal);
    Bench b;
    b.signIn();
    b.input(reginput::Deregistered { event, u"words"_s });
    QTEST(b.failure(), "code");
    QCOMPARE(b.find<regeffect::Failed>()->error.fatal, fatal);
    QCOMPARE(b.find<regeffect::Failed>()->error.detail, u"words"_s);
}

void TestRegistrationMachine::probing()
{
    Bench b;
    b.signIn();
    b.input(reginput::Probe {});
    QCOMPARE(*b.timer(RegistrationTimer::Answer), 10s);
    QVERIFY(b.find<regeffect::Send>());
    b.input(reginput::TimerFired { RegistrationTimer::Answer });
    QCOMPARE(b.failure(), u"timed-out"_s);
    QVERIFY(!b.find<regeffect::Failed>()->error.fatal);
}

void TestRegistrationMachine::signingOut()
{
    Bench b;
    b.signIn();
    b.input(reginput::SignOut {});
    QCOMPARE(b.request.header("Expires"), "0"_ba);
    QVERIFY(b.server->verify(b.request));
    QCOMPARE(*b.timer(RegistrationTimer::SignOut), 2s);
    b.answer(b.signedBy(b.response(200)));
    QVERIFY(b.find<regeffect::SignedOut>());
    QCOMPARE(b.machine->phase(), RegistrationMachine::Phase::Ended);
}

void TestRegistrationMachine::signingOutOfASilentServer()
{
    Bench b;
    b.signIn();
    b.input(reginput::SignOut {});
    b.input(reginput::TimerFired { RegistrationTimer::SignOut });
    QVERIFY(b.find<regeffect::SignedOut>());

    Bench early;
    early.connected();
    early.input(reginput::SignOut {});
    QVERIFY(early.find<regeffect::SignedOut>());
    QVERIFY(!early.find<regeffect::Send>());
}

void TestRegistrationMachine::lineLost()
{
    Bench b;
    b.signIn();
    b.input(reginput::Lost { networkError(u"connection-closed"_s) });
    QCOMPARE(b.failure(), u"connection-closed"_s);
    b.input(reginput::Probe {});
    QVERIFY(b.effects.isEmpty());
}

QTEST_APPLESS_MAIN(TestRegistrationMachine)
#include "tst_registrationmachine.moc"
