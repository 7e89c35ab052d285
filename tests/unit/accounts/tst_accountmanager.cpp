// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/accountfile.h"
#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/accounts/savedstatuses.h"
#include "core/secrets/memorystore.h"
#include "tests/support/fakeenvironment.h"
#include "tests/support/fakeplugin.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

namespace {

struct World {
    QTemporaryDir folder;
    test::ManualClock clock;
    test::FakeEnvironment environment { clock };
    MemoryStore secrets;
    PluginRegistry registry { {} };
    test::FakePlugin *plugin = nullptr;
    std::unique_ptr<AccountStore> store;
    std::unique_ptr<AccountManager> manager;

    World()
    {
        auto fake = std::make_unique<test::FakePlugin>();
        plugin = fake.get();
        registry.add(std::move(fake));
        restart();
    }
    void restart()
    {
        manager.reset();
        store.reset(); // writes what is pending
        store = std::make_unique<AccountStore>(fileName());
        manager = std::make_unique<AccountManager>(*store, registry, secrets, environment);
    }
    QString fileName() const { return folder.filePath(u"accounts.json"_s); }
    static AccountConfig config(const QString &address, const QString &name = {})
    {
        AccountConfig config;
        config.protocol = u"fake"_s;
        config.name = name;
        config.settings.set(u"address"_s, address);
        return config;
    }
    QByteArray file() const
    {
        QFile file(fileName());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QByteArray &bytes) const
    {
        QFile file(fileName());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    void flush() const
    {
        const auto flushed = manager->flush();
        QTRY_VERIFY(flushed.isFinished());
        QVERIFY(flushed.result().has_value());
    }
};

} // namespace

class TestAccountManager : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idleIsToldToWhomItMatters();
    void chosenAgainIsPublishedAgain();
    void remembersAccounts();
    void refuses_data();
    void refuses();
    void namesDuplicatesApart();
    void appliesPresets();
    void secretsGoToTheStore();
    void askedSecretsAreHeldOnly();
    void nothingIsKeptOfWhoIsAskedFromNowOn();
    void newSecretsTakeThePlaceOfHeldOnes();
    void damagedFileIsKept();
    void newerFileIsKept();
    void backupIsTheVersionBefore();
    void formerKeysMove();
    void startsOnlyEnabled();
    void stopsAll();
    void ownPresenceUntilTheNextGlobalOne();
    void changeRestartsOnlyWhereNeeded();
    void whatIsLookedForAgainIsNotRemembered();
    void enabling();
    void removes();
    void moves();
    void networkReturns();
    void severalAccountsOfOneService();
    void unknownProtocolStays();
    void fileRoundTrip();
    void savedStatuses();
};

void TestAccountManager::remembersAccounts()
{
    World world;
    QVERIFY(world.manager->load().has_value());
    AccountConfig config
        = World::config(u"Zażółć@Example.test"_s, u"こんにちは 👩‍👩‍👧‍👦"_s);
    config.color = 3;
    config.settings.set(u"port"_s, 5222, SettingOrigin::Found);
    const auto id = world.manager->add(config, {});
    QVERIFY(id.has_value());
    world.manager->account(*id)->rememberState(u"roster-version"_s, "\x00\xff"_ba);
    world.restart();
    QVERIFY(world.manager->load().has_value());
    QCOMPARE(world.manager->accounts().size(), 1);
    const Account *const account
        = world.manager->accountByName(u"こんにちは 👩‍👩‍👧‍👦"_s);
    QVERIFY(account);
    QCOMPARE(account->id(), *id);
    QCOMPARE(account->address(), u"zażółć@example.test"_s);
    QCOMPARE(account->config().color, 3);
    QCOMPARE(account->config().settings.port(u"port"_s), 5222);
    QCOMPARE(account->config().settings.origin(u"port"_s), SettingOrigin::Found);
    QCOMPARE(account->config().state.value(u"roster-version"_s), "\x00\xff"_ba);
    QCOMPARE(account->state(), Account::State::Offline); // load() does not connect
    QCOMPARE(world.plugin->sessionsMade(), 0);
}

