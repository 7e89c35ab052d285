// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipmessage.h"
#include "protocols/sip/wire/sipuri.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

class TestSipHeader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nameAddress_data();
    void nameAddress();
    void nameAddressRefused_data();
    void nameAddressRefused();
    void nameAddressRoundTrip();
    void commaLists_data();
    void commaLists();
    void uris_data();
    void uris();
    void urisRefused_data();
    void urisRefused();
    void bareAddresses_data();
    void bareAddresses();
    void cseq_data();
    void cseq();
    void authHeader();
    void diagnostics();
    void compactNames();
    void headerEditing();
    void serializerClosesSmuggling();
};

void TestSipHeader::nameAddress_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("display");
    QTest::addColumn<QByteArray>("uri");
    QTest::addColumn<QByteArray>("tag");
    QTest::addColumn<QByteArray>("epid");
    QTest::newRow("brackets") << "<sip:ben@litwareinc.com>;tag=4af5;epid=a1b2"_ba << ""_ba
                              << "sip:ben@litwareinc.com"_ba << "4af5"_ba << "a1b2"_ba;
    QTest::newRow("bare: parameters are the header's")
        << "sip:ann@litwareinc.com;tag=12ab;epid=ff"_ba << ""_ba << "sip:ann@litwareinc.com"_ba
        << "12ab"_ba << "ff"_ba;
    QTest::newRow("bare without parameters")
        << "sip:ann@litwareinc.com"_ba << ""_ba << "sip:ann@litwareinc.com"_ba << ""_ba << ""_ba;
    QTest::newRow("quoted name with <, ; and escapes")
        << R"("A \"B\" <x>; y" <sip:a@x;transport=tls> ;TAG = 1)"_ba << R"(A "B" <x>; y)"_ba
        << "sip:a@x;transport=tls"_ba << "1"_ba << ""_ba;
    QTest::newRow("token name") << "Ann Beebe <sip:a@x>;tag=1"_ba << "Ann Beebe"_ba << "sip:a@x"_ba
                                << "1"_ba << ""_ba;
    QTest::newRow("utf-8 name") << "\"Zażółć 🦄\" <sip:a@x>"_ba << "Zażółć 🦄"_ba << "sip:a@x"_ba
                                << ""_ba << ""_ba;
    QTest::newRow("RFC 4475 3.1.1.1 To: blanks inside parameters")
        << "sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n"_ba << ""_ba
        << "sip:vivekg@chair-dnrc.example.com"_ba << "1918181833n"_ba << ""_ba;
    QTest::newRow("RFC 4475 3.1.1.6 no blank before <")
        << R"("caller"<sip:caller@example.com>;tag=323)"_ba << "caller"_ba
        << "sip:caller@example.com"_ba << "323"_ba << ""_ba;
}

void TestSipHeader::nameAddress()
{
    QFETCH(QByteArray, text);
    const auto address = parseNameAddress(text);
    QVERIFY(address);
    QTEST(address->displayName, "display");
    QTEST(address->uri, "uri");
    QTEST(address->tag(), "tag");
    QTEST(address->parameters.value("epid"), "epid");
}

void TestSipHeader::nameAddressRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("blank") << "  "_ba;
    QTest::newRow("empty brackets") << "<>;tag=1"_ba;
    QTest::newRow("open bracket") << "<sip:a@x;tag=1"_ba;
    QTest::newRow("open quote (RFC 4475 3.1.2.6)") << R"("Mr. J. User <sip:j.user@example.com>)"_ba;
    QTest::newRow("text after bracket") << "<sip:a@x> tag=1"_ba;
    QTest::newRow("parameter without name") << "<sip:a@x>;=1"_ba;
}

void TestSipHeader::nameAddressRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(!parseNameAddress(text));
}

void TestSipHeader::nameAddressRoundTrip()
{
    NameAddress address;
    address.displayName = R"(Zoë "Z" \ こんにちは世界)"_ba;
    address.uri = "sip:z@x;gruu;opaque=a"_ba;
    address.parameters.set("tag"_ba, "1"_ba);
    address.parameters.set("+sip.instance"_ba, "<urn:uuid:1>"_ba);
    address.parameters.items.append({ "lr"_ba, std::nullopt });
    const auto again = parseNameAddress(serialize(address));
    QVERIFY(again);
    QCOMPARE(*again, address);
    QVERIFY(parseNameAddress("*")->isWildcard);
    QCOMPARE(serialize(*parseNameAddress(" * ")), "*"_ba);
}

