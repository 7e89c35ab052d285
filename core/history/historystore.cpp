// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/historystore.h"

#include "core/history/historyworker.h"

#include <QDeadlineTimer>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <utility>

using namespace std::chrono_literals;

namespace linchpin {

namespace {

/// How long answers may hold the window's thread at a time. A burst is answered in several turns of
/// the event loop; between them the window draws and takes what is typed.
constexpr std::chrono::milliseconds kLongestTurn = 8ms;

template <class T> class Job : public HistoryJob {
public:
    using Work = std::function<Result<T>(HistoryTables &)>;
    Job(bool writes, Work work)
        : m_work(std::move(work))
        , m_writes(writes)
    {
        if constexpr (std::is_void_v<T>) {
            m_result = Result<T> {};
        }
    }
    Async<T> future() const { return m_answer.future(); }

    bool writes() const override { return m_writes; }
    Result<void> attempt(HistoryTables &tables) override
    {
        m_result = m_work(tables);
        if (!*m_result && m_result->error().kind == Error::Kind::Storage) {
            return std::unexpected(m_result->error());
        }
        return {};
    }
    void fail(const Error &error) override { m_result = Result<T>(std::unexpect, error); }
    void answer() override
    {
        if (m_result) {
            m_answer.give(std::move(*m_result));
        }
    }

private:
    Work m_work;
    Answer<T> m_answer;
    std::optional<Result<T>> m_result;
    bool m_writes;
};

} // namespace

/// Answers are given in this object's thread: a continuation whose context goes while another
/// thread finishes the future is a race inside Qt.
class HistoryStore::Private {
public:
    bool opened = false;
    std::mutex mutex;
    std::deque<std::unique_ptr<HistoryJob>> finished;
    bool told = false;

