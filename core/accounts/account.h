// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/accountconfig.h"
#include "core/sdk/session.h"

#include <QObject>

#include <memory>
#include <optional>

namespace linchpin {

class AccountEnvironment; // what an account needs of the world: services factory, clock, randomness
class ProtocolPlugin;

/// One configured account and its session life: offline, connecting, online, waiting to try again.
/// Nothing protocol-specific. Lives on the main thread; owned by AccountManager.
class Account : public QObject {
    Q_OBJECT
public:
    enum class State { Offline, Connecting, Online, Waiting };
    Q_ENUM(State)

    Account(AccountConfig config, const ProtocolPlugin *plugin, AccountEnvironment &environment,
        QObject *parent = nullptr);
    ~Account() override;

    const AccountId &id() const;
    const AccountConfig &config() const;
    QString name() const;
    QString address() const;
    const ProtocolPlugin *plugin() const; ///< nullptr when the plugin is missing or broken
    SettingsSchema schema() const; ///< with the rows all protocols share; empty without a plugin
    State state() const;
    QDateTime retryAt() const; ///< UTC; valid while Waiting
    const std::optional<Error> &reason() const; ///< why it is Offline or Waiting; none after a wish
    Session *session() const; ///< non-null between open and close; use only while Online
    bool isSignedOut() const; ///< no session any more, not even one that says goodbye
    Presence presence() const; ///< what we publish here; Offline while not Online

    /// What the user wants: Offline signs out, anything else signs in and publishes.
    void setWantedPresence(const Presence &presence);
    Presence wantedPresence() const;
    /// Nobody has touched the machine since then (UTC; invalid: somebody does). Told only to
    /// protocols with Capability::IdleStatus.
    void setIdleSince(const QDateTime &since);
    /// Forget the back-off and try now (user pressed "Try now").
    void retryNow();
    /// The network has returned or the machine has woken up: try now, unless the server asked for a
    /// pause that is not over (Error::retryAfter).
    void wake();
    void probe();
    /// SessionServices::setState(): kept with the account; an empty value forgets.
    void rememberState(const QString &key, const QByteArray &value);

Q_SIGNALS:
    void stateChanged(linchpin::Account::State state);
    void configChanged();
    void presenceChanged();
    void event(const linchpin::SessionEvent &event);
    void signedOut(); ///< the session is gone for good (closed, failed, or dropped after 5 s)
    void stateRemembered(); ///< config().state changed

private:
    friend class AccountManager;
    void setConfig(const AccountConfig &config);
    void restartSession(); ///< a setting or a secret that it depends on has changed
    class Private;
    std::unique_ptr<Private> d;
};

/// Stable word of the contract: `offline`, `connecting`, `online`, `waiting`.
QString toWord(Account::State state);

} // namespace linchpin
