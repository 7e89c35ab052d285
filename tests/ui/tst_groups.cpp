// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/roles.h"
#include "core/models/roommembermodel.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/chat/conferenceactions.h"
#include "ui/widgets/chat/conversationheader.h"
#include "ui/widgets/common/questions.h"
#include "ui/widgets/contactlist/joinroomdialog.h"
#include "ui/widgets/contactlist/peopledialog.h"
#include "ui/widgets/contactlist/requestbar.h"
#include "ui/widgets/tray/notifier.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSystemTrayIcon>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

const auto bob = u"bob@alpha.test"_s;
const auto eve = u"eve@alpha.test"_s;
const auto room = u"plan@rooms.alpha.test"_s;

/// Alice online at a network with conferences, with two contacts and a room.
struct GroupWorld : UiWorld {
    AccountId id;

    GroupWorld()
    {
        id = add(u"fake"_s, u"alice@alpha.test"_s, u"Work"_s);
        online();
        session().hasConferences = true;
        contact(u"fake"_s, bob, u"Bób Gęślarz"_s, {}, { .availability = Availability::Available });
        contact(u"fake"_s, eve, u"こんにちは"_s, {}, { .availability = Availability::Away });
    }
    ConversationKey key(const QString &with, ConversationKind kind) const
    {
        return { id, with, kind };
    }
    Conversation &joined(RoomRank own, bool conference = true)
    {
        RoomChange change;
        change.room = { room };
        change.joined = true;
        change.members = QList {
            RoomMember { .nick = u"Alice"_s, .rank = own, .self = true },
            RoomMember { .nick = u"Bób"_s, .address = bob, .muted = false },
            RoomMember { .nick = u"Eve"_s, .address = eve, .waiting = true },
        };
        if (conference) {
            change.locked = false;
        }
        session().tell(RoomChanged { change });
        return *chats->find(key(room, ConversationKind::Room));
    }
};

QStringList texts(const QListWidget &list)
{
    QStringList shown;
    for (int row = 0; row < list.count(); ++row) {
        if (!list.item(row)->isHidden()) {
            shown.append(list.item(row)->text());
        }
    }
    return shown;
}

/// With LINCHPIN_PICTURES, what it looks like.
void keepPicture(QWidget &widget, const QString &name)
{
    const QString folder = qEnvironmentVariable("LINCHPIN_PICTURES");
    if (!folder.isEmpty()) {
        QVERIFY(widget.grab().save(folder + u'/' + name + u".png"_s));
    }
}

} // namespace

class GroupsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsOne();
    void picksWithTheKeyboard();
    void takesATypedAddress();
    void growsOutOfATalkOfTwo();
    void invitesIntoARoom();
    void saysWhyNot();
    void headerMenu_data();
    void headerMenu();
    void headerOfAChatRoom();
    void headerWithoutConferences();
    void memberMenu_data();
    void memberMenu();
    void memberMenuOfAnAttendee();
    void answersInvitations_data();
    void answersInvitations();
    void tellsOfInvitations();
    void joinsByLink_data();
    void joinsByLink();
};

void GroupsTest::startsOne()
{
    GroupWorld world;
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 2);
    PeopleDialog dialog(world.context(), {});
    dialog.show();
    auto *const people = dialog.findChild<QListWidget *>(u"people"_s);
    auto *const filter = dialog.findChild<QLineEdit *>(u"filter"_s);
    auto *const start = dialog.findChild<QPushButton *>();
    QVERIFY(people && filter && start);
    for (QPushButton *button : dialog.findChildren<QPushButton *>()) {
        QVERIFY(!button->text().isEmpty());
    }
    QVERIFY(!people->accessibleName().isEmpty() && !filter->accessibleName().isEmpty());
    QCOMPARE(texts(*people).size(), 2);
    filter->setText(u"gęśl"_s);
    QCOMPARE(texts(*people), QStringList { u"Bób Gęślarz (bob@alpha.test)"_s });
    filter->clear();
    for (int row = 0; row < people->count(); ++row) {
        people->item(row)->setCheckState(Qt::Checked);
    }
    dialog.findChild<QLineEdit *>(u"subject"_s)->setText(u"Zażółć 🦄"_s);
    keepPicture(dialog, u"people"_s);
    QSignalSpy opened(&dialog, &PeopleDialog::opened);
    dialog.accept(); // closing by itself makes nothing
    QVERIFY(world.session().calls.isEmpty());
    dialog.show();
    QTest::keyClick(&dialog, Qt::Key_Return);
    QTRY_COMPARE(opened.size(), 1);
    QCOMPARE(opened.first().first().value<ConversationKey>(),
        world.key(u"#made"_s, ConversationKind::Room));
    QCOMPARE(world.session().calls.last(), u"create Zażółć 🦄 bob@alpha.test,eve@alpha.test"_s);
}

