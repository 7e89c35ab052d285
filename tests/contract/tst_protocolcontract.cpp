// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/net/realservices.h"
#include "core/net/sharedrows.h"
#include "core/secrets/memorystore.h"
#include "tests/support/fakeenvironment.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace linchpin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What every protocol promises, run against every plugin that was built. A plugin that is added
/// is found by itself; LINCHPIN_CONTRACT_IDS narrows the run.
class TestProtocolContract : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void metaData_data() { rows(); }
    void metaData();
    void schema_data() { rows(); }
    void schema();
    void agreedKeys_data() { rows(); }
    void agreedKeys();
    void presets_data() { rows(); }
    void presets();
    void secretsStayOutOfTheFile_data() { rows(); }
    void secretsStayOutOfTheFile();
    void addresses_data() { rows(); }
    void addresses();
    void linksNoWindow_data() { rows(); }
    void linksNoWindow();
    void deadPort_data() { rows(); }
    void deadPort();
    void closesInEveryState_data();
    void closesInEveryState();
    void answersWhileOffline_data() { rows(); }
    void answersWhileOffline();
    void survivesItsDeletion_data() { rows(); }
    void survivesItsDeletion();

private:
    void rows() const;
    const ProtocolPlugin &plugin();
    SettingValues settingsFor(const ProtocolPlugin &plugin, quint16 port) const;
    static ServiceBinding bindingFor(const SettingValues &settings);

    std::unique_ptr<PluginRegistry> m_registry;
    QStringList m_ids;
};

namespace {

Presence available()
{
    Presence presence;
    presence.availability = Availability::Available;
    return presence;
}

bool hasNetwork(const ProtocolPlugin &plugin)
{
    return !plugin.info().capabilities.testFlag(Capability::SelfOnly);
}

bool isWord(const QString &text)
{
    static const QRegularExpression kKebab(u"^[a-z0-9]+(-[a-z0-9]+)*$"_s);
    return kKebab.match(text).hasMatch();
}

QStringList choiceValues(const SettingField &field)
{
    QStringList values;
    for (const SettingChoice &choice : field.choices) {
        values.append(choice.value);
    }
    return values;
}

quint16 deadLocalPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

/// Accepts connections and never says a word.
class SilentServer : public QTcpServer {
public:
    SilentServer() { listen(QHostAddress::LocalHost); }
};

} // namespace

