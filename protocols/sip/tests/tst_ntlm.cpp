// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/md4.h"
#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/auth/ntlmcrypto.h"
#include "protocols/sip/auth/ntlmmessages.h"
#include "protocols/sip/auth/rc4.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

QByteArray hex(const char *digits)
{
    return QByteArray::fromHex(digits);
}

/// Gives the chunks in turn, whatever is asked for must fit.
RandomBytes fixedRandom(const QByteArrayList &chunks)
{
    return [chunks, i = qsizetype(0)](int count) mutable {
        const QByteArray chunk = chunks.value(i++);
        return chunk.size() == count ? chunk : QByteArray(count, '\0');
    };
}

QDateTime utc(int y, int m, int d, int h)
{
    return { QDate(y, m, d), QTime(h, 0), QTimeZone::UTC };
}

// Composed exchange: user ben, domain LITWARE, password Pa55w0rd!, workstation WKS07.
const QByteArray challengeToken
    = QByteArray::fromBase64("TlRMTVNTUAACAAAAAAAAADgAAADzgpjiASNFZ4mrze8AAAAAAAAAAHAAcAA4AAAABQLOD"
                             "gAAAA8CAA4ATABJAFQAVwBBAFIA"
                             "RQABAAoATwBDAFMAMAAxAAQAHABsAGkAdAB3AGEAcgBlAGkAbgBjAC4AYwBvAG0AAwAoA"
                             "G8AYwBzADAAMQAuAGwAaQB0AHcA"
                             "YQByAGUAaQBuAGMALgBjAG8AbQAAAAAA");
const QByteArray authenticateToken
    = QByteArray::fromBase64("TlRMTVNTUAADAAAAGAAYAGYAAACgAKAAfgAAAA4ADgBIAAAABgAGAFYAAAAKAAoAXAAAA"
                             "BAAEAAeAQAAVYKYYgUCzg4AAAAP"
                             "TABJAFQAVwBBAFIARQBiAGUAbgBXAEsAUwAwADcAfJOWfj6jvZITiJbIsfFUuREiM0RVZ"
                             "neIRpUz96AnnECtjAgfSAStWQEB"
                             "AAAAAAAAACACuDa5ygERIjNEVWZ3iAAAAAACAA4ATABJAFQAVwBBAFIARQABAAoATwBDA"
                             "FMAMAAxAAQAHABsAGkAdAB3AGEA"
                             "cgBlAGkAbgBjAC4AYwBvAG0AAwAoAG8AYwBzADAAMQAuAGwAaQB0AHcAYQByAGUAaQBuA"
                             "GMALgBjAG8AbQAAAAAAAAAAAMxn"
                             "Ff3Hxy/CAJar90kW0ac=");

const QByteArray requestBuffer
    = "<NTLM><0a1b2c3d><1><SIP Communications Service><ocs01.litwareinc.com><7f3c21aa9b0e4d55><3>"
      "<REGISTER><sip:ben@litwareinc.com><4af58b0d61><sip:ben@litwareinc.com><><><><>"_ba;
const QByteArray responseBuffer
    = "<NTLM><6f1e2d3c><1><SIP Communications Service><ocs01.litwareinc.com><7f3c21aa9b0e4d55><3>"
      "<REGISTER><sip:ben@litwareinc.com><4af58b0d61><sip:ben@litwareinc.com><8f00a1c2><><><7200><200>"_ba;

NtlmCredentials benAt(const QString &password)
{
    return {
        .user = u"ben"_s, .domain = u"LITWARE"_s, .password = password, .workstation = u"wks07"_s
    };
}

} // namespace

class TestNtlm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void md4Vectors_data();
    void md4Vectors();
    void rc4Vectors_data();
    void rc4Vectors();
    void specificationVectors();
    void specificationSignature();
    void wholeExchange();
    void logins_data();
    void logins();
    void clientAgainstAcceptor_data();
    void clientAgainstAcceptor();
    void wrongPasswordIsRefused();
    void wrongTimeIsRefused_data();
    void wrongTimeIsRefused();
    void unknownUserIsRefused();
    void damagedMicIsRefused();
    void channelBindingsAndTargetName();
    void brokenChallenges_data();
    void brokenChallenges();
    void everyTruncationIsSurvived();
    void stepsOutOfOrder();
    void missingFlagsAreRefused();
    void upperCaseKeepsSharpS();
};

