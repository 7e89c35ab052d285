// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/roles.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/console/wireconsole.h"
#include "ui/widgets/contactlist/accessdialog.h"
#include "ui/widgets/contactlist/addcontactdialog.h"
#include "ui/widgets/contactlist/contactlistview.h"
#include "ui/widgets/contactlist/joinroomdialog.h"
#include "ui/widgets/history/historydialog.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/preferences/preferencesdialog.h"

#include <QApplication>
#include <QDir>
#include <QImage>
#include <QLineEdit>
#include <QMenu>
#include <QTabWidget>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

/// Draws the window and every dialog full of people and words, light and dark. Saves them as
/// pictures into the folder that LINCHPIN_PICTURES names.
class PicturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void draws_data();
    void draws();

private:
    void shoot(QWidget &widget, const QString &name);
    static void populate(UiWorld &world);

    QString m_folder = qEnvironmentVariable("LINCHPIN_PICTURES");
};

void PicturesTest::initTestCase()
{
    QApplication::setStyle(new FlatStyle);
    if (!m_folder.isEmpty()) {
        QVERIFY(QDir().mkpath(m_folder));
    }
}

void PicturesTest::shoot(QWidget &widget, const QString &name)
{
    QTest::qWait(30);
    const QImage image = widget.grab().toImage();
    QVERIFY(!image.isNull());
    // A window that painted nothing has one colour.
    QSet<QRgb> colors;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            colors.insert(image.pixel(x, y));
        }
    }
    QVERIFY2(colors.size() > 8, qPrintable(name));
    if (!m_folder.isEmpty()) {
        QVERIFY(image.save(m_folder + u'/' + name + u".png"_s));
    }
}

