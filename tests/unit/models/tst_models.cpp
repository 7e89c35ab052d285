// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/contactfiltermodel.h"
#include "core/models/contacttreemodel.h"
#include "core/models/conversationlistmodel.h"
#include "core/models/messagelistmodel.h"
#include "core/models/roles.h"
#include "core/models/roommembermodel.h"
#include "tests/ui/uiworld.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

using Mode = QAbstractItemModelTester::FailureReportingMode;

class ModelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contactTree();
    void contactFilter();
    void conversations();
    void members();
    void messagesFollowTheEnd();
    void messagesElsewhereAreCounted();
    void messagesPage();
    void messagesComeInBetween();

private:
    static QStringList names(const QAbstractItemModel &model);
};

/// "Group/Person" of every person, in order.
QStringList ModelsTest::names(const QAbstractItemModel &model)
{
    QStringList all;
    for (int group = 0; group < model.rowCount(); ++group) {
        const QModelIndex parent = model.index(group, 0);
        for (int row = 0; row < model.rowCount(parent); ++row) {
            all.append(parent.data(ContactRole::GroupName).toString() + u'/'
                + model.index(row, 0, parent).data().toString());
        }
    }
    return all;
}

void ModelsTest::contactTree()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    ContactTreeModel tree(*world.contacts, *world.chats, *world.accounts);
    const QAbstractItemModelTester tester(&tree, Mode::QtTest);
    world.contact(u"fake"_s, u"bob@b.test"_s, u"Bob"_s, { u"Work"_s }, { Availability::Available });
    world.contact(u"fake"_s, u"zo@b.test"_s, u"Zażółć"_s, { u"Friends"_s, u"Work"_s },
        { Availability::Away });
    QTRY_COMPARE(names(tree).size(), 3);

    // A change of presence is told of that row alone: nothing is inserted, nothing reset.
    QSignalSpy resets(&tree, &QAbstractItemModel::modelReset);
    QSignalSpy inserted(&tree, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&tree, &QAbstractItemModel::rowsRemoved);
    QSignalSpy changed(&tree, &QAbstractItemModel::dataChanged);
    world.session().tell(
        PresenceChanged { .address = { u"bob@b.test"_s }, .presence = { Availability::Busy } });
    QTRY_VERIFY(!changed.isEmpty());
    QCOMPARE(inserted.size() + removed.size() + resets.size(), 0);
    const Person *const bob = world.contacts->personOf(id, { u"bob@b.test"_s });
    QVERIFY(bob);
    const QModelIndexList places = tree.indexesOf(bob->id);
    QCOMPARE(places.size(), 1);
    QCOMPARE(places.constFirst().data(ContactRole::Availability).toInt(),
        static_cast<int>(Availability::Busy));

    // Moving groups touches one row in each.
    world.session().tell(ContactChanged {
        { .address = { u"bob@b.test"_s }, .name = u"Bob"_s, .groups = { u"Friends"_s } } });
    QTRY_VERIFY(names(tree).contains(u"Friends/Bob"_s));
    QVERIFY(!names(tree).contains(u"Work/Bob"_s));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(resets.size(), 0);

    // The last one of a group takes the group along.
    world.session().tell(ContactChanged {
        { .address = { u"zo@b.test"_s }, .name = u"Zażółć"_s, .groups = { u"Friends"_s } } });
    QTRY_COMPARE(tree.rowCount(), 1);

    // Unread messages show on the person.
    world.session().tell(
        MessageReceived { inbound(u"bob@b.test"_s, u"hi"_s, world.clock.now(), u"1"_s) });
    QTRY_COMPARE(tree.indexesOf(bob->id).constFirst().data(ContactRole::Unread).toInt(), 1);

    world.session().tell(ContactRemoved { { u"bob@b.test"_s } });
    QTRY_COMPARE(names(tree), QStringList { u"Friends/Zażółć"_s });
}

void ModelsTest::contactFilter()
{
    UiWorld world;
    world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    ContactTreeModel tree(*world.contacts, *world.chats, *world.accounts);
    ContactFilterModel filter(tree);
    const QAbstractItemModelTester tester(&filter, Mode::QtTest);
    world.contact(u"fake"_s, u"bob@b.test"_s, u"Bob"_s, { u"Work"_s }, { Availability::Away });
    world.contact(u"fake"_s, u"ann@b.test"_s, u"Ann"_s, { u"Work"_s }, { Availability::Offline });
    world.contact(
        u"fake"_s, u"yuki@b.test"_s, u"雪子"_s, { u"Work"_s }, { Availability::Available });
    QTRY_COMPARE(names(filter).size(), 3);
    QCOMPARE(names(filter), (QStringList { u"Work/雪子"_s, u"Work/Bob"_s, u"Work/Ann"_s }));
    filter.setOrder(ContactFilterModel::Order::Name);
    QCOMPARE(names(filter).constFirst(), u"Work/Ann"_s);
    filter.setShowOffline(false);
    QCOMPARE(names(filter), (QStringList { u"Work/Bob"_s, u"Work/雪子"_s }));
    filter.setFilterText(u"ANN"_s);
    QCOMPARE(names(filter), QStringList { u"Work/Ann"_s }); // offline people too while searching
    filter.setFilterText(u"test yuki"_s);
    QCOMPARE(names(filter), QStringList { u"Work/雪子"_s });
    filter.setFilterText(u"nobody"_s);
    QCOMPARE(filter.rowCount(), 0);
}

