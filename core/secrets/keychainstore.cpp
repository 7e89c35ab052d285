// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/keychainstore.h"

#include "core/secrets/keyringprobe.h"
#include "core/secrets/secreterrors.h"

#include <QCoreApplication>
#include <QTimer>
#include <qt6keychain/keychain.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

Error errorOf(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return secretError(u"no-secret"_s);
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return secretError(u"keyring-locked"_s, job.errorString());
    default:
        return secretError(u"keyring-unavailable"_s, job.errorString());
    }
}

/// Why a keyring that was locked did not do it: of what lies in a locked one it says that it is not
/// there when its question was declined or could not be shown.
template <class T> void failLocked(const Answer<T> &answer, const Error &why, QObject *context)
{
    probeKeyring(context).then(context, [answer, why](const Result<KeyringState> &probed) {
        const KeyringState state = probed.value_or(KeyringState::Unknown);
        const bool isLocked = state == KeyringState::Locked || state == KeyringState::LockedForGood;
        answer.fail(isLocked ? secretError(u"keyring-locked"_s, why.detail) : why);
    });
}

/// Starts a job that deletes itself, where the keyring can be expected to answer; `value` is made
/// of it when it is done.
template <class T, class Value>
Async<T> run(QKeychain::Job *job, const QString &key, QObject *context,
    const KeychainStore::Limits &limits, Value value)
{
    const Answer<T> answer;
    job->setKey(key);
    job->setAutoDelete(true);
    // Never QKeychain's own way out: a plain-text file.
    job->setInsecureFallback(false);
    const auto wasLocked = std::make_shared<bool>(false);
    QObject::connect(job, &QKeychain::Job::finished, context,
        [answer, context, wasLocked, value = std::move(value)](QKeychain::Job *done) {
            if (done->error() == QKeychain::NoError) {
                answer.give(value(done));
            } else if (*wasLocked) {
                failLocked(answer, errorOf(*done), context);
            } else {
                answer.fail(errorOf(*done));
            }
        });
    probeKeyring(context).then(job, [=](const Result<KeyringState> &probed) {
        const KeyringState state = probed.value_or(KeyringState::Unknown);
        *wasLocked = state == KeyringState::Locked;
        if (state == KeyringState::LockedForGood) {
            answer.fail(secretError(
                u"keyring-locked"_s, u"no program is there that could ask for its password"_s));
            job->deleteLater();
            return;
        }
        const bool isLocked = state == KeyringState::Locked || state == KeyringState::Unknown;
        // Somebody may be typing its password.
        QTimer::singleShot(isLocked ? limits.unlocking : limits.answer, job, [answer, state] {
            answer.fail(state == KeyringState::Locked
                    ? secretError(u"keyring-locked"_s, u"nobody entered its password in time"_s)
                    : secretError(u"keyring-unavailable"_s, u"no answer"_s));
        });
        job->start();
    });
    return answer.future();
}

} // namespace

KeychainStore::KeychainStore(QString service)
    : KeychainStore(std::move(service), Limits {})
{
}

KeychainStore::KeychainStore(QString service, const Limits &limits)
    : m_service(std::move(service))
    , m_limits(limits)
{
}

KeychainStore::~KeychainStore() = default;

bool KeychainStore::isAvailable()
{
    return QKeychain::isAvailable();
}

Async<QString> KeychainStore::read(const QString &key)
{
    auto *const job = new QKeychain::ReadPasswordJob(m_service);
    return run<QString>(job, key, &m_context, m_limits, [](QKeychain::Job *done) {
        return Result<QString>(static_cast<QKeychain::ReadPasswordJob *>(done)->textData());
    });
}

Async<void> KeychainStore::write(const QString &key, const QString &value)
{
    auto *const job = new QKeychain::WritePasswordJob(m_service);
    job->setTextData(value);
    return run<void>(
        job, key, &m_context, m_limits, [](QKeychain::Job *) { return Result<void> {}; });
}

Async<void> KeychainStore::remove(const QString &key)
{
    auto *const job = new QKeychain::DeletePasswordJob(m_service);
    return run<void>(
        job, key, &m_context, m_limits, [](QKeychain::Job *) { return Result<void> {}; });
}

QString KeychainStore::displayName() const
{
    return QCoreApplication::translate("linchpin::Secrets", "the system's keyring");
}

} // namespace linchpin
