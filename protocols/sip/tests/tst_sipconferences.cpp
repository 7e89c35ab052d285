// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using sim::OcsPool;

namespace {

const auto alice = u"alice@litwareinc.test"_s;
const auto bob = u"bob@litwareinc.test"_s;
const auto carol = u"carol@litwareinc.test"_s;
const auto trial
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;

/// One account with a real session, and what a window would know of its rooms.
struct Client {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    QString password;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    QList<InboundMessage> messages;
    QList<RoomInvitation> invitations;
    QList<ServerNotice> notices;
    QList<TypingChanged> typing;
    QStringList movements;
    QList<RoomMember> members;
    QString topic;
    QString link;
    bool joined = false;
    bool locked = false;
    QString why;

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

    void open()
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
        session->open({ .availability = Availability::Available });
    }
    bool ready_() const
    {
        return session->state() == Session::State::Online && session->conferences();
    }
    bool signIn()
    {
        open();
        return QTest::qWaitFor([this] { return ready_(); }, 15000);
    }

    void take(const SessionEvent &event)
    {
        if (const auto *e = std::get_if<MessageReceived>(&event)) {
            messages.append(e->message);
            if (e->stored) {
                e->stored();
            }
        } else if (const auto *i = std::get_if<InvitationReceived>(&event)) {
            invitations.append(i->invitation);
        } else if (const auto *n = std::get_if<ServerNotice>(&event)) {
            notices.append(*n);
        } else if (const auto *t = std::get_if<TypingChanged>(&event)) {
            typing.append(*t);
        } else if (const auto *r = std::get_if<RoomChanged>(&event)) {
            take(r->change);
        }
    }
    void take(const RoomChange &change)
    {
        members = change.members.value_or(members);
        joined = change.joined.value_or(joined);
        locked = change.locked.value_or(locked);
        link = change.link.value_or(link);
        if (change.topic) {
            topic = change.topic->text;
        }
        if (change.joined) {
            why = change.why ? change.why->code : QString();
            if (!*change.joined) {
                members.clear();
            }
        }
        for (const RoomMovement &movement : change.movements) {
            movements.append(
                (movement.kind == RoomMovement::Kind::Joined ? u"+"_s : u"-"_s) + movement.nick);
        }
    }
    QStringList nicks() const
    {
        QStringList list;
        for (const RoomMember &member : members) {
            list.append(member.nick);
        }
        list.sort();
        return list;
    }
    RoomMember member(const QString &nick) const
    {
        for (const RoomMember &one : members) {
            if (one.nick == nick) {
                return one;
            }
        }
        return {};
    }
    Async<SentMessage> say(const RoomAddress &room, const RichText &body) const
    {
        OutgoingMessage message;
        message.localId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        message.to = room.value;
        message.conversation = ConversationKind::Room;
        message.kind = MessageKind::Room;
        message.body = body;
        return session->send(message);
    }
};

template <class T> bool finishes(const Async<T> &future)
{
    return QTest::qWaitFor([&future] { return future.isFinished(); }, 15000);
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

/// Conferences of the session against the simulated pool.
class tst_SipConferences : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void makesAndInvites();
    void declines();
    void talks_data();
    void talks();
    void typing_data();
    void typing();
    void tellsWhoDidNotGetIt();
    void presenterPowers();
    void attendeeMayNot();
    void mutes();
    void locks();
    void lobby_data();
    void lobby();
    void ejects();
    void ends();
    void leavesEverything();
    void missesANotification();
    void joinsByLink_data();
    void joinsByLink();
    void whatLeadsNowhere_data();
    void whatLeadsNowhere();
    void entersAgainAfterALoss();
    void signingOutLeavesForGood();
    void twoDevicesAnswer();
    void oneConversationOneId();
    void theirOldSessionIsStillOpen();
    void rooms_data();
    void rooms();

private:
    /// The conversation ids of the INVITEs of somebody, in order.
    QByteArrayList idsOf(const QString &address) const;
    /// Alice makes a conference and Bob joins it.
    bool bothIn(Client &a, Client &b, RoomAddress &room);

    std::optional<sim::SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    sim::ScriptedPerson *m_carol = nullptr;
};