void PicturesTest::populate(UiWorld &world)
{
    const AccountId sip = world.add(u"sip"_s, u"alice@litwareinc.test"_s, u"Litware"_s);
    const AccountId xmpp = world.add(u"xmpp"_s, u"alice@alpha.test"_s, u"alpha.test"_s);
    const AccountId irc = world.add(u"irc"_s, u"alice@irc.test"_s, u"Freeway IRC"_s);
    world.add(u"notes"_s, u"alice@broken.test"_s, u"Old server"_s);
    world.online();
    Error why;
    why.kind = Error::Kind::Network;
    why.code = u"connection-refused"_s;
    why.title = u"The server refused the connection."_s;
    why.detail = u"Connection refused by 192.0.2.7 port 5061"_s;
    why.remedy = u"Check the server's name and port, or ask who runs it."_s;
    world.session(u"notes"_s).end(why);
    const auto at = [&world](qint64 minutes) { return world.clock.now().addSecs(minutes * 60); };
    const QDateTime idle = at(-47);
    world.contact(u"sip"_s, u"bob@litwareinc.test"_s, u"Bob Kelly"_s, { u"Colleagues"_s },
        { .availability = Availability::Available, .text = u"At my desk until four"_s });
    world.contact(u"sip"_s, u"terry@litwareinc.test"_s, u"Terry Adams"_s, { u"Colleagues"_s },
        { .availability = Availability::Busy, .activity = u"In a call"_s });
    world.contact(u"sip"_s, u"zofia@litwareinc.test"_s, u"Zofia Źdźbło-Śmiałkowska"_s,
        { u"Colleagues"_s },
        { .availability = Availability::DoNotDisturb,
            .text
            = u"Presenting the quarterly numbers to the board; please call Terry instead"_s });
    world.contact(u"sip"_s, u"kim@litwareinc.test"_s, u"Kim Abercrombie"_s,
        { u"Colleagues"_s, u"Project Linchpin"_s },
        { .availability = Availability::Away, .idleSince = idle });
    world.contact(u"xmpp"_s, u"carol@alpha.test"_s, u"Carol"_s, { u"Friends"_s },
        { .availability = Availability::Available, .text = u"🎉 holidays"_s });
    world.contact(u"xmpp"_s, u"yuki@alpha.test"_s, u"雪子 こんにちは"_s, { u"Friends"_s },
        { .availability = Availability::Away });
    world.contact(u"xmpp"_s, u"omar@alpha.test"_s, u"عمر الفاروق"_s, { u"Friends"_s },
        { .availability = Availability::Available, .text = u"مرحبا بالعالم"_s });
    world.contact(
        u"xmpp"_s, u"dave@alpha.test"_s, u"Dave"_s, {}, { .availability = Availability::Offline });
    world.contact(
        u"irc"_s, u"qwerty@irc.test"_s, u"qwerty"_s, {}, { .availability = Availability::Unknown });

    const ConversationKey bob { sip, u"bob@litwareinc.test"_s, ConversationKind::Person };
    const auto in = [&](int minute, const QString &text) { world.store(bob, text, at(minute)); };
    const auto out = [&](int minute, const QString &text) {
        return world.store(bob, text, at(minute), Direction::Out, u"alice@litwareinc.test"_s);
    };
    in(-1500, u"Good morning! Are you joining the design review?"_s);
    out(-1499, u"Yes, ten minutes late."_s);
    out(-1498,
        u"Zażółć gęślą jaźń — and the notes are at https://intranet.litwareinc.test/reviews/2026/03/linchpin?view=all#notes"_s);
    in(-60, u"こんにちは世界。今日の会議は三時からです。"_s);
    in(-59, u"مرحبا بالعالم، هل يمكنك إرسال الملف قبل الاجتماع؟"_s);
    out(-58, u"👩‍👩‍👧‍👦🦄𝄞 sure"_s);
    in(-20,
        u"A longer message, to see how lines break in a bubble: the message view is virtual and "
        u"only what is visible is ever laid out, so a conversation of a million messages opens as "
        u"quickly as one of ten. Words that do not fit the line move to the next one.\nAnd a "
        u"second "
        u"paragraph follows here."_s);
    const StoredMessage failed = out(-5, u"This one did not arrive"_s);
    Error refused;
    refused.code = u"not-deliverable"_s;
    refused.title = u"Bob cannot be reached now."_s;
    refused.detail = u"480 Temporarily Unavailable"_s;
    refused.remedy = u"Try again later."_s;
    // Sent may not become Failed: what failed was never sent.
    StoredMessage lost = failed;
    lost.id = {};
    lost.body = RichText::fromPlain(u"Neither did this, with a reason"_s);
    lost.sentAt = at(-4);
    lost.delivery = DeliveryState::Failed;
    lost.failure = refused;
    QVERIFY(waited(world.history->append(lost)));
    out(-2, u"Third try."_s);

    const ConversationKey room { irc, u"#linchpin"_s, ConversationKind::Room };
    RoomChange change;
    change.room = { room.with };
    change.name = u"#linchpin"_s;
    change.joined = true;
    change.topic
        = RoomTopic { .text = u"Linchpin: one messenger that holds your accounts together | "
                              u"https://linchpin.test | be kind"_s };
    QList<RoomMember> members;
    members.append({ .nick = u"alice"_s, .self = true });
    members.append({ .nick = u"ChanServ"_s, .rank = RoomRank::Operator });
    for (int i = 0; i < 40; ++i) {
        members.append({ .nick = u"member_with_a_long_nick_%1"_s.arg(i),
            .rank = i < 3 ? RoomRank::Voice : RoomRank::None,
            .presence = { .availability = i % 4 ? Availability::Available : Availability::Away } });
    }
    change.members = members;
    world.session(u"irc"_s).tell(RoomChanged { change });
    world.store(room, u"hello everybody"_s, at(-30), Direction::In, u"qwerty"_s, MessageKind::Room);
    for (int i = 0; i < 4; ++i) {
        world.store(
            room, u"member_%1 joined"_s.arg(i), at(-29), Direction::In, {}, MessageKind::System);
    }
    world.store(room, u"waves"_s, at(-28), Direction::In, u"ChanServ"_s, MessageKind::Action);
    world.store(room, u"alice: the build is green again, see #42"_s, at(-27), Direction::In,
        u"qwerty"_s, MessageKind::Room);
    world.store(room, u"thanks"_s, at(-26), Direction::Out, u"alice"_s, MessageKind::Room);
    QTRY_VERIFY(world.contacts->persons().size() >= 9);

    // Something unread in a conversation that is not open.
    for (int i = 0; i < 3; ++i) {
        world.session(u"xmpp"_s).tell(MessageReceived {
            inbound(u"carol@alpha.test"_s, u"Lunch? %1"_s.arg(i), at(-1), u"c%1"_s.arg(i)) });
    }
    QTRY_COMPARE(world.chats->totalUnread(), 3);
    Q_UNUSED(xmpp)
}

