// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/account.h"
#include "core/accounts/reconnectpolicy.h"
#include "core/sdk/protocolplugin.h"
#include "tests/support/fakeenvironment.h"
#include "tests/support/fakeplugin.h"

#include <QSignalSpy>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Presence presenceOf(Availability availability)
{
    Presence presence;
    presence.availability = availability;
    return presence;
}

Error errorOf(const QString &code, Error::Kind kind = Error::Kind::Network, bool fatal = false)
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = u"It failed."_s;
    error.fatal = fatal;
    return error;
}

/// An account of the fake protocol and all it needs.
struct World {
    test::ManualClock clock;
    test::FakeEnvironment environment { clock };
    test::FakePlugin plugin;
    Account account { config(), &plugin, environment };

    static AccountConfig config()
    {
        AccountConfig config;
        config.id = { u"id-1"_s };
        config.protocol = u"fake"_s;
        config.name = u"work"_s;
        config.settings.set(u"address"_s, u"alice@example.test"_s);
        return config;
    }
    void wish(Availability availability) { account.setWantedPresence(presenceOf(availability)); }
    test::FakeSession *session() const { return plugin.session(); }
    void goOnline()
    {
        wish(Availability::Available);
        session()->goOnline();
    }
    static void deleteDeferred()
    {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
};

} // namespace

class TestAccount : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void backsOff_data();
    void backsOff();
    void backOffEndsAfterAStableMinute();
    void jitterStaysWithinAQuarter();

    void serverMayAskForAPause_data();
    void serverMayAskForAPause();
    void keepsToThePauseOfTheServer();
    void wakingRespectsThePause();
    void comesOnline();
    void publishesTheWishThatChangedMeanwhile();
    void waitsAndTriesAgain();
    void reopensWhatCanGoOn();
    void reopensNothingAfterGoingOffline();
    void retryNowForgetsTheBackOff();
    void fatalErrorWaitsForTheUser();
    void idleStatusDoesNotRetryAfterFatalError();
    void declinedPasswordStops();
    void refusedPasswordIsForgotten();
    void goesOffline();
    void dropsASessionThatDoesNotClose();
    void reopensAfterClosing();
    void missingPluginHasAReason();
    void keepsWhatTheSessionLearned();
    void neverOverwritesWhatWasSetByHand();
    void tellsWhatTheServerSays();
    void sessionThatForgetsItsReason();
    void mayBeDestroyedByItsOwnEvent();
    void sessionMayEndWhileItOpens();
};

void TestAccount::backsOff_data()
{
    QTest::addColumn<int>("failures");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("first") << 1 << qint64(1);
    QTest::newRow("second") << 2 << qint64(2);
    QTest::newRow("third") << 3 << qint64(4);
    QTest::newRow("ninth") << 9 << qint64(256);
    QTest::newRow("tenth") << 10 << qint64(300);
    QTest::newRow("hundredth") << 100 << qint64(300);
}

void TestAccount::backsOff()
{
    QFETCH(int, failures);
    QFETCH(qint64, seconds);
    const test::ManualClock clock;
    ReconnectPolicy policy;
    std::chrono::milliseconds wait {};
    for (int i = 0; i < failures; ++i) {
        wait = policy.failed(clock.now(), 0.5);
    }
    QCOMPARE(wait.count(), seconds * 1000);
}

void TestAccount::backOffEndsAfterAStableMinute()
{
    const QDateTime now = test::ManualClock().now();
    ReconnectPolicy policy;
    policy.failed(now, 0.5);
    policy.failed(now, 0.5);
    policy.connected(now);
    QCOMPARE(policy.failed(now.addSecs(59), 0.5), 4s);
    policy.connected(now);
    QCOMPARE(policy.failed(now.addSecs(60), 0.5), 1s);
}

void TestAccount::jitterStaysWithinAQuarter()
{
    const QDateTime now = test::ManualClock().now();
    QCOMPARE(ReconnectPolicy().failed(now, 0.0), 750ms);
    QVERIFY(ReconnectPolicy().failed(now, 0.999) <= 1250ms);
    QVERIFY(ReconnectPolicy().failed(now, 0.999) > 1240ms);
}