void TestAccountManager::refuses_data()
{
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("preset");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("code");
    const QString good = u"a@b.test"_s;
    QTest::newRow("protocol") << u"zephyr"_s << u""_s << good << u""_s << u""_s << QVariant()
                              << u"unknown-protocol"_s;
    QTest::newRow("address") << u"fake"_s << u""_s << u"no address"_s << u""_s << u""_s
                             << QVariant() << u"invalid-address"_s;
    QTest::newRow("no address") << u"fake"_s << u"x"_s << u""_s << u""_s << u""_s << QVariant()
                                << u"invalid-setting"_s;
    QTest::newRow("choice") << u"fake"_s << u""_s << good << u""_s << u"connection"_s
                            << QVariant(u"pigeon"_s) << u"invalid-setting"_s;
    QTest::newRow("port") << u"fake"_s << u""_s << good << u""_s << u"port"_s << QVariant(70000)
                          << u"invalid-setting"_s;
    QTest::newRow("fingerprint") << u"fake"_s << u""_s << good << u""_s << u"pinned-certificate"_s
                                 << QVariant(u"12:34"_s) << u"invalid-setting"_s;
    QTest::newRow("proxy without host") << u"fake"_s << u""_s << good << u""_s << u"proxy-type"_s
                                        << QVariant(u"socks5"_s) << u"invalid-setting"_s;
    QTest::newRow("preset") << u"fake"_s << u""_s << good << u"nowhere"_s << u""_s << QVariant()
                            << u"unknown-preset"_s;
    QTest::newRow("name") << u"fake"_s << u"taken"_s << good << u""_s << u""_s << QVariant()
                          << u"duplicate-name"_s;
}

void TestAccountManager::refuses()
{
    QFETCH(QString, protocol);
    QFETCH(QString, name);
    QFETCH(QString, address);
    QFETCH(QString, preset);
    QFETCH(QString, key);
    QFETCH(QVariant, value);
    QFETCH(QString, code);
    World world;
    QVERIFY(world.manager->add(World::config(u"x@y.test"_s, u"taken"_s), {}).has_value());
    AccountConfig config = World::config(address, name);
    config.protocol = protocol;
    config.presetId = preset;
    if (!key.isEmpty()) {
        config.settings.set(key, value);
    }
    const auto added = world.manager->add(config, {});
    QVERIFY(!added);
    QCOMPARE(added.error().code, code);
    QVERIFY(!added.error().title.isEmpty());
    QCOMPARE(world.manager->accounts().size(), 1);
}

void TestAccountManager::namesDuplicatesApart()
{
    World world;
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    QVERIFY(world.manager->accountByName(u"a@b.test"_s));
    QVERIFY(world.manager->accountByName(u"a@b.test (2)"_s));
}

void TestAccountManager::appliesPresets()
{
    World world;
    AccountConfig config = World::config(u"a@b.test"_s);
    config.presetId = u"example"_s;
    const auto first = world.manager->add(config, {});
    QCOMPARE(world.manager->account(*first)->config().settings.text(u"server"_s),
        u"chat.example.test"_s);
    QCOMPARE(world.manager->account(*first)->config().settings.origin(u"server"_s),
        SettingOrigin::Preset);
    config.settings.set(u"server"_s, u"mine.test"_s);
    const auto second = world.manager->add(config, {});
    QCOMPARE(world.manager->account(*second)->config().settings.text(u"server"_s), u"mine.test"_s);
}

void TestAccountManager::secretsGoToTheStore()
{
    World world;
    const auto id
        = world.manager->add(World::config(u"a@b.test"_s), { { u"password"_s, u"s3cret"_s } });
    QCOMPARE(world.secrets.read(id->value + u"/password"_s).result().value(), u"s3cret"_s);
    world.flush();
    QVERIFY(!world.file().isEmpty());
    QVERIFY(!world.file().contains("s3cret"));
    // An empty one is taken away.
    QVERIFY(
        world.manager->change(world.manager->account(*id)->config(), { { u"password"_s, u""_s } })
            .has_value());
    QCOMPARE(world.secrets.read(id->value + u"/password"_s).result().error().code, u"no-secret"_s);
}

