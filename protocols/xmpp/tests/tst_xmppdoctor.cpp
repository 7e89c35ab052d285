// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/doctor/connectioncheck.h"
#include "protocols/xmpp/doctor/federationcheck.h"
#include "protocols/xmpp/xmppschema.h"
#include "tests/support/fakeservices.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::xmpp;

namespace {

const QByteArray kStream = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                           "xmlns:stream='http://etherx.jabber.org/streams' id='a1' "
                           "from='alpha.test' version='1.0'>";
const QByteArray kTls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
const QByteArray kProceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

QByteArray features(const QByteArray &inside)
{
    return kStream + "<stream:features>" + inside + "</stream:features>";
}

QByteArray sasl(const QByteArrayList &mechanisms)
{
    return "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>"
        + mechanisms.join("</mechanism><mechanism>") + "</mechanism></mechanisms>";
}

Error errorWith(const QString &code, Error::Kind kind = Error::Kind::Network)
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = code;
    error.remedy = u"what helps"_s;
    error.detail = u"their words"_s;
    error.fatal = kind == Error::Kind::Tls;
    return error;
}

/// A check with a server in memory: each connection answers with its own list of lines, one for
/// each thing that is said to it.
struct Visit {
    std::unique_ptr<DoctorCheck> check;
    linchpin::test::ManualClock clock;
    linchpin::test::FakeServices services { clock };
    SettingValues settings;
    QList<Finding> findings;
    std::optional<DoctorContext> context;
    bool answered = false;
    QObject receiver;

    explicit Visit(std::unique_ptr<DoctorCheck> what)
        : check(std::move(what))
    {
        settings.set(u"address"_s, u"alice@alpha.test"_s);
    }

    void run()
    {
        settings = xmppSchema().complete(settings);
        context.emplace(DoctorContext { .settings = settings,
            .services = services,
            .report = [this](const Finding &finding) { findings.append(finding); } });
        check->run(*context, std::nullopt)
            .then(&receiver, [this](const Result<QList<Finding>> &result) {
                answered = true;
                findings += result.value_or(QList<Finding> {});
            });
        QCoreApplication::processEvents();
    }

    linchpin::test::MemoryTransport *line(qsizetype number) const
    {
        return number < services.transports.size() ? services.transports.at(number).get() : nullptr;
    }
    void say(const QByteArray &bytes, qsizetype number = -1) const
    {
        auto *transport = line(number < 0 ? services.transports.size() - 1 : number);
        QVERIFY(transport);
        transport->feed(bytes);
        QCoreApplication::processEvents();
    }
    void wait(std::chrono::milliseconds time)
    {
        clock.advance(time);
        QCoreApplication::processEvents();
    }

    std::optional<Finding> failed() const
    {
        for (const Finding &finding : findings) {
            if (finding.state == Finding::State::Failed) {
                return finding;
            }
        }
        return std::nullopt;
    }
    QString code() const
    {
        const auto finding = failed();
        return finding && finding->error ? finding->error->code : QString();
    }
    std::optional<Finding> step(QStringView word) const
    {
        for (const Finding &finding : findings) {
            if (finding.step == word) {
                return finding;
            }
        }
        return std::nullopt;
    }
};

} // namespace

class tst_XmppDoctor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void healthy();
    void healthyDirectTls();
    void answers_data();
    void answers();
    void mechanisms_data();
    void mechanisms();
    void certificate();
    void silence();
    void directTlsWhereThereIsNone();
    void plainWhereTlsComesFirst();
    void records_data();
    void records();
    void nextServer();
    void whatWasFoundBindsNobody();
    void slowNameService();
    void federationHealthy_data();
    void federationHealthy();
    void federationFaults_data();
    void federationFaults();
    void federatedDomains_data();
    void federatedDomains();
};

