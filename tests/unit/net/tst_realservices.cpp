// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/account.h"
#include "core/net/realenvironment.h"
#include "core/net/realservices.h"
#include "core/net/wirelog.h"
#include "core/secrets/memorystore.h"
#include "core/secrets/secretprompt.h"
#include "tests/support/fakeplugin.h"

#include <QDeadlineTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QUdpSocket>

using namespace linchpin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Answers every HTTP request with given bytes once its head has come.
class HttpServer : public QTcpServer {
public:
    explicit HttpServer(QByteArray answer)
        : reply(std::move(answer))
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *const socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                received += socket->readAll();
                if (received.contains("\r\n\r\n")) {
                    socket->write(reply);
                }
            });
        });
    }
    QUrl url(const QString &path = u"/"_s) const
    {
        return QUrl(u"http://127.0.0.1:%1%2"_s.arg(serverPort()).arg(path));
    }
    QByteArray reply;
    QByteArray received;
};

/// A prompt that answers what the test says.
class ScriptedPrompt : public SecretPrompt {
public:
    Async<Reply> ask(const Question &question) override
    {
        questions.append(question);
        if (replies.isEmpty()) {
            Error declined;
            declined.kind = Error::Kind::Cancelled;
            declined.code = u"cancelled"_s;
            return readyError<Reply>(declined);
        }
        return ready<Reply>(replies.takeFirst());
    }
    QList<Question> questions;
    QList<Reply> replies;
};

class AskingPlugin : public test::FakePlugin {
public:
    SettingsSchema accountSchema() const override
    {
        SettingsSchema schema {
            { .key = u"address"_s, .label = u"Address"_s, .required = true },
            { .key = u"password"_s,
                .label = u"Password"_s,
                .type = SettingType::Secret,
                .required = true },
            { .key = u"nickserv"_s, .label = u"Service"_s, .type = SettingType::Secret },
        };
        return schema;
    }
};

struct World {
    MemoryStore secrets;
    ScriptedPrompt prompt;
    RealEnvironment environment { secrets, &prompt };
    AskingPlugin plugin;
    Account account;

    explicit World(SecretPolicy policy = SecretPolicy::Remember)
        : account(config(policy), &plugin, environment)
    {
    }
    static AccountConfig config(SecretPolicy policy)
    {
        AccountConfig config;
        config.id = { u"id"_s };
        config.protocol = u"fake"_s;
        config.name = u"work"_s;
        config.secrets = policy;
        config.settings.set(u"address"_s, u"alice@example.test"_s);
        return config;
    }
    Result<QString> secret(const QString &key)
    {
        const auto services = environment.servicesFor(account);
        const auto future = services->secret(key);
        if (!QTest::qWaitFor([&] { return future.isFinished(); })) {
            qFatal("no answer");
        }
        return future.result();
    }
};

} // namespace

class TestRealServices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void http_data();
    void http();
    void httpLimits();
    void httpErrors();
    void httpRedirects();
    void httpAuthenticates();
    void looksUpServices();
    void timers();
    void randomness();
    void storedSecret();
    void asksForRequiredSecrets();
    void asksEachTime();
    void declined();
    void optionalSecretsAreNotAskedFor();
    void keepsState();
    void sessionsKeepSecrets();
    void servicesOutliveTheirAccount();
    void logsTheWire();

private:
    static ServiceBinding binding()
    {
        ServiceBinding binding;
        binding.settings.set(u"proxy-type"_s, u"none"_s);
        binding.settings.set(u"login"_s, u"alice"_s);
        binding.secret = [](const QString &) { return ready<QString>(u"s3cret"_s); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [](const QString &) { return QByteArray(); };
        binding.setState = [](const QString &, const QByteArray &) { };
        binding.log = [](bool, const QByteArray &) { };
        return binding;
    }
    template <class T> static Result<T> waited(const Async<T> &future)
    {
        if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20000)) {
            qFatal("no answer");
        }
        return future.result();
    }
};