void TestAccount::serverMayAskForAPause_data()
{
    QTest::addColumn<int>("failures");
    QTest::addColumn<qint64>("asked");
    QTest::addColumn<double>("chance");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("nothing asked") << 1 << qint64(0) << 0.5 << qint64(1);
    QTest::newRow("longer than ours") << 1 << qint64(90) << 0.0 << qint64(90);
    QTest::newRow("at most a tenth more") << 1 << qint64(90) << 1.0 << qint64(99);
    QTest::newRow("shorter than ours") << 10 << qint64(30) << 0.5 << qint64(300);
    QTest::newRow("longer than our longest") << 10 << qint64(900) << 0.0 << qint64(900);
    QTest::newRow("an hour") << 1 << qint64(3600) << 0.0 << qint64(3600);
    QTest::newRow("a day is not believed") << 1 << qint64(86400) << 0.0 << qint64(3600);
    QTest::newRow("nonsense") << 1 << qint64(-5) << 0.5 << qint64(1);
}

void TestAccount::serverMayAskForAPause()
{
    QFETCH(int, failures);
    QFETCH(qint64, asked);
    QFETCH(double, chance);
    QFETCH(qint64, seconds);
    const QDateTime now = test::ManualClock().now();
    ReconnectPolicy policy;
    for (int i = 1; i < failures; ++i) {
        policy.failed(now, 0.5);
    }
    QCOMPARE(policy.failed(now, chance, std::chrono::seconds(asked)).count(), seconds * 1000);
}

void TestAccount::keepsToThePauseOfTheServer()
{
    World world;
    world.wish(Availability::Available);
    Error busy = errorOf(u"server-fault"_s);
    busy.retryAfter = 10min;
    world.session()->end(busy);
    QCOMPARE(world.account.state(), Account::State::Waiting);
    QVERIFY(world.account.retryAt() >= world.clock.now().addSecs(600));
    QVERIFY(world.account.retryAt() <= world.clock.now().addSecs(660));
    world.clock.advance(599s);
    QCOMPARE(world.account.state(), Account::State::Waiting);
    world.clock.advance(61s);
    QCOMPARE(world.account.state(), Account::State::Connecting);
    // The pause belonged to that one answer.
    world.session()->end(errorOf(u"timed-out"_s));
    QVERIFY(world.account.retryAt() < world.clock.now().addSecs(5));
}

void TestAccount::wakingRespectsThePause()
{
    World world;
    world.wish(Availability::Available);
    Error busy = errorOf(u"server-fault"_s);
    busy.retryAfter = 10min;
    world.session()->end(busy);
    const QDateTime at = world.account.retryAt();
    world.clock.advance(1min);
    world.account.wake();
    QCOMPARE(world.account.state(), Account::State::Waiting);
    QCOMPARE(world.account.retryAt(), at);
    QCOMPARE(world.clock.timersPending(), 1);
    world.clock.advanceToNext();
    QCOMPARE(world.account.state(), Account::State::Connecting);

    world.session()->end(busy);
    world.account.retryNow(); // the user may
    QCOMPARE(world.account.state(), Account::State::Connecting);

    world.session()->end(errorOf(u"timed-out"_s));
    world.account.wake(); // our own back-off gives way
    QCOMPARE(world.account.state(), Account::State::Connecting);
}

void TestAccount::comesOnline()
{
    World world;
    const QSignalSpy states(&world.account, &Account::stateChanged);
    QCOMPARE(world.account.state(), Account::State::Offline);
    QVERIFY(world.account.isSignedOut());
    world.wish(Availability::Busy);
    QCOMPARE(world.account.state(), Account::State::Connecting);
    QCOMPARE(world.session()->openedWith.availability, Availability::Busy);
    QCOMPARE(world.account.presence().availability, Availability::Offline);
    world.session()->goOnline();
    QCOMPARE(world.account.state(), Account::State::Online);
    QCOMPARE(world.account.presence().availability, Availability::Busy);
    QCOMPARE(states.size(), 2);
    QCOMPARE(world.plugin.settings().text(u"connection"_s), u"auto"_s); // complete settings
    QCOMPARE(world.plugin.settings().text(u"proxy-type"_s), u"system"_s);
}

