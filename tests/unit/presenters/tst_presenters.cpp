// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/presenters/notificationpresenter.h"
#include "ui/presenters/timetext.h"
#include "ui/presenters/traypresenter.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

const QDateTime kNow(QDate(2026, 3, 4), QTime(12, 0), QTimeZone::LocalTime);

NotificationCase person(const QString &who, const QString &text)
{
    NotificationCase what;
    what.message.conversation = { { u"a"_s }, who, ConversationKind::Person };
    what.message.body = RichText::fromPlain(text);
    what.conversationName = who;
    what.senderName = who;
    return what;
}

} // namespace

Q_DECLARE_METATYPE(InvitationCase)

class PresentersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void timesInLists_data();
    void timesInLists();
    void clockHasNoSeconds_data();
    void clockHasNoSeconds();
    void idle_data();
    void idle();
    void trayShowsBestPresence();
    void trayNamesAccountsInTrouble();
    void staysSilent_data();
    void staysSilent();
    void tellsWhatSomebodyWrote();
    void countsWithinAConversation();
    void manyConversationsBecomeOne();
    void tellsOfAnInvitation_data();
    void tellsOfAnInvitation();
    void manyInvitationsBecomeOne();
};

void PresentersTest::timesInLists_data()
{
    QTest::addColumn<QDateTime>("time");
    QTest::addColumn<QString>("text");
    QTest::newRow("today") << kNow.addSecs(-3600) << u"11:00"_s;
    QTest::newRow("yesterday") << kNow.addDays(-1) << u"Tue"_s;
    QTest::newRow("six days ago") << kNow.addDays(-6) << u"Thu"_s;
    QTest::newRow("this year") << kNow.addDays(-30) << u"2 Feb"_s;
    // A clock that is wrong must not make a message come from a weekday.
    QTest::newRow("tomorrow") << kNow.addDays(1) << u"5 Mar"_s;
}

void PresentersTest::timesInLists()
{
    QFETCH(const QDateTime, time);
    QLocale::setDefault(QLocale::c());
    QTEST(shortTimeText(time, kNow), "text");
}

void PresentersTest::clockHasNoSeconds_data()
{
    QTest::addColumn<QLocale>("locale");
    QTest::addColumn<QString>("text");
    QTest::newRow("C") << QLocale::c() << u"14:05"_s;
    QTest::newRow("German") << QLocale(QLocale::German, QLocale::Germany) << u"14:05"_s;
    QTest::newRow("Polish") << QLocale(QLocale::Polish, QLocale::Poland) << u"14:05"_s;
}

void PresentersTest::clockHasNoSeconds()
{
    QFETCH(const QLocale, locale);
    QTEST(clockText(QTime(14, 5, 59), locale), "text");
}

void PresentersTest::idle_data()
{
    QTest::addColumn<int>("minutes");
    QTest::addColumn<QString>("text");
    QTest::newRow("at once") << 0 << u"idle"_s;
    QTest::newRow("minutes") << 12 << u"idle for 12 min"_s;
    QTest::newRow("hours") << 185 << u"idle for 3 h"_s;
    QTest::newRow("days") << 3 * 24 * 60 << u"idle for 3 days"_s;
}

void PresentersTest::idle()
{
    QFETCH(const int, minutes);
    QTEST(idleText(kNow.addSecs(qint64 { -60 } * minutes), kNow), "text");
}

void PresentersTest::trayShowsBestPresence()
{
    const TrayView view = trayView(
        { { .name = u"a"_s,
              .state = Account::State::Online,
              .presence = { .availability = Availability::Away } },
            { .name = u"b"_s,
                .state = Account::State::Online,
                .presence = { .availability = Availability::Busy, .text = u"Zażółć\ngęślą"_s } },
            { .name = u"c"_s,
                .state = Account::State::Waiting,
                .presence = { .availability = Availability::Available } } },
        2);
    QCOMPARE(view.availability, Availability::Busy);
    QCOMPARE(view.unread, 2);
    QCOMPARE(view.tooltip.section(u'\n', 0, 0), u"Linchpin: Busy, Zażółć gęślą"_s);
    QVERIFY(view.tooltip.contains(u"2 unread messages"_s));
    QVERIFY(trayView({}, 1).tooltip.contains(u"1 unread message"_s));
    QCOMPARE(trayView({}, 0).availability, Availability::Offline);
    QVERIFY(!trayView({}, 0).tooltip.contains(u"unread"_s));
}

