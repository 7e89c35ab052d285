// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/chat/chatworld.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

StoredMessage storedIn(const QSignalSpy &spy, qsizetype index)
{
    return spy.at(index).constLast().value<StoredMessage>();
}

QStringList nicksOf(const Conversation &room)
{
    QStringList nicks;
    for (const RoomMember &member : room.members()) {
        nicks.append(member.nick);
    }
    return nicks;
}

RoomMember member(const QString &nick, RoomRank rank = RoomRank::None, bool self = false)
{
    RoomMember made;
    made.nick = nick;
    made.rank = rank;
    made.self = self;
    return made;
}

} // namespace

class tst_ConversationStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void receives();
    void acknowledgesOnlyWhatIsStored();
    void repeatsAreDroppedAndAcknowledged();
    void archiveIsQuiet();
    void countsUnread();
    void readElsewhere();
    void corrections();
    void correctionOfTheUnknown();
    void ignoresBlocked();
    void muted();
    void typing();
    void typingEndsByItself();
    void roomMembers();
    void roomLinesAreKept();
    void roomEndsWithTheLine();
    void gapsOfIncompleteNetworks_data();
    void gapsOfIncompleteNetworks();
    void toldGaps();
    void invitations();
    void joinsAndLeaves();
    void survivesRestart();
    void flagsAndDrafts();
    void removes();
    void removedAccount();
    void manyMessages();
};

void tst_ConversationStore::receives()
{
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy added(world.chats.get(), &ConversationStore::conversationAdded);
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    QSignalSpy arrived(world.chats.get(), &ConversationStore::messageArrived);
    session.tell(MessageReceived { inbound(u"bob@alpha.test"_s,
        u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s,
        world.clock.now()) });
    QTRY_COMPARE(arrived.size(), 1);
    QCOMPARE(added.size(), 1);
    QCOMPARE(stored.size(), 1);
    const StoredMessage message = storedIn(stored, 0);
    QVERIFY(!message.id.isNull());
    QCOMPARE(world.stored(world.person(u"bob@alpha.test"_s)), QList { message });
    const Conversation *const bob = world.chats->find(world.person(u"bob@alpha.test"_s));
    QVERIFY(bob);
    QCOMPARE(bob->summary().unread, 1);
    QVERIFY(bob->summary().lastExcerpt.startsWith(u"Zażółć"_s));
    QCOMPARE(world.chats->conversations(), QList { const_cast<Conversation *>(bob) });
}

void tst_ConversationStore::acknowledgesOnlyWhatIsStored()
{
    ChatWorld world;
    FakeSession &session = world.online();
    int acknowledged = 0;
    qsizetype inHistory = -1;
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    session.tell(MessageReceived { inbound(bob.with, u"x"_s, world.clock.now()), [&] {
                                      ++acknowledged;
                                      inHistory = world.stored(bob).size();
                                  } });
    QCOMPARE(acknowledged, 0);
    QTRY_COMPARE(acknowledged, 1);
    QCOMPARE(inHistory, 1);
    // Nothing to store is done with at once.
    session.tell(
        MessageReceived { inbound(bob.with, {}, world.clock.now()), [&] { ++acknowledged; } });
    QCOMPARE(acknowledged, 2);
}

void tst_ConversationStore::repeatsAreDroppedAndAcknowledged()
{
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    int acknowledged = 0;
    for (int i = 0; i < 3; ++i) {
        session.tell(
            MessageReceived { inbound(u"bob@alpha.test"_s, u"x"_s, world.clock.now(), u"r1"_s),
                [&] { ++acknowledged; } });
    }
    QTRY_COMPARE(acknowledged, 3);
    QCOMPARE(stored.size(), 1);
    QCOMPARE(world.chats->totalUnread(), 1);
}

void tst_ConversationStore::archiveIsQuiet()
{
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    QSignalSpy arrived(world.chats.get(), &ConversationStore::messageArrived);
    InboundMessage missed = inbound(u"bob@alpha.test"_s, u"missed"_s, world.clock.now());
    missed.fromArchive = true;
    session.tell(MessageReceived { missed });
    InboundMessage own = inbound(u"bob@alpha.test"_s, u"mine"_s, world.clock.now().addSecs(-5));
    own.fromArchive = true;
    own.direction = Direction::Out;
    own.from = u"alice@alpha.test"_s;
    session.tell(MessageReceived { own });
    QTRY_COMPARE(stored.size(), 2);
    QCOMPARE(world.chats->totalUnread(), 1);
    QVERIFY(arrived.isEmpty());
}

