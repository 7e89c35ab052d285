// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircpresets.h"
#include "protocols/irc/ircsession.h"
#include "protocols/irc/ircwirereader.h"
#include "protocols/irc/tests/sessionrig.h"
#include "protocols/irc/tests/vectors.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::irc;
using namespace linchpin::irc::test;
using namespace std::chrono_literals;

class tst_IrcSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signsIn();
    void sendsAndReceivesUnicode();
    void confirmsByPing();
    void refusalBeforePong();
    void confirmsByLabel();
    void echoOfAnotherClient();
    void splitsLongMessages();
    void legacyEncoding();
    void formatting();
    void actionsAndNotices();
    void statusMessagesBelongToTheRoom();
    void answersCtcpInModeration();
    void delayedMessages();
    void roomLife();
    void joinRefused();
    void rejoinsRoomsOfLastTime();
    void invitation();
    void nickInUseAndRegained();
    void contactsByMonitor();
    void contactsByIson();
    void ownPresence();
    void typing();
    void commands();
    void whois();
    void blockedPeople();
    void failures_data();
    void failures();
    void automaticFallsBackToStartTls();
    void mendedIsTold();
    void stsIsRemembered();
    void stsInClearTextIsNotKept();
    void neverWeakerThanBefore();
    void plainPortThatSpeaksTls();
    void silentServer();
    void lineCut();
    void killed();
    void closes();
    void closesWhileConnecting();
    void opensAgain();
    void nickServ();
    void settingsAreSane();
    void wireReader();
};

void tst_IrcSession::signsIn()
{
    Rig rig({ { u"channels"_s, QStringList { u"#Linchpin"_s, u"#geheim schlüssel"_s } },
        { u"real-name"_s, u"Alicja Żółć"_s } });
    QList<Session::State> states;
    connect(rig.session.get(), &Session::stateChanged, this,
        [&](Session::State s) { states.append(s); });
    QVERIFY(rig.signIn(kFullCaps));
    QCOMPARE(rig.services.endpoints.size(), 1);
    QCOMPARE(rig.services.endpoints.first().host, u"irc.test"_s);
    QCOMPARE(rig.services.endpoints.first().port, 6697);
    QVERIFY(rig.seen.contains("USER alice 0 * :Alicja Żółć"));
    QVERIFY(!rig.expect("JOIN #geheim schlüssel").isEmpty());
    QVERIFY(!rig.expect("JOIN #Linchpin").isEmpty());
    using enum Session::State;
    QCOMPARE(states, (QList<Session::State> { Connecting, Authenticating, Online }));
    QVERIFY(rig.session->typing());
    QStringList learned;
    for (const SettingLearned &one : rig.all<SettingLearned>()) {
        learned.append(one.key + u'=' + one.value.toString());
    }
    QCOMPARE(learned, (QStringList { u"server=irc.test"_s, u"port=6697"_s, u"connection=tls"_s }));
    rig.session->open({}); // idempotent
    QCOMPARE(states.size(), 3);
}

void tst_IrcSession::sendsAndReceivesUnicode()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.session->send(outgoing(u"Bob"_s, kMixed));
    QVERIFY(!rig.expect("PRIVMSG bob :" + kMixed.toUtf8()).isEmpty());
    rig.say(":Bob!b@host.test PRIVMSG alice :" + kMixed.toUtf8());
    rig.say(":bob!b@host.test PRIVMSG #linchpin :Alice: " + kMixed.toUtf8());
    const auto messages = rig.messages();
    QCOMPARE(messages.size(), 2);
    QCOMPARE(messages[0].with, u"bob"_s);
    QCOMPARE(messages[0].from, u"bob"_s);
    QCOMPARE(messages[0].fromName, u"Bob"_s);
    QCOMPARE(messages[0].kind, MessageKind::Chat);
    QCOMPARE(messages[0].body.plain(), kMixed);
    QCOMPARE(messages[0].sentAt, rig.clock.now());
    QCOMPARE(messages[1].conversation, ConversationKind::Room);
    QCOMPARE(messages[1].with, u"#linchpin"_s);
    QCOMPARE(messages[1].kind, MessageKind::Room);
    QVERIFY(messages[1].mentionsMe);
}

void tst_IrcSession::confirmsByPing()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    const auto first = rig.session->send(outgoing(u"bob"_s, u"one"_s));
    const auto second = rig.session->send(outgoing(u"bob"_s, u"two"_s));
    const QByteArray ping = rig.expect("PING*").sliced(5);
    QVERIFY(!rig.expect("PRIVMSG bob two").isEmpty());
    QVERIFY(!first.isFinished());
    rig.say(":irc.test PONG irc.test :" + ping);
    QVERIFY(first.isFinished());
    QVERIFY(first.result().has_value());
    QVERIFY(!second.isFinished()); // written after that PING
    rig.say(":irc.test PONG irc.test :" + rig.expect("PING*").sliced(5));
    QVERIFY(second.isFinished());
    QCOMPARE(second.result()->state, DeliveryState::Sent);
}

