// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/wire/sipparser.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

RandomBytes countingRandom()
{
    return [n = 0](int count) mutable { return QByteArray(count, char(++n)); };
}

SipMessage registerRequest()
{
    SipMessage m = SipMessage::request("REGISTER"_ba, "sip:litwareinc.com"_ba);
    m.addHeader("Via"_ba, "SIP/2.0/TLS 192.0.2.10:50713"_ba);
    m.addHeader("From"_ba, "<sip:ben@litwareinc.com>;tag=4af58b0d61;epid=a1b2c3d4e5f6"_ba);
    m.addHeader("To"_ba, "<sip:ben@litwareinc.com>"_ba);
    m.addHeader("CSeq"_ba, "3 REGISTER"_ba);
    m.addHeader("Call-ID"_ba, "7f3c21aa9b0e4d55"_ba);
    return m;
}

SipMessage okResponse()
{
    SipMessage m = SipMessage::response(200, "OK"_ba);
    m.addHeader("Via"_ba, "SIP/2.0/TLS 192.0.2.10:50713"_ba);
    m.addHeader("From"_ba, "<sip:ben@litwareinc.com>;tag=4af58b0d61;epid=a1b2c3d4e5f6"_ba);
    m.addHeader("To"_ba, "<sip:ben@litwareinc.com>;tag=8f00a1c2"_ba);
    m.addHeader("CSeq"_ba, "3 REGISTER"_ba);
    m.addHeader("Call-ID"_ba, "7f3c21aa9b0e4d55"_ba);
    m.addHeader("Expires"_ba, "7200"_ba);
    return m;
}

SecurityParameters parameters(int version)
{
    return { .scheme = "NTLM"_ba,
        .realm = "SIP Communications Service"_ba,
        .targetName = "ocs01.litwareinc.com"_ba,
        .opaque = "2BDBAC9D"_ba,
        .version = version };
}

/// Both ends of one association.
struct Pair {
    MessageSigner client;
    ServerMessageSigner server;

    explicit Pair(int version, const QString &password = u"Pa55w0rd!"_s)
        : client(std::make_unique<NtlmMechanism>(NtlmCredentials { .user = u"ben"_s,
                                                     .domain = u"LITWARE"_s,
                                                     .password = password,
                                                     .workstation = {} },
                     countingRandom(), now()),
              countingRandom())
        , server(std::make_unique<NtlmAcceptor>(
                     NtlmAcceptor::Options(),
                     [](const QString &, const QString &) { return std::optional(u"Pa55w0rd!"_s); },
                     countingRandom(), now()),
              parameters(version), countingRandom())
    {
    }

    static QDateTime now() { return { QDate(2026, 3, 2), QTime(8, 0), QTimeZone::UTC }; }

    /// Runs the handshake; the request that carried the last token comes back.
    SipMessage shakeHands()
    {
        SipMessage request = registerRequest();
        [&] {
            QVERIFY(client.takeChallenge(*parseAuthHeader(server.offer())));
            client.sign(request);
            const QByteArray challenge
                = server.accept(*parseAuthHeader(request.header("Authorization"))).value();
            QVERIFY(client.takeChallenge(*parseAuthHeader(challenge)));
            request = registerRequest();
            client.sign(request);
            const auto last = server.accept(*parseAuthHeader(request.header("Authorization")));
            QVERIFY(last);
            QVERIFY(last->isEmpty());
        }();
        return request;
    }
};

} // namespace

class TestMessageSigner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void requestBuffers_data();
    void requestBuffers();
    void responseBuffer();
    void identities_data();
    void identities();
    void bareFromIsSignedWithoutParameters();
    void handshake_data();
    void handshake();
    void firstTokenIsEmpty();
    void wrongPassword();
    void tamperedMessages_data();
    void tamperedMessages();
    void missingSignature();
    void provisionalNeedsNone();
    void replayIsRefused();
    void window();
    void badChallenges_data();
    void badChallenges();
};

void TestMessageSigner::requestBuffers_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<QByteArray>("buffer");
    const QByteArray head
        = "<NTLM><0a1b2c3d><1><SIP Communications Service><ocs01.litwareinc.com>"
          "<7f3c21aa9b0e4d55><3><REGISTER><sip:ben@litwareinc.com><4af58b0d61>"_ba;
    QTest::newRow("2") << 2 << head + "<><>";
    QTest::newRow("3") << 3 << head + "<sip:ben@litwareinc.com><><><><>";
    QTest::newRow("4") << 4 << head + "<sip:ben@litwareinc.com><><><><>";
}

