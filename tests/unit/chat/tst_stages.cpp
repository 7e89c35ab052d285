// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/roomlines.h"
#include "core/chat/stages/archivestage.h"
#include "core/chat/stages/ignorestage.h"
#include "core/chat/stages/notifystage.h"
#include "core/chat/stages/sanitizestage.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

const QDateTime kNow(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
const AccountId kAccount { u"a"_s };

InboundMessage hello()
{
    InboundMessage message;
    message.with = u"bob@alpha.test"_s;
    message.from = u"bob@alpha.test"_s;
    message.body = RichText::fromPlain(u"hello"_s);
    message.sentAt = kNow;
    return message;
}

} // namespace

class tst_Stages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sanitizeKeepsWhatIsFine();
    void sanitizeDropsNothingness();
    void sanitizeBounds();
    void sanitizeTimes_data();
    void sanitizeTimes();
    void shortensBetweenCharacters();
    void ignores();
    void storesOwnAsSent();
    void notifies_data();
    void notifies();
    void roomLines();
    void netsplitIsOneNumber();
};

void tst_Stages::sanitizeKeepsWhatIsFine()
{
    InboundMessage message = hello();
    message.body = RichText::fromHtml(
        u"<b>Zażółć</b> こんにちは مرحبا e\u0301 👩‍👩‍👧‍👦🦄𝄞"_s);
    const RichText before = message.body;
    message.fromName = u"Böb 🦄"_s;
    QVERIFY(sanitize(message, kNow));
    QCOMPARE(message.body, before);
    QCOMPARE(message.fromName, u"Böb 🦄"_s);
    QCOMPARE(message.sentAt, kNow);
}

void tst_Stages::sanitizeDropsNothingness()
{
    InboundMessage message = hello();
    message.body = {};
    QVERIFY(!sanitize(message, kNow));
    message = hello();
    message.with.clear();
    QVERIFY(!sanitize(message, kNow));
    message = hello();
    message.from = u"x"_s.repeated(5000);
    QVERIFY(!sanitize(message, kNow));
}