void tst_IrcSession::refusalBeforePong()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    const auto lost = rig.session->send(outgoing(u"Nobody"_s, u"hello"_s));
    const auto fine = rig.session->send(outgoing(u"bob"_s, u"hello"_s));
    const QByteArray ping = rig.expect("PING*").sliced(5);
    rig.say(":irc.test 401 alice nobody :No such nick/channel");
    QVERIFY(lost.isFinished());
    QCOMPARE(lost.result().error().code, u"no-such-nick"_s);
    QCOMPARE(lost.result().error().detail, u"No such nick/channel"_s);
    QVERIFY(!fine.isFinished());
    rig.say(":irc.test PONG irc.test " + ping);
    rig.say(":irc.test PONG irc.test " + rig.expect("PING*").sliced(5));
    QVERIFY(fine.result().has_value());
}

void tst_IrcSession::confirmsByLabel()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn(kFullCaps));
    const auto sent = rig.session->send(outgoing(u"bob"_s, u"hello"_s));
    const QByteArray line = rig.expect("@label=1.0;+linchpin.im/id=0f0e0d0c*");
    QVERIFY(line.endsWith("PRIVMSG bob hello"));
    rig.say("@label=1.0;msgid=abc;time=2026-03-01T12:00:05.250Z :alice!a@h PRIVMSG bob hello");
    QVERIFY(sent.isFinished());
    QCOMPARE(sent.result()->remoteId, u"abc"_s);
    QCOMPARE(sent.result()->sentAt.toString(Qt::ISODateWithMs), u"2026-03-01T12:00:05.250Z"_s);
    const auto refused = rig.session->send(outgoing(u"#linchpin"_s, u"hello"_s));
    rig.say("@label=2.0 :irc.test 404 alice #linchpin :Cannot send to channel");
    QCOMPARE(refused.result().error().code, u"cannot-send"_s);
    const auto standard = rig.session->send(outgoing(u"#linchpin"_s, u"hello"_s));
    rig.say("@label=3.0 FAIL PRIVMSG RATE_LIMITED #linchpin :Slow down");
    QCOMPARE(standard.result().error().detail, u"Slow down"_s);
    QCOMPARE(rig.messages().size(), 0); // no echo of ours is a message
}

void tst_IrcSession::echoOfAnotherClient()
{
    Rig rig;
    QVERIFY(rig.signIn("message-tags echo-message server-time"));
    rig.session->send(outgoing(u"bob"_s, u"from here"_s));
    rig.say(":alice!a@h PRIVMSG bob :from here");
    rig.say("@msgid=x1 :alice!a@h PRIVMSG bob :from the phone");
    QCOMPARE(rig.messages().size(), 1);
    QCOMPARE(rig.messages().first().direction, Direction::Out);
    QCOMPARE(rig.messages().first().with, u"bob"_s);
    QCOMPARE(rig.messages().first().remoteId, u"x1"_s);
}

void tst_IrcSession::splitsLongMessages()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    const QString text = (kMixed + u' ').repeated(12).trimmed();
    rig.session->send(outgoing(u"#linchpin"_s, text));
    rig.expect("PING linchpin*");
    QByteArray joined;
    int count = 0;
    for (const QByteArray &line : rig.seen) {
        if (line.startsWith("PRIVMSG #linchpin :")) {
            joined += line.sliced(19);
            ++count;
            QVERIFY(line.size() + QByteArray(":alice!alice@").size() + 64 <= 512);
        }
    }
    QVERIFY(count > 2);
    QCOMPARE(QString::fromUtf8(joined), text);
}