void tst_SipConferences::initTestCase()
{
    m_certificates = sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates.has_value());
}

void tst_SipConferences::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    OcsPool::Options options;
    options.directory = m_directory->path();
    options.certificates = m_certificates;
    options.profile = sim::Profile::Lync2010;
    m_pool = std::make_unique<OcsPool>(options, nullptr);
    m_pool->addUser(alice, u"LITWARE\\alice"_s, u"alice-pw"_s, u"Alice Ames"_s);
    m_pool->addUser(bob, u"LITWARE\\bob"_s, u"bob-pw"_s, u"Bób Gęślarz"_s);
    m_carol = m_pool->addPerson(carol, { .displayName = u"Carol Cole"_s });
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
    m_pool->offerSchemes({ "NTLM"_ba });
}

void tst_SipConferences::cleanup()
{
    if (m_pool) {
        QCOMPARE(m_pool->complaints(), QStringList());
    }
    m_pool.reset();
}

bool tst_SipConferences::bothIn(Client &a, Client &b, RoomAddress &room)
{
    if (!a.signIn() || !b.signIn()) {
        return false;
    }
    const auto made = a.session->conferences()->create(u"Plan"_s, { { bob } });
    if (!succeeds(made)) {
        return false;
    }
    room = *made.result();
    return QTest::qWaitFor([&b] { return !b.invitations.isEmpty(); }, 15000)
        && succeeds(b.session->rooms()->join(b.invitations.first().room, {}, {}))
        && QTest::qWaitFor([&] { return a.members.size() == 2 && b.members.size() == 2; }, 15000);
}

void tst_SipConferences::makesAndInvites()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    QCOMPARE(m_pool->conferences().foci(), QStringList { room.value });
    QCOMPARE(b.invitations.first().room, room);
    QCOMPARE(b.invitations.first().from, alice);
    QCOMPARE(b.invitations.first().text, u"Plan"_s);
    QCOMPARE(m_pool->conferences().members(room.value), (QStringList { alice, bob }));
    QVERIFY(a.joined && b.joined);
    QCOMPARE(a.topic, u"Plan"_s);
    QCOMPARE(b.topic, u"Plan"_s);
    QCOMPARE(b.nicks(), (QStringList { u"Alice Ames"_s, u"Bób Gęślarz"_s }));
    QCOMPARE(b.member(u"Alice Ames"_s).rank, RoomRank::Operator);
    QCOMPARE(b.member(u"Bób Gęślarz"_s).rank, RoomRank::None);
    QVERIFY(b.member(u"Bób Gęślarz"_s).self && !b.member(u"Alice Ames"_s).self);
    QCOMPARE(a.movements, QStringList { u"+Bób Gęślarz"_s });
    QVERIFY(a.link.startsWith(u"https://"));
    QCOMPARE(a.notices.size(), 0);
    // One conversation: everybody names it the same way.
    QSet<QByteArray> ids;
    for (const auto &received : m_pool->received()) {
        if (received.message.isRequest() && received.message.method == "INVITE") {
            ids.insert(received.message.header("Ms-Conversation-ID"));
        }
    }
    QCOMPARE(ids.size(), 1);
}

void tst_SipConferences::declines()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    const auto made = a.session->conferences()->create({}, { { bob } });
    QVERIFY(succeeds(made));
    QTRY_COMPARE(b.invitations.size(), 1);
    QVERIFY(succeeds(b.session->rooms()->leave(b.invitations.first().room, {})));
    QTRY_COMPARE(a.notices.size(), 1);
    QCOMPARE(a.notices.first().code, u"conference-invitation-failed"_s);
    QVERIFY(a.notices.first().detail.contains(u"603"));
    QCOMPARE(m_pool->conferences().members(made.result()->value), QStringList { alice });
    // Somebody who is not there.
    QCOMPARE(
        codeOf(a.session->rooms()->invite(*made.result(), { carol }, {})), u"recipient-offline"_s);
}

