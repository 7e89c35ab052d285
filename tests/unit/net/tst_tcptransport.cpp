// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/tcpconnector.h"
#include "core/sdk/systemauthorities.h"
#include "tests/support/waited.h"
#include "tests/unit/net/testcertificates.h"

#include <QProcess>
#include <QSignalSpy>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A server for one kind of misbehaviour.
class PlainServer : public QTcpServer {
public:
    explicit PlainServer(const QByteArray &greeting = {}, bool closes = false)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this, greeting, closes] {
            QTcpSocket *const socket = nextPendingConnection();
            sockets.append(socket);
            connect(socket, &QTcpSocket::readyRead, this,
                [this, socket] { received += socket->readAll(); });
            socket->write(greeting);
            if (closes) {
                socket->disconnectFromHost();
            }
        });
    }
    QList<QTcpSocket *> sockets;
    QByteArray received;
};

/// Hands out sockets that can become encrypted.
class StartTlsServer : public QTcpServer {
public:
    StartTlsServer() { listen(QHostAddress::LocalHost); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        addPendingConnection(socket);
    }
};

class TlsServer : public QSslServer {
public:
    TlsServer(const test::TestCertificate &identity, QSsl::SslProtocol protocol,
        const QList<QByteArray> &alpn = {})
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(identity.certificate);
        configuration.setPrivateKey(identity.key);
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        configuration.setProtocol(protocol);
        configuration.setAllowedNextProtocols(alpn);
        // Weak keys and old versions have to come out of a server as they would in the wild.
        configuration.setBackendConfigurationOption("CipherString"_ba, "DEFAULT:@SECLEVEL=0"_ba);
        setSslConfiguration(configuration);
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::pendingConnectionAvailable, this, [this] {
            auto *const socket = static_cast<QSslSocket *>(nextPendingConnection());
            connect(socket, &QSslSocket::readyRead, this, [this, socket] {
                received += socket->readAll();
                socket->write("echo"); // something to hear
            });
            last = socket;
        });
    }
    QByteArray received;
    QPointer<QSslSocket> last;
};

/// `openssl s_server`, for a certificate that a Qt server refuses to show.
class OpenSslServer {
public:
    explicit OpenSslServer(const test::TestCertificate &identity)
    {
        QTcpServer free;
        free.listen(QHostAddress::LocalHost);
        port = free.serverPort();
        free.close();
        QString key = identity.file;
        key.replace(u".pem"_s, u".key"_s);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(u"openssl"_s,
            { u"s_server"_s, u"-accept"_s, u"127.0.0.1:%1"_s.arg(port), u"-cert"_s, identity.file,
                u"-key"_s, key, u"-cipher"_s, u"DEFAULT:@SECLEVEL=0"_s });
        QByteArray output;
        while (!output.contains("ACCEPT")) {
            if (!process.waitForReadyRead(20000)) {
                qFatal("openssl s_server: %s", output.constData());
            }
            output += process.readAll();
        }
    }
    ~OpenSslServer()
    {
        process.kill();
        process.waitForFinished(5000);
    }
    quint16 port = 0;
    QProcess process;
};

ConnectOptions optionsFor(quint16 port, Endpoint::Security security = Endpoint::Security::Tls)
{
    ConnectOptions options;
    options.endpoint.host = u"127.0.0.1"_s;
    options.endpoint.port = port;
    options.endpoint.security = security;
    options.endpoint.certificateName = u"server.test"_s;
    options.proxy.type = ProxySettings::Type::None;
    options.limit = 20s;
    return options;
}

CertificatePolicy policyOf(const QVariantMap &settings)
{
    SettingValues values;
    for (auto it = settings.cbegin(); it != settings.cend(); ++it) {
        values.set(it.key(), it.value());
    }
    const auto policy = CertificatePolicy::fromSettings(values);
    if (!policy) {
        qFatal("%s", qPrintable(policy.error().title));
    }
    return *policy;
}

} // namespace

