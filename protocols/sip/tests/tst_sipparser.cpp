// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipparser.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

class TestSipParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tortuousInvite();
    void wideRangeOfCharacters();
    void accepted_data();
    void accepted();
    void refused_data();
    void refused();
    void foldedChallenge();
    void bodyIsBytes();
    void extraBytesAfterBodyAreIgnored();
    void unicodeBodies_data();
    void unicodeBodies();
    void roundTrip();
    void mandatoryHeaders();
    void errorsCarryOffsets();
};

// RFC 4475 3.1.1.1 "A Short Tortuous INVITE".
void TestSipParser::tortuousInvite()
{
    const QByteArray body = "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\n"
                            "c=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\n"
                            "m=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"_ba;
    const QByteArray text
        = "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
          "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
          "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n"
          "  tag = 98asjd8\r\n"
          "MaX-fOrWaRdS: 0068\r\n"
          "Call-ID: wsinv.ndaksdj@192.0.2.1\r\n"
          "Content-Length   : 150\r\n"
          "cseq: 0009\r\n  INVITE\r\n"
          "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\n"
          "s :\r\n"
          "NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
          "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
          "Content-Type: application/sdp\r\n"
          "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
          "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n"
          "  branch  =   z9hG4bK9ikj8  ,\r\n"
          " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
          "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n"
          "      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n"_ba
        + body;
    const auto message = parseMessage(text);
    QVERIFY(message);
    QCOMPARE(message->method, "INVITE"_ba);
    QCOMPARE(message->uri, "sip:vivekg@chair-dnrc.example.com;unknownparam"_ba);
    QCOMPARE(message->body, body);
    QCOMPARE(parseNameAddress(message->header("To"))->tag(), "1918181833n"_ba);
    const auto from = parseNameAddress(message->header("From"));
    QVERIFY(from);
    QCOMPARE(from->displayName, "J Rosenberg \\\""_ba);
    QCOMPARE(from->tag(), "98asjd8"_ba);
    QCOMPARE(parseCSeq(message->header("CSeq"))->number, 9U);
    QVERIFY(message->hasHeader("Subject"));
    QCOMPARE(message->header("NewFangledHeader"), "newfangled value continued newfangled value"_ba);
    QCOMPARE(message->header("UnknownHeaderWithUnusualValue"), ";;,,;;,;"_ba);
    QCOMPARE(message->headerValues("Via").size(), 3);
    const auto contact = parseNameAddress(message->header("Contact"));
    QVERIFY(contact);
    QCOMPARE(contact->displayName, "Quoted string \"\""_ba);
    QCOMPARE(contact->parameters.value("newparam"), "newvalue"_ba);
    QVERIFY(contact->parameters.has("secondparam"));
    QCOMPARE(contact->parameters.value("q"), "0.33"_ba);
}

// RFC 4475 3.1.1.2 "Wide Range of Valid Characters".
void TestSipParser::wideRangeOfCharacters()
{
    const QByteArray method = "!interesting-Method0123456789_*+`.%indeed'~"_ba;
    const QByteArray uri
        = "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas"
          "$wo~d_too.(doesn't-it)@example.com"_ba;
    const QByteArray text = method + ' ' + uri + " SIP/2.0\r\n"
        + "To: \"BEL:\\\x07 NUL:\\\x01 DEL:\\\x7F\" <sip:a@x>\r\n"
          "extensionHeader-!.%*+_`'~:\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB\r\n"
          "Content-Length: 0\r\n\r\n";
    const auto message = parseMessage(text);
    QVERIFY(message);
    QCOMPARE(message->method, method);
    QCOMPARE(message->uri, uri);
    QCOMPARE(message->header("extensionheader-!.%*+_`'~"),
        "\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB"_ba);
}

void TestSipParser::accepted_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("RFC 4475 3.1.1.12: unusual reason")
        << "SIP/2.0 200 = 2**3 * 5**2 \xD0\xBD\xD0\xBE\r\n\r\n"_ba << 200
        << "= 2**3 * 5**2 \xD0\xBD\xD0\xBE"_ba;
    QTest::newRow("RFC 4475 3.1.1.13: empty reason") << "SIP/2.0 100 \r\n\r\n"_ba << 100 << ""_ba;
    QTest::newRow("no blank before an empty reason") << "SIP/2.0 100\r\n\r\n"_ba << 100 << ""_ba;
    QTest::newRow("lower-case version") << "sip/2.0 404 x\r\n\r\n"_ba << 404 << "x"_ba;
    QTest::newRow("bare LF") << "SIP/2.0 200 OK\nA: b\n\n"_ba << 200 << "OK"_ba;
    QTest::newRow("beyond 6xx") << "SIP/2.0 999 x\r\n\r\n"_ba << 999 << "x"_ba;
}

void TestSipParser::accepted()
{
    QFETCH(QByteArray, text);
    const auto message = parseMessage(text);
    QVERIFY(message);
    QTEST(message->status, "status");
    QTEST(message->reason, "reason");
}

