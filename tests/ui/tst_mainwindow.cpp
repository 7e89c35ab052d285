// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/savedstatuses.h"
#include "core/models/roles.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/chat/composer.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/common/elidedlabel.h"
#include "ui/widgets/contactlist/contactlistview.h"
#include "ui/widgets/contactlist/statuschooser.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/tray/trayicon.h"

#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSignalSpy>
#include <QTabBar>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

class MainWindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void narrowIsOnePane();
    void filterAndKeyboard();
    void tabs();
    void theOpenConversationIsMarked();
    void closesIntoTheTray();
    void trayMenu();
    void contactMenuHasAccessLevels();
    void workStatuses();
    void strangersShowTheirPresence();

private:
    static void populate(UiWorld &world);
    static QColor groundOf(const QAbstractItemView &list, const QModelIndex &row);
};

void MainWindowTest::populate(UiWorld &world)
{
    world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    world.contact(u"fake"_s, u"bob@b.test"_s, u"Bob"_s, { u"Work"_s }, { Availability::Available });
    world.contact(u"fake"_s, u"zo@b.test"_s, u"Zażółć"_s, { u"Work"_s }, { Availability::Away });
    QTRY_COMPARE(world.contacts->persons().size(), 2);
}

void MainWindowTest::narrowIsOnePane()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.resize(1000, 600);
    window.show();
    auto *const side = window.findChild<QWidget *>(u"side"_s);
    const ConversationKey bob { world.accounts->accounts().constFirst()->id(), u"bob@b.test"_s,
        ConversationKind::Person };
    QVERIFY(side->isVisible());
    window.resize(600, 600);
    QTRY_VERIFY(side->isVisible()); // nothing is open: the list is the one pane
    window.openConversation(bob);
    QVERIFY(!side->isVisible());
    QVERIFY(window.currentPage()->isVisible());
    Q_EMIT window.currentPage()->backRequested();
    QVERIFY(side->isVisible());
    QVERIFY(!window.currentPage()->isVisible());
    window.openConversation(bob);
    window.resize(1000, 600);
    QTRY_VERIFY(side->isVisible());
    QVERIFY(window.currentPage()->isVisible());
}

void MainWindowTest::filterAndKeyboard()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.show();
    auto *const filter = window.findChild<QLineEdit *>(u"filter"_s);
    filter->setFocus();
    QTest::keyClicks(filter, u"zo"_s); // by address
    QTest::keyClick(filter, Qt::Key_Return);
    QVERIFY(window.currentPage());
    QCOMPARE(window.currentPage()->key().with, u"zo@b.test"_s);
    QVERIFY(filter->text().isEmpty());
    QTest::keyClicks(filter, u"nobody"_s);
    QTest::keyClick(filter, Qt::Key_Return);
    QCOMPARE(window.currentPage()->key().with, u"zo@b.test"_s);
    QTest::keyClick(filter, Qt::Key_Escape);
    QVERIFY(filter->text().isEmpty());
}

void MainWindowTest::tabs()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.show();
    const AccountId id = world.accounts->accounts().constFirst()->id();
    const ConversationKey bob { id, u"bob@b.test"_s, ConversationKind::Person };
    const ConversationKey zo { id, u"zo@b.test"_s, ConversationKind::Person };
    auto *const tabs = window.findChild<QTabBar *>(u"tabs"_s);
    window.openConversation(bob);
    QVERIFY(!tabs->isVisible()); // one needs no tab
    window.openConversation(zo);
    window.openConversation(bob);
    QCOMPARE(tabs->count(), 2);
    QVERIFY(tabs->isVisible());
    QCOMPARE(window.currentPage()->key(), bob);
    world.session().tell(MessageReceived { inbound(zo.with, u"hi"_s, world.clock.now(), u"1"_s) });
    QTRY_VERIFY(tabs->tabText(1).contains(u"(1)"_s));
    window.closeConversation(bob);
    QCOMPARE(window.currentPage()->key(), zo);
    window.closeConversation(zo);
    QVERIFY(!window.currentPage());
}

/// What a row is painted on, at its far end.
QColor MainWindowTest::groundOf(const QAbstractItemView &list, const QModelIndex &row)
{
    const QRect box = list.visualRect(row);
    const QPoint spot(box.right() - 12, box.top() + 4);
    return list.viewport()->grab(QRect(spot, QSize(1, 1))).toImage().pixelColor(0, 0);
}

