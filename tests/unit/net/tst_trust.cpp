// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/account.h"
#include "core/net/certificatepolicy.h"
#include "core/net/realenvironment.h"
#include "core/net/truststore.h"
#include "core/sdk/peerjudge.h"
#include "core/secrets/memorystore.h"
#include "tests/support/fakeplugin.h"
#include "tests/support/waited.h"
#include "tests/unit/net/testcertificates.h"

#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslServer>
#include <QSslSocket>
#include <QTest>
#include <QTimeZone>

using namespace linchpin;
using namespace Qt::StringLiterals;

namespace {

using Kind = TrustException::Kind;
using Word = TrustExceptions::Word;
constexpr auto kHere = TrustService::Connection;

const QDateTime &noon()
{
    static const QDateTime time(QDate(2026, 11, 21), QTime(12, 0), QTimeZone::UTC);
    return time;
}

TrustException exception(Kind kind, const QByteArray &certificate, int days = 10,
    const QString &name = u"sip.test"_s, TrustService service = kHere)
{
    TrustException made;
    made.kind = kind;
    made.service = service;
    made.name = name;
    made.certificate = certificate;
    made.reason = u"certificate-untrusted"_s;
    made.made = noon();
    if (kind == Kind::Always) {
        made.until = noon().addDays(days);
    }
    return made;
}

/// An HTTPS server that answers 200, and whatever else connects with TLS.
class HttpsServer : public QSslServer {
public:
    explicit HttpsServer(const test::TestCertificate &identity)
    {
        show(identity);
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::pendingConnectionAvailable, this, [this] {
            QTcpSocket *const socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                received += socket->readAll();
                socket->write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
            });
        });
    }
    void show(const test::TestCertificate &identity)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(identity.certificate);
        configuration.setPrivateKey(identity.key);
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        setSslConfiguration(configuration);
    }
    QByteArray received;
};

/// An account over the real services.
struct World {
    MemoryStore secrets;
    RealEnvironment environment { secrets };
    test::FakePlugin plugin;
    Account account { config(), &plugin, environment };

    static AccountConfig config()
    {
        AccountConfig config;
        config.id = { u"id"_s };
        config.protocol = u"fake"_s;
        config.name = u"work"_s;
        config.settings.set(u"address"_s, u"alice@server.test"_s);
        config.settings.set(u"proxy-type"_s, u"none"_s);
        return config;
    }
    TrustStore &trust() { return *environment.trust(); }
    Result<void> connectTo(quint16 port)
    {
        const auto services = environment.servicesFor(account);
        Endpoint endpoint;
        endpoint.host = u"127.0.0.1"_s;
        endpoint.port = port;
        endpoint.certificateName = u"Server.test"_s;
        const auto done = test::waited(services->connectTo(endpoint));
        return done ? Result<void> {} : std::unexpected(done.error());
    }
    Result<HttpReply> http(quint16 port)
    {
        const auto services = environment.servicesFor(account);
        HttpRequest request;
        request.url = QUrl(u"https://127.0.0.1:%1/"_s.arg(port));
        return test::waited(services->http(request));
    }
};

} // namespace

class TestTrust : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void answers_data();
    void answers();
    void decisionsTakeTheirPlaces();
    void forgives();
    void survivesTheFile();
    void damagedFile_data();
    void damagedFile();
    void ends_data();
    void ends();

    void refusedIsKeptUntilItGoesWell();
    void onceIsForThisRun();
    void never();
    void changedIsLoud();
    void serverGetsBetter();
    void webAndConnectionAreTwoThings();
    void settingPinIsNotForTheWeb();
    void olderDecisionsDoNotGoRoundThePin();
    void pinDoesNotRescueTheRevoked();
    void manyNamesStayReadable();
    void recordThatLedThere();
    void sessionsCannotDecide();
    void judgesForOtherSockets();

private:
    std::unique_ptr<test::TestCertificates> m_certificates;
};

void TestTrust::initTestCase()
{
    QVERIFY2(test::TestCertificates::isPossible(), "the openssl program is needed");
    m_certificates = std::make_unique<test::TestCertificates>();
}