void TestAccountManager::askedSecretsAreHeldOnly()
{
    World world;
    AccountConfig config = World::config(u"a@b.test"_s);
    config.secrets = SecretPolicy::AskEachTime;
    const auto id = world.manager->add(config, { { u"password"_s, u"s3cret"_s } });
    QVERIFY(!world.secrets.read(id->value + u"/password"_s).result());
    QCOMPARE(world.environment.held.value(u"password"_s), u"s3cret"_s);
}

void TestAccountManager::nothingIsKeptOfWhoIsAskedFromNowOn()
{
    World world;
    const auto id
        = world.manager->add(World::config(u"a@b.test"_s), { { u"password"_s, u"s3cret"_s } });
    world.manager->account(*id)->rememberState(keptSecretsState(), "token"_ba);
    world.secrets.write(id->value + u"/token"_s, u"t0ken"_s);
    AccountConfig config = world.manager->account(*id)->config();
    config.secrets = SecretPolicy::AskEachTime;
    QVERIFY(world.manager->change(config, {}).has_value());
    QVERIFY(!world.secrets.read(id->value + u"/password"_s).result());
    QVERIFY(!world.secrets.read(id->value + u"/token"_s).result());
    QVERIFY(!world.manager->account(*id)->config().state.contains(keptSecretsState()));
}

void TestAccountManager::newSecretsTakeThePlaceOfHeldOnes()
{
    World world;
    const auto id = world.manager->add(World::config(u"a@b.test"_s), {});
    world.environment.holdSecret(*id, u"password"_s, u"typed long ago"_s);
    QVERIFY(world.manager
            ->change(world.manager->account(*id)->config(), { { u"password"_s, u"new"_s } })
            .has_value());
    QVERIFY(!world.environment.held.contains(u"password"_s));
    QCOMPARE(world.secrets.read(id->value + u"/password"_s).result().value(), u"new"_s);
}

void TestAccountManager::damagedFileIsKept()
{
    World world;
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    world.flush();
    QVERIFY(world.manager->add(World::config(u"c@d.test"_s), {}).has_value());
    world.restart();
    const QByteArray damaged = world.file().chopped(20);
    world.write(damaged);
    const auto loaded = world.manager->load();
    QVERIFY(!loaded);
    QCOMPARE(loaded.error().code, u"accounts-damaged"_s);
    QVERIFY(loaded.error().remedy.contains(".bak"_L1));
    // Whatever is done now, the damaged file stays.
    const QSignalSpy failed(world.manager.get(), &AccountManager::failed);
    QVERIFY(world.manager->add(World::config(u"e@f.test"_s), {}).has_value());
    world.restart();
    QCOMPARE(world.file(), damaged);
    QVERIFY(!world.manager->load());
    // The user takes the backup: the version before, and the damaged one is put aside.
    QVERIFY(world.manager->restoreBackup().has_value());
    QCOMPARE(world.manager->accounts().size(), 1);
    QCOMPARE(world.manager->accounts().constFirst()->address(), u"a@b.test"_s);
    QVERIFY(QFile::exists(world.fileName() + u".damaged"_s));
    world.restart();
    QVERIFY(world.manager->load().has_value());
}

void TestAccountManager::newerFileIsKept()
{
    World world;
    const QByteArray newer = R"({"version": 99, "accounts": []})"_ba;
    world.write(newer);
    const auto loaded = world.manager->load();
    QVERIFY(!loaded);
    QCOMPARE(loaded.error().code, u"accounts-newer"_s);
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    world.restart();
    QCOMPARE(world.file(), newer);
}

