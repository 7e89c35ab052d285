// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/accounts/accountenvironment.h"
#include "core/sdk/result.h"

#include <QHash>
#include <QObject>

namespace linchpin {

class SecretPrompt;
class SecretStore;

/// AccountEnvironment of the real world. Secrets come from the store; where it has none, the user
/// is asked through the prompt (if there is one): for required secrets, and always for accounts
/// that want to be asked. Main thread; outlives all accounts.
class RealEnvironment : public QObject, public AccountEnvironment {
    Q_OBJECT
public:
    explicit RealEnvironment(
        SecretStore &secrets, SecretPrompt *prompt = nullptr, QObject *parent = nullptr);
    ~RealEnvironment() override;

    std::unique_ptr<SessionServices> servicesFor(Account &account) override;
    QDateTime now() const override;
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire) override;
    double randomUnit() override;
    WireLog *wireLog(const AccountId &id) override;
    TrustStore *trust() override { return m_trust; }
    void holdSecret(const AccountId &id, const QString &key, const QString &value) override;
    void dropHeldSecrets(const AccountId &id) override;

private:
    Async<QString> secret(Account &account, const QString &key);
    Async<QString> ask(Account &account, const QString &key);

    SecretStore &m_secrets;
    SecretPrompt *m_prompt;
    TrustStore *m_trust; ///< child of this
    QHash<AccountId, WireLog *> m_wireLogs; ///< children of this
    QHash<AccountId, QHash<QString, QString>> m_held;
};

} // namespace linchpin
