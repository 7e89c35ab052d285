// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Passwords that cannot be mistaken for anything else, through linchpinctl and the desktop program
// over three networks; then every file that was written is searched for them, in every spelling.

#include "app/common/application.h"
#include "tests/endtoend/lockedproxy.h"
#include "tests/endtoend/spellings.h"
#include "tests/support/waited.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

constexpr int kLimit = 60'000; // ms

// With characters that each encoding spells in its own way.
const QString kPassword = u"Kanarek/network+7Xq&Zw"_s;
const QString kProxyPassword = u"Kanarek/proxy+3Hj&Lm"_s;
const QString kExchangePassword = u"Kanarek/exchange+9Rt&Pv"_s;
const QString kServicePassword = u"Kanarek/nickserv+5Bn&Kd"_s;
const QString kRoomPassword = u"Kanarek/room+1Fs&Gy"_s;
const QString kMasterPassword = u"Kanarek/master+8Ws&Uc"_s;

const QStringList &canaries()
{
    static const QStringList all { kPassword, kProxyPassword, kExchangePassword, kServicePassword,
        kRoomPassword, kMasterPassword };
    return all;
}

QString program(const QString &name)
{
    return QStringLiteral(LINCHPIN_BINARY_DIR) + u"/bin/"_s + name;
}

/// A process of JSON lines.
struct Lines {
    QProcess process;
    QList<QJsonObject> seen;

    template <class Predicate> bool waitFor(Predicate wanted)
    {
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < kLimit) {
            for (const QJsonObject &object : std::as_const(seen)) {
                if (wanted(object)) {
                    return true;
                }
            }
            if (!process.canReadLine() && !process.waitForReadyRead(1000)
                && process.state() == QProcess::NotRunning) {
                return false;
            }
            while (process.canReadLine()) {
                seen.append(QJsonDocument::fromJson(process.readLine()).object());
            }
        }
        return false;
    }
    void write(const QJsonObject &object)
    {
        process.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
    }
};

class NoPrompt : public SecretPrompt {
public:
    QString answer;
    int asked = 0;
    Async<Reply> ask(const Question &) override
    {
        ++asked;
        return ready<Reply>(Reply { answer, false });
    }
};

} // namespace

class tst_Canary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theSearchFinds_data();
    void theSearchFinds();
    void nowhereButEncrypted_data();
    void nowhereButEncrypted();
    void askedForEachTime();
    void cleanupTestCase();

private:
    struct Network {
        QString protocol;
        QString account;
        QJsonObject ready;
        Lines simulator;
    };
    /// Where one run of the program may write.
    struct Place {
        QTemporaryDir folder;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        Place();
        QString path(const QString &name) const { return folder.filePath(name); }
    };
    void runSession(Place &place);
    void runDoctor(Place &place);
    void runDesktop(Place &place);
    static QString secretsSeenFromOutside(const QProcess &process);
    /// File and spelling of the first canary found; empty when there is none.
    static QString found(const QString &folder, int &looked);
    AccountConfig configOf(const Network &network) const;

    QTemporaryDir m_simulators;
    std::vector<std::unique_ptr<Network>> m_networks;
    std::unique_ptr<test::LockedProxy> m_proxy;
};

tst_Canary::Place::Place()
{
    for (const auto &[name, sub] : { std::pair("HOME", "home"),
             std::pair("XDG_CONFIG_HOME", "config"), std::pair("XDG_DATA_HOME", "data"),
             std::pair("XDG_CACHE_HOME", "cache"), std::pair("XDG_STATE_HOME", "state"),
             std::pair("XDG_RUNTIME_DIR", "run"), std::pair("TMPDIR", "tmp") }) {
        const QString where = folder.filePath(QString::fromLatin1(sub));
        QDir().mkpath(where);
        QFile::setPermissions(where, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        environment.insert(QString::fromLatin1(name), where);
    }
    environment.insert(u"LINCHPIN_PROFILE"_s, path(u"profile"_s));
    environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"disabled:"_s);
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    // Whatever can be logged is.
    environment.insert(u"QT_LOGGING_RULES"_s, u"linchpin.*.debug=true;linchpin.*.info=true"_s);
    environment.remove(u"LINCHPIN_SIM_PASSWORD"_s);
}