void tst_SipConferences::talks_data()
{
    QTest::addColumn<QString>("html");
    QTest::newRow("plain") << trial;
    QTest::newRow("formatted") << u"<b>Zażółć</b> <i>こんにちは</i> 🦄"_s;
    QTest::newRow("markup as text") << u"a &lt;b&gt; &amp; c"_s;
}

void tst_SipConferences::talks()
{
    QFETCH(QString, html);
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    const RichText body = RichText::fromHtml(html);
    const auto sent = a.say(room, body);
    QVERIFY(succeeds(sent));
    QVERIFY(!sent.result()->remoteId.isEmpty());
    QTRY_COMPARE(b.messages.size(), 1);
    const InboundMessage message = b.messages.first();
    QCOMPARE(message.with, room.value);
    QCOMPARE(message.conversation, ConversationKind::Room);
    QCOMPARE(message.from, u"Alice Ames"_s);
    QCOMPARE(message.body.plain(), body.plain());
    QCOMPARE(message.body.isPlain(), body.isPlain());
    QVERIFY(succeeds(b.say(room, RichText::fromPlain(trial + u'\n' + trial))));
    QTRY_COMPARE(a.messages.size(), 1);
    QCOMPARE(a.messages.first().body.plain(), trial + u'\n' + trial);
    QCOMPARE(a.messages.first().from, u"Bób Gęślarz"_s);
    // In the order they were written.
    QList<Async<SentMessage>> many;
    for (int i = 0; i < 10; ++i) {
        many.append(a.say(room, RichText::fromPlain(QString::number(i))));
    }
    QTRY_COMPARE(b.messages.size(), 11);
    for (int i = 0; i < 10; ++i) {
        QCOMPARE(b.messages.at(i + 1).body.plain(), QString::number(i));
        QVERIFY(succeeds(many.at(i)));
    }
    QCOMPARE(a.messages.size(), 1);
}

void tst_SipConferences::typing_data()
{
    QTest::addColumn<bool>("carried");
    QTest::newRow("the chat carries it") << true;
    QTest::newRow("it does not") << false;
}

void tst_SipConferences::typing()
{
    QFETCH(bool, carried);
    m_pool->conferences().setTyping(carried);
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    const int before = m_pool->count("INFO"_ba, alice);
    a.session->typing()->setTyping(room.value, ConversationKind::Room, true);
    a.session->typing()->setTyping(room.value, ConversationKind::Room, true);
    if (carried) {
        QTRY_COMPARE(b.typing.size(), 1);
        QCOMPARE(b.typing.first().from, u"Alice Ames"_s);
        QCOMPARE(b.typing.first().with, room.value);
        QVERIFY(b.typing.first().composing);
    }
    QVERIFY(succeeds(a.say(room, RichText::fromPlain(u"x"_s))));
    QTRY_COMPARE(b.messages.size(), 1);
    QCOMPARE(b.typing.size(), carried ? 2 : 0); // the message ends it
    QCOMPARE(m_pool->count("INFO"_ba, alice) - before, carried ? 1 : 0);
}

void tst_SipConferences::tellsWhoDidNotGetIt()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    // The chat reports it later, as [MS-CONFIM] 2.2.6 has it.
    m_pool->conferences().setUnreachable(bob);
    QVERIFY(succeeds(a.say(room, RichText::fromPlain(u"Zażółć"_s))));
    QTRY_COMPARE(a.notices.size(), 1);
    QCOMPARE(a.notices.first().code, u"conference-undelivered"_s);
    QVERIFY(a.notices.first().text.contains(u"Zażółć"_s));
    QVERIFY(a.notices.first().text.contains(u"Bób Gęślarz"_s));
    QCOMPARE(b.messages.size(), 0);
}

void tst_SipConferences::presenterPowers()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    auto *powers = a.session->conferences();
    QVERIFY(succeeds(powers->setPresenter(room, u"Bób Gęślarz"_s, true)));
    QTRY_COMPARE(b.member(u"Bób Gęślarz"_s).rank, RoomRank::Operator);
    QVERIFY(m_pool->conferences().isPresenter(room.value, bob));
    QVERIFY(succeeds(powers->setPresenter(room, u"Bób Gęślarz"_s, false)));
    QTRY_COMPARE(a.member(u"Bób Gęślarz"_s).rank, RoomRank::None);
    QCOMPARE(codeOf(powers->setPresenter(room, u"Nobody"_s, true)), u"no-such-member"_s);
}