void TestNtlm::md4Vectors_data()
{
    // RFC 1320 A.5
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("digest");
    QTest::newRow("empty") << ""_ba << "31d6cfe0d16ae931b73c59d7e0c089c0"_ba;
    QTest::newRow("a") << "a"_ba << "bde52cb31de33e46245e05fbdbd6fb24"_ba;
    QTest::newRow("abc") << "abc"_ba << "a448017aaf21d8525fc10ae87aa6729d"_ba;
    QTest::newRow("message digest") << "message digest"_ba << "d9130a8164549fe818874806e1c7014b"_ba;
    QTest::newRow("alphabet") << "abcdefghijklmnopqrstuvwxyz"_ba
                              << "d79e1c308aa5bbcdeea8ed63df412da9"_ba;
    QTest::newRow("62") << "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"_ba
                        << "043f8582f241db351ce627e153e7f0e4"_ba;
    QTest::newRow("80") << QByteArray("1234567890").repeated(8)
                        << "e33b4ddc9c38f2199c3e7b164fcc0536"_ba;
}

void TestNtlm::md4Vectors()
{
    QFETCH(QByteArray, text);
    QTEST(md4(text).toHex(), "digest");
}

void TestNtlm::rc4Vectors_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("plain");
    QTest::addColumn<QByteArray>("cipher");
    QTest::newRow("Key") << "Key"_ba << "Plaintext"_ba << "bbf316e8d940af0ad3"_ba;
    QTest::newRow("Wiki") << "Wiki"_ba << "pedia"_ba << "1021bf0420"_ba;
    QTest::newRow("Secret") << "Secret"_ba << "Attack at dawn"_ba
                            << "45a01f645fc35b383552544b9bf5"_ba;
    // RFC 6229 section 2: key 0x0102030405, offset 0.
    QTest::newRow("RFC 6229 40 bit")
        << hex("0102030405") << QByteArray(16, '\0') << "b2396305f03dc027ccc3524a0a1118a8"_ba;
    QTest::newRow("RFC 6229 128 bit")
        << hex("0102030405060708090a0b0c0d0e0f10") << QByteArray(16, '\0')
        << "9ac7cc9a609d1ef7b2932899cde41b97"_ba;
    QTest::newRow("no key") << ""_ba << "x"_ba << ""_ba;
}

void TestNtlm::rc4Vectors()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, plain);
    QTEST(rc4(key, plain).toHex(), "cipher");
}

// [MS-NLMP] 4.2.4: NTLMv2 authentication, User/Domain/Password.
void TestNtlm::specificationVectors()
{
    const QByteArray serverChallenge = hex("0123456789abcdef");
    const QByteArray clientChallenge = hex("aaaaaaaaaaaaaaaa");
    const QByteArray targetInfo
        = hex("02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000");
    const QByteArray exported(16, '\x55');

    const QByteArray key = ntlm::ntowfv2(u"User"_s, u"Domain"_s, u"Password"_s);
    QCOMPARE(key.toHex(), "0c868a403bfd7a93a3001ef22ef02e3f"_ba);
    QCOMPARE(ntlm::lmv2Response(key, serverChallenge, clientChallenge).toHex(),
        "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"_ba);
    const QByteArray proof
        = ntlm::ntProof(key, serverChallenge, ntlm::clientBlob(0, clientChallenge, targetInfo));
    QCOMPARE(proof.toHex(), "68cd0ab851e51c96aabc927bebef6a1c"_ba);
    const QByteArray base = ntlm::sessionBaseKey(key, proof);
    QCOMPARE(base.toHex(), "8de40ccadbc14a82f15cb0ad0de95ca3"_ba);
    QCOMPARE(rc4(base, exported).toHex(), "c5dad2544fc9799094ce1ce90bc9d03e"_ba);
    QCOMPARE(
        ntlm::signKey(exported, ntlm::Side::Client).toHex(), "4788dc861b4782f35d43fd98fe1a2d39"_ba);
    QCOMPARE(ntlm::sealKey(exported, ntlm::Side::Client, ntlm::Flag::Key128).toHex(),
        "59f600973cc4960a25480a7c196e4c58"_ba);
    QCOMPARE(
        ntlm::signKey(exported, ntlm::Side::Server).toHex(), "d04d6f10741041d1d246d64188d7a8ad"_ba);
    QCOMPARE(ntlm::sealKey(exported, ntlm::Side::Server, ntlm::Flag::Key128).toHex(),
        "9355f3a957c1583d25c4c2f11e40390e"_ba);
}

