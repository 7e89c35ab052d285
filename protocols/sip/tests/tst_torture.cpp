// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipparser.h"
#include "protocols/sip/wire/sipuri.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

using Code = ParseError::Code;

/// Lines of a message, joined with CRLF, and the empty line behind the headers.
QByteArray message(const QByteArrayList &lines, const QByteArray &body = {})
{
    return lines.join("\r\n") + "\r\n\r\n" + body;
}

/// The usual headers around those that matter.
QByteArray request(const QByteArray &method, const QByteArray &uri, const QByteArrayList &headers,
    const QByteArray &body = {})
{
    const QByteArrayList usual { "To: sip:user@example.com"_ba,
        "From: sip:caller@example.net;tag=323"_ba, "Call-ID: call.239i2309"_ba,
        "CSeq: 8 "_ba + method,
        "Via: SIP/2.0/UDP host.example.com:5060;branch=z9hG4bKkdju43234"_ba };
    QByteArrayList lines { method + ' ' + uri + " SIP/2.0" };
    for (const QByteArray &line : usual) {
        const QByteArray name = line.first(line.indexOf(':') + 1);
        bool replaced = false;
        for (const QByteArray &own : headers) {
            replaced = replaced || own.startsWith(name);
        }
        if (!replaced) {
            lines.append(line);
        }
    }
    return message(lines + headers, body);
}

const QByteArray sdp = "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.1\r\ns=-\r\n"
                       "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\n"
                       "m=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"_ba;

} // namespace

/// RFC 4475: messages made to hurt parsers. The first of them is in tst_sipparser. Nothing may
/// crash; what is well formed is read; what is not is refused by the parser, or named by
/// headerProblem(); what only an application can judge is read.
class TestTorture : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void read_data();
    void read();
    void refused_data();
    void refused();
    void details();
    void doubleRequest();
    void cutAnywhere_data() { read_data(); }
    void cutAnywhere();
};