class TestTcpTransport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void plain();
    void refused();
    void nameNotFound();
    void triesAllAddresses();
    void timesOut();
    void unreachableProxy_data();
    void unreachableProxy();
    void proxyWantsPassword();
    void proxyLooksTheNameUp_data();
    void proxyLooksTheNameUp();

    void certificates_data();
    void certificates();
    void acceptsWhatIsPinned_data();
    void acceptsWhatIsPinned();
    void refusesAnotherThanPinned();
    void exceptions_data();
    void exceptions();
    void ownAuthoritiesAreTrustedBesideTheSystems();
    void badSettings_data();
    void badSettings();

    void notTls_data();
    void notTls();
    void tlsVersions_data();
    void tlsVersions();
    void negotiatesAlpn();
    void startTls();
    void startTlsDropsInjectedText();
    void startTlsDropsWhatCameBefore();
    void closedWhileShakingHands();

    void deliversAllBeforeTheEnd();
    void closeSendsWhatIsWritten();
    void closeIsSilent();
    void mayBeDroppedWhileReceiving();
    void logsBothWays();
    void cancelledWithItsContext();

private:
    Result<std::shared_ptr<Transport>> connected(const ConnectOptions &options)
    {
        auto future = connectTcp(options, this);
        if (!QTest::qWaitFor([&] { return future.isFinished(); }, 30000)) {
            qFatal("connectTcp never answered");
        }
        return future.result();
    }

    std::unique_ptr<test::TestCertificates> m_certificates;
};

void TestTcpTransport::initTestCase()
{
    QVERIFY(QSslSocket::supportsSsl());
    QVERIFY2(test::TestCertificates::isPossible(), "the openssl program is needed");
    m_certificates = std::make_unique<test::TestCertificates>();
}

void TestTcpTransport::plain()
{
    PlainServer server("hello");
    const auto transport = connected(optionsFor(server.serverPort(), Endpoint::Security::Plain));
    QVERIFY(transport.has_value());
    QByteArray heard;
    connect(transport->get(), &Transport::received, this,
        [&heard](const QByteArray &bytes) { heard += bytes; });
    QTRY_COMPARE(heard, "hello"_ba);
    (*transport)->write("Zażółć 👩‍👩‍👧‍👦"_ba);
    QTRY_COMPARE(server.received, "Zażółć 👩‍👩‍👧‍👦"_ba);
    QVERIFY((*transport)->tlsInfo().version.isEmpty());
    QCOMPARE((*transport)->localAddress(), u"127.0.0.1"_s);
    QVERIFY((*transport)->localPort() != 0);
}

void TestTcpTransport::refused()
{
    quint16 port = 0;
    {
        const PlainServer server;
        port = server.serverPort();
    }
    const auto transport = connected(optionsFor(port, Endpoint::Security::Plain));
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"refused"_s);
    QCOMPARE(transport.error().kind, Error::Kind::Network);
    QVERIFY(transport.error().detail.contains(u"127.0.0.1:%1"_s.arg(port)));
    QVERIFY(!transport.error().title.isEmpty() && !transport.error().remedy.isEmpty());
    QVERIFY(!transport.error().fatal);
}

void TestTcpTransport::nameNotFound()
{
    ConnectOptions options = optionsFor(1);
    options.endpoint.host = u"no-such-host.invalid"_s;
    const auto transport = connected(options);
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"name-not-found"_s);
}

void TestTcpTransport::triesAllAddresses()
{
    // "localhost" is 127.0.0.1 and ::1; the server has only the latter.
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHostIPv6)) {
        QSKIP("no IPv6 here");
    }
    ConnectOptions options = optionsFor(server.serverPort(), Endpoint::Security::Plain);
    options.endpoint.host = u"localhost"_s;
    const auto transport = connected(options);
    QVERIFY2(transport.has_value(), transport ? "" : qPrintable(transport.error().detail));
}

void TestTcpTransport::timesOut()
{
    // A handshake that the server never answers.
    PlainServer server;
    ConnectOptions options = optionsFor(server.serverPort());
    options.limit = 300ms;
    const auto transport = connected(options);
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"timed-out"_s);
    QCOMPARE(transport.error().kind, Error::Kind::Timeout);
}

void TestTcpTransport::unreachableProxy_data()
{
    QTest::addColumn<ProxySettings::Type>("type");
    QTest::newRow("http") << ProxySettings::Type::Http;
    QTest::newRow("socks5") << ProxySettings::Type::Socks5;
}