void tst_ConversationStore::countsUnread()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    QSignalSpy total(world.chats.get(), &ConversationStore::totalUnreadChanged);
    for (int i = 0; i < 3; ++i) {
        session.tell(MessageReceived {
            inbound(bob.with, QString::number(i), world.clock.now().addSecs(i)) });
    }
    QTRY_COMPARE(stored.size(), 3);
    QCOMPARE(world.chats->totalUnread(), 3);
    QCOMPARE(total.constLast().constFirst().toInt(), 3);
    world.chats->markRead(bob, placeOf(storedIn(stored, 1)));
    QTRY_COMPARE(world.chats->totalUnread(), 1);
    QCOMPARE(world.chats->find(bob)->summary().readUpTo, placeOf(storedIn(stored, 1)));
    world.send(bob, u"answer"_s); // who answers has read
    world.clock.advance(10s);
    world.send(bob, u"answer"_s);
    QTRY_COMPARE(world.chats->totalUnread(), 0);
    world.restart();
    QCOMPARE(world.chats->totalUnread(), 0);
}

void tst_ConversationStore::readElsewhere()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    for (int i = 0; i < 3; ++i) {
        session.tell(MessageReceived {
            inbound(bob.with, u"x"_s, world.clock.now().addSecs(i), u"r%1"_s.arg(i)) });
    }
    QTRY_COMPARE(stored.size(), 3);
    session.tell(ReadMarked { bob.with, ConversationKind::Person, u"r1"_s, {} });
    QTRY_COMPARE(world.chats->totalUnread(), 1);
    session.tell(ReadMarked { bob.with, ConversationKind::Person, {}, {} });
    QTRY_COMPARE(world.chats->totalUnread(), 0);

    const StoredMessage mine = world.send(bob, u"read this"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.give(SentMessage { u"m1"_s, {}, {}, DeliveryState::Sent });
    QTRY_COMPARE(world.deliveryOf(mine), DeliveryState::Sent);
    session.tell(ReadMarked { bob.with, ConversationKind::Person, u"m1"_s, bob.with });
    QTRY_COMPARE(world.deliveryOf(mine), DeliveryState::Read);
}

void tst_ConversationStore::corrections()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    QSignalSpy changed(world.chats.get(), &ConversationStore::messageChanged);
    session.tell(MessageReceived { inbound(bob.with, u"helo"_s, world.clock.now(), u"r1"_s) });
    InboundMessage better = inbound(bob.with, u"hello"_s, world.clock.now(), u"r2"_s);
    better.replaces.remoteId = u"r1"_s;
    int acknowledged = 0;
    session.tell(MessageReceived { better, [&] { ++acknowledged; } });
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(acknowledged, 1);
    QCOMPARE(world.stored(bob).size(), 1);
    QCOMPARE(world.stored(bob).constFirst().body.plain(), u"hello"_s);
    QVERIFY(world.stored(bob).constFirst().edited);
}

void tst_ConversationStore::correctionOfTheUnknown()
{
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    InboundMessage better = inbound(u"bob@alpha.test"_s, u"hello"_s, world.clock.now(), u"r2"_s);
    better.replaces.remoteId = u"never seen"_s;
    session.tell(MessageReceived { better });
    QTRY_COMPARE(stored.size(), 1);
    QCOMPARE(storedIn(stored, 0).body.plain(), u"hello"_s);
}

void tst_ConversationStore::ignoresBlocked()
{
    ChatWorld world;
    FakeSession &session = world.online();
    ContactSnapshot eve;
    eve.address = { u"eve@alpha.test"_s };
    eve.blocked = true;
    session.tell(ContactChanged { eve });
    int acknowledged = 0;
    session.tell(MessageReceived {
        inbound(u"eve@alpha.test"_s, u"x"_s, world.clock.now()), [&] { ++acknowledged; } });
    QCOMPARE(acknowledged, 1);
    QVERIFY(world.stored(world.person(u"eve@alpha.test"_s)).isEmpty());
    eve.blocked = false;
    session.tell(ContactChanged { eve });
    session.tellMessage(u"eve@alpha.test"_s, u"y"_s);
    QTRY_COMPARE(world.chats->totalUnread(), 1);
}