void tst_IrcSession::legacyEncoding()
{
    Rig rig({ { u"encoding"_s, u"ISO-8859-2"_s }, { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    rig.session->send(outgoing(u"bob"_s, u"Zażółć gęślą"_s));
    QVERIFY(!rig.expect("PRIVMSG bob :Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1").isEmpty());
    rig.session->send(outgoing(u"bob"_s, u"世界"_s));
    QVERIFY(!rig.expect("PRIVMSG bob " + u"世界"_s.toUtf8()).isEmpty());
    rig.say(":bob!b@h PRIVMSG alice :ja\xbc\xf1");
    rig.say(":bob!b@h PRIVMSG alice :jaźń");
    QCOMPARE(rig.messages().at(0).body.plain(), u"jaźń"_s);
    QCOMPARE(rig.messages().at(1).body.plain(), u"jaźń"_s);
}

void tst_IrcSession::formatting()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.say(":bob!b@h PRIVMSG alice :a \x02"
            "bold\x02 \x03"
            "04red\x0f end");
    const RichText body = rig.messages().at(0).body;
    QCOMPARE(body.plain(), u"a bold red end"_s);
    QCOMPARE(body.spans().size(), 2);
    QVERIFY(body.spans().at(0).bold);
    QCOMPARE(body.spans().at(1).color, u"#ff0000"_s);
    OutgoingMessage message = outgoing(u"bob"_s, {});
    message.body = body;
    rig.session->send(message);
    QVERIFY(
        !rig.expect("PRIVMSG bob :a \x02"
                    "bold\x02 \x04"
                    "ff0000red\x0f end")
            .isEmpty());
}

void tst_IrcSession::actionsAndNotices()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.session->send(outgoing(u"#linchpin"_s, u"winkt 👋"_s, MessageKind::Action));
    QVERIFY(!rig.expect("PRIVMSG #linchpin :\1ACTION winkt 👋\1").isEmpty());
    rig.session->send(outgoing(u"bob"_s, u"note"_s, MessageKind::Notice));
    QVERIFY(!rig.expect("NOTICE bob note").isEmpty());
    rig.say(":bob!b@h PRIVMSG #linchpin :\1ACTION waves\1");
    rig.say(":bob!b@h NOTICE alice :beep");
    rig.say(":irc.test NOTICE alice :restart at noon");
    const auto messages = rig.messages();
    QCOMPARE(messages.at(0).kind, MessageKind::Action);
    QCOMPARE(messages.at(0).body.plain(), u"waves"_s);
    QCOMPARE(messages.at(0).conversation, ConversationKind::Room);
    QCOMPARE(messages.at(1).kind, MessageKind::Notice);
    QCOMPARE(messages.at(1).with, u"bob"_s);
    QCOMPARE(messages.at(2).conversation, ConversationKind::Server);
    QCOMPARE(messages.at(2).with, u"irc.test"_s);
}

void tst_IrcSession::statusMessagesBelongToTheRoom()
{
    Rig rig;
    QVERIFY(rig.signIn({}, "STATUSMSG=@+ CHANTYPES=#"));
    rig.say(":bob!b@h PRIVMSG @#linchpin :for operators");
    QCOMPARE(rig.messages().at(0).with, u"#linchpin"_s);
    QCOMPARE(rig.messages().at(0).conversation, ConversationKind::Room);
}

void tst_IrcSession::answersCtcpInModeration()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    rig.say(":bob!b@h PRIVMSG alice :\1VERSION\1");
    QVERIFY(!rig.expect("NOTICE bob :\1VERSION Linchpin 0.0-test\1").isEmpty());
    rig.say(":bob!b@h PRIVMSG alice :\1PING " + QByteArray(300, '1') + "\1");
    QVERIFY(rig.expect("NOTICE bob :\1PING*").size() < 100);
    rig.say(":bob!b@h PRIVMSG alice :\1FINGER\1");
    rig.seen.clear();
    for (int i = 0; i < 100; ++i) {
        rig.say(":bob!b@h PRIVMSG alice :\1VERSION\1");
    }
    rig.session->send(outgoing(u"bob"_s, u"end"_s));
    rig.expect("PRIVMSG bob end");
    QCOMPARE(rig.count("NOTICE"), 2);
    rig.clock.advance(31s);
    rig.say(":bob!b@h PRIVMSG alice :\1VERSION\1");
    QVERIFY(!rig.expect("NOTICE bob :\1VERSION*").isEmpty());
    QCOMPARE(rig.messages().size(), 0);
}

void tst_IrcSession::delayedMessages()
{
    Rig rig;
    QVERIFY(rig.signIn(kFullCaps));
    rig.say("@time=2026-03-01T11:00:00.000Z;msgid=a :bob!b@h PRIVMSG alice :earlier");
    rig.say(":irc.test BATCH +h1 chathistory #linchpin");
    rig.say("@batch=h1;time=2026-03-01T11:59:59.900Z :bob!b@h PRIVMSG #linchpin :played back");
    rig.say(":irc.test BATCH -h1");
    rig.say("@time=2026-03-01T12:00:01.000Z :bob!b@h PRIVMSG alice :now");
    const auto messages = rig.messages();
    QCOMPARE(messages.size(), 3);
    QVERIFY(messages.at(0).delayed);
    QCOMPARE(messages.at(0).sentAt, QDateTime(QDate(2026, 3, 1), QTime(11, 0), QTimeZone::UTC));
    QCOMPARE(messages.at(0).serverId, u"a"_s);
    QVERIFY(messages.at(1).delayed);
    QVERIFY(!messages.at(2).delayed);
}