void TestRealServices::http_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("200") << "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello"_ba << 200
                         << "hello"_ba;
    QTest::newRow("401") << "HTTP/1.1 401 Unauthorized\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno"_ba
                         << 401 << "no"_ba;
    QTest::newRow("500") << "HTTP/1.1 500 Oops\r\nX-A: b\r\nContent-Length: 0\r\n\r\n"_ba << 500
                         << ""_ba;
}

void TestRealServices::http()
{
    QFETCH(QByteArray, reply);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    const HttpServer server(reply);
    RealServices services(binding());
    HttpRequest request;
    request.method = "POST"_ba;
    request.url = server.url(u"/path"_s);
    request.headers = { { "X-Test"_ba, "yes"_ba } };
    request.body = "Zażółć"_ba;
    const auto answer = waited(services.http(request));
    QVERIFY2(answer.has_value(), answer ? "" : qPrintable(answer.error().detail));
    QCOMPARE(answer->status, status);
    QCOMPARE(answer->body, body);
    QVERIFY(answer->headers.contains(std::pair("X-A"_ba, "b"_ba))
        || answer->headers.contains(std::pair("x-a"_ba, "b"_ba)));
    QVERIFY(server.received.startsWith("POST /path HTTP/1.1\r\n"));
    QVERIFY(server.received.contains("Zażółć"_ba));
    QVERIFY(server.received.toLower().contains("x-test: yes"));
}

void TestRealServices::httpLimits()
{
    const HttpServer large(
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + QByteArray(100000, 'x'));
    RealServices services(binding());
    HttpRequest request;
    request.url = large.url();
    request.maximumSize = 1000;
    auto answer = waited(services.http(request));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"too-large"_s);
    const HttpServer silent(""_ba);
    request.url = silent.url();
    request.limit = 200ms;
    answer = waited(services.http(request));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"timed-out"_s);
}

void TestRealServices::httpErrors()
{
    quint16 port = 0;
    {
        const HttpServer server({});
        port = server.serverPort();
    }
    RealServices services(binding());
    HttpRequest request;
    request.url = QUrl(u"http://127.0.0.1:%1/"_s.arg(port));
    auto answer = waited(services.http(request));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"refused"_s);
    const HttpServer plain("this is no TLS\r\n"_ba);
    QTcpServer greeter;
    request.url = QUrl(u"https://127.0.0.1:%1/"_s.arg(plain.serverPort()));
    request.limit = 1s; // the server waits for the end of a request that never ends
    answer = waited(services.http(request));
    QVERIFY(!answer);
    QVERIFY(!answer.error().title.isEmpty());
}

void TestRealServices::httpRedirects()
{
    const HttpServer target("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"_ba);
    const HttpServer server("HTTP/1.1 302 Found\r\nLocation: " + target.url(u"/there"_s).toEncoded()
        + "\r\nContent-Length: 0\r\n\r\n");
    RealServices services(binding());
    HttpRequest request;
    request.url = server.url();
    auto answer = waited(services.http(request));
    QCOMPARE(answer->status, 302);
    request.followRedirects = true;
    answer = waited(services.http(request));
    QCOMPARE(answer->status, 200);
    QCOMPARE(answer->body, "here"_ba);
    QCOMPARE(answer->url, target.url(u"/there"_s));
}

void TestRealServices::httpAuthenticates()
{
    HttpServer server("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n"
                      "Content-Length: 0\r\n\r\n");
    RealServices services(binding());
    HttpRequest request;
    request.url = server.url();
    QCOMPARE(waited(services.http(request))->status, 401);
    QVERIFY(!server.received.toLower().contains("authorization: basic"));
    request.mayAuthenticate = true;
    QCOMPARE(waited(services.http(request))->status, 401); // wrong: the 401 comes through
    QVERIFY(server.received.contains("alice:s3cret"_ba.toBase64()));
}

