// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "tests/support/peerserver.h"

#include <QHash>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

constexpr int limit = 60000;

/// What is left of an account between two programs.
using Memory = QHash<QString, QByteArray>;

struct Client {
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    std::optional<Error> ended;
    QList<SessionEvent> events;
    QByteArrayList sent;
    QByteArrayList received;

    Client(const test::PeerServer &server, const QString &user, Memory &memory,
        const QString &flavour = u"standard"_s, bool tls = true)
    {
        SettingValues settings;
        settings.set(u"address"_s, user + u"@sip.test"_s);
        settings.set(u"login"_s, user);
        settings.set(u"flavour"_s, flavour);
        settings.set(u"server"_s, u"127.0.0.1"_s);
        settings.set(u"port"_s, server.port(tls ? 1 : 0));
        settings.set(u"connection"_s, tls ? u"tls"_s : u"plain"_s);
        settings.set(u"proxy-type"_s, u"none"_s);
        settings.set(u"ca-file"_s, server.caFile());
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [user](const QString &) { return ready<QString>(user + u"-pw"_s); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [&memory](const QString &key) { return memory.value(key); };
        binding.setState
            = [&memory](const QString &key, const QByteArray &value) { memory.insert(key, value); };
        binding.log = [this](bool outgoing, const QByteArray &bytes) {
            (outgoing ? sent : received).append(bytes);
        };
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(
            session.get(), &Session::ended, session.get(), [this](const Error &e) { ended = e; });
        QObject::connect(
            session.get(), &Session::event, session.get(), [this](const SessionEvent &event) {
                events.append(event);
                if (const auto *message = std::get_if<MessageReceived>(&event);
                    message != nullptr && message->stored) {
                    message->stored();
                }
            });
        session->open({ .availability = Availability::Available });
    }
    bool isOnline() const { return session->state() == Session::State::Online; }
    /// For the tests' reports.
    QByteArray story() const
    {
        const QString end = ended ? ended->code + u' ' + ended->detail : u"no error"_s;
        return end.toUtf8() + "\nsent:\n" + sent.join('\n') + "\nreceived:\n" + received.join('\n');
    }
    bool saw(const QByteArrayList &log, const QByteArray &start, const QByteArray &what) const
    {
        return std::ranges::any_of(
            log, [&](const QByteArray &m) { return m.contains(start) && m.contains(what); });
    }
    template <class T> QList<T> told() const
    {
        QList<T> list;
        for (const SessionEvent &event : events) {
            if (const auto *one = std::get_if<T>(&event)) {
                list.append(*one);
            }
        }
        return list;
    }
    /// The newest presence told of somebody.
    Presence presenceOf(const QString &address) const
    {
        Presence presence;
        for (const PresenceChanged &change : told<PresenceChanged>()) {
            if (change.address.value == address) {
                presence = change.presence;
            }
        }
        return presence;
    }
    void add(const QString &address) const
    {
        ContactSnapshot contact;
        contact.address = { address };
        contact.name = u"Zażółć"_s;
        contact.groups = { u"Friends"_s };
        session->roster()->add(contact);
    }
    Async<SentMessage> send(const QString &to, const QString &text) const
    {
        OutgoingMessage message;
        message.localId = u"id"_s;
        message.to = to;
        message.body = RichText::fromPlain(text);
        return session->send(message);
    }
    QStringList texts() const
    {
        QStringList list;
        for (const MessageReceived &message : told<MessageReceived>()) {
            list.append(message.message.body.plain());
        }
        return list;
    }
};

const QString alice = u"alice@sip.test"_s;
const QString bob = u"bob@sip.test"_s;

} // namespace

/// Plain SIP against Kamailio, a server that nobody here wrote: registrar, Digest, presence
/// server and relay.
class TestSimplePeers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void presence_data();
    void presence();
    void messages_data();
    void messages();
    void severalDevices();
    void failuresInWords();
    void watchersWait();

private:
    bool start(const QStringList &environment = {});
    std::unique_ptr<test::PeerServer> m_server;
    QStringList m_environment;
};

bool TestSimplePeers::start(const QStringList &environment)
{
    if (m_server && m_environment == environment) {
        return true;
    }
    m_server = std::make_unique<test::PeerServer>();
    m_environment = environment;
    return m_server->start(u"kamailio"_s, environment);
}

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): QSKIP and QFAIL return from the test
#define NEEDS_SERVER(...)                                                                          \
    if (!start(__VA_ARGS__)) {                                                                     \
        if (m_server->isMissing()) {                                                               \
            QSKIP(qPrintable(m_server->reason()));                                                 \
        }                                                                                          \
        QFAIL(qPrintable(m_server->reason()));                                                     \
    }

