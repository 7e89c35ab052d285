// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/accounts/accountconfig.h"
#include "core/sdk/result.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

namespace linchpin {

/// accounts.json of a profile, everything but secrets: written atomically, a little later and in a
/// thread of its own; the version before stays as accounts.json.bak. A file that cannot be read is
/// never written over: until restoreBackup() or startAfresh(), save() refuses.
class AccountStore : public QObject {
    Q_OBJECT
public:
    explicit AccountStore(QString fileName, QObject *parent = nullptr);
    ~AccountStore() override; ///< writes what is still to be written

    /// No file means no accounts. Errors `accounts-damaged`, `accounts-newer`, `read-failed`.
    Result<QList<AccountConfig>> load();
    bool hasBackup() const;
    /// Puts the damaged file aside (accounts.json.damaged) and takes the backup.
    Result<QList<AccountConfig>> restoreBackup();
    /// Puts the damaged file aside and begins without accounts.
    Result<void> startAfresh();
    bool isRefusing() const { return m_refusing; }

    /// Written after a short delay, or, for what sessions remember while they run (and could learn
    /// again), a longer one: not with every message.
    enum class Urgency { Soon, Later };
    void save(const QList<AccountConfig> &accounts, Urgency urgency = Urgency::Soon);
    /// Writes at once; answers when what save() was given is on disk, or `write-failed`.
    Async<void> flush();

    QString fileName() const { return m_fileName; }

Q_SIGNALS:
    void failed(const linchpin::Error &why); ///< a write failed; the next save() tries again

private:
    Result<void> putAside();
    void writeNow();

    QString m_fileName;
    bool m_refusing = false;
    bool m_dirty = false;
    QList<AccountConfig> m_accounts;
    QTimer m_delay;
    QThreadPool m_thread; ///< one thread: writes keep their order
    int m_writing = 0;
    Result<void> m_lastResult;
    QList<Answer<void>> m_flushes;
};

} // namespace linchpin
