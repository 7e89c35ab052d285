// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/tlsdsk.h"
#include "protocols/sip/tests/throwawaycertificate.h"

#include <QTest>
#include <QtEndian>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

QByteArray pem(const QByteArray &certificate)
{
    QByteArray text = "-----BEGIN CERTIFICATE-----\n";
    const QByteArray code = certificate.toBase64();
    for (qsizetype at = 0; at < code.size(); at += 64) {
        text += code.sliced(at, std::min<qsizetype>(64, code.size() - at)) + '\n';
    }
    return text + "-----END CERTIFICATE-----\n";
}

} // namespace

class TestTlsDsk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void knownAnswers();
    void handshake_data();
    void handshake();
    void wholeExchange_data();
    void wholeExchange();
    void refusedCertificate();
    void serverHasToProveItself_data();
    void serverHasToProveItself();
    void serverBeginsAnew();
    void rubbish_data();
    void rubbish();
    void unreadableCertificate();

private:
    TlsEngine::Options serverOptions() const
    {
        return { .side = TlsEngine::Side::Server,
            .certificate = m_server.certificate,
            .privateKey = m_server.privateKey };
    }

    ClientCertificate m_client;
    ClientCertificate m_server;
};

void TestTlsDsk::initTestCase()
{
    m_client = test::throwawayCertificate(u"Zażółć gęślą jaźń"_s.toUtf8());
    m_server = test::throwawayCertificate("pool.test"_ba);
    QVERIFY(!m_client.isNull() && !m_server.isNull());
}

void TestTlsDsk::knownAnswers()
{
    // Computed from master secret 00…2f, client random c0…df, server random a0…bf, TLS 1.0.
    const QByteArray block = QByteArray(64, '\0')
        + QByteArray::fromHex("af9e409864819c283f8d365839fef1ead03672ef743001d02b84fd7357fa16b6"
                              "4042e05729e5837d6dda69f3f08810e3580e909373da3412765e51894551fe8b");
    const QByteArray request
        = "<TLS-DSK><0a1b2c3d><1><SIP Communications Service><lync01.litwareinc.com>"
          "<7f3c21aa9b0e4d55><4><REGISTER><sip:ben@litwareinc.com><4af58b0d61>"
          "<sip:ben@litwareinc.com><><><><>"_ba;
    const QByteArray response
        = "<TLS-DSK><6f1e2d3c><1><SIP Communications Service><lync01.litwareinc.com>"
          "<7f3c21aa9b0e4d55><4><REGISTER><sip:ben@litwareinc.com><4af58b0d61>"
          "<sip:ben@litwareinc.com><8f00a1c2><><><7200><200>"_ba;
    const TlsDskKeys sha1 = tlsDskKeys(block, QCryptographicHash::Sha1);
    QCOMPARE(tlsDskSignature(sha1, sha1.client, request).toHex(),
        "3054329a9d39e7cb82c80c9027c9a9447a7d5e8c"_ba);
    QCOMPARE(tlsDskSignature(sha1, sha1.server, response).toHex(),
        "786dd67a3dab8b0837b63337c7f81f5537adc29d"_ba);
    const TlsDskKeys md5 = tlsDskKeys(block, QCryptographicHash::Md5);
    QCOMPARE(
        tlsDskSignature(md5, md5.client, request).toHex(), "5a7d5e2b4dae02ac44927a6409b106e1"_ba);
    QCOMPARE(
        tlsDskSignature(md5, md5.server, response).toHex(), "1589e411b00529c8d74a32f0ae6914b8"_ba);
}

void TestTlsDsk::handshake_data()
{
    QTest::addColumn<TlsEngine::Versions>("client");
    QTest::addColumn<TlsEngine::Versions>("server");
    QTest::addColumn<QByteArray>("protocol");
    using enum TlsEngine::Versions;
    QTest::newRow("both new") << From10To12 << From10To12 << "TLSv1.2"_ba;
    QTest::newRow("old server") << From10To12 << Only10 << "TLSv1"_ba;
    QTest::newRow("old hello") << Only10 << From10To12 << "TLSv1"_ba;
}

