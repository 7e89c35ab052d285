// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/richtext.h"

#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestRichText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plainFromHtml_data();
    void plainFromHtml();
    void hostile_data();
    void hostile();
    void sanitisedHtml_data();
    void sanitisedHtml();
    void roundTrip_data();
    void roundTrip();
    void keepsEveryScript_data();
    void keepsEveryScript();
    void fromPlain();
    void fromSpansIsChecked();
    void deepAndLong();
    void links_data();
    void links();
    void linksAreBounded();
};

void TestRichText::plainFromHtml_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("plain");
    QTest::newRow("words") << u"Hello <b>world</b>"_s << u"Hello world"_s;
    QTest::newRow("white space") << u"a\n   b\t c"_s << u"a b c"_s;
    QTest::newRow("breaks") << u"a<br>b<br/>c"_s << u"a\nb\nc"_s;
    QTest::newRow("empty line") << u"a<br><br>b"_s << u"a\n\nb"_s;
    QTest::newRow("paragraphs") << u"<p>a</p><p>b</p>"_s << u"a\nb"_s;
    QTest::newRow("nested blocks") << u"<div><p>a</p></div><div>b</div>"_s << u"a\nb"_s;
    QTest::newRow("list") << u"<ul><li>a</li><li>b</li></ul>"_s << u"• a\n• b"_s;
    QTest::newRow("pre") << u"<pre>a\n  b</pre>"_s << u"a\n  b"_s;
    QTest::newRow("entities") << u"&lt;&amp;&gt;&quot;&apos;&nbsp;&euro;"_s << u"<&>\"' €"_s;
    QTest::newRow("numeric") << u"&#65;&#x1F984;&#x1d11e;"_s << u"A🦄𝄞"_s;
    QTest::newRow("no entities") << u"AT&T &unknown; &#xD800; &#0; &#x110000; &"_s
                                 << u"AT&T &unknown; &#xD800; &#0; &#x110000; &"_s;
    QTest::newRow("entity once") << u"&amp;lt;b&amp;gt;"_s << u"&lt;b&gt;"_s;
    QTest::newRow("comparison") << u"1 < 2 and <3"_s << u"1 < 2 and <3"_s;
    QTest::newRow("unfinished tag") << u"a <b"_s << u"a"_s;
    QTest::newRow("unclosed") << u"<b>a <i>b"_s << u"a b"_s;
    QTest::newRow("stray close") << u"a</b>b</html>"_s << u"ab"_s;
    QTest::newRow("comment") << u"a<!-- <b>x</b> -->b<!-- open"_s << u"ab"_s;
    QTest::newRow("doctype") << u"<!DOCTYPE html><?xml version='1.0'?>a"_s << u"a"_s;
    QTest::newRow("quoted bracket") << u"<a href=\"http://x.test/?a>b\">t</a>"_s << u"t"_s;
    QTest::newRow("upper case") << u"<B>a</B><BR>b"_s << u"a\nb"_s;
    QTest::newRow("empty") << u""_s << u""_s;
}

void TestRichText::plainFromHtml()
{
    QFETCH(QString, html);
    QTEST(RichText::fromHtml(html).plain(), "plain");
}

