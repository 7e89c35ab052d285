// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/accountstore.h"

#include "core/accounts/accountfile.h"
#include "core/settings/atomicfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QtConcurrent>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr std::chrono::milliseconds kSoon = 300ms;
constexpr std::chrono::milliseconds kLater = 10s;

Error storageError(const QString &code, const char *title, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Storage;
    error.code = code;
    error.title = QCoreApplication::translate("linchpin::AccountStore", title);
    error.detail = detail;
    return error;
}

Result<void> writeWithBackup(const QString &fileName, const QByteArray &bytes)
{
    QFile old(fileName);
    if (old.open(QIODevice::ReadOnly)) {
        const QByteArray before = old.readAll();
        if (before == bytes) {
            return {};
        }
        if (const auto result = writeFileAtomically(fileName + u".bak"_s, before); !result) {
            return result;
        }
    }
    return writeFileAtomically(fileName, bytes);
}

} // namespace

AccountStore::AccountStore(QString fileName, QObject *parent)
    : QObject(parent)
    , m_fileName(std::move(fileName))
{
    m_thread.setMaxThreadCount(1);
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &AccountStore::writeNow);
}

AccountStore::~AccountStore()
{
    if (m_dirty) {
        writeNow();
    }
    m_thread.waitForDone();
}

Result<QList<AccountConfig>> AccountStore::load()
{
    QFile file(m_fileName);
    if (!file.exists()) {
        m_refusing = false;
        return QList<AccountConfig> {};
    }
    if (!file.open(QIODevice::ReadOnly)) {
        m_refusing = true;
        return std::unexpected(storageError(u"read-failed"_s,
            QT_TRANSLATE_NOOP(
                "linchpin::AccountStore", "The file of your accounts cannot be read."),
            m_fileName + u": "_s + file.errorString()));
    }
    Result<QList<AccountConfig>> accounts = accountsFromJson(file.readAll());
    m_refusing = !accounts;
    if (!accounts) {
        Error &error = accounts.error();
        error.detail.prepend(m_fileName + u": "_s);
        if (error.code == "accounts-damaged"_L1 && hasBackup()) {
            error.remedy = QCoreApplication::translate("linchpin::AccountStore",
                "The version before it is kept as %1; it can be put back.")
                               .arg(m_fileName + u".bak"_s);
        }
    }
    return accounts;
}

bool AccountStore::hasBackup() const
{
    QFile file(m_fileName + u".bak"_s);
    return file.open(QIODevice::ReadOnly) && accountsFromJson(file.readAll()).has_value();
}

Result<void> AccountStore::putAside()
{
    if (QFile::exists(m_fileName)) {
        QString aside = m_fileName + u".damaged"_s;
        for (int i = 2; QFile::exists(aside); ++i) {
            aside = u"%1.damaged-%2"_s.arg(m_fileName).arg(i);
        }
        QFile file(m_fileName);
        if (!file.rename(aside)) {
            return std::unexpected(storageError(u"write-failed"_s,
                QT_TRANSLATE_NOOP("linchpin::AccountStore",
                    "The damaged file of your accounts cannot be put aside."),
                file.errorString()));
        }
    }
    m_refusing = false;
    return {};
}

Result<QList<AccountConfig>> AccountStore::restoreBackup()
{
    QFile backup(m_fileName + u".bak"_s);
    if (!backup.open(QIODevice::ReadOnly)) {
        return std::unexpected(storageError(u"read-failed"_s,
            QT_TRANSLATE_NOOP("linchpin::AccountStore", "There is no backup of your accounts."),
            backup.errorString()));
    }
    const QByteArray bytes = backup.readAll();
    const auto accounts = accountsFromJson(bytes);
    if (!accounts) {
        return accounts;
    }
    if (const auto aside = putAside(); !aside) {
        return std::unexpected(aside.error());
    }
    if (const auto written = writeFileAtomically(m_fileName, bytes); !written) {
        return std::unexpected(written.error());
    }
    return accounts;
}

Result<void> AccountStore::startAfresh()
{
    return putAside();
}

void AccountStore::save(const QList<AccountConfig> &accounts, Urgency urgency)
{
    if (m_refusing) {
        Q_EMIT failed(storageError(u"accounts-damaged"_s,
            QT_TRANSLATE_NOOP("linchpin::AccountStore",
                "Nothing is written while the damaged file of your accounts stands there."),
            m_fileName));
        return;
    }
    m_accounts = accounts;
    m_dirty = true;
    const auto delay = urgency == Urgency::Soon ? kSoon : kLater;
    if (!m_delay.isActive() || m_delay.remainingTimeAsDuration() > delay) {
        m_delay.start(delay);
    }
}

void AccountStore::writeNow()
{
    m_delay.stop();
    m_dirty = false;
    // Values are copied here and written there.
    ++m_writing;
    QtConcurrent::run(&m_thread, [fileName = m_fileName, accounts = m_accounts]() -> Result<void> {
        return writeWithBackup(fileName, accountsToJson(accounts));
    }).then(this, [this](const Result<void> &result) {
        --m_writing;
        m_lastResult = result;
        if (!result) {
            Q_EMIT failed(result.error());
        }
        if (m_writing == 0) {
            for (const Answer<void> &answer : std::exchange(m_flushes, {})) {
                answer.give(m_lastResult);
            }
        }
    });
}

Async<void> AccountStore::flush()
{
    if (m_dirty) {
        writeNow();
    }
    if (m_writing == 0) {
        return ready<void>(m_lastResult);
    }
    // A future has one continuation: everybody who waits gets an own one.
    const Answer<void> answer;
    m_flushes.append(answer);
    return answer.future();
}

} // namespace linchpin
