// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/chat/chatworld.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

Error failure(Error::Kind kind, const QString &code, const QString &detail = {})
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = u"It failed."_s;
    error.detail = detail;
    return error;
}

QStringList textsOf(const FakeSession &session)
{
    QStringList texts;
    for (const FakeSession::Sent &sent : session.sent) {
        texts.append(sent.message.body.plain());
    }
    return texts;
}

} // namespace

class tst_Outbox : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void storedThenSent();
    void waitsForTheLine();
    void keepsTheOrder();
    void atMostSoManyInFlight();
    void oneByOneWhereRepeatingIsNotSafe();
    void refusalFails();
    void uncertainEnd_data();
    void uncertainEnd();
    void queuedSurvivesRestart();
    void submittedSurvivesRestart_data();
    void submittedSurvivesRestart();
    void echoProvesUnconfirmed();
    void echoBeforeTheAnswer();
    void retries();
    void discards();
    void keptUntilTheyAreBack_data();
    void keptUntilTheyAreBack();
    void keptMessagesStayInOrder();
    void keptMessageTakenBack();
    void keptMessageSurvivesRestart();
    void absenceInARoomFails();
    void refusesNonsense();
};

void tst_Outbox::storedThenSent()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    QSignalSpy changed(world.chats.get(), &ConversationStore::messageChanged);
    const StoredMessage message = world.send(bob, u"Zażółć 🦄"_s);
    QCOMPARE(stored.size(), 1);
    QCOMPARE(message.delivery, DeliveryState::Queued);
    QCOMPARE(message.from, u"alice@alpha.test"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    const OutgoingMessage &outgoing = session.sent.constFirst().message;
    QCOMPARE(outgoing.to, u"bob@alpha.test"_s);
    QCOMPARE(outgoing.body.plain(), u"Zażółć 🦄"_s);
    QCOMPARE(outgoing.localId, message.originId);
    QVERIFY(!outgoing.repeated);
    // Durable as Submitted before the session had it.
    QCOMPARE(world.deliveryOf(message), DeliveryState::Submitted);
    session.sent.constFirst().answer.give(
        SentMessage { u"r1"_s, u"s1"_s, world.clock.now().addSecs(2), DeliveryState::Sent });
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Sent);
    QTRY_VERIFY(!changed.isEmpty()
        && changed.constLast().constFirst().value<StoredMessage>().delivery == DeliveryState::Sent);
    const StoredMessage now = changed.constLast().constFirst().value<StoredMessage>();
    QCOMPARE(now.remoteId, u"r1"_s);
    QCOMPARE(now.serverId, u"s1"_s);
    QCOMPARE(now.sentAt, world.clock.now().addSecs(2));
    // What becomes of it later.
    MessageUpdate update;
    update.with = bob.with;
    update.remoteId = u"r1"_s;
    update.delivery = DeliveryState::Read;
    session.tell(MessageUpdated { update });
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Read);
}

void tst_Outbox::waitsForTheLine()
{
    ChatWorld world;
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"later"_s);
    QCOMPARE(world.deliveryOf(message), DeliveryState::Queued);
    FakeSession &session = world.online();
    QTRY_COMPARE(session.sent.size(), 1);
}

void tst_Outbox::keepsTheOrder()
{
    ChatWorld world;
    QStringList texts;
    for (int i = 0; i < 10; ++i) {
        texts.append(QString::number(i));
        world.send(world.person(i % 2 == 0 ? u"bob@alpha.test"_s : u"eve@alpha.test"_s),
            texts.constLast());
    }
    FakeSession &session = world.online();
    for (int i = 0; i < 10; i += 2) {
        QTRY_COMPARE(session.sent.size(), i + 2);
        session.sent.at(i).answer.give(SentMessage {});
        session.sent.at(i + 1).answer.give(SentMessage {});
    }
    QCOMPARE(textsOf(session), texts);
}

void tst_Outbox::atMostSoManyInFlight()
{
    ChatWorld world;
    FakeSession &session = world.online();
    session.repeatsSafely = true;
    for (int i = 0; i < 40; ++i) {
        world.send(world.person(u"bob@alpha.test"_s), QString::number(i));
    }
    QTRY_COMPARE(session.sent.size(), 16);
    QTest::qWait(20); // nothing more comes
    QCOMPARE(session.sent.size(), 16);
    session.sent.at(3).answer.give(SentMessage {});
    QTRY_COMPARE(session.sent.size(), 17);
    QCOMPARE(session.sent.constLast().message.body.plain(), u"16"_s);
}