void tst_SipConferences::attendeeMayNot()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    auto *powers = b.session->conferences();
    QCOMPARE(codeOf(powers->setLocked(room, true)), u"conference-forbidden"_s);
    QCOMPARE(codeOf(powers->end(room)), u"conference-forbidden"_s);
    QCOMPARE(
        codeOf(b.session->rooms()->kick(room, u"Alice Ames"_s, {})), u"conference-forbidden"_s);
    QVERIFY(a.joined && b.joined);
    QCOMPARE(codeOf(b.session->rooms()->setTopic(room, u"x"_s)), u"topic-fixed"_s);
}

void tst_SipConferences::mutes()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    const auto nick = u"Bób Gęślarz"_s;
    QVERIFY(!a.member(nick).muted);
    QCOMPARE(codeOf(a.session->conferences()->setMuted(room, nick, true)), u"no-microphone"_s);
    m_pool->conferences().putOnPhone(room.value, bob);
    QTRY_COMPARE(a.member(nick).muted, std::optional(false));
    QVERIFY(succeeds(a.session->conferences()->setMuted(room, nick, true)));
    QTRY_COMPARE(a.member(nick).muted, std::optional(true));
    QTRY_COMPARE(b.member(nick).muted, std::optional(true));
    QVERIFY(m_pool->conferences().isMuted(room.value, bob));
    QVERIFY(succeeds(a.session->conferences()->setMuted(room, nick, false)));
    QTRY_COMPARE(a.member(nick).muted, std::optional(false));
}

void tst_SipConferences::locks()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    const auto made = a.session->conferences()->create(u"Plan"_s, {});
    QVERIFY(succeeds(made));
    QVERIFY(succeeds(a.session->conferences()->setLocked(*made.result(), true)));
    QTRY_VERIFY(a.locked);
    const auto refused = b.session->rooms()->join(*made.result(), {}, {});
    QCOMPARE(codeOf(refused), u"conference-locked"_s);
    QVERIFY(!b.joined);
    QVERIFY(succeeds(a.session->conferences()->setLocked(*made.result(), false)));
    QTRY_VERIFY(!a.locked);
    QVERIFY(succeeds(b.session->rooms()->join(*made.result(), {}, {})));
}

void tst_SipConferences::lobby_data()
{
    QTest::addColumn<bool>("in");
    QTest::newRow("let in") << true;
    QTest::newRow("sent away") << false;
}

void tst_SipConferences::lobby()
{
    QFETCH(bool, in);
    m_pool->conferences().setLobby(true);
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    const auto made = a.session->conferences()->create(u"Plan"_s, {});
    QVERIFY(succeeds(made));
    const auto joining = b.session->rooms()->join(*made.result(), {}, {});
    QTRY_COMPARE(b.why, u"conference-lobby"_s);
    QTRY_VERIFY(a.member(u"Bób Gęślarz"_s).waiting);
    QVERIFY(!joining.isFinished());
    QVERIFY(a.movements.isEmpty());
    QVERIFY(succeeds(a.session->conferences()->admit(*made.result(), u"Bób Gęślarz"_s, in)));
    QVERIFY(finishes(joining));
    QCOMPARE(joining.result().has_value(), in);
    if (in) {
        QTRY_COMPARE(a.movements, QStringList { u"+Bób Gęślarz"_s });
        QVERIFY(b.joined);
    } else {
        QCOMPARE(codeOf(joining), u"conference-denied"_s);
        QTRY_COMPARE(a.members.size(), 1);
    }
}