void TestProtocolContract::initTestCase()
{
    QStringList path = qEnvironmentVariable("LINCHPIN_PLUGIN_PATH").split(u':', Qt::SkipEmptyParts);
    if (path.isEmpty()) {
        path = { QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin") };
    }
    m_registry = std::make_unique<PluginRegistry>(path);
    m_registry->scan();
    for (const PluginRegistry::Problem &problem : m_registry->problems()) {
        qWarning().noquote() << problem.fileName << problem.error.title << problem.error.detail;
    }
    QVERIFY(m_registry->problems().isEmpty());
    m_ids = m_registry->ids();
    const QStringList wanted = qEnvironmentVariable("LINCHPIN_CONTRACT_IDS")
                                   .split(QRegularExpression(u"[;,]"_s), Qt::SkipEmptyParts);
    for (const QString &id : wanted) {
        QVERIFY2(m_ids.contains(id), qPrintable(u"plugin %1 was not found"_s.arg(id)));
    }
    if (!wanted.isEmpty()) {
        m_ids = wanted;
    }
    QVERIFY2(!m_ids.isEmpty(), "no plugin was found");
}

void TestProtocolContract::rows() const
{
    QTest::addColumn<QString>("id");
    for (const QString &id : m_ids) {
        QTest::newRow(qPrintable(id)) << id;
    }
}

const ProtocolPlugin &TestProtocolContract::plugin()
{
    const QString id = *static_cast<QString *>(QTest::qData("id", qMetaTypeId<QString>()));
    const ProtocolPlugin *const found = m_registry->plugin(id);
    if (!found) {
        qFatal("The plugin %s cannot be loaded.", qPrintable(id));
    }
    return *found;
}

SettingValues TestProtocolContract::settingsFor(const ProtocolPlugin &plugin, quint16 port) const
{
    const SettingsSchema schema = fullSchema(plugin);
    SettingValues values;
    values.set(u"address"_s, *plugin.normalizedAddress(plugin.info().addressExample));
    const auto set = [&](const QString &key, const QVariant &value) {
        if (schema.field(key)) {
            values.set(key, value);
        }
    };
    set(u"server"_s, u"127.0.0.1"_s);
    set(u"port"_s, int(port));
    set(u"proxy-type"_s, u"none"_s);
    set(u"single-sign-on"_s, false);
    if (const SettingField *const connection = schema.field(u"connection"_s);
        connection && choiceValues(*connection).contains(u"plain"_s)) {
        set(u"connection"_s, u"plain"_s);
    }
    return schema.complete(values);
}

ServiceBinding TestProtocolContract::bindingFor(const SettingValues &settings)
{
    ServiceBinding binding;
    binding.settings = settings;
    binding.secret = [](const QString &) { return ready<QString>(u"secret"_s); };
    binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
    binding.state = [](const QString &) { return QByteArray(); };
    binding.setState = [](const QString &, const QByteArray &) { };
    binding.log = [](bool, const QByteArray &) { };
    return binding;
}

void TestProtocolContract::metaData()
{
    QFETCH(QString, id);
    QVERIFY(isWord(id));
    QVERIFY(!m_registry->name(id).isEmpty());
    const ProtocolInfo info = plugin().info();
    QCOMPARE(info.id, id);
    QVERIFY(!info.name.isEmpty());
    QVERIFY(!info.iconName.isEmpty());
    QVERIFY(!info.addressExample.isEmpty());
    QVERIFY(plugin().normalizedAddress(info.addressExample).has_value());
}

void TestProtocolContract::schema()
{
    const SettingsSchema schema = fullSchema(plugin());
    QVERIFY2(schema.field(u"address"_s), "every account has an address");
    QVERIFY(schema.field(u"address"_s)->required);
    QStringList seen;
    for (const SettingField &field : schema.fields()) {
        const QByteArray key = field.key.toUtf8();
        QVERIFY2(isWord(field.key), key.constData());
        QVERIFY2(!seen.contains(field.key), (key + " twice").constData());
        seen.append(field.key);
        for (const QString &former : field.formerKeys) {
            QVERIFY2(!seen.contains(former), (key + " former key in use").constData());
            seen.append(former);
        }
        QVERIFY2(!field.label.isEmpty(), (key + " has no label").constData());
        switch (field.type) {
        case SettingType::Choice: {
            const QStringList values = choiceValues(field);
            QVERIFY2(values.size() >= 2, (key + " has no choices").constData());
            QCOMPARE(QSet<QString>(values.begin(), values.end()).size(), values.size());
            QVERIFY2(values.contains(field.defaultValue.toString()),
                (key + " default not among its choices").constData());
            for (const SettingChoice &choice : field.choices) {
                QVERIFY2(!choice.label.isEmpty(), key.constData());
            }
            break;
        }
        case SettingType::Bool:
            QVERIFY2(field.defaultValue.typeId() == QMetaType::Bool, key.constData());
            break;
        case SettingType::Port:
            QVERIFY2(field.defaultValue.toInt() >= 0 && field.defaultValue.toInt() < 65536,
                key.constData());
            break;
        case SettingType::Secret:
            QVERIFY2(!field.defaultValue.isValid() || field.defaultValue.toString().isEmpty(),
                (key + " is a secret with a default").constData());
            break;
        default:
            break;
        }
        if (field.enabledWhen) {
            const SettingField *const other = schema.field(field.enabledWhen->key);
            QVERIFY2(other, (key + " depends on nothing").constData());
            const QStringList wanted = field.enabledWhen->equals.toStringList();
            if (other->type == SettingType::Choice) {
                for (const QString &value : wanted) {
                    QVERIFY2(choiceValues(*other).contains(value),
                        (key + " waits for a value that cannot be").constData());
                }
            }
        }
    }
}

void TestProtocolContract::agreedKeys()
{
    if (!hasNetwork(plugin())) {
        QSKIP("no network");
    }
    const SettingsSchema schema = fullSchema(plugin());
    // Key and the values of docs/linchpinctl's contract that must be possible; empty = free.
    QList<std::pair<QString, QStringList>> wanted {
        { u"server"_s, {} },
        { u"port"_s, {} },
        { u"connection"_s, { u"auto"_s, u"tls"_s, u"plain"_s } },
        { u"proxy-type"_s, { u"system"_s, u"none"_s, u"http"_s, u"socks5"_s } },
        { u"proxy-host"_s, {} },
        { u"proxy-port"_s, {} },
        { u"proxy-login"_s, {} },
        { u"proxy-password"_s, {} },
        { u"ca-file"_s, {} },
        { u"pinned-certificate"_s, {} },
        { u"password"_s, {} },
    };
    const QString id = plugin().info().id;
    if (id == "sip"_L1) {
        wanted += QList<std::pair<QString, QStringList>> {
            { u"login"_s, {} },
            { u"auth"_s, { u"auto"_s, u"tls-dsk"_s, u"ntlm"_s, u"kerberos"_s, u"digest"_s } },
            { u"single-sign-on"_s, {} },
            { u"user-agent"_s, {} },
            { u"flavour"_s, { u"auto"_s, u"ocs2007"_s, u"lync"_s, u"standard"_s } },
            { u"discovery-url"_s, {} },
        };
        QCOMPARE(schema.field(u"single-sign-on"_s)->type, SettingType::Bool);
    } else if (id == "xmpp"_L1) {
        wanted += QList<std::pair<QString, QStringList>> {
            { u"login"_s, {} },
            { u"auth"_s, { u"auto"_s } },
            { u"resource"_s, {} },
            { u"connection"_s, { u"starttls"_s } },
        };
    } else if (id == "irc"_L1) {
        wanted += QList<std::pair<QString, QStringList>> {
            { u"nick"_s, {} },
            { u"alternate-nicks"_s, {} },
            { u"real-name"_s, {} },
            { u"channels"_s, {} },
            { u"encoding"_s, {} },
            { u"sasl"_s, { u"auto"_s, u"none"_s, u"plain"_s, u"external"_s, u"scram-sha-256"_s } },
            { u"nickserv"_s, {} },
            { u"client-certificate"_s, {} },
            { u"on-connect"_s, {} },
        };
    }
    QStringList missing;
    for (const auto &[key, values] : std::as_const(wanted)) {
        const SettingField *const field = schema.field(key);
        if (!field || field->key != key) {
            missing.append(key);
            continue;
        }
        for (const QString &value : values) {
            if (!SettingsSchema::parse(*field, value)) {
                missing.append(key + u'=' + value);
            }
        }
        if (isWord(key) && key.endsWith("password"_L1)) {
            QCOMPARE(field->type, SettingType::Secret);
        }
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u", "_s)));
}

