// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace linchpin::test {

/// A real server of tests/peers on free ports of 127.0.0.1, with data, users and a CA of its own.
/// Users are alice/alice-pw, bob/bob-pw, carol/carol-pw unless PEER_USERS says otherwise. Stopped
/// by the destructor, and by the system when the test dies first.
class PeerServer {
public:
    PeerServer();
    ~PeerServer();

    /// Starts tests/peers/NAME/start.sh with `environment` (`PEER_CERT=expired`) added and waits
    /// until it answers. False with a reason when it does not; isMissing() when its Debian package
    /// is not installed.
    bool start(const QString &name, const QStringList &environment = {});
    void stop();

    bool isMissing() const { return m_missing; }
    /// Why start() was false; begins with SKIP-ALL: where the package is missing, which marks the
    /// whole test as skipped in ctest.
    QString reason() const { return m_reason; }
    quint16 port(int offset = 0) const { return static_cast<quint16>(m_base + offset); }
    QString dataDir() const;
    QString caFile() const; ///< PEM
    QString scripts() const; ///< the folder tests/peers
    /// Runs a program beside the server (an admin tool) and answers whether it succeeded.
    bool run(const QString &program, const QStringList &arguments, QByteArray *output = nullptr);

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<QProcess> m_process;
    QString m_reason;
    int m_base = 0;
    bool m_missing = false;
};

} // namespace linchpin::test