void tst_Outbox::oneByOneWhereRepeatingIsNotSafe()
{
    ChatWorld world;
    FakeSession &session = world.online();
    for (int i = 0; i < 3; ++i) {
        world.send(world.person(u"bob@alpha.test"_s), QString::number(i));
    }
    world.send(world.person(u"eve@alpha.test"_s), u"3"_s);
    QTRY_COMPARE(session.sent.size(), 2); // the first to each; nobody waits for somebody else
    QCOMPARE(textsOf(session), (QStringList { u"0"_s, u"3"_s }));
    session.sent.at(0).answer.give(SentMessage {});
    QTRY_COMPARE(session.sent.size(), 3);
    QCOMPARE(session.sent.constLast().message.body.plain(), u"1"_s);
}

void tst_Outbox::refusalFails()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(
        failure(Error::Kind::NotFound, u"no-such-user"_s, u"404 Not Found"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Failed);
    const StoredMessage now = waited(world.history->message(message.id)).value();
    QVERIFY(now.failure);
    QCOMPARE(now.failure->code, u"no-such-user"_s);
    QCOMPARE(now.failure->detail, u"404 Not Found"_s);
    QTest::qWait(20);
    QCOMPARE(session.sent.size(), 1);
}

void tst_Outbox::uncertainEnd_data()
{
    QTest::addColumn<bool>("safe");
    QTest::addColumn<Error::Kind>("kind");
    QTest::addColumn<QString>("code");
    QTest::addColumn<DeliveryState>("becomes");
    QTest::addColumn<bool>("repeated");
    const QString closed = u"connection-closed"_s;
    QTest::newRow("cut, safe") << true << Error::Kind::Network << closed << DeliveryState::Submitted
                               << true;
    QTest::newRow("cut, unsafe") << false << Error::Kind::Network << closed
                                 << DeliveryState::Unconfirmed << false;
    QTest::newRow("cancelled, safe")
        << true << Error::Kind::Cancelled << u"cancelled"_s << DeliveryState::Submitted << true;
    QTest::newRow("cancelled, unsafe")
        << false << Error::Kind::Cancelled << u"cancelled"_s << DeliveryState::Unconfirmed << false;
    QTest::newRow("never left") << false << Error::Kind::Network << u"not-connected"_s
                                << DeliveryState::Queued << false;
}

void tst_Outbox::uncertainEnd()
{
    QFETCH(bool, safe);
    QFETCH(Error::Kind, kind);
    QFETCH(QString, code);
    QFETCH(DeliveryState, becomes);
    QFETCH(bool, repeated);
    ChatWorld world;
    world.plugin->prepare = [safe](FakeSession &session) { session.repeatsSafely = safe; };
    FakeSession &session = world.online();
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(failure(kind, code, u"reset by peer"_s));
    QTRY_COMPARE(world.deliveryOf(message), becomes);
    session.end(failure(Error::Kind::Network, u"connection-closed"_s));
    QCOMPARE(world.accounts->account(world.id)->state(), Account::State::Waiting);
    QVERIFY(world.clock.advanceToNext());
    FakeSession &again = *world.plugin->session();
    QVERIFY(&again != &session);
    again.goOnline();
    if (becomes == DeliveryState::Unconfirmed) {
        const StoredMessage now = waited(world.history->message(message.id)).value();
        QVERIFY(now.failure);
        QCOMPARE(now.failure->code, u"unconfirmed"_s);
        QTest::qWait(20);
        QVERIFY(again.sent.isEmpty());
        return;
    }
    QTRY_COMPARE(again.sent.size(), 1);
    QCOMPARE(again.sent.constFirst().message.repeated, repeated);
    QCOMPARE(again.sent.constFirst().message.localId, message.originId);
}

void tst_Outbox::queuedSurvivesRestart()
{
    ChatWorld world;
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    world.restart();
    FakeSession &session = world.online();
    QTRY_COMPARE(session.sent.size(), 1);
    QVERIFY(!session.sent.constFirst().message.repeated);
    QCOMPARE(session.sent.constFirst().message.localId, message.originId);
    session.sent.constFirst().answer.give(SentMessage {});
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Sent);
}

void tst_Outbox::submittedSurvivesRestart_data()
{
    QTest::addColumn<bool>("safe");
    QTest::newRow("safe to repeat") << true;
    QTest::newRow("not safe") << false;
}