void TestTcpTransport::unreachableProxy()
{
    QFETCH(ProxySettings::Type, type);
    PlainServer closing({}, true); // accepts and hangs up
    ConnectOptions options = optionsFor(4711, Endpoint::Security::Plain);
    options.endpoint.host = u"server.test"_s;
    options.proxy.type = type;
    options.proxy.host = u"127.0.0.1"_s;
    options.proxy.port = closing.serverPort();
    const auto hungUp = connected(options);
    QVERIFY(!hungUp);
    QCOMPARE(hungUp.error().code, u"proxy-refused"_s);
    closing.close();
    const auto absent = connected(options);
    QVERIFY(!absent);
    QCOMPARE(absent.error().code, u"proxy-refused"_s);
}

void TestTcpTransport::proxyWantsPassword()
{
    PlainServer proxy("HTTP/1.1 407 Proxy Authentication Required\r\n"
                      "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
    ConnectOptions options = optionsFor(4711, Endpoint::Security::Plain);
    options.endpoint.host = u"server.test"_s;
    options.proxy.type = ProxySettings::Type::Http;
    options.proxy.host = u"127.0.0.1"_s;
    options.proxy.port = proxy.serverPort();
    const auto transport = connected(options);
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"proxy-auth-required"_s);
    QVERIFY(transport.error().fatal);
}

void TestTcpTransport::proxyLooksTheNameUp_data()
{
    QTest::addColumn<ProxySettings::Type>("type");
    QTest::addColumn<QByteArray>("asked");
    QTest::newRow("http") << ProxySettings::Type::Http << "CONNECT server.test:4711"_ba;
    // RFC 1928 §3: method negotiation first.
    QTest::newRow("socks5") << ProxySettings::Type::Socks5 << "\x05\x01\x00"_ba;
}

void TestTcpTransport::proxyLooksTheNameUp()
{
    QFETCH(ProxySettings::Type, type);
    QFETCH(QByteArray, asked);
    PlainServer proxy;
    ConnectOptions options = optionsFor(4711, Endpoint::Security::Plain);
    options.endpoint.host = u"server.test"_s;
    options.proxy.type = type;
    options.proxy.host = u"127.0.0.1"_s;
    options.proxy.port = proxy.serverPort();
    auto future = connectTcp(options, this);
    QTRY_VERIFY(proxy.received.size() >= asked.size());
    QVERIFY2(proxy.received.startsWith(asked), proxy.received.constData());
    if (type == ProxySettings::Type::Socks5) {
        proxy.received.clear();
        proxy.sockets.constFirst()->write("\x05\x00", 2);
        // §4: CONNECT, address type 3 (a name, not an address), its length, the name.
        QTRY_VERIFY(proxy.received.contains("server.test"));
        QVERIFY(proxy.received.startsWith("\x05\x01\x00\x03\x0b"_ba));
        proxy.sockets.constFirst()->write("\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34", 10);
    } else {
        proxy.sockets.constFirst()->write("HTTP/1.1 200 OK\r\n\r\n");
    }
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.result().has_value());
}

void TestTcpTransport::certificates_data()
{
    QTest::addColumn<QString>("which");
    QTest::addColumn<bool>("trusts");
    QTest::addColumn<QString>("code");
    QTest::newRow("good") << u"good"_s << true << QString();
    QTest::newRow("unknown authority") << u"good"_s << false << u"certificate-untrusted"_s;
    QTest::newRow("self-signed") << u"self"_s << true << u"certificate-untrusted"_s;
    QTest::newRow("other name") << u"other"_s << true << u"certificate-name-mismatch"_s;
    QTest::newRow("expired") << u"expired"_s << true << u"certificate-expired"_s;
    QTest::newRow("not yet valid") << u"early"_s << true << u"certificate-not-yet-valid"_s;
    QTest::newRow("weak") << u"weak"_s << true << u"certificate-weak"_s;
}