void TestAccountManager::backupIsTheVersionBefore()
{
    World world;
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    world.flush();
    const QByteArray before = world.file();
    QVERIFY(world.manager->add(World::config(u"c@d.test"_s), {}).has_value());
    world.flush();
    QFile backup(world.fileName() + u".bak"_s);
    QVERIFY(backup.open(QIODevice::ReadOnly));
    QCOMPARE(backup.readAll(), before);
    const auto permissions = QFile::permissions(world.fileName());
    QVERIFY(!permissions.testFlag(QFile::ReadGroup) && !permissions.testFlag(QFile::ReadOther));
}

void TestAccountManager::formerKeysMove()
{
    World world;
    world.write(R"({"version":1,"accounts":[{"id":"i","protocol":"fake","name":"n","settings":{
        "address":{"value":"a@b.test","origin":"by-hand"},
        "host":{"value":"old.test","origin":"imported"}}}]})"_ba);
    QVERIFY(world.manager->load().has_value());
    const SettingValues &settings = world.manager->accounts().constFirst()->config().settings;
    QCOMPARE(settings.text(u"server"_s), u"old.test"_s);
    QCOMPARE(settings.origin(u"server"_s), SettingOrigin::Imported);
    QVERIFY(!settings.contains(u"host"_s));
}

void TestAccountManager::startsOnlyEnabled()
{
    World world;
    AccountConfig off = World::config(u"c@d.test"_s, u"off"_s);
    off.enabled = false;
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s, u"on"_s), {}).has_value());
    QVERIFY(world.manager->add(off, {}).has_value());
    QCOMPARE(world.plugin->sessionsMade(), 0);
    Presence busy;
    busy.availability = Availability::Busy;
    world.manager->setGlobalPresence(busy);
    world.manager->start();
    QCOMPARE(world.plugin->sessionsMade(), 1);
    QCOMPARE(world.plugin->session()->openedWith.availability, Availability::Busy);
    QCOMPARE(world.manager->accountByName(u"off"_s)->state(), Account::State::Offline);
    // One added while running signs in by itself.
    QVERIFY(world.manager->add(World::config(u"e@f.test"_s, u"late"_s), {}).has_value());
    QCOMPARE(world.plugin->sessionsMade(), 2);
}

void TestAccountManager::stopsAll()
{
    World world;
    world.plugin->prepare = [](test::FakeSession &session) { session.closesAtOnce = false; };
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    world.manager->start();
    world.plugin->session()->goOnline();
    const QSignalSpy allOffline(world.manager.get(), &AccountManager::allOffline);
    world.manager->stop();
    QCoreApplication::processEvents();
    QCOMPARE(allOffline.size(), 0);
    world.plugin->session()->finishClosing();
    QCOMPARE(allOffline.size(), 1);
    QCoreApplication::processEvents();
    QCOMPARE(allOffline.size(), 1);
    // With nothing to close it comes all the same.
    world.manager->stop();
    QTRY_COMPARE(allOffline.size(), 2);
}

void TestAccountManager::ownPresenceUntilTheNextGlobalOne()
{
    World world;
    const auto id = world.manager->add(World::config(u"a@b.test"_s), {});
    world.manager->start();
    world.plugin->session()->goOnline();
    Presence presence;
    presence.availability = Availability::Away;
    world.manager->setPresence(*id, presence);
    QCOMPARE(world.manager->account(*id)->presence().availability, Availability::Away);
    QCOMPARE(world.manager->globalPresence().availability, Availability::Available);
    presence.availability = Availability::Busy;
    world.manager->setGlobalPresence(presence);
    QCOMPARE(world.manager->account(*id)->presence().availability, Availability::Busy);
}