void tst_XmppDoctor::healthy()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.services.services.insert(
        u"_xmpp-client._tcp.alpha.test"_s, { { u"xmpp.alpha.test"_s, 5222, 0, 0 } });
    visit.run();
    QVERIFY(visit.line(0)->written().contains("to='alpha.test'"));
    visit.say(features(kTls));
    QVERIFY(visit.line(0)->written().contains("<starttls"));
    visit.say(kProceed);
    QCOMPARE(visit.line(0)->tlsName(), u"alpha.test"_s); // the domain, not the host
    visit.say(features(sasl({ "SCRAM-SHA-1", "PLAIN" })));
    QVERIFY(visit.answered);
    QVERIFY(!visit.failed());
    QCOMPARE(visit.step(DoctorStep::Protocol)->answer, u"XMPP 1.0, alpha.test"_s);
    QCOMPARE(visit.step(DoctorStep::AuthenticationSchemes)->answer, u"SCRAM-SHA-1, PLAIN"_s);
    QVERIFY(visit.line(0)->isClosed());
    QVERIFY(!visit.line(0)->written().contains("<auth")); // never signs in
}

void tst_XmppDoctor::healthyDirectTls()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.settings.set(u"connection"_s, u"tls"_s);
    visit.run();
    QCOMPARE(visit.services.endpoints.constFirst().security, Endpoint::Security::Tls);
    QCOMPARE(visit.services.endpoints.constFirst().port, quint16(5223));
    QCOMPARE(visit.services.endpoints.constFirst().certificateName, u"alpha.test"_s);
    visit.say(features(sasl({ "SCRAM-SHA-256" })));
    QVERIFY(visit.answered);
    QVERIFY(!visit.failed());
}

void tst_XmppDoctor::answers_data()
{
    QTest::addColumn<QString>("connection");
    QTest::addColumn<QByteArrayList>("lines");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QVariantMap>("fix");
    const QVariantMap none;
    QTest::newRow("web server") << u"auto"_s
                                << QByteArrayList { "HTTP/1.1 400 Bad Request\r\n\r\n" }
                                << u"wrong-protocol"_s << none;
    QTest::newRow("SSH") << u"auto"_s << QByteArrayList { "SSH-2.0-OpenSSH_9.2\r\n" }
                         << u"wrong-protocol"_s << none;
    QTest::newRow("IRC") << u"auto"_s
                         << QByteArrayList { ":irc.test 451 * :You have not registered\r\n" }
                         << u"wrong-protocol"_s << none;
    QTest::newRow("STARTTLS stripped")
        << u"auto"_s << QByteArrayList { features(sasl({ "PLAIN" })) } << u"tls-required"_s << none;
    QTest::newRow("STARTTLS stripped, asked for by name")
        << u"starttls"_s << QByteArrayList { features(sasl({ "PLAIN" })) } << u"tls-required"_s
        << none;
    QTest::newRow("STARTTLS refused")
        << u"auto"_s
        << QByteArrayList { features(kTls), "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" }
        << u"tls-required"_s << none;
    QTest::newRow("encryption switched off")
        << u"plain"_s << QByteArrayList { features(kTls + sasl({ "SCRAM-SHA-1" })) }
        << u"tls-required"_s << QVariantMap { { u"connection"_s, u"auto"_s } };
    QTest::newRow("TLS from the first byte")
        << u"auto"_s << QByteArrayList { QByteArray::fromHex("15030100020246") }
        << u"tls-required"_s << QVariantMap { { u"connection"_s, u"tls"_s } };
    const auto fault = [](const QByteArray &condition) {
        return QByteArrayList { kStream + "<stream:error><" + condition
            + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" };
    };
    QTest::newRow("other domain") << u"auto"_s << fault("host-unknown") << u"name-not-found"_s
                                  << none;
    QTest::newRow("policy") << u"auto"_s << fault("policy-violation") << u"server-fault"_s << none;
    QTest::newRow("shutting down")
        << u"auto"_s << fault("system-shutdown") << u"server-fault"_s << none;
    QTest::newRow("port of servers")
        << u"auto"_s << fault("invalid-namespace") << u"wrong-protocol"_s << none;
    QTest::newRow("port of servers, friendly")
        << u"auto"_s
        << QByteArrayList { "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx."
                            "jabber.org/streams' version='1.0'><stream:features/>" }
        << u"wrong-protocol"_s << none;
    QTest::newRow("broken XML") << u"auto"_s << QByteArrayList { kStream + "<a></b>" }
                                << u"server-fault"_s << none;
}

void tst_XmppDoctor::answers()
{
    QFETCH(QString, connection);
    QFETCH(QByteArrayList, lines);
    QFETCH(QString, code);
    QFETCH(QVariantMap, fix);
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.settings.set(u"connection"_s, connection);
    visit.run();
    for (const QByteArray &line : lines) {
        visit.say(line, 0);
    }
    visit.wait(std::chrono::seconds(8)); // a second try in another way may be under way
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), code);
    const Error error = *visit.failed()->error;
    QVERIFY(!error.title.isEmpty() && !error.remedy.isEmpty());
    QCOMPARE(error.fix, fix);
    for (const auto &transport : std::as_const(visit.services.transports)) {
        QVERIFY(!transport->written().contains("<auth"));
    }
}

