// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/doctor/diagnosis.h"
#include "protocols/sip/doctor/sipdoctor.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/wire/sipparser.h"
#include "tests/support/fakeservices.h"
#include "tests/support/manualclock.h"

#include <QTest>

#include <map>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Which of sipDoctorChecks().
enum Check : std::size_t { Records, Ports, Schemes, UserAgents, Message, Federation };

Error errorOf(const QString &code, Error::Kind kind = Error::Kind::Network)
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = u"The title of "_s + code;
    error.detail = u"Zażółć"_s;
    return error;
}

const QByteArray kChallenge = "SIP/2.0 401 Unauthorized\r\n"
                              "Date: Mon, 02 Mar 2026 12:00:00 GMT\r\n"
                              "WWW-Authenticate: NTLM realm=\"r\", targetname=\"t\", version=4\r\n"
                              "WWW-Authenticate: TLS-DSK realm=\"r\", targetname=\"t\"\r\n"
                              "Content-Length: 0\r\n\r\n"_ba;
const QByteArray kRefusal = "SIP/2.0 403 Forbidden\r\n"
                            "ms-diagnostics: 17002;reason=\"Invalid protocol client version\"\r\n"
                            "Content-Length: 0\r\n\r\n"_ba;
const QByteArray kHttp = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"_ba;

/// A network made of ports that answer with given bytes; all others refuse.
struct Network {
    test::ManualClock clock;
    test::FakeServices services { clock };
    SettingValues settings;
    /// "host:port/tls" or "host:port/tcp"; empty bytes: silence.
    std::map<QString, QByteArray> ports;
    std::map<QString, QString> errors; ///< codes, by the same names
    std::function<QByteArray(const SipMessage &)> answers; ///< goes before `ports`' bytes
    QList<SipMessage> asked;
    QList<Finding> reported;
    std::vector<std::unique_ptr<DoctorCheck>> checks = sipDoctorChecks();

    Network()
    {
        settings.set(u"address"_s, u"ben@litwareinc.com"_s);
        services.onConnect = [this](const Endpoint &endpoint) -> Result<void> {
            const QString name = nameOf(endpoint);
            if (const auto error = errors.find(name); error != errors.end()) {
                return std::unexpected(errorOf(error->second, Error::Kind::Tls));
            }
            return ports.contains(name) ? Result<void>()
                                        : Result<void>(std::unexpect, errorOf(u"refused"_s));
        };
    }

    static QString nameOf(const Endpoint &endpoint)
    {
        return u"%1:%2/%3"_s.arg(endpoint.host)
            .arg(endpoint.port)
            .arg(endpoint.security == Endpoint::Security::Tls ? u"tls"_s : u"tcp"_s);
    }

    /// Everything found: what was reported on the way, then what came with the answer.
    QList<Finding> run(Check check, const std::optional<Error> &failure = {},
        std::chrono::milliseconds patience = 0ms)
    {
        const SettingValues complete = accountSchema().complete(settings);
        const DoctorContext context { complete, services,
            [this](const Finding &finding) { reported.append(finding); } };
        const auto answer = checks.at(check)->run(context, failure);
        settle();
        if (patience > 0ms) {
            clock.advance(patience);
            settle();
        }
        if (!answer.isFinished()) {
            qWarning("the check did not answer");
            return {};
        }
        return reported + answer.result().value_or(QList<Finding> {});
    }

    void settle()
    {
        for (int i = 0; i < 20; ++i) {
            QCoreApplication::processEvents();
            QCoreApplication::sendPostedEvents();
            for (const auto &line : std::as_const(services.transports)) {
                const QByteArray written = line->takeWritten();
                if (written.isEmpty()) {
                    continue;
                }
                const auto message = parseMessage(written);
                if (!message) {
                    qWarning("a probe is no SIP message");
                    continue;
                }
                asked.append(*message);
                line->feed(answers ? answers(*message) : ports[nameOf(line->endpoint())]);
            }
        }
    }

