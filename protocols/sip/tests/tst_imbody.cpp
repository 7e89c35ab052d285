// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/im/imdn.h"
#include "protocols/sip/im/rtftext.h"
#include "protocols/sip/im/sdp.h"
#include "protocols/sip/im/typing.h"
#include "protocols/sip/tests/documentvectors.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;

namespace {

// Segoe UI, bold and italic, black; the value that Communicator writes.
const QByteArray kMsgr = "WAAtAE0ATQBTAC0ASQBNAC0ARgBvAHIAbQBhAHQAOgAgAEYATgA9AFMAZQBnAG8AZQAlADIAM"
                         "ABVAEkAOwAgAEUARgA9AEIA"
                         "SQA7ACAAQwBPAD0AMAA7ACAAQwBTAD0AMAA7ACAAUABGAD0AMgAyAA0ACgANAAoA"_ba;

const QString kEverything
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞 <b>&amp;"_s;

QByteArray alternative(const QByteArray &parts)
{
    QByteArray body;
    for (const QByteArray &part : parts.split('|')) {
        body += "--b\r\nContent-Type: "_ba + part + "\r\n"_ba;
    }
    return body + "--b--\r\n"_ba;
}

} // namespace

class tst_ImBody : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plainText_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("text");
        QTest::newRow("UTF-8") << "text/plain; charset=UTF-8"_ba
                               << QByteArray::fromHex("4772c3bcc39f6520617573204dc3bc6e6368656e")
                               << u"Grüße aus München"_s;
        QTest::newRow("no charset") << "text/plain"_ba
                                    << "Gr\xc3\xbc\xc3\x9f"
                                       "e"_ba
                                    << u"Grüße"_s;
        QTest::newRow("quoted charset, other case")
            << "Text/Plain; CHARSET=\"utf-8\""_ba << "\xe6\xbc\xa2"_ba << u"漢"_s;
        QTest::newRow("Windows-1252, said so") << "text/plain;charset=windows-1252"_ba
                                               << "\x80 100 \x93"
                                                  "x\x94"_ba
                                               << u"€ 100 “x”"_s;
        QTest::newRow("Windows-1252, says UTF-8") << "text/plain;charset=UTF-8"_ba
                                                  << "Gr\xfc\xdf"
                                                     "e \x80"_ba
                                                  << u"Grüße €"_s;
        QTest::newRow("cut UTF-8") << "text/plain;charset=UTF-8"_ba << "a\xc3"_ba << u"aÃ"_s;
        QTest::newRow("unknown charset") << "text/plain;charset=klingon"_ba << "abc"_ba << u"abc"_s;
        QTest::newRow("line ends") << "text/plain"_ba << "a\r\nb\nc\rd"_ba << u"a\nb\nc\nd"_s;
        QTest::newRow("byte order mark") << "text/plain"_ba << "\xef\xbb\xbfhi"_ba << u"hi"_s;
        QTest::newRow("zero bytes") << "text/plain"_ba << QByteArray("a\0b", 3) << u"ab"_s;
        QTest::newRow("empty") << "text/plain"_ba << ""_ba << u""_s;
    }
    void plainText()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto read = parseImBody(type, body);
        QVERIFY(read);
        QCOMPARE(read->format, ImText::Format::Plain);
        QTEST(read->text, "text");
    }

    void everythingSurvivesTheWire()
    {
        MsImFormat look;
        look.bold = true;
        look.rgb = 0xff8000;
        const ImWireBody wire = buildPlainBody(kEverything + u"\nsecond line"_s, look);
        QVERIFY(wire.contentType.startsWith("text/plain; charset=UTF-8;msgr="));
        QVERIFY(wire.body.contains("\r\n"));
        const auto read = parseImBody(wire.contentType, wire.body);
        QVERIFY(read);
        QCOMPARE(read->text, kEverything + u"\nsecond line"_s);
        QVERIFY(read->look);
        QVERIFY(read->look->bold);
        QCOMPARE(read->look->rgb, 0xff8000U);
    }

    void lookOfPlainText()
    {
        const auto look = parseMsgr(kMsgr);
        QVERIFY(look);
        QCOMPARE(look->font, u"Segoe UI"_s);
        QVERIFY(look->bold && look->italic && !look->underline && !look->strikeOut);
        QCOMPARE(look->rgb, 0U);
        QCOMPARE(look->pitch, 22);
        QCOMPARE(buildMsgr(*look), kMsgr);
    }

    void formatLine_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<quint32>("rgb");
        QTest::addColumn<QString>("font");
        QTest::newRow("red, as BGR")
            << u"X-MMS-IM-Format: FN=Arial; EF=; CO=ff; CS=0; PF=22"_s << 0xff0000U << u"Arial"_s;
        QTest::newRow("blue") << u"X-MMS-IM-Format: FN=Arial; EF=; CO=ff0000; CS=0; PF=22"_s
                              << 0x0000ffU << u"Arial"_s;
        QTest::newRow("font in UTF-8")
            << u"x-mms-im-format: FN=%E3%83%A1%E3%82%A4%E3%83%AA%E3%82%AA;CO=xyz"_s << 0U
            << u"メイリオ"_s;
        QTest::newRow("without the name")
            << u"FN=MS%20Shell%20Dlg; EF=U"_s << 0U << u"MS Shell Dlg"_s;
        QTest::newRow("nonsense") << u"X-MMS-IM-Format: ;;;=;CO=ffffffffff;PF=9999999999"_s << 0U
                                  << QString();
    }
    void formatLine()
    {
        QFETCH(QString, line);
        const auto look = parseImFormatLine(line);
        QVERIFY(look);
        QTEST(look->rgb, "rgb");
        QTEST(look->font, "font");
    }

    void noLookFromNonsense()
    {
        QVERIFY(!parseImFormatLine(u"hello"));
        QVERIFY(!parseMsgr(""));
        QVERIFY(!parseMsgr("!!!"));
        QVERIFY(!parseMsgr(QByteArray(10'000, 'A')));
        QVERIFY(parseImBody("text/plain;msgr=%%%", "hi")->look == std::nullopt);
    }

    void firstMessageInAnInvite()
    {
        const ImWireBody first = buildPlainBody(u"Grüße aus München"_s, parseMsgr(kMsgr));
        const QByteArray header = buildMsTextFormat(first);
        QCOMPARE(header,
            "text/plain; charset=UTF-8;msgr="_ba + kMsgr
                + ";ms-body=R3LDvMOfZSBhdXMgTcO8bmNoZW4="_ba);
        const auto read = parseMsTextFormat(header);
        QVERIFY(read);
        QCOMPARE(read->body, first.body);
        const auto text = parseImBody(read->contentType, read->body);
        QVERIFY(text);
        QCOMPARE(text->text, u"Grüße aus München"_s);
        QVERIFY(text->look->bold);
        QVERIFY(!parseMsTextFormat("text/plain; charset=UTF-8"));
        QVERIFY(!parseMsTextFormat("text/plain;ms-body=***"));
        QVERIFY(!parseMsTextFormat(";ms-body=QUJD"));
    }

    void bestAlternative_data()
    {
        QTest::addColumn<QByteArray>("parts");
        QTest::addColumn<ImText::Format>("format");
        QTest::addColumn<QString>("text");
        const QByteArray plain = "text/plain\r\n\r\nplain"_ba;
        const QByteArray html = "text/html; charset=utf-8\r\n\r\n<b>html</b>"_ba;
        const QByteArray rtf = "text/rtf\r\n\r\n{\\rtf1 rtf\\par}"_ba;
        const QByteArray image = "image/gif\r\n\r\nGIF89a"_ba;
        QTest::newRow("plain, html")
            << plain + "|"_ba + html << ImText::Format::Html << u"<b>html</b>"_s;
        QTest::newRow("html first")
            << html + "|"_ba + plain << ImText::Format::Html << u"<b>html</b>"_s;
        QTest::newRow("rtf over plain")
            << plain + "|"_ba + rtf << ImText::Format::Plain << u"rtf"_s;
        QTest::newRow("picture and plain")
            << image + "|"_ba + plain << ImText::Format::Plain << u"plain"_s;
    }
    void bestAlternative()
    {
        QFETCH(QByteArray, parts);
        const auto read = parseImBody("multipart/alternative;boundary=b", alternative(parts));
        QVERIFY(read);
        QTEST(read->format, "format");
        QTEST(read->text, "text");
    }

    void writtenAlternativeReadsBack()
    {
        const ImWireBody wire = buildAlternativeBody(u"plain"_s, u"<i>ü</i>"_s, "x1"_ba);
        const auto read = parseImBody(wire.contentType, wire.body);
        QVERIFY(read);
        QCOMPARE(read->text, u"<i>ü</i>"_s);
    }

    void refusedBodies_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<ImBodyError>("error");
        QTest::newRow("picture") << "image/gif"_ba << "GIF"_ba << ImBodyError::Unsupported;
        QTest::newRow("ink") << "multipart/related;boundary=b"_ba
                             << alternative("image/gif\r\n\r\nGIF"_ba) << ImBodyError::Unsupported;
        QTest::newRow("huge") << "text/plain"_ba << QByteArray(qsizetype { 300 } * 1024, 'x')
                              << ImBodyError::TooLarge;
        QTest::newRow("no boundary")
            << "multipart/alternative"_ba << "x"_ba << ImBodyError::Malformed;
        QTest::newRow("no RTF") << "text/rtf"_ba << "hello"_ba << ImBodyError::Malformed;
    }
    void refusedBodies()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto read = parseImBody(type, body);
        QVERIFY(!read);
        QTEST(read.error(), "error");
    }

    void rtf_data()
    {
        QTest::addColumn<QByteArray>("rtf");
        QTest::addColumn<QString>("text");
        QTest::newRow("Communicator")
            << "{\\rtf1\\fbidis\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fnil Segoe UI;}}\r\n"
               "{\\colortbl ;\\red0\\green0\\blue0;}\r\n\\viewkind4\\uc1\\pard\\cf1\\f0\\fs20 "
               "Gr\\'fc\\'dfe\\par\r\nzwei\\par\r\n}"_ba
            << u"Grüße\nzwei"_s;
        QTest::newRow("unicode with stand-in")
            << "{\\rtf1\\uc1 \\u28450?\\u-10179?\\u-8940?}"_ba << u"漢\xd83d\xdd14"_s;
        QTest::newRow("two stand-ins") << "{\\rtf1\\uc2 a\\u8364\\'80\\'80b}"_ba << u"a€b"_s;
        QTest::newRow("escapes") << "{\\rtf1 \\{a\\\\b\\}\\tab c\\~d}"_ba << u"{a\\b}\tc\u00a0d"_s;
        QTest::newRow("hidden destinations")
            << "{\\rtf1{\\*\\generator Riched20;}{\\info{\\author x}}{\\b bold} text}"_ba
            << u"bold text"_s;
        QTest::newRow("Cyrillic code page") << "{\\rtf1\\ansicpg1251 \\'cf\\'f0}"_ba << u"Пр"_s;
        QTest::newRow("cut off") << "{\\rtf1 abc\\"_ba << u"abc"_s;
        QTest::newRow("cut in a hex byte") << "{\\rtf1 abc\\'f"_ba << u"abc"_s;
        QTest::newRow("binary beyond the end") << "{\\rtf1 a\\bin999999999 b}"_ba << u"a"_s;
        QTest::newRow("deep") << "{\\rtf1 x"_ba + QByteArray(1000, '{') << u"x"_s;
        QTest::newRow("no RTF") << "plain"_ba << QString();
    }
    void rtf()
    {
        QFETCH(QByteArray, rtf);
        QTEST(plainTextFromRtf(rtf), "text");
    }

    void contents_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<ImContent>("content");
        QTest::newRow("plain") << "Text/Plain;charset=x"_ba << ImContent::Text;
        QTest::newRow("alternative") << "multipart/alternative;boundary=x"_ba << ImContent::Text;
        QTest::newRow("typing") << "application/xml"_ba << ImContent::Typing;
        QTest::newRow("RFC 3994") << "application/im-iscomposing+xml"_ba << ImContent::Typing;
        QTest::newRow("report") << "application/ms-imdn+xml"_ba << ImContent::DeliveryReport;
        QTest::newRow("file") << "text/x-msmsgsinvite; charset=UTF-8"_ba
                              << ImContent::FileInvitation;
        QTest::newRow("other") << "application/pdf"_ba << ImContent::Unsupported;
        QTest::newRow("none") << ""_ba << ImContent::Unsupported;
    }
    void contents()
    {
        QFETCH(QByteArray, type);
        QTEST(imContentOf(type), "content");
    }

    void typing_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("active"); // -1: no notice
        QTest::addColumn<int>("seconds");
        QTest::newRow("types") << buildKeyboardActivity(true) << 1 << 15;
        QTest::newRow("stops") << buildKeyboardActivity(false) << 0 << 15;
        QTest::newRow("RFC 3994")
            << "<?xml version=\"1.0\"?><isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state><refresh>60</refresh></isComposing>"_ba
            << 1 << 60;
        QTest::newRow("RFC 3994, idle")
            << "<isComposing><state>idle</state></isComposing>"_ba << 0 << 15;
        QTest::newRow("refresh of a thousand years")
            << "<isComposing><state>active</state><refresh>999999999</refresh></isComposing>"_ba
            << 1 << 300;
        QTest::newRow("no status") << "<KeyboardActivity/>"_ba << -1 << 15;
        QTest::newRow("other document") << "<action/>"_ba << -1 << 15;
        QTest::newRow("not XML") << "type"_ba << -1 << 15;
        QTest::newRow("too big") << "<KeyboardActivity>"_ba + QByteArray(10'000, ' ') << -1 << 15;
    }
    void typing()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, active);
        QFETCH(int, seconds);
        const auto notice = parseTyping(body);
        QCOMPARE(notice.has_value(), active >= 0);
        if (notice) {
            QCOMPARE(notice->active, active == 1);
            QCOMPARE(notice->lifetime, std::chrono::seconds(seconds));
        }
    }

    void deliveryReports()
    {
        const auto report = parseDeliveryReport(imdnVector());
        QVERIFY(report);
        QCOMPARE(report->messageId, u"2"_s);
        QCOMPARE(report->recipients.size(), 1);
        QCOMPARE(report->recipients.first().address, u"bob@contoso.com"_s);
        QVERIFY(report->recipients.first().isFailed());
        QVERIFY(report->recipients.first().diagnostics.startsWith("6001;"));
        const auto again = parseDeliveryReport(buildDeliveryReport(*report));
        QVERIFY(again);
        QCOMPARE(*again, *report);
        QVERIFY(!parseDeliveryReport("<imdn/>"));
        QVERIFY(!parseDeliveryReport("<x><message-id>1</message-id></x>"));
        const auto odd = parseDeliveryReport(
            "<imdn><message-id>1</message-id><recipient uri=\"\"><status>408</status></recipient>"
            "<recipient uri=\"sip:a@b\"><status>99999</status></recipient></imdn>");
        QVERIFY(odd && odd->recipients.isEmpty());
    }

    void sdpOffers()
    {
        const auto offer = parseImSdp(sdpVector());
        QVERIFY(offer);
        QCOMPARE(offer->address, "192.0.2.10"_ba);
        QCOMPARE(offer->port, quint16(50713));
        QCOMPARE(offer->media, "message"_ba);
        QCOMPARE(offer->target, "null"_ba);
        QVERIFY(offer->accepts("Text/HTML"));
        QVERIFY(!offer->accepts("application/pdf"));
        QCOMPARE(buildImSdp(*offer), sdpVector());
    }

    void sdpAnswersUseTheWordOfTheOffer()
    {
        const auto old = parseImSdp("v=0\r\no=- 0 0 IN IP6 2001:db8::1\r\ns=session\r\nc=IN IP6 "
                                    "2001:db8::1\r\nt=0 0\r\nm=x-ms-message 5060 sip null\r\n");
        QVERIFY(old);
        QCOMPARE(old->address, "2001:db8::1"_ba);
        QVERIFY(old->accepts("text/plain"));
        const QByteArray answer
            = buildImSdpAnswer(*old, "192.0.2.10"_ba, 5061, "sip:ann@litwareinc.com"_ba);
        QVERIFY(answer.contains("\r\nm=x-ms-message 5061 sip sip:ann@litwareinc.com\r\n"));
        QVERIFY(parseImSdp(answer)->accepts("text/plain"));
    }

    void sdpOfOtherSessions_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::newRow("call") << "v=0\r\nc=IN IP4 192.0.2.10\r\nm=audio 5000 RTP/AVP 0\r\n"_ba
                              << int(DocumentError::Kind::Unexpected);
        QTest::newRow("not SDP") << "hello"_ba << int(DocumentError::Kind::Malformed);
        QTest::newRow("empty") << ""_ba << int(DocumentError::Kind::Malformed);
        QTest::newRow("huge") << "v=0\r\n"_ba.repeated(10'000)
                              << int(DocumentError::Kind::TooLarge);
        QTest::newRow("short lines")
            << "v=0\nm=\nm\nc=\na=\nm=message\n"_ba << int(DocumentError::Kind::Unexpected);
    }
    void sdpOfOtherSessions()
    {
        QFETCH(QByteArray, body);
        const auto read = parseImSdp(body);
        QVERIFY(!read);
        QTEST(int(read.error().kind), "kind");
    }

    void sdpValuesCannotAddLines()
    {
        ImSdp sdp;
        sdp.address = "192.0.2.1\r\na=evil"_ba;
        sdp.target = "sip:x@y\r\nm=audio 1 x y"_ba;
        QVERIFY(!buildImSdp(sdp).contains("\r\na=evil"));
        QVERIFY(!buildImSdp(sdp).contains("\r\nm=audio"));
    }
};

QTEST_GUILESS_MAIN(tst_ImBody)
#include "tst_imbody.moc"
