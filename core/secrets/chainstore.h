// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/secrets/memorystore.h"
#include "core/secrets/vaultstore.h"

#include <QObject>

#include <memory>

namespace linchpin {

/// The keyring where one answers, else the profile's vault, else only this program's memory (and
/// the user is asked again next time). Nothing is ever written in clear text.
class ChainStore : public QObject, public SecretStore {
    Q_OBJECT
public:
    /// Without a keyring (nullptr) the vault is first. The vault outlives this.
    ChainStore(std::unique_ptr<SecretStore> keyring, VaultStore &vault, QObject *parent = nullptr);
    ~ChainStore() override;

    /// The keyring a profile should use: none for portable profiles, where the environment names a
    /// vault's password file, or where no keyring is; else the system's.
    static std::unique_ptr<SecretStore> keyringFor(bool isPortable);

    Async<QString> read(const QString &key) override;
    /// `secret-not-stored` when it is only in memory now.
    Async<void> write(const QString &key, const QString &value) override;
    Async<void> remove(const QString &key) override;
    QString displayName() const override;
    bool isPersistent() const override { return true; }

private:
    void readFromVault(const QString &key, const Error &before, const Answer<QString> &answer);
    void writeToVault(const QString &key, const QString &value, const Answer<void> &answer);

    std::unique_ptr<SecretStore> m_keyring;
    bool m_keyringAnswers;
    VaultStore &m_vault;
    MemoryStore m_memory; ///< what is being written, and what nobody else would take
};

} // namespace linchpin