void GroupsTest::picksWithTheKeyboard()
{
    GroupWorld world;
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 2);
    PeopleDialog dialog(world.context(), {});
    dialog.show();
    auto *const people = dialog.findChild<QListWidget *>(u"people"_s);
    people->setFocus();
    people->setCurrentRow(0);
    QTest::keyClick(people, Qt::Key_Space);
    QCOMPARE(people->item(0)->checkState(), Qt::Checked);
    QTest::keyClick(people, Qt::Key_Space);
    QCOMPARE(people->item(0)->checkState(), Qt::Unchecked);
}

void GroupsTest::takesATypedAddress()
{
    GroupWorld world;
    PeopleDialog dialog(world.context(), {});
    dialog.show();
    QTest::keyClicks(dialog.findChild<QLineEdit *>(u"filter"_s), u"new@alpha.test"_s);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QTRY_VERIFY(world.session().calls.contains(u"create  new@alpha.test"_s));
}

void GroupsTest::growsOutOfATalkOfTwo()
{
    GroupWorld world;
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 2);
    PeopleDialog dialog(world.context(), world.key(bob, ConversationKind::Person));
    dialog.show();
    auto *const people = dialog.findChild<QListWidget *>(u"people"_s);
    QCOMPARE(people->count(), 1); // Bob comes anyway
    people->item(0)->setCheckState(Qt::Checked);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QTRY_VERIFY(world.session().calls.contains(u"create  bob@alpha.test,eve@alpha.test"_s));
}

void GroupsTest::invitesIntoARoom()
{
    GroupWorld world;
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 2);
    world.joined(RoomRank::Operator);
    world.contact(u"fake"_s, u"dan@alpha.test"_s, u"Dan"_s, {}, {});
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 3);
    PeopleDialog dialog(world.context(), world.key(room, ConversationKind::Room));
    dialog.show();
    auto *const people = dialog.findChild<QListWidget *>(u"people"_s);
    QCOMPARE(texts(*people), QStringList { u"Dan (dan@alpha.test)"_s }); // the others are in
    people->item(0)->setCheckState(Qt::Checked);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QTRY_VERIFY(world.session().calls.contains(u"invite plan@rooms.alpha.test dan@alpha.test"_s));
    QTRY_VERIFY(!dialog.isVisible());
}

void GroupsTest::saysWhyNot()
{
    GroupWorld world;
    world.session().hasConferences = false;
    PeopleDialog dialog(world.context(), {});
    dialog.show();
    QTest::keyClick(&dialog, Qt::Key_Return);
    QVERIFY(world.session().calls.isEmpty());
    const auto labels = dialog.findChildren<QLabel *>();
    QVERIFY(std::ranges::any_of(
        labels, [](const QLabel *l) { return l->text().contains(u"No account"_s); }));
}

void GroupsTest::headerMenu_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("call");
    QTest::newRow("lock") << u"lockRoom"_s << u"lock plan@rooms.alpha.test 1"_s;
    QTest::newRow("end") << u"endRoom"_s << u"end plan@rooms.alpha.test"_s;
    QTest::newRow("link") << u"copyRoomLink"_s << QString();
}