void TestSipParser::refused_data()
{
    using Code = ParseError::Code;
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Code>("code");
    QTest::newRow("empty") << ""_ba << Code::Truncated;
    QTest::newRow("no blank line") << "SIP/2.0 200 OK\r\nA: b\r\n"_ba << Code::Truncated;
    QTest::newRow("RFC 4475 3.1.2.2: body shorter than announced")
        << "INVITE sip:a@x SIP/2.0\r\nContent-Length: 9999\r\n\r\nabc"_ba << Code::Truncated;
    QTest::newRow("RFC 4475 3.1.2.7: <> around the Request-URI")
        << "INVITE <sip:user@example.com> SIP/2.0\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("RFC 4475 3.1.2.8: blank in the Request-URI")
        << "INVITE sip:user@example.com; lr SIP/2.0\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("RFC 4475 3.1.2.9: two blanks")
        << "INVITE  sip:user@example.com  SIP/2.0\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("RFC 4475 3.1.2.10: blanks after the version")
        << "OPTIONS sip:remote-target@example.com SIP/2.0  \r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("method is no token")
        << "IN@VITE sip:a@x SIP/2.0\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("no uri") << "INVITE SIP/2.0\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("two digits") << "SIP/2.0 20 OK\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("status 0xx") << "SIP/2.0 099 OK\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("fold before headers") << "SIP/2.0 200 OK\r\n x\r\n\r\n"_ba << Code::BadHeader;
    QTest::newRow("no colon") << "SIP/2.0 200 OK\r\nrubbish\r\n\r\n"_ba << Code::BadHeader;
    QTest::newRow("no name") << "SIP/2.0 200 OK\r\n: x\r\n\r\n"_ba << Code::BadHeader;
    QTest::newRow("blank in the name") << "SIP/2.0 200 OK\r\nA B: x\r\n\r\n"_ba << Code::BadHeader;
    QTest::newRow("bad length") << "SIP/2.0 200 OK\r\nContent-Length: 1x\r\n\r\nab"_ba
                                << Code::BadContentLength;
    QTest::newRow("http") << "HTTP/1.1 200 OK\r\n\r\n"_ba << Code::WrongProtocol;
}

void TestSipParser::refused()
{
    QFETCH(QByteArray, text);
    const auto message = parseMessage(text);
    QVERIFY(!message);
    QTEST(message.error().code, "code");
}

void TestSipParser::foldedChallenge()
{
    const auto message
        = parseMessage("SIP/2.0 401 Unauthorized\r\n"
                       "WWW-Authenticate: NTLM realm=\"SIP Communications Service\",\r\n\t "
                       "targetname=\"ocs01\",\r\n"
                       "  version=4  \r\nWWW-Authenticate: Kerberos realm=\"x\"\r\n\r\n");
    QVERIFY(message);
    QCOMPARE(message->headerLines("www-authenticate"),
        (QByteArrayList {
            R"(NTLM realm="SIP Communications Service", targetname="ocs01", version=4)"_ba,
            R"(Kerberos realm="x")"_ba }));
}

void TestSipParser::bodyIsBytes()
{
    QByteArray body(256, '\0');
    for (int i = 0; i < 256; ++i) {
        body[i] = char(i);
    }
    const auto message
        = parseMessage("MESSAGE sip:a@x SIP/2.0\r\nContent-Length: 256\r\n\r\n" + body);
    QVERIFY(message);
    QCOMPARE(message->body, body);
}

void TestSipParser::extraBytesAfterBodyAreIgnored()
{
    QCOMPARE(parseMessage("SIP/2.0 200 OK\r\nContent-Length: 1\r\n\r\nabc")->body, "a"_ba);
    QCOMPARE(parseMessage("SIP/2.0 200 OK\r\n\r\nabc")->body, "abc"_ba);
}

void TestSipParser::unicodeBodies_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("polish") << u"Zażółć gęślą jaźń"_s;
    QTest::newRow("japanese") << u"こんにちは世界"_s;
    QTest::newRow("arabic") << u"مرحبا بالعالم"_s;
    QTest::newRow("combining") << u"e\u0301 ก็"_s;
    QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞"_s;
}

void TestSipParser::unicodeBodies()
{
    QFETCH(QString, text);
    SipMessage message = SipMessage::request("MESSAGE"_ba, "sip:a@x"_ba);
    message.addHeader("Subject"_ba, text.toUtf8());
    message.setBody("text/plain; charset=UTF-8"_ba, text.toUtf8());
    const auto again = parseMessage(serialize(message));
    QVERIFY(again);
    QCOMPARE(QString::fromUtf8(again->body), text);
    QCOMPARE(QString::fromUtf8(again->header("s")), text);
    QCOMPARE(again->header("l").toLongLong(), text.toUtf8().size());
}

void TestSipParser::roundTrip()
{
    const QByteArray text = "SIP/2.0 200 OK\r\nVia: a\r\nVia: b\r\nf: <sip:a@x>\r\nX-Empty: \r\n"
                            "Content-Length: 2\r\n\r\nhi"_ba;
    const auto message = parseMessage(text);
    QVERIFY(message);
    QCOMPARE(serialize(*message), text);
    QCOMPARE(*parseMessage(serialize(*message)), *message);
}

void TestSipParser::mandatoryHeaders()
{
    SipMessage message = SipMessage::request("X"_ba, "sip:a@x"_ba);
    for (const QByteArray &name : { "Via"_ba, "From"_ba, "To"_ba, "Call-ID"_ba, "CSeq"_ba }) {
        QCOMPARE(missingMandatoryHeader(message), name);
        message.addHeader(name, "x"_ba);
    }
    QVERIFY(missingMandatoryHeader(message).isEmpty());
}

void TestSipParser::errorsCarryOffsets()
{
    const auto message = parseMessage("SIP/2.0 200 OK\r\nA: b\r\nrubbish\r\n\r\n");
    QVERIFY(!message);
    QCOMPARE(message.error().offset, 22);
    QCOMPARE(message.error().excerpt, "rubbish"_ba);
}

QTEST_APPLESS_MAIN(TestSipParser)
#include "tst_sipparser.moc"