void tst_IrcSession::roomLife()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    const auto joined = rig.session->rooms()->join({ u"Linchpin"_s }, {}, u"key"_s);
    QVERIFY(!rig.expect("JOIN #linchpin key").isEmpty());
    rig.join();
    QVERIFY(joined.isFinished());
    QVERIFY(joined.result().has_value());
    RoomChange change = rig.lastRoom();
    QCOMPARE(change.room.value, u"#linchpin"_s);
    QCOMPARE(change.name, u"#Linchpin"_s);
    QCOMPARE(change.joined, true);
    QCOMPARE(change.topic->text, u"Wir sprechen über Bolzen 🦄"_s);
    QCOMPARE(change.topic->by, u"bob"_s);
    QCOMPARE(change.members->size(), 3);
    QCOMPARE(change.members->at(0).nick, u"bob"_s);
    QCOMPARE(change.members->at(0).rank, RoomRank::Operator);
    QCOMPARE(change.members->at(1).rank, RoomRank::Voice);
    QVERIFY(change.members->at(2).self);
    QVERIFY(!rig.expect("MODE #Linchpin").isEmpty());
    rig.say(":irc.test 324 alice #Linchpin +ntk geheim");
    QCOMPARE(rig.lastRoom().modes, u"+knt *"_s);

    rig.say(":dave!d@h JOIN #linchpin");
    QCOMPARE(rig.lastRoom().upserted.first().nick, u"dave"_s);
    QCOMPARE(rig.lastRoom().movements.first().kind, RoomMovement::Kind::Joined);
    rig.say(":bob!b@h MODE #linchpin +v dave");
    QCOMPARE(rig.lastRoom().upserted.first().rank, RoomRank::Voice);
    rig.say(":dave!d@h NICK David");
    QCOMPARE(rig.lastRoom().movements.first().newNick, u"David"_s);
    QCOMPARE(rig.lastRoom().removed, QStringList { u"dave"_s });
    QCOMPARE(rig.lastRoom().upserted.first().rank, RoomRank::Voice);
    rig.say(":bob!b@h KICK #linchpin david :Ruhe");
    QCOMPARE(rig.lastRoom().movements.first().kind, RoomMovement::Kind::Kicked);
    QCOMPARE(rig.lastRoom().movements.first().reason, u"Ruhe"_s);
    rig.say(":carol!c@h QUIT :bye");
    QCOMPARE(rig.lastRoom().movements.first().kind, RoomMovement::Kind::Quit);

    const auto topic = rig.session->rooms()->setTopic({ u"#linchpin"_s }, u"新しい話題"_s);
    QVERIFY(!rig.expect("TOPIC #linchpin " + u"新しい話題"_s.toUtf8()).isEmpty());
    rig.say(":irc.test 482 alice #linchpin :You're not channel operator");
    QCOMPARE(topic.result().error().code, u"not-operator"_s);
    rig.say(":bob!b@h TOPIC #linchpin :" + u"新しい話題"_s.toUtf8());
    QCOMPARE(rig.lastRoom().topic->text, u"新しい話題"_s);

    rig.say(":bob!b@h KICK #linchpin alice :out");
    QCOMPARE(rig.lastRoom().joined, false);
    QCOMPARE(rig.lastRoom().why->code, u"kicked"_s);
    rig.join();
    const auto left = rig.session->rooms()->leave({ u"#linchpin"_s }, u"Feierabend"_s);
    QVERIFY(!rig.expect("PART #linchpin Feierabend").isEmpty());
    rig.say(":alice!al@home.test PART #linchpin :Feierabend");
    QVERIFY(left.result().has_value());
    QCOMPARE(rig.lastRoom().joined, false);
    QVERIFY(!rig.lastRoom().why);
}

void tst_IrcSession::joinRefused()
{
    Rig rig({ { u"channels"_s, QStringList { u"#closed"_s } } });
    QVERIFY(rig.signIn());
    rig.say(":irc.test 473 alice #closed :Cannot join channel (+i)");
    QCOMPARE(rig.lastRoom().joined, false);
    QCOMPARE(rig.lastRoom().why->code, u"invite-only"_s);
    const auto joined = rig.session->rooms()->join({ u"#locked"_s }, {}, {});
    rig.say(":irc.test 475 alice #locked :Cannot join channel (+k)");
    QCOMPARE(joined.result().error().code, u"room-password"_s);
    const auto slow = rig.session->rooms()->join({ u"#slow"_s }, {}, {});
    rig.clock.advance(31s);
    QCOMPARE(slow.result().error().code, u"timed-out"_s);
    QCOMPARE(rig.session->rooms()->join({ u"#a b"_s }, {}, {}).result().error().code,
        u"invalid-address"_s);
}

void tst_IrcSession::rejoinsRoomsOfLastTime()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.join();
    const QByteArray kept = rig.services.states.value(u"rooms"_s);
    Rig next;
    next.services.states.insert(u"rooms"_s, kept);
    QVERIFY(next.signIn());
    QVERIFY(!next.expect("JOIN #Linchpin").isEmpty());
}

void tst_IrcSession::invitation()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.say(":Bob!b@h INVITE alice :#Party");
    const auto invitations = rig.all<InvitationReceived>();
    QCOMPARE(invitations.size(), 1);
    QCOMPARE(invitations.first().invitation.room.value, u"#party"_s);
    QCOMPARE(invitations.first().invitation.from, u"bob"_s);
    const auto invited = rig.session->rooms()->invite({ u"#party"_s }, { u"bob"_s }, {});
    QVERIFY(!rig.expect("INVITE bob #party").isEmpty());
    rig.say(":irc.test 341 alice bob #party");
    QVERIFY(invited.result().has_value());
}

void tst_IrcSession::nickInUseAndRegained()
{
    Rig rig({ { u"alternate-nicks"_s, QStringList { u"alice2"_s } } });
    rig.session->open({});
    rig.expect("CAP LS 302");
    rig.say(":irc.test CAP * LS :");
    rig.expect("USER*");
    rig.say(":irc.test 433 * alice :Nickname is already in use");
    QVERIFY(!rig.expect("NICK alice2").isEmpty());
    rig.say(":irc.test 001 alice2 :Welcome");
    rig.say(":irc.test 005 alice2 MONITOR=100 :are supported");
    rig.say(":irc.test 422 alice2 :no motd");
    QCOMPARE(rig.session->state(), Session::State::Online);
    QCOMPARE(rig.all<ServerNotice>().first().code, u"nick-in-use"_s);
    QVERIFY(!rig.expect("MONITOR + alice").isEmpty());
    rig.say(":irc.test 731 alice2 :alice");
    QVERIFY(!rig.expect("NICK alice").isEmpty());
    rig.say(":alice2!a@h NICK alice");
    QCOMPARE(rig.session->ownNick(), u"alice"_s);
}

