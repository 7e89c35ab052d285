// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ircformat.h"
#include "protocols/irc/wire/textcodec.h"
#include "protocols/irc/wire/textsplit.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::irc;

namespace {
const QString kFamily = u"👩‍👩‍👧‍👦"_s;
const QString kMixed
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞 "_s;
} // namespace

class tst_IrcText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyOfferedEncodingWorks();
    void legacyRoundTrips_data();
    void legacyRoundTrips();
    void unknownEncodingFallsBack();
    void decodesUtf8First();
    void encodesWhatDoesNotFitAsUtf8();
    void splitsWithinBudget_data();
    void splitsWithinBudget();
    void splitsAtWords();
    void neverCutsACharacter();
    void splitsEndlessCombiningMarks();
    void splitsLines();
    void budgetLeavesRoomForThePrefix();
    void parsesFormatting_data();
    void parsesFormatting();
    void formattingRoundTrips();
};

void tst_IrcText::everyOfferedEncodingWorks()
{
    const QStringList names = TextCodec::available();
    QCOMPARE(names.first(), u"UTF-8"_s);
    QVERIFY(names.contains(u"KOI8-R"_s));
    QVERIFY(names.contains(u"ISO-2022-JP"_s));
    for (const QString &name : names) {
        const TextCodec codec(name);
        QVERIFY2(codec.isKnown(), qPrintable(name));
        QCOMPARE(codec.decode(codec.encode(u"plain text"_s)), u"plain text"_s);
    }
}

void tst_IrcText::legacyRoundTrips_data()
{
    QTest::addColumn<QString>("encoding");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("Latin-1") << u"ISO-8859-1"_s << u"Grüße"_s << "Gr\xfc\xdf\x65"_ba;
    QTest::newRow("Latin-2") << u"ISO-8859-2"_s << u"Zażółć gęślą jaźń"_s
                             << "Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1"_ba;
    QTest::newRow("windows-1250") << u"windows-1250"_s << u"gęślą"_s << "g\xea\x9cl\xb9"_ba;
    QTest::newRow("windows-1251") << u"windows-1251"_s << u"Привет"_s
                                  << "\xcf\xf0\xe8\xe2\xe5\xf2"_ba;
    QTest::newRow("KOI8-R") << u"KOI8-R"_s << u"Привет"_s << "\xf0\xd2\xc9\xd7\xc5\xd4"_ba;
    QTest::newRow("ISO-2022-JP") << u"ISO-2022-JP"_s << u"こんにちは"_s
                                 << "\x1b$B$3$s$K$A$O\x1b(B"_ba;
    QTest::newRow("UTF-8") << u"utf-8"_s << kMixed << kMixed.toUtf8();
}

void tst_IrcText::legacyRoundTrips()
{
    QFETCH(QString, encoding);
    QFETCH(QString, text);
    QFETCH(QByteArray, bytes);
    const TextCodec codec(encoding);
    QVERIFY(codec.isKnown());
    QCOMPARE(codec.encode(text), bytes);
    QCOMPARE(codec.decode(bytes), text);
    QCOMPARE(codec.encodedSize(text), bytes.size());
}

void tst_IrcText::unknownEncodingFallsBack()
{
    const TextCodec codec(u"no-such-encoding"_s);
    QVERIFY(!codec.isKnown());
    QVERIFY(codec.isUtf8());
    QVERIFY(!TextCodec(u"UTF-16"_s).isKnown());
    QCOMPARE(codec.encode(kMixed), kMixed.toUtf8());
}

void tst_IrcText::decodesUtf8First()
{
    QCOMPARE(TextCodec(u"KOI8-R"_s).decode(kMixed.toUtf8()), kMixed);
    QCOMPARE(TextCodec().decode("caf\xe9 \x80"), u"café €"_s);
}

void tst_IrcText::encodesWhatDoesNotFitAsUtf8()
{
    QCOMPARE(TextCodec(u"ISO-8859-1"_s).encode(u"こんにちは"_s), u"こんにちは"_s.toUtf8());
    QCOMPARE(TextCodec(u"KOI8-R"_s).encode(u"🦄"_s), u"🦄"_s.toUtf8());
}

void tst_IrcText::splitsWithinBudget_data()
{
    QTest::addColumn<QString>("encoding");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("budget");
    for (const int budget : { 16, 30, 100, 400 }) {
        QTest::addRow("mixed UTF-8, %d", budget) << u"UTF-8"_s << kMixed.repeated(10) << budget;
        QTest::addRow("Polish Latin-2, %d", budget)
            << u"ISO-8859-2"_s << u"Zażółć gęślą jaźń "_s.repeated(40) << budget;
        QTest::addRow("ISO-2022-JP, %d", budget)
            << u"ISO-2022-JP"_s << u"こんにちは世界"_s.repeated(40) << budget;
        QTest::addRow("no spaces, %d", budget) << u"UTF-8"_s << u"x"_s.repeated(1000) << budget;
    }
}

void tst_IrcText::splitsWithinBudget()
{
    QFETCH(QString, encoding);
    QFETCH(QString, text);
    QFETCH(int, budget);
    const TextCodec codec(encoding);
    const QStringList pieces = splitText(text, budget, codec);
    QVERIFY(pieces.size() > 1);
    QCOMPARE(pieces.join(QString()), text);
    for (const QString &piece : pieces) {
        QVERIFY(!piece.isEmpty());
        QVERIFY2(codec.encode(piece).size() <= budget, qPrintable(piece));
        QCOMPARE(codec.decode(codec.encode(piece)), piece);
    }
}

