// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/chainstore.h"

#include "core/secrets/keychainstore.h"
#include "core/secrets/secreterrors.h"

using namespace Qt::StringLiterals;

namespace linchpin {

ChainStore::ChainStore(std::unique_ptr<SecretStore> keyring, VaultStore &vault, QObject *parent)
    : QObject(parent)
    , m_keyring(std::move(keyring))
    , m_keyringAnswers(m_keyring != nullptr)
    , m_vault(vault)
{
}

ChainStore::~ChainStore() = default;

std::unique_ptr<SecretStore> ChainStore::keyringFor(bool isPortable)
{
    if (isPortable || qEnvironmentVariableIsSet("LINCHPIN_VAULT_PASSWORD_FILE")
        || !KeychainStore::isAvailable()) {
        return {};
    }
    return std::make_unique<KeychainStore>();
}

Async<QString> ChainStore::read(const QString &key)
{
    if (const auto held = m_memory.read(key); held.result()) {
        return held;
    }
    const Answer<QString> answer;
    if (!m_keyringAnswers) {
        readFromVault(key, secretError(u"no-secret"_s), answer);
        return answer.future();
    }
    m_keyring->read(key).then(this, [this, key, answer](const Result<QString> &found) {
        if (found) {
            answer.give(found);
            return;
        }
        if (found.error().code == "keyring-unavailable"_L1) {
            m_keyringAnswers = false;
        }
        readFromVault(key, found.error(), answer);
    });
    return answer.future();
}

void ChainStore::readFromVault(
    const QString &key, const Error &before, const Answer<QString> &answer)
{
    if (!m_vault.exists()) {
        answer.fail(before.code == "keyring-unavailable"_L1 ? secretError(u"no-secret"_s) : before);
        return;
    }
    m_vault.read(key).then(this, [answer](const Result<QString> &found) { answer.give(found); });
}

Async<void> ChainStore::write(const QString &key, const QString &value)
{
    m_memory.write(key, value);
    const Answer<void> answer;
    if (!m_keyringAnswers) {
        writeToVault(key, value, answer);
        return answer.future();
    }
    m_keyring->write(key, value).then(this, [this, key, value, answer](const Result<void> &stored) {
        if (stored) {
            m_memory.remove(key);
            answer.give({});
            return;
        }
        if (stored.error().code == "keyring-unavailable"_L1) {
            m_keyringAnswers = false;
        }
        writeToVault(key, value, answer);
    });
    return answer.future();
}

void ChainStore::writeToVault(const QString &key, const QString &value, const Answer<void> &answer)
{
    m_vault.write(key, value).then(this, [this, key, answer](const Result<void> &stored) {
        if (stored) {
            m_memory.remove(key);
            answer.give({});
            return;
        }
        Error error = secretError(
            u"secret-not-stored"_s, stored.error().title + u' ' + stored.error().detail);
        error.remedy = stored.error().remedy;
        answer.fail(error);
    });
}

Async<void> ChainStore::remove(const QString &key)
{
    m_memory.remove(key);
    const Answer<void> answer;
    const auto fromVault = [this, key, answer] {
        // A locked vault is not opened only to forget something.
        if (!m_vault.isUnlocked()) {
            answer.give({});
            return;
        }
        m_vault.remove(key).then(
            this, [answer](const Result<void> &removed) { answer.give(removed); });
    };
    if (!m_keyringAnswers) {
        fromVault();
    } else {
        m_keyring->remove(key).then(this, [fromVault](const Result<void> &) { fromVault(); });
    }
    return answer.future();
}

QString ChainStore::displayName() const
{
    return m_keyringAnswers ? m_keyring->displayName() : m_vault.displayName();
}

} // namespace linchpin