void GroupsTest::headerMenu()
{
    QFETCH(QString, action);
    QFETCH(QString, call);
    GroupWorld world;
    Conversation &conversation = world.joined(RoomRank::Operator);
    RoomChange change;
    change.room = { room };
    change.link = u"https://meet.alpha.test/x"_s;
    world.session().tell(RoomChanged { change });
    ConversationHeader header(world.context(), conversation);
    header.resize(700, 60);
    header.show();
    QVERIFY(header.groupButton()->isVisible());
    QVERIFY(!header.groupButton()->accessibleName().isEmpty());
    keepPicture(header, u"header"_s);
    Q_EMIT header.groupButton()->menu()->aboutToShow();
    QSignalSpy invite(&header, &ConversationHeader::inviteRequested);
    header.groupButton()->menu()->findChild<QAction *>(u"inviteSomeone"_s)->trigger();
    QCOMPARE(invite.size(), 1);
    auto *const found = header.groupButton()->menu()->findChild<QAction *>(action);
    QVERIFY(found && found->isEnabled());
    questions::setNextAnswer(QString());
    found->trigger();
    if (call.isEmpty()) {
        QCOMPARE(QGuiApplication::clipboard()->text(), u"https://meet.alpha.test/x"_s);
    } else {
        QVERIFY(world.session().calls.contains(call));
    }
    // An attendee sees it, and cannot.
    world.joined(RoomRank::None);
    Q_EMIT header.groupButton()->menu()->aboutToShow();
    QCOMPARE(header.groupButton()->menu()->findChild<QAction *>(action)->isEnabled(),
        action == u"copyRoomLink"_s);
}

/// A room that is kept at the server, at a network that has conferences as well: nothing that only
/// a conference could do.
void GroupsTest::headerOfAChatRoom()
{
    GroupWorld world;
    ConversationHeader header(world.context(), world.joined(RoomRank::Operator, false));
    header.show();
    QMenu *const menu = header.groupButton()->menu();
    Q_EMIT menu->aboutToShow();
    QVERIFY(!menu->findChild<QAction *>(u"inviteSomeone"_s)->isEnabled());
    QVERIFY(!menu->findChild<QAction *>(u"lockRoom"_s));
    QVERIFY(!menu->findChild<QAction *>(u"endRoom"_s));
    menu->findChild<QAction *>(u"copyRoomLink"_s)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), room);
}

void GroupsTest::headerWithoutConferences()
{
    GroupWorld world;
    world.session().hasConferences = false;
    ConversationHeader header(world.context(), world.joined(RoomRank::Operator));
    header.show();
    QVERIFY(!header.groupButton()->isVisible());
}

void GroupsTest::memberMenu_data()
{
    QTest::addColumn<QString>("nick");
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("call");
    QTest::newRow("presenter") << u"Bób"_s << u"promoteMember"_s
                               << u"presenter plan@rooms.alpha.test Bób 1"_s;
    QTest::newRow("mute") << u"Bób"_s << u"muteMember"_s << u"mute plan@rooms.alpha.test Bób 1"_s;
    QTest::newRow("remove") << u"Bób"_s << u"removeMember"_s << u"kick plan@rooms.alpha.test Bób"_s;
    QTest::newRow("let in") << u"Eve"_s << u"admitMember"_s
                            << u"admit plan@rooms.alpha.test Eve 1"_s;
    QTest::newRow("send away") << u"Eve"_s << u"denyMember"_s
                               << u"admit plan@rooms.alpha.test Eve 0"_s;
}

namespace {

QModelIndex rowOf(const RoomMemberModel &model, const QString &nick)
{
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row, 0);
        if (index.data(MemberRole::Nick).toString() == nick) {
            return index;
        }
    }
    return {};
}

} // namespace

void GroupsTest::memberMenu()
{
    QFETCH(QString, nick);
    QFETCH(QString, action);
    QFETCH(QString, call);
    GroupWorld world;
    Conversation &conversation = world.joined(RoomRank::Operator);
    const RoomMemberModel model(conversation);
    QWidget parent;
    QMenu menu;
    conferences::addMemberActions(menu, world.context(), conversation, rowOf(model, nick), &parent,
        [](const Error &why) { QFAIL(qPrintable(why.code)); });
    auto *const found = menu.findChild<QAction *>(action);
    auto *const byParent = found ? found : parent.findChild<QAction *>(action);
    QVERIFY(byParent && byParent->isEnabled());
    byParent->trigger();
    QVERIFY2(world.session().calls.contains(call), qPrintable(world.session().calls.join(u'|')));
    QVERIFY(rowOf(model, u"Eve"_s).data(Qt::AccessibleTextRole).toString().contains(u"lobby"_s));
}

void GroupsTest::memberMenuOfAnAttendee()
{
    GroupWorld world;
    Conversation &conversation = world.joined(RoomRank::None);
    const RoomMemberModel model(conversation);
    QWidget parent;
    QMenu menu;
    conferences::addMemberActions(menu, world.context(), conversation, rowOf(model, u"Bób"_s),
        &parent, [](const Error &) { });
    QVERIFY(!menu.actions().isEmpty());
    for (const QAction *action : menu.actions()) {
        QVERIFY2(!action->isEnabled(), qPrintable(action->text()));
    }
}

