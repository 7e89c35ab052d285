// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Conversations between two sessions over a real server, through the loaded plugin and core's real
// network: LINCHPIN_PEER names the server (inspircd, ngircd).

#include "protocols/irc/tests/person.h"
#include "tests/support/peerserver.h"

#include <QFile>
#include <QPluginLoader>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using linchpin::irc::test::kLimit;
using linchpin::irc::test::kMixed;
using linchpin::irc::test::Person;

class tst_IrcPeers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void talksPrivately();
    void longMessageArrivesWhole();
    void nobodyThere();
    void lifeOfARoom();
    void roomRefusals();
    void burst();
    void nickCollision();
    void contactComesAndGoes();
    void typing();
    void whois();
    void wrongPassword();
    void saslMechanisms_data();
    void saslMechanisms();
    void saslExternal();
    void serverPassword();
    void startTls();
    void untrustedCertificate();
    void badCertificates_data();
    void badCertificates();
    void wrongPorts();
    void serverDies();

private:
    QVariantMap settings(const QString &nick) const
    {
        return { { u"address"_s, nick + u"@irc.test"_s }, { u"server"_s, u"127.0.0.1"_s },
            { u"port"_s, m_server.port(1) }, { u"connection"_s, u"tls"_s },
            { u"ca-file"_s, m_server.caFile() } };
    }
    std::unique_ptr<Person> person(const QString &nick, const QVariantMap &more = {})
    {
        QVariantMap values = settings(nick);
        values.insert(more);
        // On InspIRCd the three have accounts; ngIRCd knows none.
        return std::make_unique<Person>(*m_plugin, values, m_isInsp ? nick + u"-pw"_s : QString());
    }

    linchpin::test::PeerServer m_server;
    QPluginLoader m_loader;
    ProtocolPlugin *m_plugin = nullptr;
    bool m_isInsp = false;
};

void tst_IrcPeers::initTestCase()
{
    m_loader.setFileName(QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin/libirc.so"));
    m_plugin = qobject_cast<ProtocolPlugin *>(m_loader.instance());
    QVERIFY2(m_plugin, qPrintable(m_loader.errorString()));
    const QString name = qEnvironmentVariable("LINCHPIN_PEER", u"inspircd"_s);
    m_isInsp = name == "inspircd"_L1;
    if (!m_server.start(name)) {
        if (m_server.isMissing()) {
            QSKIP(qPrintable(m_server.reason()));
        }
        QFAIL(qPrintable(m_server.reason()));
    }
}

void tst_IrcPeers::cleanup()
{
    QCoreApplication::processEvents();
}

void tst_IrcPeers::talksPrivately()
{
    const auto alice = person(u"alice"_s);
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn());
    QVERIFY(bob->signIn());
    const auto sent = alice->wait(alice->send(u"bob"_s, kMixed));
    QVERIFY(sent.has_value());
    QCOMPARE(sent->state, DeliveryState::Sent);
    QTRY_VERIFY_WITH_TIMEOUT(bob->heard(kMixed, u"alice"_s), kLimit);
    QCOMPARE(bob->messages().first().kind, MessageKind::Chat);
    QCOMPARE(bob->messages().first().direction, Direction::In);
    QVERIFY(!bob->messages().first().delayed);
    if (m_isInsp) { // message ids and our own id travel
        QCOMPARE(bob->messages().first().remoteId, sent->remoteId);
        QVERIFY(!sent->remoteId.isEmpty());
        QCOMPARE(bob->messages().first().originId, u"1"_s);
    }
    bob->send(u"alice"_s, u"winkt 👋"_s, MessageKind::Action);
    QTRY_VERIFY_WITH_TIMEOUT(alice->heard(u"winkt 👋"_s, u"bob"_s), kLimit);
    QCOMPARE(alice->messages().last().kind, MessageKind::Action);
    bob->send(u"alice"_s, u"automatisch"_s, MessageKind::Notice);
    QTRY_VERIFY_WITH_TIMEOUT(alice->heard(u"automatisch"_s, u"bob"_s), kLimit);
    QCOMPARE(alice->messages().last().kind, MessageKind::Notice);
    QCOMPARE(alice->messages().size(), 2); // no echo of what alice wrote
}

