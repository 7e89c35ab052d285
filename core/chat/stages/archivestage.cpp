// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/stages/archivestage.h"

namespace linchpin {

StoredMessage toStore(
    const AccountId &account, const InboundMessage &message, const QDateTime &receivedAt)
{
    StoredMessage stored;
    stored.conversation = { account, message.with, message.conversation };
    stored.from = message.from;
    stored.fromName = message.fromName == message.from ? QString() : message.fromName;
    stored.direction = message.direction;
    stored.kind = message.kind;
    stored.body = message.body;
    stored.remoteId = message.remoteId;
    stored.serverId = message.serverId;
    stored.originId = message.originId;
    stored.sentAt = message.sentAt;
    stored.receivedAt = receivedAt;
    // One of our own that came back has evidently been taken by the server.
    stored.delivery
        = message.direction == Direction::Out ? DeliveryState::Sent : DeliveryState::None;
    stored.delayed = message.delayed;
    stored.fromArchive = message.fromArchive;
    stored.mentionsMe = message.mentionsMe && message.direction == Direction::In;
    stored.replyTo = message.replyTo;
    stored.encryption = message.encryption;
    return stored;
}

} // namespace linchpin