void TestSipHeader::commaLists_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("parts");
    QTest::newRow("plain") << "gruu-10, adhoclist"_ba
                           << QByteArrayList { "gruu-10"_ba, "adhoclist"_ba };
    QTest::newRow("brackets") << "<sip:a@x,y>, <sip:b@x>"_ba
                              << QByteArrayList { "<sip:a@x,y>"_ba, "<sip:b@x>"_ba };
    QTest::newRow("quotes") << R"("a, \" b" <sip:a@x>,c)"_ba
                            << QByteArrayList { R"("a, \" b" <sip:a@x>)"_ba, "c"_ba };
    QTest::newRow("empty parts") << ",a,,b,"_ba << QByteArrayList { "a"_ba, "b"_ba };
    QTest::newRow("open quote") << R"(a,"b,c)"_ba << QByteArrayList { "a"_ba, R"("b,c)"_ba };
    QTest::newRow("stray >") << ">,a"_ba << QByteArrayList { ">"_ba, "a"_ba };
    QTest::newRow("nothing") << ""_ba << QByteArrayList {};
}

void TestSipHeader::commaLists()
{
    QFETCH(QByteArray, text);
    QTEST(splitCommaList(text), "parts");
}

void TestSipHeader::uris_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<QByteArray>("opaque");
    QTest::newRow("simple") << "sip:ben@litwareinc.com"_ba << "ben"_ba << "litwareinc.com"_ba << 0
                            << ""_ba;
    QTest::newRow("gruu") << "sip:ben@litwareinc.com;opaque=user:epid:I3d-;gruu"_ba << "ben"_ba
                          << "litwareinc.com"_ba << 0 << "user:epid:I3d-"_ba;
    QTest::newRow("host only") << "sip:home02.litwareinc.com:5061;transport=TLS"_ba << ""_ba
                               << "home02.litwareinc.com"_ba << 5061 << ""_ba;
    QTest::newRow("ipv6") << "sip:a@[2001:db8::1]:5060"_ba << "a"_ba << "[2001:db8::1]"_ba << 5060
                          << ""_ba;
    QTest::newRow("semicolon in the user (RFC 4475 3.1.1.9)")
        << "sip:user;par=u%40example.net@example.com"_ba << "user;par=u%40example.net"_ba
        << "example.com"_ba << 0 << ""_ba;
    QTest::newRow("headers (RFC 4475 3.1.2.13)")
        << "sip:user@example.com?Route=%3Csip:example.com%3E"_ba << "user"_ba << "example.com"_ba
        << 0 << ""_ba;
    QTest::newRow("tel") << "tel:+15550100;phone-context=x"_ba << "+15550100"_ba << ""_ba << 0
                         << ""_ba;
}

void TestSipHeader::uris()
{
    QFETCH(QByteArray, text);
    const auto uri = parseSipUri(text);
    QVERIFY(uri);
    QTEST(uri->user, "user");
    QTEST(uri->host, "host");
    QTEST(int(uri->port), "port");
    QTEST(uri->parameters.value("opaque"), "opaque");
    QCOMPARE(uri->toBytes(), text);
}

void TestSipHeader::urisRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("address") << "ann@litwareinc.com"_ba;
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("no host") << "sip:ann@"_ba;
    QTest::newRow("port") << "sip:ann@x:99999"_ba;
    QTest::newRow("port is no number") << "sip:ann@x:"_ba;
    QTest::newRow("blank (RFC 4475 3.1.2.8)") << "sip:user@example.com; lr"_ba;
    QTest::newRow("two @") << "sip:@@"_ba;
    QTest::newRow("parameter without name") << "sip:x;=1"_ba;
    QTest::newRow("open ipv6") << "sip:a@[::1"_ba;
    QTest::newRow("text after host") << "sip:a@[::1]x"_ba;
}

void TestSipHeader::urisRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(!parseSipUri(text));
}

void TestSipHeader::bareAddresses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("address");
    QTest::newRow("uri") << "sip:Ann@LitwareInc.com;opaque=user:epid:x;gruu"_ba
                         << "ann@litwareinc.com"_ba;
    QTest::newRow("address") << "Ann@LitwareInc.com"_ba << "ann@litwareinc.com"_ba;
    QTest::newRow("address with parameter") << "ann@x;gruu"_ba << "ann@x"_ba;
    QTest::newRow("escaped user") << "sip:a%2Eb@x"_ba << "a.b@x"_ba;
    QTest::newRow("domain") << "sip:Litware.com"_ba << "litware.com"_ba;
}

void TestSipHeader::bareAddresses()
{
    QFETCH(QByteArray, text);
    QTEST(bareAddress(text), "address");
}

