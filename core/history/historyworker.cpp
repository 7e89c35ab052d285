// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/historyworker.h"

#include "core/history/migrations.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTimeZone>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Writes of one transaction; bounds how long a read waits behind a burst.
constexpr size_t kMostInOneTransaction = 512;
constexpr std::chrono::milliseconds kLongestRetry { 60'000 };

bool isDamage(const Error &error)
{
    return error.code == "history-damaged"_L1;
}

} // namespace

HistoryJob::~HistoryJob() = default;

HistoryWorker::HistoryWorker(QString file, Callbacks callbacks)
    : m_file(std::move(file))
    , m_callbacks(std::move(callbacks))
{
}

HistoryWorker::~HistoryWorker()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void HistoryWorker::start(std::unique_ptr<HistoryJob> opening)
{
    m_thread
        = std::thread([this, opening = std::move(opening)]() mutable { work(std::move(opening)); });
}

void HistoryWorker::finish(std::unique_ptr<HistoryJob> job)
{
    Jobs one;
    one.push_back(std::move(job));
    m_callbacks.finished(std::move(one));
}

void HistoryWorker::add(std::unique_ptr<HistoryJob> job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void HistoryWorker::setFirstRetry(std::chrono::milliseconds wait)
{
    const std::lock_guard lock(m_mutex);
    m_firstRetry = wait;
}

void HistoryWorker::work(std::unique_ptr<HistoryJob> opening)
{
    if (const Result<void> opened = open(); !opened) {
        m_unusable = opened.error();
        opening->fail(opened.error());
    }
    finish(std::move(opening));
    while (true) {
        Jobs batch;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_ending || !m_jobs.empty(); });
            if (m_jobs.empty()) {
                break;
            }
            do {
                batch.push_back(std::move(m_jobs.front()));
                m_jobs.pop_front();
            } while (batch.back()->writes() && batch.size() < kMostInOneTransaction
                && !m_jobs.empty() && m_jobs.front()->writes());
        }
        if (m_unusable) {
            for (const auto &job : batch) {
                job->fail(m_unusable.value_or(Error {}));
            }
            m_callbacks.finished(std::move(batch));
        } else if (batch.front()->writes()) {
            write(std::move(batch));
        } else {
            read(std::move(batch.front()));
        }
    }
    m_tables.reset();
}

Result<void> HistoryWorker::openOnce()
{
    m_tables = std::make_unique<HistoryTables>();
    SqlConnection &connection = m_tables->connection;
    Result<void> done = connection.open(m_file);
    // WAL with synchronous=NORMAL: a commit is in the write-ahead log, in the system's hands, when
    // it is answered, which survives the end of the process at any instant. Only a power cut may
    // take the last commits; it never damages the file (https://www.sqlite.org/wal.html).
    for (const QString &pragma :
        { u"busy_timeout = 5000"_s, u"journal_mode = WAL"_s, u"synchronous = NORMAL"_s,
            u"foreign_keys = ON"_s, u"secure_delete = ON"_s, u"journal_size_limit = 8388608"_s,
            u"cache_size = -8000"_s, u"temp_store = MEMORY"_s }) {
        if (done) {
            done = connection.execute(u"PRAGMA "_s + pragma);
        }
    }
    if (done) {
        done = migrate(connection);
    }
    if (!done) {
        m_tables.reset();
    }
    return done;
}

Result<void> HistoryWorker::open()
{
    if (m_file != ":memory:"_L1) {
        const QString folder = QFileInfo(m_file).absolutePath();
        QDir().mkpath(folder);
        if (!QFile::exists(m_file)) {
            // What people write to each other is nobody else's business on a shared machine.
            QFile created(m_file);
            if (created.open(QIODevice::WriteOnly | QIODevice::NewOnly,
                    QFile::ReadOwner | QFile::WriteOwner)) {
                created.close();
            }
        }
    }
    Result<void> done = openOnce();
    if (!done && isDamage(done.error())) {
        done = setAside(done.error());
    }
    if (!done && done.error().code != "history-newer-version"_L1) {
        Error error = done.error();
        error.code = u"history-open-failed"_s;
        return std::unexpected(error);
    }
    return done;
}