void tst_ConversationStore::muted()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const ConversationKey room = world.room(u"#linchpin"_s);
    world.chats->setMuted(room, true);
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    QSignalSpy arrived(world.chats.get(), &ConversationStore::messageArrived);
    InboundMessage message = inbound(room.with, u"chatter"_s, world.clock.now());
    message.conversation = ConversationKind::Room;
    message.kind = MessageKind::Room;
    message.from = u"bob"_s;
    session.tell(MessageReceived { message });
    message.body = RichText::fromPlain(u"alice!"_s);
    message.mentionsMe = true;
    session.tell(MessageReceived { message });
    QTRY_COMPARE(stored.size(), 2);
    QCOMPARE(arrived.size(), 1);
    QCOMPARE(storedIn(arrived, 0).body.plain(), u"alice!"_s);
    QCOMPARE(world.chats->totalUnread(), 0);
    QCOMPARE(world.chats->find(room)->summary().mentions, 1);
    world.chats->setMuted(room, false);
    QCOMPARE(world.chats->totalUnread(), 2);
}

void tst_ConversationStore::typing()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    const auto type = [&](bool composing) {
        session.tell(TypingChanged { bob.with, ConversationKind::Person, bob.with, composing });
    };
    type(true);
    QVERIFY(!world.chats->find(bob)); // typing alone makes no conversation
    Conversation *const conversation = world.chats->ensure(bob);
    QSignalSpy changed(conversation, &Conversation::typingChanged);
    type(true);
    type(true);
    QCOMPARE(conversation->typing(), QStringList { bob.with });
    QCOMPARE(changed.size(), 1);
    type(false);
    QVERIFY(conversation->typing().isEmpty());
    type(true);
    session.tellMessage(bob.with, u"done"_s); // the message ends it
    QTRY_VERIFY(conversation->typing().isEmpty());
    world.chats->setComposing(bob, true);
    QCOMPARE(session.calls.constLast(), u"typing bob@alpha.test true"_s);
}

void tst_ConversationStore::typingEndsByItself()
{
    ChatWorld world;
    world.chats->setTypingLimit(30ms);
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    Conversation *const conversation = world.chats->ensure(bob);
    session.tell(TypingChanged { bob.with, ConversationKind::Person, bob.with, true });
    QCOMPARE(conversation->typing().size(), 1);
    QTRY_VERIFY(conversation->typing().isEmpty());
}

void tst_ConversationStore::roomMembers()
{
    ChatWorld world;
    FakeSession &session = world.online();
    RoomChange change;
    change.room = { u"#linchpin"_s };
    change.joined = true;
    change.members = QList { member(u"zoe"_s), member(u"Bob"_s), member(u"alice"_s, {}, true),
        member(u"op"_s, RoomRank::Operator) };
    change.topic = RoomTopic { u"tea"_s, u"op"_s, {} };
    change.modes = u"+nt"_s;
    change.name = u"The tea room"_s;
    session.tell(RoomChanged { change });
    Conversation *const room = world.chats->find(world.room(u"#linchpin"_s));
    QVERIFY(room);
    QVERIFY(room->isJoined());
    QCOMPARE(nicksOf(*room), (QStringList { u"op"_s, u"alice"_s, u"Bob"_s, u"zoe"_s }));
    QCOMPARE(room->ownNick(), u"alice"_s);
    QCOMPARE(room->topic().text, u"tea"_s);
    QCOMPARE(room->modes(), u"+nt"_s);
    QCOMPARE(room->summary().name, u"The tea room"_s);

    QSignalSpy members(room, &Conversation::membersChanged);
    change = {};
    change.room = { u"#linchpin"_s };
    change.removed = { u"Bob"_s };
    change.upserted = { member(u"zoe"_s, RoomRank::Voice), member(u"carol"_s) };
    session.tell(RoomChanged { change });
    QCOMPARE(members.size(), 1);
    QCOMPARE(nicksOf(*room), (QStringList { u"op"_s, u"zoe"_s, u"alice"_s, u"carol"_s }));
    // Our messages carry our nick there.
    QCOMPARE(world.send(room->key(), u"hi"_s).from, u"alice"_s);
    // A room nobody told us to be in stays unknown.
    change = {};
    change.room = { u"#other"_s };
    change.upserted = { member(u"x"_s) };
    session.tell(RoomChanged { change });
    QVERIFY(!world.chats->find(world.room(u"#other"_s)));
}

