// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/childprocess.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>

#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr int kLimit = 60'000; // ms

/// The numbers behind `key` in a file of "Key:  number unit" lines.
qint64 numberIn(const QString &fileName, QByteArrayView key)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArrayList lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(key)) {
            return line.mid(key.size()).simplified().split(' ').first().toLongLong();
        }
    }
    return 0;
}

} // namespace

void giveUp(const QString &why)
{
    std::fprintf(stderr, "linchpin-bench: %s\n", qUtf8Printable(why));
    std::exit(1);
}

QString programFile(const QString &name)
{
    return QCoreApplication::applicationDirPath() + u'/' + name;
}

double cpuMillisecondsOf(qint64 pid)
{
    clockid_t clock {};
    timespec spent {};
    if (::clock_getcpuclockid(static_cast<pid_t>(pid), &clock) != 0
        || ::clock_gettime(clock, &spent) != 0) {
        return 0;
    }
    return static_cast<double>(spent.tv_sec) * 1e3 + static_cast<double>(spent.tv_nsec) / 1e6;
}

double pssMebibytesOf(qint64 pid)
{
    return static_cast<double>(numberIn(u"/proc/%1/smaps_rollup"_s.arg(pid), "Pss:")) / 1024;
}

WakeUps wakeUpsOf(qint64 pid)
{
    WakeUps counts;
    const QDir tasks(u"/proc/%1/task"_s.arg(pid));
    const QStringList threads = tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &thread : threads) {
        counts.insert(
            thread, numberIn(tasks.filePath(thread + u"/status"_s), "voluntary_ctxt_switches:"));
    }
    return counts;
}

qint64 wakeUpsBetween(const WakeUps &before, const WakeUps &after)
{
    qint64 sum = 0;
    for (const auto &[thread, count] : after.asKeyValueRange()) {
        sum += count - before.value(thread);
    }
    for (const auto &[thread, count] : before.asKeyValueRange()) {
        sum += after.contains(thread) ? 0 : 1;
    }
    return sum;
}

ChildProcess::~ChildProcess()
{
    stop();
}

void ChildProcess::start(
    const QString &file, const QStringList &arguments, const QProcessEnvironment &environment)
{
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(file, arguments);
    if (!m_process.waitForStarted(kLimit)) {
        giveUp(u"%1 cannot be started: %2"_s.arg(file, m_process.errorString()));
    }
}

QByteArray ChildProcess::waitForLine(
    const std::function<bool(const QByteArray &)> &wanted, int limit)
{
    QElapsedTimer clock;
    clock.start();
    for (;;) {
        while (m_process.canReadLine()) {
            const QByteArray line = m_process.readLine();
            if (wanted(line)) {
                return line;
            }
        }
        const auto left = limit - static_cast<int>(clock.elapsed());
        if (left <= 0
            || (!m_process.waitForReadyRead(left) && m_process.state() == QProcess::NotRunning)) {
            return {};
        }
    }
}

void ChildProcess::stop()
{
    if (m_process.state() == QProcess::NotRunning) {
        return;
    }
    m_process.closeWriteChannel();
    m_process.terminate();
    constexpr int kPatience = 10'000;
    if (!m_process.waitForFinished(kPatience)) {
        m_process.kill();
        m_process.waitForFinished(kPatience);
    }
}

SimulatedAccounts::SimulatedAccounts()
{
    // The keyring and the configuration of whoever measures are not ours to touch.
    m_environment.insert(u"XDG_CONFIG_HOME"_s, m_folder.filePath(u"config"_s));
    m_environment.insert(u"LINCHPIN_PROFILE"_s, profile());
    // Taking the address away would make libdbus start a bus, and that one a keyring that asks.
    m_environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"disabled:"_s);
}

SimulatedAccounts::~SimulatedAccounts() = default;

void SimulatedAccounts::add(const QString &protocol, const QStringList &switches)
{
    const QString folder = m_folder.filePath(u"sim-"_s + protocol);
    QDir().mkpath(folder);
    m_simulators.push_back(std::make_unique<ChildProcess>());
    ChildProcess &simulator = *m_simulators.back();
    simulator.start(programFile(u"linchpin-sim-"_s + protocol),
        QStringList { u"--dir"_s, folder } + switches, m_environment);
    QJsonObject ready;
    simulator.waitForLine(
        [&ready](const QByteArray &line) {
            ready = QJsonDocument::fromJson(line).object();
            return ready.value("ready"_L1).toBool();
        },
        kLimit);
    m_partner = ready.value("partner"_L1).toString();
    QStringList arguments { u"account"_s, u"add"_s, protocol, ready.value("address"_L1).toString(),
        u"--name"_s, protocol, u"--password-stdin"_s };
    const QJsonObject settings = ready.value("settings"_L1).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        arguments << u"--set"_s << it.key() + u'=' + it.value().toVariant().toString();
    }
    QProcess add;
    add.setProcessEnvironment(m_environment);
    add.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    add.start(programFile(u"linchpinctl"_s), arguments);
    add.write(ready.value("password"_L1).toString().toUtf8() + '\n');
    add.closeWriteChannel();
    if (!add.waitForFinished(kLimit) || add.exitCode() != 0) {
        giveUp(u"the %1 account could not be added"_s.arg(protocol));
    }
}

} // namespace linchpin::bench
