// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/filename.h"

#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TstFileName : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleaned_data()
    {
        QTest::addColumn<QString>("told");
        QTest::addColumn<QString>("clean");
        QTest::newRow("plain") << u"report.pdf"_s << u"report.pdf"_s;
        QTest::newRow("Polish") << u"Zażółć gęślą jaźń.odt"_s << u"Zażółć gęślą jaźń.odt"_s;
        QTest::newRow("Japanese") << u"こんにちは世界.txt"_s << u"こんにちは世界.txt"_s;
        QTest::newRow("Arabic") << u"مرحبا بالعالم.txt"_s << u"مرحبا بالعالم.txt"_s;
        QTest::newRow("combining") << u"e\u0301 ก็.txt"_s << u"e\u0301 ก็.txt"_s;
        QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞.png"_s
                               << u"👩‍👩‍👧‍👦🦄𝄞.png"_s;
        QTest::newRow("empty") << QString() << u"file"_s;
        QTest::newRow("path") << u"../../etc/passwd"_s << u"passwd"_s;
        QTest::newRow("Windows path")
            << u"C:\\Windows\\system32\\drivers.sys"_s << u"drivers.sys"_s;
        QTest::newRow("only a path") << u"/tmp/"_s << u"file"_s;
        QTest::newRow("parent") << u".."_s << u"file"_s;
        QTest::newRow("hidden") << u"..bashrc"_s << u"bashrc"_s;
        QTest::newRow("hidden behind spaces") << u" . .profile"_s << u"profile"_s;
        QTest::newRow("trailing dots") << u"name. . ."_s << u"name"_s;
        QTest::newRow("control") << u"a\r\n\tb\x07\x1b[31m.txt"_s << u"a b[31m.txt"_s;
        QTest::newRow("null") << QString::fromUtf16(u"a\0b.txt", 7) << u"ab.txt"_s;
        QTest::newRow("bidi") << u"photo\u202Egpj.exe"_s << u"photogpj.exe"_s;
        QTest::newRow("isolates") << u"\u2066a\u2069\u200E\uFEFF.txt"_s << u"a.txt"_s;
        QTest::newRow("lines") << u"a\u2028b\u2029.txt"_s << u"ab.txt"_s;
        QTest::newRow("lone surrogate") << u"a"_s + QChar(0xd800) + u"b"_s << u"ab"_s;
        QTest::newRow("forbidden") << u"a<b>c:d\"e|f?g*h"_s << u"a_b_c_d_e_f_g_h"_s;
        QTest::newRow("wide spaces") << u"a\u00a0\u3000b"_s << u"a  b"_s;
        QTest::newRow("CON") << u"con"_s << u"_con"_s;
        QTest::newRow("NUL with endings") << u"NUL.tar.gz"_s << u"_NUL.tar.gz"_s;
        QTest::newRow("COM1") << u"Com1.txt"_s << u"_Com1.txt"_s;
        QTest::newRow("LPT superscript") << u"LPT².txt"_s << u"_LPT².txt"_s;
        QTest::newRow("COMA is none") << u"coma.txt"_s << u"coma.txt"_s;
    }

    void cleaned()
    {
        QFETCH(QString, told);
        QFETCH(QString, clean);
        QCOMPARE(cleanedFileName(told), clean);
        QCOMPARE(cleanedFileName(clean), clean); // and stays so
    }

    void longNames_data()
    {
        QTest::addColumn<QString>("told");
        QTest::addColumn<QString>("ending");
        QTest::newRow("Latin") << QString(5000, u'x') + u".tar.gz"_s << u".tar.gz"_s;
        QTest::newRow("Japanese") << u"世"_s.repeated(300) + u".txt"_s << u".txt"_s;
        QTest::newRow("families") << u"👩‍👩‍👧‍👦"_s.repeated(60) + u".png"_s
                                  << u"👩‍👩‍👧‍👦.png"_s;
        QTest::newRow("no extension") << QString(400, u'y') << u"y"_s;
        QTest::newRow("cut at a dot")
            << QString(229, u'y') + u". "_s.repeated(20) + QString(30, u'z') << u"y"_s;
        QTest::newRow("long extension") << u"a."_s + QString(400, u'z') << u"z"_s;
    }

    void longNames()
    {
        QFETCH(QString, told);
        QFETCH(QString, ending);
        const QString clean = cleanedFileName(told);
        QVERIFY(clean.toUtf8().size() <= kLongestFileName);
        QVERIFY(clean.toUtf8().size() > kLongestFileName - 30);
        QVERIFY2(clean.endsWith(ending), qPrintable(clean));
        QVERIFY((numberedFileName(clean, 999) + u".part"_s).toUtf8().size() <= 255);
    }

    void numbered_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("number");
        QTest::addColumn<QString>("result");
        QTest::newRow("first") << u"a.txt"_s << 0 << u"a.txt"_s;
        QTest::newRow("second") << u"a.txt"_s << 1 << u"a (1).txt"_s;
        QTest::newRow("no extension") << u"README"_s << 2 << u"README (2)"_s;
        QTest::newRow("archive") << u"a.tar.xz"_s << 3 << u"a (3).tar.xz"_s;
        QTest::newRow("dots") << u"v1.2.3 notes.txt"_s << 1 << u"v1.2.3 notes (1).txt"_s;
    }

    void numbered()
    {
        QFETCH(QString, name);
        QFETCH(int, number);
        QFETCH(QString, result);
        QCOMPARE(numberedFileName(name, number), result);
    }
};

QTEST_GUILESS_MAIN(TstFileName)
#include "tst_filename.moc"
