// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/servicesecrets.h"

#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestServiceSecrets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void messages_data();
    void messages();
    void formattingStays();
    void drafts_data();
    void drafts();
};

void TestServiceSecrets::messages_data()
{
    QTest::addColumn<QString>("with");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("kept");
    QTest::newRow("identify") << u"NickServ"_s << u"IDENTIFY kanarek"_s << u"IDENTIFY …"_s;
    QTest::newRow("small letters")
        << u"nickserv"_s << u"identify alice kanarek"_s << u"identify …"_s;
    QTest::newRow("register") << u"NickServ"_s << u"REGISTER kanarek a@b.test"_s << u"REGISTER …"_s;
    QTest::newRow("Q of QuakeNet")
        << u"Q@CServe.quakenet.org"_s << u"AUTH alice kanarek"_s << u"AUTH …"_s;
    QTest::newRow("second line") << u"NickServ"_s << u"help\nIDENTIFY kanarek"_s
                                 << u"help\nIDENTIFY …"_s;
    QTest::newRow("harmless") << u"NickServ"_s << u"INFO alice"_s << u"INFO alice"_s;
    QTest::newRow("a person") << u"bob"_s << u"IDENTIFY yourself"_s << u"IDENTIFY yourself"_s;
    const QString languages
        = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;
    QTest::newRow("languages") << u"bob"_s << languages << languages;
    QTest::newRow("to a service") << u"NickServ"_s << languages << languages;
    QTest::newRow("password of them")
        << u"NickServ"_s << u"IDENTIFY "_s + languages << u"IDENTIFY …"_s;
}

void TestServiceSecrets::messages()
{
    QFETCH(QString, with);
    QFETCH(QString, text);
    QFETCH(QString, kept);
    QCOMPARE(withoutServiceSecrets(with, RichText::fromPlain(text)).plain(), kept);
}

void TestServiceSecrets::formattingStays()
{
    const RichText bold = RichText::fromSpans(
        u"hello bob"_s, { RichText::Span { .start = 6, .length = 3, .bold = true } });
    QCOMPARE(withoutServiceSecrets(u"NickServ"_s, bold), bold);
}

void TestServiceSecrets::drafts_data()
{
    QTest::addColumn<QString>("with");
    QTest::addColumn<QString>("draft");
    QTest::addColumn<QString>("kept");
    QTest::newRow("words") << u"bob"_s << u"see you at /three"_s << u"see you at /three"_s;
    QTest::newRow("identify") << u"NickServ"_s << u"IDENTIFY kanarek"_s << QString();
    QTest::newRow("to a service from elsewhere")
        << u"bob"_s << u"/msg NickServ IDENTIFY kanarek"_s << QString();
    QTest::newRow("to a service, harmless")
        << u"bob"_s << u"/msg NickServ HELP"_s << u"/msg NickServ HELP"_s;
    QTest::newRow("short form") << u"bob"_s << u"/ns identify kanarek"_s << QString();
    QTest::newRow("raw") << u"bob"_s << u"/quote PASS kanarek"_s << QString();
    QTest::newRow("operator") << u"bob"_s << u"/oper alice kanarek"_s << QString();
    QTest::newRow("join") << u"bob"_s << u"/join #room kanarek"_s << u"/join #room"_s;
    QTest::newRow("join without") << u"bob"_s << u"/join #room"_s << u"/join #room"_s;
    QTest::newRow("action") << u"bob"_s << u"/me waves 🦄"_s << u"/me waves 🦄"_s;
}

void TestServiceSecrets::drafts()
{
    QFETCH(QString, with);
    QFETCH(QString, draft);
    QFETCH(QString, kept);
    const QString result = draftToKeep(with, draft);
    if (kept.isEmpty()) {
        QVERIFY2(!result.contains("kanarek"_L1), qPrintable(result));
    } else {
        QCOMPARE(result, kept);
    }
}

QTEST_APPLESS_MAIN(TestServiceSecrets)
#include "tst_servicesecrets.moc"