void tst_IrcPeers::longMessageArrivesWhole()
{
    const auto alice = person(u"alice"_s);
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn() && bob->signIn());
    const QString text = (kMixed + u' ').repeated(20).trimmed();
    const auto sent = alice->wait(alice->send(u"bob"_s, text));
    QVERIFY2(
        sent.has_value(), sent ? "" : qPrintable(sent.error().code + u' ' + sent.error().detail));
    // ngIRCd 27 takes the space off a line's end, where a word was the cut.
    const auto joined = [&] {
        QString all;
        for (const InboundMessage &message : bob->messages()) {
            all += message.body.plain();
        }
        return all.remove(u' ');
    };
    QTRY_COMPARE_WITH_TIMEOUT(joined(), QString(text).remove(u' '), kLimit);
    QVERIFY(bob->messages().size() > 3);
}

void tst_IrcPeers::nobodyThere()
{
    const auto alice = person(u"alice"_s);
    QVERIFY(alice->signIn());
    const auto lost = alice->send(u"nobody"_s, u"hello?"_s);
    const auto outside = alice->send(u"#never-made"_s, u"hello?"_s);
    QCOMPARE(alice->wait(lost).error().code, u"no-such-nick"_s);
    QVERIFY(!alice->wait(lost).error().detail.isEmpty());
    QVERIFY(!alice->wait(outside).has_value());
}