void tst_SipConferences::ejects()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    QVERIFY(succeeds(a.session->rooms()->kick(room, u"Bób Gęślarz"_s, {})));
    QTRY_VERIFY(!b.joined);
    QVERIFY(!b.why.isEmpty());
    QTRY_COMPARE(a.members.size(), 1);
    QCOMPARE(a.movements.last(), u"-Bób Gęślarz"_s);
    QCOMPARE(codeOf(b.say(room, RichText::fromPlain(u"x"_s))), u"not-in-room"_s);
    // Back by the address.
    QVERIFY(succeeds(b.session->rooms()->join(room, {}, {})));
    QTRY_COMPARE(a.members.size(), 2);
}

void tst_SipConferences::ends()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    QVERIFY(succeeds(a.session->conferences()->end(room)));
    QTRY_VERIFY(!a.joined && !b.joined);
    QCOMPARE(b.why, u"conference-ended"_s);
    QCOMPARE(a.why, QString());
    QCOMPARE(m_pool->conferences().foci(), QStringList());
    QCOMPARE(codeOf(b.session->rooms()->join(room, {}, {})), u"conference-not-found"_s);
}

void tst_SipConferences::leavesEverything()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    QCOMPARE(m_pool->conferences().openDialogs(), 6);
    QVERIFY(succeeds(b.session->rooms()->leave(room, {})));
    QVERIFY(!b.joined);
    QTRY_COMPARE(m_pool->conferences().openDialogs(), 3);
    QTRY_COMPARE(a.members.size(), 1);
    QVERIFY(succeeds(a.session->rooms()->leave(room, {})));
    QTRY_COMPARE(m_pool->conferences().openDialogs(), 0);
    QVERIFY(succeeds(b.session->rooms()->join(room, {}, {})));
    QVERIFY(b.joined);
}

void tst_SipConferences::missesANotification()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    const auto made = a.session->conferences()->create(u"Plan"_s, {});
    QVERIFY(succeeds(made));
    m_pool->clearLog();
    m_pool->conferences().loseNotifications(1); // that Bob enters the focus
    QVERIFY(succeeds(b.session->rooms()->join(*made.result(), {}, {})));
    QTRY_COMPARE(a.nicks(), (QStringList { u"Alice Ames"_s, u"Bób Gęślarz"_s }));
    int asked = 0;
    for (const auto &received : m_pool->received()) {
        const auto &m = received.message;
        asked += int(received.from == alice && m.method == "SUBSCRIBE"
            && m.header("Event") == "conference" && m.header("Expires") != "0");
    }
    QCOMPARE(asked, 1);
    QVERIFY(succeeds(b.session->rooms()->leave(*made.result(), {})));
    QTRY_COMPARE(a.members.size(), 1);
}

void tst_SipConferences::joinsByLink_data()
{
    QTest::addColumn<QString>("form");
    QTest::newRow("page") << u"link"_s;
    QTest::newRow("launcher") << u"launcher"_s;
    QTest::newRow("focus") << u"%1"_s;
    QTest::newRow("conf") << u"conf:%1%3Frequired-media=chat"_s;
    QTest::newRow("meet") << u"meet:%1"_s;
    QTest::newRow("organizer and id") << u"words"_s;
}

void tst_SipConferences::joinsByLink()
{
    QFETCH(QString, form);
    const QString focus = m_pool->conferences().make(alice, u"8C1F"_s, u"Zażółć 🦄"_s);
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    QVERIFY(succeeds(a.session->rooms()->join({ focus }, {}, {})));
    QTRY_VERIFY(a.link.startsWith(u"https://"));
    QString text = form;
    if (form == u"link"_s) {
        text = a.link;
    } else if (form == u"launcher"_s) {
        text = a.link;
        text.replace(u"/meet/"_s, u"/meet/launch/"_s);
    } else if (form == u"words"_s) {
        text = alice + u" 8C1F"_s;
    } else {
        text.replace(u"%1"_s, focus);
    }
    const auto room = b.session->rooms()->resolve(text);
    QVERIFY(finishes(room));
    QVERIFY2(room.result(), room.result() ? "" : qPrintable(room.result().error().code));
    QCOMPARE(room.result()->value, focus);
    QVERIFY(succeeds(b.session->rooms()->join(*room.result(), {}, {})));
    QCOMPARE(b.topic, u"Zażółć 🦄"_s);
}