void tst_IrcText::splitsAtWords()
{
    QCOMPARE(splitText(u"The quick brown fox jumps"_s, 16, TextCodec()),
        (QStringList { u"The quick brown "_s, u"fox jumps"_s }));
    // A long word is not moved down when that would leave the line nearly empty.
    QCOMPARE(splitText(u"a Donaudampfschifffahrt"_s, 16, TextCodec()),
        (QStringList { u"a Donaudampfschi"_s, u"fffahrt"_s }));
}

void tst_IrcText::neverCutsACharacter()
{
    QCOMPARE(splitText(u"ก็ "_s + kFamily, 30, TextCodec()),
        (QStringList { u"ก็ "_s, kFamily })); // a bug in Qt
    const QString text = kFamily.repeated(9);
    for (qsizetype budget = 25; budget < 120; ++budget) {
        for (const QString &piece : splitText(text, budget, TextCodec())) {
            QCOMPARE(piece.size() % kFamily.size(), 0);
            QVERIFY(piece.startsWith(kFamily));
        }
    }
    for (const QString &piece : splitText(u"e\u0301"_s.repeated(50), 16, TextCodec())) {
        QVERIFY(piece.startsWith(u'e'));
        QVERIFY(piece.endsWith(QChar(0x301)));
    }
}

void tst_IrcText::splitsEndlessCombiningMarks()
{
    const QString text = u"e"_s + u"\u0301"_s.repeated(500) + u"𝄞"_s.repeated(20);
    const QStringList pieces = splitText(text, 50, TextCodec());
    QCOMPARE(pieces.join(QString()), text);
    for (const QString &piece : pieces) {
        QVERIFY(piece.toUtf8().size() <= 50);
        QVERIFY(piece.isValidUtf16());
    }
}

void tst_IrcText::splitsLines()
{
    QCOMPARE(splitText(u"one\ntwo\r\n\n three "_s, 100, TextCodec()),
        (QStringList { u"one"_s, u"two"_s, u" three "_s }));
    QCOMPARE(splitText(u"\n\n"_s, 100, TextCodec()), QStringList());
}

void tst_IrcText::budgetLeavesRoomForThePrefix()
{
    const QByteArray prefix = "nick!user@host.example";
    const qsizetype budget = textBudget(prefix.size(), "PRIVMSG", "#linchpin");
    const QByteArray line
        = ':' + prefix + " PRIVMSG #linchpin :" + QByteArray(budget, 'x') + "\r\n";
    QCOMPARE(line.size(), 512);
    QVERIFY(textBudget(600, "PRIVMSG", "#c") > 0);
}

void tst_IrcText::parsesFormatting_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<FormatRun>>("runs");
    using Runs = QList<FormatRun>;
    QTest::newRow("plain") << u"plain"_s << Runs { { .text = u"plain"_s } };
    QTest::newRow("bold") << u"a \u0002b\u0002 c"_s
                          << Runs { { .text = u"a "_s }, { .text = u"b"_s, .bold = true },
                                 { .text = u" c"_s } };
    QTest::newRow("reset")
        << u"\u0002\u001d\u001fb\u000fc"_s
        << Runs { { .text = u"b"_s, .bold = true, .italic = true, .underline = true },
               { .text = u"c"_s } };
    QTest::newRow("colour") << u"\u000304red\u0003 end"_s
                            << Runs { { .text = u"red"_s, .foreground = 0xff0000 },
                                   { .text = u" end"_s } };
    QTest::newRow("colour and background")
        << u"\u00034,12x"_s
        << Runs { { .text = u"x"_s, .foreground = 0xff0000, .background = 0x0000fc } };
    QTest::newRow("a comma that is text")
        << u"\u00034,x"_s << Runs { { .text = u",x"_s, .foreground = 0xff0000 } };
    QTest::newRow("a third digit is text")
        << u"\u0003045"_s << Runs { { .text = u"5"_s, .foreground = 0xff0000 } };
    QTest::newRow("default colour")
        << u"\u000304a\u000399b"_s
        << Runs { { .text = u"a"_s, .foreground = 0xff0000 }, { .text = u"b"_s } };
    QTest::newRow("hex colour") << u"\u000412abEFx"_s
                                << Runs { { .text = u"x"_s, .foreground = 0x12abef } };
    QTest::newRow("monospace, strike, reverse")
        << u"\u0011\u001e\u0016x"_s
        << Runs { { .text = u"x"_s, .strike = true, .monospace = true, .reverse = true } };
    QTest::newRow("other controls are dropped")
        << u"a\u0007b\u0001c"_s << Runs { { .text = u"abc"_s } };
    QTest::newRow("codes alone") << u"\u0002\u0003"_s << Runs {};
}

void tst_IrcText::parsesFormatting()
{
    QFETCH(QString, text);
    QFETCH(QList<FormatRun>, runs);
    QCOMPARE(parseFormatting(text), runs);
    QString plain;
    for (const FormatRun &run : runs) {
        plain += run.text;
    }
    QCOMPARE(withoutFormatting(text), plain);
}

void tst_IrcText::formattingRoundTrips()
{
    const QList<FormatRun> runs {
        { .text = u"a"_s },
        { .text = u"1b"_s, .bold = true, .foreground = 0x12abef },
        { .text = u",2c"_s,
            .bold = true,
            .italic = true,
            .foreground = 0x12abef,
            .background = 0x000001 },
        { .text = u"d"_s, .underline = true },
        { .text = u"مرحبا"_s, .strike = true, .monospace = true },
    };
    QCOMPARE(parseFormatting(makeFormatting(runs)), runs);
}

QTEST_GUILESS_MAIN(tst_IrcText)
#include "tst_irctext.moc"
