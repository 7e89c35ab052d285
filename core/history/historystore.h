// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/sdk/contact.h"
#include "core/sdk/result.h"

#include <QObject>

#include <chrono>
#include <memory>
#include <optional>

namespace linchpin {

class HistoryWorker;

/// All messages, drafts, read positions and cached contact lists of a profile, in one SQLite file
/// (WAL, FTS5). Asynchronous facade for the main thread; the only connection to the database lives
/// in the worker's thread. Calls are carried out in order and answered by this thread's event loop:
/// waiting for a future without one (QFuture::result()) never ends. Errors: `history-open-failed`,
/// `history-newer-version`, `disk-full`, `history-damaged`, `history-failed`.
class HistoryStore : public QObject {
    Q_OBJECT
public:
    /// `file` may be `:memory:`. Nothing is opened before open().
    explicit HistoryStore(QString file, QObject *parent = nullptr);
    ~HistoryStore() override; ///< carries out what is queued, then closes

    Async<void> open();

    struct Appended {
        MessageId id;
        bool duplicate
            = false; ///< it was there already (same conversation and remoteId, serverId or
                     ///< originId); `id` is the known one, its missing ids are filled in
        /// Set where the repeat taught something about the known one: ids, or that it was sent.
        std::optional<StoredMessage> changed;
        int unread = 0; ///< of the conversation, now
        int mentions = 0;
    };
    /// Durable when answered: survives kill -9. Consecutive appends are grouped into one
    /// transaction.
    Async<Appended> append(const StoredMessage &message);
    Async<void> appendMany(const QList<StoredMessage> &messages); ///< import and catch-up

    struct DeliveryChange {
        MessageId id;
        DeliveryState state = DeliveryState::Sent;
        QString remoteId; ///< empty = unchanged
        QString serverId; ///< empty = unchanged
        QDateTime sentAt; ///< invalid = unchanged
        std::optional<Error> failure;
    };
    /// Applied only where it advances (sdk advances()); answers the state that holds then.
    Async<DeliveryState> setDelivery(const DeliveryChange &change);
    /// By the network's ids; answers the message as it is now, or `message-not-found`.
    Async<StoredMessage> applyUpdate(const AccountId &account, const MessageUpdate &update);
    /// A correction: replaces the text of the message that `replaces` names, if the author is the
    /// same; answers the message as it is now, or `message-not-found`.
    Async<StoredMessage> correct(const ConversationKey &key, const MessageReference &replaces,
        const QString &author, const RichText &body);

    /// Outgoing messages that are Queued or Submitted, oldest first, at most 10,000.
    Async<QList<StoredMessage>> outbox();

    Async<HistoryPage> newest(const ConversationKey &key, int count);
    Async<HistoryPage> before(const ConversationKey &key, const MessagePlace &place, int count);
    Async<HistoryPage> after(const ConversationKey &key, const MessagePlace &place, int count);
    /// The page with `id` in its middle, for a jump to a search hit.
    Async<HistoryPage> around(const ConversationKey &key, const MessageId &id, int count);
    Async<StoredMessage> message(const MessageId &id);

    Async<QList<SearchHit>> search(const SearchRequest &request);

    Async<QList<ConversationSummary>> conversations();
    Async<ConversationSummary> conversation(const ConversationKey &key);
    Async<void> markRead(const ConversationKey &key, const MessagePlace &upTo);
    Async<void> saveDraft(const ConversationKey &key, const QString &draft);
    struct ConversationFlags {
        std::optional<bool> pinned;
        std::optional<bool> muted;
        std::optional<bool> open;
        std::optional<QString> name;
    };
    Async<void> setFlags(const ConversationKey &key, const ConversationFlags &flags);

    Async<void> addGap(const ConversationKey &key, const QDateTime &from, const QDateTime &to);
    Async<void> closeGap(const ConversationKey &key, qint64 gap);

    /// The contact list as last seen, so that the window shows people before the network answers.
    Async<QList<ContactSnapshot>> cachedContacts(const AccountId &account);
    Async<void> cacheContacts(const AccountId &account, const QList<ContactSnapshot> &contacts);

    Async<void> removeConversation(const ConversationKey &key);
    Async<void> removeAccount(const AccountId &account);

    /// Bounds the file to so many pages of 4 KiB, so that a full disk can be rehearsed; 0 = none.
    Async<void> setMaximumPages(qint64 pages);
    /// The first wait before a write that failed is repeated; doubles up to a minute. Default 1 s.
    void setFirstRetry(std::chrono::milliseconds wait);

Q_SIGNALS:
    /// A write could not be carried out (disk full, damaged): shown to the user; the write is
    /// repeated with back-off until it succeeds or the program ends, except after
    /// `history-damaged`.
    void troubled(const linchpin::Error &error);
    void recovered();

private:
    void askForTurn(); ///< from any thread
    void answerSome();

    std::unique_ptr<HistoryWorker> m_worker;
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace linchpin