void TestMessageSigner::requestBuffers()
{
    QFETCH(int, version);
    QTEST(signatureBuffer(parameters(version), "0a1b2c3d", "1", registerRequest()), "buffer");
}

void TestMessageSigner::responseBuffer()
{
    QCOMPARE(signatureBuffer(parameters(4), "6f1e2d3c", "1", okResponse()),
        "<NTLM><6f1e2d3c><1><SIP Communications Service><ocs01.litwareinc.com><7f3c21aa9b0e4d55><3>"
        "<REGISTER><sip:ben@litwareinc.com><4af58b0d61><sip:ben@litwareinc.com><8f00a1c2><><><7200>"
        "<200>"_ba);
}

void TestMessageSigner::identities_data()
{
    QTest::addColumn<QByteArrayList>("lines");
    QTest::addColumn<QByteArray>("groups");
    QTest::newRow("both on one line")
        << QByteArrayList { R"(P-Asserted-Identity: "Ben" <sip:ben@x>,<tel:+15550100>)"_ba }
        << "<sip:ben@x><tel:+15550100>"_ba;
    QTest::newRow("two lines") << QByteArrayList { "P-Asserted-Identity: <tel:+1>"_ba,
        "P-Asserted-Identity: <sip:ben@x>"_ba }
                               << "<sip:ben@x><tel:+1>"_ba;
    QTest::newRow("preferred") << QByteArrayList { "P-Preferred-Identity: sip:ben@x"_ba }
                               << "<sip:ben@x><>"_ba;
    QTest::newRow("asserted wins") << QByteArrayList { "P-Preferred-Identity: <sip:eve@x>"_ba,
        "P-Asserted-Identity: <sip:ben@x>"_ba }
                                   << "<sip:ben@x><>"_ba;
}

void TestMessageSigner::identities()
{
    QFETCH(QByteArrayList, lines);
    QFETCH(QByteArray, groups);
    SipMessage m = registerRequest();
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        m.addHeader(line.first(colon), line.sliced(colon + 2));
    }
    QVERIFY(signatureBuffer(parameters(4), "r", "1", m).endsWith("<>" + groups + "<>"));
}

void TestMessageSigner::bareFromIsSignedWithoutParameters()
{
    SipMessage m = registerRequest();
    m.setHeader("From"_ba, "sip:ann@litwareinc.com;tag=12ab;epid=1"_ba);
    QVERIFY(signatureBuffer(parameters(2), "r", "1", m).contains("<sip:ann@litwareinc.com><12ab>"));
}

void TestMessageSigner::handshake_data()
{
    QTest::addColumn<int>("version");
    QTest::newRow("2") << 2;
    QTest::newRow("3") << 3;
    QTest::newRow("4") << 4;
}

void TestMessageSigner::handshake()
{
    QFETCH(int, version);
    Pair pair(version);
    const SipMessage last = pair.shakeHands();
    QVERIFY(pair.client.isEstablished());
    QVERIFY(pair.server.isEstablished());
    // Version 4 signs the request that completes the handshake, older ones begin with the next.
    QCOMPARE(pair.server.verify(last).has_value(), version > 3);

    SipMessage request = registerRequest();
    pair.client.sign(request);
    QVERIFY(pair.server.verify(request));
    QVERIFY(!request.header("Authorization").contains("gssapi-data"));

    SipMessage response = okResponse();
    pair.server.sign(response);
    const auto onWire = parseMessage(serialize(response));
    QVERIFY(onWire);
    QVERIFY(pair.client.verify(*onWire));
}

void TestMessageSigner::firstTokenIsEmpty()
{
    Pair pair(4);
    QVERIFY(pair.client.takeChallenge(*parseAuthHeader(pair.server.offer())));
    SipMessage request = registerRequest();
    pair.client.sign(request);
    QCOMPARE(request.header("Authorization"),
        R"(NTLM qop="auth", realm="SIP Communications Service", targetname="ocs01.litwareinc.com", gssapi-data="", version=4)"_ba);
}

void TestMessageSigner::wrongPassword()
{
    Pair pair(4, u"wrong"_s);
    QVERIFY(pair.client.takeChallenge(*parseAuthHeader(pair.server.offer())));
    SipMessage request = registerRequest();
    pair.client.sign(request);
    const QByteArray challenge
        = pair.server.accept(*parseAuthHeader(request.header("Authorization"))).value();
    QVERIFY(pair.client.takeChallenge(*parseAuthHeader(challenge)));
    pair.client.sign(request);
    const auto last = pair.server.accept(*parseAuthHeader(request.header("Authorization")));
    QVERIFY(!last);
    QCOMPARE(last.error().code, AuthError::Code::WrongCredentials);
}

