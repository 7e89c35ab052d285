// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/im/conversationids.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype mostEntries = 64;
constexpr qsizetype longestId = 64;
constexpr qsizetype longestAddress = 1024;
constexpr qint64 longestLife = qint64 { 24 } * 60 * 60; // seconds

bool isToken(const QByteArray &id)
{
    return !id.isEmpty() && id.size() <= longestId && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || QByteArrayView("-.!%*_+`'~=").contains(c);
    });
}

} // namespace

ConversationIds::ConversationIds(const QByteArray &remembered, const QDateTime &now)
{
    const QJsonObject kept = QJsonDocument::fromJson(remembered).object();
    for (auto it = kept.begin(); it != kept.end() && m_entries.size() < mostEntries; ++it) {
        const QJsonObject entry = it->toObject();
        const QByteArray id = entry.value("id"_L1).toString().toLatin1();
        const QDateTime since
            = QDateTime::fromString(entry.value("since"_L1).toString(), Qt::ISODate);
        if (isToken(id) && since.isValid()) {
            m_entries.insert(it.key(), { id, since });
        }
    }
    m_entries.removeIf([&](const auto &entry) { return of(entry.key(), now).isEmpty(); });
}

QByteArray ConversationIds::of(const QString &address, const QDateTime &now) const
{
    const auto entry = m_entries.constFind(address);
    if (entry == m_entries.constEnd()) {
        return {};
    }
    const qint64 age = entry->since.secsTo(now);
    return age >= 0 && age < longestLife ? entry->id : QByteArray();
}

bool ConversationIds::set(const QString &address, const QByteArray &id, const QDateTime &now)
{
    if (!isToken(id) || address.isEmpty() || address.size() > longestAddress
        || of(address, now) == id) {
        return false;
    }
    m_entries.insert(address, { id, now });
    while (m_entries.size() > mostEntries) {
        m_entries.erase(std::ranges::min_element(
            m_entries, {}, [](const Entry &entry) { return entry.since; }));
    }
    return true;
}

bool ConversationIds::forget(const QString &address)
{
    return m_entries.remove(address);
}

QByteArray ConversationIds::toBytes() const
{
    QJsonObject kept;
    for (auto it = m_entries.begin(); it != m_entries.end(); ++it) {
        kept.insert(it.key(),
            QJsonObject { { u"id"_s, QString::fromLatin1(it->id) },
                { u"since"_s, it->since.toString(Qt::ISODate) } });
    }
    return kept.isEmpty() ? QByteArray() : QJsonDocument(kept).toJson(QJsonDocument::Compact);
}

} // namespace linchpin::sip
