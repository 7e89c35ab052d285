// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/secrets/secretstore.h"
#include "core/secrets/vaultfile.h"

#include <QObject>

#include <optional>

namespace linchpin {

class SecretPrompt;

/// vault.bin of a profile: all its passwords in one sealed file under a master password, for
/// portable profiles and for systems without a keyring. Unlocks by asking through the prompt the
/// first time a secret is wanted; the keys stay in memory until lock(). Main thread; the derivation
/// runs in the pool.
class VaultStore : public QObject, public SecretStore {
    Q_OBJECT
public:
    /// `rounds` for a vault that is made: fewer only where its password is a random key, and in
    /// tests. Without a prompt a locked vault is `vault-locked`.
    explicit VaultStore(QString fileName, SecretPrompt *prompt = nullptr,
        quint32 rounds = vault::kRounds, QObject *parent = nullptr);
    ~VaultStore() override;

    bool exists() const;
    bool isUnlocked() const { return m_key.has_value(); }

    /// Makes an empty vault, or opens the one that is there. `vault-wrong-password`,
    /// `vault-damaged`, `write-failed`.
    Async<void> create(const QString &password);
    Async<void> unlock(const QString &password);
    /// `vault-no-password` for an empty new one.
    Async<void> changePassword(const QString &before, const QString &after);
    /// Forgets keys and secrets, also those whose password is just being proven.
    void lock();

    Async<QString> read(const QString &key) override;
    Async<void> write(const QString &key, const QString &value) override;
    Async<void> remove(const QString &key) override;
    QString displayName() const override;
    bool isPersistent() const override { return true; }

Q_SIGNALS:
    void lockedChanged();

private:
    /// Unlocked (or made, with `mayCreate`), by asking the user where needed.
    Async<void> ready(bool mayCreate);
    void askForPassword(const QString &complaint, int attempt);
    Result<QByteArray> readFile() const;
    Result<void> writeFile();
    void answerReady(const Result<void> &result);

    QString m_fileName;
    SecretPrompt *m_prompt;
    quint32 m_rounds;
    vault::Parameters m_parameters;
    std::optional<vault::Key> m_key;
    vault::Secrets m_secrets;
    QList<Answer<void>> m_waiting; ///< for the user's password
    int m_locks = 0; ///< what was being unlocked before the last of them stays locked
    bool m_declined = false; ///< asked once in vain: not again until unlock()
};

} // namespace linchpin