void tst_ConversationStore::roomLinesAreKept()
{
    ChatWorld world;
    FakeSession &session = world.online();
    RoomChange change;
    change.room = { u"#linchpin"_s };
    change.joined = true;
    change.topic = RoomTopic { u"tea"_s, u"op"_s, {} };
    session.tell(RoomChanged { change });
    QSignalSpy arrived(world.chats.get(), &ConversationStore::messageArrived);
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    change = {};
    change.room = { u"#linchpin"_s };
    change.at = world.clock.now();
    change.movements = { { RoomMovement::Kind::Joined, u"bob"_s, {}, {}, {} } };
    change.topic = RoomTopic { u"coffee"_s, u"bob"_s, {} };
    session.tell(RoomChanged { change });
    change = {};
    change.room = { u"#linchpin"_s };
    change.joined = false;
    change.why = Error { .kind = Error::Kind::Forbidden,
        .code = u"kicked"_s,
        .title = u"bob removed you from the room."_s,
        .detail = {},
        .remedy = {} };
    session.tell(RoomChanged { change });
    QTRY_COMPARE(stored.size(), 3);
    QStringList lines;
    const QList<StoredMessage> kept = world.stored(world.room(u"#linchpin"_s));
    for (const StoredMessage &message : kept) {
        QCOMPARE(message.kind, MessageKind::System);
        lines.append(message.body.plain());
    }
    QCOMPARE(lines,
        (QStringList { u"bob joined"_s, u"bob changed the topic to: coffee"_s,
            u"bob removed you from the room."_s }));
    QVERIFY(arrived.isEmpty());
    const Conversation *const room = world.chats->find(world.room(u"#linchpin"_s));
    QCOMPARE(room->summary().unread, 0);
    QVERIFY(!room->isJoined());
    QVERIFY(room->whyLeft());
    QCOMPARE(room->whyLeft()->code, u"kicked"_s);
}

void tst_ConversationStore::roomEndsWithTheLine()
{
    ChatWorld world;
    FakeSession &session = world.online();
    RoomChange change;
    change.room = { u"#linchpin"_s };
    change.joined = true;
    change.members = QList { member(u"alice"_s, {}, true) };
    session.tell(RoomChanged { change });
    const Conversation *const room = world.chats->find(world.room(u"#linchpin"_s));
    QVERIFY(room->isJoined());
    Error cut;
    cut.kind = Error::Kind::Network;
    cut.code = u"connection-closed"_s;
    session.end(cut);
    QVERIFY(!room->isJoined());
    QVERIFY(room->members().isEmpty());
}

void tst_ConversationStore::gapsOfIncompleteNetworks_data()
{
    QTest::addColumn<bool>("complete");
    QTest::newRow("incomplete") << false;
    QTest::newRow("complete") << true;
}

void tst_ConversationStore::gapsOfIncompleteNetworks()
{
    QFETCH(bool, complete);
    ChatWorld world;
    world.plugin->capabilities.setFlag(Capability::CompleteHistory, complete);
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    const QDateTime first = world.clock.now();
    world.online().tellMessage(bob.with, u"x"_s, u"r1"_s, first);
    QTRY_COMPARE(world.chats->totalUnread(), 1);
    world.restart();
    world.clock.advance(std::chrono::hours(1));
    const QDateTime second = world.clock.now();
    FakeSession &session = world.online();
    const auto gaps = [&] { return waited(world.history->newest(bob, 10)).value().gaps; };
    if (complete) {
        QVERIFY(gaps().isEmpty());
        return;
    }
    QTRY_COMPARE(gaps().size(), 1);
    QCOMPARE(gaps().constFirst().from, first);
    QCOMPARE(gaps().constFirst().to, second);
    // Within a run we know since when.
    world.clock.advance(std::chrono::hours(1));
    const QDateTime third = world.clock.now();
    Error cut;
    cut.kind = Error::Kind::Network;
    session.end(cut);
    QVERIFY(world.clock.advanceToNext());
    QVERIFY(world.plugin->session() != &session);
    world.clock.advance(10s);
    world.plugin->session()->goOnline();
    QTRY_COMPARE(gaps().size(), 2);
    QCOMPARE(gaps().constLast().from, third);
    QCOMPARE(gaps().constLast().to, world.clock.now());
}

void tst_ConversationStore::toldGaps()
{
    ChatWorld world;
    world.plugin->capabilities.setFlag(Capability::CompleteHistory);
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    QSignalSpy changed(world.chats->ensure(bob), &Conversation::gapsChanged);
    session.tell(
        HistoryGap { bob.with, ConversationKind::Person, {}, world.clock.now().addDays(-7) });
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(waited(world.history->newest(bob, 10)).value().gaps.size(), 1);
}