void TestRealServices::looksUpServices()
{
    // A name server of one SRV answer: the question sent back with a record appended.
    QUdpSocket dns;
    QVERIFY(dns.bind(QHostAddress::LocalHost));
    bool known = true;
    connect(&dns, &QUdpSocket::readyRead, this, [&] {
        while (dns.hasPendingDatagrams()) {
            QByteArray datagram(dns.pendingDatagramSize(), '\0');
            QHostAddress from;
            quint16 port = 0;
            dns.readDatagram(datagram.data(), datagram.size(), &from, &port);
            qsizetype end = 12;
            while (datagram.at(end) != 0) {
                end += static_cast<uchar>(datagram.at(end)) + 1;
            }
            QByteArray reply = datagram.first(end + 5);
            reply[2] = char(0x81);
            reply[3] = known ? char(0x80) : char(0x83); // NXDOMAIN
            reply[7] = known ? 1 : 0;
            reply[8] = reply[9] = reply[10] = reply[11] = 0;
            if (known) {
                const QByteArray target = "\x03sip\x04test\x00"_ba.first(10);
                QByteArray data = "\x00\x05\x00\x07\x13\xc5"_ba.first(6) + target;
                reply += "\xc0\x0c\x00\x21\x00\x01\x00\x00\x00\x3c\x00"_ba.first(11)
                    + char(data.size()) + data;
            }
            dns.writeDatagram(reply, from, port);
        }
    });
    qputenv("LINCHPIN_DNS_SERVER", "127.0.0.1:" + QByteArray::number(dns.localPort()));
    RealServices services(binding());
    qunsetenv("LINCHPIN_DNS_SERVER");
    const auto found = waited(services.lookUpService(u"_sipinternaltls._tcp.test"_s));
    QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().detail));
    QCOMPARE(found->size(), 1);
    QCOMPARE(found->constFirst().target, u"sip.test"_s);
    QCOMPARE(found->constFirst().port, 5061);
    QCOMPARE(found->constFirst().priority, 5);
    QCOMPARE(found->constFirst().weight, 7);
    known = false;
    const auto none = waited(services.lookUpService(u"_none._tcp.test"_s));
    QVERIFY2(none.has_value(), none ? "" : qPrintable(none.error().detail));
    QVERIFY(none->isEmpty());
}

void TestRealServices::timers()
{
    RealServices services(binding());
    int fired = 0;
    std::unique_ptr<Timer> timer = services.timer(1ms, [&] {
        ++fired;
        timer.reset(); // from within
    });
    auto never = services.timer(1ms, [&] { fired += 100; });
    never.reset();
    QTRY_COMPARE(fired, 1);
    QCoreApplication::processEvents();
    QCOMPARE(fired, 1);
    QCOMPARE(services.now().timeSpec(), Qt::UTC);
}

void TestRealServices::randomness()
{
    const RealServices services(binding());
    QCOMPARE(services.randomBytes(33).size(), 33);
    QVERIFY(services.randomBytes(16) != services.randomBytes(16));
}

void TestRealServices::storedSecret()
{
    World world;
    world.secrets.write(u"id/password"_s, u"こんにちは"_s);
    QCOMPARE(world.secret(u"password"_s).value(), u"こんにちは"_s);
    QVERIFY(world.prompt.questions.isEmpty());
}

void TestRealServices::asksForRequiredSecrets()
{
    World world;
    world.prompt.replies = { { u"typed"_s, false }, { u"again"_s, true } };
    QCOMPARE(world.secret(u"password"_s).value(), u"typed"_s);
    QCOMPARE(world.prompt.questions.constFirst().accountName, u"work"_s);
    QCOMPARE(world.prompt.questions.constFirst().label, u"Password"_s);
    QCOMPARE(world.secret(u"password"_s).value(), u"typed"_s); // held for this run
    QCOMPARE(world.prompt.questions.size(), 1);
    QVERIFY(!world.secrets.read(u"id/password"_s).result());
    world.environment.dropHeldSecrets({ u"id"_s }); // the server refused it
    QCOMPARE(world.secret(u"password"_s).value(), u"again"_s);
    QCOMPARE(world.secrets.read(u"id/password"_s).result().value(), u"again"_s); // remember
}