void tst_Outbox::submittedSurvivesRestart()
{
    QFETCH(bool, safe);
    ChatWorld world;
    world.plugin->prepare = [safe](FakeSession &session) { session.repeatsSafely = safe; };
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    FakeSession &session = world.online();
    const StoredMessage first = world.send(bob, u"first"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    world.end(); // no answer ever came
    world.begin();
    QCOMPARE(world.deliveryOf(first), DeliveryState::Submitted);
    world.clock.advance(std::chrono::seconds(1));
    const StoredMessage second = world.send(bob, u"second"_s);
    FakeSession &again = world.online();
    if (safe) {
        QTRY_COMPARE(again.sent.size(), 2);
        QCOMPARE(textsOf(again), (QStringList { u"first"_s, u"second"_s }));
        QVERIFY(again.sent.at(0).message.repeated);
        QVERIFY(!again.sent.at(1).message.repeated);
        return;
    }
    QTRY_COMPARE(again.sent.size(), 1);
    QCOMPARE(textsOf(again), QStringList { u"second"_s });
    QTRY_COMPARE(world.deliveryOf(first), DeliveryState::Unconfirmed);
    const StoredMessage now = waited(world.history->message(first.id)).value();
    QVERIFY(now.failure);
    QVERIFY(!now.failure->remedy.isEmpty());
}

void tst_Outbox::echoProvesUnconfirmed()
{
    ChatWorld world;
    const ConversationKey bob = world.person(u"bob@alpha.test"_s);
    FakeSession &session = world.online();
    const StoredMessage message = world.send(bob, u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    world.end();
    world.begin();
    FakeSession &again = world.online();
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Unconfirmed);
    InboundMessage archived = inbound(bob.with, u"x"_s, world.clock.now(), u"r1"_s);
    archived.from = u"alice@alpha.test"_s;
    archived.direction = Direction::Out;
    archived.originId = message.originId;
    archived.serverId = u"s1"_s;
    archived.fromArchive = true;
    QSignalSpy stored(world.chats.get(), &ConversationStore::messageStored);
    again.tell(MessageReceived { archived });
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Sent);
    QCOMPARE(world.stored(bob).size(), 1);
    QVERIFY(stored.isEmpty());
}

void tst_Outbox::echoBeforeTheAnswer()
{
    ChatWorld world;
    const ConversationKey room = world.room(u"#linchpin"_s);
    FakeSession &session = world.online();
    const StoredMessage message = world.send(room, u"x"_s);
    QCOMPARE(message.kind, MessageKind::Room);
    QTRY_COMPARE(session.sent.size(), 1);
    InboundMessage echo = inbound(room.with, u"x"_s, world.clock.now(), u"r1"_s);
    echo.conversation = ConversationKind::Room;
    echo.kind = MessageKind::Room;
    echo.from = u"alice_"_s;
    echo.direction = Direction::Out;
    echo.originId = message.originId;
    session.tell(MessageReceived { echo });
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Sent);
    session.sent.constFirst().answer.give(SentMessage { u"r1"_s, {}, {}, DeliveryState::Sent });
    QTest::qWait(20);
    QCOMPARE(world.stored(room).size(), 1);
    QCOMPARE(world.deliveryOf(message), DeliveryState::Sent);
}

void tst_Outbox::retries()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(failure(Error::Kind::Forbidden, u"no"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Failed);
    world.chats->retry(waited(world.history->message(message.id)).value());
    QTRY_COMPARE(session.sent.size(), 2);
    QCOMPARE(session.sent.at(1).message.localId, message.originId);
    session.sent.at(1).answer.fail(failure(Error::Kind::Network, u"connection-closed"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Unconfirmed);
    world.chats->retry(waited(world.history->message(message.id)).value());
    QTRY_COMPARE(session.sent.size(), 3);
    QVERIFY(session.sent.at(2).message.repeated);
    session.sent.at(2).answer.give(SentMessage { {}, {}, {}, DeliveryState::Delivered });
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Delivered);
    // What has arrived is not sent again by an old button.
    world.chats->retry(message);
    QTest::qWait(20);
    QCOMPARE(session.sent.size(), 3);
}

void tst_Outbox::discards()
{
    ChatWorld world;
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    world.chats->discard(message);
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Failed);
    FakeSession &session = world.online();
    QTest::qWait(20);
    QVERIFY(session.sent.isEmpty());
}

void tst_Outbox::refusesNonsense()
{
    ChatWorld world;
    const auto codeOf = [&](const ConversationKey &key, const QString &text) {
        const Async<StoredMessage> sent = world.chats->send(key, RichText::fromPlain(text));
        return sent.isFinished() && !sent.result() ? sent.result().error().code : QString();
    };
    QCOMPARE(codeOf({ { u"other"_s }, u"bob@alpha.test"_s, ConversationKind::Person }, u"x"_s),
        u"unknown-account"_s);
    QCOMPARE(codeOf(world.person(u"bob@alpha.test"_s), u""_s), u"empty-message"_s);
    QCOMPARE(codeOf({ world.id, u"irc.test"_s, ConversationKind::Server }, u"x"_s),
        u"cannot-send-here"_s);
}