void TestMessageSigner::tamperedMessages_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("From") << "From"_ba << "<sip:eve@litwareinc.com>;tag=4af58b0d61"_ba;
    QTest::newRow("From tag") << "From"_ba << "<sip:ben@litwareinc.com>;tag=0"_ba;
    QTest::newRow("To") << "To"_ba << "<sip:eve@litwareinc.com>;tag=8f00a1c2"_ba;
    QTest::newRow("CSeq") << "CSeq"_ba << "4 REGISTER"_ba;
    QTest::newRow("method") << "CSeq"_ba << "3 MESSAGE"_ba;
    QTest::newRow("Call-ID") << "Call-ID"_ba << "x"_ba;
    QTest::newRow("Expires") << "Expires"_ba << "7201"_ba;
    QTest::newRow("identity") << "P-Asserted-Identity"_ba << "<sip:eve@x>"_ba;
}

void TestMessageSigner::tamperedMessages()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    Pair pair(4);
    pair.shakeHands();
    SipMessage response = okResponse();
    pair.server.sign(response);
    SipMessage tampered = response;
    tampered.setHeader(header, value);
    QCOMPARE(pair.client.verify(tampered).error(), SignatureProblem::Wrong);
    SipMessage otherStatus = response;
    otherStatus.status = 202;
    QCOMPARE(pair.client.verify(otherStatus).error(), SignatureProblem::Wrong);
    QVERIFY(pair.client.verify(response));
}

void TestMessageSigner::missingSignature()
{
    Pair pair(4);
    pair.shakeHands();
    QCOMPARE(pair.client.verify(okResponse()).error(), SignatureProblem::Missing);
    SipMessage other = okResponse();
    other.addHeader("Authentication-Info"_ba, R"(Kerberos rspauth="00", srand="1", snum="1")"_ba);
    QCOMPARE(pair.client.verify(other).error(), SignatureProblem::Missing);
    SipMessage noNumber = okResponse();
    noNumber.addHeader("Authentication-Info"_ba, R"(NTLM rspauth="00", srand="1")"_ba);
    QCOMPARE(pair.client.verify(noNumber).error(), SignatureProblem::Missing);
    SipMessage request = registerRequest();
    QCOMPARE(pair.server.verify(request).error(), SignatureProblem::Missing);
}

void TestMessageSigner::provisionalNeedsNone()
{
    Pair pair(4);
    pair.shakeHands();
    QVERIFY(pair.client.verify(SipMessage::response(180, "Ringing"_ba)));
    QVERIFY(pair.client.verify(SipMessage::response(401, "Unauthorized"_ba)));
}

void TestMessageSigner::replayIsRefused()
{
    Pair pair(4);
    pair.shakeHands();
    SipMessage response = okResponse();
    pair.server.sign(response);
    QVERIFY(pair.client.verify(response));
    QCOMPARE(pair.client.verify(response).error(), SignatureProblem::Replayed);
}

void TestMessageSigner::window()
{
    ReplayWindow w;
    QVERIFY(!w.accept(0));
    QVERIFY(w.accept(3));
    QVERIFY(w.accept(1));
    QVERIFY(!w.accept(1));
    QVERIFY(!w.accept(3));
    QVERIFY(w.accept(2));
    QVERIFY(w.accept(257));
    QVERIFY(!w.accept(2));
    QVERIFY(w.accept(100));
    QVERIFY(!w.accept(100));
    QVERIFY(w.accept(100000));
    QVERIFY(!w.accept(257));
    QVERIFY(w.accept(99745));
    QVERIFY(!w.accept(99744));
    QVERIFY(w.accept(0xffffffffU));
}

void TestMessageSigner::badChallenges_data()
{
    QTest::addColumn<QByteArray>("challenge");
    QTest::newRow("no base64") << R"(NTLM realm="r", gssapi-data="%%%%")"_ba;
    QTest::newRow("version") << R"(NTLM realm="r", version=x)"_ba;
    QTest::newRow("version 1") << R"(NTLM realm="r", version=1)"_ba;
    QTest::newRow("token too early") << R"(NTLM realm="r", gssapi-data="AAAA")"_ba;
}

void TestMessageSigner::badChallenges()
{
    QFETCH(QByteArray, challenge);
    Pair pair(4);
    QVERIFY(!pair.client.takeChallenge(*parseAuthHeader(challenge)));
}

QTEST_APPLESS_MAIN(TestMessageSigner)
#include "tst_messagesigner.moc"