void TestTrust::answers_data()
{
    QTest::addColumn<QList<int>>("decisions"); // indices into the list below
    QTest::addColumn<QByteArray>("shown");
    QTest::addColumn<int>("word");
    QTest::newRow("nothing decided") << QList<int> {} << "a"_ba << int(Word::Nothing);
    QTest::newRow("once") << QList<int> { 0 } << "a"_ba << int(Word::Trusted);
    QTest::newRow("once, another") << QList<int> { 0 } << "b"_ba << int(Word::Nothing);
    QTest::newRow("always") << QList<int> { 1 } << "a"_ba << int(Word::Trusted);
    QTest::newRow("always, another") << QList<int> { 1 } << "b"_ba << int(Word::Changed);
    QTest::newRow("ended") << QList<int> { 2 } << "a"_ba << int(Word::Nothing);
    QTest::newRow("ended, another") << QList<int> { 2 } << "b"_ba << int(Word::Nothing);
    QTest::newRow("never") << QList<int> { 3 } << "a"_ba << int(Word::Never);
    QTest::newRow("never, another") << QList<int> { 3 } << "b"_ba << int(Word::Nothing);
    QTest::newRow("of another name") << QList<int> { 4 } << "a"_ba << int(Word::Nothing);
    QTest::newRow("of another service") << QList<int> { 5 } << "a"_ba << int(Word::Nothing);
    QTest::newRow("always a, once b") << QList<int> { 1, 6 } << "b"_ba << int(Word::Trusted);
    QTest::newRow("always a, once b, c") << QList<int> { 1, 6 } << "c"_ba << int(Word::Changed);
    QTest::newRow("always a, never b") << QList<int> { 1, 7 } << "b"_ba << int(Word::Never);
    QTest::newRow("ends this moment") << QList<int> { 8 } << "a"_ba << int(Word::Nothing);
}

void TestTrust::answers()
{
    QFETCH(QList<int>, decisions);
    QFETCH(QByteArray, shown);
    QFETCH(int, word);
    const QList<TrustException> known { exception(Kind::Once, "a"_ba),
        exception(Kind::Always, "a"_ba), exception(Kind::Always, "a"_ba, -1),
        exception(Kind::Never, "a"_ba), exception(Kind::Always, "a"_ba, 10, u"other.test"_s),
        exception(Kind::Always, "a"_ba, 10, u"sip.test"_s, TrustService::Web),
        exception(Kind::Once, "b"_ba), exception(Kind::Never, "b"_ba),
        exception(Kind::Always, "a"_ba, 0) };
    TrustExceptions exceptions;
    for (const int i : std::as_const(decisions)) {
        exceptions.add(known.at(i));
    }
    const TrustExceptions::Answer answer = exceptions.ask(
        kHere, u"sip.test"_s, QCryptographicHash::hash(shown, QCryptographicHash::Sha256), noon());
    QCOMPARE(int(answer.word), word);
}

void TestTrust::decisionsTakeTheirPlaces()
{
    TrustExceptions exceptions;
    exceptions.add(exception(Kind::Always, "a"_ba));
    exceptions.add(exception(Kind::Always, "b"_ba));
    QCOMPARE(exceptions.all(), QList { exception(Kind::Always, "b"_ba) });
    exceptions.add(exception(Kind::Once, "c"_ba));
    exceptions.add(exception(Kind::Once, "d"_ba));
    exceptions.add(exception(Kind::Never, "e"_ba));
    exceptions.add(exception(Kind::Never, "f"_ba));
    QCOMPARE(exceptions.all().size(), 4); // b, d, e, f
    exceptions.add(exception(Kind::Always, "e"_ba)); // thought better of it
    QCOMPARE(exceptions.all(),
        (QList { exception(Kind::Never, "f"_ba), exception(Kind::Always, "e"_ba) }));
    for (int i = 0; i < 500; ++i) {
        exceptions.add(exception(Kind::Never, QByteArray::number(i)));
    }
    QCOMPARE(exceptions.all().size(), 100);
}