void TestSipHeader::cseq_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("ok");
    QTest::addColumn<uint>("number");
    QTest::newRow("usual") << "3 REGISTER"_ba << true << 3U;
    QTest::newRow("RFC 4475 3.1.1.1: zeros and fold") << "0009 INVITE"_ba << true << 9U;
    QTest::newRow("largest") << "2147483647 A"_ba << true << 2147483647U;
    QTest::newRow("2^31") << "2147483648 A"_ba << false << 0U;
    QTest::newRow("RFC 4475 3.1.2.4: overlarge")
        << "36893488147419103232 REGISTER"_ba << false << 0U;
    QTest::newRow("no method") << "3"_ba << false << 0U;
    QTest::newRow("no number") << "INVITE"_ba << false << 0U;
    QTest::newRow("no blank") << "3INVITE"_ba << false << 0U;
    QTest::newRow("empty") << ""_ba << false << 0U;
}

void TestSipHeader::cseq()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, ok);
    const auto result = parseCSeq(text);
    QCOMPARE(result.has_value(), ok);
    if (ok) {
        QTEST(result->number, "number");
    }
}

void TestSipHeader::authHeader()
{
    const auto header = parseAuthHeader(
        R"(TLS-DSK realm="SIP Communications Service", targetname="lync01.litwareinc.com",version=4 ,)"
        R"( sts-uri="https://lyncweb.litwareinc.com/a,b/X.svc", gssapi-data="")");
    QVERIFY(header);
    QCOMPARE(header->scheme, "TLS-DSK"_ba);
    QCOMPARE(header->parameters.value("REALM"), "SIP Communications Service"_ba);
    QCOMPARE(header->parameters.value("targetname"), "lync01.litwareinc.com"_ba);
    QCOMPARE(header->parameters.value("version"), "4"_ba);
    QCOMPARE(header->parameters.value("sts-uri"), "https://lyncweb.litwareinc.com/a,b/X.svc"_ba);
    QVERIFY(header->parameters.has("gssapi-data"));
    QVERIFY(parseAuthHeader("NTLM"));
    QVERIFY(!parseAuthHeader(""));
    QVERIFY(!parseAuthHeader("realm=\"x\""));
    QVERIFY(!parseAuthHeader("NTLM realm=\"x"));
}

void TestSipHeader::diagnostics()
{
    const auto d = parseDiagnostics(
        R"(17002.1;source="pool1.litwareinc.com";reason="Invalid protocol; client version")");
    QVERIFY(d);
    QCOMPARE(d->id, 17002);
    QCOMPARE(d->reason(), "Invalid protocol; client version"_ba);
    QCOMPARE(parseDiagnostics("4141")->id, 4141);
    QVERIFY(!parseDiagnostics("what;reason=\"x\""));
    QVERIFY(!parseDiagnostics(""));
}

void TestSipHeader::compactNames()
{
    SipMessage message;
    message.addHeader("f"_ba, "<sip:a@x>"_ba);
    message.addHeader("K"_ba, "a"_ba);
    message.addHeader("Supported"_ba, "b, c"_ba);
    QCOMPARE(message.header("FROM"), "<sip:a@x>"_ba);
    QCOMPARE(message.header("f"), "<sip:a@x>"_ba);
    QCOMPARE(message.headerLines("supported"), (QByteArrayList { "a"_ba, "b, c"_ba }));
    QCOMPARE(message.headerValues("Supported"), (QByteArrayList { "a"_ba, "b"_ba, "c"_ba }));
    QCOMPARE(message.headers.at(1).name, "K"_ba);
    QVERIFY(!message.hasHeader("To"));
}

void TestSipHeader::headerEditing()
{
    SipMessage message;
    message.addHeader("Via"_ba, "1"_ba);
    message.addHeader("Via"_ba, "2"_ba);
    message.addHeader("CSeq"_ba, "1 X"_ba);
    message.setHeader("v"_ba, "3"_ba);
    QCOMPARE(message.headerLines("Via"), QByteArrayList { "3"_ba });
    message.setBody("text/plain"_ba, "x"_ba);
    message.setBody({}, {});
    QVERIFY(!message.hasHeader("Content-Type"));
    message.removeHeader("cseq");
    QCOMPARE(message.headers.size(), 1);
}

void TestSipHeader::serializerClosesSmuggling()
{
    SipMessage message = SipMessage::request("MESSAGE"_ba, "sip:a@x\r\nEvil: 1"_ba);
    message.addHeader("Subject"_ba, "one\r\nEvil: two"_ba);
    message.addHeader("Content-Length"_ba, "9999"_ba);
    message.body = "ab"_ba;
    QCOMPARE(serialize(message),
        "MESSAGE sip:a@x  Evil: 1 SIP/2.0\r\nSubject: one  Evil: two\r\n"
        "Content-Length: 2\r\n\r\nab"_ba);
}

QTEST_APPLESS_MAIN(TestSipHeader)
#include "tst_sipheader.moc"
