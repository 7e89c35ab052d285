// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/messagetable.h"

#include "core/history/conversationtable.h"
#include "core/history/messagecolumns.h"
#include "core/history/messagerow.h"
#include "core/history/sqlconnection.h"

#include <QCoreApplication>
#include <QTimeZone>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kMostOnAPage = 1000;
/// Full milliseconds in a row before an insertion gives up.
constexpr int kMostPlacesTried = 1000;

QString notNull(const QString &text)
{
    return text.isNull() ? u""_s : text;
}

qint64 boundedTime(const QDateTime &time)
{
    return std::clamp<qint64>(toMilliseconds(time), 0, kLatest);
}

Error notFound()
{
    return { .kind = Error::Kind::NotFound,
        .code = u"message-not-found"_s,
        .title = QCoreApplication::translate(
            "linchpin::HistoryStore", "The message is not in the history."),
        .detail = {},
        .remedy = {} };
}

} // namespace

MessageTable::MessageTable(SqlConnection &connection, ConversationTable &conversations)
    : m_connection(connection)
    , m_conversations(conversations)
{
}

Result<std::optional<MessageId>> MessageTable::insert(
    qint64 conversation, const StoredMessage &message)
{
    const qint64 sentAt = boundedTime(message.sentAt);
    // Bursts bring several messages of one instant: go on where the last one stood.
    qint64 id = sentAt * kIdsAMillisecond;
    if (m_lastId.value >= id && m_lastId.value < id + kIdsAMillisecond - 1) {
        id = m_lastId.value + 1;
    }
    const bool spaceless = hasSpacelessScript(message.body.plain());
    for (int tried = 0; tried < kMostPlacesTried; ++tried) {
        auto rows = m_connection.query(
            u"INSERT INTO message(id, conversation_id, sent_at, received_at, direction, kind,"
            " flags, encryption, sender, sender_name, text, spans, remote_id, server_id,"
            " origin_id, delivery, failure, reply, reactions, spaceless)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING"_s,
            { id, conversation, sentAt, boundedTime(message.receivedAt),
                static_cast<int>(message.direction), static_cast<int>(message.kind),
                flagsOf(message), static_cast<int>(message.encryption), notNull(message.from),
                toColumn(message.fromName), notNull(message.body.plain()),
                encodedSpans(message.body), toColumn(message.remoteId), toColumn(message.serverId),
                toColumn(message.originId), static_cast<int>(message.delivery),
                encodedError(message.failure), encodedReference(message.replyTo),
                encodedReactions(message.reactions), spaceless ? 1 : 0 });
        if (!rows) {
            return std::unexpected(rows.error());
        }
        if (rows->changes() > 0) {
            if (const auto done = addToIndexes(id, message.body.plain(), spaceless); !done) {
                return std::unexpected(done.error());
            }
            m_lastId = { id };
            return m_lastId;
        }
        const Result<std::optional<StoredMessage>> repeat = known(conversation, message);
        if (!repeat) {
            return std::unexpected(repeat.error());
        }
        if (*repeat) {
            return std::nullopt;
        }
        const Result<qint64> next = freeIdAfter(id);
        if (!next) {
            return std::unexpected(next.error());
        }
        id = *next;
    }
    return std::unexpected(Error { .kind = Error::Kind::Storage,
        .code = u"history-failed"_s,
        .title = QCoreApplication::translate(
            "linchpin::HistoryStore", "Too many messages carry the same time."),
        .detail = {},
        .remedy = {},
        .fatal = true });
}

/// Not by triggers: see the migration that dropped them.
Result<void> MessageTable::addToIndexes(qint64 id, const QString &text, bool spaceless)
{
    Result<void> done = m_connection.run(
        u"INSERT INTO message_words(rowid, text) VALUES(?, ?)"_s, { id, notNull(text) });
    if (done && spaceless) {
        done = m_connection.run(
            u"INSERT INTO message_trigrams(rowid, text) VALUES(?, ?)"_s, { id, text });
    }
    return done;
}

/// The first unused id from `id` on. A full millisecond spills over into the next one: 2,048
/// messages of one instant are an import without milliseconds at the worst.
Result<qint64> MessageTable::freeIdAfter(qint64 id)
{
    const qint64 end = (id / kIdsAMillisecond + 1) * kIdsAMillisecond;
    auto rows = m_connection.query(
        u"SELECT coalesce(max(id), ?) + 1 FROM message WHERE id BETWEEN ? AND ?"_s,
        { id, id, end - 1 });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    rows->next();
    return rows->number(0);
}