void TestTrust::forgives()
{
    TrustExceptions exceptions;
    exceptions.add(exception(Kind::Always, "a"_ba));
    exceptions.add(exception(Kind::Never, "b"_ba));
    exceptions.add(exception(Kind::Always, "a"_ba, 10, u"sip.test"_s, TrustService::Web));
    QVERIFY(!exceptions.forgive(kHere, u"other.test"_s));
    QVERIFY(exceptions.forgive(kHere, u"sip.test"_s));
    QVERIFY(!exceptions.forgive(kHere, u"sip.test"_s));
    QCOMPARE(exceptions.all().size(), 2);
}

void TestTrust::survivesTheFile()
{
    TrustExceptions exceptions;
    exceptions.add(exception(Kind::Always, "a"_ba, 10, u"zażółć.test"_s));
    exceptions.add(exception(Kind::Never, "b"_ba, 0, u"こんにちは.test"_s, TrustService::Web));
    TrustExceptions withOnce = exceptions;
    withOnce.add(exception(Kind::Once, "c"_ba));
    QCOMPARE(TrustExceptions::fromBytes(withOnce.toBytes()).all(), exceptions.all());
    QVERIFY(TrustExceptions {}.toBytes().isEmpty());
}

void TestTrust::damagedFile_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no JSON") << "\xff\xfe\x00garbage"_ba;
    QTest::newRow("no array") << R"({"decision":"always"})"_ba;
    QTest::newRow("no certificate")
        << R"([{"decision":"always","name":"a","until":"2030-01-01T00:00:00Z"}])"_ba;
    QTest::newRow("no end") << R"([{"decision":"always","name":"a","certificate":"YQ=="}])"_ba;
    QTest::newRow("once") << R"([{"decision":"once","name":"a","certificate":"YQ=="}])"_ba;
    QTest::newRow("unknown word") << R"([{"decision":"yes","name":"a","certificate":"YQ=="}])"_ba;
    QTest::newRow("no name") << R"([{"decision":"never","certificate":"YQ=="}])"_ba;
    QTest::newRow("large") << R"([{"decision":"never","name":"a","certificate":")"_ba
            + QByteArray(200'000, 'A') + R"("}])"_ba;
}

void TestTrust::damagedFile()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(TrustExceptions::fromBytes(bytes).all().isEmpty());
}

void TestTrust::ends_data()
{
    QTest::addColumn<QString>("which");
    QTest::addColumn<int>("days"); // from the certificate's own end
    QTest::newRow("its own end") << u"self"_s << 0; // in thirty days
    QTest::newRow("a month where it has ended") << u"expired"_s << -1;
    QTest::newRow("a year where it lasts longer") << u"authority"_s << -2;
}

void TestTrust::ends()
{
    QFETCH(QString, which);
    QFETCH(int, days);
    const QDateTime now = QDateTime::currentDateTimeUtc().addSecs(-60);
    const QSslCertificate certificate = which == "self"_L1
        ? m_certificates->selfSigned().certificate
        : which == "expired"_L1
        ? m_certificates->expired().certificate
        : QSslCertificate::fromPath(m_certificates->authorityFile()).constFirst();
    QCOMPARE(latestTrustEnd(certificate, now),
        days == 0        ? certificate.expiryDate().toUTC()
            : days == -1 ? now.addDays(30)
                         : now.addYears(1));
}

void TestTrust::refusedIsKeptUntilItGoesWell()
{
    World world;
    HttpsServer server(m_certificates->selfSigned());
    const QSignalSpy changed(&world.trust(), &TrustStore::refusedChanged);
    const auto refused = world.connectTo(server.serverPort());
    QVERIFY(!refused);
    QVERIFY(!world.connectTo(server.serverPort()));
    QCOMPARE(world.trust().refused({ u"id"_s }).size(), 1);
    QVERIFY(world.trust().refused({ u"somebody else"_s }).isEmpty());
    const RefusedCase known = world.trust().refused({ u"id"_s }).constFirst();
    QCOMPARE(known.peer.error.code, u"certificate-untrusted"_s);
    QCOMPARE(known.service, kHere);
    QVERIFY(known.at.isValid());
    QCOMPARE(changed.size(), 2);
    world.trust().trustAlways(world.account, known, {});
    QVERIFY(world.trust().refused({ u"id"_s }).isEmpty());
    QVERIFY(world.connectTo(server.serverPort()).has_value());
    // Kept with the account: another run knows it.
    World next;
    next.account.rememberState(trustState(), world.account.config().state.value(trustState()));
    QVERIFY(next.connectTo(server.serverPort()).has_value());
    // The exception lasts no longer than the certificate.
    const TrustException kept = next.trust().decisions(next.account).all().constFirst();
    QCOMPARE(kept.until, known.certificate().expiryDate().toUTC());
    QCOMPARE(kept.name, u"server.test"_s);
    next.trust().forget(next.account, kept);
    QVERIFY(next.account.config().state.value(trustState()).isEmpty());
    QVERIFY(!next.connectTo(server.serverPort()));
}

