// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/vaultstore.h"

#include "core/secrets/secreterrors.h"
#include "core/secrets/secretprompt.h"
#include "core/settings/atomicfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QRandomGenerator>
#include <QtConcurrent>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kAttempts = 3;
constexpr qint64 kMostRead = qint64 { 32 } << 20; // no vault is as large; damaged, then

QByteArray systemRandom(int count)
{
    QByteArray bytes(count, Qt::Uninitialized);
    for (char &byte : bytes) {
        byte = static_cast<char>(QRandomGenerator::system()->generate() & 0xffU);
    }
    return bytes;
}

} // namespace

VaultStore::VaultStore(QString fileName, SecretPrompt *prompt, quint32 rounds, QObject *parent)
    : QObject(parent)
    , m_fileName(std::move(fileName))
    , m_prompt(prompt)
    , m_rounds(rounds)
{
}

VaultStore::~VaultStore() = default;

bool VaultStore::exists() const
{
    return QFile::exists(m_fileName);
}

Result<QByteArray> VaultStore::readFile() const
{
    QFile file(m_fileName);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(
            secretError(u"vault-damaged"_s, m_fileName + u": "_s + file.errorString()));
    }
    return file.read(kMostRead);
}

Result<void> VaultStore::writeFile()
{
    if (!m_key) {
        return std::unexpected(secretError(u"vault-locked"_s));
    }
    const auto file = vault::seal(m_secrets, *m_key, m_parameters, systemRandom(12));
    if (!file) {
        return std::unexpected(file.error());
    }
    return writeFileAtomically(m_fileName, *file);
}

Async<void> VaultStore::create(const QString &password)
{
    if (exists()) {
        return unlock(password);
    }
    vault::Parameters parameters { m_rounds, systemRandom(32) };
    return QtConcurrent::run([password, parameters] {
        return vault::deriveKey(password, parameters);
    }).then(this, [this, parameters, locks = m_locks](const vault::Key &key) -> Result<void> {
        m_parameters = parameters;
        m_key = key;
        m_secrets.clear();
        m_declined = false;
        const auto written = writeFile();
        if (!written) {
            m_key.reset();
            return written;
        }
        if (locks != m_locks) { // made all the same, but the screen is locked
            lock();
            return std::unexpected(secretError(u"vault-locked"_s));
        }
        Q_EMIT lockedChanged();
        return {};
    });
}

Async<void> VaultStore::unlock(const QString &password)
{
    const auto file = readFile();
    if (!file) {
        return readyError<void>(file.error());
    }
    const auto parameters = vault::parameters(*file);
    if (!parameters) {
        return readyError<void>(parameters.error());
    }
    return QtConcurrent::run(
        [password, parameters = *parameters] { return vault::deriveKey(password, parameters); })
        .then(this,
            [this, file = *file, parameters = *parameters, locks = m_locks](
                const vault::Key &key) -> Result<void> {
                if (locks != m_locks) {
                    return std::unexpected(secretError(u"vault-locked"_s)); // the screen is locked
                }
                const auto secrets = vault::open(file, key);
                if (!secrets) {
                    return std::unexpected(secrets.error());
                }
                if (!m_key) { // a second unlock must not undo what was written meanwhile
                    m_secrets = *secrets;
                    m_parameters = parameters;
                    m_key = key;
                    m_declined = false;
                    Q_EMIT lockedChanged();
                }
                return {};
            });
}