void TestTorture::read_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("problem");
    const QByteArray fine;
    // 3.1.1: valid messages.
    const QByteArray odd = "!interesting-Method0123456789_*+`.%indeed'~"_ba;
    QTest::newRow("3.1.1.2 intmeth") << message({ odd
            + " sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!"
              "*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~"_ba,
        "To: \"BEL:\\\x07 NUL:\\"_ba + QByteArray(1, '\0')
            + " DEL:\\\x7f\" "
              "<sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>",
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;"
        "fromParam''~+*_!.-%=\"\u0440\u0430\u0431\u043e\u0442\u0430\u044e\u0449\u0438\u0439"
        "\";tag=_token~1'+`*%!-."_ba,
        "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"_ba, "CSeq: 139122385 "_ba + odd,
        "Max-Forwards: 255"_ba, "extensionHeader-!.%*+_`'~:\u5927\u505c\u96fb"_ba,
        "Content-Length: 0"_ba }) << fine;
    QTest::newRow("3.1.1.3 esc01") << request("INVITE"_ba,
        "sip:sips%3Auser%40example.com@example.net"_ba,
        { "To: sip:%75se%72@example.com"_ba, "From: <sip:I%20have%20spaces@example.net>;tag=938"_ba,
            "Contact:\r\n <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>"_ba,
            "Content-Type: application/sdp"_ba, "Content-Length: 150"_ba },
        sdp) << fine;
    QTest::newRow("3.1.1.4 escnull") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "To: sip:null-%00-null@example.com"_ba,
            "From: sip:null-%00-null@example.com;tag=839923423"_ba,
            "Contact: <sip:%00@host5.example.com>"_ba, "Contact: <sip:%00%00@host5.example.com>"_ba,
            "L:0"_ba }) << fine;
    QTest::newRow("3.1.1.5 esc02") << request("RE%47IST%45R"_ba, "sip:registrar.example.com"_ba,
        { "To: \"%Z%45\" <sip:resource@example.com>"_ba,
            "From: \"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23"_ba,
            "Contact: <sip:alias1@host1.example.com>"_ba,
            "Contact: <sip:alias2@host2.example.com>"_ba,
            "Contact: <sip:alias3@host3.example.com>"_ba, "Content-Length: 0"_ba })
                                   << fine;
    QTest::newRow("3.1.1.6 lwsdisp") << request("OPTIONS"_ba, "sip:user@example.com"_ba,
        { "From: caller<sip:caller@example.com>;tag=323"_ba, "Max-Forwards: 70"_ba, "l: 0"_ba })
                                     << fine;
    const QByteArray longName = QByteArray("longvalue").repeated(30);
    QTest::newRow("3.1.1.7 longreq")
        << request("INVITE"_ba, "sip:user@example.com"_ba,
               { "To: \"I have a user name of extreme "_ba + QByteArray("proportion").repeated(30)
                       + "\"<sip:user@example.com:6000;unknownparam1=very" + longName + ";longparam"
                       + longName + "name=shortvalue;very" + longName + "ParameterNameWithNoValue>",
                   "F: sip:"_ba + longName + "@example.net;tag=12982424;unknownheaderparam"
                       + longName + "name=unknownheaderparamvalue;unknownValuelessparam" + longName,
                   "From: sip:replaced@example.net"_ba })
        << "From"_ba; // both forms of one header: the row below has the message itself
    QTest::newRow("3.1.1.7 longreq, as it is") << request("INVITE"_ba, "sip:user@example.com"_ba,
        { "To: \"I have a user name of extreme "_ba + QByteArray("proportion").repeated(30)
                + "\"<sip:user@example.com:6000;unknownparam1=very" + longName + '>',
            "From: sip:"_ba + longName + "@example.net;tag=12982424;unknownheaderparam" + longName
                + "name=value;unknownValuelessparam" + longName,
            "Call-ID: "_ba + longName, "Unknown-"_ba + longName + "-Name: unknown-" + longName,
            "Via: SIP/2.0/TCP sip33.example.com"_ba,
            "v: SIP/2.0/TCP sip32.example.com;branch="_ba + longName,
            "m:<sip:"_ba + longName + "@host105.example.com>", "l: 150"_ba },
        sdp) << fine;
    QTest::newRow("3.1.1.9 semiuri")
        << request("OPTIONS"_ba, "sip:user;par=u%40example.net@example.com"_ba, { "l: 0"_ba })
        << fine;
    QTest::newRow("3.1.1.10 transports") << request("OPTIONS"_ba, "sip:user@example.com"_ba,
        { "Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw"_ba,
            "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf"_ba,
            "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj"_ba,
            "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en"_ba,
            "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee"_ba, "l: 0"_ba })
                                         << fine;
    const QByteArray parts
        = "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n"
          "Content-Transfer-Encoding: binary\r\n\r\nHello\r\n"
          "--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n"_ba
        + QByteArray("\x30\x82\x01\x52\x06\x00\x0d\x0a\xff", 9) + "\r\n--7a9cbec02ceef655--\r\n";
    QTest::newRow("3.1.1.11 mpart01") << request("MESSAGE"_ba, "sip:kumiko@example.org"_ba,
        { "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655"_ba,
            "Content-Length: "_ba + QByteArray::number(parts.size()) },
        parts) << fine;
    const QByteArrayList answered { "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923"_ba,
        "Call-ID: unreason.1234ksdfak3j2erwedfsASdf"_ba, "CSeq: 35 INVITE"_ba,
        "From: sip:user@example.com;tag=11141343"_ba, "To: sip:user@example.edu;tag=2229"_ba,
        "Content-Length: 0"_ba };
    QTest::newRow("3.1.1.12 unreason") << message(
        QByteArrayList { "SIP/2.0 200 = 2**3 * 5**2 "
                         "\u043d\u043e \u0441\u0442\u043e"_ba }
        + answered) << fine;
    QTest::newRow("3.1.1.13 noreason")
        << message(QByteArrayList { "SIP/2.0 100 "_ba } + answered) << fine;

    // 3.1.2: invalid in a header that the message can be read without.
    QTest::newRow("3.1.2.1 badinv01") << request("INVITE"_ba, "sip:user@example.com"_ba,
        { "Contact: \"Joe\" <sip:joe@example.org>;;;;"_ba, "Via: SIP/2.0/UDP 192.0.2.15;;,;,,"_ba,
            "l: 0"_ba }) << fine; // nothing that is used of it is wrong
    QTest::newRow("3.1.2.4 scalar02") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "CSeq: 36893488147419103232 REGISTER"_ba, "Max-Forwards: 300"_ba,
            "Expires: 10000000000000000000000"_ba,
            "Contact: <sip:user@host129.example.com>;expires=280297596632815"_ba,
            "Content-Length: 0"_ba }) << "CSeq"_ba;
    QTest::newRow("3.1.2.5 scalarlg") << message({ "SIP/2.0 503 Service Unavailable"_ba,
        "Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw"_ba,
        "To: <sip:user@example.com>"_ba, "From: <sip:other@example.net>;tag=2easdjfejw"_ba,
        "CSeq: 9292394834772304023312 OPTIONS"_ba, "Call-ID: scalarlg.noase0of0234hn2qofoaf"_ba,
        "Retry-After: 949302838503028349304023988"_ba, "Warning: 1812 overture \"In Progress\""_ba,
        "Content-Length: 0"_ba }) << "CSeq"_ba;
    QTest::newRow("3.1.2.6 quotbal") << request("INVITE"_ba, "sip:user@example.com"_ba,
        { "To: \"Mr. J. User <sip:j.user@example.com>"_ba, "Content-Length: 0"_ba })
                                     << "To"_ba;
    QTest::newRow("3.1.2.11 escruri") << request(
        "INVITE"_ba, "sip:user@example.com?Route=%3Csip:example.com%3E"_ba, { "l: 0"_ba })
                                      << "Request-URI"_ba;
    QTest::newRow("3.1.2.12 baddate") << request("INVITE"_ba, "sip:user@example.com"_ba,
        { "Date: Fri, 01 Jan 2010 16:00:00 EST"_ba, "l: 0"_ba })
                                      << fine; // only a hint here
    QTest::newRow("3.1.2.13 regbadct")
        << request("REGISTER"_ba, "sip:example.com"_ba,
               { "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"_ba, "l: 0"_ba })
        << fine; // parameters of such a bare address belong to the header
    QTest::newRow("3.1.2.14 badaspec") << request("OPTIONS"_ba, "sip:user@example.org"_ba,
        { "From: \"Bell, Alexander\" <sip:a.g.bell@example.com>;tag=433423"_ba,
            "To: \"Watson, Thomas\" < sip:t.watson@example.org >"_ba, "l: 0"_ba })
                                       << fine; // the RFC lets an element be liberal here
    QTest::newRow("3.1.2.15 baddn") << request("OPTIONS"_ba, "sip:t.watson@example.org"_ba,
        { "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"_ba,
            "To: Watson, Thomas <sip:t.watson@example.org>"_ba, "l: 0"_ba })
                                    << fine; // and here
    QTest::newRow("3.1.2.17 mismatch01")
        << request("OPTIONS"_ba, "sip:user@example.com"_ba, { "CSeq: 8 INVITE"_ba, "l: 0"_ba })
        << "CSeq"_ba;
    QTest::newRow("3.1.2.18 mismatch02") << request("NEWMETHOD"_ba, "sip:user@example.com"_ba,
        { "CSeq: 8 INVITE"_ba, "Content-Type: application/sdp"_ba, "l: 150"_ba }, sdp)
                                         << "CSeq"_ba;
    QTest::newRow("3.1.2.19 bigcode")
        << message(QByteArrayList { "SIP/2.0 999 xyz"_ba } + answered) << "Status-Code"_ba;

    // 3.2 and 3.3: for the layers above.
    QTest::newRow("3.2.1 badbranch") << request("OPTIONS"_ba, "sip:user@example.com"_ba,
        { "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"_ba, "l: 0"_ba })
                                     << fine; // transactions are told apart by Call-ID and CSeq
    QTest::newRow("3.3.1 insuf") << message(
        { "INVITE sip:user@example.com SIP/2.0"_ba, "CSeq: 193942 INVITE"_ba,
            "Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf"_ba,
            "Content-Type: application/sdp"_ba, "l: 150"_ba },
        sdp) << "From"_ba;
    QTest::newRow("3.3.2 unkscm") << request(
        "OPTIONS"_ba, "nobodyKnowsThisScheme:totallyopaquecontent"_ba, { "l: 0"_ba })
                                  << fine;
    QTest::newRow("3.3.3 novelsc")
        << request("OPTIONS"_ba, "soap.beep://192.0.2.103:3002"_ba, { "l: 0"_ba }) << fine;
    QTest::newRow("3.3.4 unksm2") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "To: isbn:2983792873"_ba, "From: <http://www.example.com>;tag=3234233"_ba, "l: 0"_ba })
                                  << fine;
    QTest::newRow("3.3.5 bext01") << request("OPTIONS"_ba, "sip:user@example.com"_ba,
        { "Proxy-Require: nothingSupportsThis, nothingSupportsThisEither"_ba,
            "Require: nothingSupportsThis, nothingSupportsThisEither"_ba, "l: 0"_ba })
                                  << fine;
    QTest::newRow("3.3.6 invut") << request("INVITE"_ba, "sip:user@example.com"_ba,
        { "Content-Type: application/unknownformat"_ba, "l: 5"_ba }, "<aud>"_ba)
                                 << fine;
    QTest::newRow("3.3.7 regaut01") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "Authorization: NoOneKnowsThisScheme opaque-data=here"_ba, "l: 0"_ba })
                                    << fine;
    QTest::newRow("3.3.8 multi01") << request("INVITE"_ba, "sip:user@company.com"_ba,
        { "CSeq: 5 INVITE"_ba, "CSeq: 59 INVITE"_ba, "Call-ID: multi01.98asdh@192.0.2.1"_ba,
            "Call-ID: multi01.98asdh@192.0.2.2"_ba, "Max-Forwards: 70"_ba, "Max-Forwards: 5"_ba,
            "Content-Type: application/sdp"_ba, "l: 150"_ba },
        sdp) << "Call-ID"_ba;
    QTest::newRow("3.3.10 bcast") << message(
        { "SIP/2.0 200 OK"_ba, "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923"_ba,
            "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23"_ba, "Call-ID: bcast.0384"_ba,
            "CSeq: 35 INVITE"_ba, "From: sip:user@example.com;tag=11141343"_ba,
            "To: sip:user@example.edu;tag=2229"_ba, "Content-Length: 150"_ba },
        sdp) << fine; // on a connection nobody can be made to answer others
    QTest::newRow("3.3.11 zeromf")
        << request("OPTIONS"_ba, "sip:user@example.com"_ba, { "Max-Forwards: 0"_ba, "l: 0"_ba })
        << fine; // it has arrived
    QTest::newRow("3.3.12 cparam01") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "Contact: sip:+19725552222@gw1.example.net;unknownparam"_ba, "l: 0"_ba })
                                     << fine;
    QTest::newRow("3.3.13 cparam02") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "Contact: <sip:+19725552222@gw1.example.net;unknownparam>"_ba, "l: 0"_ba })
                                     << fine;
    QTest::newRow("3.3.14 regescrt") << request("REGISTER"_ba, "sip:example.com"_ba,
        { "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"_ba, "l: 0"_ba })
                                     << fine;
    QTest::newRow("3.3.15 sdp01") << request("INVITE"_ba, "sip:user@example.com"_ba,
        { "Contact: <sip:caller@host5.example.net>"_ba, "Accept: text/nobodyKnowsThis"_ba,
            "Content-Type: application/sdp"_ba, "l: 150"_ba },
        sdp) << fine;
    QTest::newRow("3.4.1 inv2543") << message(
        { "INVITE sip:UserB@example.com SIP/2.0"_ba, "Via: SIP/2.0/UDP iftgw.example.com"_ba,
            "From: <sip:+13035551111@ift.client.example.net;user=phone>"_ba,
            "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>"_ba,
            "To: sip:+16505552222@ss1.example.net;user=phone"_ba,
            "Call-ID: inv2543.1717@ift.client.example.com"_ba, "CSeq: 56 INVITE"_ba,
            "Content-Type: application/sdp"_ba },
        sdp) << fine;
}