void TestTrust::onceIsForThisRun()
{
    World world;
    HttpsServer server(m_certificates->selfSigned());
    QVERIFY(!world.connectTo(server.serverPort()));
    world.trust().trustOnce(world.account, world.trust().refused({ u"id"_s }).constFirst());
    QVERIFY(world.connectTo(server.serverPort()).has_value());
    QVERIFY(world.connectTo(server.serverPort()).has_value());
    QVERIFY(!world.account.config().state.contains(trustState()));
    world.trust().drop({ u"id"_s });
    QVERIFY(!world.connectTo(server.serverPort()));
}

void TestTrust::never()
{
    World world;
    HttpsServer server(m_certificates->selfSigned());
    QVERIFY(!world.connectTo(server.serverPort()));
    world.trust().trustNever(world.account, world.trust().refused({ u"id"_s }).constFirst());
    const auto refused = world.connectTo(server.serverPort());
    QVERIFY(!refused);
    QVERIFY(refused.error().remedy.contains("never"_L1));
    QVERIFY(refused.error().fix.isEmpty());
    QVERIFY(world.trust().refused({ u"id"_s }).constFirst().isNever);
}

void TestTrust::changedIsLoud()
{
    World world;
    HttpsServer server(m_certificates->selfSigned());
    QVERIFY(!world.connectTo(server.serverPort()));
    world.trust().trustAlways(world.account, world.trust().refused({ u"id"_s }).constFirst(), {});
    server.show(m_certificates->selfSigned()); // the same names, another key
    const auto refused = world.connectTo(server.serverPort());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, u"certificate-pin-mismatch"_s);
    QVERIFY(refused.error().title.contains("CHANGED"_L1));
    const RefusedCase known = world.trust().refused({ u"id"_s }).constFirst();
    QVERIFY(known.isChanged());
    QVERIFY(known.before->certificate != known.peer.chain.constFirst());
    // For once the new one: what is always trusted stays what it was.
    world.trust().trustOnce(world.account, known);
    QVERIFY(world.connectTo(server.serverPort()).has_value());
    QCOMPARE(world.trust().decisions(world.account).all().constFirst(), *known.before);
    world.trust().trustAlways(world.account, known, {});
    QCOMPARE(world.trust().decisions(world.account).all().size(), 1);
    QVERIFY(world.connectTo(server.serverPort()).has_value());
}

void TestTrust::serverGetsBetter()
{
    World world;
    AccountConfig config = world.account.config();
    HttpsServer server(m_certificates->selfSigned());
    QVERIFY(!world.connectTo(server.serverPort()));
    world.trust().trustAlways(world.account, world.trust().refused({ u"id"_s }).constFirst(), {});
    const QByteArray decided = world.account.config().state.value(trustState());
    QVERIFY(!decided.isEmpty());

    World better;
    config.settings.set(u"ca-file"_s, m_certificates->authorityFile());
    config.state.insert(trustState(), decided);
    Account account(config, &better.plugin, better.environment);
    server.show(m_certificates->good());
    const QSignalSpy mended(&better.trust(), &TrustStore::mended);
    const auto services = better.environment.servicesFor(account);
    Endpoint endpoint;
    endpoint.host = u"127.0.0.1"_s;
    endpoint.port = server.serverPort();
    endpoint.certificateName = u"server.test"_s;
    const auto transport = test::waited(services->connectTo(endpoint));
    QVERIFY2(transport.has_value(), transport ? "" : qPrintable(transport.error().detail));
    QCOMPARE(mended.size(), 1);
    QVERIFY(mended.constFirst().at(2).toString().contains("server.test"_L1));
    QVERIFY(account.config().state.value(trustState()).isEmpty());
    QVERIFY(test::waited(services->connectTo(endpoint)).has_value());
    QCOMPARE(mended.size(), 1);
}

