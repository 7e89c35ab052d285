// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/conversationtable.h"
#include "core/history/messagesearch.h"
#include "core/history/messagetable.h"
#include "core/history/sqlconnection.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace linchpin {

/// What a job may touch; only in the worker's thread.
struct HistoryTables {
    SqlConnection connection;
    ConversationTable conversations { connection };
    MessageTable messages { connection, conversations };
    MessageSearch search { connection, conversations };
};

/// Something to do in the worker's thread. attempt() may be called several times (the transaction
/// was rolled back in between), fail() replaces what the last one came to; answer() follows in the
/// thread that asked.
class HistoryJob {
public:
    virtual ~HistoryJob();
    virtual bool writes() const = 0;
    /// Fails only with Error::Kind::Storage; any other error is an answer.
    virtual Result<void> attempt(HistoryTables &tables) = 0;
    virtual void fail(const Error &error) = 0;
    virtual void answer() = 0;
};

/// The thread with the only connection to the database. Jobs are carried out in order; writes that
/// stand next to each other share a transaction. A write that fails for want of space or because
/// the file is not writable is kept and repeated with back-off (reads go on meanwhile); a damaged
/// file is reported, set aside, and a new one begun.
class HistoryWorker {
public:
    struct Callbacks { ///< called in the worker's thread
        std::function<void(const Error &)> troubled;
        std::function<void()> recovered;
        std::function<void(std::deque<std::unique_ptr<HistoryJob>>)> finished; ///< to be answered
    };
    HistoryWorker(QString file, Callbacks callbacks);
    ~HistoryWorker(); ///< carries out what is queued, trying each write at least once
    HistoryWorker(const HistoryWorker &) = delete;
    HistoryWorker &operator=(const HistoryWorker &) = delete;

    /// Opens the file in the worker's thread, before any job is done; the job "opening" gets to
    /// know how that went.
    void start(std::unique_ptr<HistoryJob> opening);
    void add(std::unique_ptr<HistoryJob> job);
    void setFirstRetry(std::chrono::milliseconds wait);

private:
    using Jobs = std::deque<std::unique_ptr<HistoryJob>>;

    void work(std::unique_ptr<HistoryJob> opening);
    void finish(std::unique_ptr<HistoryJob> job);
    Result<void> open();
    Result<void> openOnce();
    Result<void> setAside(const Error &why);
    void read(std::unique_ptr<HistoryJob> job);
    void write(Jobs batch);
    Result<void> attempt(const Jobs &batch, size_t &culprit);
    /// Waits, doing reads meanwhile; false when the program ends.
    bool waitBeforeRetry(std::chrono::milliseconds wait);

    const QString m_file;
    const Callbacks m_callbacks;
    std::unique_ptr<HistoryTables> m_tables; // worker's thread only
    std::optional<Error> m_unusable; // worker's thread only: why there is no history
    bool m_troubled = false; // worker's thread only

    std::mutex m_mutex;
    std::condition_variable m_wake;
    Jobs m_jobs;
    bool m_ending = false;
    std::chrono::milliseconds m_firstRetry { 1000 };
    std::thread m_thread;
};

} // namespace linchpin
