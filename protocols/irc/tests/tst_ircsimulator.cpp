// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The plugin against our own server: the demonstration as it is played, and everything a server may
// do wrong.

#include "protocols/irc/simulator/democast.h"
#include "protocols/irc/simulator/simserver.h"
#include "protocols/irc/tests/person.h"

#include <QPluginLoader>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::irc::sim;
using linchpin::irc::test::kLimit;
using linchpin::irc::test::kMixed;
using linchpin::irc::test::Person;

class tst_IrcSimulator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void demonstration();
    void partnerComesAndGoes();
    void failures_data();
    void failures();
    void expiredCertificate();
    void withoutCapabilities();
    void cutInTheMiddle();

private:
    std::unique_ptr<Person> person(
        const QString &password = u"demo-password"_s, const QVariantMap &more = {})
    {
        QVariantMap values { { u"address"_s, u"demo@localhost"_s }, { u"server"_s, u"127.0.0.1"_s },
            { u"port"_s, m_server->tlsPort() }, { u"connection"_s, u"tls"_s },
            { u"ca-file"_s, m_server->authorityFile() } };
        values.insert(more);
        return std::make_unique<Person>(*m_plugin, values, password);
    }
    void restart(const SimOptions &options)
    {
        m_cast.reset();
        m_server = std::make_unique<SimServer>(options);
        const auto started = m_server->start();
        QVERIFY2(started.has_value(), started ? "" : qPrintable(started.error()));
        m_cast = std::make_unique<DemoCast>(*m_server, std::chrono::milliseconds(0));
    }

    QTemporaryDir m_dir;
    QPluginLoader m_loader;
    ProtocolPlugin *m_plugin = nullptr;
    std::unique_ptr<SimServer> m_server;
    std::unique_ptr<DemoCast> m_cast;
};