void TestAccountManager::changeRestartsOnlyWhereNeeded()
{
    World world;
    const auto id = world.manager->add(World::config(u"a@b.test"_s, u"n"_s), {});
    world.manager->start();
    world.plugin->session()->goOnline();
    AccountConfig config = world.manager->account(*id)->config();
    config.name = u"other"_s;
    config.settings.set(u"greeting"_s, u"hello"_s); // its row does not restart
    QVERIFY(world.manager->change(config, {}).has_value());
    QCOMPARE(world.plugin->sessionsMade(), 1);
    config.settings.set(u"server"_s, u"new.test"_s);
    QVERIFY(world.manager->change(config, {}).has_value());
    QCOMPARE(world.plugin->sessionsMade(), 2);
    QCOMPARE(world.plugin->settings().text(u"server"_s), u"new.test"_s);
    QVERIFY(world.manager->change(config, { { u"password"_s, u"new"_s } }).has_value());
    QCOMPARE(world.plugin->sessionsMade(), 3);
    // Also a session that waits to be opened again knows the old settings.
    world.plugin->session()->goOnline();
    world.plugin->session()->reopens = true;
    Error cut;
    cut.kind = Error::Kind::Network;
    world.plugin->session()->end(cut);
    config.settings.set(u"server"_s, u"newer.test"_s);
    QVERIFY(world.manager->change(config, {}).has_value());
    QCOMPARE(world.plugin->sessionsMade(), 4);
    config.settings.set(u"port"_s, 99999);
    QCOMPARE(world.manager->change(config, {}).error().code, u"invalid-setting"_s);
    QCOMPARE(world.plugin->sessionsMade(), 4);
}

void TestAccountManager::whatIsLookedForAgainIsNotRemembered()
{
    World world;
    AccountConfig config = World::config(u"alice@example.test"_s);
    config.settings.set(u"server"_s, u"pool1.example.test"_s, SettingOrigin::Found);
    config.settings.set(u"port"_s, 5061, SettingOrigin::Found);
    const auto id = world.manager->add(config, {});
    QVERIFY(id.has_value());
    Account *const account = world.manager->account(*id);
    account->rememberState(u"server"_s, "pool1"_ba); // what a session keeps to be quick
    account->rememberState(u"port"_s, "5061"_ba);
    account->rememberState(u"roster"_s, "1"_ba);
    AccountConfig changed = account->config();
    changed.settings.remove(u"server"_s); // "look for it again"
    QVERIFY(world.manager->change(changed, {}).has_value());
    QVERIFY(!account->config().state.contains(u"server"_s));
    QCOMPARE(account->config().state.value(u"port"_s), "5061"_ba);
    QCOMPARE(account->config().state.value(u"roster"_s), "1"_ba);
}

void TestAccountManager::enabling()
{
    World world;
    const auto id = world.manager->add(World::config(u"a@b.test"_s), {});
    world.manager->start();
    world.plugin->session()->goOnline();
    world.manager->setEnabled(*id, false);
    QCOMPARE(world.manager->account(*id)->state(), Account::State::Offline);
    Presence presence;
    presence.availability = Availability::Busy;
    world.manager->setGlobalPresence(presence); // does not wake it
    QCOMPARE(world.plugin->sessionsMade(), 1);
    world.manager->setEnabled(*id, true);
    QCOMPARE(world.plugin->sessionsMade(), 2);
    world.manager->setEnabled(*id, true);
    QCOMPARE(world.plugin->sessionsMade(), 2);
}

void TestAccountManager::removes()
{
    World world;
    const auto id = world.manager->add(World::config(u"a@b.test"_s), { { u"password"_s, u"s"_s } });
    world.manager->start();
    world.plugin->session()->goOnline();
    const QPointer<Account> account = world.manager->account(*id);
    const QPointer<test::FakeSession> session = world.plugin->session();
    // A session's own secrets, beside those of the schema, go as well.
    account->rememberState(keptSecretsState(), "certificate other"_ba);
    world.secrets.write(id->value + u"/certificate"_s, u"key"_s);
    const QSignalSpy removed(world.manager.get(), &AccountManager::accountRemoved);
    world.manager->remove(*id);
    QCOMPARE(removed.size(), 1);
    QVERIFY(!world.manager->account(*id));
    QCOMPARE(session->closes, 1);
    QVERIFY(!world.secrets.read(id->value + u"/password"_s).result());
    QVERIFY(!world.secrets.read(id->value + u"/certificate"_s).result());
    QTRY_VERIFY(account.isNull());
    QVERIFY(session.isNull());
    world.restart();
    QVERIFY(world.manager->load().has_value());
    QVERIFY(world.manager->accounts().isEmpty());
}

