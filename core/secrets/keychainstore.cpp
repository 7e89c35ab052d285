// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/keychainstore.h"

#include "core/secrets/secreterrors.h"

#include <QCoreApplication>
#include <QTimer>
#include <qt6keychain/keychain.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr auto kLimit = 2min; // somebody may be typing the keyring's password

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

/// Starts a job that deletes itself; `finished` gets it when it is done or its time is over.
template <class T, class Value>
Async<T> run(QKeychain::Job *job, const QString &key, QObject *context, Value value)
{
    const Answer<T> answer;
    job->setKey(key);
    job->setAutoDelete(true);
    // Never QKeychain's own way out: a plain-text file.
    job->setInsecureFallback(false);
    QObject::connect(job, &QKeychain::Job::finished, context,
        [answer, value = std::move(value)](QKeychain::Job *done) {
            if (done->error() == QKeychain::NoError) {
                answer.give(value(done));
            } else {
                answer.fail(errorOf(*done));
            }
        });
    QTimer::singleShot(kLimit, job,
        [answer] { answer.fail(secretError(u"keyring-unavailable"_s, u"no answer"_s)); });
    job->start();
    return answer.future();
}

} // namespace

KeychainStore::KeychainStore(QString service)
    : m_service(std::move(service))
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
    return run<QString>(job, key, &m_context, [](QKeychain::Job *done) {
        return Result<QString>(static_cast<QKeychain::ReadPasswordJob *>(done)->textData());
    });
}

Async<void> KeychainStore::write(const QString &key, const QString &value)
{
    auto *const job = new QKeychain::WritePasswordJob(m_service);
    job->setTextData(value);
    return run<void>(job, key, &m_context, [](QKeychain::Job *) { return Result<void> {}; });
}

Async<void> KeychainStore::remove(const QString &key)
{
    auto *const job = new QKeychain::DeletePasswordJob(m_service);
    return run<void>(job, key, &m_context, [](QKeychain::Job *) { return Result<void> {}; });
}

QString KeychainStore::displayName() const
{
    return QCoreApplication::translate("linchpin::Secrets", "the system's keyring");
}

} // namespace linchpin
