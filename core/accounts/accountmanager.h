// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/account.h"

#include <QList>

namespace linchpin {

class AccountStore;
class PluginRegistry;
class SecretStore;
class TrustStore;
class WireLog;

/// All accounts of a profile: loading, adding, changing, removing, enabling; the global status.
/// Lives on the main thread.
class AccountManager : public QObject {
    Q_OBJECT
public:
    AccountManager(AccountStore &store, PluginRegistry &plugins, SecretStore &secrets,
        AccountEnvironment &environment, QObject *parent = nullptr);
    ~AccountManager() override;

    /// Reads accounts.json; accounts of missing plugins stay in the list with a reason. Does not
    /// connect.
    Result<void> load();
    /// After load() failed with `accounts-damaged`: puts the damaged file aside, takes the backup.
    Result<void> restoreBackup();
    /// Signs in every enabled account with the wanted global presence.
    void start();
    /// Signs all out; allOffline() follows within five seconds.
    void stop();
    /// Answers when accounts and secrets given so far are on disk, or why not. For programs that
    /// end after a change.
    Async<void> flush();

    QList<Account *> accounts() const;
    Account *account(const AccountId &id) const;
    Account *accountByName(const QString &name) const;
    WireLog *wireLog(const AccountId &id) const; ///< for the wire console; may be nullptr
    AccountEnvironment &environment() const; ///< for who needs services of an account: the doctor
    TrustStore *trust() const; ///< refused certificates and decisions; may be nullptr

    /// A new account's id, or `invalid-setting`, `duplicate-name`, `unknown-protocol`. Missing name
    /// → the address. `secrets` maps secret keys to values and goes to the SecretStore.
    Result<AccountId> add(AccountConfig config, const QMap<QString, QString> &secrets);
    Result<void> change(const AccountConfig &config, const QMap<QString, QString> &secrets);
    void setEnabled(const AccountId &id, bool enabled);
    /// Signs out, forgets its secrets; the history stays unless HistoryStore::removeAccount is
    /// called.
    void remove(const AccountId &id);
    void move(const AccountId &id, int row);

    /// The status of all accounts; each account may differ by setPresence(id, …) until the next
    /// global one.
    Presence globalPresence() const;
    void setGlobalPresence(const Presence &presence);
    void setPresence(const AccountId &id, const Presence &presence) const;
    /// From the platform: nobody has touched the machine since then (UTC; invalid: somebody does).
    void setIdleSince(const QDateTime &since);

    /// From the platform: network came or went; the machine woke up.
    void setNetworkAvailable(bool available);
    void resumed();

Q_SIGNALS:
    void accountAdded(linchpin::Account *account);
    void accountRemoved(const linchpin::AccountId &id);
    void accountMoved(const linchpin::AccountId &id, int row);
    void accountChanged(linchpin::Account *account); ///< state, config or presence
    void globalPresenceChanged(const linchpin::Presence &presence);
    void event(
        linchpin::Account *account, const linchpin::SessionEvent &event); ///< of all accounts
    void allOffline();
    void failed(const linchpin::Error &why); ///< accounts or secrets could not be written

private:
    void applyEnabled(Account *account);
    void wakeAll();
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace linchpin