Result<void> HistoryWorker::setAside(const Error &why)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    const QString aside = u"%1.damaged-%2"_s.arg(m_file, stamp);
    Error error = why;
    error.remedy = QCoreApplication::translate(
        "linchpin::HistoryStore", "It is kept as %1, and a new history begins.")
                       .arg(QDir::toNativeSeparators(aside));
    m_callbacks.troubled(error);
    m_tables.reset();
    for (const QString &suffix : { u""_s, u"-wal"_s, u"-shm"_s }) {
        if (QFile::exists(m_file + suffix) && !QFile::rename(m_file + suffix, aside + suffix)) {
            return std::unexpected(why);
        }
    }
    return openOnce();
}

void HistoryWorker::read(std::unique_ptr<HistoryJob> job)
{
    const Result<void> done = job->attempt(*m_tables);
    if (!done) {
        job->fail(done.error());
    }
    finish(std::move(job));
    if (!done && isDamage(done.error())) {
        if (const Result<void> opened = setAside(done.error()); !opened) {
            m_unusable = opened.error();
        }
    }
}

Result<void> HistoryWorker::attempt(const Jobs &batch, size_t &culprit)
{
    culprit = batch.size();
    Result<void> done = m_tables->connection.begin();
    for (size_t i = 0; done && i < batch.size(); ++i) {
        done = batch[i]->attempt(*m_tables);
        if (!done) {
            culprit = i;
        }
    }
    if (done) {
        done = m_tables->conversations.flush();
    }
    if (done) {
        done = m_tables->connection.commit();
    }
    if (!done) {
        m_tables->connection.rollback();
        m_tables->conversations.forget();
    }
    return done;
}

void HistoryWorker::write(Jobs batch)
{
    std::chrono::milliseconds wait;
    {
        const std::lock_guard lock(m_mutex);
        wait = m_firstRetry;
    }
    while (!batch.empty()) {
        size_t culprit = 0;
        const Result<void> done = attempt(batch, culprit);
        if (done) {
            m_callbacks.finished(std::move(batch));
            if (std::exchange(m_troubled, false)) {
                m_callbacks.recovered();
            }
            return;
        }
        const Error &error = done.error();
        if (isDamage(error)) {
            if (const Result<void> opened = setAside(error); !opened) {
                m_unusable = opened.error();
                break;
            }
            continue;
        }
        if (error.fatal) {
            // Repeating cannot help: this job alone fails, the others go on.
            if (culprit < batch.size()) {
                batch[culprit]->fail(error);
                finish(std::move(batch[culprit]));
                batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(culprit));
                continue;
            }
            m_callbacks.troubled(error);
            for (const auto &job : batch) {
                job->fail(error);
            }
            m_callbacks.finished(std::move(batch));
            return;
        }
        if (!std::exchange(m_troubled, true)) {
            m_callbacks.troubled(error);
        }
        if (!waitBeforeRetry(wait)) {
            for (const auto &job : batch) {
                job->fail(error);
            }
            m_callbacks.finished(std::move(batch));
            return;
        }
        wait = std::min(wait * 2, kLongestRetry);
    }
    for (const auto &job : batch) {
        job->fail(m_unusable.value_or(Error {}));
    }
    m_callbacks.finished(std::move(batch));
}

bool HistoryWorker::waitBeforeRetry(std::chrono::milliseconds wait)
{
    const auto until = std::chrono::steady_clock::now() + wait;
    std::unique_lock lock(m_mutex);
    while (true) {
        const auto isRead = [](const auto &job) { return !job->writes(); };
        const auto ready = [&] { return m_ending || std::ranges::any_of(m_jobs, isRead); };
        if (!m_wake.wait_until(lock, until, ready)) {
            return true;
        }
        if (m_ending) {
            return false;
        }
        const auto found = std::ranges::find_if(m_jobs, isRead);
        std::unique_ptr<HistoryJob> job = std::move(*found);
        m_jobs.erase(found);
        lock.unlock();
        read(std::move(job));
        lock.lock();
        if (m_unusable) {
            return false;
        }
    }
}

} // namespace linchpin