void tst_IrcSession::contactsByMonitor()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    rig.session->roster()->add(
        { .address = { u"Bob"_s }, .name = u"Robert"_s, .groups = { u"Freunde"_s } });
    QVERIFY(rig.signIn("away-notify extended-monitor", "MONITOR=100"));
    QVERIFY(!rig.expect("MONITOR + bob").isEmpty());
    rig.say(":irc.test 730 alice :Bob!b@h");
    rig.say(":Bob!b@h AWAY :Mittagessen");
    rig.say(":Bob!b@h AWAY");
    rig.say(":irc.test 731 alice :bob");
    QList<Availability> seen;
    for (const PresenceChanged &change : rig.all<PresenceChanged>()) {
        QCOMPARE(change.address.value, u"bob"_s);
        seen.append(change.presence.availability);
    }
    using enum Availability;
    QCOMPARE(seen, (QList<Availability> { Available, Away, Available, Offline }));
    QCOMPARE(rig.all<PresenceChanged>().at(1).presence.text, u"Mittagessen"_s);
    QCOMPARE(rig.all<ContactChanged>().last().contact.name, u"Robert"_s);
    // The list is there at the next start.
    Rig next;
    next.services.states = rig.services.states;
    QVERIFY(next.signIn());
    QCOMPARE(next.all<ContactChanged>().first().contact.groups, QStringList { u"Freunde"_s });
}

void tst_IrcSession::contactsByIson()
{
    Rig rig;
    rig.session->roster()->add({ .address = { u"bob"_s } });
    rig.session->roster()->add({ .address = { u"eve"_s } });
    QVERIFY(rig.signIn());
    QVERIFY(!rig.expect("ISON*").isEmpty());
    rig.say(":irc.test 303 alice :Bob ");
    QCOMPARE(rig.all<PresenceChanged>().size(), 2);
    rig.clock.advance(61s);
    QVERIFY(!rig.expect("ISON*").isEmpty());
    rig.say(":irc.test 303 alice :");
    const PresenceChanged last = rig.all<PresenceChanged>().last();
    QCOMPARE(last.address.value, u"bob"_s);
    QCOMPARE(last.presence.availability, Availability::Offline);
}

void tst_IrcSession::ownPresence()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    rig.session->setPresence(
        { .availability = Availability::Away, .text = u"Zażółć\nnach zwei"_s });
    QVERIFY(!rig.expect("AWAY :Zażółć nach zwei").isEmpty());
    rig.say(":irc.test 306 alice :You have been marked as being away");
    QCOMPARE(rig.all<OwnPresenceChanged>().last().presence.availability, Availability::Away);
    rig.session->setPresence({ .availability = Availability::Available });
    QVERIFY(!rig.expect("AWAY").isEmpty());
}

void tst_IrcSession::typing()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn("message-tags"));
    rig.session->typing()->setTyping(u"bob"_s, ConversationKind::Person, true);
    QVERIFY(!rig.expect("@+typing=active TAGMSG bob").isEmpty());
    rig.session->typing()->setTyping(u"bob"_s, ConversationKind::Person, true); // too soon
    rig.session->typing()->setTyping(u"bob"_s, ConversationKind::Person, false);
    QVERIFY(!rig.expect("@+typing=done TAGMSG bob").isEmpty());
    QCOMPARE(rig.count("active"), 1);
    rig.say("@+typing=active :bob!b@h TAGMSG alice");
    rig.say(":bob!b@h PRIVMSG alice :done");
    rig.say("@+typing=active :bob!b@h TAGMSG #linchpin");
    rig.clock.advance(7s);
    const auto changes = rig.all<TypingChanged>();
    QCOMPARE(changes.size(), 4);
    QVERIFY(changes[0].composing && !changes[1].composing && changes[2].composing
        && !changes[3].composing);
    QCOMPARE(changes[2].with, u"#linchpin"_s);
}

void tst_IrcSession::commands()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    rig.join();
    const auto run = [&](const QString &name, const QString &arguments) {
        return rig.session->commands()->run(
            name, arguments, u"#linchpin"_s, ConversationKind::Room);
    };
    QCOMPARE(run(u"topic"_s, {}).result().value(), u"Wir sprechen über Bolzen 🦄"_s);
    run(u"kick"_s, u"carol zu laut"_s);
    QVERIFY(!rig.expect("KICK #linchpin carol :zu laut").isEmpty());
    run(u"op"_s, u"carol bob"_s);
    QVERIFY(!rig.expect("MODE #linchpin +oo carol bob").isEmpty());
    rig.say(":eve!e@evil.test JOIN #linchpin");
    run(u"ban"_s, u"eve"_s);
    QVERIFY(!rig.expect("MODE #linchpin +b *!*@evil.test").isEmpty());
    run(u"nick"_s, u"alicja"_s);
    QVERIFY(!rig.expect("NICK alicja").isEmpty());
    run(u"mode"_s, u"+m"_s);
    QVERIFY(!rig.expect("MODE #linchpin +m").isEmpty());
    run(u"quote"_s, u"VERSION"_s);
    QVERIFY(!rig.expect("VERSION").isEmpty());
    run(u"notice"_s, u"bob hör zu"_s);
    QVERIFY(!rig.expect("NOTICE bob :hör zu").isEmpty());
    QCOMPARE(run(u"names"_s, {}).result().value(), u"+carol @bob alice eve"_s);
    QCOMPARE(run(u"kick"_s, {}).result().error().code, u"usage"_s);
    QCOMPARE(run(u"frobnicate"_s, {}).result().error().code, u"unknown-command"_s);
    QCOMPARE(run(u"quote"_s, u"A\nQUIT"_s).result().error().code, u"invalid-message"_s);
    for (const CommandInfo &command : rig.session->commands()->commands()) {
        QVERIFY(!command.help.isEmpty());
    }
}

