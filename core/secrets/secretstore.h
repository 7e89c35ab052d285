// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QString>

namespace linchpin {

/// Where passwords live. Keys are `account-id/setting-key`. Asynchronous; main thread. Errors:
/// `no-secret` (nothing stored), `keyring-locked`, `keyring-unavailable`, `vault-wrong-password`,
/// `vault-damaged`, `vault-locked`.
class SecretStore {
public:
    virtual ~SecretStore() = default;
    virtual Async<QString> read(const QString &key) = 0;
    virtual Async<void> write(const QString &key, const QString &value) = 0;
    virtual Async<void> remove(const QString &key) = 0;
    /// What it is, for people: "the system keyring", "the vault of this profile".
    virtual QString displayName() const = 0;
    virtual bool isPersistent() const = 0;
};

/// Key of AccountConfig::state under which the names of secrets stand that sessions keep beside
/// those of the schema, separated by blanks: they go with the account.
inline QString keptSecretsState()
{
    return QStringLiteral("kept-secrets");
}

} // namespace linchpin