void TestTorture::read()
{
    QFETCH(QByteArray, text);
    const auto message = parseMessage(text);
    QVERIFY2(message, message ? "" : qPrintable(message.error().detail));
    QTEST(headerProblem(*message), "problem");
    // What is written again says the same.
    const auto again = parseMessage(serialize(*message));
    QVERIFY(again);
    QCOMPARE(again->headerValues("Via"), message->headerValues("Via"));
    QCOMPARE(again->body, message->body);
    for (const QByteArray &value :
        message->headerValues("Contact") + message->headerValues("Via")) {
        std::ignore = parseNameAddress(value);
    }
}

void TestTorture::refused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Code>("code");
    QTest::newRow("3.1.2.2 clerr")
        << request("INVITE"_ba, "sip:user@example.com"_ba, { "Content-Length: 9999"_ba }, sdp)
        << Code::Truncated;
    QTest::newRow("3.1.2.3 ncl") << request(
        "INVITE"_ba, "sip:user@example.com"_ba, { "Content-Length: -999"_ba }, sdp)
                                 << Code::BadContentLength;
    QTest::newRow("3.1.2.7 ltgtruri")
        << request("INVITE"_ba, "<sip:user@example.com>"_ba, { "l: 0"_ba }) << Code::BadStartLine;
    QTest::newRow("3.1.2.8 lwsruri")
        << request("INVITE"_ba, "sip:user@example.com; lr"_ba, { "l: 0"_ba }) << Code::BadStartLine;
    QTest::newRow("3.1.2.9 lwsstart")
        << message({ "INVITE  sip:user@example.com  SIP/2.0"_ba, "l: 0"_ba }) << Code::BadStartLine;
    QTest::newRow("3.1.2.10 trws")
        << message({ "OPTIONS sip:remote-target@example.com SIP/2.0  "_ba, "l: 0"_ba })
        << Code::BadStartLine;
    QTest::newRow("3.1.2.16 badvers")
        << message({ "OPTIONS sip:t.watson@example.org SIP/7.0"_ba, "l: 0"_ba })
        << Code::BadVersion;
    QTest::newRow("3.3.9 mcl01") << request("OPTIONS"_ba, "sip:user@example.com"_ba,
        { "Content-Length: 13"_ba, "Content-Length: 5"_ba }, "There's no way to know"_ba)
                                 << Code::BadContentLength;
}

