// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/accounts/accountenvironment.h"
#include "core/net/truststore.h"
#include "tests/support/fakeservices.h"

namespace linchpin::test {

/// AccountEnvironment over a ManualClock and FakeServices. Randomness is a constant the test sets.
class FakeEnvironment : public AccountEnvironment {
public:
    explicit FakeEnvironment(ManualClock &clock);
    ~FakeEnvironment() override;

    std::unique_ptr<SessionServices> servicesFor(Account &account) override;
    QDateTime now() const override { return m_clock.now(); }
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire) override
    {
        return m_clock.timer(in, std::move(fire));
    }
    double randomUnit() override { return random; }
    TrustStore *trust() override { return &trustStore; }

    void holdSecret(const AccountId &, const QString &key, const QString &value) override
    {
        held.insert(key, value);
    }
    void dropHeldSecrets(const AccountId &) override
    {
        ++drops;
        held.clear();
    }

    QHash<QString, QString> held; ///< secrets for this run, of whatever account
    int drops = 0;
    TrustStore trustStore { [this] { return m_clock.now(); } };
    double random = 0.5; ///< 0.5 means: no jitter
    /// Called with the services of every new session before it is handed out.
    std::function<void(FakeServices &)> prepare;

private:
    ManualClock &m_clock;
};

} // namespace linchpin::test