// Signature version 2 with the keys above, and both signatures of the composed exchange.
void TestNtlm::specificationSignature()
{
    QCOMPARE(ntlm::signature(hex("4788dc861b4782f35d43fd98fe1a2d39"),
                 hex("59f600973cc4960a25480a7c196e4c58"),
                 "<NTLM><0a1b2c3d><1><SIP Communications Service><ocs01.litwareinc.com>"
                 "<7f3c21aa9b0e4d55><3><REGISTER><sip:ben@litwareinc.com><4af58b0d61><><>")
                 .toHex(),
        "01000000ba0d459d449acfbc64000000"_ba);
}

void TestNtlm::wholeExchange()
{
    NtlmMechanism client(benAt(u"Pa55w0rd!"_s),
        fixedRandom({ hex("1122334455667788"), hex("101112131415161718191a1b1c1d1e1f") }),
        utc(2010, 3, 1, 12));
    QCOMPARE(ntlm::fileTime(utc(2010, 3, 1, 12)), 0x01cab936b8022000ULL);
    QCOMPARE(client.step({}).value(), QByteArray());
    QVERIFY(!client.isComplete());
    QVERIFY(client.sign("x").isEmpty());
    const auto token = client.step(challengeToken);
    QVERIFY(token);
    QCOMPARE(token->toHex(), authenticateToken.toHex());
    QVERIFY(client.isComplete());
    QCOMPARE(client.sign(requestBuffer).toHex(), "010000006d086dbae8e9cd5c64000000"_ba);
    QVERIFY(client.verify(responseBuffer, hex("01000000fe395bf9daedc89364000000")));
    QVERIFY(!client.verify(responseBuffer, hex("01000000fe395bf9daedc89264000000")));
    QVERIFY(!client.verify(responseBuffer, {}));
    QVERIFY(!client.verify(requestBuffer, hex("010000006d086dbae8e9cd5c64000000")));
}

void TestNtlm::logins_data()
{
    QTest::addColumn<QString>("login");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("domain");
    QTest::newRow("empty") << u""_s << u"ben@litwareinc.com"_s << u""_s;
    QTest::newRow("name") << u"ben"_s << u"ben"_s << u""_s;
    QTest::newRow("backslash") << u"LITWARE\\ben"_s << u"ben"_s << u"LITWARE"_s;
    QTest::newRow("slash") << u" LITWARE/ben "_s << u"ben"_s << u"LITWARE"_s;
    QTest::newRow("principal name")
        << u"ben@ad.litwareinc.com"_s << u"ben@ad.litwareinc.com"_s << u""_s;
    QTest::newRow("escaped") << u"ben\\@ad.litwareinc.com"_s << u"ben@ad.litwareinc.com"_s << u""_s;
}

void TestNtlm::logins()
{
    QFETCH(QString, login);
    const NtlmCredentials parts = splitLogin(login, u"ben@litwareinc.com"_s);
    QTEST(parts.user, "user");
    QTEST(parts.domain, "domain");
}

void TestNtlm::clientAgainstAcceptor_data()
{
    QTest::addColumn<QString>("password");
    QTest::addColumn<bool>("timestamp");
    const QList<std::pair<const char *, QString>> passwords { { "ascii", u"Pa55w0rd!"_s },
        { "empty", u""_s }, { "long", QString(200, u'x') }, { "polish", u"Zażółć gęślą jaźń"_s },
        { "japanese", u"こんにちは世界"_s }, { "arabic", u"مرحبا بالعالم"_s },
        { "combining", u"e\u0301 ก็"_s }, { "emoji", u"👩‍👩‍👧‍👦🦄𝄞"_s } };
    for (const auto &[name, password] : passwords) {
        QTest::addRow("%s", name) << password << false;
        QTest::addRow("%s with MIC", name) << password << true;
    }
}

