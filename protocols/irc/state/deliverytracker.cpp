// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/deliverytracker.h"

#include <algorithm>

namespace linchpin::irc {

namespace {
constexpr auto kTokenPrefix = "linchpin-";
}

quint64 DeliveryTracker::add(const QString &target, int lines, bool labeled)
{
    Message message;
    message.id = ++m_lastId;
    message.target = target;
    message.linesLeft = lines;
    message.labeled = labeled;
    m_messages.append(message);
    return message.id;
}

QByteArray DeliveryTracker::label(quint64 message, int line)
{
    return QByteArray::number(message) + '.' + QByteArray::number(line);
}

void DeliveryTracker::written(quint64 message)
{
    const auto found = std::ranges::find(m_messages, message, &Message::id);
    if (found != m_messages.end()) {
        found->isWritten = true;
    }
}

bool DeliveryTracker::isWritten(quint64 message) const
{
    const auto found = std::ranges::find(m_messages, message, &Message::id);
    return found != m_messages.cend() && found->isWritten;
}

std::optional<QByteArray> DeliveryTracker::ping()
{
    if (m_pinged != 0 || std::ranges::all_of(m_messages, &Message::labeled)) {
        return std::nullopt;
    }
    m_pinged = m_lastId;
    return kTokenPrefix + QByteArray::number(m_pinged);
}

bool DeliveryTracker::pong(QByteArrayView token, QList<DeliveryOutcome> &outcomes)
{
    if (m_pinged == 0 || token != kTokenPrefix + QByteArray::number(m_pinged)) {
        return false;
    }
    for (auto message = m_messages.begin(); message != m_messages.end();) {
        if (!message->labeled && message->id <= m_pinged) {
            outcomes.append(finish(*message));
            message = m_messages.erase(message);
        } else {
            ++message;
        }
    }
    m_pinged = 0;
    return true;
}

std::optional<DeliveryOutcome> DeliveryTracker::refused(
    const QString &target, int numeric, QByteArrayView words)
{
    const auto found = std::ranges::find_if(m_messages, [&](const Message &message) {
        return !message.labeled && message.isWritten && message.target == target;
    });
    if (found == m_messages.end()) {
        return std::nullopt;
    }
    DeliveryOutcome outcome { found->id, true, words.toByteArray(), numeric, {}, {} };
    m_messages.erase(found);
    return outcome;
}

DeliveryTracker::Message *DeliveryTracker::byLabel(QByteArrayView label)
{
    const qsizetype dot = label.indexOf('.');
    const quint64 id = dot < 0 ? 0 : label.first(dot).toByteArray().toULongLong();
    const auto found = std::ranges::find(m_messages, id, &Message::id);
    return found == m_messages.end() || !found->labeled ? nullptr : &*found;
}

std::optional<DeliveryOutcome> DeliveryTracker::accepted(
    QByteArrayView label, const QByteArray &msgid, const QDateTime &at)
{
    Message *message = byLabel(label);
    if (!message) {
        return std::nullopt;
    }
    if (message->msgid.isEmpty()) {
        message->msgid = msgid;
        message->at = at;
    }
    if (--message->linesLeft > 0) {
        return std::nullopt;
    }
    DeliveryOutcome outcome = finish(*message);
    m_messages.removeIf([&](const Message &m) { return m.id == outcome.message; });
    return outcome;
}

std::optional<DeliveryOutcome> DeliveryTracker::refusedLabel(
    QByteArrayView label, int numeric, QByteArrayView words)
{
    const Message *message = byLabel(label);
    if (!message) {
        return std::nullopt;
    }
    DeliveryOutcome outcome { message->id, true, words.toByteArray(), numeric, {}, {} };
    m_messages.removeIf([&](const Message &m) { return m.id == outcome.message; });
    return outcome;
}

DeliveryOutcome DeliveryTracker::finish(const Message &message)
{
    return { message.id, false, {}, 0, message.msgid, message.at };
}

QList<quint64> DeliveryTracker::clear()
{
    QList<quint64> ids;
    for (const Message &message : std::as_const(m_messages)) {
        ids.append(message.id);
    }
    m_messages.clear();
    m_pinged = 0;
    return ids;
}

} // namespace linchpin::irc
