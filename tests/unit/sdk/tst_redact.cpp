// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/logging.h"

#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestRedact : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hides_data();
    void hides();
    void leaves_data();
    void leaves();
    void keepsBytes();
    void keepsStructure();
};

void TestRedact::hides_data()
{
    QTest::addColumn<QByteArray>("wire");
    // "canary" stands where the secret is; all the rest has to stay readable.
    QTest::newRow("irc pass") << "PASS canary\r\n"_ba;
    QTest::newRow("irc pass, colon") << "PASS :canary and canary\r\n"_ba;
    QTest::newRow("irc pass, lower case") << "pass canary\r\n"_ba;
    QTest::newRow("irc pass, amid") << "CAP LS 302\r\nPASS canary\r\nNICK a\r\n"_ba;
    QTest::newRow("irc sasl") << "AUTHENTICATE canaryAAAA==\r\n"_ba;
    QTest::newRow("irc sasl, prefixed") << ":irc.test AUTHENTICATE canary\r\n"_ba;
    QTest::newRow("irc oper") << "OPER root canary\r\n"_ba;
    QTest::newRow("irc channel's key") << "JOIN #room canary\r\n"_ba;
    QTest::newRow("irc channels' keys") << "@label=1 JOIN #a,#b canary,canary\r\n"_ba;
    QTest::newRow("irc key is set") << "MODE #room +k canary\r\n"_ba;
    QTest::newRow("irc key was set") << ":alice!a@h MODE #room +ntk canary\r\n"_ba;
    QTest::newRow("nickserv") << "PRIVMSG NickServ :IDENTIFY canary\r\n"_ba;
    QTest::newRow("nickserv, account") << "PRIVMSG NickServ :identify alice canary\r\n"_ba;
    QTest::newRow("nickserv, host") << "PRIVMSG NickServ@services.test :IDENTIFY canary\r\n"_ba;
    QTest::newRow("nickserv, alias") << "NICKSERV IDENTIFY canary\r\nNS IDENTIFY canary\r\n"_ba;
    QTest::newRow("nickserv, id") << "NS ID canary\r\n"_ba;
    QTest::newRow("nickserv, tags") << "@label=1 PRIVMSG NickServ :REGISTER canary a@b.test\r\n"_ba;
    QTest::newRow("nickserv, ghost") << "PRIVMSG NickServ :GHOST alice canary\r\n"_ba;
    QTest::newRow("nickserv, set") << "PRIVMSG NickServ :SET PASSWORD canary\r\n"_ba;
    QTest::newRow("chanserv") << "PRIVMSG ChanServ :IDENTIFY #c canary\r\n"_ba;
    QTest::newRow("quakenet") << "PRIVMSG Q@CServe.quakenet.org :AUTH alice canary\r\n"_ba;
    QTest::newRow("undernet") << "PRIVMSG X@channels.undernet.org :LOGIN alice canary\r\n"_ba;

    QTest::newRow("sasl auth")
        << "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>canary=</auth>"_ba;
    QTest::newRow("sasl response") << "<response xmlns='urn:x'>canary</response>"_ba;
    QTest::newRow("sasl challenge") << "<challenge xmlns='urn:x'>canary</challenge>"_ba;
    QTest::newRow("sasl2") << "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='SCRAM-SHA-1'>"
                              "<initial-response>canary</initial-response></authenticate>"_ba;
    QTest::newRow("legacy auth") << "<query xmlns='jabber:iq:auth'><username>a</username>"
                                    "<password>canary</password></query>"_ba;
    QTest::newRow("fast token") << "<token xmlns='urn:xmpp:fast:0' expiry='x' token='canary'/>"_ba;

    QTest::newRow("sip ntlm") << "REGISTER sip:a.test SIP/2.0\r\nAuthorization: NTLM qop=\"auth\", "
                                 "gssapi-data=\"canary\", targetname=\"sip/a\"\r\n\r\n"_ba;
    QTest::newRow("sip challenge") << "WWW-Authenticate: NTLM realm=\"SIP\", "
                                      "gssapi-data=\"canary\", version=4\r\n"_ba;
    QTest::newRow("sip digest") << "Proxy-Authorization: Digest username=\"a\", nonce=\"n\", "
                                   "response=\"canary\", cnonce=\"canary\"\r\n"_ba;
    QTest::newRow("http basic") << "GET / HTTP/1.1\r\nAuthorization: Basic canary\r\n\r\n"_ba;
    QTest::newRow("http bearer") << "authorization: bearer canary.canary\r\n"_ba;
    QTest::newRow("http negotiate") << "Authorization: Negotiate canary==\r\n"_ba;
    QTest::newRow("http ntlm answer") << "WWW-Authenticate: NTLM canary==\r\n"_ba;
    QTest::newRow("cookies") << "Set-Cookie: sid=canary; Path=/\r\nCookie: sid=canary\r\n"_ba;
    QTest::newRow("web ticket") << "<wsse:Password Type=\"PasswordText\">canary</wsse:Password>"_ba;
    QTest::newRow("binary secret") << "<trust:BinarySecret>canary</trust:BinarySecret>"_ba;
    QTest::newRow("assertion") << "<ds:SignatureValue>canary</ds:SignatureValue>"
                                  "<xenc:CipherValue>canary</xenc:CipherValue>"_ba;
    QTest::newRow("form") << "grant_type=password&username=a&password=canary&x=1"_ba;
    QTest::newRow("query") << "GET /?access_token=canary HTTP/1.1\r\n"_ba;
    QTest::newRow("json") << R"({"access_token": "canary", "refresh_token":"ca\"canary"})"_ba;
}