void TestRichText::hostile_data()
{
    QTest::addColumn<QString>("html");
    QTest::newRow("script") << u"a<script>alert(1)</script>b"_s;
    QTest::newRow("script, open") << u"a<script>alert(1)"_s;
    QTest::newRow("script, spaced") << u"a<script >alert(1)</script >b"_s;
    QTest::newRow("script, upper") << u"a<SCRIPT>alert(1)</SCRIPT>b"_s;
    QTest::newRow("script, nested") << u"<scr<script>ipt>alert(1)</scr</script>ipt>"_s;
    QTest::newRow("script, slash") << u"<script/src=\"http://evil.test/x.js\"></script>"_s;
    QTest::newRow("style") << u"a<style>*{background:url(javascript:alert(1))}</style>b"_s;
    QTest::newRow("event") << u"<b onmouseover=\"alert(1)\">a</b>"_s;
    QTest::newRow("event, no quotes") << u"<img src=x onerror=alert(1)>"_s;
    QTest::newRow("event, svg") << u"<svg/onload=alert(1)>"_s;
    QTest::newRow("svg") << u"<svg><script>alert(1)</script></svg>"_s;
    QTest::newRow("iframe") << u"<iframe src=\"javascript:alert(1)\"></iframe>"_s;
    QTest::newRow("object") << u"<object data=\"javascript:alert(1)\">x</object>"_s;
    QTest::newRow("embed") << u"<embed src=\"javascript:alert(1)\">"_s;
    QTest::newRow("form") << u"<form action=\"http://evil.test\"><input name=pw></form>"_s;
    QTest::newRow("link javascript") << u"<a href=\"javascript:alert(1)\">a</a>"_s;
    QTest::newRow("link JaVaScRiPt") << u"<a href=\" JaVaScRiPt:alert(1)\">a</a>"_s;
    QTest::newRow("link with entity") << u"<a href=\"java&#115;cript:alert(1)\">a</a>"_s;
    QTest::newRow("link with newline") << u"<a href=\"java\nscript:alert(1)\">a</a>"_s;
    QTest::newRow("link with tab") << u"<a href=\"java&#9;script:alert(1)\">a</a>"_s;
    QTest::newRow("link data") << u"<a href=\"data:text/html,<script>alert(1)</script>\">a</a>"_s;
    QTest::newRow("link file") << u"<a href=\"file:///etc/passwd\">a</a>"_s;
    QTest::newRow("link vbscript") << u"<a href=\"vbscript:msgbox(1)\">a</a>"_s;
    QTest::newRow("css url") << u"<b style=\"background:url(http://evil.test/x)\">a</b>"_s;
    QTest::newRow("css expression") << u"<b style=\"color:expression(alert(1))\">a</b>"_s;
    QTest::newRow("css breaking out")
        << u"<b style='color:red\"><script>alert(1)</script>'>a</b>"_s;
    QTest::newRow("color breaking out") << u"<font color='\"><script>alert(1)</script>'>a</font>"_s;
    QTest::newRow("href breaking out")
        << u"<a href='http://x.test/\"><script>alert(1)</script>'>a</a>"_s;
    QTest::newRow("remote picture") << u"<img src=\"http://evil.test/beacon.png\">a"_s;
    QTest::newRow("meta") << u"<meta http-equiv=refresh content=\"0;url=http://evil.test\">a"_s;
    QTest::newRow("base") << u"<base href=\"http://evil.test/\">a"_s;
    QTest::newRow("escaped tags") << u"&lt;script&gt;alert(1)&lt;/script&gt;"_s;
    QTest::newRow("control characters") << u"a\u0000\u0001\u0008\u001b[31mb&#27;[0m&#1;"_s;
}

void TestRichText::hostile()
{
    QFETCH(QString, html);
    const RichText text = RichText::fromHtml(html);
    const QString out = text.toHtml();
    // Nothing that the whitelist does not make: tags with at most a safe href or a colour.
    static const QRegularExpression kAllowed(
        u"<(/?(b|i|u|s|code|a|span)|br/)( href=\"(https?|mailto|xmpp|sips?|ircs?|ftp|tel):[^\"<>]*\"| style=\"color:#[0-9a-f]{6}\")?>"_s);
    QString rest = out;
    rest.remove(kAllowed);
    QVERIFY2(!rest.contains(u'<') && !rest.contains(u'>'), qPrintable(out));
    // Whatever stands in tags: no scheme and no handler slipped in.
    auto tags = kAllowed.globalMatch(out);
    while (tags.hasNext()) {
        QVERIFY(!tags.next().captured().contains("script:"_L1, Qt::CaseInsensitive));
    }
    for (const RichText::Span &span : text.spans()) {
        QVERIFY2(span.link.isEmpty() || span.link.host() == "x.test"_L1,
            qPrintable(span.link.toString()));
    }
    for (const QChar c : text.plain()) {
        QVERIFY(c.unicode() >= 0x20 || c == u'\n' || c == u'\t');
    }
    // What comes out goes in again unchanged.
    QCOMPARE(RichText::fromHtml(out).toHtml(), out);
}