void tst_Canary::initTestCase()
{
    m_proxy = std::make_unique<test::LockedProxy>("canary-login"_ba, kProxyPassword.toUtf8());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LINCHPIN_SIM_PASSWORD"_s, kPassword);
    for (const auto &[protocol, account] : { std::pair(u"irc"_s, u"libera"_s),
             std::pair(u"xmpp"_s, u"private"_s), std::pair(u"sip"_s, u"work"_s) }) {
        auto network = std::make_unique<Network>();
        network->protocol = protocol;
        network->account = account;
        const QString folder = m_simulators.filePath(protocol);
        QVERIFY(QDir().mkpath(folder));
        QStringList arguments { u"--demo"_s, u"--dir"_s, folder, u"--delay-ms"_s, u"0"_s };
        if (protocol == "sip"_L1) {
            arguments << u"--profile"_s << u"lync2013"_s;
        }
        network->simulator.process.setProcessEnvironment(environment);
        network->simulator.process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        network->simulator.process.start(program(u"linchpin-sim-"_s + protocol), arguments);
        QVERIFY2(network->simulator.waitFor([&](const QJsonObject &object) {
            network->ready = object;
            return object.value("ready"_L1).toBool();
        }),
            qPrintable(protocol));
        QCOMPARE(network->ready.value("password"_L1).toString(), kPassword);
        m_networks.push_back(std::move(network));
    }
}

AccountConfig tst_Canary::configOf(const Network &network) const
{
    AccountConfig config;
    config.protocol = network.protocol;
    config.name = network.account;
    config.settings.set(u"address"_s, network.ready.value("address"_L1).toString());
    const QJsonObject settings = network.ready.value("settings"_L1).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        config.settings.set(it.key(),
            it.key() == "channels"_L1 ? QVariant(QStringList { it.value().toString() })
                                      : it.value().toVariant());
    }
    if (network.protocol != "sip"_L1) {
        config.settings.set(u"proxy-type"_s, u"http"_s);
        config.settings.set(u"proxy-host"_s, u"127.0.0.1"_s);
        config.settings.set(u"proxy-port"_s, m_proxy->port());
        config.settings.set(u"proxy-login"_s, u"canary-login"_s);
    } else {
        config.settings.set(u"proxy-type"_s, u"none"_s);
        config.settings.set(u"email-login"_s, u"LITWARE\\canary"_s);
    }
    return config;
}

void tst_Canary::theSearchFinds_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("as it is") << "x" + kPassword.toUtf8() + "x";
    QTest::newRow("UTF-16") << QByteArray(
        reinterpret_cast<const char *>(kPassword.utf16()), 2 * kPassword.size());
    for (int i = 0; i < 3; ++i) {
        QTest::addRow("base64 after %d bytes", i)
            << (QByteArray(i, '\0') + kPassword.toUtf8() + "tail").toBase64();
    }
    QTest::newRow("hex") << kPassword.toUtf8().toHex();
    QTest::newRow("percent") << QUrl::toPercentEncoding(kPassword);
    QTest::newRow("JSON") << "{\"a\":\"" + QByteArray(kPassword.toUtf8()).replace('/', "\\/")
            + "\"}";
    QTest::newRow("XML") << kPassword.toHtmlEscaped().toUtf8();
}

/// A search that finds nothing proves something only when it would have found it.
void tst_Canary::theSearchFinds()
{
    QFETCH(QByteArray, file);
    QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkpath(u".hidden/deep"_s));
    int looked = 0;
    QVERIFY(found(folder.path(), looked).isEmpty());
    QFile written(folder.filePath(u".hidden/deep/.file"_s));
    QVERIFY(written.open(QIODevice::WriteOnly));
    written.write(QByteArray(70'000, 'z') + file);
    written.close();
    QVERIFY(!found(folder.path(), looked).isEmpty());
    QCOMPARE(looked, 1);
}

void tst_Canary::nowhereButEncrypted_data()
{
    QTest::addColumn<QString>("policy");
    QTest::newRow("vault with a master password") << u"vault"_s;
    QTest::newRow("vault with the device's key") << u"device"_s;
    QTest::newRow("keyring") << u"keyring"_s;
}

QString tst_Canary::secretsSeenFromOutside(const QProcess &process)
{
    for (const char *const what : { "environ", "cmdline", "comm" }) {
        QFile file(u"/proc/%1/%2"_s.arg(process.processId()).arg(QString::fromLatin1(what)));
        if (!file.open(QIODevice::ReadOnly)) {
            return u"cannot read "_s + file.fileName();
        }
        const QByteArray bytes = file.readAll();
        for (const QString &canary : canaries()) {
            if (const QString spelling = test::foundIn(bytes, canary); !spelling.isEmpty()) {
                return file.fileName() + u": "_s + canary + u" as "_s + spelling;
            }
        }
    }
    return {};
}

QString tst_Canary::found(const QString &folder, int &looked)
{
    looked = 0;
    QDirIterator files(folder, QDir::Files | QDir::Hidden | QDir::System | QDir::NoSymLinks,
        QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!QFileInfo(file).isFile() || !file.open(QIODevice::ReadOnly)) {
            continue; // sockets
        }
        ++looked;
        const QByteArray bytes = file.readAll() + files.fileName().toUtf8();
        for (const QString &canary : canaries()) {
            if (const QString spelling = test::foundIn(bytes, canary); !spelling.isEmpty()) {
                return file.fileName() + u": "_s + canary + u" as "_s + spelling;
            }
        }
    }
    return {};
}

