// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/messagecolumns.h"

#include "core/history/messagerow.h"
#include "core/history/sqlconnection.h"

namespace linchpin {

namespace {

enum MessageFlag { Delayed = 1, FromArchive = 2, MentionsMe = 4, Edited = 8, Retracted = 16 };

} // namespace

StoredMessage messageOf(const SqlRows &rows)
{
    StoredMessage message;
    message.id = { rows.number(0) };
    message.sentAt = toTime(rows.value(2));
    message.receivedAt = toTime(rows.value(3));
    message.direction = rows.number(4) == 0 ? Direction::In : Direction::Out;
    message.kind = static_cast<MessageKind>(rows.number(5));
    const qint64 flags = rows.number(6);
    message.delayed = (flags & Delayed) != 0;
    message.fromArchive = (flags & FromArchive) != 0;
    message.mentionsMe = (flags & MentionsMe) != 0;
    message.edited = (flags & Edited) != 0;
    message.retracted = (flags & Retracted) != 0;
    message.encryption = static_cast<Encryption>(rows.number(7));
    message.from = rows.text(8);
    message.fromName = rows.text(9);
    message.body = decodedBody(rows.text(10), rows.value(11).toByteArray());
    message.remoteId = rows.text(12);
    message.serverId = rows.text(13);
    message.originId = rows.text(14);
    message.delivery = static_cast<DeliveryState>(rows.number(15));
    message.failure = decodedError(rows.value(16).toByteArray());
    message.replyTo = decodedReference(rows.value(17).toByteArray());
    message.reactions = decodedReactions(rows.value(18).toByteArray());
    return message;
}

int flagsOf(const StoredMessage &message)
{
    return (message.delayed ? Delayed : 0) | (message.fromArchive ? FromArchive : 0)
        | (message.mentionsMe ? MentionsMe : 0) | (message.edited ? Edited : 0)
        | (message.retracted ? Retracted : 0);
}

} // namespace linchpin