    static std::optional<Finding> failedOf(const QList<Finding> &findings)
    {
        for (const Finding &finding : findings) {
            if (finding.state == Finding::State::Failed) {
                return finding;
            }
        }
        return std::nullopt;
    }
    static std::optional<Finding> stepOf(const QList<Finding> &findings, QStringView step)
    {
        for (const Finding &finding : findings) {
            if (finding.step == step) {
                return finding;
            }
        }
        return std::nullopt;
    }
};

} // namespace

/// The doctor's questions of this protocol, on a network that a test plays.
class TestSipDoctor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void question();
    void answers_data();
    void answers();
    void asksOnlyWhereItHelps_data();
    void asksOnlyWhereItHelps();
    void recordsKnowBetter();
    void recordsKnowNothing();
    void nothingIsAskedBesideAProxy();
    void anotherProtocolsDomain();
    void otherPorts_data();
    void otherPorts();
    void neverLessEncrypted();
    void silenceEndsIt();
    void schemesAndClock();
    void clockIsToBlame();
    void userAgentThatPasses();
    void noUserAgentPasses();
    void nothingIsSentToOneself();
    void federation_data();
    void federation();
    void gmail();
    void checkGoesWhileAsking();
};

void TestSipDoctor::question()
{
    const QByteArray bytes = probeRequest({ .address = u"Ben.ż@litwareinc.com"_s,
                                              .host = u"sip.litwareinc.com"_s,
                                              .port = 5061,
                                              .userAgent = "OC/1"_ba },
        "[2001:db8::1]"_ba, 40000, [](int count) { return QByteArray(count, 'r'); });
    const auto message = parseMessage(bytes);
    QVERIFY(message);
    QCOMPARE(message->method, "REGISTER"_ba);
    QCOMPARE(message->uri, "sip:litwareinc.com"_ba);
    QCOMPARE(message->header("User-Agent"), "OC/1"_ba);
    QVERIFY(message->header("From").contains("ben.ż@litwareinc.com"));
    QVERIFY(message->header("Via").contains("TLS [2001:db8::1]:40000"));
    QVERIFY(!message->hasHeader("Contact")); // it asks, and changes nothing
    QVERIFY(!message->hasHeader("Authorization"));
}

void TestSipDoctor::answers_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("enough");
    QTest::addColumn<bool>("sip");
    QTest::addColumn<int>("status");
    QTest::addColumn<ForeignProtocol>("foreign");
    QTest::newRow("challenge") << kChallenge << true << true << 401 << ForeignProtocol::Unknown;
    QTest::newRow("a piece") << kChallenge.first(40) << false << false << 0
                             << ForeignProtocol::Unknown;
    QTest::newRow("provisional first")
        << "SIP/2.0 100 Trying\r\nContent-Length: 0\r\n\r\n"_ba + kRefusal << true << true << 403
        << ForeignProtocol::Unknown;
    QTest::newRow("a request, then silence")
        << "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n"_ba << false << false << 0
        << ForeignProtocol::Unknown;
    QTest::newRow("HTTP") << kHttp << true << false << 0 << ForeignProtocol::Http;
    QTest::newRow("TLS") << "\x15\x03\x03\x00\x02\x02\x28"_ba << true << false << 0
                         << ForeignProtocol::Tls;
    QTest::newRow("rubbish") << "こんにちは世界\r\n"_ba << true << false << 0
                             << ForeignProtocol::Unknown;
}

void TestSipDoctor::answers()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, enough);
    // Whole, and byte by byte.
    for (const qsizetype step : { bytes.size(), qsizetype(1) }) {
        SipFramer framer;
        std::optional<ProbeAnswer> answer;
        for (qsizetype at = 0; at < bytes.size() && !answer; at += step) {
            answer = readProbe(framer, bytes.sliced(at, std::min(step, bytes.size() - at)));
        }
        QCOMPARE(answer.has_value(), enough);
        if (answer) {
            QTEST(answer->sip, "sip");
            QTEST(answer->status, "status");
            QTEST(answer->foreign, "foreign");
        }
    }
}