Result<std::optional<StoredMessage>> MessageTable::known(
    qint64 conversation, const StoredMessage &message)
{
    const QString author = message.direction == Direction::Out ? u""_s : notNull(message.from);
    const std::array<std::pair<QString, QVariantList>, 3> lookups { {
        { u" WHERE m.conversation_id = ? AND m.origin_id = ? AND m.origin_id IS NOT NULL"
          " AND CASE m.direction WHEN 1 THEN '' ELSE m.sender END = ?"_s,
            { conversation, message.originId, author } },
        { u" WHERE m.conversation_id = ? AND m.server_id = ? AND m.server_id IS NOT NULL"_s,
            { conversation, message.serverId } },
        { u" WHERE m.conversation_id = ? AND m.remote_id = ? AND m.remote_id IS NOT NULL"
          " AND CASE m.direction WHEN 1 THEN '' ELSE m.sender END = ?"_s,
            { conversation, message.remoteId, author } },
    } };
    for (const auto &[where, values] : lookups) {
        if (values.at(1).toString().isEmpty()) {
            continue;
        }
        Result<QList<StoredMessage>> found
            = read(u"SELECT "_s + kMessageColumns + u" FROM message m"_s + where, values);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (!found->isEmpty()) {
            return found->constFirst();
        }
    }
    return std::nullopt;
}

Result<std::optional<StoredMessage>> MessageTable::importedCopy(
    qint64 conversation, const StoredMessage &message)
{
    // Only what an archive sends can have been in a log before.
    if (!message.fromArchive || (message.remoteId.isEmpty() && message.serverId.isEmpty())) {
        return std::nullopt;
    }
    const qint64 at = boundedTime(message.sentAt);
    constexpr qint64 kTolerance = 60'000; // another program's clock
    Result<QList<StoredMessage>> found = read(u"SELECT "_s + kMessageColumns
            + u" FROM message m WHERE m.conversation_id = ? AND m.sent_at BETWEEN ? AND ?"
              " AND m.direction = ? AND m.text = ? AND m.origin_id GLOB 'import-*'"
              " AND m.remote_id IS NULL AND m.server_id IS NULL ORDER BY m.sent_at LIMIT 1"_s,
        { conversation, at - kTolerance, at + kTolerance, static_cast<int>(message.direction),
            notNull(message.body.plain()) });
    if (!found) {
        return std::unexpected(found.error());
    }
    return found->isEmpty() ? std::nullopt : std::optional(found->constFirst());
}