void TestNtlm::clientAgainstAcceptor()
{
    QFETCH(QString, password);
    QFETCH(bool, timestamp);
    NtlmMechanism client(benAt(password), fixedRandom({}), utc(2026, 3, 2, 8));
    NtlmAcceptor::Options options;
    options.sendTimestamp = timestamp;
    NtlmAcceptor server(
        options, [&](const QString &, const QString &) { return std::optional(password); },
        fixedRandom({}), utc(2026, 3, 2, 8));

    QCOMPARE(client.step({}).value(), QByteArray());
    const QByteArray challenge = server.step({}).value();
    const auto answer = client.step(challenge);
    QVERIFY(answer);
    const auto accepted = server.step(*answer);
    QVERIFY2(accepted, accepted ? "" : qPrintable(accepted.error().detail));
    QVERIFY(server.isComplete());
    QCOMPARE(server.clientSentMic(), timestamp);
    QCOMPARE(server.user(), u"ben"_s);
    QCOMPARE(server.domain(), u"LITWARE"_s);
    QCOMPARE(server.workstation(), u"WKS07"_s);
    QVERIFY(server.verify("hello", client.sign("hello")));
    QVERIFY(client.verify("hello", server.sign("hello")));
    QVERIFY(!server.verify("hello!", client.sign("hello")));
    QVERIFY(!client.verify("hello", client.sign("hello")));
}

void TestNtlm::wrongPasswordIsRefused()
{
    NtlmMechanism client(benAt(u"wrong"_s), fixedRandom({}), utc(2026, 3, 2, 8));
    NtlmAcceptor server(
        {}, [](const QString &, const QString &) { return std::optional(u"right"_s); },
        fixedRandom({}), utc(2026, 3, 2, 8));
    QVERIFY(client.step({}));
    const auto result = server.step(client.step(server.step({}).value()).value());
    QVERIFY(!result);
    QCOMPARE(result.error().code, AuthError::Code::WrongCredentials);
    QVERIFY(!server.isComplete());
    QVERIFY(server.sign("x").isEmpty());
}

void TestNtlm::wrongTimeIsRefused_data()
{
    QTest::addColumn<int>("minutes"); ///< the client's clock ahead
    QTest::addColumn<bool>("accepted");
    QTest::newRow("the same") << 0 << true;
    QTest::newRow("a little ahead") << 4 << true;
    QTest::newRow("a little behind") << -4 << true;
    QTest::newRow("ahead") << 20 << false;
    QTest::newRow("behind") << -20 << false;
}

void TestNtlm::wrongTimeIsRefused()
{
    QFETCH(int, minutes);
    QFETCH(bool, accepted);
    const QDateTime noon(QDate(2026, 3, 2), QTime(12, 0), QTimeZone::UTC);
    NtlmAcceptor::Options options;
    options.tolerance = std::chrono::minutes(5);
    const auto random = [](int count) { return QByteArray(count, 'r'); };
    NtlmAcceptor server(
        options, [](const QString &, const QString &) { return std::optional(u"pw"_s); }, random,
        noon);
    NtlmMechanism client(
        NtlmCredentials { .user = u"ben"_s, .domain = {}, .password = u"pw"_s, .workstation = {} },
        random, noon.addSecs(qint64(minutes) * 60));
    const auto challenge = server.step({});
    QVERIFY(challenge && client.step({}));
    const auto answer = client.step(*challenge);
    QVERIFY(answer);
    QCOMPARE(server.step(*answer).has_value(), accepted);
}

void TestNtlm::unknownUserIsRefused()
{
    NtlmMechanism client(benAt(u"right"_s), fixedRandom({}), utc(2026, 3, 2, 8));
    NtlmAcceptor server(
        {}, [](const QString &, const QString &) { return std::optional<QString>(); },
        fixedRandom({}), utc(2026, 3, 2, 8));
    QVERIFY(client.step({}));
    const auto result = server.step(client.step(server.step({}).value()).value());
    QVERIFY(!result);
    QCOMPARE(result.error().code, AuthError::Code::WrongCredentials);
}

void TestNtlm::damagedMicIsRefused()
{
    NtlmAcceptor::Options options;
    options.sendTimestamp = true;
    NtlmMechanism client(benAt(u"right"_s), fixedRandom({}), utc(2026, 3, 2, 8));
    NtlmAcceptor server(
        options, [](const QString &, const QString &) { return std::optional(u"right"_s); },
        fixedRandom({}), utc(2026, 3, 2, 8));
    QVERIFY(client.step({}));
    QByteArray token = client.step(server.step({}).value()).value();
    token[60] = char(token[60] ^ 0x20); // flags: nothing but the MIC protects them
    const auto result = server.step(token);
    QVERIFY(!result);
    QCOMPARE(result.error().code, AuthError::Code::WrongCredentials);
}