void tst_IrcSimulator::initTestCase()
{
    m_loader.setFileName(QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin/libirc.so"));
    m_plugin = qobject_cast<ProtocolPlugin *>(m_loader.instance());
    QVERIFY2(m_plugin, qPrintable(m_loader.errorString()));
}

void tst_IrcSimulator::init()
{
    restart({ .directory = m_dir.path() });
}

void tst_IrcSimulator::demonstration()
{
    const auto demo = person(u"demo-password"_s, { { u"channels"_s, u"#linchpin"_s } });
    QVERIFY(demo->signIn());
    QTRY_VERIFY_WITH_TIMEOUT(demo->roomSaid([](const RoomChange &c) {
        return c.room.value == u"#linchpin"_s && c.joined == true && c.members->size() == 4
            && c.members->first().nick == u"marta"_s && !c.topic->text.isEmpty();
    }),
        kLimit);
    QTRY_VERIFY_WITH_TIMEOUT(demo->heard(u"demo: welcome! 🦄"_s, u"#linchpin"_s), kLimit);
    const auto sent = demo->wait(demo->send(u"marta"_s, kMixed));
    QVERIFY(sent.has_value());
    QVERIFY(!sent->remoteId.isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(
        demo->heard(u"Yes, I am here. How is it going?"_s, u"marta"_s), kLimit);
    QVERIFY(std::ranges::any_of(demo->events, [](const SessionEvent &event) {
        const auto *typing = std::get_if<TypingChanged>(&event);
        return typing && typing->with == u"marta"_s && typing->composing;
    }));
    QVERIFY(demo->wait(demo->send(u"#linchpin"_s, u"marta, are you there?"_s)).has_value());
    QTRY_COMPARE_WITH_TIMEOUT(demo->messages().size(), 3, kLimit);
    m_server->setTopic("marta", "#linchpin", kMixed.toUtf8());
    QTRY_VERIFY_WITH_TIMEOUT(
        demo->roomSaid([](const RoomChange &c) { return c.topic && c.topic->text == kMixed; }),
        kLimit);
}

void tst_IrcSimulator::partnerComesAndGoes()
{
    const auto demo = person();
    QVERIFY(demo->signIn());
    demo->session().roster()->add({ .address = { u"layla"_s } });
    QTRY_COMPARE_WITH_TIMEOUT(demo->presenceOf(u"layla"_s), Availability::Available, kLimit);
    demo->session().rooms()->join({ u"#linchpin"_s }, {}, {});
    m_server->join("layla", "#linchpin");
    QTRY_VERIFY_WITH_TIMEOUT(demo->saw(RoomMovement::Kind::Joined, u"layla"_s)
            || demo->roomSaid(
                [](const RoomChange &c) { return c.members && c.members->size() == 5; }),
        kLimit);
    m_server->setAway("layla", "غداء");
    QTRY_COMPARE_WITH_TIMEOUT(demo->presenceOf(u"layla"_s), Availability::Away, kLimit);
    m_server->part("layla", "#linchpin", "bis später");
    QTRY_VERIFY_WITH_TIMEOUT(demo->saw(RoomMovement::Kind::Left, u"layla"_s), kLimit);
}

void tst_IrcSimulator::failures_data()
{
    QTest::addColumn<std::function<void(SimServer &)>>("rudeness");
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("code");
    using Rude = std::function<void(SimServer &)>;
    const QString good = u"demo-password"_s;
    QTest::newRow("wrong password")
        << Rude([](SimServer &) { }) << u"wrong"_s << u"wrong-password"_s;
    QTest::newRow("banned") << Rude([](SimServer &s) { s.ban("You are banned: spam"); }) << good
                            << u"banned"_s;
    QTest::newRow("web server") << Rude([](SimServer &s) { s.speakHttp(true); }) << good
                                << u"wrong-protocol"_s;
    QTest::newRow("SASL only") << Rude([](SimServer &s) { s.requireSasl(true); }) << QString()
                               << u"sasl-required"_s;
    QTest::newRow("cut at once") << Rude([](SimServer &s) { s.cutAfter(2); }) << good
                                 << u"server-fault"_s;
    QTest::newRow("no mechanism") << Rude([](SimServer &s) {
        s.setCaps({ "sasl=ECDSA-NIST256P-CHALLENGE" });
    }) << good << u"auth-scheme-unavailable"_s;
}

void tst_IrcSimulator::failures()
{
    QFETCH(std::function<void(SimServer &)>, rudeness);
    QFETCH(QString, password);
    QFETCH(QString, code);
    rudeness(*m_server);
    const auto demo = person(password);
    QCOMPARE(demo->failure(), code);
    QCOMPARE(demo->session().state(), Session::State::Offline);
    QVERIFY(!demo->ends.first().title.isEmpty());
}

void tst_IrcSimulator::expiredCertificate()
{
    restart({ .directory = m_dir.path(), .expiredCertificate = true });
    QCOMPARE(person()->failure(), u"certificate-expired"_s);
}

void tst_IrcSimulator::withoutCapabilities()
{
    m_server->setCaps({});
    const auto demo = person();
    QVERIFY(demo->signIn());
    QVERIFY(!demo->session().typing());
    const auto sent = demo->send(u"marta"_s, kMixed);
    const auto lost = demo->send(u"nobody"_s, kMixed);
    QVERIFY(demo->wait(sent).has_value());
    QCOMPARE(demo->wait(lost).error().code, u"no-such-nick"_s);
    QTRY_COMPARE_WITH_TIMEOUT(demo->messages().size(), 1, kLimit);
}

void tst_IrcSimulator::cutInTheMiddle()
{
    const auto demo = person();
    QVERIFY(demo->signIn());
    m_server->ignorePings(true);
    m_server->cutAll();
    QTRY_COMPARE_WITH_TIMEOUT(demo->ends.size(), 1, kLimit);
    QCOMPARE(demo->ends.first().code, u"connection-closed"_s);
    demo->ends.clear();
    QVERIFY(demo->signIn()); // the same session signs in again
    QVERIFY(demo->wait(demo->send(u"marta"_s, u"wieder da"_s)).has_value());
}

QTEST_GUILESS_MAIN(tst_IrcSimulator)
#include "tst_ircsimulator.moc"
