// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/doctor/fault.h"

#include "core/accounts/pluginregistry.h"
#include "core/doctor/doctorcodes.h"
#include "core/doctor/patients.h"
#include "core/net/sharedrows.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

constexpr int kPatience = 15000; ///< ms; the doctor's own limit is ten seconds

/// The real plugins, as built.
PluginRegistry &plugins()
{
    static PluginRegistry registry({ QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin") });
    if (registry.ids().isEmpty()) {
        registry.scan();
    }
    return registry;
}

QString judge(const Fault &fault, const FaultResult &result)
{
    const Verdict &verdict = result.verdict;
    if (verdict.cancelled) {
        return u"given up"_s;
    }
    if (verdict.ok != fault.code.isEmpty()) {
        return verdict.ok ? u"it works, %1 was expected"_s.arg(fault.code)
                          : u"%1, but it should work"_s.arg(verdict.error.code);
    }
    if (verdict.error.code != fault.code) {
        return u"%1 instead of %2"_s.arg(verdict.error.code, fault.code);
    }
    if (!fault.step.isEmpty() && verdict.step != fault.step) {
        return u"at %1 instead of %2"_s.arg(verdict.step, fault.step);
    }
    if (verdict.took >= std::chrono::seconds(10)) {
        return u"it took %1 ms"_s.arg(verdict.took.count());
    }
    for (const QString &code : fault.warnings) {
        const bool told = std::ranges::any_of(result.findings, [&code](const Finding &finding) {
            return finding.state == Finding::State::Warning && finding.error
                && finding.error->code == code;
        });
        if (!told) {
            return u"no warning %1"_s.arg(code);
        }
    }
    for (auto it = fault.fix.cbegin(); it != fault.fix.cend(); ++it) {
        if (verdict.error.fix.value(it.key()) != it.value()) {
            return u"the fix does not set %1 to %2"_s.arg(it.key(), it.value().toString());
        }
    }
    if (!fault.remedy.isEmpty() && !verdict.error.remedy.contains(fault.remedy)) {
        return u"the remedy does not say %1: %2"_s.arg(fault.remedy, verdict.error.remedy);
    }
    if (verdict.ok) {
        return {};
    }
    // A verdict is for people: a sentence, what to do, and the failed step last.
    if (verdict.error.title.size() < 10 || verdict.error.remedy.isEmpty()) {
        return u"the verdict says too little"_s;
    }
    const bool shown = std::ranges::any_of(result.findings, [&verdict](const Finding &finding) {
        return finding.state == Finding::State::Failed && finding.error
            && finding.error->code == verdict.error.code;
    });
    return shown ? QString() : u"no step failed with the verdict's code"_s;
}

Error errorOf(const QJsonObject &json)
{
    Error error;
    error.code = json.value("code"_L1).toString();
    error.title = json.value("title"_L1).toString();
    error.detail = json.value("detail"_L1).toString();
    error.remedy = json.value("remedy"_L1).toString();
    error.fix = json.value("fix"_L1).toObject().toVariantMap();
    return error;
}

Finding findingOf(const QJsonObject &json)
{
    using enum Finding::State;
    Finding finding { json.value("step"_L1).toString(), Ok, json.value("tried"_L1).toString(),
        json.value("answer"_L1).toString(), {} };
    for (const Finding::State state : { Warning, Failed, Skipped }) {
        if (json.value("state"_L1).toString() == toWord(state)) {
            finding.state = state;
        }
    }
    if (json.contains("code"_L1)) {
        finding.error = errorOf(json);
    }
    return finding;
}

/// What the doctor says here; false where it comes to no verdict.
bool askDoctor(const ProtocolPlugin &plugin, const Examination &examination, FaultResult &result)
{
    const std::unique_ptr<Doctor> doctor = doctorFor(plugin, examination);
    std::optional<Verdict> verdict;
    QObject::connect(doctor.get(), &Doctor::finished, doctor.get(),
        [&verdict](const Verdict &told) { verdict = told; });
    doctor->start();
    (void)QTest::qWaitFor([&verdict] { return verdict.has_value(); }, kPatience);
    result.findings = doctor->findings();
    result.verdict = verdict.value_or(Verdict {});
    return verdict.has_value();
}

/// What `linchpinctl doctor` says of the account; false where it comes to no verdict.
bool askProgram(const QString &protocol, const FaultAccount &account, const QString &profile,
    FaultResult &result)
{
    QStringList arguments { u"--profile"_s, profile, u"--json"_s, u"doctor"_s,
        protocol + u':' + account.settings.value(u"address"_s).toString(), u"--set"_s,
        u"proxy-type=none"_s };
    for (auto it = account.settings.cbegin(); it != account.settings.cend(); ++it) {
        if (it.key() != "address"_L1) {
            arguments << u"--set"_s << u"%1=%2"_s.arg(it.key(), it.value().toString());
        }
    }
    if (!account.password.isEmpty()) {
        arguments << u"--password-stdin"_s;
    }
    QProcess program;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s); // no keyring of this computer
    program.setProcessEnvironment(environment);
    program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    program.start(QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl"), arguments);
    program.write(account.password.toUtf8() + '\n');
    program.closeWriteChannel();
    // The servers are ours: they have to go on meanwhile.
    if (!QTest::qWaitFor(
            [&program] { return program.state() == QProcess::NotRunning; }, kPatience)) {
        program.kill();
        program.waitForFinished();
        return false;
    }
    bool isOver = false;
    const QByteArrayList lines = program.readAllStandardOutput().split('\n');
    for (const QByteArray &line : lines) {
        const QJsonObject json = QJsonDocument::fromJson(line).object();
        const QString event = json.value("event"_L1).toString();
        if (event == "step"_L1) {
            result.findings.append(findingOf(json));
        } else if (event == "verdict"_L1) {
            isOver = true;
            result.verdict.ok = json.value("ok"_L1).toBool();
            result.verdict.step = json.value("step"_L1).toString();
            result.verdict.took = std::chrono::milliseconds(json.value("took_ms"_L1).toInteger());
            if (!result.verdict.ok) {
                result.verdict.error = errorOf(json);
            }
        }
    }
    return isOver;
}

} // namespace

Fault &FaultRows::add(
    const QString &name, const QString &code, QStringView step, const Arrange &arrange)
{
    Fault fault;
    fault.name = name;
    fault.protocol = m_protocol;
    fault.code = code;
    fault.step = step.toString();
    fault.arrange = arrange;
    m_rows.append(fault);
    return m_rows.last();
}

FaultAccount localAccount(quint16 port, const QString &connection)
{
    FaultAccount account;
    account.settings = { { u"address"_s, u"alice@litware.test"_s }, { u"server"_s, u"localhost"_s },
        { u"port"_s, port }, { u"connection"_s, connection },
        { u"ca-file"_s, FaultCertificates::shared().authorityFile() } };
    return account;
}

PeerServer *sharedPeer(const QString &name, const QStringList &environment)
{
    struct Started {
        std::unique_ptr<PeerServer> server;
        bool works = false;
    };
    static std::map<QStringList, Started> servers;
    if (servers.empty()) {
        qAddPostRoutine([] { servers.clear(); });
    }
    const QStringList key = QStringList { name } + environment;
    if (!servers.contains(key)) {
        Started started { std::make_unique<PeerServer>() };
        started.works = started.server->start(name, environment);
        if (!started.works) {
            qWarning("%s", qPrintable(started.server->reason()));
        }
        servers[key] = std::move(started);
    }
    const Started &there = servers[key];
    return there.works ? there.server.get() : nullptr;
}

FaultWorld::~FaultWorld()
{
    while (!m_kept.empty()) {
        m_kept.pop_back();
    }
    for (const auto &[name, value] : m_environment) {
        if (value) {
            qputenv(name.constData(), *value);
        } else {
            qunsetenv(name.constData());
        }
    }
}

void FaultWorld::setEnvironment(const QByteArray &name, const QByteArray &value)
{
    const bool had = qEnvironmentVariableIsSet(name.constData());
    m_environment.insert(m_environment.begin(),
        { name, had ? std::optional<QByteArray>(qgetenv(name.constData())) : std::nullopt });
    qputenv(name.constData(), value);
}

RudeServer &FaultWorld::tlsServer(RudeServer::Manner manner, Flaw flaw, const QByteArray &words)
{
    return make<RudeServer>(RudeServer::Options {
        .manner = manner, .words = words, .tls = certificates().server(flaw) });
}

RudeServer &FaultWorld::plainServer(RudeServer::Manner manner, const QByteArray &words)
{
    return make<RudeServer>(RudeServer::Options { .manner = manner, .words = words });
}

QList<Fault> faultsOf(const QString &protocol)
{
    const QList<Fault> own = protocol == "sip"_L1 ? sipFaults()
        : protocol == "xmpp"_L1                   ? xmppFaults()
                                                  : ircFaults();
    return generalFaults(protocol) + own;
}

FaultResult examine(const Fault &fault)
{
    FaultResult result;
    FaultWorld world;
    world.setEnvironment(
        "LINCHPIN_DNS_SERVER"_ba, "127.0.0.1:" + QByteArray::number(world.dns().port()));
    const std::optional<FaultAccount> account = fault.arrange(world);
    if (!account) {
        result.skipped = true;
        return result;
    }
    const ProtocolPlugin *const plugin = plugins().plugin(fault.protocol);
    if (!plugin) {
        result.complaint = u"there is no plugin"_s;
        return result;
    }
    const SettingsSchema schema = fullSchema(*plugin);
    Examination examination;
    examination.services = knownServices(plugins(), fault.protocol);
    for (auto it = account->settings.cbegin(); it != account->settings.cend(); ++it) {
        const SettingField *const field = schema.field(it.key());
        if (!field) {
            result.complaint = u"there is no setting %1"_s.arg(it.key());
            return result;
        }
        // As somebody would write it: a port is a number of its own type.
        const Result<QVariant> value = SettingsSchema::parse(*field, it.value().toString());
        if (!value) {
            result.complaint = value.error().title;
            return result;
        }
        examination.settings.set(it.key(), *value);
    }
    if (!examination.settings.contains(u"proxy-type"_s)) {
        examination.settings.set(u"proxy-type"_s, u"none"_s);
    }
    result.settings = examination.settings;
    if (!account->password.isEmpty()) {
        examination.secrets.insert(u"password"_s, account->password);
    }
    if (fault.domain) {
        const QStringList ids = plugins().ids();
        for (const QString &id : ids) {
            examination.domainOf.append(plugins().plugin(id));
        }
    }
    QObject context;
    DoctorWorld outside = realDoctorWorld(&context);
    outside.clocks = [&world](const QString &) { return world.clocks; };
    examination.world = outside;
    const bool isOver = fault.ownProcess
        ? askProgram(fault.protocol, *account, world.folder() + u"/profile"_s, result)
        : askDoctor(*plugin, examination, result);
    if (!isOver) {
        result.complaint = u"no verdict after %1 ms"_s.arg(kPatience);
        return result;
    }
    result.report = reportText({ u"Linchpin"_s, u"test"_s, fault.protocol,
                                   examination.settings.text(u"address"_s), QDateTime() },
        schema, examination.settings, result.findings, result.verdict);
    result.complaint = judge(fault, result);
    return result;
}

} // namespace linchpin::test