void TestRealServices::asksEachTime()
{
    World world(SecretPolicy::AskEachTime);
    world.secrets.write(u"id/password"_s, u"old"_s);
    world.prompt.replies = { { u"typed"_s, true } };
    QCOMPARE(world.secret(u"password"_s).value(), u"typed"_s);
    // Nothing to remember: it would be kept and never used.
    QVERIFY(!world.prompt.questions.constFirst().mayRemember);
    QCOMPARE(*waited(world.secrets.read(u"id/password"_s)), u"old"_s);
}

void TestRealServices::declined()
{
    World world;
    const auto answer = world.secret(u"password"_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, Error::Kind::Cancelled);
}

void TestRealServices::optionalSecretsAreNotAskedFor()
{
    World world;
    const auto answer = world.secret(u"nickserv"_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"no-password"_s);
    QCOMPARE(answer.error().kind, Error::Kind::Authentication);
    QVERIFY(world.prompt.questions.isEmpty());
}

void TestRealServices::keepsState()
{
    World world;
    const auto services = world.environment.servicesFor(world.account);
    services->setState(u"epid"_s, "123"_ba);
    QCOMPARE(services->state(u"epid"_s), "123"_ba);
    QCOMPARE(world.account.config().state.value(u"epid"_s), "123"_ba);
    services->setState(u"epid"_s, QByteArray(70000, 'x')); // over the limit: not taken
    QCOMPARE(services->state(u"epid"_s), "123"_ba);
    services->setState(u"epid"_s, {});
    QVERIFY(!world.account.config().state.contains(u"epid"_s));
}

void TestRealServices::sessionsKeepSecrets()
{
    World world;
    const auto services = world.environment.servicesFor(world.account);
    QVERIFY(waited(services->storeSecret(u"certificate"_s, u"key"_s)));
    QVERIFY(waited(services->storeSecret(u"certificate"_s, u"newer"_s)));
    QVERIFY(waited(services->storeSecret(u"password"_s, u"p"_s)));
    QCOMPARE(*waited(world.secrets.read(u"id/certificate"_s)), u"newer"_s);
    // So that they can be removed with the account; those of the schema are known anyway.
    QCOMPARE(world.account.config().state.value(keptSecretsState()), "certificate"_ba);

    World asking(SecretPolicy::AskEachTime);
    const auto others = asking.environment.servicesFor(asking.account);
    QVERIFY(waited(others->storeSecret(u"certificate"_s, u"key"_s)));
    QVERIFY(!waited(asking.secrets.read(u"id/certificate"_s)));
    QCOMPARE(*waited(others->secret(u"certificate"_s)), u"key"_s);
    QVERIFY(!asking.account.config().state.contains(keptSecretsState()));
}

void TestRealServices::servicesOutliveTheirAccount()
{
    MemoryStore secrets;
    RealEnvironment environment(secrets);
    const AskingPlugin plugin;
    auto account
        = std::make_unique<Account>(World::config(SecretPolicy::Remember), &plugin, environment);
    const auto services = environment.servicesFor(*account);
    account.reset();
    QVERIFY(!waited(services->secret(u"password"_s)));
    services->setState(u"a"_s, "b"_ba);
    QVERIFY(services->state(u"a"_s).isEmpty());
    services->logWire(true, "x"_ba);
}

void TestRealServices::logsTheWire()
{
    World world;
    const auto services = world.environment.servicesFor(world.account);
    services->logWire(true, "PASS canary\r\n"_ba);
    const QList<WireEntry> entries = world.environment.wireLog({ u"id"_s })->entries();
    QCOMPARE(entries.size(), 1);
    QVERIFY(entries.constFirst().outgoing);
    QVERIFY(!entries.constFirst().text.contains("canary"_L1));
}

QTEST_GUILESS_MAIN(TestRealServices)
#include "tst_realservices.moc"