void ModelsTest::conversations()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    ConversationListModel list(*world.chats, *world.contacts, *world.accounts);
    const QAbstractItemModelTester tester(&list, Mode::QtTest);
    ConversationSortModel sorted;
    sorted.setSourceModel(&list);
    const ConversationKey bob { id, u"bob@b.test"_s, ConversationKind::Person };
    const ConversationKey room { id, u"#linchpin"_s, ConversationKind::Room };
    world.chats->ensure(room);
    world.session().tell(
        MessageReceived { inbound(bob.with, u"مرحبا\nبالعالم"_s, world.clock.now(), u"1"_s) });
    QTRY_COMPARE(list.rowCount(), 2);
    QTRY_COMPARE(list.indexOf(bob).data(ConversationRole::Unread).toInt(), 1);
    QCOMPARE(list.indexOf(bob).data(ConversationRole::Excerpt).toString().count(u'\n'), 0);
    QTRY_COMPARE(sorted.index(0, 0).data(ConversationRole::Key).value<ConversationKey>(), bob);
    world.chats->setPinned(room, true);
    QTRY_COMPARE(sorted.index(0, 0).data(ConversationRole::Key).value<ConversationKey>(), room);
    world.chats->remove(bob);
    QTRY_COMPARE(list.rowCount(), 1);
    QVERIFY(!list.indexOf(bob).isValid());
}

void ModelsTest::members()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    Conversation *const room = world.chats->ensure({ id, u"#linchpin"_s, ConversationKind::Room });
    RoomMemberModel model(*room);
    const QAbstractItemModelTester tester(&model, Mode::QtTest);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    RoomChange change { .room = { u"#linchpin"_s }, .joined = true };
    change.members = QList<RoomMember> { { .nick = u"zo"_s }, { .nick = u"alice"_s, .self = true },
        { .nick = u"op"_s, .rank = RoomRank::Operator } };
    world.session().tell(RoomChanged { change });
    const auto nicks = [&model] {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row) {
            all.append(model.index(row, 0).data(MemberRole::Nick).toString());
        }
        return all;
    };
    QTRY_COMPARE(nicks(), (QStringList { u"op"_s, u"alice"_s, u"zo"_s }));
    RoomChange promoted { .room = { u"#linchpin"_s } };
    promoted.upserted = { { .nick = u"zo"_s, .rank = RoomRank::Owner } };
    promoted.removed = { u"op"_s };
    world.session().tell(RoomChanged { promoted });
    QTRY_COMPARE(nicks(), (QStringList { u"zo"_s, u"alice"_s }));
    QCOMPARE(resets.size(), 0);
}

void ModelsTest::messagesFollowTheEnd()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    const ConversationKey key { id, u"bob@b.test"_s, ConversationKind::Person };
    Conversation *const conversation = world.chats->ensure(key);
    MessageListModel model(*world.history, *conversation);
    const QAbstractItemModelTester tester(&model, Mode::QtTest);
    QSignalSpy ready(&model, &MessageListModel::ready);
    model.openNewest();
    QTRY_COMPARE(ready.size(), 1);
    QCOMPARE(model.rowCount(), 0);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    for (int i = 0; i < 5; ++i) {
        world.session().tell(MessageReceived { inbound(
            key.with, u"line %1"_s.arg(i), world.clock.now().addSecs(i), QString::number(i)) });
    }
    QTRY_COMPARE(model.rowCount(), 6); // and the date
    QCOMPARE(model.index(5, 0).data().toString().contains(u"line 4"_s), true);
    QCOMPARE(resets.size(), 0);
    // A late one goes where it belongs in time.
    world.session().tell(MessageReceived {
        inbound(key.with, u"late"_s, world.clock.now().addMSecs(2500), u"late"_s) });
    QTRY_COMPARE(model.rowCount(), 7);
    QCOMPARE(model.index(4, 0).data(MessageRole::Body).value<RichText>().plain(), u"late"_s);
    QVERIFY(model.isAtEnd());
}

