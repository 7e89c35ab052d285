// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/messagerows.h"

#include "core/models/roles.h"

#include <QLocale>

#include <chrono>

using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr auto kGroupWithin = 5min;

bool isFoldable(const StoredMessage &message)
{
    return message.kind == MessageKind::System;
}

bool isGrouped(const StoredMessage &a, const StoredMessage &b)
{
    return a.direction == b.direction && a.from == b.from && !isFoldable(a) && !isFoldable(b)
        && a.kind != MessageKind::Action && b.kind != MessageKind::Action
        && (a.kind == MessageKind::Notice) == (b.kind == MessageKind::Notice)
        && a.sentAt.msecsTo(b.sentAt) < std::chrono::milliseconds(kGroupWithin).count();
}

bool isAfter(const StoredMessage &message, const MessagePlace &place)
{
    return message.sentAt != place.sentAt ? message.sentAt > place.sentAt : message.id > place.id;
}

} // namespace

bool MessageRowData::isSameRow(const MessageRowData &other) const
{
    if (kind != other.kind) {
        return false;
    }
    switch (kind) {
    case MessageRow::Message:
    case MessageRow::SystemFold:
        return message.id == other.message.id;
    case MessageRow::DateLine:
        return date == other.date;
    case MessageRow::UnreadLine:
        return true;
    case MessageRow::GapLine:
        return gap.id == other.gap.id;
    }
    return false;
}

bool MessageRowData::covers(const MessageId &id) const
{
    if (kind == MessageRow::Message) {
        return message.id == id;
    }
    return kind == MessageRow::SystemFold && message.id <= id && id <= lastFolded;
}

QList<MessageRowData> messageRows(const QList<StoredMessage> &messages,
    const QList<StoredGap> &gaps, const MessagePlace &unreadAfter)
{
    QList<MessageRowData> rows;
    rows.reserve(messages.size() + 16);
    QDate day;
    bool unreadTold = !unreadAfter.sentAt.isValid();
    QList<StoredGap> openGaps = gaps;
    const StoredMessage *previous = nullptr;
    for (const StoredMessage &message : messages) {
        bool lineBetween = false;
        // A gap stands before the first message after its end (or start, where it has no end).
        openGaps.removeIf([&](const StoredGap &gap) {
            const QDateTime end = gap.to.isValid() ? gap.to : gap.from;
            if (!end.isValid() || message.sentAt < end) {
                return false;
            }
            if (previous) {
                rows.append({ .kind = MessageRow::GapLine, .message = {}, .date = {}, .gap = gap });
                lineBetween = true;
            }
            return true;
        });
        const QDate local = message.sentAt.toLocalTime().date();
        if (local != day) {
            day = local;
            rows.append({ .kind = MessageRow::DateLine, .message = {}, .date = local });
            lineBetween = true;
        }
        if (!unreadTold && isAfter(message, unreadAfter) && message.direction == Direction::In
            && !isFoldable(message)) {
            unreadTold = true;
            rows.append({ .kind = MessageRow::UnreadLine });
            lineBetween = true;
        }
        if (!lineBetween && isFoldable(message) && !rows.isEmpty()
            && (rows.constLast().kind == MessageRow::SystemFold)) {
            rows.last().folded.append(message.body.plain());
            rows.last().lastFolded = message.id;
            previous = &message;
            continue;
        }
        MessageRowData row { .kind
            = isFoldable(message) ? MessageRow::SystemFold : MessageRow::Message,
            .message = message };
        if (isFoldable(message)) {
            row.folded = QStringList { message.body.plain() };
            row.lastFolded = message.id;
        } else if (!lineBetween && previous && isGrouped(*previous, message)) {
            row.firstOfGroup = false;
            rows.last().lastOfGroup = false;
        }
        rows.append(row);
        previous = &message;
    }
    for (const StoredGap &gap : std::as_const(openGaps)) {
        if (!gap.to.isValid() && previous) {
            rows.append({ .kind = MessageRow::GapLine, .message = {}, .date = {}, .gap = gap });
        }
    }
    return rows;
}

QVariant messageRowData(const MessageRowData &row, int role)
{
    const StoredMessage &message = row.message;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        if (row.kind == MessageRow::DateLine) {
            return QLocale().toString(row.date, QLocale::LongFormat);
        }
        return row.kind == MessageRow::SystemFold ? row.folded.join(u'\n') : message.body.plain();
    case MessageRole::RowKind:
        return static_cast<int>(row.kind);
    case MessageRole::Id:
        return QVariant::fromValue(message.id);
    case MessageRole::From:
        return message.from;
    case MessageRole::FromName:
        return message.fromName.isEmpty() ? message.from : message.fromName;
    case MessageRole::Direction:
        return static_cast<int>(message.direction);
    case MessageRole::Kind:
        return static_cast<int>(message.kind);
    case MessageRole::Body:
        return QVariant::fromValue(message.body);
    case MessageRole::SentAt:
        return message.sentAt;
    case MessageRole::Delivery:
        return static_cast<int>(message.delivery);
    case MessageRole::Failure:
        return message.failure ? QVariant::fromValue(*message.failure) : QVariant();
    case MessageRole::Delayed:
        return message.delayed;
    case MessageRole::Mention:
        return message.mentionsMe;
    case MessageRole::Edited:
        return message.edited;
    case MessageRole::Retracted:
        return message.retracted;
    case MessageRole::Reactions:
        return QVariant::fromValue(message.reactions);
    case MessageRole::ReplyTo:
        return message.replyTo.isNull() ? QVariant() : QVariant::fromValue(message.replyTo);
    case MessageRole::FirstOfGroup:
        return row.firstOfGroup;
    case MessageRole::LastOfGroup:
        return row.lastOfGroup;
    case MessageRole::Folded:
        return row.folded;
    case MessageRole::Date:
        return row.date;
    case MessageRole::Message:
        return QVariant::fromValue(message);
    default:
        return {};
    }
}

} // namespace linchpin