void TestTlsDsk::handshake()
{
    QFETCH(TlsEngine::Versions, client);
    QFETCH(TlsEngine::Versions, server);
    TlsDskMechanism c(m_client, client);
    auto options = serverOptions();
    options.versions = server;
    QByteArray seen;
    options.accepts = [&seen](const QByteArray &der) {
        seen = der;
        return true;
    };
    TlsDskMechanism s(options, {});
    QVERIFY(c.sign("x").isEmpty());
    QVERIFY(!c.verify("x", {}));
    // Four flights, as in the captures.
    const auto hello = c.step({});
    QVERIFY2(hello, hello ? "" : qPrintable(hello.error().detail));
    QCOMPARE(hello->at(0), '\x16');
    const auto serverHello = s.step(*hello);
    QVERIFY2(serverHello, serverHello ? "" : qPrintable(serverHello.error().detail));
    // As Microsoft's servers do it, and as pidgin-sipe needs it: all in one record.
    QCOMPARE(qFromBigEndian<quint16>(serverHello->constData() + 3), serverHello->size() - 5);
    const auto proof = c.step(*serverHello);
    QVERIFY2(proof, proof ? "" : qPrintable(proof.error().detail));
    QVERIFY(!c.isComplete());
    const auto finished = s.step(*proof);
    QVERIFY2(finished, finished ? "" : qPrintable(finished.error().detail));
    QVERIFY(s.isComplete() && !finished->isEmpty());
    const auto nothing = c.step(*finished);
    QVERIFY(nothing && nothing->isEmpty());
    QVERIFY(c.isComplete());
    QTEST(c.protocol(), "protocol");
    QCOMPARE(seen, m_client.certificate);
    QCOMPARE(c.peerCertificate(), m_server.certificate);
    QCOMPARE(c.expiry(), m_client.notAfter);

    const QByteArray mac = c.sign("Zażółć");
    QCOMPARE(mac.size(), 20);
    QVERIFY(s.verify("Zażółć", mac));
    QVERIFY(!s.verify("Zazolc", mac));
    QVERIFY(!c.verify("Zażółć", mac)); // the other direction has another key
    QVERIFY(c.verify("b", s.sign("b")));
    QVERIFY(!c.verify("b", s.sign("b").first(10)));
    QVERIFY(!c.step({}));
}

void TestTlsDsk::wholeExchange_data()
{
    QTest::addColumn<int>("version");
    QTest::newRow("3") << 3;
    QTest::newRow("4") << 4;
}

void TestTlsDsk::wholeExchange()
{
    QFETCH(int, version);
    const RandomBytes random = [](int count) { return QByteArray(count, 'r'); };
    MessageSigner client(
        std::make_unique<TlsDskMechanism>(m_client, TlsEngine::Versions::From10To12), random);
    ServerMessageSigner server(std::make_unique<TlsDskMechanism>(serverOptions(), QDateTime()),
        { .scheme = {},
            .realm = "r"_ba,
            .targetName = "pool.test"_ba,
            .opaque = {},
            .version = version },
        random);
    SipMessage request = SipMessage::request("REGISTER"_ba, "sip:x"_ba);
    request.addHeader("From"_ba, "<sip:ben@x>;tag=1"_ba);
    request.addHeader("To"_ba, "<sip:ben@x>"_ba);
    request.addHeader("Call-ID"_ba, "c"_ba);
    request.addHeader("CSeq"_ba, "1 REGISTER"_ba);
    QByteArray challenge = server.offer();
    int rounds = 0;
    while (!client.isEstablished()) {
        QVERIFY(++rounds < 5);
        QVERIFY(client.takeChallenge(*parseAuthHeader(challenge)));
        client.sign(request);
        const auto header = parseAuthHeader(request.header("Authorization"));
        if (header->parameters.has("gssapi-data")) {
            const auto next = server.accept(*header);
            QVERIFY(next);
            challenge = *next;
        }
    }
    QCOMPARE(rounds, 3);
    QVERIFY(!request.header("Authorization").contains("gssapi-data"));
    QVERIFY(server.verify(request));
    SipMessage ok = SipMessage::response(200, "OK"_ba);
    ok.headers = request.headers;
    server.sign(ok);
    QVERIFY(client.verify(ok));
    ok.setHeader("Expires"_ba, "1"_ba);
    QCOMPARE(client.verify(ok).error(), SignatureProblem::Wrong);
}

void TestTlsDsk::refusedCertificate()
{
    TlsDskMechanism c(m_client, TlsEngine::Versions::From10To12);
    auto options = serverOptions();
    options.accepts = [](const QByteArray &) { return false; };
    TlsDskMechanism s(options, {});
    const auto proof = c.step(s.step(c.step({}).value()).value());
    QVERIFY(proof);
    QCOMPARE(s.step(*proof).error().code, AuthError::Code::CertificateRefused);
    // What the client hears: a fatal alert, "certificate revoked" …
    QCOMPARE(c.step(QByteArray::fromHex("1503030002022c")).error().code,
        AuthError::Code::CertificateRefused);
}

