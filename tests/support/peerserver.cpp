// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/peerserver.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QProcessEnvironment>
#include <QRandomGenerator>
#include <QTcpServer>
#include <QThread>

#include <sys/prctl.h>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::test {

namespace {

constexpr int kPortsNeeded = 10;
constexpr int kMissing = 77; // what start.sh says where a package is not installed
constexpr std::chrono::seconds kReadyLimit
    = 180s; // a dozen processes, on a machine that may be building
constexpr std::chrono::milliseconds kStopLimit = 20s;

/// The first of some free ports in a row; another process may still take one before the server.
int freePorts()
{
    for (int tries = 0; tries < 200; ++tries) {
        // Below the ports the system hands out by itself.
        const int base = 10000 + QRandomGenerator::global()->bounded(2200) * 10;
        bool free = true;
        for (int offset = 0; free && offset < kPortsNeeded; ++offset) {
            QTcpServer probe;
            free = probe.listen(QHostAddress::LocalHost, static_cast<quint16>(base + offset));
        }
        if (free) {
            return base;
        }
    }
    return 0;
}

} // namespace

PeerServer::PeerServer() = default;

PeerServer::~PeerServer()
{
    stop();
}

QString PeerServer::scripts() const
{
    return QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/peers");
}

QString PeerServer::dataDir() const
{
    return m_dir ? m_dir->path() : QString();
}

QString PeerServer::caFile() const
{
    return dataDir() + u"/tls/ca.pem"_s;
}

bool PeerServer::start(const QString &name, const QStringList &environment)
{
    // Short: servers put sockets in it, whose paths may have 107 characters.
    m_dir = std::make_unique<QTemporaryDir>(u"/tmp/peer-XXXXXX"_s);
    m_base = freePorts();
    m_process = std::make_unique<QProcess>();
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    for (const QString &entry : environment) {
        all.insert(entry.section(u'=', 0, 0), entry.section(u'=', 1));
    }
    m_process->setProcessEnvironment(all);
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); });
    m_process->start(u"sh"_s,
        { scripts() + u'/' + name + u"/start.sh"_s, QString::number(m_base), m_dir->path() });
    const QDeadlineTimer limit(kReadyLimit);
    while (!QFile::exists(m_dir->path() + u"/ready"_s)) {
        m_process->waitForFinished(20);
        if (m_process->state() == QProcess::NotRunning || limit.hasExpired()) {
            const QString said = QString::fromUtf8(m_process->readAll()).trimmed();
            m_missing = m_process->exitStatus() == QProcess::NormalExit
                && m_process->exitCode() == kMissing;
            m_reason = m_missing ? u"SKIP-ALL: %1 is not installed: %2"_s.arg(name, said)
                                 : u"%1 did not start: %2"_s.arg(name, said);
            stop();
            return false;
        }
    }
    return true;
}

void PeerServer::stop()
{
    if (!m_process || m_process->state() == QProcess::NotRunning) {
        return;
    }
    m_process->terminate();
    if (!m_process->waitForFinished(static_cast<int>(kStopLimit.count()))) {
        m_process->kill();
        m_process->waitForFinished();
    }
}

bool PeerServer::run(const QString &program, const QStringList &arguments, QByteArray *output)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    const bool finished = process.waitForFinished(static_cast<int>(kStopLimit.count()));
    if (output) {
        *output = process.readAll();
    }
    return finished && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

} // namespace linchpin::test