void tst_XmppDoctor::mechanisms_data()
{
    QTest::addColumn<QString>("auth");
    QTest::addColumn<QByteArray>("known");
    QTest::addColumn<QByteArrayList>("offered");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("hasFix");
    const QString unavailable = u"auth-scheme-unavailable"_s;
    QTest::newRow("one of ours") << u"auto"_s << ""_ba << QByteArrayList { "X", "PLAIN" }
                                 << QString() << false;
    QTest::newRow("none of ours") << u"auto"_s << ""_ba << QByteArrayList { "GSSAPI", "EXTERNAL" }
                                  << unavailable << false;
    QTest::newRow("chosen by hand")
        << u"SCRAM-SHA-256"_s << ""_ba << QByteArrayList { "SCRAM-SHA-1" } << unavailable << true;
    QTest::newRow("downgraded") << u"auto"_s << "tls scram"_ba << QByteArrayList { "PLAIN" }
                                << unavailable << false;
    QTest::newRow("as before") << u"auto"_s << "tls scram"_ba
                               << QByteArrayList { "SCRAM-SHA-1", "PLAIN" } << QString() << false;
    QTest::newRow("PLAIN by hand")
        << u"PLAIN"_s << "tls scram"_ba << QByteArrayList { "PLAIN" } << QString() << false;
}

void tst_XmppDoctor::mechanisms()
{
    QFETCH(QString, auth);
    QFETCH(QByteArray, known);
    QFETCH(QByteArrayList, offered);
    QFETCH(QString, code);
    QFETCH(bool, hasFix);
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.settings.set(u"auth"_s, auth);
    visit.services.states.insert(KnownServer::stateKey(), known);
    visit.run();
    visit.say(features(kTls));
    visit.say(kProceed);
    visit.say(features(sasl(offered)));
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), code);
    if (!code.isEmpty()) {
        QCOMPARE(visit.failed()->step, DoctorStep::AuthenticationSchemes.toString());
        QCOMPARE(!visit.failed()->error->fix.isEmpty(), hasFix);
    }
}

void tst_XmppDoctor::certificate()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.run();
    visit.say(features(kTls));
    visit.line(0)->setStartTlsResult(
        std::unexpected(errorWith(u"certificate-expired"_s, Error::Kind::Tls)));
    visit.say(kProceed);
    QVERIFY(visit.answered);
    QCOMPARE(
        visit.code(), QString()); // for the sign-in to tell: the doctor looks at the clock then
}

void tst_XmppDoctor::silence()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        return endpoint.security == Endpoint::Security::Plain
            ? Result<void>()
            : std::unexpected(errorWith(u"tls-handshake-failed"_s, Error::Kind::Tls));
    };
    visit.run();
    visit.wait(std::chrono::seconds(4));
    visit.wait(std::chrono::seconds(4));
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), u"timed-out"_s);
}