void tst_Canary::runSession(Place &place)
{
    Lines session;
    session.process.setProcessEnvironment(place.environment);
    session.process.setStandardErrorFile(place.path(u"linchpinctl.log"_s));
    session.process.start(program(u"linchpinctl"_s), { u"session"_s });
    for (const auto &network : m_networks) {
        QVERIFY2(session.waitFor([&](const QJsonObject &object) {
            return object.value("event"_L1) == "state"_L1
                && object.value("account"_L1) == network->account
                && object.value("state"_L1) == "online"_L1;
        }),
            qPrintable(network->protocol + u" does not come online"_s));
    }
    QCOMPARE(secretsSeenFromOutside(session.process), QString());
    session.write({ { u"do"_s, u"join"_s }, { u"account"_s, u"libera"_s },
        { u"room"_s, u"#kanarek"_s }, { u"password"_s, kRoomPassword } });
    session.write({ { u"do"_s, u"join"_s }, { u"account"_s, u"private"_s },
        { u"room"_s, m_networks.at(1)->ready.value("room"_L1).toString() },
        { u"password"_s, kRoomPassword } });
    // To the service by hand, as many do.
    session.write(
        { { u"do"_s, u"send"_s }, { u"account"_s, u"libera"_s }, { u"to"_s, u"NickServ"_s },
            { u"text"_s, u"IDENTIFY "_s + kServicePassword }, { u"ref"_s, u"identify"_s } });
    QVERIFY(session.waitFor([](const QJsonObject &object) {
        return object.value("event"_L1) == "room"_L1
            && object.value("room"_L1).toString() == "#kanarek"_L1;
    }));
    QVERIFY(session.waitFor(
        [](const QJsonObject &object) { return object.value("ref"_L1) == "identify"_L1; }));
    session.write({ { u"do"_s, u"quit"_s } });
    QVERIFY(session.process.waitForFinished(kLimit));
    QFile output(place.path(u"linchpinctl.out"_s));
    QVERIFY(output.open(QIODevice::WriteOnly));
    for (const QJsonObject &object : std::as_const(session.seen)) {
        // What somebody says is echoed to them alone: an account's wire is not.
        if (object.value("event"_L1) != "message"_L1) {
            output.write(QJsonDocument(object).toJson());
        }
    }
}

/// What the doctor says can be copied into a letter to somebody.
void tst_Canary::runDoctor(Place &place)
{
    for (const auto &network : m_networks) {
        for (const bool json : { false, true }) {
            QStringList arguments { u"doctor"_s, network->account };
            if (json) {
                arguments.prepend(u"--json"_s);
            }
            const QString name
                = u"doctor-%1%2"_s.arg(network->account, json ? u".json"_s : u".txt"_s);
            QProcess doctor;
            doctor.setProcessEnvironment(place.environment);
            doctor.setStandardErrorFile(place.path(name + u".log"_s));
            doctor.setStandardOutputFile(place.path(name));
            doctor.start(program(u"linchpinctl"_s), arguments);
            QVERIFY(doctor.waitForFinished(kLimit));
            QVERIFY2(QFileInfo(place.path(name)).size() > 100, qPrintable(name));
        }
    }
}

void tst_Canary::runDesktop(Place &place)
{
    const QString log = place.path(u"linchpin.log"_s);
    QProcess desktop;
    desktop.setProcessEnvironment(place.environment);
    desktop.setStandardErrorFile(log);
    desktop.setStandardOutputFile(place.path(u"linchpin.out"_s));
    desktop.start(program(u"linchpin"_s), {});
    const auto logged = [&log](const QByteArray &words) {
        QFile file(log);
        return file.open(QIODevice::ReadOnly) && file.readAll().contains(words);
    };
    // Welcome on IRC, a bound stream on XMPP, presence on SIP: signed in everywhere.
    for (const QByteArray &words : { " 001 "_ba, "urn:ietf:params:xml:ns:xmpp-bind"_ba,
             "application/vnd-microsoft-roaming-self+xml"_ba }) {
        QTRY_VERIFY2_WITH_TIMEOUT(
            logged(words) || desktop.state() == QProcess::NotRunning, words.constData(), kLimit);
        QVERIFY2(desktop.state() == QProcess::Running, "the program has ended");
    }
    QCOMPARE(secretsSeenFromOutside(desktop), QString());
    ::kill(static_cast<pid_t>(desktop.processId()), SIGTERM);
    QVERIFY(desktop.waitForFinished(kLimit));
    QCOMPARE(desktop.exitStatus(), QProcess::NormalExit);
}

