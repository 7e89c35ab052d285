// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <functional>
#include <memory>
#include <vector>

namespace linchpin::bench {

/// Programs of this build lie beside the benchmark's own.
QString programFile(const QString &name);

// Of a running process; 0 when it is gone.
double cpuMillisecondsOf(qint64 pid); ///< all threads, those that ended too
double pssMebibytesOf(qint64 pid); ///< memory, shared pages by share
/// Voluntary context switches of each thread, which end with it.
using WakeUps = QHash<QString, qint64>;
WakeUps wakeUpsOf(qint64 pid);
/// A thread that ended in between woke up once at least.
qint64 wakeUpsBetween(const WakeUps &before, const WakeUps &after);

/// A program whose standard output is lines; its errors go to ours.
class ChildProcess {
public:
    ~ChildProcess();

    /// Ends the benchmark with a reason when the program cannot be started.
    void start(
        const QString &file, const QStringList &arguments, const QProcessEnvironment &environment);
    /// Reads lines until one is wanted, which it returns; nothing after the limit or the end.
    QByteArray waitForLine(const std::function<bool(const QByteArray &)> &wanted, int limit);
    /// Closes its input, then asks it to end; kills it when it does not.
    void stop();
    qint64 pid() const { return m_process.processId(); }
    QProcess &process() { return m_process; }

private:
    QProcess m_process;
};

/// A throw-away profile with accounts on simulated networks that keep still.
class SimulatedAccounts {
public:
    SimulatedAccounts();
    ~SimulatedAccounts();

    const QProcessEnvironment &environment() const { return m_environment; }
    /// Starts linchpin-sim-PROTOCOL with more switches and adds the account it offers. Ends the
    /// benchmark with a reason when that fails.
    void add(const QString &protocol, const QStringList &switches = {});
    QString folder() const { return m_folder.path(); }
    QString profile() const { return m_folder.filePath(QStringLiteral("profile")); }
    /// Who talks by themselves in the network that was added last: an address there.
    QString partner() const { return m_partner; }

private:
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
    QString m_partner;
    std::vector<std::unique_ptr<ChildProcess>> m_simulators;
};

/// Prints why, to the error output, and ends the program with 1.
[[noreturn]] void giveUp(const QString &why);

} // namespace linchpin::bench