void tst_XmppDoctor::directTlsWhereThereIsNone()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.settings.set(u"port"_s, 5222);
    visit.settings.set(u"connection"_s, u"tls"_s);
    visit.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        return endpoint.security == Endpoint::Security::Plain
            ? Result<void>()
            : std::unexpected(errorWith(u"not-tls"_s, Error::Kind::Tls));
    };
    visit.run();
    visit.say(features(kTls));
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), u"not-tls"_s);
    QCOMPARE(visit.failed()->step, DoctorStep::Tls.toString());
    QCOMPARE(visit.failed()->error->fix, (QVariantMap { { u"connection"_s, u"starttls"_s } }));
}

void tst_XmppDoctor::plainWhereTlsComesFirst()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"xmpp.alpha.test"_s);
    visit.settings.set(u"connection"_s, u"starttls"_s);
    visit.run();
    visit.wait(std::chrono::milliseconds(3600)); // a TLS server waits for our hello
    QCOMPARE(visit.services.endpoints.size(), 2);
    QCOMPARE(visit.services.endpoints.constLast().security, Endpoint::Security::Tls);
    visit.say(features(sasl({ "PLAIN" })));
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), u"tls-required"_s);
    QCOMPARE(visit.failed()->error->fix, (QVariantMap { { u"connection"_s, u"tls"_s } }));
}

void tst_XmppDoctor::records_data()
{
    QTest::addColumn<QList<ServiceRecord>>("records");
    QTest::addColumn<QString>("network");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("step");
    const QList<ServiceRecord> one { { u"xmpp.alpha.test"_s, 5222, 0, 0 } };
    QTest::newRow("target without an address")
        << one << u"name-not-found"_s << u"srv-target-missing"_s << u"name"_s;
    QTest::newRow("refused") << one << u"refused"_s << u"refused"_s << u"tcp"_s;
    QTest::newRow("no records, nobody there")
        << QList<ServiceRecord>() << u"refused"_s << u"no-srv-record"_s << u"srv"_s;
    QTest::newRow("no records, no answer")
        << QList<ServiceRecord>() << u"timed-out"_s << u"no-srv-record"_s << u"srv"_s;
    QTest::newRow("no such domain")
        << QList<ServiceRecord>() << u"name-not-found"_s << u"name-not-found"_s << u"name"_s;
    QTest::newRow("proxy") << one << u"proxy-auth-required"_s << u"proxy-auth-required"_s
                           << u"proxy"_s;
}

void tst_XmppDoctor::records()
{
    QFETCH(QList<ServiceRecord>, records);
    QFETCH(QString, network);
    QFETCH(QString, code);
    QFETCH(QString, step);
    Visit visit(std::make_unique<ConnectionCheck>());
    if (!records.isEmpty()) {
        visit.services.services.insert(u"_xmpp-client._tcp.alpha.test"_s, records);
    }
    visit.services.onConnect
        = [&](const Endpoint &) -> Result<void> { return std::unexpected(errorWith(network)); };
    visit.run();
    for (int i = 0; i < 5 && !visit.answered; ++i) {
        QCoreApplication::processEvents();
    }
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), code);
    QCOMPARE(visit.failed()->step, step);
}

void tst_XmppDoctor::nextServer()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.services.services.insert(u"_xmpp-client._tcp.alpha.test"_s,
        { { u"a.alpha.test"_s, 5222, 0, 0 }, { u"b.alpha.test"_s, 5222, 1, 0 } });
    visit.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        return endpoint.host.startsWith(u'b') ? Result<void>()
                                              : std::unexpected(errorWith(u"refused"_s));
    };
    visit.run();
    visit.say(features(kTls));
    visit.say(kProceed);
    visit.say(features(sasl({ "PLAIN" })));
    QVERIFY(visit.answered);
    QVERIFY(!visit.failed());
    QCOMPARE(visit.findings.constFirst().state, Finding::State::Warning);
    QCOMPARE(visit.findings.constFirst().tried, u"a.alpha.test:5222"_s);
}