void tst_Canary::nowhereButEncrypted()
{
    QFETCH(QString, policy);
    Place place;
    QTemporaryDir elsewhere; // what the user keeps, and we do not write
    QProcess bus;
    if (policy == "vault"_L1) {
        QFile master(elsewhere.filePath(u"master"_s));
        QVERIFY(master.open(QIODevice::WriteOnly));
        master.write(kMasterPassword.toUtf8() + '\n');
        place.environment.insert(u"LINCHPIN_VAULT_PASSWORD_FILE"_s, master.fileName());
    } else if (policy == "keyring"_L1) {
        for (const QString &needed : { u"dbus-daemon"_s, u"gnome-keyring-daemon"_s }) {
            if (QStandardPaths::findExecutable(needed).isEmpty()) {
                QSKIP(qPrintable(u"no %1 here: the keyring was NOT tested"_s.arg(needed)));
            }
        }
        bus.setProcessEnvironment(place.environment);
        bus.start(u"dbus-daemon"_s, { u"--session"_s, u"--nofork"_s, u"--print-address"_s });
        QVERIFY(bus.waitForReadyRead(kLimit));
        place.environment.insert(
            u"DBUS_SESSION_BUS_ADDRESS"_s, QString::fromUtf8(bus.readLine().trimmed()));
        place.environment.insert(u"XDG_CURRENT_DESKTOP"_s, u"GNOME"_s);
        QProcess keyring;
        keyring.setProcessEnvironment(place.environment);
        keyring.start(u"gnome-keyring-daemon"_s, { u"--unlock"_s, u"--components=secrets"_s });
        keyring.write(kMasterPassword.toUtf8());
        keyring.closeWriteChannel();
        QVERIFY(keyring.waitForFinished(kLimit));
        QCOMPARE(keyring.exitCode(), 0);
    }
    // The accounts with all their passwords, made by a process of its own with this place's
    // surroundings: only the windows of the program can enter them otherwise.
    QJsonArray accounts;
    for (const auto &network : m_networks) {
        const AccountConfig config = configOf(*network);
        QJsonObject settings;
        const QStringList keys = config.settings.keys();
        for (const QString &key : keys) {
            settings.insert(key, QJsonValue::fromVariant(config.settings.value(key)));
        }
        QJsonObject secrets { { u"password"_s, kPassword } };
        secrets.insert(network->protocol == "sip"_L1 ? u"email-password"_s : u"proxy-password"_s,
            network->protocol == "sip"_L1 ? kExchangePassword : kProxyPassword);
        accounts.append(
            QJsonObject { { u"protocol"_s, network->protocol }, { u"name"_s, network->account },
                { u"settings"_s, settings }, { u"secrets"_s, secrets } });
    }
    QProcess maker;
    maker.setProcessEnvironment(place.environment);
    maker.setProcessChannelMode(QProcess::ForwardedChannels);
    maker.start(QCoreApplication::applicationFilePath(), { u"--make-accounts"_s });
    maker.write(QJsonDocument(accounts).toJson(QJsonDocument::Compact) + '\n');
    maker.closeWriteChannel();
    QVERIFY(maker.waitForFinished(kLimit));
    QCOMPARE(maker.exitCode(), 0);

    const int tunnels = m_proxy->tunnels();
    runSession(place);
    if (QTest::currentTestFailed()) {
        return;
    }
    QVERIFY(m_proxy->tunnels() > tunnels); // the passwords were really there to be used
    int looked = 0;
    QCOMPARE(found(place.folder.path(), looked), QString());
    runDoctor(place);
    if (QTest::currentTestFailed()) {
        return;
    }
    QCOMPARE(found(place.folder.path(), looked), QString());
    runDesktop(place);
    if (QTest::currentTestFailed()) {
        return;
    }
    QCOMPARE(found(place.folder.path(), looked), QString());
    QVERIFY2(looked >= 8, qPrintable(QString::number(looked))); // accounts, vault, history, logs …
    QCOMPARE(QFile::exists(place.path(u"profile/vault.bin"_s)), policy != "keyring"_L1);
    if (bus.state() == QProcess::Running) {
        bus.terminate();
        bus.waitForFinished(5000);
    }
}