void tst_Outbox::keptUntilTheyAreBack_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<Availability>("availability");
    QTest::addColumn<bool>("goes");
    const auto bob = u"bob@alpha.test"_s;
    QTest::newRow("available") << bob << Availability::Available << true;
    QTest::newRow("busy") << bob << Availability::Busy << true;
    QTest::newRow("away") << bob << Availability::Away << true;
    QTest::newRow("still offline") << bob << Availability::Offline << false;
    QTest::newRow("nobody knows") << bob << Availability::Unknown << false;
    QTest::newRow("somebody else") << u"eve@alpha.test"_s << Availability::Available << false;
}

void tst_Outbox::keptUntilTheyAreBack()
{
    QFETCH(QString, address);
    QFETCH(Availability, availability);
    QFETCH(bool, goes);
    ChatWorld world;
    FakeSession &session = world.online();
    QSignalSpy changed(world.chats.get(), &ConversationStore::messageChanged);
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(
        failure(Error::Kind::NotFound, u"recipient-offline"_s, u"480"_s));
    QTRY_VERIFY(!changed.isEmpty()
        && changed.constLast().constFirst().value<StoredMessage>().failure.has_value());
    const StoredMessage kept = changed.constLast().constFirst().value<StoredMessage>();
    QCOMPARE(kept.delivery, DeliveryState::Queued);
    QCOMPARE(kept.failure->code, u"recipient-offline"_s);
    QTest::qWait(20); // it is not tried again by itself
    QCOMPARE(session.sent.size(), 1);
    session.tell(PresenceChanged { { address }, { .availability = availability } });
    if (!goes) {
        QTest::qWait(20);
        QCOMPARE(session.sent.size(), 1);
        return;
    }
    QTRY_COMPARE(session.sent.size(), 2);
    QVERIFY(!session.sent.constLast().message.repeated); // it surely did not arrive
    QCOMPARE(session.sent.constLast().message.localId, message.originId);
    session.sent.constLast().answer.give(SentMessage {});
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Sent);
    QVERIFY(!waited(world.history->message(message.id)).value().failure);
}

void tst_Outbox::keptMessagesStayInOrder()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const Error absent = failure(Error::Kind::NotFound, u"recipient-offline"_s);
    for (const auto &text : { u"1"_s, u"2"_s }) {
        world.send(world.person(u"bob@alpha.test"_s), text);
    }
    const auto refuseAll = [&](qsizetype from, qsizetype until) {
        for (qsizetype i = from; i < until; ++i) {
            QTRY_VERIFY(session.sent.size() > i);
            session.sent.at(i).answer.fail(absent);
        }
    };
    refuseAll(0, 2);
    // A third one tries the first ones again, before it.
    world.send(world.person(u"bob@alpha.test"_s), u"3"_s);
    for (qsizetype i = 2; i < 5; ++i) {
        QTRY_COMPARE(session.sent.size(), i + 1);
        session.sent.at(i).answer.give(SentMessage {});
    }
    QCOMPARE(textsOf(session), (QStringList { u"1"_s, u"2"_s, u"1"_s, u"2"_s, u"3"_s }));
    // Others are not held up by it.
    world.send(world.person(u"eve@alpha.test"_s), u"hello"_s);
    QTRY_COMPARE(session.sent.size(), 6);
}

void tst_Outbox::keptMessageTakenBack()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(failure(Error::Kind::NotFound, u"recipient-offline"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Queued);
    world.chats->discard(message);
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Failed);
    session.tell(
        PresenceChanged { { u"bob@alpha.test"_s }, { .availability = Availability::Available } });
    QTest::qWait(20);
    QCOMPARE(session.sent.size(), 1);
    // Sent again by hand.
    world.chats->retry(message);
    QTRY_COMPARE(session.sent.size(), 2);
}

void tst_Outbox::keptMessageSurvivesRestart()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const StoredMessage message = world.send(world.person(u"bob@alpha.test"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(failure(Error::Kind::NotFound, u"recipient-offline"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Queued);
    world.restart();
    FakeSession &again = world.online();
    QTRY_COMPARE(again.sent.size(), 1); // once a sign-in
    again.sent.constFirst().answer.fail(failure(Error::Kind::NotFound, u"recipient-offline"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Queued);
    again.tell(
        PresenceChanged { { u"bob@alpha.test"_s }, { .availability = Availability::Available } });
    QTRY_COMPARE(again.sent.size(), 2);
}

void tst_Outbox::absenceInARoomFails()
{
    ChatWorld world;
    FakeSession &session = world.online();
    const StoredMessage message = world.send(world.room(u"#a"_s), u"x"_s);
    QTRY_COMPARE(session.sent.size(), 1);
    session.sent.constFirst().answer.fail(failure(Error::Kind::NotFound, u"recipient-offline"_s));
    QTRY_COMPARE(world.deliveryOf(message), DeliveryState::Failed);
}

QTEST_GUILESS_MAIN(tst_Outbox)
#include "tst_outbox.moc"
