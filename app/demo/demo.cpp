// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/demo/demo.h"

#include "app/common/application.h"
#include "core/sdk/protocolplugin.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString accountName(const QString &protocol)
{
    if (protocol == "sip"_L1) {
        return Demo::tr("Work");
    }
    if (protocol == "xmpp"_L1) {
        return Demo::tr("Private");
    }
    return protocol == "irc"_L1 ? Demo::tr("Chat network") : protocol;
}

} // namespace

Demo::Demo(Application &application, QString simulators, QObject *parent)
    : QObject(parent)
    , m_application(application)
    , m_programs(std::move(simulators))
{
    connect(&application.accounts(), &AccountManager::accountChanged, this, &Demo::accountChanged);
    connect(&application.conversations(), &ConversationStore::messageStored, this, &Demo::stored);
    connect(&application.conversations(), &ConversationStore::messageChanged, this, &Demo::changed);
}

Demo::~Demo()
{
    for (const Simulator &simulator : m_simulators) {
        simulator.process->disconnect(this);
        simulator.process->closeWriteChannel(); // a simulator ends with its standard input
    }
    for (const Simulator &simulator : m_simulators) {
        if (!simulator.process->waitForFinished(2000)) {
            simulator.process->kill();
            simulator.process->waitForFinished(1000);
        }
    }
}

void Demo::start()
{
    // Every simulator must find its protocol: a plugin that cannot be loaded fails the
    // demonstration.
    const QString prefix = u"linchpin-sim-"_s;
    const QFileInfoList programs
        = QDir(m_programs)
              .entryInfoList({ prefix + u'*' }, QDir::Files | QDir::Executable, QDir::Name);
    for (const QFileInfo &file : programs) {
        const QString id = file.completeBaseName().mid(prefix.size());
        const QString program = file.absoluteFilePath();
        const std::size_t index = m_simulators.size();
        m_simulators.push_back({ id, std::make_unique<QProcess>(), false });
        QProcess *const process = m_simulators.back().process.get();
        process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        connect(process, &QProcess::readyReadStandardOutput, this,
            [this, index] { simulatorSaid(index); });
        connect(process, &QProcess::finished, this, [this, id](int status) {
            Q_EMIT failed(tr("The simulator for %1 ended with status %2.").arg(id).arg(status));
        });
        const QString folder = m_folder.filePath(id);
        QDir().mkpath(folder);
#ifdef Q_OS_UNIX
        // fork(), not vfork(): under proot, where nothing can be mounted, a child that shares our
        // memory until it is the program crashes.
        process->setChildProcessModifier([] { });
#endif
        process->start(program, { u"--demo"_s, u"--dir"_s, folder });
    }
    if (m_simulators.empty()) {
        Q_EMIT failed(tr("There are no simulators in %1.").arg(m_programs));
    }
}

void Demo::simulatorSaid(std::size_t index)
{
    Simulator &simulator = m_simulators.at(index);
    if (simulator.told || !simulator.process->canReadLine()) {
        return;
    }
    const QJsonObject said = QJsonDocument::fromJson(simulator.process->readLine()).object();
    if (!said.value("ready"_L1).toBool()) {
        Q_EMIT failed(tr("The simulator for %1 did not start.").arg(simulator.protocol));
        return;
    }
    simulator.told = true;
    AccountConfig config;
    config.protocol = simulator.protocol;
    config.name = accountName(simulator.protocol);
    config.color = static_cast<int>(index);
    config.settings.set(u"address"_s, said.value("address"_L1).toString());
    const QJsonObject settings = said.value("settings"_L1).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        config.settings.set(it.key(), it.value().toVariant(), SettingOrigin::Preset);
    }
    const Result<AccountId> added = m_application.accounts().add(
        config, { { u"password"_s, said.value("password"_L1).toString() } });
    if (!added) {
        Q_EMIT failed(
            u"%1: %2 %3"_s.arg(simulator.protocol, added.error().title, added.error().detail));
        return;
    }
    m_lines.push_back({ .protocol = simulator.protocol,
        .account = *added,
        .partner = said.value("partner"_L1).toString(),
        .room = said.value("room"_L1).toString() });
    if (m_lines.size() == m_simulators.size()) {
        m_application.accounts().setGlobalPresence(
            { .availability = Availability::Available, .text = tr("Looking around") });
        m_application.accounts().start();
        Q_EMIT ready();
    }
}

void Demo::accountChanged(Account *account)
{
    for (Line &line : m_lines) {
        if (line.account != account->id()) {
            continue;
        }
        if (account->state() == Account::State::Online && !line.online) {
            line.online = true;
            Q_EMIT progressed(tr("%1 is online as %2.").arg(account->name(), account->address()));
            if (!line.room.isEmpty()) {
                if (const auto room = account->plugin()->normalizedRoom(line.room)) {
                    m_application.conversations().join(line.account, { *room });
                }
            }
            if (m_conversing) {
                greet(line);
            }
        } else if (account->reason() && account->state() != Account::State::Connecting) {
            Q_EMIT progressed(u"%1: %2 %3"_s.arg(
                account->name(), account->reason()->title, account->reason()->detail));
        }
    }
}

void Demo::converse()
{
    m_conversing = true;
    for (Line &line : m_lines) {
        if (line.online) {
            greet(line);
        }
    }
}

void Demo::greet(Line &line)
{
    if (std::exchange(line.greeted, true)) {
        return;
    }
    const ConversationKey key { line.account, line.partner, ConversationKind::Person };
    m_application.conversations().send(key,
        RichText::fromPlain(
            u"Zażółć gęślą jaźń — こんにちは, مرحبا 👩‍👩‍👧‍👦🦄"_s));
}

void Demo::stored(const StoredMessage &message)
{
    for (Line &line : m_lines) {
        if (line.account == message.conversation.account && message.direction == Direction::In
            && message.conversation.with == line.partner && !message.fromArchive && line.greeted
            && !line.answered) {
            line.answered = true;
            Q_EMIT progressed(tr("%1 answered over %2: %3")
                    .arg(line.partner, line.protocol, message.body.plain().section(u'\n', 0, 0)));
            check();
        }
    }
}

void Demo::changed(const StoredMessage &message)
{
    for (Line &line : m_lines) {
        if (line.account != message.conversation.account || message.direction != Direction::Out
            || message.conversation.with != line.partner) {
            continue;
        }
        if (!line.sent && advances(DeliveryState::Submitted, message.delivery)
            && message.delivery != DeliveryState::Failed
            && message.delivery != DeliveryState::Unconfirmed) {
            line.sent = true;
            Q_EMIT progressed(
                tr("The %1 server took a message to %2.").arg(line.protocol, line.partner));
        } else if (message.delivery == DeliveryState::Failed && message.failure) {
            Q_EMIT progressed(
                u"%1: %2 %3"_s.arg(line.protocol, message.failure->title, message.failure->detail));
        }
    }
    check();
}

bool Demo::isComplete() const
{
    return !m_lines.empty() && m_lines.size() == m_simulators.size()
        && std::ranges::all_of(
            m_lines, [](const Line &line) { return line.online && line.sent && line.answered; });
}

void Demo::check()
{
    if (isComplete() && !std::exchange(m_done, true)) {
        Q_EMIT completed();
    }
}

} // namespace linchpin