void TestProtocolContract::presets()
{
    const SettingsSchema schema = fullSchema(plugin());
    QStringList seen;
    const QList<AccountPreset> presets = plugin().presets();
    for (const AccountPreset &preset : presets) {
        const QByteArray id = preset.id.toUtf8();
        QVERIFY2(isWord(preset.id) && !seen.contains(preset.id), id.constData());
        seen.append(preset.id);
        QVERIFY2(!preset.name.isEmpty(), id.constData());
        QVERIFY2(!preset.retired || !preset.note.isEmpty(), "a service that ended says so");
        for (const QString &domain : preset.domains) {
            QCOMPARE(domain, domain.toLower());
        }
        SettingValues values;
        for (auto it = preset.values.cbegin(); it != preset.values.cend(); ++it) {
            QVERIFY2(schema.field(it.key()), (id + ": " + it.key().toUtf8()).constData());
            QVERIFY(schema.field(it.key())->type != SettingType::Secret);
            values.set(it.key(), it.value(), SettingOrigin::Preset);
        }
        const QList<SettingProblem> problems = schema.problems(values);
        for (const SettingProblem &problem : problems) {
            QVERIFY2(!preset.values.contains(problem.key),
                (id + ": " + problem.key.toUtf8() + ": " + problem.text.toUtf8()).constData());
        }
    }
}