/// Asked each time nothing is kept at all, encrypted or not.
void tst_Canary::askedForEachTime()
{
    Place place;
    for (const QString &key : { u"HOME"_s, u"XDG_CONFIG_HOME"_s, u"XDG_DATA_HOME"_s,
             u"XDG_CACHE_HOME"_s, u"TMPDIR"_s, u"LINCHPIN_PROFILE"_s }) {
        qputenv(key.toLatin1().constData(), place.environment.value(key).toUtf8());
    }
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    {
        NoPrompt prompt;
        prompt.answer = kPassword;
        Application::Options options;
        options.prompt = &prompt;
        Application application(options);
        QVERIFY(application.prepare().has_value());
        int online = 0;
        for (const auto &network : m_networks) {
            AccountConfig config = configOf(*network);
            config.secrets = SecretPolicy::AskEachTime;
            config.settings.set(u"proxy-type"_s, u"none"_s);
            QVERIFY(application.accounts().add(config, {}).has_value());
        }
        connect(&application.accounts(), &AccountManager::accountChanged, this, [&](Account *) {
            online = 0;
            for (const Account *const account : application.accounts().accounts()) {
                online += account->state() == Account::State::Online ? 1 : 0;
            }
        });
        application.accounts().setGlobalPresence({ .availability = Availability::Available });
        application.accounts().start();
        const auto states = [&application] {
            QStringList all;
            for (const Account *const account : application.accounts().accounts()) {
                const std::optional<Error> why = account->reason();
                all.append(account->name() + u": "_s + toWord(account->state())
                    + (why ? u' ' + why->code + u' ' + why->detail : QString()));
            }
            return all.join(u"; "_s);
        };
        QTRY_VERIFY2_WITH_TIMEOUT(online == int(m_networks.size()), qPrintable(states()), kLimit);
        QVERIFY(prompt.asked >= int(m_networks.size()));
        bool stopped = false;
        connect(&application.accounts(), &AccountManager::allOffline, this,
            [&stopped] { stopped = true; });
        application.accounts().stop();
        QTRY_VERIFY_WITH_TIMEOUT(stopped, kLimit);
        QVERIFY(test::waited(application.accounts().flush()).has_value());
    }
    int looked = 0;
    QCOMPARE(found(place.folder.path(), looked), QString());
    QVERIFY(looked >= 1);
    QVERIFY(!QFile::exists(place.path(u"profile/vault.bin"_s)));
}

void tst_Canary::cleanupTestCase()
{
    for (const auto &network : m_networks) {
        network->simulator.process.closeWriteChannel(); // they end with their parent
        QVERIFY(network->simulator.process.waitForFinished(kLimit));
    }
}

namespace {

/// The child: accounts as JSON on standard input, made as the window makes them.
int makeAccounts()
{
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly)) {
        return 2;
    }
    const QJsonArray accounts = QJsonDocument::fromJson(input.readAll()).array();
    Application::Options options;
    options.interactive = false;
    Application application(options);
    if (!application.prepare()) {
        return 3;
    }
    for (const auto &value : accounts) {
        const QJsonObject json = value.toObject();
        AccountConfig config;
        config.protocol = json.value("protocol"_L1).toString();
        config.name = json.value("name"_L1).toString();
        const QJsonObject settings = json.value("settings"_L1).toObject();
        for (auto it = settings.begin(); it != settings.end(); ++it) {
            config.settings.set(it.key(),
                it.value().isArray() ? QVariant(it.value().toVariant().toStringList())
                                     : it.value().toVariant());
        }
        QMap<QString, QString> secrets;
        const QJsonObject given = json.value("secrets"_L1).toObject();
        for (auto it = given.begin(); it != given.end(); ++it) {
            secrets.insert(it.key(), it.value().toString());
        }
        if (const auto added = application.accounts().add(config, secrets); !added) {
            qWarning("%s: %s", qPrintable(added.error().code), qPrintable(added.error().title));
            return 4;
        }
    }
    const auto saved = test::waited(application.accounts().flush());
    if (!saved) {
        qWarning("%s: %s", qPrintable(saved.error().code), qPrintable(saved.error().detail));
    }
    return saved ? 0 : 5;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"linchpin"_s);
    if (QCoreApplication::arguments().contains(u"--make-accounts"_s)) {
        return makeAccounts();
    }
    tst_Canary test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_canary.moc"