void ModelsTest::messagesElsewhereAreCounted()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    const ConversationKey key { id, u"bob@b.test"_s, ConversationKind::Person };
    QList<StoredMessage> all;
    for (int i = 0; i < 300; ++i) {
        StoredMessage message;
        message.conversation = key;
        message.from = key.with;
        message.body = RichText::fromPlain(QString::number(i));
        message.remoteId = u"r%1"_s.arg(i);
        message.sentAt = world.clock.now().addSecs(i - 1000);
        message.receivedAt = message.sentAt;
        all.append(message);
    }
    QVERIFY(waited(world.history->appendMany(all)));
    const HistoryPage oldest
        = *waited(world.history->after(key, { world.clock.now().addDays(-1), {} }, 3));
    QCOMPARE(oldest.messages.size(), 3);
    MessageListModel model(*world.history, *world.chats->ensure(key));
    QSignalSpy ready(&model, &MessageListModel::ready);
    model.openAt(oldest.messages.constFirst().id);
    QTRY_COMPARE(ready.size(), 1);
    QVERIFY(model.hasNewer());
    QVERIFY(model.indexOf(oldest.messages.constFirst().id).isValid());
    const int rows = model.rowCount();
    world.session().tell(
        MessageReceived { inbound(key.with, u"now"_s, world.clock.now(), u"now"_s) });
    QTRY_COMPARE(model.newBelow(), 1);
    QCOMPARE(model.rowCount(), rows); // the reader's place does not move
    model.openNewest();
    QTRY_COMPARE(model.newBelow(), 0);
    QTRY_VERIFY(model.isAtEnd());
}

void ModelsTest::messagesPage()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    const ConversationKey key { id, u"bob@b.test"_s, ConversationKind::Person };
    QList<StoredMessage> all;
    for (int i = 0; i < 1500; ++i) {
        StoredMessage message;
        message.conversation = key;
        message.from = key.with;
        message.body = RichText::fromPlain(QString::number(i));
        message.remoteId = u"r%1"_s.arg(i);
        message.sentAt = world.clock.now().addSecs(i - 5000);
        message.receivedAt = message.sentAt;
        all.append(message);
    }
    QVERIFY(waited(world.history->appendMany(all)));
    MessageListModel model(*world.history, *world.chats->ensure(key));
    const QAbstractItemModelTester tester(&model, Mode::QtTest);
    QSignalSpy ready(&model, &MessageListModel::ready);
    model.openNewest();
    QTRY_COMPARE(ready.size(), 1);
    QVERIFY(model.rowCount() <= MessageListModel::kPage + 2);
    int pages = 0;
    while (model.hasOlder() && pages < 40) {
        const QString first = model.index(1, 0).data(MessageRole::Body).value<RichText>().plain();
        model.fetchOlder();
        QTRY_VERIFY(model.index(1, 0).data(MessageRole::Body).value<RichText>().plain() != first);
        QVERIFY(model.rowCount() <= MessageListModel::kWindow + 10);
        ++pages;
    }
    QCOMPARE(pages, 24);
    QCOMPARE(model.index(1, 0).data(MessageRole::Body).value<RichText>().plain(), u"0"_s);
    QVERIFY(model.hasNewer());
}

/// An import writes past the conversation; then it says that something came in.
void ModelsTest::messagesComeInBetween()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    const ConversationKey key { id, u"bob@b.test"_s, ConversationKind::Person };
    const auto store = [&](int second) {
        return world.store(key, QString::number(second), world.clock.now().addSecs(second - 5000));
    };
    for (int i = 0; i < 400; i += 2) {
        store(i);
    }
    Conversation *const conversation = world.chats->ensure(key);
    MessageListModel model(*world.history, *conversation);
    const QAbstractItemModelTester tester(&model, Mode::QtTest);
    Q_EMIT conversation->gapsChanged(); // nothing was opened: nothing to read again
    QSignalSpy ready(&model, &MessageListModel::ready);
    const auto has
        = [&](const StoredMessage &message) { return model.indexOf(message.id).isValid(); };
    model.openNewest();
    QTRY_COMPARE(ready.size(), 1);
    const StoredMessage late = store(391);
    QVERIFY(!has(late));
    Q_EMIT conversation->gapsChanged();
    QTRY_VERIFY(has(late));
    QVERIFY(model.isAtEnd());
    QCOMPARE(ready.size(), 1); // the reader stays where they are

    // Where the window does not reach the end, and while a page is on its way.
    const HistoryPage old = *waited(world.history->after(key, {}, 60));
    model.openAt(old.messages.constFirst().id);
    const StoredMessage first = store(-1);
    const StoredMessage early = store(3);
    Q_EMIT conversation->gapsChanged();
    QTRY_VERIFY(has(early));
    QCOMPARE(ready.size(), 2);
    QVERIFY(model.hasNewer());
    QVERIFY(model.hasOlder() || has(first));
    QVERIFY(!has(late));
}

QTEST_GUILESS_MAIN(ModelsTest)
#include "tst_models.moc"