void TestProtocolContract::secretsStayOutOfTheFile()
{
    QFETCH(QString, id);
    const QString canary = u"canary-7f3a9c"_s;
    const SettingsSchema schema = fullSchema(plugin());
    QTemporaryDir folder;
    {
        test::ManualClock clock;
        test::FakeEnvironment environment(clock);
        MemoryStore secrets;
        AccountStore store(folder.filePath(u"accounts.json"_s));
        AccountManager manager(store, *m_registry, secrets, environment);
        AccountConfig config;
        config.protocol = id;
        config.settings = settingsFor(plugin(), 4711);
        QMap<QString, QString> values;
        for (const SettingField &field : schema.fields()) {
            if (field.type == SettingType::Secret) {
                // Half of the ways a secret may come in: beside the settings, and among them.
                values.insert(field.key, canary);
                config.settings.set(field.key, canary);
            }
        }
        const auto added = manager.add(config, values);
        QVERIFY2(
            added.has_value(), added ? "" : qPrintable(added.error().title + added.error().detail));
        const auto flushed = manager.flush();
        QTRY_VERIFY(flushed.isFinished());
        QVERIFY(flushed.result().has_value());
        if (!values.isEmpty()) {
            QCOMPARE(
                secrets.read(added->value + u'/' + values.firstKey()).result().value(), canary);
        }
    }
    int files = 0;
    QDirIterator it(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY2(!bytes.contains(canary.toUtf8()), qPrintable(file.fileName()));
        ++files;
    }
    QCOMPARE(files, 1);
}

void TestProtocolContract::addresses()
{
    const QString example = plugin().info().addressExample;
    const QStringList tries { example, example.toUpper(), u"  "_s + example + u' ', u""_s, u" "_s,
        u"\n"_s, u"@"_s, u"a@b@c"_s, u"zażółć@gęślą.test"_s, u"こんにちは"_s,
        u"👩‍👩‍👧‍👦@𝄞.test"_s, u"a\u0301"_s, u"#room"_s, QString(100000, u'x'),
        QString(QChar(0)), u"sip:alice@a.test"_s, u"alice@a.test/phone"_s };
    for (const QString &text : tries) {
        for (const bool isRoom : { false, true }) {
            const auto normalize = [&](const QString &address) {
                return isRoom ? plugin().normalizedRoom(address)
                              : plugin().normalizedAddress(address);
            };
            const Result<QString> once = normalize(text);
            if (!once) {
                QVERIFY(isWord(once.error().code));
                QVERIFY(!once.error().title.isEmpty());
                continue;
            }
            QVERIFY2(!once->isEmpty(), qPrintable(text));
            const Result<QString> twice = normalize(*once);
            QVERIFY2(twice.has_value(), qPrintable(*once));
            QCOMPARE(*twice, *once);
        }
    }
    QVERIFY(!plugin().normalizedAddress({}).has_value());
}

void TestProtocolContract::linksNoWindow()
{
    QFETCH(QString, id);
    const QString file = m_registry->fileName(id);
    if (file.isEmpty()) {
        QSKIP("linked into the program");
    }
    QProcess ldd;
    ldd.start(u"ldd"_s, { file });
    QVERIFY2(ldd.waitForFinished(60000), qPrintable(ldd.errorString()));
    const QByteArray libraries = ldd.readAllStandardOutput();
    QVERIFY(libraries.contains("libQt6Core"));
    for (const QByteArrayView library : { "libQt6Gui", "libQt6Widgets", "libQt6Sql" }) {
        QVERIFY2(!libraries.contains(library), libraries.constData());
    }
}