void tst_IrcPeers::lifeOfARoom()
{
    const auto alice = person(u"alice"_s, { { u"channels"_s, QStringList { u"#Linchpin"_s } } });
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn());
    QTRY_VERIFY_WITH_TIMEOUT(
        alice->roomSaid([](const RoomChange &c) { return c.joined == true; }), kLimit);
    QVERIFY(bob->signIn());
    QVERIFY(bob->wait(bob->session().rooms()->join({ u"#linchpin"_s }, {}, {})).has_value());
    QVERIFY(bob->roomSaid([](const RoomChange &c) {
        return c.room.value == u"#linchpin"_s && c.members && c.members->size() == 2
            && c.members->at(0).nick == u"alice"_s && c.members->at(0).rank == RoomRank::Operator
            && c.members->at(1).self;
    }));
    QTRY_VERIFY_WITH_TIMEOUT(alice->saw(RoomMovement::Kind::Joined, u"bob"_s), kLimit);

    const QString topic = u"新しい話題 – "_s + kMixed;
    QVERIFY(alice->wait(alice->session().rooms()->setTopic({ u"#linchpin"_s }, topic)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(
        bob->roomSaid([&](const RoomChange &c) { return c.topic && c.topic->text == topic; }),
        kLimit);
    QVERIFY(alice->wait(alice->send(u"#linchpin"_s, kMixed)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(bob->heard(kMixed, u"#linchpin"_s), kLimit);
    QCOMPARE(bob->messages().last().conversation, ConversationKind::Room);
    QCOMPARE(bob->messages().last().from, u"alice"_s);

    const auto run = [&](const QString &name, const QString &arguments) {
        return alice->wait(alice->session().commands()->run(
            name, arguments, u"#linchpin"_s, ConversationKind::Room));
    };
    QVERIFY(run(u"voice"_s, u"bob"_s).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(bob->roomSaid([](const RoomChange &c) {
        return !c.upserted.isEmpty() && c.upserted.first().nick == u"bob"_s
            && c.upserted.first().rank == RoomRank::Voice;
    }),
        kLimit);
    QVERIFY(run(u"mode"_s, u"+m"_s).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(
        bob->roomSaid([](const RoomChange &c) { return c.modes && c.modes->contains(u'm'); }),
        kLimit);
    QCOMPARE(run(u"names"_s, {}).value(), u"+bob @alice"_s);

    bob->session().commands()->run(u"nick"_s, u"robert"_s, {}, ConversationKind::Server);
    QTRY_VERIFY_WITH_TIMEOUT(alice->saw(RoomMovement::Kind::Renamed, u"bob"_s), kLimit);
    QVERIFY(alice
            ->wait(
                alice->session().rooms()->kick({ u"#linchpin"_s }, u"robert"_s, u"bis morgen 🌙"_s))
            .has_value());
    QTRY_VERIFY_WITH_TIMEOUT(bob->roomSaid([](const RoomChange &c) {
        return c.joined == false && c.why && c.why->code == u"kicked"_s
            && c.why->detail == u"bis morgen 🌙"_s;
    }),
        kLimit);
    QVERIFY(alice->wait(alice->session().rooms()->invite({ u"#linchpin"_s }, { u"robert"_s }, {}))
            .has_value());
    QTRY_VERIFY_WITH_TIMEOUT(std::ranges::any_of(bob->events,
                                 [](const SessionEvent &event) {
                                     const auto *invited = std::get_if<InvitationReceived>(&event);
                                     return invited
                                         && invited->invitation.room.value == u"#linchpin"_s
                                         && invited->invitation.from == u"alice"_s;
                                 }),
        kLimit);
    QVERIFY(bob->wait(bob->session().rooms()->join({ u"#linchpin"_s }, {}, {})).has_value());
    QVERIFY(
        bob->wait(bob->session().rooms()->leave({ u"#linchpin"_s }, u"Feierabend"_s)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(alice->saw(RoomMovement::Kind::Left, u"robert"_s), kLimit);
    QVERIFY(bob->wait(bob->session().rooms()->join({ u"#linchpin"_s }, {}, {})).has_value());
    bob->session().close();
    QTRY_COMPARE_WITH_TIMEOUT(bob->session().state(), Session::State::Offline, 6000);
    QTRY_VERIFY_WITH_TIMEOUT(alice->saw(RoomMovement::Kind::Quit, u"robert"_s), kLimit);
    QVERIFY(bob->ends.isEmpty());
    const auto rooms = alice->wait(alice->session().rooms()->list({}));
    QVERIFY(rooms.has_value());
    QVERIFY(std::ranges::any_of(
        *rooms, [](const RoomListing &room) { return room.room.value == u"#linchpin"_s; }));
}

void tst_IrcPeers::roomRefusals()
{
    const auto alice = person(u"alice"_s);
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn() && bob->signIn());
    QVERIFY(alice->wait(alice->session().rooms()->join({ u"#geheim"_s }, {}, {})).has_value());
    alice->session().commands()->run(
        u"mode"_s, u"+k passwort"_s, u"#geheim"_s, ConversationKind::Room);
    QTRY_VERIFY_WITH_TIMEOUT(
        alice->roomSaid([](const RoomChange &c) { return c.modes && c.modes->contains(u'k'); }),
        kLimit);
    QCOMPARE(bob->wait(bob->session().rooms()->join({ u"#geheim"_s }, {}, {})).error().code,
        u"room-password"_s);
    QVERIFY(
        bob->wait(bob->session().rooms()->join({ u"#geheim"_s }, {}, u"passwort"_s)).has_value());
    QCOMPARE(bob->wait(bob->session().rooms()->kick({ u"#geheim"_s }, u"alice"_s, {})).error().code,
        u"not-operator"_s);
}

void tst_IrcPeers::burst()
{
    const auto alice = person(u"alice"_s);
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn() && bob->signIn());
    QList<Async<SentMessage>> sent;
    for (int i = 0; i < 200; ++i) {
        sent.append(alice->send(u"bob"_s, u"%1 🦄"_s.arg(i)));
    }
    for (const auto &one : std::as_const(sent)) {
        QVERIFY(alice->wait(one).has_value());
    }
    QTRY_COMPARE_WITH_TIMEOUT(bob->messages().size(), 200, kLimit);
    for (int i = 0; i < 200; ++i) {
        QCOMPARE(bob->messages().at(i).body.plain(), u"%1 🦄"_s.arg(i));
    }
}

void tst_IrcPeers::nickCollision()
{
    const auto alice = person(u"alice"_s);
    QVERIFY(alice->signIn());
    const auto second
        = person(u"alice"_s, { { u"alternate-nicks"_s, QStringList { u"alicja"_s } } });
    QVERIFY(second->signIn());
    QTRY_VERIFY_WITH_TIMEOUT(second->noticed(u"nick-in-use"_s), kLimit);
    QVERIFY(alice->wait(alice->send(u"alicja"_s, u"who are you?"_s)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(second->heard(u"who are you?"_s, u"alice"_s), kLimit);
    if (m_isInsp) { // ngIRCd has no MONITOR: ISON asks once a minute only
        alice->session().close();
        const auto bob = person(u"bob"_s);
        QVERIFY(bob->signIn());
        QTRY_VERIFY_WITH_TIMEOUT(
            bob->wait(bob->send(u"alice"_s, u"back again?"_s)).has_value(), kLimit);
        QTRY_VERIFY_WITH_TIMEOUT(
            second->heard(u"back again?"_s, u"bob"_s), kLimit); // the nick is ours again
    }
}

void tst_IrcPeers::contactComesAndGoes()
{
    if (!m_isInsp) {
        QSKIP("ngIRCd has no MONITOR; ISON is tested in memory");
    }
    const auto alice = person(u"alice"_s);
    QVERIFY(alice->signIn());
    QVERIFY(alice->wait(alice->session().roster()->add({ .address = { u"Bob"_s } })).has_value());
    QTRY_COMPARE_WITH_TIMEOUT(alice->presenceOf(u"bob"_s), Availability::Offline, kLimit);
    const auto bob = person(u"bob"_s);
    QVERIFY(bob->signIn());
    QTRY_COMPARE_WITH_TIMEOUT(alice->presenceOf(u"bob"_s), Availability::Available, kLimit);
    bob->session().setPresence({ .availability = Availability::Away, .text = kMixed });
    QTRY_COMPARE_WITH_TIMEOUT(alice->presenceOf(u"bob"_s), Availability::Away, kLimit);
    bob->session().setPresence({ .availability = Availability::Available });
    QTRY_COMPARE_WITH_TIMEOUT(alice->presenceOf(u"bob"_s), Availability::Available, kLimit);
    bob->session().close();
    QTRY_COMPARE_WITH_TIMEOUT(alice->presenceOf(u"bob"_s), Availability::Offline, kLimit);
}

void tst_IrcPeers::typing()
{
    const auto alice = person(u"alice"_s);
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn() && bob->signIn());
    if (!m_isInsp) {
        QVERIFY(!alice->session().typing()); // no message-tags, no typing
        return;
    }
    alice->session().typing()->setTyping(u"bob"_s, ConversationKind::Person, true);
    QTRY_VERIFY_WITH_TIMEOUT(std::ranges::any_of(bob->events,
                                 [](const SessionEvent &event) {
                                     const auto *typing = std::get_if<TypingChanged>(&event);
                                     return typing && typing->with == u"alice"_s
                                         && typing->composing;
                                 }),
        kLimit);
}

void tst_IrcPeers::whois()
{
    const auto alice = person(u"alice"_s, { { u"real-name"_s, u"Alicja Żółć"_s } });
    QVERIFY(alice->signIn());
    const auto card = alice->wait(alice->session().directory()->card({ u"alice"_s }));
    QVERIFY(card.has_value());
    QVERIFY(std::ranges::any_of(
        card->fields, [](const auto &field) { return field.second == u"Alicja Żółć"_s; }));
    QVERIFY(!alice->wait(alice->session().directory()->card({ u"nobody"_s })).has_value());
}

void tst_IrcPeers::wrongPassword()
{
    if (!m_isInsp) {
        QSKIP("ngIRCd knows no accounts");
    }
    Person eve(*m_plugin, settings(u"alice"_s), u"not-the-password"_s);
    QCOMPARE(eve.failure(), u"wrong-password"_s);
    QVERIFY(eve.ends.first().fatal);
    QCOMPARE(eve.session().state(), Session::State::Offline);
}

void tst_IrcPeers::saslMechanisms_data()
{
    QTest::addColumn<QString>("sasl");
    QTest::addColumn<QString>("code");
    QTest::newRow("plain") << u"plain"_s << QString();
    QTest::newRow("scram-sha-256") << u"scram-sha-256"_s << QString();
    QTest::newRow("auto") << u"auto"_s << QString();
}

void tst_IrcPeers::saslMechanisms()
{
    QFETCH(QString, sasl);
    if (!m_isInsp) {
        QSKIP("ngIRCd knows no accounts");
    }
    Person logged(
        *m_plugin,
        [&] {
            QVariantMap values = settings(u"caro"_s);
            values.insert(u"sasl"_s, sasl);
            values.insert(u"login"_s, u"carol"_s);
            return values;
        }(),
        u"carol-pw"_s);
    QVERIFY(logged.signIn());
    const auto card = logged.wait(logged.session().directory()->card({ u"caro"_s }));
    QVERIFY(card.has_value());
    QVERIFY(std::ranges::any_of(
        card->fields, [](const auto &field) { return field.second == u"carol"_s; }));
}

void tst_IrcPeers::saslExternal()
{
    if (!m_isInsp) {
        QSKIP("ngIRCd knows no accounts");
    }
    // The test CA's client certificate belongs to the account alice.
    QByteArray pem;
    for (const char *name : { "/tls/client.pem", "/tls/client.key" }) {
        QFile part(m_server.dataDir() + QString::fromLatin1(name));
        QVERIFY(part.open(QIODevice::ReadOnly));
        pem += part.readAll();
    }
    QTemporaryFile both;
    QVERIFY(both.open());
    both.write(pem);
    both.close();
    QVariantMap values = settings(u"ally"_s);
    values.insert(u"client-certificate"_s, both.fileName());
    Person ally(*m_plugin, values, {});
    QVERIFY(ally.signIn());
    const auto card = ally.wait(ally.session().directory()->card({ u"ally"_s }));
    QVERIFY(std::ranges::any_of(
        card->fields, [](const auto &field) { return field.second == u"alice"_s; }));
}

void tst_IrcPeers::serverPassword()
{
    linchpin::test::PeerServer closed;
    QVERIFY2(closed.start(m_isInsp ? u"inspircd"_s : u"ngircd"_s,
                 { u"PEER_IRC_PASSWORD=sesam"_s, u"PEER_IRC_SASL=0"_s }),
        qPrintable(closed.reason()));
    QVariantMap values = settings(u"alice"_s);
    values.insert(u"port"_s, closed.port(1));
    values.insert(u"ca-file"_s, closed.caFile());
    values.insert(u"sasl"_s, u"none"_s);
    Person right(*m_plugin, values, u"sesam"_s);
    QVERIFY(right.signIn());
    Person wrong(*m_plugin, values, u"falsch"_s);
    QCOMPARE(wrong.failure(), u"wrong-password"_s);
}

void tst_IrcPeers::startTls()
{
    const auto alice = person(
        u"alice"_s, { { u"port"_s, m_server.port(0) }, { u"connection"_s, u"starttls"_s } });
    if (m_isInsp) {
        QVERIFY(alice->signIn());
    } else {
        QCOMPARE(alice->failure(), u"not-tls"_s);
    }
}

void tst_IrcPeers::untrustedCertificate()
{
    const auto alice = person(u"alice"_s, { { u"ca-file"_s, QString() } });
    QCOMPARE(alice->failure(), u"certificate-untrusted"_s);
}

void tst_IrcPeers::badCertificates_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("code");
    QTest::newRow("expired") << u"expired"_s << u"certificate-expired"_s;
    QTest::newRow("wrong name") << u"wrongname"_s << u"certificate-name-mismatch"_s;
    QTest::newRow("self-signed") << u"selfsigned"_s << u"certificate-untrusted"_s;
}

void tst_IrcPeers::badCertificates()
{
    QFETCH(QString, kind);
    QFETCH(QString, code);
    linchpin::test::PeerServer bad;
    QVERIFY2(bad.start(m_isInsp ? u"inspircd"_s : u"ngircd"_s, { u"PEER_CERT="_s + kind }),
        qPrintable(bad.reason()));
    QVariantMap values = settings(u"alice"_s);
    values.insert(u"port"_s, bad.port(1));
    values.insert(u"ca-file"_s, bad.caFile());
    Person alice(*m_plugin, values, {});
    QCOMPARE(alice.failure(), code);
}

void tst_IrcPeers::wrongPorts()
{
    // Plain text towards the TLS port, and nobody at all. (TLS towards the plain port is met with
    // silence.)
    const auto plain = person(u"alice"_s, { { u"connection"_s, u"plain"_s } });
    const QString code = plain->failure();
    QVERIFY2(code == u"tls-required"_s || code == u"server-fault"_s, qPrintable(code));
    const auto nobody = person(u"alice"_s, { { u"port"_s, m_server.port(9) } });
    QCOMPARE(nobody->failure(), u"refused"_s);
}

void tst_IrcPeers::serverDies()
{
    const auto alice = person(u"alice"_s);
    const auto bob = person(u"bob"_s);
    QVERIFY(alice->signIn() && bob->signIn());
    m_server.stop();
    QTRY_COMPARE_WITH_TIMEOUT(alice->ends.size(), 1, kLimit);
    QTRY_COMPARE_WITH_TIMEOUT(bob->ends.size(), 1, kLimit);
    QCOMPARE(alice->session().state(), Session::State::Offline);
    QVERIFY(!alice->ends.first().fatal);
    QCOMPARE(alice->wait(alice->send(u"bob"_s, u"still there?"_s)).error().code, u"not-online"_s);
    QCOMPARE(alice->failure().isEmpty(), false);
}

QTEST_GUILESS_MAIN(tst_IrcPeers)
#include "tst_ircpeers.moc"