void PresentersTest::trayNamesAccountsInTrouble()
{
    QList<TrayAccount> accounts {
        { .name = u"switched off"_s, .stateText = u"x"_s, .enabled = false }
    };
    accounts.append({ .name = u"work"_s, .stateText = u"The password was refused."_s });
    QCOMPARE(
        trayView(accounts, 0).tooltip, u"Linchpin: Offline\nwork: The password was refused."_s);
    for (int i = 0; i < 20; ++i) {
        accounts.append({ .name = QString::number(i), .stateText = u"Offline"_s });
    }
    const QString tooltip = trayView(accounts, 0).tooltip;
    QCOMPARE(tooltip.count(u'\n'), 6);
    QVERIFY(tooltip.endsWith(u"and 16 more not online"_s));
}

void PresentersTest::staysSilent_data()
{
    QTest::addColumn<NotificationCase>("what");
    const auto row = [](const char *name, auto change) {
        NotificationCase what = person(u"bob"_s, u"hi"_s);
        change(what);
        QTest::newRow(name) << what;
    };
    row("muted", [](NotificationCase &c) { c.muted = true; });
    row("visible", [](NotificationCase &c) { c.visible = true; });
    row("do not disturb",
        [](NotificationCase &c) { c.ownAvailability = Availability::DoNotDisturb; });
    row("switched off", [](NotificationCase &c) { c.notifications = false; });
    row("own", [](NotificationCase &c) { c.message.direction = Direction::Out; });
    row("archive", [](NotificationCase &c) { c.message.fromArchive = true; });
    row("joined", [](NotificationCase &c) { c.message.kind = MessageKind::System; });
    row("server",
        [](NotificationCase &c) { c.message.conversation.kind = ConversationKind::Server; });
    row("room without a mention",
        [](NotificationCase &c) { c.message.conversation.kind = ConversationKind::Room; });
}

void PresentersTest::staysSilent()
{
    QFETCH(const NotificationCase, what);
    NotificationPresenter presenter;
    QVERIFY(!presenter.arrived(what, kNow));
    // What was not told is not counted later either.
    NotificationCase loud = person(u"bob"_s, u"again"_s);
    loud.message.conversation = { { u"a"_s }, u"bob"_s, ConversationKind::Person };
    QCOMPARE(presenter.arrived(loud, kNow)->count, 1);
}

void PresentersTest::tellsWhatSomebodyWrote()
{
    NotificationPresenter presenter;
    const auto told = presenter.arrived(person(u"Bob"_s, u"こんにちは世界\n<b>x</b>"_s), kNow);
    QVERIFY(told);
    QCOMPARE(told->title, u"Bob"_s);
    QCOMPARE(told->body, u"こんにちは世界 <b>x</b>"_s);
    QCOMPARE(told->conversation.with, u"Bob"_s);

    NotificationCase hidden = person(u"Carol"_s, u"secret"_s);
    hidden.showText = false;
    QCOMPARE(presenter.arrived(hidden, kNow)->body, u"New message"_s);

    NotificationCase room = person(u"#linchpin"_s, u"alice: look"_s);
    room.message.conversation.kind = ConversationKind::Room;
    room.message.mentionsMe = true;
    room.senderName = u"qwerty"_s;
    QCOMPARE(presenter.arrived(room, kNow)->body, u"qwerty: alice: look"_s);

    NotificationPresenter fresh;
    const auto cut = fresh.arrived(person(u"Dan"_s, QString(199, u'x') + u"🦄🦄🦄"_s), kNow);
    QVERIFY(cut->body.endsWith(u'…'));
    QVERIFY(!cut->body.chopped(1).back().isHighSurrogate());
}

void PresentersTest::countsWithinAConversation()
{
    NotificationPresenter presenter;
    const auto first = presenter.arrived(person(u"Bob"_s, u"1"_s), kNow);
    const auto second = presenter.arrived(person(u"Bob"_s, u"2"_s), kNow.addSecs(60));
    QCOMPARE(second->slot, first->slot);
    QCOMPARE(second->title, u"Bob (2)"_s);
    QCOMPARE(second->body, u"1\n2"_s);
    presenter.arrived(person(u"Bob"_s, u"3"_s), kNow.addSecs(61));
    QCOMPARE(presenter.arrived(person(u"Bob"_s, u"4"_s), kNow.addSecs(62))->body, u"2\n3\n4"_s);
    presenter.forget({ { u"a"_s }, u"Bob"_s, ConversationKind::Person });
    QCOMPARE(presenter.arrived(person(u"Bob"_s, u"5"_s), kNow.addSecs(70))->count, 1);
}

