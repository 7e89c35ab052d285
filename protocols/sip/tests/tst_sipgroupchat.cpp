// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/groupchatdesk.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QTemporaryDir>
#include <QTest>
#include <QUuid>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using sim::GroupChatDesk;
using sim::OcsPool;

namespace {

constexpr int limit = 20000;
const auto alice = u"alice@litwareinc.test"_s;
const auto bob = u"bob@litwareinc.test"_s;
const auto zofia = u"zofia@litwareinc.test"_s; ///< has no client
const auto trial
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞 <b>&amp;</b>"_s;

/// One account with a real session, and what a window would know of its rooms.
struct Client {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    QString password;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    QList<InboundMessage> messages;
    QStringList movements;
    QMap<QString, QMap<QString, RoomMember>> members; ///< by room and nick
    QMap<QString, QString> topics;
    QMap<QString, QString> names;
    QStringList joined;
    QString why;
    std::function<void()> atOnline; ///< what a window does at that very instant

    Client(const OcsPool &pool, const QString &user, const QString &secret)
        : password(secret)
    {
        settings.set(u"address"_s, user);
        settings.set(u"login"_s, u"LITWARE\\"_s + user.section(u'@', 0, 0));
        settings.set(u"server"_s, u"127.0.0.1"_s);
        settings.set(u"port"_s, pool.tlsPort());
        settings.set(u"connection"_s, u"tls"_s);
        settings.set(u"proxy-type"_s, u"none"_s);
        settings.set(u"ca-file"_s, pool.authorityFile());
    }

    bool signIn()
    {
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [this](const QString &) { return ready<QString>(password); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        session.reset();
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { take(event); });
        QObject::connect(
            session.get(), &Session::stateChanged, session.get(), [this](Session::State now) {
                if (now == Session::State::Online && atOnline) {
                    atOnline();
                }
            });
        session->open({ .availability = Availability::Available });
        // Provisioning has answered once conferences can be made.
        return QTest::qWaitFor(
            [this] { return session->state() == Session::State::Online && session->conferences(); },
            limit);
    }
    bool signOut()
    {
        session->close();
        return QTest::qWaitFor(
            [this] { return session->state() == Session::State::Offline; }, limit);
    }

    void take(const SessionEvent &event)
    {
        if (const auto *e = std::get_if<MessageReceived>(&event)) {
            messages.append(e->message);
            if (e->stored) {
                e->stored();
            }
        } else if (const auto *r = std::get_if<RoomChanged>(&event)) {
            take(r->change);
        }
    }
    void take(const RoomChange &change)
    {
        const QString room = change.room.value;
        if (change.members) {
            members[room].clear();
        }
        for (const RoomMember &one :
            change.members.value_or(QList<RoomMember>()) + change.upserted) {
            members[room].insert(one.nick, one);
        }
        for (const QString &nick : change.removed) {
            members[room].remove(nick);
        }
        for (const RoomMember &one : change.upserted) {
            members[room].insert(one.nick, one);
        }
        if (change.topic) {
            topics[room] = change.topic->text;
        }
        if (!change.name.isEmpty()) {
            names[room] = change.name;
        }
        if (change.joined) {
            joined.removeAll(room);
            why = change.why ? change.why->code : QString();
            if (*change.joined) {
                joined.append(room);
            } else {
                members.remove(room);
            }
        }
        for (const RoomMovement &movement : change.movements) {
            movements.append(
                (movement.kind == RoomMovement::Kind::Joined ? u"+"_s : u"-"_s) + movement.nick);
        }
    }
    QStringList addresses(const QString &room) const
    {
        QStringList list;
        for (const RoomMember &member : members.value(room)) {
            list.append(member.address);
        }
        list.sort();
        return list;
    }
    QStringList texts(bool old) const
    {
        QStringList list;
        for (const InboundMessage &message : messages) {
            if (message.delayed == old) {
                list.append(message.body.plain());
            }
        }
        return list;
    }
    Async<void> join(const QString &room) const { return session->rooms()->join({ room }, {}, {}); }
    Async<SentMessage> say(const QString &room, const QString &text) const
    {
        OutgoingMessage message;
        message.localId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        message.to = room;
        message.conversation = ConversationKind::Room;
        message.kind = MessageKind::Room;
        message.body = RichText::fromPlain(text);
        return session->send(message);
    }
};

template <class T> bool finishes(const Async<T> &future)
{
    return QTest::qWaitFor([&future] { return future.isFinished(); }, limit);
}
template <class T> bool succeeds(const Async<T> &future)
{
    return finishes(future) && future.result().has_value();
}
template <class T> QString codeOf(const Async<T> &future)
{
    return finishes(future) && !future.result() ? future.result().error().code : QString();
}

} // namespace