void tst_SipConferences::whatLeadsNowhere_data()
{
    QTest::addColumn<QString>("link");
    QTest::newRow("no such meeting") << u"https://localhost:%1/meet/alice/FFFF"_s;
    QTest::newRow("another page") << u"https://localhost:%1/"_s;
    QTest::newRow("in the clear") << u"http://localhost:%1/meet/alice/8C1F"_s;
    QTest::newRow("a person") << u"sip:alice@litwareinc.test"_s;
    QTest::newRow("a sentence") << u"こんにちは世界 🦄"_s;
}

void tst_SipConferences::whatLeadsNowhere()
{
    QFETCH(QString, link);
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    const QString port = m_pool->conferences().pages().section(u':', 2).section(u'/', 0, 0);
    const auto room = a.session->rooms()->resolve(link.contains(u"%1"_s) ? link.arg(port) : link);
    QVERIFY(finishes(room));
    QCOMPARE(codeOf(room), u"not-a-room"_s);
    QVERIFY(!room.result().error().remedy.isEmpty());
}

void tst_SipConferences::entersAgainAfterALoss()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    QByteArray id;
    for (const auto &received : m_pool->received()) {
        if (received.message.method == "INVITE" && received.from == bob) {
            id = received.message.header("Ms-Conversation-ID");
        }
    }
    m_pool->cutAll();
    QTRY_COMPARE(b.session->state(), Session::State::Offline);
    QTRY_COMPARE(m_pool->conferences().openDialogs(), 0);
    m_pool->clearLog();
    b.joined = false;
    QVERIFY(b.signIn()); // a new session, as after a reconnect
    QTRY_VERIFY(b.joined);
    QTRY_COMPARE(m_pool->conferences().members(room.value), QStringList { bob });
    for (const auto &received : m_pool->received()) {
        if (received.message.method == "INVITE" && received.from == bob) {
            QCOMPARE(received.message.header("Ms-Conversation-ID"), id);
        }
    }
}

void tst_SipConferences::signingOutLeavesForGood()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    RoomAddress room;
    QVERIFY(bothIn(a, b, room));
    b.session->close();
    QTRY_COMPARE(b.session->state(), Session::State::Offline);
    QTRY_COMPARE(a.members.size(), 1);
    b.joined = false;
    QVERIFY(b.signIn());
    QVERIFY(b.state.value(u"conferences"_s).isEmpty());
    QVERIFY(!b.joined);
}

/// RFC 3261 13.2.2.4: both devices take the invitation; we stay with the first, the other is told.
void tst_SipConferences::twoDevicesAnswer()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client one(*m_pool, bob, u"bob-pw"_s);
    Client two(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && one.signIn() && two.signIn());
    OutgoingMessage message { .localId = u"1"_s, .to = bob, .body = RichText::fromPlain(trial) };
    QVERIFY(succeeds(a.session->send(message)));
    QTRY_COMPARE(m_pool->count("BYE"_ba, alice), 1);
    QCOMPARE(m_pool->count("ACK"_ba, alice), 2);
    QTRY_COMPARE(one.messages.size() + two.messages.size(), 2); // it rode in the INVITE
    message.localId = u"2"_s;
    QVERIFY(succeeds(a.session->send(message)));
    QTRY_COMPARE(one.messages.size() + two.messages.size(), 3);
    QCOMPARE(m_pool->count("INVITE"_ba, alice), 1);
    QCOMPARE(m_pool->count("BYE"_ba, alice), 1);
}

QByteArrayList tst_SipConferences::idsOf(const QString &address) const
{
    QByteArrayList ids;
    for (const auto &received : m_pool->received()) {
        if (received.message.method == "INVITE" && received.from == address) {
            ids.append(received.message.header("Ms-Conversation-ID"));
        }
    }
    return ids;
}

