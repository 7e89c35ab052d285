// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/im/conversationids.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const QDateTime start(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
const auto bob = u"bob@litwareinc.test"_s;
const auto yuki = u"\u96EA@litwareinc.test"_s;

} // namespace

class tst_ConversationIds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesWhatIsAToken_data();
    void takesWhatIsAToken();
    void lastsADay();
    void outlivesTheLine();
    void ignoresNonsense_data();
    void ignoresNonsense();
    void isBounded();
};

void tst_ConversationIds::takesWhatIsAToken_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<bool>("taken");
    QTest::newRow("a number") << "2896471123"_ba << true;
    QTest::newRow("amsn's") << "f=0"_ba << true;
    QTest::newRow("hex") << "AD1f-02.x"_ba << true;
    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("another header") << "1\r\nX-Evil: 1"_ba << false;
    QTest::newRow("a parameter") << "1;x=2"_ba << false;
    QTest::newRow("not ASCII") << u"\u96EA"_s.toUtf8() << false;
    QTest::newRow("longest") << QByteArray(64, '7') << true;
    QTest::newRow("too long") << QByteArray(65, '7') << false;
}

void tst_ConversationIds::takesWhatIsAToken()
{
    QFETCH(QByteArray, id);
    QFETCH(bool, taken);
    ConversationIds ids;
    QCOMPARE(ids.set(bob, id, start), taken);
    QCOMPARE(ids.of(bob, start), taken ? id : QByteArray());
    QVERIFY(!ids.set(bob, id, start)); // no news
    QCOMPARE(ids.forget(bob), taken);
    QVERIFY(ids.of(bob, start).isEmpty());
}

void tst_ConversationIds::lastsADay()
{
    ConversationIds ids;
    ids.set(bob, "1"_ba, start);
    QCOMPARE(ids.of(bob, start.addSecs(86399)), "1"_ba);
    QVERIFY(ids.of(bob, start.addDays(1)).isEmpty());
    QVERIFY(ids.of(bob, start.addSecs(-1)).isEmpty()); // a clock that was set back
    QVERIFY(ids.set(bob, "1"_ba, start.addDays(1))); // the same number, another life
    QCOMPARE(ids.of(bob, start.addDays(1)), "1"_ba);
}

void tst_ConversationIds::outlivesTheLine()
{
    ConversationIds ids;
    ids.set(bob, "1"_ba, start);
    ids.set(yuki, "2"_ba, start.addSecs(60));
    const ConversationIds again(ids.toBytes(), start.addSecs(120));
    QCOMPARE(again.of(bob, start.addSecs(120)), "1"_ba);
    QCOMPARE(again.of(yuki, start.addSecs(120)), "2"_ba);
    const ConversationIds later(ids.toBytes(), start.addSecs(86430));
    QVERIFY(later.of(bob, start.addSecs(86430)).isEmpty());
    QCOMPARE(later.of(yuki, start.addSecs(86430)), "2"_ba);
    QCOMPARE(ConversationIds(later.toBytes(), start.addDays(3)).toBytes(), QByteArray());
    QCOMPARE(ConversationIds().toBytes(), QByteArray());
}

void tst_ConversationIds::ignoresNonsense_data()
{
    QTest::addColumn<QByteArray>("remembered");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << "\xff\xfe{"_ba;
    QTest::newRow("a list") << "[1,2]"_ba;
    QTest::newRow("no times") << R"({"bob@litwareinc.test":{"id":"1"}})"_ba;
    QTest::newRow("no token")
        << R"({"bob@litwareinc.test":{"id":"1\r\nX","since":"2026-03-01T12:00:00Z"}})"_ba;
}

void tst_ConversationIds::ignoresNonsense()
{
    QFETCH(QByteArray, remembered);
    QCOMPARE(ConversationIds(remembered, start).toBytes(), QByteArray());
}

void tst_ConversationIds::isBounded()
{
    ConversationIds ids;
    for (int i = 0; i < 1000; ++i) {
        ids.set(u"p%1@litwareinc.test"_s.arg(i), QByteArray::number(i), start.addSecs(i));
    }
    const QDateTime now = start.addSecs(1000);
    QVERIFY(ids.of(u"p0@litwareinc.test"_s, now).isEmpty());
    QVERIFY(ids.of(u"p935@litwareinc.test"_s, now).isEmpty());
    QCOMPARE(ids.of(u"p936@litwareinc.test"_s, now), "936"_ba);
    QVERIFY(!ids.set(QString(2000, u'x'), "1"_ba, now));
}

QTEST_APPLESS_MAIN(tst_ConversationIds)
#include "tst_conversationids.moc"