void TestTcpTransport::certificates()
{
    QFETCH(QString, which);
    QFETCH(bool, trusts);
    QFETCH(QString, code);
    test::TestCertificates &c = *m_certificates;
    const test::TestCertificate identity = which == "self"_L1 ? c.selfSigned()
        : which == "other"_L1                                 ? c.otherName()
        : which == "expired"_L1                               ? c.expired()
        : which == "early"_L1                                 ? c.notYetValid()
        : which == "weak"_L1                                  ? c.weak()
                                                              : c.good();
    TlsServer server(identity, QSsl::TlsV1_2OrLater);
    std::optional<OpenSslServer> weakServer;
    if (which == "weak"_L1) {
        weakServer.emplace(identity);
    }
    ConnectOptions options = optionsFor(weakServer ? weakServer->port : server.serverPort());
    if (trusts) {
        options.trust.policy = policyOf({ { u"ca-file"_s, c.authorityFile() } });
    }
    QList<RefusedCase> refused;
    QStringList accepted;
    options.trust.refused = [&](const RefusedCase &told) { refused.append(told); };
    options.trust.accepted = [&](TrustService, const QString &name, bool needsException) {
        accepted.append(name + (needsException ? u" by exception"_s : QString()));
    };
    const auto transport = connected(options);
    if (code.isEmpty()) {
        QVERIFY2(transport.has_value(), transport ? "" : qPrintable(transport.error().detail));
        QCOMPARE(accepted, QStringList { u"server.test"_s });
        QVERIFY(refused.isEmpty());
        QCOMPARE((*transport)->tlsInfo().version, u"TLS 1.3"_s);
        QCOMPARE((*transport)->tlsInfo().certificate, identity.certificate.toDer());
        QCOMPARE((*transport)->tlsInfo().sha256,
            identity.certificate.digest(QCryptographicHash::Sha256));
        return;
    }
    QVERIFY(!transport);
    QVERIFY2(transport.error().code == code,
        qPrintable(transport.error().code + u": "_s + transport.error().detail));
    QCOMPARE(transport.error().kind, Error::Kind::Tls);
    QVERIFY(transport.error().fatal);
    const QString fingerprint
        = QString::fromLatin1(identity.certificate.digest(QCryptographicHash::Sha256).toHex());
    QVERIFY2(transport.error().detail.contains(fingerprint), qPrintable(transport.error().detail));
    // One click may only do what does not hide a mistake: a wrong name, a weak key.
    QCOMPARE(transport.error().fix.value(u"pinned-certificate"_s).toString(),
        code == "certificate-untrusted"_L1 ? fingerprint : QString());
    QCOMPARE(refused.size(), 1);
    const RefusedCase &told = refused.constFirst();
    QCOMPARE(told.peer.error, transport.error());
    QCOMPARE(told.peer.host, u"127.0.0.1"_s);
    QCOMPARE(told.peer.port, options.endpoint.port);
    QCOMPARE(told.peer.expectedName, u"server.test"_s);
    QCOMPARE(told.certificate(), identity.certificate);
    QVERIFY(!told.isChanged());
    QVERIFY(!told.isNever);
    QVERIFY2(server.received.isEmpty(), "nothing may be said to a server in doubt");
}

void TestTcpTransport::acceptsWhatIsPinned_data()
{
    QTest::addColumn<QString>("which");
    QTest::newRow("self-signed") << u"self"_s;
    QTest::newRow("expired") << u"expired"_s;
    QTest::newRow("other name") << u"other"_s;
}

void TestTcpTransport::acceptsWhatIsPinned()
{
    QFETCH(QString, which);
    const test::TestCertificate identity = which == "self"_L1 ? m_certificates->selfSigned()
        : which == "expired"_L1                               ? m_certificates->expired()
                                                              : m_certificates->otherName();
    TlsServer server(identity, QSsl::TlsV1_2OrLater);
    ConnectOptions options = optionsFor(server.serverPort());
    options.trust.policy = policyOf({ { u"pinned-certificate"_s,
        QString::fromLatin1(
            identity.certificate.digest(QCryptographicHash::Sha256).toHex(':')) } });
    const auto transport = connected(options);
    QVERIFY2(transport.has_value(), transport ? "" : qPrintable(transport.error().detail));
}

void TestTcpTransport::refusesAnotherThanPinned()
{
    // Also one that the system would trust.
    TlsServer server(m_certificates->good(), QSsl::TlsV1_2OrLater);
    ConnectOptions options = optionsFor(server.serverPort());
    options.trust.policy = policyOf({ { u"ca-file"_s, m_certificates->authorityFile() },
        { u"pinned-certificate"_s, QString(64, u'a') } });
    const auto transport = connected(options);
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"certificate-pin-mismatch"_s);
    QVERIFY2(transport.error().title.contains("CHANGED"_L1), qPrintable(transport.error().title));
    QVERIFY(transport.error().detail.contains(QString(64, u'a')));
    QVERIFY(transport.error().fatal);
    QVERIFY(transport.error().fix.isEmpty()); // no button for a possible attack
    QVERIFY(server.received.isEmpty());
}