/// A talk of two keeps its id over sessions and lost lines, and has the other side's where that
/// invites; who ends it begins another one.
void tst_SipConferences::oneConversationOneId()
{
    Client a(*m_pool, alice, u"alice-pw"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(a.signIn() && b.signIn());
    OutgoingMessage message { .localId = u"1"_s, .to = bob, .body = RichText::fromPlain(trial) };
    QVERIFY(succeeds(a.session->send(message)));
    m_pool->cutAll();
    QTRY_COMPARE(a.session->state(), Session::State::Offline);
    QTRY_COMPARE(b.session->state(), Session::State::Offline);
    QVERIFY(a.signIn() && b.signIn()); // new sessions, as after a reconnect
    message.localId = u"2"_s;
    QVERIFY(succeeds(a.session->send(message)));
    QCOMPARE(idsOf(alice).size(), 2);
    QCOMPARE(idsOf(alice).at(1), idsOf(alice).at(0));
    m_pool->cutAll();
    QTRY_COMPARE(b.session->state(), Session::State::Offline);
    QTRY_COMPARE(a.session->state(), Session::State::Offline);
    QVERIFY(a.signIn() && b.signIn());
    message = { .localId = u"3"_s, .to = alice, .body = RichText::fromPlain(trial) };
    QVERIFY(succeeds(b.session->send(message)));
    QCOMPARE(idsOf(bob), QByteArrayList { idsOf(alice).at(0) });

    b.session->close(); // and good-bye
    QTRY_COMPARE(b.session->state(), Session::State::Offline);
    QVERIFY(b.state.value(u"conversation-ids"_s).isEmpty());
    QTRY_VERIFY(a.state.value(u"conversation-ids"_s).isEmpty());
    QVERIFY(b.signIn());
    message = { .localId = u"4"_s, .to = bob, .body = RichText::fromPlain(trial) };
    QVERIFY(succeeds(a.session->send(message)));
    QCOMPARE(idsOf(alice).size(), 3);
    QVERIFY(!idsOf(alice).at(2).isEmpty());
    QVERIFY(idsOf(alice).at(2) != idsOf(alice).at(0));
}

/// Our line was lost, theirs was not: their client refuses the conversation it still has.
void tst_SipConferences::theirOldSessionIsStillOpen()
{
    m_carol->setPresence(3500);
    m_carol->setOneSessionOnly(true);
    QSignalSpy heard(m_carol, &sim::ScriptedPerson::messageReceived);
    Client a(*m_pool, alice, u"alice-pw"_s);
    QVERIFY(a.signIn());
    OutgoingMessage message { .localId = u"1"_s, .to = carol, .body = RichText::fromPlain(trial) };
    QVERIFY(succeeds(a.session->send(message)));
    m_pool->cutAll();
    QTRY_COMPARE(a.session->state(), Session::State::Offline);
    QVERIFY(a.signIn());
    message.localId = u"2"_s;
    QVERIFY(succeeds(a.session->send(message)));
    QTRY_COMPARE(heard.size(), 2);
    const QByteArrayList ids = idsOf(alice);
    QCOMPARE(ids.size(), 3); // tried as it was, then as another conversation
    QCOMPARE(ids.at(1), ids.at(0));
    QVERIFY(ids.at(2) != ids.at(1));
}

void tst_SipConferences::rooms_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("room");
    QTest::newRow("focus") << u"sip:a@b.test;gruu;opaque=app:conf:focus:id:1A"_s << true;
    QTest::newRow("meet") << u"meet:sip:a@b.test;gruu;opaque=app:conf:focus:id:1A"_s << true;
    QTest::newRow("words") << u"a@b.test 1A"_s << true;
    QTest::newRow("person") << u"a@b.test"_s << false;
    QTest::newRow("link") << u"https://meet.b.test/a/1A"_s << false;
}

void tst_SipConferences::rooms()
{
    QFETCH(QString, text);
    const auto room = sip::normalizedRoom(text);
    QTEST(room.has_value(), "room");
    if (room) {
        QCOMPARE(*sip::normalizedRoom(*room), *room);
    } else {
        QVERIFY(!room.error().remedy.isEmpty());
    }
}

QTEST_GUILESS_MAIN(tst_SipConferences)
#include "tst_sipconferences.moc"