void TestAccountManager::moves()
{
    World world;
    const auto a = world.manager->add(World::config(u"a@b.test"_s, u"a"_s), {});
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s, u"b"_s), {}).has_value());
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s, u"c"_s), {}).has_value());
    const QSignalSpy moved(world.manager.get(), &AccountManager::accountMoved);
    world.manager->move(*a, 99);
    QCOMPARE(moved.size(), 1);
    QCOMPARE(moved.constFirst().at(1).toInt(), 2);
    world.restart();
    QVERIFY(world.manager->load().has_value());
    QCOMPARE(world.manager->accounts().at(0)->name(), u"b"_s);
    QCOMPARE(world.manager->accounts().at(2)->name(), u"a"_s);
}

void TestAccountManager::networkReturns()
{
    World world;
    const auto waiting = world.manager->add(World::config(u"a@b.test"_s, u"waiting"_s), {});
    world.manager->start();
    Error refused;
    refused.code = u"refused"_s;
    refused.kind = Error::Kind::Network;
    world.plugin->session()->end(refused);
    QCOMPARE(world.manager->account(*waiting)->state(), Account::State::Waiting);
    world.manager->setNetworkAvailable(true); // it was all the time: no news
    QCOMPARE(world.plugin->sessionsMade(), 1);
    world.manager->setNetworkAvailable(false);
    world.manager->setNetworkAvailable(true);
    QCOMPARE(world.plugin->sessionsMade(), 2);
    world.plugin->session()->goOnline();
    world.manager->resumed();
    QCOMPARE(world.plugin->session()->probes, 1);
    Error certificate;
    certificate.code = u"certificate-untrusted"_s;
    certificate.kind = Error::Kind::Tls;
    certificate.fatal = true;
    world.plugin->session()->end(certificate);
    QCOMPARE(world.manager->account(*waiting)->state(), Account::State::Offline);
    world.manager->resumed(); // another network may show another certificate
    QCOMPARE(world.plugin->sessionsMade(), 3);
    Error password;
    password.code = u"wrong-password"_s;
    password.kind = Error::Kind::Authentication;
    password.fatal = true;
    world.plugin->session()->end(password);
    world.manager->resumed(); // the same wrong password would be tried again
    QCOMPARE(world.plugin->sessionsMade(), 3);
}

void TestAccountManager::severalAccountsOfOneService()
{
    World world;
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s, u"one"_s), {}).has_value());
    QVERIFY(world.manager->add(World::config(u"c@b.test"_s, u"two"_s), {}).has_value());
    world.manager->start();
    QCOMPARE(world.plugin->sessionsMade(), 2);
    QList<QString> who;
    connect(world.manager.get(), &AccountManager::event, this,
        [&who](Account *account, const SessionEvent &) { who.append(account->name()); });
    world.plugin->session()->tellMessage(u"bob@b.test"_s, u"hi"_s);
    QCOMPARE(who, QList<QString> { u"two"_s });
}

void TestAccountManager::unknownProtocolStays()
{
    World world;
    world.write(R"({"version":1,"accounts":[{"id":"i","protocol":"gone","name":"n","settings":{
        "address":{"value":"a@b.test","origin":"by-hand"}}}]})"_ba);
    QVERIFY(world.manager->load().has_value());
    world.manager->start();
    QCOMPARE(world.manager->accounts().size(), 1);
    QCOMPARE(world.manager->accounts().constFirst()->reason()->code, u"unknown-protocol"_s);
    QVERIFY(world.manager->add(World::config(u"a@b.test"_s), {}).has_value());
    world.restart();
    QVERIFY(world.manager->load().has_value());
    QCOMPARE(world.manager->accounts().size(), 2); // kept for the day its plugin is back
}