void TestTcpTransport::exceptions_data()
{
    QTest::addColumn<QString>("which");
    QTest::addColumn<bool>("trustsAuthority");
    QTest::addColumn<QString>("trusted"); // which certificate the exception is for
    QTest::addColumn<int>("days"); // until its end
    QTest::addColumn<TrustService>("service");
    QTest::addColumn<QString>("result");
    const auto here = TrustService::Connection;
    QTest::newRow("self-signed") << u"self"_s << false << u"self"_s << 1 << here
                                 << u"by exception"_s;
    QTest::newRow("expired") << u"expired"_s << true << u"expired"_s << 1 << here
                             << u"by exception"_s;
    QTest::newRow("other name") << u"other"_s << true << u"other"_s << 1 << here
                                << u"by exception"_s;
    QTest::newRow("weak") << u"weak"_s << true << u"weak"_s << 1 << here << u"by exception"_s;
    QTest::newRow("ended") << u"self"_s << false << u"self"_s << -1 << here << u"refused"_s;
    QTest::newRow("for the web services alone")
        << u"self"_s << false << u"self"_s << 1 << TrustService::Web << u"refused"_s;
    QTest::newRow("another is shown")
        << u"self"_s << false << u"other"_s << 1 << here << u"changed"_s;
    QTest::newRow("another, but the old decision has ended")
        << u"self"_s << false << u"other"_s << -1 << here << u"refused"_s;
    QTest::newRow("the server got better")
        << u"good"_s << true << u"self"_s << 1 << here << u"accepted"_s;
}

void TestTcpTransport::exceptions()
{
    QFETCH(QString, which);
    QFETCH(bool, trustsAuthority);
    QFETCH(QString, trusted);
    QFETCH(int, days);
    QFETCH(TrustService, service);
    QFETCH(QString, result);
    test::TestCertificates &c = *m_certificates;
    const auto certificate = [&c](const QString &name) {
        return name == "self"_L1   ? c.selfSigned()
            : name == "other"_L1   ? c.otherName()
            : name == "expired"_L1 ? c.expired()
            : name == "weak"_L1    ? c.weak()
                                   : c.good();
    };
    const test::TestCertificate identity = certificate(which);
    TlsServer server(identity, QSsl::TlsV1_2OrLater);
    std::optional<OpenSslServer> weakServer;
    if (which == "weak"_L1) {
        weakServer.emplace(identity);
    }
    const QDateTime now = QDateTime::currentDateTimeUtc();
    TrustException exception;
    exception.kind = TrustException::Kind::Always;
    exception.service = service;
    exception.name = u"server.test"_s;
    exception.certificate
        = (trusted == which ? identity : certificate(trusted)).certificate.toDer();
    exception.made = now.addDays(-7);
    exception.until = now.addDays(days);
    TrustExceptions exceptions;
    exceptions.add(exception);
    ConnectOptions options = optionsFor(weakServer ? weakServer->port : server.serverPort());
    if (trustsAuthority) {
        options.trust.policy = policyOf({ { u"ca-file"_s, c.authorityFile() } });
    }
    options.trust.policy.setExceptions(exceptions, now);
    QString told;
    options.trust.refused = [&](const RefusedCase &refused) {
        told = refused.isChanged() ? u"changed"_s : u"refused"_s;
        QCOMPARE(refused.before.has_value(), refused.isChanged());
    };
    options.trust.accepted = [&](TrustService, const QString &, bool needsException) {
        told = needsException ? u"by exception"_s : u"accepted"_s;
    };
    const auto transport = connected(options);
    QCOMPARE(told, result);
    QCOMPARE(transport.has_value(), result == "by exception"_L1 || result == "accepted"_L1);
    if (result == "changed"_L1) {
        QCOMPARE(transport.error().code, u"certificate-pin-mismatch"_s);
        QVERIFY(transport.error().title.contains("CHANGED"_L1));
        for (const QByteArray &fingerprint :
            { exception.sha256(), identity.certificate.digest(QCryptographicHash::Sha256) }) {
            QVERIFY(transport.error().detail.contains(QString::fromLatin1(fingerprint.toHex())));
        }
        QVERIFY(transport.error().fix.isEmpty());
        QVERIFY(transport.error().fatal);
    }
    if (!transport) {
        QVERIFY(server.received.isEmpty());
    }
}