void TestRichText::sanitisedHtml_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("out");
    QTest::newRow("bold") << u"<strong>a</strong>"_s << u"<b>a</b>"_s;
    QTest::newRow("all") << u"<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code>"_s
                         << u"<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code>"_s;
    QTest::newRow("nested") << u"<b>a<i>b</i></b>"_s << u"<b>a</b><b><i>b</i></b>"_s;
    QTest::newRow("font color") << u"<font color=\"red\">a</font>"_s
                                << u"<span style=\"color:#ff0000\">a</span>"_s;
    QTest::newRow("short color") << u"<font color=#0F8>a</font>"_s
                                 << u"<span style=\"color:#00ff88\">a</span>"_s;
    QTest::newRow("css") << u"<span style=\"font-weight:bold; color:#123456; width:1px\">a</span>"_s
                         << u"<span style=\"color:#123456\"><b>a</b></span>"_s;
    QTest::newRow("lync")
        << u"<DIV style=\"font-size:10pt;font-family:Segoe UI\">hi <B>you</B></DIV>"_s
        << u"hi <b>you</b>"_s;
    QTest::newRow("link") << u"<a href=\"https://x.test/?a=1&amp;b=2\">t</a>"_s
                          << u"<a href=\"https://x.test/?a=1&amp;b=2\">t</a>"_s;
    QTest::newRow("escapes") << u"&lt;b&gt; &amp; \"q\""_s << u"&lt;b&gt; &amp; &quot;q&quot;"_s;
}

void TestRichText::sanitisedHtml()
{
    QFETCH(QString, html);
    QTEST(RichText::fromHtml(html).toHtml(), "out");
}

void TestRichText::roundTrip_data()
{
    QTest::addColumn<QString>("html");
    QTest::newRow("formats") << u"a <b>b <i>c</i></b> <u>d</u>"_s;
    QTest::newRow("lines") << u"a<br/>b<br/><br/><b>c</b>"_s;
    QTest::newRow("link") << u"see <a href=\"http://x.test/%C3%BC\">this</a>!"_s;
    QTest::newRow("emoji") << u"<b>👩‍👩‍👧‍👦</b>🦄<i>𝄞</i>"_s;
    QTest::newRow("arabic") << u"<b>مرحبا</b> بالعالم"_s;
}

void TestRichText::roundTrip()
{
    QFETCH(QString, html);
    const RichText text = RichText::fromHtml(html);
    QCOMPARE(RichText::fromHtml(text.toHtml()), text);
    QCOMPARE(RichText::fromSpans(text.plain(), text.spans()), text);
}

void TestRichText::keepsEveryScript_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("polish") << u"Zażółć gęślą jaźń"_s;
    QTest::newRow("japanese") << u"こんにちは世界"_s;
    QTest::newRow("arabic") << u"مرحبا بالعالم"_s;
    QTest::newRow("combining") << u"e\u0301 ก็"_s;
    QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞"_s;
}

void TestRichText::keepsEveryScript()
{
    QFETCH(QString, text);
    QCOMPARE(RichText::fromPlain(text).plain(), text);
    QVERIFY(RichText::fromPlain(text).isPlain());
    QCOMPARE(RichText::fromHtml(text.toHtmlEscaped()).plain(), text);
    QCOMPARE(RichText::fromHtml(u"<b>"_s + text + u"</b>"_s).plain(), text);
    QString entities;
    for (const char32_t c : text.toUcs4()) {
        entities += u"&#%1;"_s.arg(uint(c));
    }
    QCOMPARE(RichText::fromHtml(entities).plain(), text);
}

void TestRichText::fromPlain()
{
    QCOMPARE(
        RichText::fromPlain(u"a\r\nb\rc\nd\te\u0007\u007f<b>"_s).plain(), u"a\nb\nc\nd\te<b>"_s);
    QCOMPARE(RichText::fromPlain(u"<b>&"_s).toHtml(), u"&lt;b&gt;&amp;"_s);
    QVERIFY(RichText::fromPlain({}).isEmpty());
}

void TestRichText::fromSpansIsChecked()
{
    const RichText text = RichText::fromSpans(u"hello"_s,
        { { .start = -5, .length = 3, .bold = true }, { .start = 3, .length = 100, .italic = true },
            { .start = 100, .length = 1, .bold = true },
            { .start = 0, .length = 2, .link = QUrl(u"javascript:alert(1)"_s) },
            { .start = 0, .length = 2, .color = u"red;x"_s } });
    for (const RichText::Span &span : text.spans()) {
        QVERIFY(span.start >= 0 && span.length > 0 && span.start + span.length <= 5);
        QVERIFY(span.link.isEmpty() && span.color.isEmpty());
    }
    QVERIFY(!text.toHtml().contains("javascript"_L1));
    // Overlaps do not nest wrongly.
    const RichText overlap = RichText::fromSpans(u"abcdef"_s,
        { { .start = 0, .length = 4, .bold = true }, { .start = 2, .length = 4, .italic = true } });
    QCOMPARE(overlap.toHtml(), u"<b>abcd</b>ef"_s);
}

