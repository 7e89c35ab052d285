// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/conversationtable.h"

#include "core/history/messagerow.h"
#include "core/history/sqlconnection.h"

#include <QCborArray>
#include <QCborMap>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Among the details of a cached contact: it is a distribution group.
const QString kContactKind = u"#kind"_s;

constexpr auto kColumns = "c.id, a.uuid, c.kind, c.address, c.name, c.pinned, c.muted, c.open,"
                          " c.unread, c.mentions, c.read_at, c.read_id, c.last_at, c.last_id,"
                          " c.last_excerpt, c.last_direction, d.text"
                          " FROM conversation c JOIN account a ON a.id = c.account_id"
                          " LEFT JOIN draft d ON d.conversation_id = c.id"_L1;

ConversationTable::Row rowOf(const SqlRows &rows)
{
    ConversationTable::Row row;
    row.id = rows.number(0);
    ConversationSummary &summary = row.summary;
    summary.key = { { rows.text(1) }, rows.text(3), static_cast<ConversationKind>(rows.number(2)) };
    summary.name = rows.text(4);
    summary.pinned = rows.number(5) != 0;
    summary.muted = rows.number(6) != 0;
    summary.open = rows.number(7) != 0;
    summary.unread = static_cast<int>(rows.number(8));
    summary.mentions = static_cast<int>(rows.number(9));
    summary.readUpTo = { toTime(rows.value(10)), { rows.number(11) } };
    row.last = { toTime(rows.value(12)), { rows.number(13) } };
    summary.lastAt = row.last.sentAt;
    summary.lastExcerpt = rows.text(14);
    summary.lastDirection = static_cast<Direction>(rows.number(15));
    summary.draft = rows.text(16);
    return row;
}

bool isBefore(const MessagePlace &a, const MessagePlace &b)
{
    if (a.id.isNull() || b.id.isNull()) {
        return a.id.isNull() && !b.id.isNull();
    }
    return a.sentAt == b.sentAt ? a.id < b.id : a.sentAt < b.sentAt;
}

QByteArray encodedList(const QStringList &list)
{
    return list.isEmpty() ? QByteArray() : QCborArray::fromStringList(list).toCborValue().toCbor();
}

} // namespace

bool countsAsUnread(const StoredMessage &message)
{
    return message.direction == Direction::In && message.kind != MessageKind::System
        && message.conversation.kind != ConversationKind::Server;
}

ConversationTable::ConversationTable(SqlConnection &connection)
    : m_connection(connection)
{
}

Result<qint64> ConversationTable::accountRow(const AccountId &account)
{
    if (const auto known = m_accounts.constFind(account); known != m_accounts.constEnd()) {
        return *known;
    }
    if (const auto done = m_connection.run(
            u"INSERT INTO account(uuid) VALUES(?) ON CONFLICT DO NOTHING"_s, { account.value });
        !done) {
        return std::unexpected(done.error());
    }
    auto rows = m_connection.query(u"SELECT id FROM account WHERE uuid = ?"_s, { account.value });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    rows->next();
    const qint64 id = rows->number(0);
    m_accounts.insert(account, id);
    return id;
}

Result<ConversationTable::Row *> ConversationTable::find(const ConversationKey &key)
{
    if (const auto known = m_rows.find(key); known != m_rows.end()) {
        return &*known;
    }
    auto rows = m_connection.query(
        u"SELECT "_s + kColumns + u" WHERE a.uuid = ? AND c.kind = ? AND c.address = ?"_s,
        { key.account.value, static_cast<int>(key.kind), key.with });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    if (!rows->next()) {
        return nullptr;
    }
    const Row row = rowOf(*rows);
    m_keys.insert(row.id, key);
    return &*m_rows.insert(key, row);
}

Result<ConversationTable::Row *> ConversationTable::findOrMake(const ConversationKey &key)
{
    const Result<Row *> found = find(key);
    if (!found || *found != nullptr) {
        return found;
    }
    const Result<qint64> account = accountRow(key.account);
    if (!account) {
        return std::unexpected(account.error());
    }
    if (const auto done
        = m_connection.run(u"INSERT INTO conversation(account_id, kind, address) VALUES(?, ?, ?)"_s,
            { *account, static_cast<int>(key.kind), key.with });
        !done) {
        return std::unexpected(done.error());
    }
    return find(key);
}