void TestTcpTransport::ownAuthoritiesAreTrustedBesideTheSystems()
{
    const QString extraFile = m_certificates->authorityFile();
    const QSslCertificate extra = QSslCertificate::fromPath(extraFile).constFirst();
    CertificatePolicy policy = policyOf({ { u"ca-file"_s, extraFile } });
    QVERIFY(policy.needsSystemAuthorities());
    QVERIFY(!policyOf({}).needsSystemAuthorities());
    const auto authorities = test::waited(systemAuthorities());
    QVERIFY(authorities.has_value());
    QVERIFY(!authorities->isEmpty()); // ca-certificates is among what we install
    QVERIFY(!authorities->contains(extra));
    QCOMPARE(*test::waited(systemAuthorities()), *authorities);
    policy.setSystemAuthorities(*authorities);
    const QList<QSslCertificate> trusted = policy.configuration().caCertificates();
    QVERIFY(trusted.contains(extra));
    QVERIFY(trusted.contains(authorities->constFirst()));
    QVERIFY(trusted.contains(authorities->constLast()));
}

void TestTcpTransport::badSettings_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::newRow("no file") << u"ca-file"_s << u"/nowhere/ca.pem"_s;
    QTest::newRow("no certificate") << u"ca-file"_s << u"/etc/hostname"_s;
    QTest::newRow("no fingerprint") << u"pinned-certificate"_s << u"abc"_s;
}

void TestTcpTransport::badSettings()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    SettingValues values;
    values.set(key, value);
    const auto policy = CertificatePolicy::fromSettings(values);
    QVERIFY(!policy);
    QCOMPARE(policy.error().code, u"invalid-setting"_s);
    QVERIFY(policy.error().detail.contains(value));
}

void TestTcpTransport::notTls_data()
{
    QTest::addColumn<QByteArray>("greeting");
    QTest::newRow("irc") << ":irc.test NOTICE * :*** Looking up your hostname\r\n"_ba;
    QTest::newRow("smtp") << "220 mail.test ESMTP ready for whatever comes\r\n"_ba;
    QTest::newRow("http") << "HTTP/1.1 400 Bad Request\r\n\r\n"_ba;
}

void TestTcpTransport::notTls()
{
    QFETCH(QByteArray, greeting);
    // Says its greeting only after our hello, as any server that waits would.
    PlainServer server;
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *const socket = server.sockets.constLast();
        connect(
            socket, &QTcpSocket::readyRead, this, [socket, greeting] { socket->write(greeting); });
    });
    const auto transport = connected(optionsFor(server.serverPort()));
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"not-tls"_s);
    QCOMPARE(transport.error().kind, Error::Kind::Tls);
}

void TestTcpTransport::tlsVersions_data()
{
    QTest::addColumn<int>("server");
    QTest::addColumn<QString>("minimum");
    QTest::addColumn<QString>("version");
    QT_WARNING_PUSH
    QT_WARNING_DISABLE_DEPRECATED
    QTest::newRow("1.3 by default") << int(QSsl::TlsV1_2OrLater) << u"1.2"_s << u"TLS 1.3"_s;
    QTest::newRow("1.2 is enough") << int(QSsl::TlsV1_2) << u"1.2"_s << u"TLS 1.2"_s;
    QTest::newRow("1.2 is too old") << int(QSsl::TlsV1_2) << u"1.3"_s << QString();
    QTest::newRow("1.1 is too old") << int(QSsl::TlsV1_1) << u"1.2"_s << QString();
    QTest::newRow("1.0 is too old") << int(QSsl::TlsV1_0) << u"1.2"_s << QString();
    QTest::newRow("1.1 as an exception") << int(QSsl::TlsV1_1) << u"1.1"_s << u"TLS 1.1"_s;
    QTest::newRow("1.0 as an exception") << int(QSsl::TlsV1_0) << u"1.0"_s << u"TLS 1.0"_s;
    QT_WARNING_POP
}

void TestTcpTransport::tlsVersions()
{
    QFETCH(int, server);
    QFETCH(QString, minimum);
    QFETCH(QString, version);
    TlsServer peer(m_certificates->good(), QSsl::SslProtocol(server));
    ConnectOptions options = optionsFor(peer.serverPort());
    options.trust.policy = policyOf(
        { { u"ca-file"_s, m_certificates->authorityFile() }, { u"minimum-tls"_s, minimum } });
    const auto transport = connected(options);
    if (version.isEmpty()) {
        QVERIFY(!transport);
        QCOMPARE(transport.error().code, u"tls-too-old"_s);
    } else {
        QVERIFY2(transport.has_value(), transport ? "" : qPrintable(transport.error().detail));
        QCOMPARE((*transport)->tlsInfo().version, version);
        QVERIFY(!(*transport)->tlsInfo().cipher.isEmpty());
    }
}