void tst_IrcSession::whois()
{
    Rig rig({ { u"server"_s, u"127.0.0.1"_s } });
    QVERIFY(rig.signIn());
    const auto card = rig.session->directory()->card({ u"bob"_s });
    QVERIFY(!rig.expect("WHOIS bob bob").isEmpty());
    rig.say(":irc.test 311 alice Bob b host.test * :Böb Żółw");
    rig.say(":irc.test 319 alice Bob :@#linchpin");
    rig.say(":irc.test 318 alice bob :End of WHOIS");
    QCOMPARE(card.result()->fields.at(1).second, u"Böb Żółw"_s);
    const auto missing = rig.session->directory()->card({ u"nobody"_s });
    rig.say(":irc.test 401 alice nobody :No such nick");
    rig.say(":irc.test 318 alice nobody :End of WHOIS");
    QCOMPARE(missing.result().error().code, u"no-such-nick"_s);
}

void tst_IrcSession::blockedPeople()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.session->roster()->setBlocked({ u"eve"_s }, true);
    rig.say(":Eve!e@h PRIVMSG alice :psst");
    QCOMPARE(rig.messages().size(), 0);
    rig.session->roster()->setBlocked({ u"eve"_s }, false);
    rig.say(":Eve!e@h PRIVMSG alice :psst");
    QCOMPARE(rig.messages().size(), 1);
}

void tst_IrcSession::failures_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("fatal");
    QTest::newRow("password") << ":irc.test 464 * :Password incorrect"_ba << u"wrong-password"_s
                              << true;
    QTest::newRow("banned") << ":irc.test 465 * :You are banned"_ba << u"banned"_s << true;
    QTest::newRow("SASL") << "ERROR :Closing Link: (SASL access only)"_ba << u"sasl-required"_s
                          << true;
    QTest::newRow("HTTP") << "HTTP/1.1 400 Bad Request"_ba << u"wrong-protocol"_s << true;
    QTest::newRow("full") << "ERROR :Closing Link: server full"_ba << u"server-fault"_s << false;
    QTest::newRow("hung up") << QByteArray() << u"server-fault"_s << false;
}

void tst_IrcSession::failures()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, code);
    QFETCH(bool, fatal);
    Rig rig;
    rig.session->open({});
    rig.expect("CAP LS 302");
    if (line.isEmpty()) {
        rig.services.transport()->breakOff();
    } else {
        rig.say(line);
    }
    QCOMPARE(rig.ends.size(), 1);
    QCOMPARE(rig.ends.first().code, code);
    QCOMPARE(rig.ends.first().fatal, fatal);
    QVERIFY(!rig.ends.first().title.isEmpty());
    QCOMPARE(rig.session->state(), Session::State::Offline);
    QVERIFY(rig.services.transport()->isClosed());
}

void tst_IrcSession::automaticFallsBackToStartTls()
{
    Rig rig;
    rig.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        if (endpoint.security == Endpoint::Security::Tls) {
            Error refused;
            refused.code = u"refused"_s;
            return std::unexpected(refused);
        }
        return {};
    };
    rig.session->open({});
    QVERIFY(!rig.expect("STARTTLS").isEmpty());
    QCOMPARE(rig.services.endpoints.size(), 2);
    QCOMPARE(rig.services.endpoints.last().port, 6667);
    rig.say(":irc.test 670 * :STARTTLS successful, proceed");
    QVERIFY(!rig.expect("CAP LS 302").isEmpty());
    QVERIFY(rig.services.transport()->isTls());
    QCOMPARE(rig.services.transport()->tlsName(), u"irc.test"_s);

    // Where there is no STARTTLS either, the first error is the one to read, and nothing went out
    // in clear text.
    Rig none;
    none.services.onConnect = rig.services.onConnect;
    none.services.secrets.insert(u"password"_s, u"geheim"_s);
    none.session->open({});
    none.expect("STARTTLS");
    none.say(":irc.test 421 * STARTTLS :Unknown command");
    QCOMPARE(none.ends.first().code, u"refused"_s);
    QVERIFY(!none.seen.join().contains("geheim"));
}

void tst_IrcSession::mendedIsTold()
{
    Rig rig;
    rig.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        if (endpoint.security == Endpoint::Security::Tls) {
            Error refused;
            refused.code = u"refused"_s;
            return std::unexpected(refused);
        }
        return {};
    };
    rig.session->open({});
    rig.expect("STARTTLS");
    rig.say(":irc.test 670 * :STARTTLS successful, proceed");
    rig.expect("CAP LS 302");
    rig.say(":irc.test CAP * LS :");
    rig.expect("CAP END");
    rig.say(":irc.test 001 alice :Welcome");
    rig.say(":irc.test 376 alice :End of MOTD");
    QCOMPARE(rig.session->state(), Session::State::Online);
    const ServerNotice notice = rig.all<ServerNotice>().value(0);
    QCOMPARE(notice.severity, ServerNotice::Severity::Mended);
    QCOMPARE(notice.code, u"refused"_s);
}