void TestProtocolContract::deadPort()
{
    if (!hasNetwork(plugin())) {
        QSKIP("no network");
    }
    const SettingValues settings = settingsFor(plugin(), deadLocalPort());
    RealServices services(bindingFor(settings));
    const std::unique_ptr<Session> session = plugin().createSession(settings, services);
    QCOMPARE(session->state(), Session::State::Offline);
    Session::State atEnd = Session::State::Online;
    QList<Error> errors;
    connect(session.get(), &Session::ended, session.get(), [&](const Error &why) {
        atEnd = session->state();
        errors.append(why);
    });
    session->open(available());
    session->open(available()); // idempotent
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 1, 45000);
    QCOMPARE(atEnd, Session::State::Offline);
    qInfo().noquote() << errors.constFirst().code << "–" << errors.constFirst().title << "–"
                      << errors.constFirst().detail;
    QVERIFY(isWord(errors.constFirst().code));
    QVERIFY(!errors.constFirst().title.isEmpty());
    QVERIFY(!errors.constFirst().fatal);
    QCoreApplication::processEvents();
    QCOMPARE(errors.size(), 1);
}

void TestProtocolContract::closesInEveryState_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("when");
    for (const QString &id : std::as_const(m_ids)) {
        for (const QString &when : { u"before-open"_s, u"at-once"_s, u"connected"_s, u"twice"_s }) {
            QTest::addRow("%s %s", qPrintable(id), qPrintable(when)) << id << when;
        }
    }
}

void TestProtocolContract::closesInEveryState()
{
    QFETCH(QString, when);
    SilentServer server;
    const SettingValues settings = settingsFor(plugin(), server.serverPort());
    RealServices services(bindingFor(settings));
    const std::unique_ptr<Session> session = plugin().createSession(settings, services);
    const QSignalSpy ended(session.get(), &Session::ended);
    if (when != "before-open"_L1) {
        session->open(available());
    }
    if (when == "connected"_L1 && hasNetwork(plugin())) {
        QTRY_VERIFY_WITH_TIMEOUT(server.hasPendingConnections(), 20000);
    }
    QElapsedTimer clock;
    clock.start();
    session->close();
    if (when == "twice"_L1) {
        session->close();
    }
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Offline, 5000);
    QCoreApplication::processEvents();
    QCOMPARE(session->state(), Session::State::Offline);
    QCOMPARE(ended.size(), 0);
}

void TestProtocolContract::answersWhileOffline()
{
    const SettingValues settings = settingsFor(plugin(), deadLocalPort());
    RealServices services(bindingFor(settings));
    const std::unique_ptr<Session> session = plugin().createSession(settings, services);
    OutgoingMessage message;
    message.localId = u"1"_s;
    message.to = settings.text(u"address"_s);
    message.body = RichText::fromPlain(u"Zażółć gęślą jaźń"_s);
    const auto sent = session->send(message);
    QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), 5000);
    QVERIFY(!sent.result());
    QVERIFY(isWord(sent.result().error().code));
    const auto published = session->setPresence(available());
    QTRY_VERIFY_WITH_TIMEOUT(published.isFinished(), 5000);
}

void TestProtocolContract::survivesItsDeletion()
{
    SilentServer server;
    const SettingValues settings = settingsFor(plugin(), server.serverPort());
    RealServices services(bindingFor(settings));
    for (const bool waits : { false, true }) {
        std::unique_ptr<Session> session = plugin().createSession(settings, services);
        session->open(available());
        if (waits && hasNetwork(plugin())) {
            QTRY_VERIFY_WITH_TIMEOUT(server.hasPendingConnections(), 20000);
        }
        session.reset();
        QCoreApplication::processEvents();
    }
}

QTEST_GUILESS_MAIN(TestProtocolContract)
#include "tst_protocolcontract.moc"