void TestTrust::webAndConnectionAreTwoThings()
{
    World world;
    HttpsServer server(m_certificates->selfSigned());
    QVERIFY(!world.http(server.serverPort()));
    const RefusedCase web = world.trust().refused({ u"id"_s }).constFirst();
    QCOMPARE(web.service, TrustService::Web);
    QCOMPARE(web.peer.expectedName, u"127.0.0.1"_s);
    world.trust().trustAlways(world.account, web, {});
    const auto reply = world.http(server.serverPort());
    QVERIFY2(reply.has_value(), reply ? "" : qPrintable(reply.error().detail));
    QCOMPARE(reply->body, "hi"_ba);
    // The same machine and certificate, but not asked for.
    QVERIFY(!world.connectTo(server.serverPort()));
    QCOMPARE(world.trust().refused({ u"id"_s }).size(), 1);
}

void TestTrust::settingPinIsNotForTheWeb()
{
    const test::TestCertificate self = m_certificates->selfSigned();
    HttpsServer server(self);
    World world;
    AccountConfig config = world.account.config();
    config.settings.set(u"pinned-certificate"_s,
        QString::fromLatin1(self.certificate.digest(QCryptographicHash::Sha256).toHex()));
    Account account(config, &world.plugin, world.environment);
    const auto services = world.environment.servicesFor(account);
    Endpoint endpoint;
    endpoint.host = u"127.0.0.1"_s;
    endpoint.port = server.serverPort();
    endpoint.certificateName = u"server.test"_s;
    QVERIFY(test::waited(services->connectTo(endpoint)).has_value());
    // It neither frees the web services …
    HttpRequest request;
    request.url = QUrl(u"https://127.0.0.1:%1/"_s.arg(server.serverPort()));
    const auto refused = test::waited(services->http(request));
    QVERIFY(!refused);
    QVERIFY(!refused.error().title.contains("CHANGED"_L1));
    // … nor does it bind them: another certificate there is no change.
    server.show(m_certificates->otherName());
    QVERIFY(!test::waited(services->http(request)).error().title.contains("CHANGED"_L1));
    const auto changed = test::waited(services->connectTo(endpoint));
    QVERIFY(!changed);
    QVERIFY(changed.error().title.contains("CHANGED"_L1));
    const RefusedCase known = world.trust().refused({ u"id"_s }).constFirst();
    QVERIFY(known.isChanged());
    QCOMPARE(known.pinned, self.certificate.digest(QCryptographicHash::Sha256));
}

void TestTrust::olderDecisionsDoNotGoRoundThePin()
{
    const test::TestCertificate before = m_certificates->selfSigned();
    HttpsServer server(before);
    World world;
    QVERIFY(!world.connectTo(server.serverPort()));
    world.trust().trustAlways(world.account, world.trust().refused({ u"id"_s }).constFirst(), {});
    QVERIFY(world.connectTo(server.serverPort()).has_value());
    // Now the user pins the certificate that the operator named: only that one is accepted.
    AccountConfig config = world.account.config();
    config.settings.set(u"pinned-certificate"_s, QString(64, u'a'));
    Account account(config, &world.plugin, world.environment);
    const auto services = world.environment.servicesFor(account);
    Endpoint endpoint;
    endpoint.host = u"127.0.0.1"_s;
    endpoint.port = server.serverPort();
    endpoint.certificateName = u"server.test"_s;
    const auto refused = test::waited(services->connectTo(endpoint));
    QVERIFY(!refused);
    QVERIFY(refused.error().title.contains("CHANGED"_L1));
    // Decided about instead of the pinned one, it is trusted.
    world.trust().trustOnce(account, world.trust().refused({ u"id"_s }).constFirst());
    QVERIFY(test::waited(services->connectTo(endpoint)).has_value());
}