/// Rooms of the chat server, as a session has them, against the simulated pool.
class tst_SipGroupChat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void lists_data();
    void lists();
    void findsTheServer_data();
    void findsTheServer();
    void noServer_data();
    void noServer();
    void joins();
    void joinsAtTheInstantOfOnline();
    void mayNotJoin_data();
    void mayNotJoin();
    void talks_data();
    void talks();
    void longMessages();
    void refusedPosts();
    void othersComeAndGo();
    void leaves();
    void entersAgainAfterALoss_data();
    void entersAgainAfterALoss();
    void remembersRooms();
    void refreshesTheDialog();
    void managersDecide();
    void conferencesGoOn();

private:
    GroupChatDesk &desk() const { return m_pool->groupChat(); }

    std::optional<sim::SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    QString m_room;
};

void tst_SipGroupChat::initTestCase()
{
    m_certificates = sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates.has_value());
}

void tst_SipGroupChat::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    OcsPool::Options options;
    options.directory = m_directory->path();
    options.certificates = m_certificates;
    m_pool = std::make_unique<OcsPool>(options, nullptr);
    m_pool->addUser(alice, u"LITWARE\\alice"_s, u"alice-pw"_s, u"Alice Ames"_s);
    m_pool->addUser(bob, u"LITWARE\\bob"_s, u"bob-pw"_s, u"Bób Gęślarz"_s);
    m_pool->setContacts(alice, { { .address = bob, .alias = {}, .groups = { u"~"_s } } });
    QVERIFY(m_pool->start().has_value());
    m_room = desk().addRoom({ .name = u"Łódź & Kraków"_s,
        .description = u"opis"_s,
        .topic = u"Zażółć"_s,
        .managers = { bob } });
}

void tst_SipGroupChat::cleanup()
{
    if (m_pool) {
        QCOMPARE(m_pool->complaints(), QStringList());
    }
    m_pool.reset();
}

void tst_SipGroupChat::lists_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("everything") << QString() << QStringList { u"Lunch 昼"_s, u"Łódź & Kraków"_s };
    QTest::newRow("by name") << u"łódź"_s << QStringList { u"Łódź & Kraków"_s };
    QTest::newRow("markup") << u"\"/><x"_s << QStringList {};
    QTest::newRow("an address finds everything")
        << u"ma-chan://litwareinc.test/1"_s << QStringList { u"Lunch 昼"_s, u"Łódź & Kraków"_s };
}

void tst_SipGroupChat::lists()
{
    QFETCH(QString, filter);
    QFETCH(QStringList, names);
    desk().addRoom({ .name = u"Lunch 昼"_s });
    desk().addRoom({ .name = u"Secret"_s, .allowed = { bob } });
    desk().come(m_room, zofia);
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(desk().commands().isEmpty()); // nobody has asked for rooms yet
    const auto listed = a.session->rooms()->list(filter);
    QVERIFY(succeeds(listed));
    QStringList found;
    const QList<RoomListing> rooms = *listed.result();
    for (const RoomListing &room : rooms) {
        found.append(room.name);
        if (room.room.value == m_room) {
            QCOMPARE(room.members, 1);
            QCOMPARE(room.topic, u"Zażółć"_s);
        }
    }
    found.sort();
    QCOMPARE(found, names);
    QVERIFY(desk().commands().contains(u"getserverinfo"_s));
}