void PresentersTest::manyConversationsBecomeOne()
{
    NotificationPresenter presenter;
    for (const QString &who : { u"a"_s, u"b"_s, u"c"_s }) {
        QVERIFY(!presenter.arrived(person(who, u"x"_s), kNow)->conversation.isNull());
    }
    const auto all = presenter.arrived(person(u"d"_s, u"x"_s), kNow.addSecs(1));
    QCOMPARE(all->slot, u"all"_s);
    QVERIFY(all->conversation.isNull());
    QCOMPARE(all->count, 4);
    QCOMPARE(all->body, u"In 4 conversations"_s);
    // When the burst is over, one conversation is one notification again.
    QCOMPARE(presenter.arrived(person(u"e"_s, u"x"_s), kNow.addSecs(30))->title, u"e"_s);
}

void PresentersTest::tellsOfAnInvitation_data()
{
    QTest::addColumn<InvitationCase>("what");
    QTest::addColumn<QString>("title"); // empty: nothing is shown
    QTest::addColumn<QString>("body");
    const InvitationCase plain { .account = { u"a"_s },
        .room = u"plan@rooms.test"_s,
        .fromName = u"Bób Gęślarz"_s,
        .text = u"こんにちは世界\n<b>x</b>\a 👩‍👩‍👧‍👦🦄𝄞"_s };
    const auto row = [plain](const char *name, const QString &title, const QString &body,
                         void (*change)(InvitationCase &)) {
        InvitationCase what = plain;
        change(what);
        QTest::newRow(name) << what << title << body;
    };
    const auto title = u"Bób Gęślarz invites you"_s;
    row("with words", title, u"こんにちは世界 <b>x</b> 👩‍👩‍👧‍👦🦄𝄞"_s,
        [](InvitationCase &) { });
    row("without", title, u"To a group conversation"_s,
        [](InvitationCase &what) { what.text.clear(); });
    row("words are private", title, u"To a group conversation"_s,
        [](InvitationCase &what) { what.showText = false; });
    row("do not disturb", {}, {},
        [](InvitationCase &what) { what.ownAvailability = Availability::DoNotDisturb; });
    row("busy", title, u"To a group conversation"_s, [](InvitationCase &what) {
        what.ownAvailability = Availability::Busy;
        what.text.clear();
    });
    row("turned off", {}, {}, [](InvitationCase &what) { what.notifications = false; });
    row("bounded", title, QString(200, u'x') + u'…',
        [](InvitationCase &what) { what.text = QString(5000, u'x'); });
}

void PresentersTest::tellsOfAnInvitation()
{
    QFETCH(const InvitationCase, what);
    QFETCH(const QString, title);
    QFETCH(const QString, body);
    NotificationPresenter presenter;
    const auto told = presenter.invited(what, kNow);
    QCOMPARE(told.has_value(), !title.isEmpty());
    if (told) {
        QCOMPARE(told->title, title);
        QCOMPARE(told->body, body);
        QCOMPARE(told->slot, NotificationPresenter::invitationSlot(what.account, what.room));
        QVERIFY(told->conversation.isNull());
    }
}

void PresentersTest::manyInvitationsBecomeOne()
{
    NotificationPresenter presenter;
    InvitationCase what { .account = { u"a"_s }, .fromName = u"Eve"_s };
    for (const QString &room : { u"1"_s, u"2"_s, u"3"_s }) {
        what.room = room;
        QCOMPARE(presenter.invited(what, kNow)->title, u"Eve invites you"_s);
    }
    what.room = u"4"_s;
    const auto all = presenter.invited(what, kNow.addSecs(1));
    QCOMPARE(all->title, u"4 invitations"_s);
    QCOMPARE(all->slot, u"invitations"_s);
    QCOMPARE(presenter.invited(what, kNow.addSecs(30))->title, u"Eve invites you"_s);
}

QTEST_GUILESS_MAIN(PresentersTest)
#include "tst_presenters.moc"