void TestSipDoctor::asksOnlyWhereItHelps_data()
{
    QTest::addColumn<int>("check");
    QTest::addColumn<QString>("code");
    QTest::newRow("records, wrong password") << int(Records) << u"wrong-password"_s;
    QTest::newRow("ports, certificate") << int(Ports) << u"certificate-expired"_s;
    QTest::newRow("schemes, refused") << int(Schemes) << u"refused"_s;
    QTest::newRow("user agents, wrong password") << int(UserAgents) << u"wrong-password"_s;
}

void TestSipDoctor::asksOnlyWhereItHelps()
{
    QFETCH(int, check);
    QFETCH(QString, code);
    Network n;
    n.settings.set(u"server"_s, u"sip.litwareinc.com"_s);
    QVERIFY(n.run(Check(check), errorOf(code)).isEmpty());
    QVERIFY(n.services.endpoints.isEmpty() && n.services.lookups.isEmpty());
}

void TestSipDoctor::recordsKnowBetter()
{
    Network n;
    n.settings.set(u"server"_s, u"old.litwareinc.com"_s);
    n.services.services.insert(
        u"_sip._tls.litwareinc.com"_s, { { .target = u"sip.litwareinc.com"_s, .port = 443 } });
    n.ports[u"sip.litwareinc.com:443/tls"_s] = kChallenge;
    const auto found = Network::failedOf(n.run(Records, errorOf(u"name-not-found"_s)));
    QVERIFY(found);
    QCOMPARE(found->step, DoctorStep::Srv.toString());
    QCOMPARE(found->error->code, u"name-not-found"_s);
    QVERIFY(found->error->remedy.contains(u"sip.litwareinc.com:443"_s));
    QCOMPARE(found->error->fix.value(u"server"_s).toString(), u""_s);
    QVERIFY(found->error->fix.contains(u"server"_s));
    QCOMPARE(found->error->fix.value(u"port"_s).toInt(), 0);
    QCOMPARE(n.asked.size(), 1);
}

void TestSipDoctor::recordsKnowNothing()
{
    // None at all; the same server; a server that does not answer either.
    for (const QString &target : { u""_s, u"old.litwareinc.com"_s, u"dead.litwareinc.com"_s }) {
        Network n;
        n.settings.set(u"server"_s, u"old.litwareinc.com"_s);
        if (!target.isEmpty()) {
            n.services.services.insert(
                u"_sip._tls.litwareinc.com"_s, { { .target = target, .port = 5061 } });
        }
        QVERIFY(n.run(Records, errorOf(u"refused"_s)).isEmpty());
    }
}

void TestSipDoctor::nothingIsAskedBesideAProxy()
{
    Network n;
    n.services.proxySettings.type = ProxySettings::Type::Socks5;
    n.settings.set(u"server"_s, u"old.litwareinc.com"_s);
    QVERIFY(n.run(Records, errorOf(u"refused"_s)).isEmpty());
    QVERIFY(n.services.lookups.isEmpty());
}

void TestSipDoctor::anotherProtocolsDomain()
{
    Network n;
    QVERIFY(n.run(Records, errorOf(u"no-srv-record"_s)).isEmpty());
    n.services.services.insert(u"_xmpp-client._tcp.litwareinc.com"_s,
        { { .target = u"x.litwareinc.com"_s, .port = 5222 } });
    const auto found = Network::failedOf(n.run(Records, errorOf(u"no-srv-record"_s)));
    QVERIFY(found);
    QCOMPARE(found->error->code, u"no-srv-record"_s);
    QVERIFY(found->error->title.contains(u"XMPP"_s));
}