Result<bool> MessageTable::mergeIds(StoredMessage &stored, const QString &remoteId,
    const QString &serverId, const QString &originId)
{
    bool changed = false;
    const auto fill
        = [&](const QString &sql, QString &column, const QString &value) -> Result<void> {
        if (!column.isEmpty() || value.isEmpty()) {
            return {};
        }
        auto rows = m_connection.query(sql, { value, stored.id.value });
        if (!rows) {
            return std::unexpected(rows.error());
        }
        if (rows->changes() > 0) { // none where another message has that id already
            column = value;
            changed = true;
        }
        return {};
    };
    Result<void> done = fill(
        u"UPDATE OR IGNORE message SET remote_id = ? WHERE id = ?"_s, stored.remoteId, remoteId);
    if (done) {
        done = fill(u"UPDATE OR IGNORE message SET server_id = ? WHERE id = ?"_s, stored.serverId,
            serverId);
    }
    if (done) {
        done = fill(u"UPDATE OR IGNORE message SET origin_id = ? WHERE id = ?"_s, stored.originId,
            originId);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return changed;
}

Result<HistoryStore::Appended> MessageTable::append(const StoredMessage &message)
{
    const Result<ConversationTable::Row *> row = m_conversations.findOrMake(message.conversation);
    if (!row) {
        return std::unexpected(row.error());
    }
    StoredMessage stored = message;
    if (!stored.receivedAt.isValid()) {
        stored.receivedAt = QDateTime::currentDateTimeUtc();
    }
    if (!stored.sentAt.isValid()) {
        stored.sentAt = stored.receivedAt;
    }
    Result<std::optional<StoredMessage>> copy = importedCopy((*row)->id, stored);
    if (!copy) {
        return std::unexpected(copy.error());
    }
    const Result<std::optional<MessageId>> id
        = *copy ? std::optional<MessageId>() : insert((*row)->id, stored);
    if (!id) {
        return std::unexpected(id.error());
    }
    HistoryStore::Appended appended;
    if (const std::optional<MessageId> &added = *id; added) {
        stored.id = *added;
        stored.sentAt = toTime(boundedTime(stored.sentAt));
        if (const Result<void> done = m_conversations.added(**row, stored); !done) {
            return std::unexpected(done.error());
        }
        appended.id = stored.id;
    } else {
        const Result<std::optional<StoredMessage>> repeat
            = *copy ? std::move(copy) : known((*row)->id, stored);
        if (!repeat) {
            return std::unexpected(repeat.error());
        }
        const std::optional<StoredMessage> &earlier = *repeat;
        if (!earlier) {
            return std::unexpected(notFound());
        }
        StoredMessage first = *earlier;
        const Result<bool> learned
            = mergeIds(first, stored.remoteId, stored.serverId, stored.originId);
        if (!learned) {
            return std::unexpected(learned.error());
        }
        bool changed = *learned;
        // Our own message came back from the server: that proves what the cut line hid.
        const DeliveryState proven
            = stored.delivery == DeliveryState::None ? DeliveryState::Sent : stored.delivery;
        if (first.direction == Direction::Out && stored.direction == Direction::Out
            && proven >= DeliveryState::Sent && advances(first.delivery, proven)) {
            HistoryStore::DeliveryChange change;
            change.id = first.id;
            change.state = proven;
            const Result<DeliveryState> now = setDelivery(change);
            if (!now) {
                return std::unexpected(now.error());
            }
            first.delivery = *now;
            first.failure.reset();
            changed = true;
        }
        appended.id = first.id;
        appended.duplicate = true;
        if (changed) {
            first.conversation = message.conversation;
            appended.changed = std::move(first);
        }
    }
    appended.unread = (*row)->summary.unread;
    appended.mentions = (*row)->summary.mentions;
    return appended;
}

Result<DeliveryState> MessageTable::setDelivery(const HistoryStore::DeliveryChange &change)
{
    Result<StoredMessage> found = message(change.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (const auto merged = mergeIds(*found, change.remoteId, change.serverId, {}); !merged) {
        return std::unexpected(merged.error());
    }
    if (!advances(found->delivery, change.state)) {
        return found->delivery;
    }
    const QVariant sentAt = change.sentAt.isValid() ? QVariant(boundedTime(change.sentAt))
                                                    : QVariant(toMilliseconds(found->sentAt));
    if (const auto done = m_connection.run(
            u"UPDATE message SET delivery = ?, failure = ?, sent_at = ? WHERE id = ?"_s,
            { static_cast<int>(change.state), encodedError(change.failure), sentAt,
                change.id.value });
        !done) {
        return std::unexpected(done.error());
    }
    return change.state;
}

Result<std::optional<StoredMessage>> MessageTable::byNetworkId(const ConversationKey &key,
    const QString &remoteId, const QString &originId, const QString &author)
{
    const Result<ConversationTable::Row *> row = m_conversations.find(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row == nullptr) {
        return std::nullopt;
    }
    const qint64 conversation = (*row)->id;
    // Our own first: receipts and reactions mostly concern those.
    const std::array<std::pair<QString, QString>, 3> lookups { {
        { u" WHERE m.conversation_id = ? AND m.origin_id = ? AND m.origin_id IS NOT NULL"
          " ORDER BY m.direction DESC LIMIT 8"_s,
            originId },
        { u" WHERE m.conversation_id = ? AND m.remote_id = ? AND m.remote_id IS NOT NULL"
          " ORDER BY m.direction DESC LIMIT 8"_s,
            remoteId },
        { u" WHERE m.conversation_id = ? AND m.server_id = ? AND m.server_id IS NOT NULL"_s,
            remoteId },
    } };
    for (const auto &[where, value] : lookups) {
        if (value.isEmpty()) {
            continue;
        }
        Result<QList<StoredMessage>> found = read(
            u"SELECT "_s + kMessageColumns + u" FROM message m"_s + where, { conversation, value });
        if (!found) {
            return std::unexpected(found.error());
        }
        for (StoredMessage &message : *found) {
            if (author.isEmpty() || message.from == author) {
                message.conversation = key;
                return message;
            }
        }
    }
    return std::nullopt;
}

namespace {

/// Nobody can take back what somebody else wrote, but a room may (its moderators speak through it).
bool mayRetract(const MessageUpdate &update, const StoredMessage &message)
{
    if (update.conversation == ConversationKind::Room) {
        return update.by.isEmpty() || update.by == message.from;
    }
    // Our own devices may call us by several addresses, but never by the other side's.
    return message.direction == Direction::Out ? !update.by.isEmpty() && update.by != update.with
                                               : update.by == message.from;
}

} // namespace

Result<StoredMessage> MessageTable::applyUpdate(
    const AccountId &account, const MessageUpdate &update)
{
    const ConversationKey key { account, update.with, update.conversation };
    Result<std::optional<StoredMessage>> found
        = byNetworkId(key, update.remoteId, update.originId, {});
    if (!found) {
        return std::unexpected(found.error());
    }
    std::optional<StoredMessage> &kept = *found;
    if (!kept) {
        return std::unexpected(notFound());
    }
    StoredMessage message = std::move(*kept);
    if (update.delivery && message.direction == Direction::Out) {
        HistoryStore::DeliveryChange change;
        change.id = message.id;
        change.state = *update.delivery;
        change.failure = update.failure;
        const DeliveryState previous = message.delivery;
        const Result<DeliveryState> now = setDelivery(change);
        if (!now) {
            return std::unexpected(now.error());
        }
        if (*now != previous) {
            message.delivery = *now;
            message.failure = update.failure;
        }
    }
    if (update.reactions && !update.by.isEmpty()) {
        constexpr qsizetype kMostReactors = 1000;
        if (update.reactions->isEmpty()) {
            message.reactions.remove(update.by);
        } else if (message.reactions.size() < kMostReactors
            || message.reactions.contains(update.by)) {
            message.reactions.insert(update.by, update.reactions->mid(0, 32));
        }
        if (const auto done = m_connection.run(u"UPDATE message SET reactions = ? WHERE id = ?"_s,
                { encodedReactions(message.reactions), message.id.value });
            !done) {
            return std::unexpected(done.error());
        }
    }
    if (update.retracted && !message.retracted && mayRetract(update, message)) {
        message.retracted = true;
        message.body = {};
        if (const auto done = m_connection.run(
                u"UPDATE message SET text = '', spans = NULL, spaceless = 0, flags = ?"
                " WHERE id = ?"_s,
                { flagsOf(message), message.id.value });
            !done) {
            return std::unexpected(done.error());
        }
        if (const auto row = m_conversations.find(key); row && *row != nullptr) {
            m_conversations.changed(**row, message);
        }
    }
    return message;
}

Result<StoredMessage> MessageTable::correct(const ConversationKey &key,
    const MessageReference &replaces, const QString &author, const RichText &body)
{
    Result<std::optional<StoredMessage>> found
        = byNetworkId(key, replaces.remoteId, replaces.remoteId, author);
    if (!found) {
        return std::unexpected(found.error());
    }
    std::optional<StoredMessage> &kept = *found;
    if (!kept || kept->retracted) {
        return std::unexpected(notFound());
    }
    StoredMessage message = std::move(*kept);
    message.body = body;
    message.edited = true;
    if (const auto done = m_connection.run(
            u"UPDATE message SET text = ?, spans = ?, spaceless = ?, flags = ? WHERE id = ?"_s,
            { notNull(body.plain()), encodedSpans(body), hasSpacelessScript(body.plain()) ? 1 : 0,
                flagsOf(message), message.id.value });
        !done) {
        return std::unexpected(done.error());
    }
    if (const auto row = m_conversations.find(key); row && *row != nullptr) {
        m_conversations.changed(**row, message);
    }
    return message;
}

Result<QList<StoredMessage>> MessageTable::read(const QString &sql, const QVariantList &values)
{
    QList<StoredMessage> messages;
    QList<qint64> conversations;
    {
        auto rows = m_connection.query(sql, values);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        while (rows->next()) {
            messages.append(messageOf(*rows));
            conversations.append(rows->number(1));
        }
    }
    for (qsizetype i = 0; i < messages.size(); ++i) {
        Result<ConversationKey> key = m_conversations.keyOf(conversations.at(i));
        if (!key) {
            return std::unexpected(key.error());
        }
        messages[i].conversation = std::move(*key);
    }
    return messages;
}

Result<QList<StoredMessage>> MessageTable::outbox()
{
    return read(u"SELECT "_s + kMessageColumns
            + u" FROM message m WHERE m.delivery IN (1, 2) ORDER BY m.sent_at, m.id LIMIT 10000"_s,
        {});
}

Result<StoredMessage> MessageTable::message(const MessageId &id)
{
    Result<QList<StoredMessage>> found
        = read(u"SELECT "_s + kMessageColumns + u" FROM message m WHERE m.id = ?"_s, { id.value });
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->isEmpty()) {
        return std::unexpected(notFound());
    }
    return found->takeFirst();
}

Result<HistoryPage> MessageTable::finished(const ConversationKey &key,
    QList<StoredMessage> messages, bool hasOlder, bool hasNewer, const QDateTime &gapsFrom,
    const QDateTime &gapsTo)
{
    HistoryPage page;
    page.messages = std::move(messages);
    page.hasOlder = hasOlder;
    page.hasNewer = hasNewer;
    const Result<ConversationTable::Row *> row = m_conversations.find(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row == nullptr) {
        return page;
    }
    Result<QList<StoredGap>> gaps = m_conversations.gaps((*row)->id, gapsFrom, gapsTo);
    if (!gaps) {
        return std::unexpected(gaps.error());
    }
    page.gaps = std::move(*gaps);
    return page;
}

Result<HistoryPage> MessageTable::newest(const ConversationKey &key, int count)
{
    return before(key, { QDateTime::fromMSecsSinceEpoch(kLatest + 1, QTimeZone::UTC), {} }, count)
        .transform([](HistoryPage page) {
            page.hasNewer = false;
            return page;
        });
}

namespace {

QDateTime timeOfFirst(const QList<StoredMessage> &messages, bool hasOlder)
{
    return hasOlder && !messages.isEmpty() ? messages.constFirst().sentAt : QDateTime();
}

QDateTime timeOfLast(const QList<StoredMessage> &messages, bool hasNewer)
{
    return hasNewer && !messages.isEmpty() ? messages.constLast().sentAt : QDateTime();
}

} // namespace

Result<HistoryPage> MessageTable::before(
    const ConversationKey &key, const MessagePlace &place, int count)
{
    const Result<ConversationTable::Row *> row = m_conversations.find(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row == nullptr) {
        return HistoryPage {};
    }
    count = qBound(1, count, kMostOnAPage);
    Result<QList<StoredMessage>> messages = read(u"SELECT "_s + kMessageColumns
            + u" FROM message m WHERE m.conversation_id = ? AND (m.sent_at, m.id) < (?, ?)"
              " ORDER BY m.sent_at DESC, m.id DESC LIMIT ?"_s,
        { (*row)->id, toMilliseconds(place.sentAt), place.id.value, count + 1 });
    if (!messages) {
        return std::unexpected(messages.error());
    }
    const bool more = messages->size() > count;
    if (more) {
        messages->removeLast();
    }
    std::ranges::reverse(*messages);
    // Up to the place, not to the last message: a gap may lie between the two.
    const QDateTime oldest = timeOfFirst(*messages, more);
    return finished(key, std::move(*messages), more, true, oldest, place.sentAt);
}

Result<HistoryPage> MessageTable::after(
    const ConversationKey &key, const MessagePlace &place, int count)
{
    const Result<ConversationTable::Row *> row = m_conversations.find(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row == nullptr) {
        return HistoryPage {};
    }
    count = qBound(1, count, kMostOnAPage);
    Result<QList<StoredMessage>> messages = read(u"SELECT "_s + kMessageColumns
            + u" FROM message m WHERE m.conversation_id = ? AND (m.sent_at, m.id) > (?, ?)"
              " ORDER BY m.sent_at, m.id LIMIT ?"_s,
        { (*row)->id, toMilliseconds(place.sentAt), place.id.value, count + 1 });
    if (!messages) {
        return std::unexpected(messages.error());
    }
    const bool more = messages->size() > count;
    if (more) {
        messages->removeLast();
    }
    const QDateTime latest = timeOfLast(*messages, more);
    return finished(key, std::move(*messages), true, more, place.sentAt, latest);
}

Result<HistoryPage> MessageTable::around(const ConversationKey &key, const MessageId &id, int count)
{
    Result<StoredMessage> middle = message(id);
    if (!middle) {
        return std::unexpected(middle.error());
    }
    if (middle->conversation != key) {
        return std::unexpected(notFound());
    }
    const int half = qMax(1, count / 2);
    Result<HistoryPage> older = before(key, placeOf(*middle), half);
    if (!older) {
        return older;
    }
    Result<HistoryPage> newer = after(key, placeOf(*middle), half);
    if (!newer) {
        return newer;
    }
    QList<StoredMessage> messages = std::move(older->messages);
    messages.append(std::move(*middle));
    messages.append(std::move(newer->messages));
    const QDateTime oldest = timeOfFirst(messages, older->hasOlder);
    const QDateTime latest = timeOfLast(messages, newer->hasNewer);
    return finished(key, std::move(messages), older->hasOlder, newer->hasNewer, oldest, latest);
}

} // namespace linchpin
