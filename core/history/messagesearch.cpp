// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/messagesearch.h"

#include "core/history/conversationtable.h"
#include "core/history/messagecolumns.h"
#include "core/history/messagerow.h"
#include "core/history/searchquery.h"
#include "core/history/sqlconnection.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kMostHits = 500;
/// Parts too short for an index are looked for in this many of the newest messages (ADR 0003).
constexpr int kScanned = 200'000;

QString likePattern(const QString &part)
{
    QString escaped = part;
    escaped.replace(u'\\', u"\\\\"_s).replace(u'%', u"\\%"_s).replace(u'_', u"\\_"_s);
    return u'%' + escaped + u'%';
}

// Marks that no stored text contains: RichText removes control characters.
constexpr QChar kMatchBegins(2);
constexpr QChar kMatchEnds(3);

void addMatches(QList<std::pair<int, int>> &matches, const QString &marked)
{
    int position = 0;
    int begin = -1;
    for (const QChar c : marked) {
        if (c == kMatchBegins) {
            begin = position;
        } else if (c == kMatchEnds) {
            if (begin >= 0 && position > begin) {
                matches.append({ begin, position - begin });
            }
            begin = -1;
        } else {
            ++position;
        }
    }
}

} // namespace

MessageSearch::MessageSearch(SqlConnection &connection, ConversationTable &conversations)
    : m_connection(connection)
    , m_conversations(conversations)
{
}

/// What the query did not bring: the conversations' keys and where the parts without an index
/// stand.
Result<void> MessageSearch::complete(
    QList<SearchHit> &hits, const QList<qint64> &conversations, const QStringList &parts)
{
    for (qsizetype i = 0; i < hits.size(); ++i) {
        Result<ConversationKey> key = m_conversations.keyOf(conversations.at(i));
        if (!key) {
            return std::unexpected(key.error());
        }
        hits[i].message.conversation = std::move(*key);
        const QString &plain = hits.at(i).message.body.plain();
        for (const QString &part : parts) {
            for (qsizetype at = plain.indexOf(part, 0, Qt::CaseInsensitive); at >= 0;
                at = plain.indexOf(part, at + part.size(), Qt::CaseInsensitive)) {
                hits[i].matches.append({ static_cast<int>(at), static_cast<int>(part.size()) });
            }
        }
        std::ranges::sort(hits[i].matches);
    }
    return {};
}

Result<QList<SearchHit>> MessageSearch::find(const SearchRequest &request)
{
    const SearchQuery query = SearchQuery::fromUserText(request.words);
    if (query.isEmpty()) {
        return QList<SearchHit> {};
    }
    // The index that is asked first gives the order, newest ids first, and stops at the limit.
    const bool byWords = !query.words.isEmpty();
    const bool byTrigrams = !byWords && !query.trigrams.isEmpty();
    QVariantList values;
    QString sql = u"SELECT "_s + kMessageColumns;
    QString idColumn;
    if (byWords || byTrigrams) {
        const QString table = byWords ? u"message_words"_s : u"message_trigrams"_s;
        sql += u", highlight(%1, 0, char(2), char(3)) FROM %1 CROSS JOIN message m"
               " ON m.id = %1.rowid WHERE %1 MATCH ?"_s.arg(table);
        idColumn = table + u".rowid"_s;
        values.append(byWords ? query.words : query.trigrams);
    } else {
        // Newest messages only: a part of one or two characters is in no index.
        sql += u", '' FROM (SELECT * FROM message %1 ORDER BY id DESC LIMIT %2) m WHERE 1"_s.arg(
            hasSpacelessScript(query.parts.constFirst()) ? u"WHERE spaceless = 1"_s : QString(),
            QString::number(kScanned));
        idColumn = u"m.id"_s;
    }
    const auto also = [&](const QString &condition, const QVariant &value) {
        sql += u" AND "_s + condition;
        values.append(value);
    };
    if (byWords && !query.trigrams.isEmpty()) {
        also(u"m.id IN (SELECT rowid FROM message_trigrams WHERE message_trigrams MATCH ?)"_s,
            query.trigrams);
    }
    for (const QString &part : query.parts) {
        also(u"m.text LIKE ? ESCAPE '\\'"_s, likePattern(part));
    }
    if (!query.withoutWords.isEmpty()) {
        also(u"m.id NOT IN (SELECT rowid FROM message_words WHERE message_words MATCH ?)"_s,
            query.withoutWords);
    }
    if (!query.withoutTrigrams.isEmpty()) {
        also(u"m.id NOT IN (SELECT rowid FROM message_trigrams WHERE message_trigrams MATCH ?)"_s,
            query.withoutTrigrams);
    }
    for (const QString &part : query.withoutParts) {
        also(u"m.text NOT LIKE ? ESCAPE '\\'"_s, likePattern(part));
    }
    if (request.account) {
        QString accountConversations = u"m.conversation_id IN (SELECT c.id FROM conversation c"
                                       " JOIN account a ON a.id = c.account_id WHERE a.uuid = ?)"_s;
        also(accountConversations, request.account->value);
    }
    if (!request.with.isEmpty()) {
        also(u"m.conversation_id IN (SELECT id FROM conversation WHERE address = ?)"_s,
            request.with);
    }
    if (request.before.isValid()) {
        also(u"m.sent_at < ?"_s, toMilliseconds(request.before));
        // Ids keep the time of composing, sent_at may be the server's: a day covers bad clocks.
        constexpr qint64 kDay = qint64 { 24 } * 3600 * 1000;
        also(idColumn + u" < ?"_s,
            std::clamp<qint64>(toMilliseconds(request.before) + kDay, 0, kLatest)
                * kIdsAMillisecond);
    }
    sql += u" ORDER BY "_s + idColumn + u" DESC LIMIT ?"_s;
    values.append(qBound(1, request.limit, kMostHits));

    QList<SearchHit> hits;
    QList<qint64> conversations;
    {
        auto rows = m_connection.query(sql, values);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        while (rows->next()) {
            SearchHit hit;
            hit.message = messageOf(*rows);
            addMatches(hit.matches, rows->text(kMessageColumnCount));
            conversations.append(rows->number(1));
            hits.append(std::move(hit));
        }
    }
    if (const Result<void> done = complete(hits, conversations, query.parts); !done) {
        return std::unexpected(done.error());
    }
    std::ranges::stable_sort(hits, [](const SearchHit &a, const SearchHit &b) {
        return a.message.sentAt == b.message.sentAt ? a.message.id > b.message.id
                                                    : a.message.sentAt > b.message.sentAt;
    });
    return hits;
}

} // namespace linchpin