void TestSipDoctor::otherPorts_data()
{
    QTest::addColumn<QString>("connection");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<QString>("open"); ///< the port that answers, and in what
    QTest::addColumn<QByteArray>("says");
    QTest::addColumn<QString>("code");
    QTest::addColumn<int>("fixedPort");
    QTest::addColumn<QString>("fixedConnection");
    QTest::newRow("TLS at the usual port") << u"auto"_s << 5060 << u"not-tls"_s << u"5061/tls"_s
                                           << kChallenge << u"not-tls"_s << 5061 << u""_s;
    QTest::newRow("TLS at the port of Edge servers")
        << u"tls"_s << 5061 << u"timed-out"_s << u"443/tls"_s << kChallenge << u"timed-out"_s << 443
        << u""_s;
    QTest::newRow("the same port, encrypted")
        << u"plain"_s << 5061 << u"connection-closed"_s << u"5061/tls"_s << kChallenge
        << u"tls-required"_s << 0 << u"tls"_s;
    QTest::newRow("another port, encrypted") << u"plain"_s << 5060 << u"refused"_s << u"5061/tls"_s
                                             << kChallenge << u"refused"_s << 5061 << u"tls"_s;
    QTest::newRow("SIP, but not encrypted") << u"tls"_s << 5060 << u"not-tls"_s << u"5060/tcp"_s
                                            << kChallenge << u"not-tls"_s << 0 << u""_s;
    QTest::newRow("HTTP, not encrypted") << u"tls"_s << 8080 << u"not-tls"_s << u"8080/tcp"_s
                                         << kHttp << u"wrong-protocol"_s << 0 << u""_s;
    QTest::newRow("nothing that can be named")
        << u"tls"_s << 8080 << u"not-tls"_s << u"8080/tcp"_s << "?\r\n"_ba << u""_s << 0 << u""_s;
    QTest::newRow("nothing anywhere")
        << u"tls"_s << 5061 << u"refused"_s << u"1/tcp"_s << ""_ba << u""_s << 0 << u""_s;
}

void TestSipDoctor::otherPorts()
{
    QFETCH(QString, connection);
    QFETCH(int, port);
    QFETCH(QString, failure);
    QFETCH(QString, open);
    QFETCH(QByteArray, says);
    QFETCH(QString, code);
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    n.settings.set(u"port"_s, port);
    n.settings.set(u"connection"_s, connection);
    n.ports[u"pool.test:"_s + open] = says;
    const auto found = Network::failedOf(n.run(Ports, errorOf(failure)));
    QCOMPARE(found.has_value(), !code.isEmpty());
    if (found) {
        QCOMPARE(found->error->code, code);
        QVERIFY(!found->error->title.isEmpty() && !found->error->remedy.isEmpty());
        QTEST(found->error->fix.value(u"port"_s).toInt(), "fixedPort");
        QTEST(found->error->fix.value(u"connection"_s).toString(), "fixedConnection");
    }
    QVERIFY(std::ranges::none_of(n.services.endpoints,
        [](const Endpoint &endpoint) { return endpoint.host != u"pool.test"_s; }));
}

/// The only port that answers is not encrypted: told, but never offered at a click.
void TestSipDoctor::neverLessEncrypted()
{
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    n.settings.set(u"port"_s, 5060);
    n.ports[u"pool.test:5060/tcp"_s] = kChallenge;
    const auto found = Network::failedOf(n.run(Ports, errorOf(u"not-tls"_s)));
    QVERIFY(found);
    QVERIFY(found->error->fix.isEmpty());
}

void TestSipDoctor::silenceEndsIt()
{
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    for (const char *port : { "5061/tls", "443/tls", "5060/tcp", "5061/tcp" }) {
        n.ports[u"pool.test:"_s + QString::fromLatin1(port)] = ""_ba;
    }
    QVERIFY(n.run(Ports, errorOf(u"timed-out"_s), 4s).isEmpty());
}