void TestNtlm::channelBindingsAndTargetName()
{
    NtlmMechanism::Options options;
    options.channelBindings = QByteArray(16, 'c');
    options.targetName = u"sip/ocs01.litwareinc.com"_s;
    NtlmMechanism client(benAt(u"x"_s), fixedRandom({}), utc(2026, 3, 2, 8), options);
    QVERIFY(client.step({}));
    const auto message = ntlm::parseAuthenticate(client.step(challengeToken).value());
    QVERIFY(message);
    const auto pairs = ntlm::parseAvPairs(message->ntResponse.sliced(16 + 28));
    QVERIFY(pairs);
    QCOMPARE(*ntlm::find(*pairs, ntlm::AvId::ChannelBindings), options.channelBindings);
    QCOMPARE(ntlm::fromUtf16(*ntlm::find(*pairs, ntlm::AvId::TargetName)), options.targetName);
    QCOMPARE(ntlm::fromUtf16(*ntlm::find(*pairs, ntlm::AvId::NetbiosDomain)), u"LITWARE"_s);
}

void TestNtlm::brokenChallenges_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("short") << challengeToken.first(20);
    QTest::newRow("other type") << QByteArray(challengeToken).replace(8, 1, "\x01");
    QTest::newRow("other magic") << QByteArray(challengeToken).replace(0, 1, "X");
    QTest::newRow("target info leaves the message") << challengeToken.chopped(1);
    QByteArray cut = challengeToken;
    cut[40] = 0x08; // target info length 8: the pairs lose their end
    QTest::newRow("pairs without end") << cut;
    QByteArray far = challengeToken;
    far.replace(44, 4, "\xff\xff\xff\xff");
    QTest::newRow("offset beyond") << far;
}

void TestNtlm::brokenChallenges()
{
    QFETCH(QByteArray, token);
    NtlmMechanism client(benAt(u"x"_s), fixedRandom({}), utc(2026, 3, 2, 8));
    QVERIFY(client.step({}));
    const auto result = client.step(token);
    QVERIFY(!result);
    QCOMPARE(result.error().code, AuthError::Code::MalformedToken);
    QVERIFY(!client.isComplete());
}

void TestNtlm::everyTruncationIsSurvived()
{
    for (qsizetype length = 0; length < authenticateToken.size(); ++length) {
        QVERIFY(!ntlm::parseAuthenticate(authenticateToken.first(length)));
    }
    for (qsizetype length = 0; length < challengeToken.size(); ++length) {
        // From 32 to 47 bytes it is a challenge of NT 4: without target information.
        const auto parsed = ntlm::parseChallenge(challengeToken.first(length));
        QCOMPARE(parsed.has_value(), length >= 32 && length < 48);
        QVERIFY(!parsed || parsed->targetInfo.isEmpty());
    }
    QVERIFY(ntlm::parseAuthenticate(authenticateToken));
    QCOMPARE(ntlm::serialize(*ntlm::parseAuthenticate(authenticateToken)), authenticateToken);
    QCOMPARE(ntlm::serialize(*ntlm::parseChallenge(challengeToken)), challengeToken);
}

void TestNtlm::stepsOutOfOrder()
{
    NtlmMechanism client(benAt(u"x"_s), fixedRandom({}), utc(2026, 3, 2, 8));
    QCOMPARE(client.step(challengeToken).error().code, AuthError::Code::OutOfOrder);
    QVERIFY(client.step({}));
    QVERIFY(client.step(challengeToken));
    QCOMPARE(client.step(challengeToken).error().code, AuthError::Code::OutOfOrder);
    QVERIFY(client.isComplete());
}

void TestNtlm::missingFlagsAreRefused()
{
    auto challenge = ntlm::parseChallenge(challengeToken).value();
    challenge.flags &= ~ntlm::Flag::ExtendedSessionSecurity;
    NtlmMechanism client(benAt(u"x"_s), fixedRandom({}), utc(2026, 3, 2, 8));
    QVERIFY(client.step({}));
    QCOMPARE(client.step(ntlm::serialize(challenge)).error().code, AuthError::Code::Unsupported);
}

void TestNtlm::upperCaseKeepsSharpS()
{
    QCOMPARE(ntlm::windowsUpper(u"straße ż é"_s), u"STRAßE Ż É"_s);
    QCOMPARE(ntlm::fromUtf16(ntlm::utf16(u"👩‍👩‍👧‍👦🦄𝄞"_s)),
        u"👩‍👩‍👧‍👦🦄𝄞"_s);
}

QTEST_APPLESS_MAIN(TestNtlm)
#include "tst_ntlm.moc"