Async<void> VaultStore::changePassword(const QString &before, const QString &after)
{
    if (after.isEmpty()) {
        return readyError<void>(secretError(u"vault-no-password"_s)); // nobody could open it again
    }
    const Answer<void> answer;
    // The old password is asked for also while unlocked: whoever sits there must know it.
    const auto proven = readFile().and_then([](const QByteArray &file) {
        return vault::parameters(file).transform([&](const auto &p) { return std::pair(file, p); });
    });
    if (!proven) {
        return readyError<void>(proven.error());
    }
    vault::Parameters fresh { m_rounds, systemRandom(32) };
    struct Keys {
        vault::Key before;
        vault::Key after;
    };
    QtConcurrent::run([before, after, old = proven->second, fresh] {
        return Keys { vault::deriveKey(before, old), vault::deriveKey(after, fresh) };
    }).then(this, [this, answer, file = proven->first, fresh, locks = m_locks](const Keys &keys) {
        const auto secrets = vault::open(file, keys.before);
        if (!secrets) {
            answer.fail(secrets.error());
            return;
        }
        const bool wasUnlocked = m_key.has_value();
        if (!wasUnlocked) {
            m_secrets = *secrets;
        }
        const auto oldKey = m_key;
        const auto oldParameters = m_parameters;
        m_key = keys.after;
        m_parameters = fresh;
        const auto written = writeFile();
        if (!written) {
            m_key = oldKey;
            m_parameters = oldParameters;
            if (!wasUnlocked) {
                m_secrets.clear();
            }
        } else if (locks != m_locks) {
            lock(); // the screen was locked meanwhile
        } else if (!wasUnlocked) {
            m_declined = false;
            Q_EMIT lockedChanged();
        }
        answer.give(written);
    });
    return answer.future();
}

void VaultStore::lock()
{
    ++m_locks;
    if (m_key) {
        m_key->cipher.fill('\0');
        m_key->check.fill('\0');
        m_key.reset();
        m_secrets.clear();
        Q_EMIT lockedChanged();
    }
    m_declined = false;
}

Async<void> VaultStore::ready(bool mayCreate)
{
    if (m_key) {
        return readyOk();
    }
    if (!exists() && !mayCreate) {
        return readyError<void>(secretError(u"no-secret"_s));
    }
    if (!m_prompt || m_declined) {
        return readyError<void>(secretError(u"vault-locked"_s));
    }
    const Answer<void> answer;
    m_waiting.append(answer);
    const auto future = answer.future();
    if (m_waiting.size() == 1) {
        askForPassword({}, 1);
    }
    return future;
}

void VaultStore::answerReady(const Result<void> &result)
{
    const QList<Answer<void>> waiting = std::exchange(m_waiting, {});
    for (const Answer<void> &answer : waiting) {
        answer.give(result);
    }
}

void VaultStore::askForPassword(const QString &complaint, int attempt)
{
    SecretPrompt::Question question;
    question.kind = exists() ? SecretPrompt::Question::Kind::VaultPassword
                             : SecretPrompt::Question::Kind::NewVaultPassword;
    question.complaint = complaint;
    m_prompt->ask(question).then(this, [this, attempt](const Result<SecretPrompt::Reply> &reply) {
        if (!reply || reply->secret.isEmpty()) {
            m_declined = true;
            answerReady(
                std::unexpected(reply ? secretError(u"vault-locked"_s)
                                      : secretError(u"vault-locked"_s, reply.error().detail)));
            return;
        }
        create(reply->secret).then(this, [this, attempt](const Result<void> &result) {
            if (!result && result.error().code == "vault-wrong-password"_L1
                && attempt < kAttempts) {
                askForPassword(result.error().title, attempt + 1);
                return;
            }
            m_declined = !result && result.error().code != "vault-locked"_L1;
            answerReady(result);
        });
    });
}

Async<QString> VaultStore::read(const QString &key)
{
    const Answer<QString> answer;
    ready(false).then(this, [this, answer, key](const Result<void> &unlocked) {
        if (!unlocked) {
            answer.fail(unlocked.error());
        } else if (!m_secrets.contains(key)) {
            answer.fail(secretError(u"no-secret"_s));
        } else {
            answer.give(m_secrets.value(key));
        }
    });
    return answer.future();
}

Async<void> VaultStore::write(const QString &key, const QString &value)
{
    const Answer<void> answer;
    ready(true).then(this, [this, answer, key, value](const Result<void> &unlocked) {
        if (!unlocked) {
            answer.fail(unlocked.error());
            return;
        }
        m_secrets.insert(key, value);
        answer.give(writeFile());
    });
    return answer.future();
}

Async<void> VaultStore::remove(const QString &key)
{
    const Answer<void> answer;
    ready(false).then(this, [this, answer, key](const Result<void> &unlocked) {
        if (!unlocked) {
            answer.fail(unlocked.error());
            return;
        }
        answer.give(m_secrets.remove(key) > 0 ? writeFile() : Result<void> {});
    });
    return answer.future();
}

QString VaultStore::displayName() const
{
    return QCoreApplication::translate("linchpin::Secrets", "the vault of this profile");
}

} // namespace linchpin