void TestAccountManager::fileRoundTrip()
{
    AccountConfig config = World::config(u"zażółć@b.test"_s, u"𝄞 مرحبا"_s);
    config.id = { u"id"_s };
    config.presetId = u"p"_s;
    config.enabled = false;
    config.secrets = SecretPolicy::AskEachTime;
    config.settings.set(u"channels"_s, QStringList { u"#a"_s, u"#b"_s }, SettingOrigin::Preset);
    config.settings.set(u"single-sign-on"_s, true);
    config.settings.set(u"port"_s, 1);
    const auto back = accountsFromJson(accountsToJson({ config }));
    QVERIFY(back.has_value());
    QCOMPARE(back->size(), 1);
    QCOMPARE(back->constFirst(), config);
    config.settings.set(u"email-password"_s, u"s3cret"_s);
    QVERIFY(!accountsToJson({ config }).contains("s3cret"));
    for (const QByteArray &bytes :
        { ""_ba, "[]"_ba, "{}"_ba, "\xff\xfe"_ba, R"({"version":1})"_ba,
            R"({"version":1,"accounts":[{}]})"_ba,
            R"({"version":1,"accounts":[{"id":"a","protocol":"x"},{"id":"a","protocol":"x"}]})"_ba }) {
        QVERIFY(!accountsFromJson(bytes));
    }
}

void TestAccountManager::savedStatuses()
{
    SavedStatus lunch;
    lunch.name = u"Mittag 🦄"_s;
    lunch.presence.availability = Availability::Away;
    lunch.presence.text = u"こんにちは"_s;
    QCOMPARE(savedStatusesFromJson(savedStatusesToJson({ lunch })), QList<SavedStatus> { lunch });
    QVERIFY(savedStatusesFromJson({ QJsonObject { { u"name"_s, u"x"_s } }, 5 }).isEmpty());
}

void TestAccountManager::idleIsToldToWhomItMatters()
{
    World world;
    QVERIFY(world.manager->add(World::config(u"alice@a.test"_s), {}));
    world.manager->setGlobalPresence({ .availability = Availability::Busy, .text = u"x"_s });
    world.manager->start();
    world.plugin->session()->goOnline();
    test::FakeSession &session = *world.plugin->session();
    const qsizetype before = session.presences.size();
    const QDateTime since = world.clock.now();
    world.manager->setIdleSince(since);
    QCOMPARE(session.presences.size(), before); // this protocol cannot tell
    world.plugin->capabilities.setFlag(Capability::IdleStatus);
    world.manager->setIdleSince({});
    world.manager->setIdleSince(since);
    QCOMPARE(session.presences.size(), before + 1);
    QCOMPARE(session.presences.last().idleSince, since);
    QCOMPARE(session.presences.last().availability, Availability::Busy);
    // A status chosen meanwhile does not end it; a touch does.
    world.manager->setGlobalPresence({ .availability = Availability::Away });
    QCOMPARE(session.presences.last().idleSince, since);
    world.manager->setIdleSince({});
    QVERIFY(!session.presences.last().idleSince.isValid());
}

void TestAccountManager::chosenAgainIsPublishedAgain()
{
    World world;
    QVERIFY(world.manager->add(World::config(u"alice@a.test"_s), {}));
    const Presence available { .availability = Availability::Available };
    world.manager->setGlobalPresence(available);
    world.manager->start();
    world.plugin->session()->goOnline();
    test::FakeSession &session = *world.plugin->session();
    const qsizetype before = session.presences.size();
    world.manager->setGlobalPresence(available);
    QCOMPARE(session.presences.size(), before);
    session.tell(OwnPresenceChanged { { .availability = Availability::DoNotDisturb } });
    world.manager->setGlobalPresence(available);
    QCOMPARE(session.presences.size(), before + 1);
}

QTEST_GUILESS_MAIN(TestAccountManager)
#include "tst_accountmanager.moc"