void TestSimplePeers::presence_data()
{
    QTest::addColumn<QStringList>("environment");
    QTest::addColumn<QString>("flavour");
    QTest::addColumn<bool>("tls");
    QTest::newRow("told to be plain, TLS") << QStringList() << u"standard"_s << true;
    QTest::newRow("found out, TLS") << QStringList() << u"auto"_s << true;
    QTest::newRow("TCP") << QStringList() << u"standard"_s << false;
    QTest::newRow("every nonce good for once")
        << QStringList { u"PEER_SIP_ONCE=1"_s } << u"standard"_s << true;
    QTest::newRow("SHA-256") << QStringList { u"PEER_SIP_ALGORITHM=SHA-256"_s } << u"auto"_s
                             << true;
}

void TestSimplePeers::presence()
{
    QFETCH(QStringList, environment);
    QFETCH(QString, flavour);
    QFETCH(bool, tls);
    NEEDS_SERVER(environment);
    Memory aliceMemory;
    Memory bobMemory;
    Client a(*m_server, u"alice"_s, aliceMemory, flavour, tls);
    QTRY_VERIFY2_WITH_TIMEOUT(a.isOnline(), a.story(), limit);
    QTRY_VERIFY_WITH_TIMEOUT(!a.told<OwnPresenceChanged>().isEmpty(), limit);
    {
        Client b(*m_server, u"bob"_s, bobMemory, flavour, tls);
        QTRY_VERIFY2_WITH_TIMEOUT(b.isOnline(), b.story(), limit);
        a.add(bob);
        b.add(alice);
        QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).availability, Availability::Available, limit);
        QTRY_COMPARE_WITH_TIMEOUT(b.presenceOf(alice).availability, Availability::Available, limit);
        for (const Availability state :
            { Availability::Busy, Availability::DoNotDisturb, Availability::Away }) {
            b.session->setPresence({ .availability = state, .text = u"こんにちは 🦄"_s });
            QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).availability, state, limit);
            QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).text, u"こんにちは 🦄"_s, limit);
        }
        b.session->setPresence({ .availability = Availability::Invisible });
        QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).availability, Availability::Offline, limit);
        QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).text, QString(), limit);
        b.session->setPresence({ .availability = Availability::Available });
        QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).availability, Availability::Available, limit);
        b.session->close();
        QTRY_COMPARE_WITH_TIMEOUT(b.session->state(), Session::State::Offline, limit);
        QVERIFY(!b.ended);
    }
    QTRY_COMPARE_WITH_TIMEOUT(a.presenceOf(bob).availability, Availability::Offline, limit);

    // The list is there again in the next program, and so is what the others are.
    Client again(*m_server, u"bob"_s, bobMemory, flavour, tls);
    QTRY_COMPARE_WITH_TIMEOUT(again.presenceOf(alice).availability, Availability::Available, limit);
    const auto contacts = again.told<ContactChanged>();
    QCOMPARE(contacts.first().contact.address.value, alice);
    QCOMPARE(contacts.first().contact.name, u"Zażółć"_s);
    QCOMPARE(contacts.first().contact.groups, QStringList { u"Friends"_s });
    QVERIFY(!again.told<ContactListComplete>().isEmpty());
    again.session->roster()->remove({ alice });
    QVERIFY(!again.saw(again.received, "SIP/2.0 400", ""));
    again.session->close();
    a.session->close();
    QTRY_COMPARE_WITH_TIMEOUT(again.session->state(), Session::State::Offline, limit);
    QTRY_COMPARE_WITH_TIMEOUT(a.session->state(), Session::State::Offline, limit);
}

void TestSimplePeers::messages_data()
{
    QTest::addColumn<QStringList>("environment");
    QTest::addColumn<QString>("flavour");
    QTest::newRow("told to be plain") << QStringList() << u"standard"_s;
    QTest::newRow("every nonce good for once") << QStringList { u"PEER_SIP_ONCE=1"_s } << u"auto"_s;
}

void TestSimplePeers::messages()
{
    QFETCH(QStringList, environment);
    QFETCH(QString, flavour);
    NEEDS_SERVER(environment);
    Memory aliceMemory;
    Memory bobMemory;
    Client a(*m_server, u"alice"_s, aliceMemory, flavour);
    Client b(*m_server, u"bob"_s, bobMemory, flavour);
    QTRY_VERIFY2_WITH_TIMEOUT(a.isOnline(), a.story(), limit);
    QTRY_VERIFY2_WITH_TIMEOUT(b.isOnline(), b.story(), limit);
    const QStringList texts { u"Zażółć gęślą jaźń"_s, u"こんにちは世界"_s, u"مرحبا بالعالم"_s,
        u"e\u0301 ก็"_s, u"👩‍👩‍👧‍👦🦄𝄞"_s, u"two\nlines"_s,
        QString(5000, u'ż') };
    QList<Async<SentMessage>> answers;
    for (const QString &text : texts) {
        answers.append(a.send(bob, text));
    }
    QTRY_COMPARE_WITH_TIMEOUT(b.texts(), texts, limit);
    for (const Async<SentMessage> &answer : answers) {
        QTRY_VERIFY_WITH_TIMEOUT(answer.isFinished(), limit);
        QVERIFY(answer.result());
        QCOMPARE(answer.result()->state, DeliveryState::Delivered);
    }
    QCOMPARE(b.told<MessageReceived>().first().message.with, alice);
    QCOMPARE(
        b.told<MessageReceived>().first().message.remoteId, answers.first().result()->remoteId);

    // The other way, with typing before it.
    b.session->typing()->setTyping(alice, ConversationKind::Person, true);
    QTRY_COMPARE_WITH_TIMEOUT(a.told<TypingChanged>().size(), 1, limit);
    QVERIFY(a.told<TypingChanged>().first().composing);
    for (const QString &text : texts) {
        b.send(alice, text);
    }
    QTRY_COMPARE_WITH_TIMEOUT(a.texts(), texts, limit);
    QVERIFY(!a.told<TypingChanged>().last().composing);
    b.session->typing()->setTyping(alice, ConversationKind::Person, true);
    QTRY_COMPARE_WITH_TIMEOUT(a.told<TypingChanged>().size(), 3, limit);
    b.session->typing()->setTyping(alice, ConversationKind::Person, false);
    QTRY_COMPARE_WITH_TIMEOUT(a.told<TypingChanged>().size(), 4, limit);
    QVERIFY(!a.told<TypingChanged>().last().composing);
}

