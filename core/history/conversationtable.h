// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/historystore.h"

#include <QHash>

namespace linchpin {

class SqlConnection;

/// Conversations, drafts, gaps and cached contacts in the database. For the worker's thread; each
/// call runs inside the worker's transaction. Counts and excerpts are kept in memory and written
/// once a transaction by flush().
class ConversationTable {
public:
    explicit ConversationTable(SqlConnection &connection);

    struct Row {
        qint64 id = 0;
        ConversationSummary summary;
        MessagePlace last;
        bool dirty = false;
    };

    /// nullptr where there is none.
    Result<Row *> find(const ConversationKey &key);
    Result<Row *> findOrMake(const ConversationKey &key);
    Result<ConversationKey> keyOf(qint64 conversation);

    /// A message was added: counts it, moves the excerpt.
    Result<void> added(Row &row, const StoredMessage &message);
    /// Its text changed or went.
    void changed(Row &row, const StoredMessage &message);

    Result<QList<ConversationSummary>> all();
    Result<ConversationSummary> one(const ConversationKey &key);
    Result<void> markRead(const ConversationKey &key, const MessagePlace &upTo);
    Result<void> saveDraft(const ConversationKey &key, const QString &draft);
    Result<void> setFlags(const ConversationKey &key, const HistoryStore::ConversationFlags &flags);
    Result<void> addGap(const ConversationKey &key, const QDateTime &from, const QDateTime &to);
    Result<void> closeGap(const ConversationKey &key, qint64 gap);
    /// Gaps that overlap the span; an invalid end is open.
    Result<QList<StoredGap>> gaps(qint64 conversation, const QDateTime &from, const QDateTime &to);
    Result<void> remove(const ConversationKey &key);
    Result<void> removeAccount(const AccountId &account);

    Result<QList<ContactSnapshot>> contacts(const AccountId &account);
    Result<void> setContacts(const AccountId &account, const QList<ContactSnapshot> &contacts);

    Result<void> flush(); ///< before every commit
    void forget(); ///< after every rollback: what is in memory may be wrong

private:
    Result<qint64> accountRow(const AccountId &account);
    Result<void> recount(Row &row);

    SqlConnection &m_connection;
    QHash<ConversationKey, Row> m_rows;
    QHash<qint64, ConversationKey> m_keys;
    QHash<AccountId, qint64> m_accounts;
};

/// Whether a message counts as unread for the user.
bool countsAsUnread(const StoredMessage &message);

} // namespace linchpin