void TestAccount::publishesTheWishThatChangedMeanwhile()
{
    World world;
    world.wish(Availability::Available);
    world.wish(Availability::Away);
    QCOMPARE(world.plugin.sessionsMade(), 1);
    world.session()->goOnline();
    QCOMPARE(world.session()->presences.size(), 1);
    QCOMPARE(world.session()->presences.constFirst().availability, Availability::Away);
    world.wish(Availability::Away); // nothing new
    QCOMPARE(world.session()->presences.size(), 1);
}

void TestAccount::waitsAndTriesAgain()
{
    World world;
    world.wish(Availability::Available);
    world.session()->end(errorOf(u"refused"_s));
    QCOMPARE(world.account.state(), Account::State::Waiting);
    QCOMPARE(world.account.reason()->code, u"refused"_s);
    QCOMPARE(world.account.retryAt(), world.clock.now().addSecs(1));
    World::deleteDeferred();
    world.clock.advance(999ms);
    QCOMPARE(world.account.state(), Account::State::Waiting);
    world.clock.advance(1ms);
    QCOMPARE(world.account.state(), Account::State::Connecting);
    QCOMPARE(world.plugin.sessionsMade(), 2);
    world.session()->end(errorOf(u"refused"_s));
    QCOMPARE(world.account.retryAt(), world.clock.now().addSecs(2));
    world.clock.advance(2s);
    world.session()->goOnline();
    QVERIFY(!world.account.reason());
    QVERIFY(!world.account.retryAt().isValid());
}

void TestAccount::reopensWhatCanGoOn()
{
    World world;
    world.goOnline();
    test::FakeSession *const session = world.session();
    session->reopens = true;
    session->end(errorOf(u"connection-closed"_s));
    QCOMPARE(world.account.state(), Account::State::Waiting);
    QCOMPARE(world.account.session(), nullptr);
    World::deleteDeferred();
    world.wish(Availability::Busy);
    world.clock.advance(1s);
    QCOMPARE(world.account.state(), Account::State::Connecting);
    QCOMPARE(world.account.session(), session);
    QCOMPARE(world.plugin.sessionsMade(), 1);
    QCOMPARE(session->opens, 2);
    QCOMPARE(session->openedWith.availability, Availability::Busy);
    session->goOnline();
    QCOMPARE(world.account.state(), Account::State::Online);
    // What the server has forgotten is begun anew.
    session->reopens = false;
    session->end(errorOf(u"connection-closed"_s));
    world.clock.advance(1min);
    QCOMPARE(world.plugin.sessionsMade(), 2);
}

void TestAccount::reopensNothingAfterGoingOffline()
{
    World world;
    world.goOnline();
    world.session()->reopens = true;
    const QPointer<Session> session = world.session();
    world.session()->end(errorOf(u"connection-closed"_s));
    world.wish(Availability::Offline);
    world.wish(Availability::Available);
    World::deleteDeferred();
    QVERIFY(session.isNull());
    QCOMPARE(world.plugin.sessionsMade(), 2);
    QCOMPARE(world.account.state(), Account::State::Connecting);
}

void TestAccount::retryNowForgetsTheBackOff()
{
    World world;
    world.wish(Availability::Available);
    for (int i = 0; i < 5; ++i) {
        world.session()->end(errorOf(u"timed-out"_s));
        world.clock.advanceToNext();
    }
    world.session()->end(errorOf(u"timed-out"_s));
    QVERIFY(world.account.retryAt() > world.clock.now().addSecs(20));
    world.account.retryNow();
    QCOMPARE(world.account.state(), Account::State::Connecting);
    QCOMPARE(world.clock.timersPending(), 0);
    world.session()->end(errorOf(u"timed-out"_s));
    QCOMPARE(world.account.retryAt(), world.clock.now().addSecs(1));
}