void MainWindowTest::theOpenConversationIsMarked()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.resize(1000, 600);
    window.show();
    const AccountId account = world.accounts->accounts().constFirst()->id();
    const ConversationKey bob { account, u"bob@b.test"_s, ConversationKind::Person };
    const ConversationKey zo { account, u"zo@b.test"_s, ConversationKind::Person };
    const ConversationKey room { account, u"#room"_s, ConversationKind::Room };
    const auto marked = [&window](const QString &name) {
        const ContactListView &list = window.contactList();
        const QModelIndexList rows = list.model()->match(list.model()->index(0, 0), Qt::DisplayRole,
            name, 1, Qt::MatchExactly | Qt::MatchRecursive);
        return !rows.isEmpty()
            && groundOf(list, rows.constFirst()) != list.palette().color(QPalette::Base);
    };
    window.openConversation(bob);
    QTRY_VERIFY(marked(u"Bob"_s));
    QVERIFY(!marked(u"Zażółć"_s));
    window.openConversation(zo);
    QTRY_VERIFY(marked(u"Zażółć"_s));
    QVERIFY(!marked(u"Bob"_s));
    window.openConversation(room);
    QTRY_VERIFY(!marked(u"Zażółć"_s));
    auto *const rooms = window.findChild<QListView *>(u"roomList"_s);
    QTRY_COMPARE(rooms->model()->rowCount(), 1);
    QTRY_VERIFY(
        groundOf(*rooms, rooms->model()->index(0, 0)) != rooms->palette().color(QPalette::Base));
    window.closeConversation(room);
    window.closeConversation(zo);
    QTRY_VERIFY(marked(u"Bob"_s));
    window.closeConversation(bob);
    QTRY_VERIFY(!marked(u"Bob"_s));
}

void MainWindowTest::closesIntoTheTray()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    QSignalSpy quit(&window, &MainWindow::quitRequested);
    QSignalSpy hidden(&window, &MainWindow::closedToTray);
    window.show();
    window.setProperty("trayAvailable", true);
    window.close();
    QCOMPARE(hidden.size(), 1);
    QCOMPARE(quit.size(), 0);
    window.show();
    window.setProperty("trayAvailable", false);
    window.close();
    QCOMPARE(quit.size(), 1);
}

void MainWindowTest::trayMenu()
{
    UiWorld world;
    populate(world);
    TrayIcon tray(world.context(), TrayIcon::Content::Messenger);
    QSignalSpy wanted(&tray, &TrayIcon::conversationRequested);
    QCOMPARE(tray.view().availability, Availability::Available);
    auto *const next = tray.menu().findChild<QAction *>(u"trayNext"_s);
    QVERIFY(next && !next->isEnabled());
    world.session().tell(
        MessageReceived { inbound(u"bob@b.test"_s, u"hi"_s, world.clock.now(), u"1"_s) });
    QTRY_COMPARE(tray.view().unread, 1);
    tray.menu().findChild<QAction *>(u"trayNext"_s)->trigger();
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted.constFirst().constFirst().value<ConversationKey>().with, u"bob@b.test"_s);
    tray.menu().findChild<QAction *>(u"tray-do-not-disturb"_s)->trigger();
    QCOMPARE(world.accounts->globalPresence().availability, Availability::DoNotDisturb);
    QTRY_COMPARE(tray.view().availability, Availability::DoNotDisturb);

    TrayIcon indicator(world.context(), TrayIcon::Content::Indicator);
    QStringList texts;
    const QList<QAction *> actions = indicator.menu().actions();
    for (const QAction *const action : actions) {
        texts.append(action->text());
    }
    QVERIFY(texts.contains(u"Bob"_s));
    QVERIFY(texts.contains(u"Zażółć"_s));
    QVERIFY(texts.contains(u"Open Linchpin"_s));
}

