// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/ids.h"
#include "core/sdk/sessionservices.h"

#include <QDateTime>

#include <functional>
#include <memory>

namespace linchpin {

class Account;
class TrustStore;
class WireLog;

/// What accounts need of the world, handed in so that their life can be tested without a clock, a
/// network or a keyring. The real one is core/net's RealEnvironment; it outlives all accounts.
class AccountEnvironment {
public:
    virtual ~AccountEnvironment() = default;
    /// The services of one account's session: reads its settings (proxy, trust), its secrets and
    /// its state through `account`. Made anew for each session.
    virtual std::unique_ptr<SessionServices> servicesFor(Account &account) = 0;
    virtual QDateTime now() const = 0; ///< UTC
    virtual std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire)
        = 0;
    virtual double randomUnit() = 0; ///< [0, 1), for jitter

    /// What went over the account's wire; nullptr where nothing is kept.
    virtual WireLog *wireLog(const AccountId &) { return nullptr; }
    /// What accounts refused and their user decided; nullptr where nobody is asked.
    virtual TrustStore *trust() { return nullptr; }
    /// A secret for this run only (SecretPolicy::AskEachTime).
    virtual void holdSecret(const AccountId &, const QString & /*key*/, const QString & /*value*/)
    {
    }
    /// Forgets what is held for this run: the account signed out, or the server refused it.
    virtual void dropHeldSecrets(const AccountId &) { }
};

} // namespace linchpin
