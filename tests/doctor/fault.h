// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/doctor/doctor.h"
#include "tests/doctor/faultcertificates.h"
#include "tests/doctor/faultservers.h"
#include "tests/support/peerserver.h"

#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <memory>
#include <vector>

namespace linchpin::test {

/// The small world of one row: a name server, a folder, and what the row puts into it. Gone after
/// the row, last made first.
class FaultWorld {
public:
    FaultWorld() = default;
    FaultWorld(const FaultWorld &) = delete;
    FaultWorld &operator=(const FaultWorld &) = delete;
    ~FaultWorld();

    /// Keeps anything alive as long as the world.
    template <class T> T &keep(std::unique_ptr<T> thing)
    {
        T &reference = *thing;
        m_kept.push_back(std::shared_ptr<void>(std::move(thing)));
        return reference;
    }
    template <class T, class... Args> T &make(Args &&...args)
    {
        return keep(std::make_unique<T>(std::forward<Args>(args)...));
    }

    DnsZone &dns() { return m_dns; }
    FaultCertificates &certificates() { return FaultCertificates::shared(); }
    QString folder() const { return m_folder.path(); }

    /// A server that does one thing wrong, behind TLS with that certificate.
    RudeServer &tlsServer(
        RudeServer::Manner manner, Flaw flaw = Flaw::None, const QByteArray &words = {});
    RudeServer &plainServer(RudeServer::Manner manner, const QByteArray &words = {});

    /// Where the doctor may ask for the time; without any it asks nobody.
    QList<QUrl> clocks;
    /// What the environment (KRB5CCNAME…) is for this row; put back after it.
    void setEnvironment(const QByteArray &name, const QByteArray &value);

private:
    QTemporaryDir m_folder;
    DnsZone m_dns;
    std::vector<std::shared_ptr<void>> m_kept;
    std::vector<std::pair<QByteArray, std::optional<QByteArray>>> m_environment;
};

/// What the user would have entered.
struct FaultAccount {
    QVariantMap settings; ///< by key; `address` among them
    QString password;
};

/// One row of the fault matrix.
struct Fault {
    QString name; ///< unique within the protocol; plain words
    QString protocol; ///< `sip`, `xmpp`, `irc`
    /// Breaks the world and tells the account. May skip by returning nothing: a program that is
    /// needed is not installed (say so with qWarning).
    std::function<std::optional<FaultAccount>(FaultWorld &world)> arrange;
    QString code; ///< of the verdict; empty: signing in works
    QString step = {}; ///< of the verdict; empty: not looked at
    QStringList warnings = {}; ///< codes that have to be among the warnings told
    QVariantMap fix = {}; ///< what the verdict's fix must hold; an invalid value: must not
    QString remedy = {}; ///< words that the verdict's remedy must have in it
    bool domain = false; ///< a federation check: Domain checks instead of a sign-in
    /// Examined by `linchpinctl doctor`, for what is read from the environment once a process.
    bool ownProcess = false;
};

/// Rows of one protocol, as they are made.
class FaultRows {
public:
    using Arrange = std::function<std::optional<FaultAccount>(FaultWorld &world)>;

    explicit FaultRows(QString protocol)
        : m_protocol(std::move(protocol))
    {
    }

    Fault &add(const QString &name, const QString &code, QStringView step, const Arrange &arrange);
    QList<Fault> take() { return std::exchange(m_rows, {}); }

private:
    QString m_protocol;
    QList<Fault> m_rows;
};

/// alice@litware.test, at localhost, where the authority of FaultCertificates is trusted.
FaultAccount localAccount(quint16 port, const QString &connection);
/// A real server of tests/peers, started once a process for each environment and ended with the
/// application; null where it is not installed.
PeerServer *sharedPeer(const QString &name, const QStringList &environment = {});

/// What the doctor said.
struct FaultResult {
    bool skipped = false;
    Verdict verdict;
    QList<Finding> findings;
    SettingValues settings; ///< of the account
    QString report; ///< for the log of a failed test
    QString complaint; ///< why this is not what the row expects; empty: it is
};

/// The rows of a protocol: the general ones and its own.
QList<Fault> faultsOf(const QString &protocol);
/// Runs the real plugin through the doctor, in the row's world, with real services.
FaultResult examine(const Fault &fault);

// A file each; a new row goes into one of these.
QList<Fault> generalFaults(const QString &protocol);
QList<Fault> sipFaults();
QList<Fault> xmppFaults();
QList<Fault> ircFaults();

/// A server of the protocol that works, with one user; for the general rows that end well.
struct HealthyPeer {
    FaultAccount account; ///< complete, `server`, `port`, `connection` and `ca-file` set
    quint16 port = 0;
};
HealthyPeer healthySip(FaultWorld &world);
HealthyPeer healthyXmpp(FaultWorld &world);
HealthyPeer healthyIrc(FaultWorld &world);

} // namespace linchpin::test