void tst_Stages::sanitizeBounds()
{
    InboundMessage message = hello();
    message.body = RichText::fromPlain(u"🦄"_s.repeated(100'000));
    message.fromName = u"n\nn\u0007"_s + u"x"_s.repeated(1000);
    message.remoteId = u"r"_s.repeated(2000);
    message.serverId = u"s"_s;
    QVERIFY(sanitize(message, kNow));
    QVERIFY(message.body.plain().size() <= qsizetype { 64 } * 1024);
    QVERIFY(message.body.plain().isValidUtf16());
    QVERIFY(message.fromName.size() <= 256);
    QVERIFY(!message.fromName.contains(u'\n'));
    QVERIFY(message.remoteId.isEmpty());
    QCOMPARE(message.serverId, u"s"_s);
}

void tst_Stages::sanitizeTimes_data()
{
    QTest::addColumn<QDateTime>("sent");
    QTest::addColumn<QDateTime>("kept");
    QTest::newRow("past") << kNow.addYears(-10) << kNow.addYears(-10);
    QTest::newRow("clock a little ahead") << kNow.addSecs(200) << kNow.addSecs(200);
    QTest::newRow("far future") << kNow.addYears(50) << kNow;
    QTest::newRow("none") << QDateTime() << kNow;
}

void tst_Stages::sanitizeTimes()
{
    QFETCH(QDateTime, sent);
    InboundMessage message = hello();
    message.sentAt = sent;
    QVERIFY(sanitize(message, kNow));
    QTEST(message.sentAt, "kept");
}

void tst_Stages::shortensBetweenCharacters()
{
    const RichText text = RichText::fromSpans(u"ab🦄cd"_s,
        { { .start = 0, .length = 6, .bold = true }, { .start = 5, .length = 1, .italic = true } });
    QCOMPARE(shortened(text, 6), text);
    QCOMPARE(shortened(text, 3).plain(), u"ab"_s);
    QCOMPARE(shortened(text, 4).plain(), u"ab🦄"_s);
    QCOMPARE(shortened(text, 4).spans().size(), 1);
    QCOMPARE(shortened(text, 4).spans().constFirst().length, 4);
}

void tst_Stages::ignores()
{
    IgnoreStage stage;
    QVERIFY(!stage.isIgnored(kAccount, hello()));
    stage.setIgnored(kAccount, u"bob@alpha.test"_s, true);
    QVERIFY(stage.isIgnored(kAccount, hello()));
    QVERIFY(!stage.isIgnored({ u"b"_s }, hello()));
    InboundMessage own = hello();
    own.direction = Direction::Out;
    QVERIFY(!stage.isIgnored(kAccount, own));
    stage.setIgnored(kAccount, u"bob@alpha.test"_s, false);
    QVERIFY(!stage.isIgnored(kAccount, hello()));
}

void tst_Stages::storesOwnAsSent()
{
    InboundMessage own = hello();
    own.direction = Direction::Out;
    own.mentionsMe = true;
    own.originId = u"o"_s;
    StoredMessage stored = toStore(kAccount, own, kNow.addSecs(1));
    QCOMPARE(stored.delivery, DeliveryState::Sent);
    QVERIFY(!stored.mentionsMe);
    QCOMPARE(stored.originId, u"o"_s);
    QCOMPARE(stored.receivedAt, kNow.addSecs(1));
    stored = toStore(kAccount, hello(), kNow);
    QCOMPARE(stored.delivery, DeliveryState::None);
    QCOMPARE(stored.conversation,
        (ConversationKey { kAccount, u"bob@alpha.test"_s, ConversationKind::Person }));
}

void tst_Stages::notifies_data()
{
    QTest::addColumn<Direction>("direction");
    QTest::addColumn<MessageKind>("kind");
    QTest::addColumn<ConversationKind>("where");
    QTest::addColumn<bool>("archive");
    QTest::addColumn<bool>("mention");
    QTest::addColumn<bool>("muted");
    QTest::addColumn<bool>("notify");
    using K = MessageKind;
    using C = ConversationKind;
    constexpr auto kIn = Direction::In;
    QTest::newRow("a message") << kIn << K::Chat << C::Person << false << false << false << true;
    QTest::newRow("in a room") << kIn << K::Room << C::Room << false << false << false << true;
    QTest::newRow("own") << Direction::Out << K::Chat << C::Person << false << false << false
                         << false;
    QTest::newRow("archive") << kIn << K::Chat << C::Person << true << false << false << false;
    QTest::newRow("system") << kIn << K::System << C::Room << false << false << false << false;
    QTest::newRow("server") << kIn << K::Notice << C::Server << false << false << false << false;
    QTest::newRow("muted") << kIn << K::Room << C::Room << false << false << true << false;
    QTest::newRow("muted, mention") << kIn << K::Room << C::Room << false << true << true << true;
    QTest::newRow("archive, mention")
        << kIn << K::Room << C::Room << true << true << false << false;
}

void tst_Stages::notifies()
{
    QFETCH(Direction, direction);
    QFETCH(MessageKind, kind);
    QFETCH(ConversationKind, where);
    QFETCH(bool, archive);
    QFETCH(bool, mention);
    QFETCH(bool, muted);
    StoredMessage message;
    message.direction = direction;
    message.kind = kind;
    message.conversation.kind = where;
    message.fromArchive = archive;
    message.mentionsMe = mention;
    ConversationSummary summary;
    summary.muted = muted;
    QTEST(isToNotify(message, summary), "notify");
}

void tst_Stages::roomLines()
{
    using Kind = RoomMovement::Kind;
    const QList<RoomLine> lines = linesOf({ { Kind::Joined, u"bob"_s, {}, {}, {} },
        { Kind::Left, u"bob"_s, {}, {}, u"lunch"_s }, { Kind::Quit, u"eve"_s, {}, {}, {} },
        { Kind::Kicked, u"eve"_s, {}, u"carol"_s, u"spam"_s },
        { Kind::Banned, u"eve"_s, {}, {}, {} }, { Kind::Renamed, u"bob"_s, u"bób"_s, {}, {} } });
    const QList<RoomLine> expected { { u"bob"_s, u"bob joined"_s },
        { u"bob"_s, u"bob left (lunch)"_s }, { u"eve"_s, u"eve quit"_s },
        { u"eve"_s, u"eve was removed by carol (spam)"_s }, { u"eve"_s, u"eve was banned"_s },
        { u"bob"_s, u"bob is now called bób"_s } };
    QCOMPARE(lines, expected);
    QCOMPARE(topicLine({ u"tea"_s, u"bob"_s, {} }).text, u"bob changed the topic to: tea"_s);
    QCOMPARE(topicLine({ {}, u"bob"_s, {} }).text, u"bob removed the topic"_s);
    QCOMPARE(topicLine({ u"tea"_s, {}, {} }).text, u"The topic is now: tea"_s);
}

void tst_Stages::netsplitIsOneNumber()
{
    QList<RoomMovement> movements;
    for (int i = 0; i < 500; ++i) {
        movements.append({ RoomMovement::Kind::Quit, QString::number(i), {}, {}, {} });
    }
    const QList<RoomLine> lines = linesOf(movements);
    QCOMPARE(lines.size(), kMostRoomLines);
    QVERIFY(lines.constLast().text.contains(QString::number(500 - kMostRoomLines + 1)));
    movements.resize(kMostRoomLines);
    QCOMPARE(linesOf(movements).constLast().nick, QString::number(kMostRoomLines - 1));
}

QTEST_GUILESS_MAIN(tst_Stages)
#include "tst_stages.moc"