Result<ConversationKey> ConversationTable::keyOf(qint64 conversation)
{
    if (const auto known = m_keys.constFind(conversation); known != m_keys.constEnd()) {
        return *known;
    }
    auto rows
        = m_connection.query(u"SELECT "_s + kColumns + u" WHERE c.id = ?"_s, { conversation });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    if (!rows->next()) {
        return ConversationKey {};
    }
    const Row row = rowOf(*rows);
    m_keys.insert(row.id, row.summary.key);
    return row.summary.key;
}

Result<void> ConversationTable::added(Row &row, const StoredMessage &message)
{
    ConversationSummary &summary = row.summary;
    const MessagePlace place = placeOf(message);
    row.dirty = true;
    if (message.kind != MessageKind::System && !isBefore(place, row.last)) {
        row.last = place;
        summary.lastAt = place.sentAt;
        summary.lastExcerpt = excerptOf(message.body.plain());
        summary.lastDirection = message.direction;
    }
    if (message.direction == Direction::Out) {
        // Who answers has read: here or on another device.
        if (message.kind != MessageKind::System && isBefore(summary.readUpTo, place)) {
            summary.readUpTo = place;
            return recount(row);
        }
        return {};
    }
    if (countsAsUnread(message) && isBefore(summary.readUpTo, place)) {
        ++summary.unread;
        summary.mentions += message.mentionsMe ? 1 : 0;
    }
    return {};
}

void ConversationTable::changed(Row &row, const StoredMessage &message)
{
    if (row.last.id == message.id) {
        row.summary.lastExcerpt = excerptOf(message.body.plain());
        row.dirty = true;
    }
}

Result<void> ConversationTable::recount(Row &row)
{
    ConversationSummary &summary = row.summary;
    row.dirty = true;
    if ((summary.unread == 0 && summary.mentions == 0) || !isBefore(summary.readUpTo, row.last)) {
        summary.unread = 0;
        summary.mentions = 0;
        return {};
    }
    const qint64 at = summary.readUpTo.id.isNull() ? -1 : toMilliseconds(summary.readUpTo.sentAt);
    auto rows = m_connection.query(
        u"SELECT count(*), total((flags & 4) <> 0) FROM message WHERE conversation_id = ?"
        " AND (sent_at, id) > (?, ?) AND direction = 0 AND kind <> ?"_s,
        { row.id, at, summary.readUpTo.id.value, static_cast<int>(MessageKind::System) });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    rows->next();
    const bool counts = summary.key.kind != ConversationKind::Server;
    summary.unread = counts ? static_cast<int>(rows->number(0)) : 0;
    summary.mentions = counts ? static_cast<int>(rows->value(1).toDouble()) : 0;
    return {};
}

Result<QList<ConversationSummary>> ConversationTable::all()
{
    if (const Result<void> done = flush(); !done) {
        return std::unexpected(done.error());
    }
    auto rows
        = m_connection.query(u"SELECT "_s + kColumns + u" ORDER BY c.last_at DESC, c.id DESC"_s);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    QList<ConversationSummary> list;
    while (rows->next()) {
        list.append(rowOf(*rows).summary);
    }
    return list;
}

Result<ConversationSummary> ConversationTable::one(const ConversationKey &key)
{
    const Result<Row *> row = find(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row == nullptr) {
        ConversationSummary empty;
        empty.key = key;
        return empty;
    }
    return (*row)->summary;
}

Result<void> ConversationTable::markRead(const ConversationKey &key, const MessagePlace &upTo)
{
    const Result<Row *> row = find(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row == nullptr || !isBefore((*row)->summary.readUpTo, upTo)) {
        return {};
    }
    (*row)->summary.readUpTo = upTo;
    return recount(**row);
}