void tst_SipGroupChat::findsTheServer_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<bool>("provisioned");
    QTest::addColumn<QByteArray>("asked");
    QTest::newRow("by convention") << QString() << false << "sip:ocschat@litwareinc.test"_ba;
    QTest::newRow("provisioned") << QString() << true << "sip:pchat01@litwareinc.test"_ba;
    QTest::newRow("by hand") << u"ocschat@litwareinc.test"_s << true
                             << "sip:ocschat@litwareinc.test"_ba;
}

void tst_SipGroupChat::findsTheServer()
{
    QFETCH(QString, setting);
    QFETCH(bool, provisioned);
    QFETCH(QByteArray, asked);
    if (provisioned) {
        desk().provision(true);
    }
    Client a(*m_pool, alice, u"alice-pw"_s);
    a.settings.set(u"group-chat"_s, setting);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    QByteArrayList invited;
    for (const auto &received : m_pool->received()) {
        if (received.message.method == "INVITE") {
            invited.append(received.message.uri);
        }
    }
    QCOMPARE(invited, (QByteArrayList { asked, "sip:chat01@litwareinc.test" }));
    QCOMPARE(desk().openDialogs(), 1); // that of the question is over
}

void tst_SipGroupChat::noServer_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<bool>("turnedOff");
    QTest::addColumn<QString>("code");
    QTest::newRow("nobody there") << u"gc@litwareinc.test"_s << false << u"group-chat-not-found"_s;
    QTest::newRow("turned off") << QString() << true << u"group-chat-unavailable"_s;
    QTest::newRow("nonsense") << u"a b"_s << false << u"group-chat-unavailable"_s;
}

void tst_SipGroupChat::noServer()
{
    QFETCH(QString, setting);
    QFETCH(bool, turnedOff);
    QFETCH(QString, code);
    if (turnedOff) {
        desk().provision(false);
    }
    Client a(*m_pool, alice, u"alice-pw"_s);
    a.settings.set(u"group-chat"_s, setting);
    QVERIFY(a.signIn());
    QCOMPARE(codeOf(a.session->rooms()->list({})), code);
    QCOMPARE(codeOf(a.join(m_room)), code);
    QCOMPARE(codeOf(a.say(m_room, u"x"_s)), u"group-chat-not-in-room"_s);
    QVERIFY(a.state.value(u"group-chat"_s).isEmpty());
}

void tst_SipGroupChat::joins()
{
    desk().come(m_room, zofia);
    desk().write(
        m_room, zofia, u"one"_s, QDateTime(QDate(2026, 3, 2), QTime(9, 0), QTimeZone::UTC));
    desk().write(m_room, alice, trial, QDateTime(QDate(2026, 3, 2), QTime(9, 1), QTimeZone::UTC));
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    QCOMPARE(desk().members(m_room), (QStringList { alice, zofia }));
    QCOMPARE(a.joined, QStringList { m_room });
    QCOMPARE(a.names.value(m_room), u"Łódź & Kraków"_s);
    QCOMPARE(a.topics.value(m_room), u"Zażółć"_s);
    QCOMPARE(a.addresses(m_room), (QStringList { alice, zofia }));
    QVERIFY(a.members.value(m_room).value(alice).self);
    QTRY_COMPARE_WITH_TIMEOUT(a.messages.size(), 2, limit);
    QCOMPARE(a.texts(true), (QStringList { u"one"_s, trial }));
    const InboundMessage own = a.messages.at(1);
    QCOMPARE(own.direction, Direction::Out);
    QCOMPARE(own.sentAt, QDateTime(QDate(2026, 3, 2), QTime(9, 1), QTimeZone::UTC));
    QVERIFY(own.fromArchive && !own.serverId.isEmpty());
    QCOMPARE(a.messages.at(0).from, zofia);
    // To be in twice is no different.
    QVERIFY(succeeds(a.join(u" MA-CHAN://LitwareInc.Test/"_s + m_room.section(u'/', 3))));
    QCOMPARE(desk().commands().count(u"join"_s), 1);
}