void TestTrust::pinDoesNotRescueTheRevoked()
{
    const QSslCertificate certificate = m_certificates->selfSigned().certificate;
    SettingValues settings;
    settings.set(u"pinned-certificate"_s,
        QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex()));
    const Result<CertificatePolicy> policy = CertificatePolicy::fromSettings(settings);
    QVERIFY(policy.has_value());
    const auto judged = [&](QSslError::SslError error) {
        return policy->judge({ QSslError(error, certificate) }, certificate, u"server.test"_s, {});
    };
    QVERIFY(!judged(QSslError::SelfSignedCertificate).doubt);
    QCOMPARE(judged(QSslError::CertificateRevoked).doubt->code, u"certificate-revoked"_s);
    QCOMPARE(judged(QSslError::CertificateBlacklisted).doubt->code, u"certificate-revoked"_s);
}

void TestTrust::manyNamesStayReadable()
{
    const QSslCertificate certificate = m_certificates->manyNames().certificate;
    QCOMPARE(certificate.subjectAlternativeNames().size(), 300);
    const auto policy = CertificatePolicy::fromSettings({});
    const auto judgement = policy->judge({ QSslError(QSslError::HostNameMismatch, certificate) },
        certificate, u"server.test"_s, u"server.test:443"_s);
    QCOMPARE(judgement.doubt->code, u"certificate-name-mismatch"_s);
    QVERIFY2(judgement.doubt->detail.size() < 1000, qPrintable(judgement.doubt->detail));
    QVERIFY(judgement.doubt->detail.contains("300"_L1));
}

void TestTrust::recordThatLedThere()
{
    World world;
    const auto services = world.environment.servicesFor(world.account);
    RefusedPeer peer;
    peer.host = u"sip.hoster.test"_s;
    peer.port = 443;
    peer.expectedName = u"server.test"_s;
    peer.record = u"_sip._tls.server.test"_s;
    peer.error.code = u"certificate-untrusted"_s;
    peer.chain = { m_certificates->selfSigned().certificate.toDer() };
    services->peerRefused(peer);
    const RefusedCase known = world.trust().refused({ u"id"_s }).constFirst();
    QCOMPARE(known.peer.record, peer.record);
    QCOMPARE(known.certificate().subjectDisplayName(), u"server.test"_s);
}

void TestTrust::sessionsCannotDecide()
{
    World world;
    TrustExceptions exceptions;
    exceptions.add(exception(Kind::Always, "a"_ba));
    const auto services = world.environment.servicesFor(world.account);
    services->setState(trustState(), exceptions.toBytes());
    QVERIFY(world.trust().decisions(world.account).all().isEmpty());
}

void TestTrust::judgesForOtherSockets()
{
    World world;
    const auto services = world.environment.servicesFor(world.account);
    auto *const judge = dynamic_cast<PeerJudge *>(services.get());
    QVERIFY(judge);
    const QSslCertificate self = m_certificates->selfSigned().certificate;
    const QSslCertificate other = m_certificates->selfSigned().certificate;
    RefusedPeer peer;
    peer.host = u"xmpp.hoster.test"_s;
    peer.port = 5222;
    peer.expectedName = u"server.test"_s;
    peer.chain = { self.toDer() };
    const QList<QSslError> errors { QSslError(QSslError::SelfSignedCertificate, self) };
    auto doubt = judge->judgePeer(peer, errors);
    QVERIFY(doubt);
    QCOMPARE(doubt->code, u"certificate-untrusted"_s);
    world.trust().trustAlways(world.account, world.trust().refused({ u"id"_s }).constFirst(), {});
    QVERIFY(!judge->judgePeer(peer, errors));
    peer.chain = { other.toDer() };
    doubt = judge->judgePeer(peer, errors);
    QVERIFY(doubt);
    QVERIFY(doubt->title.contains("CHANGED"_L1));
    QVERIFY(!judge->judgePeer(peer, {})); // in order: the exception goes
    QVERIFY(world.trust().decisions(world.account).all().isEmpty());
}

QTEST_GUILESS_MAIN(TestTrust)
#include "tst_trust.moc"