void tst_XmppDoctor::whatWasFoundBindsNobody()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.settings.set(u"server"_s, u"old.alpha.test"_s, SettingOrigin::Found);
    visit.settings.set(u"auth"_s, u"SCRAM-SHA-512"_s, SettingOrigin::Found);
    visit.services.services.insert(
        u"_xmpp-client._tcp.alpha.test"_s, { { u"new.alpha.test"_s, 5222, 0, 0 } });
    visit.run();
    QCOMPARE(visit.services.endpoints.constFirst().host, u"new.alpha.test"_s);
    visit.say(features(kTls));
    visit.say(kProceed);
    visit.say(features(sasl({ "SCRAM-SHA-1" })));
    QVERIFY(visit.answered);
    QVERIFY(!visit.failed());
}

void tst_XmppDoctor::slowNameService()
{
    Visit visit(std::make_unique<ConnectionCheck>());
    visit.services.connectsPend = true;
    visit.run();
    visit.wait(std::chrono::seconds(4));
    visit.wait(std::chrono::seconds(4));
    QVERIFY(visit.answered); // DoctorCheck: within eight seconds
}

void tst_XmppDoctor::federationHealthy_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<bool>("tls");
    const QByteArray server
        = "<stream:stream xmlns='jabber:server' "
          "xmlns:db='jabber:server:dialback' "
          "xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>";
    QTest::newRow("TLS") << QByteArray(server + "<stream:features>" + kTls + "</stream:features>")
                         << true;
    QTest::newRow("dialback alone") << QByteArray(server
        + "<stream:features><dialback "
          "xmlns='urn:xmpp:features:dialback'/></stream:features>")
                                    << false;
    QTest::newRow("an old gateway")
        << "<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' "
           "xmlns:stream='http://etherx.jabber.org/streams' id='1'>"_ba
        << false;
}

void tst_XmppDoctor::federationHealthy()
{
    QFETCH(QByteArray, first);
    QFETCH(bool, tls);
    Visit visit(std::make_unique<FederationCheck>());
    visit.settings.set(u"address"_s, u"sip:alice@litware.test"_s);
    visit.services.services.insert(
        u"_xmpp-server._tcp.litware.test"_s, { { u"gw.litware.test"_s, 5269, 0, 0 } });
    visit.run();
    QVERIFY(visit.line(0)->written().contains("xmlns='jabber:server'"));
    QVERIFY(visit.line(0)->written().contains("to='litware.test'"));
    visit.say(first);
    if (tls) {
        visit.say(kProceed);
        QCOMPARE(visit.line(0)->tlsName(), u"litware.test"_s);
        visit.say(first);
    }
    QVERIFY(visit.answered);
    QVERIFY(!visit.failed());
    QCOMPARE(visit.step(DoctorStep::FederationSrv)->answer, u"gw.litware.test:5269"_s);
    QCOMPARE(visit.step(DoctorStep::FederationStream)->state, Finding::State::Ok);
    QCOMPARE(visit.step(DoctorStep::FederationTls)->state,
        tls ? Finding::State::Ok : Finding::State::Warning);
}