void TestTorture::refused()
{
    QFETCH(QByteArray, text);
    const auto message = parseMessage(text);
    QVERIFY(!message);
    QTEST(message.error().code, "code");
}

void TestTorture::details()
{
    // 3.1.1.3: escapes are undone where an address is compared, and only there.
    const auto escaped = parseSipUri("sip:sips%3Auser%40example.com@example.net");
    QVERIFY(escaped);
    QCOMPARE(escaped->user, "sips%3Auser%40example.com"_ba);
    QCOMPARE(escaped->host, "example.net"_ba);
    // 3.1.1.6: no blank between name and address.
    QCOMPARE(parseNameAddress("caller<sip:caller@example.com>;tag=323")->displayName, "caller"_ba);
    // 3.1.1.9: the semicolon belongs to the user.
    const auto semicolon = parseSipUri("sip:user;par=u%40example.net@example.com");
    QVERIFY(semicolon);
    QCOMPARE(semicolon->user, "user;par=u%40example.net"_ba);
    QCOMPARE(semicolon->host, "example.com"_ba);
    QVERIFY(semicolon->parameters.items.isEmpty());
    // 3.3.12 and 13: whose parameter it is depends on the brackets.
    const auto bare = parseNameAddress("sip:+19725552222@gw1.example.net;unknownparam");
    const auto inside = parseNameAddress("<sip:+19725552222@gw1.example.net;unknownparam>");
    QVERIFY(bare->parameters.has("unknownparam"));
    QVERIFY(!inside->parameters.has("unknownparam"));
    QVERIFY(parseSipUri(inside->uri)->parameters.has("unknownparam"));
    // 3.1.1.2: nothing about a Call-ID pairs up.
    QCOMPARE(splitCommaList("a, \"b,c\", <d,e>").size(), 3);
}