void TestSipDoctor::schemesAndClock()
{
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    n.ports[u"pool.test:5061/tls"_s] = kChallenge;
    const auto found = n.run(Schemes, errorOf(u"wrong-password"_s));
    QVERIFY(!Network::failedOf(found));
    const auto schemes = Network::stepOf(found, DoctorStep::AuthenticationSchemes);
    QVERIFY(schemes && schemes->state == Finding::State::Ok);
    QCOMPARE(schemes->answer, u"NTLM, TLS-DSK"_s);
    QCOMPARE(schemes->tried, u"pool.test:5061"_s);
    QVERIFY(Network::stepOf(found, DoctorStep::Clock));
}

void TestSipDoctor::clockIsToBlame()
{
    const QDateTime noon(QDate(2026, 3, 2), QTime(12, 0), QTimeZone::UTC);
    const Probed probed { { .address = {}, .host = u"pool.test"_s, .port = 5061 },
        { .sip = true, .status = 401, .schemes = { "Kerberos"_ba }, .date = noon } };
    const auto state = [&](int minutes, const QString &code, bool kerberos) {
        const auto found
            = judgeSchemes(probed, noon.addSecs(qint64 { minutes } * 60), errorOf(code), kerberos);
        return Network::stepOf(found, DoctorStep::Clock)->state;
    };
    QCOMPARE(state(2, u"clock-wrong"_s, true), Finding::State::Ok);
    QCOMPARE(state(20, u"clock-wrong"_s, false), Finding::State::Failed);
    QCOMPARE(state(-20, u"auth-scheme-unavailable"_s, true), Finding::State::Failed);
    QCOMPARE(state(20, u"auth-scheme-unavailable"_s, false), Finding::State::Warning);
    QCOMPARE(state(20, u"wrong-password"_s, true), Finding::State::Warning);
}

void TestSipDoctor::userAgentThatPasses()
{
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    n.settings.set(u"user-agent"_s, u"Linchpin/0.1"_s, SettingOrigin::ByHand);
    n.ports[u"pool.test:5061/tls"_s] = {};
    n.answers = [](const SipMessage &request) {
        return request.header("User-Agent").contains("OC/15.") ? kChallenge : kRefusal;
    };
    const auto found = Network::failedOf(n.run(UserAgents, errorOf(u"user-agent-rejected"_s)));
    QVERIFY(found);
    QCOMPARE(found->error->code, u"user-agent-rejected"_s);
    QVERIFY(found->error->fix.value(u"user-agent"_s).toString().contains(u"OC/15."_s));
    QVERIFY(std::ranges::any_of(
        n.asked, [](const SipMessage &m) { return m.header("User-Agent") == "Linchpin/0.1"; }));
}

void TestSipDoctor::noUserAgentPasses()
{
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    n.ports[u"pool.test:5061/tls"_s] = kRefusal;
    const auto found = Network::failedOf(n.run(UserAgents, errorOf(u"user-agent-rejected"_s)));
    QVERIFY(found);
    QCOMPARE(found->error->code, u"client-version-rejected"_s);
    QVERIFY(found->error->fix.isEmpty());
    QVERIFY(found->tried.contains(u"OC/15."_s));
}

void TestSipDoctor::nothingIsSentToOneself()
{
    Network n;
    const auto found = n.run(Message);
    QCOMPARE(found.size(), 1);
    QCOMPARE(found.first().state, Finding::State::Skipped);
    QVERIFY(n.services.endpoints.isEmpty());
}