void TestAccount::fatalErrorWaitsForTheUser()
{
    World world;
    world.wish(Availability::Available);
    world.session()->end(errorOf(u"wrong-password"_s, Error::Kind::Authentication, true));
    QCOMPARE(world.account.state(), Account::State::Offline);
    QCOMPARE(world.account.reason()->code, u"wrong-password"_s);
    QCOMPARE(world.clock.timersPending(), 0);
    world.account.retryNow();
    QCOMPARE(world.account.state(), Account::State::Connecting);
}

void TestAccount::idleStatusDoesNotRetryAfterFatalError()
{
    World world;
    world.wish(Availability::Available);
    world.session()->end(errorOf(u"wrong-password"_s, Error::Kind::Authentication, true));
    world.wish(Availability::Away);
    QCOMPARE(world.plugin.sessionsMade(), 1);
    QCOMPARE(world.account.state(), Account::State::Offline);
    world.wish(Availability::Offline);
    world.wish(Availability::Available); // the user's own wish
    QCOMPARE(world.plugin.sessionsMade(), 2);
}

void TestAccount::declinedPasswordStops()
{
    World world;
    world.wish(Availability::Available);
    world.session()->end(errorOf(u"cancelled"_s, Error::Kind::Cancelled));
    QCOMPARE(world.account.state(), Account::State::Offline);
    QCOMPARE(world.clock.timersPending(), 0);
}

void TestAccount::refusedPasswordIsForgotten()
{
    World world;
    world.wish(Availability::Available);
    const int before = world.environment.drops;
    world.session()->end(errorOf(u"refused"_s));
    QCOMPARE(world.environment.drops, before);
    world.account.retryNow();
    world.session()->end(errorOf(u"wrong-password"_s, Error::Kind::Authentication, true));
    QCOMPARE(world.environment.drops, before + 1);
}

void TestAccount::goesOffline()
{
    World world;
    world.goOnline();
    const QPointer<test::FakeSession> session = world.session();
    const QSignalSpy signedOut(&world.account, &Account::signedOut);
    world.wish(Availability::Offline);
    QCOMPARE(world.account.state(), Account::State::Offline);
    QVERIFY(!world.account.reason());
    QCOMPARE(session->closes, 1);
    QCOMPARE(signedOut.size(), 1);
    QVERIFY(world.account.isSignedOut());
    World::deleteDeferred();
    QVERIFY(session.isNull());
    QCOMPARE(world.clock.timersPending(), 0);
}

void TestAccount::dropsASessionThatDoesNotClose()
{
    World world;
    world.plugin.prepare = [](test::FakeSession &session) { session.closesAtOnce = false; };
    world.goOnline();
    const QPointer<test::FakeSession> session = world.session();
    world.wish(Availability::Offline);
    QCOMPARE(world.account.state(), Account::State::Offline);
    QVERIFY(!world.account.isSignedOut());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"session of \"work\" did not close"_s));
    world.clock.advance(5s);
    QVERIFY(world.account.isSignedOut());
    World::deleteDeferred();
    QVERIFY(session.isNull());
}

void TestAccount::reopensAfterClosing()
{
    World world;
    world.plugin.prepare = [](test::FakeSession &session) { session.closesAtOnce = false; };
    world.goOnline();
    test::FakeSession *const first = world.session();
    world.wish(Availability::Offline);
    world.wish(Availability::Available);
    QCOMPARE(world.account.state(), Account::State::Connecting);
    QCOMPARE(world.plugin.sessionsMade(), 1);
    first->finishClosing();
    QCOMPARE(world.plugin.sessionsMade(), 2);
    QCOMPARE(world.session()->openedWith.availability, Availability::Available);
    world.session()->goOnline();
    QCOMPARE(world.account.state(), Account::State::Online);
}

void TestAccount::missingPluginHasAReason()
{
    World world;
    Account account(World::config(), nullptr, world.environment);
    account.setWantedPresence(presenceOf(Availability::Available));
    QCOMPARE(account.state(), Account::State::Offline);
    QCOMPARE(account.reason()->code, u"unknown-protocol"_s);
}