/// 3.1.1.8 dblreq: one message, and what follows it in the stream is the next.
void TestTorture::doubleRequest()
{
    const QByteArray first
        = request("REGISTER"_ba, "sip:example.com"_ba, { "Content-Length: 0"_ba });
    const QByteArray second = request("INVITE"_ba, "sip:joe@example.com"_ba,
        { "Content-Type: application/sdp"_ba,
            "Content-Length: "_ba + QByteArray::number(sdp.size()) },
        sdp);
    QCOMPARE(parseMessage(first + second)->method, "REGISTER"_ba);
    SipFramer framer;
    framer.feed(first + second);
    const auto one = framer.next();
    QVERIFY(one && *one);
    QCOMPARE(parseMessage(**one)->method, "REGISTER"_ba);
    const auto two = framer.next();
    QVERIFY(two && *two);
    QCOMPARE(parseMessage(**two)->body, sdp);
}

void TestTorture::cutAnywhere()
{
    QFETCH(QByteArray, text);
    for (qsizetype length = 0; length < text.size(); length += 3) {
        const auto message = parseMessage(QByteArrayView(text).first(length));
        if (message) {
            std::ignore = headerProblem(*message);
        }
    }
    SipFramer framer;
    int frames = 0;
    for (const char c : text) {
        framer.feed(QByteArray(1, c));
        const auto frame = framer.next();
        if (!frame) {
            break; // refused for good: as well
        }
        frames += *frame ? 1 : 0;
    }
    QVERIFY(frames <= 1);
}

QTEST_APPLESS_MAIN(TestTorture)
#include "tst_torture.moc"