void TestTcpTransport::negotiatesAlpn()
{
    TlsServer server(m_certificates->good(), QSsl::TlsV1_2OrLater, { "xmpp-client"_ba });
    ConnectOptions options = optionsFor(server.serverPort());
    options.endpoint.alpn = { u"xmpp-client"_s };
    options.trust.policy = policyOf({ { u"ca-file"_s, m_certificates->authorityFile() } });
    const auto transport = connected(options);
    QVERIFY(transport.has_value());
    QTRY_VERIFY(server.last);
    QCOMPARE(server.last->sslConfiguration().nextNegotiatedProtocol(), "xmpp-client"_ba);
}

void TestTcpTransport::startTls()
{
    const test::TestCertificate identity = m_certificates->good();
    StartTlsServer server;
    ConnectOptions options = optionsFor(server.serverPort(), Endpoint::Security::Plain);
    options.trust.policy = policyOf({ { u"ca-file"_s, m_certificates->authorityFile() } });
    const auto transport = connected(options);
    QVERIFY(transport.has_value());
    QTRY_VERIFY(server.hasPendingConnections());
    auto &peer = *static_cast<QSslSocket *>(server.nextPendingConnection());
    peer.setLocalCertificate(identity.certificate);
    peer.setPrivateKey(identity.key);
    peer.startServerEncryption();
    const auto secured = (*transport)->startTls(u"server.test"_s);
    QTRY_VERIFY(secured.isFinished());
    QVERIFY2(secured.result().has_value(),
        secured.result() ? "" : qPrintable(secured.result().error().detail));
    QCOMPARE((*transport)->tlsInfo().version, u"TLS 1.3"_s);
    (*transport)->write("secret");
    QTRY_COMPARE(peer.bytesAvailable(), 6);
    // A second time makes no sense.
    QVERIFY(!(*transport)->startTls(u"server.test"_s).result());
}

void TestTcpTransport::startTlsDropsInjectedText()
{
    // What an attacker puts behind the server's go-ahead is not read as if it had been encrypted.
    PlainServer server;
    const auto transport = connected(optionsFor(server.serverPort(), Endpoint::Security::Plain));
    QVERIFY(transport.has_value());
    QTRY_COMPARE(server.sockets.size(), 1);
    QByteArray heard;
    connect(transport->get(), &Transport::received, this,
        [&heard](const QByteArray &bytes) { heard += bytes; });
    const auto secured = (*transport)->startTls(u"server.test"_s);
    server.sockets.constFirst()->write("<injected/>");
    QTRY_VERIFY(secured.isFinished());
    QCOMPARE(secured.result().error().code, u"not-tls"_s);
    QVERIFY(heard.isEmpty());
}

void TestTcpTransport::startTlsDropsWhatCameBefore()
{
    // The same text in time: it lies in our buffer when the handshake begins (CVE-2011-0411).
    const test::TestCertificate identity = m_certificates->good();
    StartTlsServer server;
    ConnectOptions options = optionsFor(server.serverPort(), Endpoint::Security::Plain);
    options.trust.policy = policyOf({ { u"ca-file"_s, m_certificates->authorityFile() } });
    const auto transport = connected(options);
    QVERIFY(transport.has_value());
    QTRY_VERIFY(server.hasPendingConnections());
    auto &peer = *static_cast<QSslSocket *>(server.nextPendingConnection());
    QByteArray heard;
    connect(transport->get(), &Transport::received, this,
        [&heard](const QByteArray &bytes) { heard += bytes; });
    peer.write("<proceed/>");
    QTRY_COMPARE(heard, "<proceed/>"_ba);
    (*transport)->setPaused(true);
    peer.write("<injected/>");
    QTRY_COMPARE(peer.bytesToWrite(), 0);
    QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
    const auto secured = (*transport)->startTls(u"server.test"_s);
    (*transport)->setPaused(false);
    peer.setLocalCertificate(identity.certificate);
    peer.setPrivateKey(identity.key);
    peer.startServerEncryption();
    QTRY_VERIFY(secured.isFinished());
    if (secured.result()) {
        peer.write("<secret/>");
        QTRY_COMPARE(heard, "<proceed/><secret/>"_ba);
    } else {
        QCOMPARE(secured.result().error().code, u"not-tls"_s); // the system had it still
    }
    QVERIFY(!heard.contains("injected"));
}

