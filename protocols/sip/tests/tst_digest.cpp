// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/digest.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

class TestDigest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knownAnswers_data();
    void knownAnswers();
    void header_data();
    void header();
    void unusable_data();
    void unusable();
    void countsAndNextNonce();
};

void TestDigest::knownAnswers_data()
{
    QTest::addColumn<DigestInput>("input");
    QTest::addColumn<QByteArray>("response");
    const DigestInput rfc7616 { .hash = QCryptographicHash::Md5,
        .user = "Mufasa"_ba,
        .password = "Circle of Life"_ba,
        .realm = "http-auth@example.org"_ba,
        .method = "GET"_ba,
        .uri = "/dir/index.html"_ba,
        .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"_ba,
        .clientNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"_ba,
        .count = "00000001"_ba };
    QTest::newRow("RFC 7616 3.9.1, MD5") << rfc7616 << "8ca523f5e9506fed4657c9700eebdbec"_ba;
    DigestInput sha = rfc7616;
    sha.hash = QCryptographicHash::Sha256;
    QTest::newRow("RFC 7616 3.9.1, SHA-256")
        << sha << "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"_ba;
    DigestInput rfc2617 { .user = "Mufasa"_ba,
        .password = "Circle Of Life"_ba,
        .realm = "testrealm@host.com"_ba,
        .method = "GET"_ba,
        .uri = "/dir/index.html"_ba,
        .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"_ba,
        .clientNonce = "0a4f113b"_ba,
        .count = "00000001"_ba };
    QTest::newRow("RFC 2617 3.5") << rfc2617 << "6629fae49393a05397450978507c4ef1"_ba;
    rfc2617.password = "CircleOfLife"_ba;
    rfc2617.withQop = false;
    QTest::newRow("RFC 2069 2.4, as corrected") << rfc2617 << "1949323746fe6a43ef61f9606e7febea"_ba;
}

void TestDigest::knownAnswers()
{
    QFETCH(DigestInput, input);
    QTEST(digestResponse(input), "response");
}

void TestDigest::header_data()
{
    QTest::addColumn<Asker>("asker");
    QTest::addColumn<QByteArray>("challenge");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("no qop") << Asker::Registrar
                            << "Digest realm=\"x \\\"y\\\"\", nonce=\"n\", opaque=\"o\""_ba
                            << "Digest username=\"ben\", realm=\"x \\\"y\\\"\", nonce=\"n\", "
                               "uri=\"sip:x\", response=\"%\", opaque=\"o\""_ba;
    QTest::newRow("auth among others, SHA-256")
        << Asker::Proxy
        << "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int,auth\", algorithm=SHA-256"_ba
        << "Digest username=\"ben\", realm=\"x\", nonce=\"n\", uri=\"sip:x\", response=\"%\", "
           "algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"7272727272727272\""_ba;
    QTest::newRow("session")
        << Asker::Proxy << "Digest realm=\"x\", nonce=\"n\", algorithm=MD5-sess"_ba
        << "Digest username=\"ben\", realm=\"x\", nonce=\"n\", uri=\"sip:x\", "
           "response=\"%\", algorithm=MD5-sess, cnonce=\"7272727272727272\""_ba;
}

void TestDigest::header()
{
    QFETCH(Asker, asker);
    QFETCH(QByteArray, challenge);
    QFETCH(QByteArray, expected);
    DigestAuthenticator digest(
        { u"ben"_s, u"こんにちは"_s }, [](int count) { return QByteArray(count, 'r'); }, asker);
    QVERIFY(!digest.isEstablished());
    QVERIFY(digest.takeChallenge(*parseAuthHeader(challenge)));
    QVERIFY(digest.isEstablished());
    SipMessage request = SipMessage::request("MESSAGE"_ba, "sip:x"_ba);
    digest.sign(request);
    const QByteArray value = request.header(authHeaderNames(asker).credentials);
    const auto parsed = parseAuthHeader(value);
    QVERIFY(parsed);
    QCOMPARE(value, expected.replace("%", parsed->parameters.value("response")));
}

void TestDigest::unusable_data()
{
    QTest::addColumn<QByteArray>("challenge");
    QTest::newRow("algorithm") << "Digest realm=\"x\", nonce=\"n\", algorithm=AKAv1-MD5"_ba;
    QTest::newRow("auth-int only") << "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\""_ba;
    QTest::newRow("no nonce") << "Digest realm=\"x\""_ba;
}

void TestDigest::unusable()
{
    QFETCH(QByteArray, challenge);
    DigestAuthenticator digest(
        { u"ben"_s, u"p"_s }, [](int count) { return QByteArray(count, 'r'); }, Asker::Registrar);
    QCOMPARE(digest.takeChallenge(*parseAuthHeader(challenge)).error().code,
        AuthError::Code::Unsupported);
}

void TestDigest::countsAndNextNonce()
{
    DigestAuthenticator digest(
        { u"ben"_s, u"p"_s }, [](int count) { return QByteArray(count, 'r'); }, Asker::Registrar);
    QVERIFY(
        digest.takeChallenge(*parseAuthHeader("Digest realm=\"x\", nonce=\"n\", qop=\"auth\"")));
    SipMessage request = SipMessage::request("MESSAGE"_ba, "sip:x"_ba);
    digest.sign(request);
    digest.sign(request);
    QCOMPARE(request.headerLines("Authorization").size(), 1);
    QVERIFY(request.header("Authorization").contains("nc=00000002"));
    SipMessage ok = SipMessage::response(200, "OK"_ba);
    ok.addHeader("Authentication-Info"_ba, "nextnonce=\"later\", qop=auth"_ba);
    QVERIFY(digest.verify(ok));
    digest.sign(request);
    QVERIFY(request.header("Authorization").contains("nonce=\"later\""));
    QVERIFY(request.header("Authorization").contains("nc=00000001"));
}

QTEST_APPLESS_MAIN(TestDigest)
#include "tst_digest.moc"