void MainWindowTest::contactMenuHasAccessLevels()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.show();
    ContactListView &list = window.contactList();
    const QModelIndex bob = list.model()->index(0, 0, list.model()->index(0, 0));
    const auto levels = [&](QMenu &menu) {
        list.buildPersonMenu(menu, bob);
        return menu.findChild<QMenu *>(u"accessMenu"_s);
    };
    {
        QMenu menu;
        QVERIFY(!levels(menu)); // the protocol has none
    }
    FakeSession &session = world.session();
    session.hasAccess = true;
    {
        QMenu menu;
        const QMenu *const access = levels(menu);
        QVERIFY(access);
        const QList<QAction *> actions = access->actions();
        QCOMPARE(actions.at(0)->text(), u"Near"_s);
        QVERIFY(actions.at(0)->isChecked()); // as everybody of the company
        QVERIFY(!access->findChild<QAction *>(u"accessAutomatic"_s)->isEnabled());
        actions.at(2)->trigger();
        QCOMPARE(session.calls.last(), u"access 0 bob@b.test far"_s);
    }
    QMenu menu;
    const QMenu *const access = levels(menu);
    QVERIFY(access && access->actions().at(2)->isChecked());
    access->findChild<QAction *>(u"accessAutomatic"_s)->trigger();
    QCOMPARE(session.calls.last(), u"access 0 bob@b.test "_s);
    QSignalSpy asked(&window, &MainWindow::accessRequested);
    access->actions().constLast()->trigger();
    QCOMPARE(asked.size(), 1);
}

void MainWindowTest::workStatuses()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.show();
    const StatusChooser *const chooser = window.findChild<StatusChooser *>();
    QVERIFY(chooser);
    const auto texts = [chooser] {
        Q_EMIT chooser->statusMenu()->aboutToShow();
        QStringList all;
        const QList<QAction *> actions = chooser->statusMenu()->actions();
        for (const QAction *const action : actions) {
            all.append(action->text());
        }
        return all;
    };
    QVERIFY(!texts().contains(u"Be right back"_s));
    world.plugins.value(u"fake"_s)->capabilities.setFlag(Capability::WorkStatuses);
    const qsizetype at = texts().indexOf(u"Be right back"_s);
    QVERIFY(at > 0);
    QVERIFY(texts().contains(u"Off work"_s));
    chooser->statusMenu()->actions().at(at)->trigger();
    const Presence told = world.session().presences.last();
    QCOMPARE(told.availability, Availability::Away);
    QCOMPARE(told.activity, u"be-right-back"_s);
    auto *const button = window.findChild<QToolButton *>(u"statusButton"_s);
    QCOMPARE(button->text(), u"Be right back"_s);
    // Kept under its name, and brought back with its word.
    const SavedStatus saved { u"Lunch"_s, told };
    QCOMPARE(savedStatusesFromJson(savedStatusesToJson({ saved })), QList<SavedStatus> { saved });
}

void MainWindowTest::strangersShowTheirPresence()
{
    UiWorld world;
    populate(world);
    MainWindow window(world.context());
    window.show();
    const AccountId account = world.accounts->accounts().constFirst()->id();
    window.openConversation({ account, u"who@b.test"_s, ConversationKind::Person });
    auto *const note = window.currentPage()->findChild<ElidedLabel *>(u"conversationNote"_s);
    QVERIFY(note);
    QCOMPARE(note->text(), u"who@b.test"_s);
    world.session().tell(PresenceChanged {
        { u"who@b.test"_s }, { .availability = Availability::Busy, .text = u"出張中"_s } });
    QTRY_COMPARE(note->text(), u"Busy · 出張中"_s);
    QCOMPARE(world.contacts->presenceOf(PersonAddress { account, { u"who@b.test"_s } }).text,
        u"出張中"_s);
    // The newest hundred are remembered; signed out, nobody is.
    for (int i = 0; i < 150; ++i) {
        world.session().tell(
            PresenceChanged { { u"s%1@b.test"_s.arg(i) }, { .availability = Availability::Away } });
    }
    const auto known = [&](const QString &address) {
        return world.contacts->presenceOf(PersonAddress { account, { address } }).availability;
    };
    QCOMPARE(known(u"s149@b.test"_s), Availability::Away);
    QCOMPARE(known(u"s0@b.test"_s), Availability::Unknown);
    world.session().end(Error {});
    QCOMPARE(known(u"s149@b.test"_s), Availability::Unknown);
}

QTEST_MAIN(MainWindowTest)
#include "tst_mainwindow.moc"