void TestSipDoctor::federation_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("plain"); ///< what connecting comes to; empty: it works
    QTest::addColumn<QString>("tls");
    QTest::addColumn<QString>("code"); ///< of the verdict; empty: none
    QTest::addColumn<QString>("step"); ///< of the warning; empty: none
    const QString edge = u"edge.litwareinc.com"_s;
    QTest::newRow("healthy") << edge << 5061 << u""_s << u""_s << u""_s << u""_s;
    QTest::newRow("wants a partner's certificate")
        << edge << 5061 << u""_s << u"tls-handshake-failed"_s << u""_s << u""_s;
    QTest::newRow("no record") << u""_s << 0 << u""_s << u""_s << u"federation-srv-missing"_s
                               << u""_s;
    QTest::newRow("says no") << u"."_s << 0 << u""_s << u""_s << u"federation-not-allowed"_s
                             << u""_s;
    QTest::newRow("another port") << edge << 443 << u""_s << u""_s << u""_s
                                  << DoctorStep::FederationSrv.toString();
    QTest::newRow("outside of the domain") << u"edge.hoster.test"_s << 5061 << u""_s << u""_s
                                           << u""_s << DoctorStep::FederationSrv.toString();
    QTest::newRow("closed") << edge << 5061 << u"refused"_s << u""_s << u"federation-port-closed"_s
                            << u""_s;
    QTest::newRow("no such host") << edge << 5061 << u"name-not-found"_s << u""_s
                                  << u"srv-target-missing"_s << u""_s;
    QTest::newRow("certificate of another name")
        << edge << 5061 << u""_s << u"certificate-name-mismatch"_s
        << u"federation-certificate-mismatch"_s << u""_s;
    QTest::newRow("certificate over")
        << edge << 5061 << u""_s << u"certificate-expired"_s << u"certificate-expired"_s << u""_s;
    QTest::newRow("private authority") << edge << 5061 << u""_s << u"certificate-untrusted"_s
                                       << u""_s << DoctorStep::FederationTls.toString();
}

void TestSipDoctor::federation()
{
    QFETCH(QString, target);
    QFETCH(int, port);
    QFETCH(QString, plain);
    QFETCH(QString, tls);
    QFETCH(QString, code);
    QFETCH(QString, step);
    Network n;
    const QString place = u"%1:%2"_s.arg(target).arg(port);
    if (!target.isEmpty()) {
        n.services.services.insert(u"_sipfederationtls._tcp.litwareinc.com"_s,
            { { .target = target, .port = quint16(port) } });
    }
    n.ports[place + u"/tcp"_s] = ""_ba;
    n.ports[place + u"/tls"_s] = ""_ba;
    if (!plain.isEmpty()) {
        n.errors[place + u"/tcp"_s] = plain;
    }
    if (!tls.isEmpty()) {
        n.errors[place + u"/tls"_s] = tls;
    }
    const auto found = n.run(Federation);
    const auto failed = Network::failedOf(found);
    QCOMPARE(failed ? failed->error->code : QString(), code);
    if (failed) {
        QVERIFY(!failed->error->title.isEmpty());
    }
    QString warned;
    for (const Finding &finding : found) {
        if (finding.state == Finding::State::Warning) {
            warned = finding.step;
        }
    }
    QCOMPARE(warned, step);
}

void TestSipDoctor::gmail()
{
    for (const QString &domain : { u"gmail.com"_s, u"googlemail.com"_s }) {
        const auto finding = judgePartnerNames(domain);
        QVERIFY(finding && finding->error);
        QVERIFY(finding->error->title.contains(u"gmail.com"_s));
        QVERIFY(finding->error->title.contains(u"googlemail.com"_s));
    }
    QVERIFY(!judgePartnerNames(u"litwareinc.com"_s));
}

void TestSipDoctor::checkGoesWhileAsking()
{
    Network n;
    n.settings.set(u"server"_s, u"pool.test"_s);
    n.services.connectsPend = true;
    const SettingValues complete = accountSchema().complete(n.settings);
    const DoctorContext context { complete, n.services, [](const Finding &) { } };
    const auto answer = n.checks.at(Ports)->run(context, errorOf(u"refused"_s));
    n.settle();
    QVERIFY(!answer.isFinished());
    n.checks.clear();
    n.services.answerConnect();
    n.clock.advance(10s);
    n.settle();
    QVERIFY(answer.isFinished());
    QCOMPARE(answer.result().error().code, u"cancelled"_s);
}

QTEST_GUILESS_MAIN(TestSipDoctor)
#include "tst_sipdoctor.moc"