/// Before anything has said where the chat server is.
void tst_SipGroupChat::joinsAtTheInstantOfOnline()
{
    Client client(*m_pool, alice, u"alice-pw"_s);
    std::optional<Async<void>> answer;
    client.atOnline = [&] {
        if (client.session->rooms() != nullptr) {
            answer = client.join(m_room);
        }
    };
    QVERIFY(client.signIn());
    QVERIFY(answer);
    QVERIFY(succeeds(*answer));
    QCOMPARE(client.joined, QStringList { m_room });
}

void tst_SipGroupChat::mayNotJoin_data()
{
    QTest::addColumn<bool>("exists");
    QTest::addColumn<QString>("code");
    QTest::newRow("forbidden") << true << u"group-chat-forbidden"_s;
    QTest::newRow("no such room") << false << u"group-chat-no-room"_s;
}

void tst_SipGroupChat::mayNotJoin()
{
    QFETCH(bool, exists);
    QFETCH(QString, code);
    const QString room = exists ? desk().addRoom({ .name = u"x"_s, .allowed = { bob } })
                                : u"ma-chan://litwareinc.test/elsewhere"_s;
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    const auto joined = a.join(room);
    QCOMPARE(codeOf(joined), code);
    QVERIFY(joined.result().error().detail.contains(exists ? u"PERMISSION_DENIED" : u"NO_SUCH"));
    QVERIFY(a.joined.isEmpty());
    // Others can still be entered.
    QVERIFY(succeeds(a.join(m_room)));
}

void tst_SipGroupChat::talks_data()
{
    QTest::addColumn<bool>("numbered");
    QTest::addColumn<bool>("echo");
    QTest::newRow("posts with numbers") << true << true;
    QTest::newRow("posts without numbers") << false << true;
    QTest::newRow("the author sees no echo") << true << false;
}