void TestRichText::deepAndLong()
{
    QCOMPARE(RichText::fromHtml(u"<b>"_s.repeated(50000) + u"x"_s).plain(), u"x"_s);
    QCOMPARE(RichText::fromHtml(u"<b>x</b>"_s.repeated(30000)).plain().size(), 30000);
    QVERIFY(
        RichText::fromHtml(QString(1'000'000, u'x')).plain().size() <= qsizetype { 256 } * 1024);
    // Squares of these lengths would be felt.
    QCOMPARE(RichText::fromHtml(QString(250'000, u'&')).plain().size(), 250'000);
    QVERIFY(RichText::fromHtml(u"<"_s.repeated(250'000)).plain().size() > 0);
    RichText::fromHtml(u"<a href='"_s.repeated(20'000));
    RichText::fromHtml(u"<!--"_s.repeated(60'000));
    RichText::fromHtml(u"<script>"_s.repeated(30'000));
    RichText::fromHtml(u"<b "_s + u"a=b "_s.repeated(60'000) + u">x</b>"_s);
}

void TestRichText::links_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("found");
    QTest::newRow("none") << u"no links. here@all http: www. //x"_s << QStringList {};
    QTest::newRow("http") << u"see http://x.test/a?b=c#d now"_s
                          << QStringList { u"http://x.test/a?b=c#d"_s };
    QTest::newRow("full stop") << u"see https://x.test."_s << QStringList { u"https://x.test"_s };
    QTest::newRow("comma") << u"https://x.test/a, and"_s << QStringList { u"https://x.test/a"_s };
    QTest::newRow("brackets") << u"(https://x.test/a)"_s << QStringList { u"https://x.test/a"_s };
    QTest::newRow("own brackets") << u"https://x.test/a_(b) c"_s
                                  << QStringList { u"https://x.test/a_(b)"_s };
    QTest::newRow("quotes") << u"\"https://x.test/a\" “https://y.test/b”"_s
                            << QStringList { u"https://x.test/a"_s, u"https://y.test/b"_s };
    QTest::newRow("www") << u"www.x.test/a!"_s << QStringList { u"www.x.test/a"_s };
    QTest::newRow("mailto") << u"mailto:a@b.test"_s << QStringList { u"mailto:a@b.test"_s };
    QTest::newRow("xmpp, sip, irc")
        << u"xmpp:a@b.test sip:c@d.test ircs://e.test/f"_s
        << QStringList { u"xmpp:a@b.test"_s, u"sip:c@d.test"_s, u"ircs://e.test/f"_s };
    QTest::newRow("javascript") << u"javascript:alert(1) data:text/html,x file:///etc"_s
                                << QStringList {};
    QTest::newRow("unicode") << u"見て https://例え.test/こんにちは！"_s
                             << QStringList { u"https://例え.test/こんにちは！"_s };
    QTest::newRow("after emoji") << u"👩‍👩‍👧‍👦 https://x.test/🦄"_s
                                 << QStringList { u"https://x.test/🦄"_s };
    QTest::newRow("inside a word") << u"xhttp://x.test"_s << QStringList {};
    QTest::newRow("angle") << u"<https://x.test/a>"_s << QStringList { u"https://x.test/a"_s };
}

void TestRichText::links()
{
    QFETCH(QString, text);
    QStringList found;
    for (const LinkRange &link : findLinks(text)) {
        found.append(text.mid(link.start, link.length));
        QVERIFY(link.url.isValid() && !link.url.scheme().isEmpty());
    }
    QTEST(found, "found");
}

void TestRichText::linksAreBounded()
{
    QVERIFY(findLinks(u"https://x.test "_s.repeated(10000)).size() <= 256);
    findLinks(u"https://x.test/"_s + QString(500'000, u')'));
    findLinks(u"mailto:"_s + QString(500'000, u'a'));
    findLinks(u"mailto:"_s.repeated(50'000));
    findLinks(u"www."_s.repeated(100'000));
    findLinks(u"http://"_s.repeated(70'000));
}

QTEST_GUILESS_MAIN(TestRichText)
#include "tst_richtext.moc"
