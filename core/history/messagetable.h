// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/historystore.h"

namespace linchpin {

class ConversationTable;
class SqlConnection;

/// Messages in the database: adding without repeats, delivery, pages. For the worker's
/// thread; each call runs inside the worker's transaction.
///
/// A message's id is its time in milliseconds times 2,048 plus a number that makes it unique, so
/// that the order of ids is the order of time over all conversations, which the full-text indexes
/// give for nothing (docs/adr/0003). 53 bits until the year 2109: exact in JSON, too.
class MessageTable {
public:
    MessageTable(SqlConnection &connection, ConversationTable &conversations);

    Result<HistoryStore::Appended> append(const StoredMessage &message);

    Result<DeliveryState> setDelivery(const HistoryStore::DeliveryChange &change);
    Result<StoredMessage> applyUpdate(const AccountId &account, const MessageUpdate &update);
    Result<StoredMessage> correct(const ConversationKey &key, const MessageReference &replaces,
        const QString &author, const RichText &body);

    Result<QList<StoredMessage>> outbox();
    Result<HistoryPage> newest(const ConversationKey &key, int count);
    Result<HistoryPage> before(const ConversationKey &key, const MessagePlace &place, int count);
    Result<HistoryPage> after(const ConversationKey &key, const MessagePlace &place, int count);
    Result<HistoryPage> around(const ConversationKey &key, const MessageId &id, int count);
    Result<StoredMessage> message(const MessageId &id);

private:
    Result<std::optional<MessageId>> insert(qint64 conversation, const StoredMessage &message);
    Result<void> addToIndexes(qint64 id, const QString &text, bool spaceless);
    Result<qint64> freeIdAfter(qint64 id);
    Result<std::optional<StoredMessage>> known(qint64 conversation, const StoredMessage &message);
    /// The copy of a message that was imported from another program's log, which has no ids.
    Result<std::optional<StoredMessage>> importedCopy(
        qint64 conversation, const StoredMessage &message);
    Result<bool> mergeIds(StoredMessage &stored, const QString &remoteId, const QString &serverId,
        const QString &originId);
    /// The message that a network's id names in a conversation; `author` empty = one of ours first.
    Result<std::optional<StoredMessage>> byNetworkId(const ConversationKey &key,
        const QString &remoteId, const QString &originId, const QString &author);
    Result<QList<StoredMessage>> read(const QString &sql, const QVariantList &values);
    /// With the gaps between the two times; an invalid one is no bound.
    Result<HistoryPage> finished(const ConversationKey &key, QList<StoredMessage> messages,
        bool hasOlder, bool hasNewer, const QDateTime &gapsFrom, const QDateTime &gapsTo);

    SqlConnection &m_connection;
    ConversationTable &m_conversations;
    MessageId m_lastId; ///< only a guess where to begin
};

} // namespace linchpin