    /// The next one to answer. `more` is called where others wait that no turn is asked for yet:
    /// before the answer is given, for who gets it may open a dialog with an event loop of its own.
    std::unique_ptr<HistoryJob> next(const std::function<void()> &more)
    {
        const std::lock_guard lock(mutex);
        if (finished.empty()) {
            return {};
        }
        std::unique_ptr<HistoryJob> job = std::move(finished.front());
        finished.pop_front();
        if (!finished.empty() && !std::exchange(told, true)) {
            more();
        }
        return job;
    }
};

namespace {

template <class T, class Work> Async<T> added(HistoryWorker &worker, bool writes, Work work)
{
    auto job = std::make_unique<Job<T>>(writes, std::move(work));
    Async<T> future = job->future();
    worker.add(std::move(job));
    return future;
}

template <class T, class Work> Async<T> reading(HistoryWorker &worker, Work work)
{
    return added<T>(worker, false, std::move(work));
}

template <class T, class Work> Async<T> writing(HistoryWorker &worker, Work work)
{
    return added<T>(worker, true, std::move(work));
}

} // namespace

HistoryStore::HistoryStore(QString file, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    // The worker ends before this object does, so `this` is valid in its callbacks.
    m_worker = std::make_unique<HistoryWorker>(std::move(file),
        HistoryWorker::Callbacks {
            .troubled =
                [this](const Error &error) {
                    QMetaObject::invokeMethod(
                        this, [this, error] { Q_EMIT troubled(error); }, Qt::QueuedConnection);
                },
            .recovered =
                [this] {
                    QMetaObject::invokeMethod(
                        this, [this] { Q_EMIT recovered(); }, Qt::QueuedConnection);
                },
            .finished =
                [this](std::deque<std::unique_ptr<HistoryJob>> jobs) {
                    const std::lock_guard lock(d->mutex);
                    std::ranges::move(jobs, std::back_inserter(d->finished));
                    if (!std::exchange(d->told, true)) {
                        askForTurn();
                    }
                },
        });
}

HistoryStore::~HistoryStore()
{
    m_worker.reset();
    while (const auto job = d->next([] { })) {
        job->answer();
    }
}

void HistoryStore::askForTurn()
{
    QMetaObject::invokeMethod(this, &HistoryStore::answerSome, Qt::QueuedConnection);
}

void HistoryStore::answerSome()
{
    {
        const std::lock_guard lock(d->mutex);
        d->told = false;
    }
    const QDeadlineTimer end(kLongestTurn);
    do {
        const auto job = d->next([this] { askForTurn(); });
        if (!job) {
            return;
        }
        job->answer();
    } while (!end.hasExpired());
}

Async<void> HistoryStore::open()
{
    if (std::exchange(d->opened, true)) {
        return readyOk();
    }
    auto job
        = std::make_unique<Job<void>>(false, [](HistoryTables &) -> Result<void> { return {}; });
    Async<void> future = job->future();
    m_worker->start(std::move(job));
    return future;
}

Async<HistoryStore::Appended> HistoryStore::append(const StoredMessage &message)
{
    return writing<Appended>(
        *m_worker, [message](HistoryTables &tables) { return tables.messages.append(message); });
}

Async<void> HistoryStore::appendMany(const QList<StoredMessage> &messages)
{
    return writing<void>(*m_worker, [messages](HistoryTables &tables) -> Result<void> {
        for (const StoredMessage &message : messages) {
            if (const auto done = tables.messages.append(message); !done) {
                return std::unexpected(done.error());
            }
        }
        return {};
    });
}

Async<DeliveryState> HistoryStore::setDelivery(const DeliveryChange &change)
{
    return writing<DeliveryState>(
        *m_worker, [change](HistoryTables &tables) { return tables.messages.setDelivery(change); });
}

Async<StoredMessage> HistoryStore::applyUpdate(
    const AccountId &account, const MessageUpdate &update)
{
    return writing<StoredMessage>(*m_worker, [account, update](HistoryTables &tables) {
        return tables.messages.applyUpdate(account, update);
    });
}

Async<StoredMessage> HistoryStore::correct(const ConversationKey &key,
    const MessageReference &replaces, const QString &author, const RichText &body)
{
    return writing<StoredMessage>(*m_worker, [=](HistoryTables &tables) {
        return tables.messages.correct(key, replaces, author, body);
    });
}

Async<QList<StoredMessage>> HistoryStore::outbox()
{
    return reading<QList<StoredMessage>>(
        *m_worker, [](HistoryTables &tables) { return tables.messages.outbox(); });
}

Async<HistoryPage> HistoryStore::newest(const ConversationKey &key, int count)
{
    return reading<HistoryPage>(*m_worker,
        [key, count](HistoryTables &tables) { return tables.messages.newest(key, count); });
}

Async<HistoryPage> HistoryStore::before(
    const ConversationKey &key, const MessagePlace &place, int count)
{
    return reading<HistoryPage>(*m_worker, [key, place, count](HistoryTables &tables) {
        return tables.messages.before(key, place, count);
    });
}

Async<HistoryPage> HistoryStore::after(
    const ConversationKey &key, const MessagePlace &place, int count)
{
    return reading<HistoryPage>(*m_worker, [key, place, count](HistoryTables &tables) {
        return tables.messages.after(key, place, count);
    });
}

Async<HistoryPage> HistoryStore::around(const ConversationKey &key, const MessageId &id, int count)
{
    return reading<HistoryPage>(*m_worker,
        [key, id, count](HistoryTables &tables) { return tables.messages.around(key, id, count); });
}

Async<StoredMessage> HistoryStore::message(const MessageId &id)
{
    return reading<StoredMessage>(
        *m_worker, [id](HistoryTables &tables) { return tables.messages.message(id); });
}

Async<QList<SearchHit>> HistoryStore::search(const SearchRequest &request)
{
    return reading<QList<SearchHit>>(
        *m_worker, [request](HistoryTables &tables) { return tables.search.find(request); });
}

Async<QList<ConversationSummary>> HistoryStore::conversations()
{
    return reading<QList<ConversationSummary>>(
        *m_worker, [](HistoryTables &tables) { return tables.conversations.all(); });
}

Async<ConversationSummary> HistoryStore::conversation(const ConversationKey &key)
{
    return reading<ConversationSummary>(
        *m_worker, [key](HistoryTables &tables) { return tables.conversations.one(key); });
}

Async<void> HistoryStore::markRead(const ConversationKey &key, const MessagePlace &upTo)
{
    return writing<void>(*m_worker,
        [key, upTo](HistoryTables &tables) { return tables.conversations.markRead(key, upTo); });
}

Async<void> HistoryStore::saveDraft(const ConversationKey &key, const QString &draft)
{
    return writing<void>(*m_worker,
        [key, draft](HistoryTables &tables) { return tables.conversations.saveDraft(key, draft); });
}

Async<void> HistoryStore::setFlags(const ConversationKey &key, const ConversationFlags &flags)
{
    return writing<void>(*m_worker,
        [key, flags](HistoryTables &tables) { return tables.conversations.setFlags(key, flags); });
}

Async<void> HistoryStore::addGap(
    const ConversationKey &key, const QDateTime &from, const QDateTime &to)
{
    return writing<void>(*m_worker, [key, from, to](HistoryTables &tables) {
        return tables.conversations.addGap(key, from, to);
    });
}

Async<void> HistoryStore::closeGap(const ConversationKey &key, qint64 gap)
{
    return writing<void>(*m_worker,
        [key, gap](HistoryTables &tables) { return tables.conversations.closeGap(key, gap); });
}

Async<QList<ContactSnapshot>> HistoryStore::cachedContacts(const AccountId &account)
{
    return reading<QList<ContactSnapshot>>(*m_worker,
        [account](HistoryTables &tables) { return tables.conversations.contacts(account); });
}

Async<void> HistoryStore::cacheContacts(
    const AccountId &account, const QList<ContactSnapshot> &contacts)
{
    return writing<void>(*m_worker, [account, contacts](HistoryTables &tables) {
        return tables.conversations.setContacts(account, contacts);
    });
}

Async<void> HistoryStore::removeConversation(const ConversationKey &key)
{
    return writing<void>(
        *m_worker, [key](HistoryTables &tables) { return tables.conversations.remove(key); });
}

Async<void> HistoryStore::removeAccount(const AccountId &account)
{
    return writing<void>(*m_worker,
        [account](HistoryTables &tables) { return tables.conversations.removeAccount(account); });
}

Async<void> HistoryStore::setMaximumPages(qint64 pages)
{
    // Not part of a transaction that could fail for want of the very pages it asks for.
    return reading<void>(*m_worker, [pages](HistoryTables &tables) {
        constexpr qint64 kSqliteDefault = 0xfffffffe;
        return tables.connection.execute(
            QStringLiteral("PRAGMA max_page_count = %1").arg(pages > 0 ? pages : kSqliteDefault));
    });
}

void HistoryStore::setFirstRetry(std::chrono::milliseconds wait)
{
    m_worker->setFirstRetry(wait);
}

} // namespace linchpin