Result<void> ConversationTable::saveDraft(const ConversationKey &key, const QString &draft)
{
    const Result<Row *> row = findOrMake(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    (*row)->summary.draft = draft;
    if (draft.isEmpty()) {
        return m_connection.run(u"DELETE FROM draft WHERE conversation_id = ?"_s, { (*row)->id });
    }
    return m_connection.run(u"INSERT INTO draft(conversation_id, text) VALUES(?, ?)"
                            " ON CONFLICT(conversation_id) DO UPDATE SET text = excluded.text"_s,
        { (*row)->id, draft });
}

Result<void> ConversationTable::setFlags(
    const ConversationKey &key, const HistoryStore::ConversationFlags &flags)
{
    const Result<Row *> row = findOrMake(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    ConversationSummary &summary = (*row)->summary;
    summary.pinned = flags.pinned.value_or(summary.pinned);
    summary.muted = flags.muted.value_or(summary.muted);
    summary.open = flags.open.value_or(summary.open);
    summary.name = flags.name.value_or(summary.name);
    (*row)->dirty = true;
    return {};
}

Result<void> ConversationTable::addGap(
    const ConversationKey &key, const QDateTime &from, const QDateTime &to)
{
    const Result<Row *> row = findOrMake(key);
    if (!row) {
        return std::unexpected(row.error());
    }
    // Gaps that touch become one, so that an unsteady line does not fill the view with them.
    constexpr auto kOverlapping = " FROM gap WHERE conversation_id = ?"
                                  " AND (from_at IS NULL OR ? IS NULL OR from_at <= ?)"
                                  " AND (to_at IS NULL OR ? IS NULL OR to_at >= ?)"_L1;
    const QVariant fromColumn = toColumn(from);
    const QVariant toColumnValue = toColumn(to);
    const QVariantList span { (*row)->id, toColumnValue, toColumnValue, fromColumn, fromColumn };
    QVariant newFrom = fromColumn;
    QVariant newTo = toColumnValue;
    {
        auto rows = m_connection.query(u"SELECT from_at, to_at"_s + kOverlapping, span);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        while (rows->next()) {
            if (rows->isNull(0) || (!newFrom.isNull() && rows->number(0) < newFrom.toLongLong())) {
                newFrom = rows->value(0);
            }
            if (rows->isNull(1) || (!newTo.isNull() && rows->number(1) > newTo.toLongLong())) {
                newTo = rows->value(1);
            }
        }
    }
    if (const auto done = m_connection.run(u"DELETE"_s + kOverlapping, span); !done) {
        return done;
    }
    return m_connection.run(u"INSERT INTO gap(conversation_id, from_at, to_at) VALUES(?, ?, ?)"_s,
        { (*row)->id, newFrom, newTo });
}

Result<void> ConversationTable::closeGap(const ConversationKey &key, qint64 gap)
{
    const Result<Row *> row = find(key);
    if (!row || *row == nullptr) {
        return row ? Result<void> {} : std::unexpected(row.error());
    }
    return m_connection.run(
        u"DELETE FROM gap WHERE id = ? AND conversation_id = ?"_s, { gap, (*row)->id });
}

Result<QList<StoredGap>> ConversationTable::gaps(
    qint64 conversation, const QDateTime &from, const QDateTime &to)
{
    auto rows
        = m_connection.query(u"SELECT id, from_at, to_at FROM gap WHERE conversation_id = ?"
                             " AND (from_at IS NULL OR ? IS NULL OR from_at <= ?)"
                             " AND (to_at IS NULL OR ? IS NULL OR to_at >= ?) ORDER BY from_at"_s,
            { conversation, toColumn(to), toColumn(to), toColumn(from), toColumn(from) });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    QList<StoredGap> list;
    while (rows->next()) {
        list.append({ rows->number(0), toTime(rows->value(1)), toTime(rows->value(2)) });
    }
    return list;
}

Result<void> ConversationTable::remove(const ConversationKey &key)
{
    const Result<Row *> row = find(key);
    if (!row || *row == nullptr) {
        return row ? Result<void> {} : std::unexpected(row.error());
    }
    const qint64 id = (*row)->id;
    m_rows.remove(key);
    m_keys.remove(id);
    return m_connection.run(u"DELETE FROM conversation WHERE id = ?"_s, { id });
}

Result<void> ConversationTable::removeAccount(const AccountId &account)
{
    m_rows.removeIf([&](auto entry) { return entry.key().account == account; });
    m_keys.removeIf([&](auto entry) { return entry.value().account == account; });
    m_accounts.remove(account);
    return m_connection.run(u"DELETE FROM account WHERE uuid = ?"_s, { account.value });
}

Result<QList<ContactSnapshot>> ConversationTable::contacts(const AccountId &account)
{
    auto rows = m_connection.query(
        u"SELECT address, name, groups, subscription, blocked, details FROM contact"
        " WHERE account_id = (SELECT id FROM account WHERE uuid = ?) ORDER BY position"_s,
        { account.value });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    QList<ContactSnapshot> list;
    while (rows->next()) {
        ContactSnapshot contact;
        contact.address = { rows->text(0) };
        contact.name = rows->text(1);
        const QCborArray groups = QCborValue::fromCbor(rows->value(2).toByteArray()).toArray();
        for (const auto &group : groups) {
            contact.groups.append(group.toString());
        }
        contact.subscription = static_cast<Subscription>(
            std::clamp<qint64>(rows->number(3), 0, static_cast<qint64>(Subscription::Both)));
        contact.blocked = rows->number(4) != 0;
        const QCborMap details = QCborValue::fromCbor(rows->value(5).toByteArray()).toMap();
        for (const auto &[key, value] : details) {
            if (key.toString() == kContactKind) {
                contact.kind = ContactKind::Group;
            } else {
                contact.details.insert(key.toString(), value.toString());
            }
        }
        list.append(contact);
    }
    return list;
}

Result<void> ConversationTable::setContacts(
    const AccountId &account, const QList<ContactSnapshot> &contacts)
{
    const Result<qint64> row = accountRow(account);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (const auto done = m_connection.run(u"DELETE FROM contact WHERE account_id = ?"_s, { *row });
        !done) {
        return done;
    }
    qint64 position = 0;
    for (const ContactSnapshot &contact : contacts) {
        QCborMap details;
        for (const auto &[key, value] : contact.details.asKeyValueRange()) {
            details.insert(key, value);
        }
        if (contact.kind == ContactKind::Group) {
            details.insert(kContactKind, u"group"_s);
        }
        if (const auto done = m_connection.run(
                u"INSERT INTO contact(account_id, position, address, name, groups, subscription,"
                " blocked, details) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"_s,
                { *row, position++, contact.address.value,
                    contact.name.isNull() ? u""_s : contact.name, encodedList(contact.groups),
                    static_cast<int>(contact.subscription), contact.blocked ? 1 : 0,
                    details.isEmpty() ? QByteArray() : details.toCborValue().toCbor() });
            !done) {
            return done;
        }
    }
    return {};
}

Result<void> ConversationTable::flush()
{
    for (Row &row : m_rows) {
        if (!row.dirty) {
            continue;
        }
        const ConversationSummary &summary = row.summary;
        const auto id = [](const MessagePlace &place) {
            return place.id.isNull() ? QVariant(QMetaType(QMetaType::LongLong))
                                     : QVariant(place.id.value);
        };
        const auto text = [](const QString &value) { return value.isNull() ? u""_s : value; };
        if (const auto done = m_connection.run(
                u"UPDATE conversation SET name = ?, pinned = ?, muted = ?, open = ?, unread = ?,"
                " mentions = ?, read_at = ?, read_id = ?, last_at = ?, last_id = ?,"
                " last_excerpt = ?, last_direction = ? WHERE id = ?"_s,
                { text(summary.name), summary.pinned ? 1 : 0, summary.muted ? 1 : 0,
                    summary.open ? 1 : 0, summary.unread, summary.mentions,
                    toColumn(summary.readUpTo.sentAt), id(summary.readUpTo),
                    toColumn(row.last.sentAt), id(row.last), text(summary.lastExcerpt),
                    static_cast<int>(summary.lastDirection), row.id });
            !done) {
            return done;
        }
        row.dirty = false;
    }
    return {};
}

void ConversationTable::forget()
{
    m_rows.clear();
    m_keys.clear();
    m_accounts.clear();
}

} // namespace linchpin