/// IRCv3 sts: the policy that came over TLS holds for the next sign-in, whatever the settings say.
void tst_IrcSession::stsIsRemembered()
{
    const QString key = StsPolicies::stateKey();
    Rig first({ { u"port"_s, 7000 }, { u"connection"_s, u"tls"_s } });
    QVERIFY(first.signIn("server-time sts=duration=3600"));
    const QByteArray kept = first.services.states.value(key);
    QVERIFY(kept.startsWith("irc.test 7000 "));

    Rig plain({ { u"connection"_s, u"plain"_s } });
    plain.services.states.insert(key, kept);
    plain.services.onConnect = [](const Endpoint &) -> Result<void> {
        Error refused;
        refused.code = u"refused"_s;
        refused.title = u"The server does not accept connections there."_s;
        return std::unexpected(refused);
    };
    plain.session->open({});
    QTRY_COMPARE(plain.ends.size(), 1);
    QCOMPARE(plain.services.endpoints.size(), 1); // and no way around it
    QCOMPARE(plain.services.endpoints.first().security, Endpoint::Security::Tls);
    QCOMPARE(plain.services.endpoints.first().port, quint16(7000));
    QCOMPARE(plain.ends.first().code, u"refused"_s);
    QVERIFY(plain.ends.first().title.contains(u"irc.test"_s));

    Rig later({ { u"connection"_s, u"plain"_s } });
    later.services.states.insert(key, kept);
    later.clock.advance(std::chrono::hours(2)); // it has ended
    later.session->open({});
    later.expect("CAP LS 302");
    QCOMPARE(later.services.endpoints.first().security, Endpoint::Security::Plain);

    Rig takenBack({ { u"port"_s, 7000 }, { u"connection"_s, u"tls"_s } });
    takenBack.services.states.insert(key, kept);
    QVERIFY(takenBack.signIn("server-time sts=duration=0"));
    QCOMPARE(takenBack.services.states.value(key), QByteArray());
}

/// A policy in clear text may be anybody's: it is followed, but not kept.
void tst_IrcSession::stsInClearTextIsNotKept()
{
    Rig rig({ { u"connection"_s, u"plain"_s } });
    rig.session->open({});
    rig.expect("CAP LS 302");
    rig.say(":irc.test CAP * LS :sts=port=6697,duration=3600");
    QTRY_COMPARE(rig.services.endpoints.size(), 2);
    QCOMPARE(rig.services.endpoints.last().port, quint16(6697));
    QCOMPARE(rig.services.endpoints.last().security, Endpoint::Security::Tls);
    QCOMPARE(rig.services.states.value(StsPolicies::stateKey()), QByteArray());
}

void tst_IrcSession::neverWeakerThanBefore()
{
    Rig rig;
    rig.services.secrets.insert(u"password"_s, u"geheim"_s);
    rig.services.states.insert(u"sasl"_s, "scram");
    rig.session->open({});
    rig.expect("CAP LS 302");
    rig.say(":irc.test CAP * LS :sasl=PLAIN");
    rig.expect("CAP REQ*");
    rig.say(":irc.test CAP * ACK :sasl");
    QTRY_COMPARE(rig.ends.size(), 1);
    QCOMPARE(rig.ends.first().code, u"auth-scheme-unavailable"_s);
    QVERIFY(rig.ends.first().fix.isEmpty());
    QCOMPARE(rig.count("AUTHENTICATE"), 0);
}

void tst_IrcSession::plainPortThatSpeaksTls()
{
    Rig rig({ { u"connection"_s, u"plain"_s } });
    rig.session->open({});
    rig.expect("CAP LS 302");
    rig.services.transport()->feed(QByteArray::fromHex("15030300020246"));
    QCOMPARE(rig.ends.first().code, u"tls-required"_s);
    QCOMPARE(rig.ends.first().fix.value(u"connection"_s).toString(), u"tls"_s);
}

void tst_IrcSession::silentServer()
{
    Rig rig;
    rig.session->open({});
    rig.expect("CAP LS 302");
    rig.clock.advance(61s);
    QCOMPARE(rig.ends.first().code, u"timed-out"_s);

    Rig later;
    QVERIFY(later.signIn());
    later.clock.advance(91s);
    QVERIFY(!later.expect("PING linchpin-alive").isEmpty());
    later.say(":irc.test PONG irc.test linchpin-alive");
    later.clock.advance(89s);
    QCOMPARE(later.session->state(), Session::State::Online);
    later.clock.advance(60s);
    QCOMPARE(later.ends.first().code, u"timed-out"_s);

    Rig probed;
    QVERIFY(probed.signIn());
    probed.session->probe();
    probed.clock.advance(9s);
    QCOMPARE(probed.ends.size(), 1);
}

void tst_IrcSession::lineCut()
{
    Rig rig; // with the flood brake: the sixth line stays behind
    QVERIFY(rig.signIn());
    QList<Async<SentMessage>> sent;
    for (int i = 0; i < 10; ++i) {
        sent.append(rig.session->send(outgoing(u"bob"_s, QString::number(i))));
    }
    rig.services.transport()->breakOff();
    QCOMPARE(rig.ends.first().code, u"connection-closed"_s);
    QCOMPARE(sent.first().result().error().code, u"connection-closed"_s);
    QCOMPARE(sent.last().result().error().code, u"not-sent"_s);
    QCOMPARE(rig.session->send(outgoing(u"bob"_s, u"x"_s)).result().error().code, u"not-online"_s);
}