void TestSimplePeers::severalDevices()
{
    NEEDS_SERVER();
    Memory aliceMemory;
    Memory firstMemory;
    Memory secondMemory;
    Client a(*m_server, u"alice"_s, aliceMemory);
    Client first(*m_server, u"bob"_s, firstMemory);
    Client second(*m_server, u"bob"_s, secondMemory);
    QTRY_VERIFY_WITH_TIMEOUT(a.isOnline() && first.isOnline() && second.isOnline(), limit);
    const auto sent = a.send(bob, u"to all of you"_s);
    QTRY_COMPARE_WITH_TIMEOUT(first.texts(), QStringList { u"to all of you"_s }, limit);
    QTRY_COMPARE_WITH_TIMEOUT(second.texts(), QStringList { u"to all of you"_s }, limit);
    QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), limit);
    QVERIFY(sent.result());
    // One goes, the other stays and gets what comes.
    first.session->close();
    QTRY_COMPARE_WITH_TIMEOUT(first.session->state(), Session::State::Offline, limit);
    a.send(bob, u"and now?"_s);
    QTRY_COMPARE_WITH_TIMEOUT(second.texts().size(), 2, limit);
    QCOMPARE(first.texts().size(), 1);
}

void TestSimplePeers::failuresInWords()
{
    NEEDS_SERVER();
    Memory memory;
    Client a(*m_server, u"alice"_s, memory);
    QTRY_VERIFY2_WITH_TIMEOUT(a.isOnline(), a.story(), limit);
    const auto away = a.send(u"carol@sip.test"_s, u"hello?"_s);
    QTRY_VERIFY_WITH_TIMEOUT(away.isFinished(), limit);
    QVERIFY(!away.result());
    QCOMPARE(away.result().error().code, u"recipient-offline"_s);
    QVERIFY(away.result().error().title.contains(u"carol@sip.test"_s));
    QVERIFY(away.result().error().detail.contains(u"480"_s));
    const auto nobody = a.send(u"nobody@sip.test"_s, u"hello?"_s);
    QTRY_VERIFY_WITH_TIMEOUT(nobody.isFinished(), limit);
    QVERIFY(!nobody.result());
    QCOMPARE(nobody.result().error().code, u"recipient-unknown"_s);
    QVERIFY(nobody.result().error().title.contains(u"nobody@sip.test"_s));
    QVERIFY(a.isOnline());
}

/// A server where somebody has to agree, and nobody does.
void TestSimplePeers::watchersWait()
{
    NEEDS_SERVER({ u"PEER_SIP_PENDING=1"_s });
    Memory aliceMemory;
    Memory bobMemory;
    Client a(*m_server, u"alice"_s, aliceMemory);
    Client b(*m_server, u"bob"_s, bobMemory);
    QTRY_VERIFY2_WITH_TIMEOUT(a.isOnline(), a.story(), limit);
    QTRY_VERIFY2_WITH_TIMEOUT(b.isOnline(), b.story(), limit);
    a.add(bob);
    QTRY_VERIFY_WITH_TIMEOUT(
        a.told<ContactChanged>().last().contact.subscription == Subscription::Pending, limit);
    QCOMPARE(a.presenceOf(bob).availability, Availability::Unknown);
    QTRY_COMPARE_WITH_TIMEOUT(b.told<SubscriptionAsked>().size(), 1, limit);
    QCOMPARE(b.told<SubscriptionAsked>().first().address.value, alice);
    b.session->roster()->answer({ alice }, true);
    QCOMPARE(b.told<ServerNotice>().last().code, u"presence-rules-on-server"_s);
}

QTEST_GUILESS_MAIN(TestSimplePeers)
#include "tst_simplepeers.moc"