void tst_ConversationStore::invitations()
{
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy invited(world.chats.get(), &ConversationStore::invitationReceived);
    session.tell(
        InvitationReceived { { { u"#tea"_s }, u"bob@alpha.test"_s, u"come"_s, u"secret"_s } });
    QCOMPARE(invited.size(), 1);
}

void tst_ConversationStore::joinsAndLeaves()
{
    ChatWorld world;
    const RoomAddress room { u"Tea@rooms.alpha.test"_s };
    auto joined = world.chats->join(world.id, room);
    QVERIFY(joined.isFinished());
    QCOMPARE(joined.result().error().code, u"offline"_s);
    FakeSession &session = world.online();
    joined = world.chats->join(world.id, room, u"alice"_s, u"secret"_s);
    QTRY_VERIFY(joined.isFinished());
    QVERIFY(joined.result());
    const ConversationKey key = world.room(u"tea@rooms.alpha.test"_s);
    QVERIFY(session.calls.constLast().startsWith(u"join tea@rooms.alpha.test alice"_s));
    QVERIFY(world.chats->find(key)->summary().open);
    const auto left = world.chats->leave(key);
    QTRY_VERIFY(left.isFinished());
    QVERIFY(session.calls.constLast().startsWith(u"leave tea@rooms.alpha.test"_s));
    session.hasRooms = false;
    QCOMPARE(waited(world.chats->join(world.id, room)).error().code, u"rooms-unsupported"_s);
    QCOMPARE(waited(world.chats->join({ u"x"_s }, room)).error().code, u"unknown-account"_s);
}

void tst_ConversationStore::survivesRestart()
{
    ChatWorld world;
    world.online().tellMessage(u"bob@alpha.test"_s, u"kept"_s);
    QTRY_COMPARE(world.chats->totalUnread(), 1);
    world.restart();
    QCOMPARE(world.chats->conversations().size(), 1);
    const ConversationSummary &summary = world.chats->conversations().constFirst()->summary();
    QCOMPARE(summary.lastExcerpt, u"kept"_s);
    QCOMPARE(summary.unread, 1);
    QCOMPARE(world.chats->totalUnread(), 1);
}

void tst_ConversationStore::flagsAndDrafts()
{
    ChatWorld world;
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    QSignalSpy changed(world.chats->ensure(bob), &Conversation::summaryChanged);
    world.chats->setOpen(bob, true);
    world.chats->setPinned(bob, true);
    world.chats->setMuted(bob, true);
    world.chats->saveDraft(bob, u"half a 🦄"_s);
    QCOMPARE(changed.size(), 4);
    world.restart();
    const ConversationSummary &summary = world.chats->find(bob)->summary();
    QVERIFY(summary.open && summary.pinned && summary.muted);
    QCOMPARE(summary.draft, u"half a 🦄"_s);
}

void tst_ConversationStore::removes()
{
    ChatWorld world;
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    world.send(bob, u"never sent"_s);
    QSignalSpy removed(world.chats.get(), &ConversationStore::conversationRemoved);
    world.chats->remove(bob);
    QCOMPARE(removed.size(), 1);
    QVERIFY(!world.chats->find(bob));
    QVERIFY(world.stored(bob).isEmpty());
    FakeSession &session = world.online();
    QTest::qWait(20);
    QVERIFY(session.sent.isEmpty());
}

void tst_ConversationStore::removedAccount()
{
    ChatWorld world;
    world.online().tellMessage(u"bob@alpha.test"_s, u"kept"_s);
    QTRY_COMPARE(world.chats->totalUnread(), 1);
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    world.accounts->remove(world.id);
    QVERIFY(!world.chats->find(bob));
    QCOMPARE(world.chats->totalUnread(), 0);
    QCOMPARE(world.stored(bob).size(), 1); // the history stays
}

void tst_ConversationStore::manyMessages()
{
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    constexpr int kMany = 5000;
    for (int i = 0; i < kMany; ++i) {
        session.tell(MessageReceived { inbound(u"bob%1@alpha.test"_s.arg(i % 50),
            QString::number(i), world.clock.now().addMSecs(i), u"r%1"_s.arg(i)) });
    }
    QTRY_COMPARE_WITH_TIMEOUT(stored.size(), kMany, 60'000);
    for (int i = 0; i < kMany; ++i) { // in the order of the wire
        QCOMPARE(storedIn(stored, i).body.plain(), QString::number(i));
    }
    QCOMPARE(world.chats->totalUnread(), kMany);
}

QTEST_GUILESS_MAIN(tst_ConversationStore)
#include "tst_conversationstore.moc"