void TestTcpTransport::closedWhileShakingHands()
{
    PlainServer server({}, true);
    const auto transport = connected(optionsFor(server.serverPort()));
    QVERIFY(!transport);
    QCOMPARE(transport.error().code, u"tls-handshake-failed"_s);
    QVERIFY(!transport.error().fatal);
}

void TestTcpTransport::deliversAllBeforeTheEnd()
{
    const QByteArray much(1'000'000, 'x');
    PlainServer server(much, true);
    const auto transport = connected(optionsFor(server.serverPort(), Endpoint::Security::Plain));
    QVERIFY(transport.has_value());
    qsizetype heard = 0;
    qsizetype heardAtEnd = -1;
    connect(transport->get(), &Transport::received, this,
        [&](const QByteArray &bytes) { heard += bytes.size(); });
    Error why;
    connect(transport->get(), &Transport::closed, this, [&](const Error &error) {
        heardAtEnd = heard;
        why = error;
    });
    QTRY_VERIFY(heardAtEnd >= 0);
    QCOMPARE(heardAtEnd, much.size());
    QCOMPARE(why.code, u"connection-closed"_s);
    QCOMPARE(why.kind, Error::Kind::Network);
}

void TestTcpTransport::closeSendsWhatIsWritten()
{
    const QByteArray much(3'000'000, 'x');
    PlainServer server;
    {
        const auto transport
            = connected(optionsFor(server.serverPort(), Endpoint::Security::Plain));
        QVERIFY(transport.has_value());
        (*transport)->write(much);
        QVERIFY((*transport)->bytesPending() > 0);
        (*transport)->close();
        QCOMPARE((*transport)->bytesPending(), 0);
    }
    QTRY_COMPARE(server.received.size(), much.size());
    QTRY_COMPARE(server.sockets.constFirst()->state(), QAbstractSocket::UnconnectedState);
}

void TestTcpTransport::closeIsSilent()
{
    PlainServer server;
    const auto transport = connected(optionsFor(server.serverPort(), Endpoint::Security::Plain));
    QVERIFY(transport.has_value());
    const QSignalSpy closed(transport->get(), &Transport::closed);
    QTRY_COMPARE(server.sockets.size(), 1);
    (*transport)->close();
    QTRY_COMPARE(server.sockets.constFirst()->state(), QAbstractSocket::UnconnectedState);
    (*transport)->write("nobody hears");
    QCOMPARE(closed.size(), 0);
}

void TestTcpTransport::mayBeDroppedWhileReceiving()
{
    PlainServer server("hello", true);
    auto transport = connected(optionsFor(server.serverPort(), Endpoint::Security::Plain));
    QVERIFY(transport.has_value());
    std::shared_ptr<Transport> held = std::move(*transport);
    transport = std::unexpected(Error {});
    const QPointer<Transport> guard(held.get());
    QObject context;
    connect(held.get(), &Transport::received, &context, [&held] { held.reset(); });
    QTRY_VERIFY(guard.isNull());
}

void TestTcpTransport::logsBothWays()
{
    PlainServer server("hello");
    ConnectOptions options = optionsFor(server.serverPort(), Endpoint::Security::Plain);
    QList<std::pair<bool, QByteArray>> log;
    options.log
        = [&log](bool outgoing, const QByteArray &bytes) { log.append({ outgoing, bytes }); };
    const auto transport = connected(options);
    QVERIFY(transport.has_value());
    (*transport)->write("hi");
    QTRY_COMPARE(log.size(), 2);
    QCOMPARE(log.at(0), std::pair(true, "hi"_ba));
    QCOMPARE(log.at(1), std::pair(false, "hello"_ba));
}

void TestTcpTransport::cancelledWithItsContext()
{
    PlainServer server;
    auto context = std::make_unique<QObject>();
    const auto future = connectTcp(optionsFor(server.serverPort()), context.get());
    QTRY_COMPARE(server.sockets.size(), 1);
    context.reset();
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().error().kind, Error::Kind::Cancelled);
}

QTEST_GUILESS_MAIN(TestTcpTransport)
#include "tst_tcptransport.moc"