void tst_XmppDoctor::federationFaults_data()
{
    QTest::addColumn<bool>("record");
    QTest::addColumn<QString>("network");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("tlsCode");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("step");
    const QByteArray stream = "<stream:stream xmlns='jabber:server' "
                              "xmlns:stream='http://etherx.jabber.org/streams' id='1' "
                              "version='1.0'>";
    const QByteArray tls = stream + "<stream:features>" + kTls + "</stream:features>";
    const QString no;
    QTest::newRow("no record") << false << no << ""_ba << no << u"federation-srv-missing"_s
                               << u"federation-srv"_s;
    QTest::newRow("target without an address") << true << u"name-not-found"_s << ""_ba << no
                                               << u"srv-target-missing"_s << u"federation-tcp"_s;
    QTest::newRow("port closed") << true << u"refused"_s << ""_ba << no
                                 << u"federation-port-closed"_s << u"federation-tcp"_s;
    QTest::newRow("port filtered") << true << u"timed-out"_s << ""_ba << no
                                   << u"federation-port-closed"_s << u"federation-tcp"_s;
    QTest::newRow("web server") << true << no << "HTTP/1.1 400 Bad Request\r\n\r\n"_ba << no
                                << u"wrong-protocol"_s << u"federation-stream"_s;
    QTest::newRow("domain not enabled")
        << true << no
        << QByteArray(stream
               + "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                 "</stream:error>")
        << no << u"federation-not-allowed"_s << u"federation-stream"_s;
    QTest::newRow("nothing offered")
        << true << no << QByteArray(stream + "<stream:features/>") << no
        << u"auth-scheme-unavailable"_s << u"federation-stream"_s;
    QTest::newRow("expired") << true << no << tls << u"certificate-expired"_s
                             << u"certificate-expired"_s << u"federation-tls"_s;
    QTest::newRow("short key") << true << no << tls << u"certificate-weak"_s
                               << u"certificate-weak"_s << u"federation-tls"_s;
    QTest::newRow("chain") << true << no << tls << u"certificate-untrusted"_s
                           << u"certificate-untrusted"_s << u"federation-tls"_s;
    QTest::newRow("another name") << true << no << tls << u"certificate-name-mismatch"_s
                                  << u"federation-certificate-mismatch"_s << u"federation-tls"_s;
}

void tst_XmppDoctor::federationFaults()
{
    QFETCH(bool, record);
    QFETCH(QString, network);
    QFETCH(QByteArray, answer);
    QFETCH(QString, tlsCode);
    QFETCH(QString, code);
    QFETCH(QString, step);
    Visit visit(std::make_unique<FederationCheck>());
    if (record) {
        visit.services.services.insert(
            u"_xmpp-server._tcp.alpha.test"_s, { { u"gw.alpha.test"_s, 5269, 0, 0 } });
    }
    if (!network.isEmpty()) {
        visit.services.onConnect
            = [&](const Endpoint &) -> Result<void> { return std::unexpected(errorWith(network)); };
    }
    visit.run();
    for (qsizetype i = 0; i < 2 && !answer.isEmpty() && visit.line(i); ++i) {
        if (!tlsCode.isEmpty()) {
            visit.line(i)->setStartTlsResult(std::unexpected(errorWith(tlsCode, Error::Kind::Tls)));
        }
        visit.say(answer, i);
        if (!tlsCode.isEmpty()) {
            visit.say(kProceed, i);
        }
    }
    QVERIFY(visit.answered);
    QCOMPARE(visit.code(), code);
    QCOMPARE(visit.failed()->step, step);
    QVERIFY(!visit.failed()->error->title.isEmpty() && !visit.failed()->error->remedy.isEmpty());
    QVERIFY(visit.failed()->error->fix.isEmpty());
    if (code == "federation-certificate-mismatch"_L1) {
        QCOMPARE(visit.services.transports.size(), 2); // the gateway's own name was tried as well
        QCOMPARE(visit.line(1)->tlsName(), u"gw.alpha.test"_s);
    }
}

void tst_XmppDoctor::federatedDomains_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("domain");
    QTest::newRow("plain") << u"alice@Litware.TEST"_s << u"litware.test"_s;
    QTest::newRow("SIP") << u"sip:alice@litware.test;transport=tls"_s << u"litware.test"_s;
    QTest::newRow("resource") << u"alice@litware.test/desk"_s << u"litware.test"_s;
    QTest::newRow("port") << u"sips:alice@litware.test:5061"_s << u"litware.test"_s;
    QTest::newRow("dot") << u"alice@litware.test."_s << u"litware.test"_s;
    QTest::newRow("letters of the world") << u"zażółć@żółw.pl"_s << u"żółw.pl"_s;
    QTest::newRow("nothing") << QString() << QString();
}

void tst_XmppDoctor::federatedDomains()
{
    QFETCH(QString, address);
    QFETCH(QString, domain);
    QCOMPARE(federatedDomain(address), domain);
}

QTEST_GUILESS_MAIN(tst_XmppDoctor)
#include "tst_xmppdoctor.moc"