void PicturesTest::draws_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void PicturesTest::draws()
{
    QFETCH(const bool, dark);
    const QString word = dark ? u"-dark"_s : u"-light"_s;
    theme::apply(dark ? theme::Scheme::Dark : theme::Scheme::Light);
    UiWorld world({ u"sip"_s, u"xmpp"_s, u"irc"_s, u"notes"_s });
    populate(world);
    const QList<Account *> accounts = world.accounts->accounts();
    const ConversationKey bob { accounts.at(0)->id(), u"bob@litwareinc.test"_s,
        ConversationKind::Person };
    const ConversationKey carol { accounts.at(1)->id(), u"carol@alpha.test"_s,
        ConversationKind::Person };
    const ConversationKey room { accounts.at(2)->id(), u"#linchpin"_s, ConversationKind::Room };
    {
        MainWindow window(world.context());
        window.resize(1040, 720);
        window.show();
        shoot(window, u"empty"_s + word);
        window.openConversation(bob);
        world.session(u"sip"_s).tell(
            TypingChanged { .with = bob.with, .from = bob.with, .composing = true });
        QTest::qWait(60);
        shoot(window, u"conversation"_s + word);
        window.openConversation(room);
        QTest::qWait(60);
        shoot(window, u"room"_s + word);
        world.settings.setValue(u"message-layout"_s, u"lines"_s);
        world.settings.setValue(u"list-density"_s, u"compact"_s);
        QTest::qWait(60);
        shoot(window, u"room-lines"_s + word);
        window.openConversation(bob);
        QTest::qWait(60);
        shoot(window, u"conversation-lines"_s + word);
        world.settings.reset(u"message-layout"_s);
        world.settings.reset(u"list-density"_s);
        window.resize(600, 720);
        QTest::qWait(60);
        shoot(window, u"narrow"_s + word);
        window.resize(1040, 720);
        window.openConversation(carol);
        if (auto *const filter = window.findChild<QLineEdit *>(u"filter"_s)) {
            filter->setText(u"o"_s);
        }
        QTest::qWait(60);
        shoot(window, u"filter"_s + word);
    }
    {
        AccountsDialog dialog(world.context());
        dialog.show();
        dialog.select(accounts.at(3)->id(), u"pageBasic"_s);
        shoot(dialog, u"accounts-basic"_s + word);
        dialog.select(accounts.at(0)->id(), u"pageAdvanced"_s);
        shoot(dialog, u"accounts-advanced"_s + word);
        dialog.select(accounts.at(0)->id(), u"pageProxy"_s);
        shoot(dialog, u"accounts-proxy"_s + word);
    }
    {
        FirstRunDialog dialog(world.context());
        dialog.show();
        dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
        shoot(dialog, u"first-run"_s + word);
    }
    {
        HistoryDialog dialog(world.context());
        dialog.show();
        dialog.findChild<QLineEdit *>()->setText(u"message"_s);
        QTest::qWait(500);
        shoot(dialog, u"history"_s + word);
    }
    {
        PreferencesDialog dialog(world.context());
        dialog.show();
        shoot(dialog, u"preferences"_s + word);
    }
    {
        WireConsole dialog(world.context());
        dialog.show();
        shoot(dialog, u"console"_s + word);
    }
    {
        AddContactDialog dialog(world.context());
        dialog.show();
        shoot(dialog, u"add-contact"_s + word);
    }
    {
        FakeSession &session = world.session(u"sip"_s);
        session.hasAccess = true;
        session.accessRules = { { AccessRule::Subject::Company, {}, u"near"_s },
            { AccessRule::Subject::Federated, {}, u"far"_s },
            { AccessRule::Subject::Domain, u"contoso.test"_s, u"middle"_s },
            { AccessRule::Subject::Person, u"zofia@litwareinc.test"_s, u"middle"_s },
            { AccessRule::Subject::Person, u"bob@litwareinc.test"_s, u"far"_s } };
        AccessDialog dialog(world.context());
        dialog.show();
        shoot(dialog, u"privacy"_s + word);
        ContactListView list(world.context());
        const QModelIndexList found = list.model()->match(list.model()->index(0, 0),
            Qt::DisplayRole, u"Bob Kelly"_s, 1, Qt::MatchExactly | Qt::MatchRecursive);
        QCOMPARE(found.size(), 1);
        QMenu menu;
        list.buildPersonMenu(menu, found.constFirst());
        auto *const levels = menu.findChild<QMenu *>(u"accessMenu"_s);
        QVERIFY(levels);
        menu.popup({ 0, 0 });
        shoot(menu, u"person-menu"_s + word);
        menu.close();
        levels->popup({ 0, 0 });
        shoot(*levels, u"privacy-menu"_s + word);
        levels->close();
    }
    {
        JoinRoomDialog dialog(world.context());
        dialog.show();
        shoot(dialog, u"join-room"_s + word);
    }
    if (!dark) {
        for (int i = 0; i < 3000; ++i) {
            world.contact(u"xmpp"_s, u"person%1@alpha.test"_s.arg(i), u"Person number %1"_s.arg(i),
                { u"Group %1"_s.arg(i % 12) },
                { .availability = i % 3 ? Availability::Available : Availability::Offline });
        }
        QTRY_VERIFY(world.contacts->persons().size() > 3000);
        MainWindow window(world.context());
        window.show();
        window.openConversation(bob);
        QTest::qWait(100);
        shoot(window, u"many"_s + word);
    }
    theme::apply(theme::Scheme::Light);
}

QTEST_MAIN(PicturesTest)
#include "tst_pictures.moc"