void tst_SipGroupChat::talks()
{
    QFETCH(bool, numbered);
    QFETCH(bool, echo);
    desk().setNumbered(numbered);
    desk().setEcho(echo);
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    QVERIFY(succeeds(a.join(m_room)) && succeeds(b.join(m_room)));
    const QString text = trial + u"\nsecond line"_s;
    const auto first = a.say(m_room, text);
    const auto second = a.say(m_room, u"two"_s);
    QVERIFY(succeeds(first) && succeeds(second));
    QCOMPARE(desk().posts(m_room).size(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(b.messages.size(), 2, limit);
    QCOMPARE(b.texts(false), (QStringList { text, u"two"_s }));
    QCOMPARE(b.messages.first().direction, Direction::In);
    QCOMPARE(b.messages.first().conversation, ConversationKind::Room);
    QCOMPARE(b.messages.first().with, m_room);
    QVERIFY(a.messages.isEmpty());
    if (echo) {
        // The server's id and time are those that the others have.
        QCOMPARE(first.result()->serverId, b.messages.first().serverId);
        QCOMPARE(first.result()->sentAt, b.messages.first().sentAt);
    }
    QVERIFY(succeeds(b.say(m_room, u"back"_s)));
    QTRY_COMPARE_WITH_TIMEOUT(a.texts(false), QStringList { u"back"_s }, limit);
    // What the server shows again has the ids it had.
    a.messages.clear();
    QVERIFY(a.signOut());
    QVERIFY(a.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(a.messages.size(), 3, limit);
    QCOMPARE(a.messages.at(1).serverId, b.messages.at(1).serverId);
    if (echo) {
        QCOMPARE(a.messages.first().serverId, first.result()->serverId);
    }
}

void tst_SipGroupChat::longMessages()
{
    desk().setLimit(40);
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    QTRY_VERIFY_WITH_TIMEOUT(desk().commands().contains(u"bccontext"_s), limit);
    const QString text
        = u"Zażółć gęślą jaźń, 🦄 raz jeszcze i jeszcze raz, aż do końca tego zdania"_s;
    const auto sent = a.say(m_room, text);
    QVERIFY(succeeds(sent));
    QCOMPARE(desk().posts(m_room).size(), 2);
    QCOMPARE(desk().posts(m_room).join(u' '), text);
    QVERIFY(a.messages.isEmpty());
    // Neither part comes back as a message of its own.
    QVERIFY(a.signOut());
    QVERIFY(a.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(a.messages.size(), 1, limit);
    QCOMPARE(a.messages.first().serverId, sent.result()->serverId);
}

void tst_SipGroupChat::refusedPosts()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    desk().refusePosts(403);
    const auto sent = a.say(m_room, u"x"_s);
    QCOMPARE(codeOf(sent), u"group-chat-forbidden"_s);
    QVERIFY(sent.result().error().detail.contains(u"403"));
    desk().refusePosts(0);
    QVERIFY(succeeds(a.say(m_room, u"y"_s)));
    QCOMPARE(
        codeOf(a.say(u"ma-chan://litwareinc.test/other"_s, u"x"_s)), u"group-chat-not-in-room"_s);
}

void tst_SipGroupChat::othersComeAndGo()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    desk().come(m_room, zofia);
    QTRY_COMPARE_WITH_TIMEOUT(a.addresses(m_room), (QStringList { alice, zofia }), limit);
    desk().go(m_room, zofia);
    QTRY_COMPARE_WITH_TIMEOUT(a.addresses(m_room), QStringList { alice }, limit);
    QCOMPARE(a.movements, (QStringList { u"+"_s + zofia, u"-"_s + zofia }));
    // A contact is called by his name, and manages the room.
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(b.signIn());
    QVERIFY(succeeds(b.join(m_room)));
    QTRY_VERIFY_WITH_TIMEOUT(a.members.value(m_room).contains(u"Bób Gęślarz"_s), limit);
    QCOMPARE(a.members.value(m_room).value(u"Bób Gęślarz"_s).rank, RoomRank::Operator);
    QCOMPARE(a.members.value(m_room).value(u"Bób Gęślarz"_s).address, bob);
    QVERIFY(succeeds(b.say(m_room, u"hej"_s)));
    QTRY_COMPARE_WITH_TIMEOUT(a.messages.size(), 1, limit);
    QCOMPARE(a.messages.first().from, u"Bób Gęślarz"_s);
    QVERIFY(b.signOut());
    QTRY_COMPARE_WITH_TIMEOUT(a.addresses(m_room), QStringList { alice }, limit);
}

void tst_SipGroupChat::leaves()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    QVERIFY(succeeds(a.session->rooms()->leave({ m_room }, {})));
    QVERIFY(a.joined.isEmpty());
    QVERIFY(a.why.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(desk().members(m_room), QStringList {}, limit);
    QVERIFY(a.state.value(u"group-chat"_s).isEmpty());
    QCOMPARE(codeOf(a.say(m_room, u"x"_s)), u"group-chat-not-in-room"_s);
    QVERIFY(succeeds(a.join(m_room)));
    QVERIFY(a.signOut());
    QTRY_COMPARE_WITH_TIMEOUT(desk().openDialogs(), 0, limit);
}

void tst_SipGroupChat::entersAgainAfterALoss_data()
{
    QTest::addColumn<QString>("how");
    QTest::newRow("BYE") << u"bye"_s;
    QTest::newRow("forgotten") << u"481"_s;
    QTest::newRow("line") << u"line"_s;
}

void tst_SipGroupChat::entersAgainAfterALoss()
{
    QFETCH(QString, how);
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    desk().write(m_room, zofia, u"before"_s);
    QTRY_COMPARE_WITH_TIMEOUT(a.messages.size(), 1, limit);
    Async<SentMessage> sent;
    if (how == u"line") {
        m_pool->cutAll();
        QTRY_COMPARE_WITH_TIMEOUT(a.session->state(), Session::State::Offline, limit);
        QCOMPARE(desk().members(m_room), QStringList {});
        desk().write(m_room, zofia, u"missed"_s);
        QVERIFY(a.signIn()); // as core does
    } else {
        desk().endDialogs(how == u"bye");
        desk().write(m_room, zofia, u"missed"_s);
        if (how == u"481") {
            sent = a.say(m_room, u"still here"_s); // that is how it is noticed
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(desk().members(m_room), QStringList { alice }, limit);
    QTRY_VERIFY_WITH_TIMEOUT(a.texts(true).contains(u"missed"_s), limit);
    if (how == u"481") {
        QVERIFY(succeeds(sent));
        QCOMPARE(desk().posts(m_room).last(), u"still here"_s);
    }
    if (how != u"line") {
        QVERIFY(a.joined.contains(m_room)); // nobody was told of it
        for (const InboundMessage &message : std::as_const(a.messages)) {
            if (message.body.plain() == u"missed") {
                QVERIFY(!message.fromArchive); // worth a notification
            }
        }
    }
}

void tst_SipGroupChat::remembersRooms()
{
    const QString second = desk().addRoom({ .name = u"昼"_s });
    const QString third = desk().addRoom({ .name = u"III"_s });
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)) && succeeds(a.join(second)) && succeeds(a.join(third)));
    QVERIFY(succeeds(a.session->rooms()->leave({ third }, {})));
    QVERIFY(a.signOut());
    a.joined.clear();
    desk().clearCommands();
    QVERIFY(a.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(a.joined.size(), 2, limit);
    QVERIFY(a.joined.contains(m_room) && a.joined.contains(second));
    QCOMPARE(desk().commands().count(u"bjoin"_s), 1);
    QCOMPARE(desk().commands().count(u"join"_s), 0);
}

void tst_SipGroupChat::refreshesTheDialog()
{
    desk().setSessionExpires(4); // refreshed after ten seconds at the earliest: pretend it waits
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->count("UPDATE", alice) > 0, limit);
    // The next one finds the dialog gone.
    desk().endDialogs(false);
    QTRY_COMPARE_WITH_TIMEOUT(desk().members(m_room), QStringList { alice }, 2 * limit);
}

void tst_SipGroupChat::managersDecide()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    RoomFacet *rooms = a.session->rooms();
    QCOMPARE(codeOf(rooms->setTopic({ m_room }, u"x"_s)), u"group-chat-unsupported"_s);
    QCOMPARE(codeOf(rooms->kick({ m_room }, bob, {})), u"group-chat-unsupported"_s);
    QCOMPARE(codeOf(rooms->invite({ m_room }, { bob }, {})), u"group-chat-unsupported"_s);
}

/// Both kinds of rooms behind one facet.
void tst_SipGroupChat::conferencesGoOn()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    QVERIFY(succeeds(a.join(m_room)));
    const auto made = a.session->conferences()->create(u"Plan"_s, {});
    QVERIFY(succeeds(made));
    const QString conference = made.result()->value;
    QVERIFY(a.joined.contains(conference) && a.joined.contains(m_room));
    QVERIFY(succeeds(a.say(conference, u"in the conference"_s)));
    QVERIFY(succeeds(a.say(m_room, u"in the room"_s)));
    QCOMPARE(desk().posts(m_room), QStringList { u"in the room"_s });
    QVERIFY(succeeds(a.session->rooms()->leave({ conference }, {})));
    QCOMPARE(a.joined, QStringList { m_room });
}

QTEST_GUILESS_MAIN(tst_SipGroupChat)
#include "tst_sipgroupchat.moc"