void GroupsTest::answersInvitations_data()
{
    QTest::addColumn<bool>("come");
    QTest::addColumn<QString>("call");
    QTest::newRow("join") << true << u"join plan@rooms.alpha.test"_s;
    QTest::newRow("decline") << false << u"leave plan@rooms.alpha.test"_s;
}

void GroupsTest::answersInvitations()
{
    QFETCH(bool, come);
    QFETCH(QString, call);
    GroupWorld world;
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 2);
    RequestBar bar(world.context());
    bar.resize(280, 200);
    bar.show();
    const InvitationReceived invitation { RoomInvitation {
        .room = { room }, .from = bob, .text = u"Zażółć"_s } };
    world.session().tell(invitation);
    world.session().tell(invitation); // a repeat shows nothing more
    QTRY_COMPARE(bar.findChildren<QPushButton *>().size(), 2);
    const auto buttons = bar.findChildren<QPushButton *>();
    QVERIFY(buttons.at(0)->accessibleName().contains(u"Bób Gęślarz"_s));
    keepPicture(bar, u"invitation"_s);
    QSignalSpy opened(&bar, &RequestBar::conversationRequested);
    QSignalSpy answered(&bar, &RequestBar::invitationAnswered);
    buttons.at(come ? 1 : 0)->click();
    QTRY_VERIFY2(
        world.session().calls.contains(call), qPrintable(world.session().calls.join(u'|')));
    QTRY_COMPARE(opened.size(), come ? 1 : 0);
    QCOMPARE(answered.size(), 1);
    QCOMPARE(
        answered.first().first().value<ConversationKey>(), world.key(room, ConversationKind::Room));
    QTRY_VERIFY(bar.findChildren<QPushButton *>().isEmpty());
}

void GroupsTest::tellsOfInvitations()
{
    GroupWorld world;
    QTRY_COMPARE(world.contacts->contactsOf(world.id).size(), 2);
    QSystemTrayIcon tray;
    Notifier notifier(world.context(), tray, [](const ConversationKey &) { return true; });
    QSignalSpy told(&notifier, &Notifier::told);
    const InvitationReceived invitation { RoomInvitation {
        .room = { room }, .from = bob, .text = u"Zażółć"_s } };
    world.session().tell(invitation);
    QCOMPARE(told.size(), 1);
    const auto notification = told.first().first().value<Notification>();
    QCOMPARE(notification.title, u"Bób Gęślarz invites you"_s);
    QCOMPARE(notification.body, u"Zażółć"_s);
    QVERIFY(notification.conversation.isNull()); // a click shows the window with the question
    world.accounts->setGlobalPresence({ .availability = Availability::DoNotDisturb });
    world.session().tell(invitation);
    QCOMPARE(told.size(), 1);
}

void GroupsTest::joinsByLink_data()
{
    QTest::addColumn<QString>("leadsTo");
    QTest::newRow("a room") << room;
    QTest::newRow("nowhere") << QString();
}

void GroupsTest::joinsByLink()
{
    QFETCH(QString, leadsTo);
    GroupWorld world;
    world.session().resolvesTo = leadsTo;
    JoinRoomDialog dialog(world.context());
    dialog.show();
    QSignalSpy joined(&dialog, &JoinRoomDialog::joined);
    const auto link = u"https://meet.alpha.test/ben/8C1F"_s;
    dialog.findChild<QLineEdit *>(u"room"_s)->setText(link);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QVERIFY(world.session().calls.contains(u"resolve "_s + link));
    if (leadsTo.isEmpty()) {
        const auto labels = dialog.findChildren<QLabel *>();
        QTRY_VERIFY(std::ranges::any_of(
            labels, [](const QLabel *l) { return l->text().contains(u"does not lead"_s); }));
        QVERIFY(joined.isEmpty() && dialog.isVisible());
        return;
    }
    QTRY_COMPARE(joined.size(), 1);
    QVERIFY(world.session().calls.contains(u"join plan@rooms.alpha.test"_s));
}

QTEST_MAIN(GroupsTest)
#include "tst_groups.moc"