void TestTlsDsk::serverHasToProveItself_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<bool>("knownAuthority");
    QTest::addColumn<QByteArray>("pinned"); // "right", "wrong" or nothing
    QTest::addColumn<bool>("trusted");
    const QStringList right { u"pool.test"_s };
    QTest::newRow("of a known authority") << right << true << QByteArray() << true;
    QTest::newRow("one of the names")
        << QStringList { u"10.0.0.1"_s, u"POOL.test"_s } << true << QByteArray() << true;
    QTest::newRow("another name") << QStringList { u"other.test"_s } << true << QByteArray()
                                  << false;
    QTest::newRow("a name around it") << QStringList { u"evil.pool.test"_s, u"pool.test.evil"_s }
                                      << true << QByteArray() << false;
    QTest::newRow("another address")
        << QStringList { u"127.0.0.1"_s } << true << QByteArray() << false;
    QTest::newRow("no name") << QStringList() << true << QByteArray() << false;
    QTest::newRow("of nobody") << right << false << QByteArray() << false;
    QTest::newRow("pinned") << QStringList { u"other.test"_s } << false << "right"_ba << true;
    QTest::newRow("another one is pinned") << right << true << "wrong"_ba << false;
}

/// On a connection that is no TLS nobody else vouches for the server.
void TestTlsDsk::serverHasToProveItself()
{
    QFETCH(QStringList, names);
    QFETCH(bool, knownAuthority);
    QFETCH(QByteArray, pinned);
    QFETCH(bool, trusted);
    TlsEngine::ServerTrust trust { .names = names, .authorities = {}, .pinned = {} };
    if (knownAuthority) {
        trust.authorities = pem(m_server.certificate); // self-signed
    }
    if (!pinned.isEmpty()) {
        trust.pinned = QCryptographicHash::hash(
            pinned == "right" ? m_server.certificate : m_client.certificate,
            QCryptographicHash::Sha256);
    }
    TlsDskMechanism c(m_client, TlsEngine::Versions::From10To12, trust);
    TlsDskMechanism s(serverOptions(), {});
    const auto serverHello = s.step(c.step({}).value());
    QVERIFY(serverHello);
    const auto proof = c.step(*serverHello);
    QCOMPARE(proof.has_value(), trusted);
    if (trusted) {
        const auto finished = s.step(*proof);
        QVERIFY(finished && c.step(*finished) && c.isComplete() && s.isComplete());
        return;
    }
    QCOMPARE(proof.error().code, AuthError::Code::ServerUntrusted);
    QVERIFY(!proof.error().detail.isEmpty());
    QVERIFY(!c.isComplete());
    QVERIFY(c.sign("x").isEmpty());
}

void TestTlsDsk::serverBeginsAnew()
{
    // … or nothing but the first challenge again.
    TlsDskMechanism early(m_client, TlsEngine::Versions::From10To12);
    QVERIFY(early.step({}));
    QCOMPARE(early.step({}).error().code, AuthError::Code::CipherRejected);

    TlsDskMechanism late(m_client, TlsEngine::Versions::From10To12);
    TlsDskMechanism s(serverOptions(), {});
    QVERIFY(late.step(s.step(late.step({}).value()).value()));
    QCOMPARE(late.step({}).error().code, AuthError::Code::CertificateRefused);
}

void TestTlsDsk::rubbish_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<AuthError::Code>("code");
    QTest::newRow("no TLS") << "SIP/2.0 401 Unauthorized"_ba << AuthError::Code::Refused;
    QTest::newRow("handshake failure")
        << QByteArray::fromHex("15030100020228") << AuthError::Code::CipherRejected;
    QTest::newRow("protocol version")
        << QByteArray::fromHex("15030100020246") << AuthError::Code::CipherRejected;
    QTest::newRow("half a record")
        << QByteArray::fromHex("1603030100") << AuthError::Code::MalformedToken;
    QTest::newRow("too much") << QByteArray(qsizetype { 200 } * 1024, 'x')
                              << AuthError::Code::MalformedToken;
}

void TestTlsDsk::rubbish()
{
    QFETCH(QByteArray, bytes);
    TlsDskMechanism c(m_client, TlsEngine::Versions::From10To12);
    QVERIFY(c.step({}));
    const auto answer = c.step(bytes);
    QVERIFY(!answer);
    QTEST(answer.error().code, "code");
    QVERIFY(!c.isComplete());
    QVERIFY(c.sign("x").isEmpty());
}

void TestTlsDsk::unreadableCertificate()
{
    TlsDskMechanism c({ .certificate = "rubbish"_ba, .privateKey = "rubbish"_ba, .notAfter = {} },
        TlsEngine::Versions::From10To12);
    QCOMPARE(c.step({}).error().code, AuthError::Code::Unsupported);
}

QTEST_APPLESS_MAIN(TestTlsDsk)
#include "tst_tlsdsk.moc"
