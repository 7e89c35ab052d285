// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/messagerows.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

const QDateTime kNoon(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::LocalTime);

StoredMessage message(
    int id, int seconds, const QString &from = u"bob"_s, MessageKind kind = MessageKind::Chat)
{
    StoredMessage made;
    made.id = { id };
    made.from = from;
    made.kind = kind;
    made.direction = from == "me"_L1 ? Direction::Out : Direction::In;
    made.body = RichText::fromPlain(u"text %1"_s.arg(id));
    made.sentAt = kNoon.addSecs(seconds).toUTC();
    return made;
}

/// One letter a row: D(ate) U(nread) G(ap) F(old), m(essage) or M, the first of its group.
QString shape(const QList<MessageRowData> &rows)
{
    QString text;
    for (const MessageRowData &row : rows) {
        switch (row.kind) {
        case MessageRow::DateLine:
            text += u'D';
            break;
        case MessageRow::UnreadLine:
            text += u'U';
            break;
        case MessageRow::GapLine:
            text += u'G';
            break;
        case MessageRow::SystemFold:
            text += u'F';
            break;
        case MessageRow::Message:
            text += row.firstOfGroup ? u'M' : u'm';
            break;
        }
    }
    return text;
}

} // namespace

class MessageRowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shapes_data();
    void shapes();
    void lastOfGroup();
    void foldKeepsTexts();
};

void MessageRowsTest::shapes_data()
{
    QTest::addColumn<QList<StoredMessage>>("messages");
    QTest::addColumn<QList<StoredGap>>("gaps");
    QTest::addColumn<MessagePlace>("unreadAfter");
    QTest::addColumn<QString>("expected");
    const QList<StoredGap> none;
    const MessagePlace read;
    const auto system = MessageKind::System;
    QTest::newRow("nothing") << QList<StoredMessage> {} << none << read << QString();
    QTest::newRow("one") << QList { message(1, 0) } << none << read << u"DM"_s;
    QTest::newRow("within five minutes")
        << QList { message(1, 0), message(2, 299) } << none << read << u"DMm"_s;
    QTest::newRow("after five minutes")
        << QList { message(1, 0), message(2, 300) } << none << read << u"DMM"_s;
    QTest::newRow("another sender")
        << QList { message(1, 0), message(2, 1, u"eve"_s), message(3, 2) } << none << read
        << u"DMMM"_s;
    QTest::newRow("own and other of one name")
        << QList { message(1, 0), message(2, 1, u"me"_s) } << none << read << u"DMM"_s;
    QTest::newRow("action stands alone")
        << QList { message(1, 0), message(2, 1, u"bob"_s, MessageKind::Action), message(3, 2) }
        << none << read << u"DMMM"_s;
    QTest::newRow("over midnight")
        << QList { message(1, 12 * 3600 - 1), message(2, 12 * 3600) } << none << read << u"DMDM"_s;
    QTest::newRow("unread line") << QList { message(1, 0), message(2, 10), message(3, 20) } << none
                                 << MessagePlace { kNoon.addSecs(0).toUTC(), { 1 } } << u"DMUMm"_s;
    QTest::newRow("unread line not before own ones")
        << QList { message(1, 0), message(2, 10, u"me"_s), message(3, 20) } << none
        << MessagePlace { kNoon.toUTC(), { 1 } } << u"DMMUM"_s;
    QTest::newRow("same second, told apart by id")
        << QList { message(1, 0), message(2, 0) } << none << MessagePlace { kNoon.toUTC(), { 1 } }
        << u"DMUM"_s;
    QTest::newRow("folded") << QList { message(1, 0), message(2, 1, {}, system),
        message(3, 2, {}, system), message(4, 3) }
                            << none << read << u"DMFM"_s;
    QTest::newRow("folds of two days")
        << QList { message(1, 12 * 3600 - 1, {}, system), message(2, 12 * 3600, {}, system) }
        << none << read << u"DFDF"_s;
    QTest::newRow("gap") << QList { message(1, 0), message(2, 100) }
                         << QList<StoredGap> { { .id = 1,
                                .from = kNoon.addSecs(10).toUTC(),
                                .to = kNoon.addSecs(50).toUTC() } }
                         << read << u"DMGM"_s;
    QTest::newRow("gap before everything is not shown")
        << QList { message(1, 100) }
        << QList<StoredGap> { { .id = 1, .from = {}, .to = kNoon.addSecs(50).toUTC() } } << read
        << u"DM"_s;
}

void MessageRowsTest::shapes()
{
    QFETCH(const QList<StoredMessage>, messages);
    QFETCH(const QList<StoredGap>, gaps);
    QFETCH(const MessagePlace, unreadAfter);
    QTEST(shape(messageRows(messages, gaps, unreadAfter)), "expected");
}

void MessageRowsTest::lastOfGroup()
{
    const QList<MessageRowData> rows
        = messageRows({ message(1, 0), message(2, 1), message(3, 2, u"eve"_s) }, {}, {});
    QCOMPARE(rows.at(1).lastOfGroup, false);
    QCOMPARE(rows.at(2).lastOfGroup, true);
    QCOMPARE(rows.at(3).lastOfGroup, true);
}

void MessageRowsTest::foldKeepsTexts()
{
    const QList<MessageRowData> rows = messageRows(
        { message(1, 0, {}, MessageKind::System), message(2, 1, {}, MessageKind::System),
            message(3, 2, {}, MessageKind::System) },
        {}, {});
    QCOMPARE(rows.at(1).folded, (QStringList { u"text 1"_s, u"text 2"_s, u"text 3"_s }));
    QVERIFY(rows.at(1).covers({ 2 }));
    QVERIFY(!rows.at(1).covers({ 4 }));
}

QTEST_GUILESS_MAIN(MessageRowsTest)
#include "tst_messagerows.moc"