void tst_IrcSession::killed()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.say("ERROR :Closing link: (a@h) [Killed (NickServ (GHOST command used by alice2))]");
    QCOMPARE(rig.ends.first().code, u"elsewhere-signed-in"_s);
    QVERIFY(rig.ends.first().detail.contains(u"GHOST"_s));
}

void tst_IrcSession::closes()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.session->close();
    QCOMPARE(rig.session->state(), Session::State::Closing);
    QVERIFY(!rig.expect("QUIT").isEmpty());
    rig.say("ERROR :Closing link: (alice@h) [Quit]");
    QCOMPARE(rig.session->state(), Session::State::Offline);

    Rig deaf;
    QVERIFY(deaf.signIn());
    deaf.session->close();
    deaf.clock.advance(5s);
    QCOMPARE(deaf.session->state(), Session::State::Offline);
    QCOMPARE(rig.ends.size() + deaf.ends.size(), 0);
}

void tst_IrcSession::closesWhileConnecting()
{
    Rig rig;
    rig.services.connectsPend = true;
    rig.session->open({});
    QTRY_COMPARE(rig.services.endpoints.size(), 1);
    rig.session->close();
    QCOMPARE(rig.session->state(), Session::State::Offline);
    rig.services.answerConnect();
    QCoreApplication::processEvents();
    QTRY_VERIFY(rig.services.transport()->isClosed());
    QCOMPARE(rig.session->state(), Session::State::Offline);
}

void tst_IrcSession::opensAgain()
{
    Rig rig;
    QVERIFY(rig.signIn());
    rig.services.transport()->breakOff();
    rig.lines.clear();
    QVERIFY(rig.signIn());
    rig.say(":bob!b@h PRIVMSG alice :again");
    QCOMPARE(rig.messages().size(), 1);
}

void tst_IrcSession::nickServ()
{
    Rig rig({ { u"nickserv"_s, u"NickServ"_s }, { u"login"_s, u"konto"_s } });
    rig.services.secrets.insert(u"password"_s, u"geheim"_s);
    QVERIFY(rig.signIn());
    QVERIFY(!rig.seen.join(' ').contains("PASS"));
    QVERIFY(!rig.expect("PRIVMSG NickServ :IDENTIFY konto geheim").isEmpty());
}

void tst_IrcSession::settingsAreSane()
{
    QSet<QString> keys;
    const SettingsSchema schema = accountSchema();
    for (const SettingField &field : schema.fields()) {
        QVERIFY2(!keys.contains(field.key), qPrintable(field.key));
        keys.insert(field.key);
        QVERIFY(!field.label.isEmpty());
    }
    for (const char *key : { "address", "password", "server", "port", "connection", "login",
             "encoding", "nick", "alternate-nicks", "real-name", "channels", "sasl", "nickserv",
             "client-certificate", "on-connect" }) {
        QVERIFY2(keys.contains(QString::fromLatin1(key)), key);
    }
    SettingValues values;
    values.set(u"address"_s, u"alice@libera.chat"_s);
    QCOMPARE(schema.problems(values).size(), 0);
    QCOMPARE(IrcSettings(schema.complete(values)).server, u"irc.libera.chat"_s);
    values.set(u"encoding"_s, u"klingon"_s);
    values.set(u"nick"_s, u"with space"_s);
    QCOMPARE(schema.problems(values).size(), 2);
    for (const AccountPreset &preset : accountPresets()) {
        for (auto value = preset.values.begin(); value != preset.values.end(); ++value) {
            QVERIFY2(schema.field(value.key()), qPrintable(value.key()));
        }
    }
    QCOMPARE(normalizedNick(u"Alice@IRC.test"_s).value(), u"alice@irc.test"_s);
    QVERIFY(!normalizedNick(u"a b"_s));
    QVERIFY(!normalizedNick(u""_s));
    QCOMPARE(normalizedChannel(u"Linchpin"_s).value(), u"#linchpin"_s);
    QCOMPARE(normalizedChannel(u"&Local"_s).value(), u"&local"_s);
}

void tst_IrcSession::wireReader()
{
    for (const auto &value : vectorsFrom(u"msg-split"_s)) {
        IrcWireReader reader;
        QList<QJsonObject> objects
            = reader.feed(value.toObject().value("input"_L1).toString().toUtf8());
        objects += reader.finish();
        QCOMPARE(objects, QList<QJsonObject> { value.toObject().value("atoms"_L1).toObject() });
    }
    IrcWireReader reader;
    const auto objects = reader.feed(
        "PING a\r\n:only-source\r\n" + QByteArray(600, 'x') + "\r\nPRIVMSG #c :caf\xe9\r\n");
    QCOMPARE(objects.size(), 4);
    QCOMPARE(objects[1].value("offset"_L1).toInt(), 8);
    QVERIFY(objects[2].contains("error"_L1));
    QCOMPARE(objects[3].value("params"_L1).toArray().at(1).toString(), u"café"_s);
    QVERIFY(reader.finish().isEmpty());
}

QTEST_GUILESS_MAIN(tst_IrcSession)
#include "tst_ircsession.moc"