void TestAccount::keepsWhatTheSessionLearned()
{
    World world;
    world.goOnline();
    const QSignalSpy changes(&world.account, &Account::configChanged);
    world.session()->tell(SettingLearned { u"server"_s, u"pool1.example.test"_s });
    QCOMPARE(world.account.config().settings.text(u"server"_s), u"pool1.example.test"_s);
    QCOMPARE(world.account.config().settings.origin(u"server"_s), SettingOrigin::Found);
    world.session()->tell(SettingLearned { u"server"_s, u"pool1.example.test"_s });
    QCOMPARE(changes.size(), 1);
    world.session()->tell(SettingLearned { u"server"_s, u"pool2.example.test"_s });
    QCOMPARE(world.account.config().settings.text(u"server"_s), u"pool2.example.test"_s);
    QCOMPARE(world.account.state(), Account::State::Online); // no restart for what is known there
}

void TestAccount::neverOverwritesWhatWasSetByHand()
{
    World world;
    AccountConfig config = World::config();
    config.settings.set(u"server"_s, u"mine.example.test"_s, SettingOrigin::ByHand);
    Account account(config, &world.plugin, world.environment);
    account.setWantedPresence(presenceOf(Availability::Available));
    world.session()->goOnline();
    world.session()->tell(SettingLearned { u"server"_s, u"theirs.example.test"_s });
    QCOMPARE(account.config().settings.text(u"server"_s), u"mine.example.test"_s);
}

void TestAccount::tellsWhatTheServerSays()
{
    World world;
    world.goOnline();
    const QSignalSpy changes(&world.account, &Account::presenceChanged);
    world.session()->tell(OwnPresenceChanged { presenceOf(Availability::Busy) });
    QCOMPARE(world.account.presence().availability, Availability::Busy);
    QCOMPARE(changes.size(), 1);
    world.wish(Availability::Away); // our own word is newer
    QCOMPARE(world.account.presence().availability, Availability::Away);
}

void TestAccount::sessionThatForgetsItsReason()
{
    World world;
    world.goOnline();
    world.session()->setState(Session::State::Offline);
    QTRY_COMPARE(world.account.state(), Account::State::Waiting);
    QCOMPARE(world.account.reason()->code, u"connection-closed"_s);
}

void TestAccount::mayBeDestroyedByItsOwnEvent()
{
    World world;
    auto account = std::make_unique<Account>(World::config(), &world.plugin, world.environment);
    account->setWantedPresence(presenceOf(Availability::Available));
    world.session()->goOnline();
    QObject context;
    Account *const raw = account.release();
    connect(raw, &Account::event, &context, [raw] { raw->deleteLater(); });
    world.session()->tellMessage(u"bob@example.test"_s, u"こんにちは世界"_s);
    const QPointer<Account> guard(raw);
    World::deleteDeferred();
    QVERIFY(guard.isNull());
    QVERIFY(!world.session());
}

void TestAccount::sessionMayEndWhileItOpens()
{
    World world;
    class DyingSession : public test::FakeSession {
    public:
        void open(const Presence &) override
        {
            setState(State::Connecting);
            end(errorOf(u"refused"_s));
        }
    };
    class DyingPlugin : public test::FakePlugin {
    public:
        std::unique_ptr<Session> createSession(
            const SettingValues &, SessionServices &) const override
        {
            return std::make_unique<DyingSession>();
        }
    };
    const DyingPlugin plugin;
    Account account(World::config(), &plugin, world.environment);
    account.setWantedPresence(presenceOf(Availability::Available));
    QCOMPARE(account.state(), Account::State::Waiting);
    for (int i = 0; i < 20; ++i) {
        QVERIFY(world.clock.advanceToNext());
        QCOMPARE(account.state(), Account::State::Waiting);
    }
    QCOMPARE(account.retryAt(), world.clock.now().addSecs(300));
}

QTEST_GUILESS_MAIN(TestAccount)
#include "tst_account.moc"