void TestRedact::hides()
{
    QFETCH(QByteArray, wire);
    const QByteArray shown = redact(wire);
    QVERIFY2(!shown.contains("canary"), shown.constData());
    QVERIFY2(shown.contains("…"_ba), shown.constData());
    QCOMPARE(redact(shown), shown);
}

void TestRedact::leaves_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::newRow("text") << "PRIVMSG #c :my PASS word, the response = fine\r\n"_ba;
    QTest::newRow("mechanism") << "AUTHENTICATE PLAIN\r\n"_ba;
    QTest::newRow("scram") << "AUTHENTICATE SCRAM-SHA-256\r\n"_ba;
    QTest::newRow("go on") << "AUTHENTICATE +\r\n"_ba;
    QTest::newRow("abort") << "AUTHENTICATE *\r\n"_ba;
    QTest::newRow("ntlm offer") << "WWW-Authenticate: NTLM\r\nWWW-Authenticate: Negotiate\r\n"_ba;
    QTest::newRow("sip") << "INVITE sip:b@a.test SIP/2.0\r\nFrom: <sip:a@a.test>;tag=1\r\n\r\n"_ba;
    QTest::newRow("stanza") << "<message to='b@a.test'><body>the password is not here</body>"
                               "</message>"_ba;
    QTest::newRow("utf-8")
        << "PRIVMSG #c :Zażółć こんにちは 👩‍👩‍👧‍👦🦄𝄞 e\u0301\r\n"_ba;
    QTest::newRow("nickserv help") << "PRIVMSG NickServ :HELP IDENTIFY\r\n"_ba;
    QTest::newRow("join") << "JOIN #room\r\n"_ba;
    QTest::newRow("extended join") << ":bob!b@h JOIN #room bob :Bob Bee\r\n"_ba;
    QTest::newRow("other mode") << "MODE #room +o bob\r\n"_ba;
    QTest::newRow("somebody else") << "PRIVMSG bob :identify yourself please\r\n"_ba;
}

void TestRedact::leaves()
{
    QFETCH(QByteArray, wire);
    QCOMPARE(redact(wire), wire);
}

void TestRedact::keepsBytes()
{
    QByteArray all;
    for (int i = 0; i < 256; ++i) {
        if (i != 0x1a) { // SUB stands in for the mark while the rules run
            all.append(static_cast<char>(i));
        }
    }
    QCOMPARE(redact(all), all);
    QCOMPARE(redact({}), QByteArray());
}

void TestRedact::keepsStructure()
{
    QCOMPARE(redact("NICK a\r\nPASS canary\r\nUSER a\r\n"_ba).count('\n'), 3);
    const QByteArray shown = redact("<auth mechanism='PLAIN'>canary</auth>"_ba);
    QVERIFY(shown.startsWith("<auth mechanism='PLAIN'>"_ba));
    QVERIFY(shown.endsWith("</auth>"_ba));
}

QTEST_GUILESS_MAIN(TestRedact)
#include "tst_redact.moc"
