// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "core/sdk/message.h"

#include <QMap>

namespace linchpin {

/// A message as the history keeps it: what came in or went out, plus what became of it.
struct StoredMessage {
    MessageId id; ///< null until stored
    ConversationKey conversation;
    QString from; ///< address, or nick in a room; own address for outgoing ones
    QString fromName;
    Direction direction = Direction::In;
    MessageKind kind = MessageKind::Chat;
    RichText body;
    QString remoteId;
    QString serverId;
    QString originId; ///< outgoing: OutgoingMessage::localId
    QDateTime sentAt; ///< UTC; the order of a conversation is (sentAt, id)
    QDateTime receivedAt; ///< UTC; when we stored it
    DeliveryState delivery = DeliveryState::None;
    std::optional<Error> failure;
    bool delayed = false;
    bool fromArchive = false;
    bool mentionsMe = false;
    MessageReference replyTo;
    bool edited = false;
    bool retracted = false;
    QMap<QString, QStringList> reactions; ///< reactor → their reactions
    Encryption encryption = Encryption::None;

    friend bool operator==(const StoredMessage &, const StoredMessage &) = default;
};

/// A span of a conversation's time that cannot be proven complete.
struct StoredGap {
    qint64 id = 0;
    QDateTime from; ///< invalid = since ever
    QDateTime to; ///< invalid = until now
    friend bool operator==(const StoredGap &, const StoredGap &) = default;
};

/// A place in a conversation's order; for paging by key, never by offset.
struct MessagePlace {
    QDateTime sentAt;
    MessageId id;
    friend bool operator==(const MessagePlace &, const MessagePlace &) = default;
};
inline MessagePlace placeOf(const StoredMessage &message)
{
    return { message.sentAt, message.id };
}

struct HistoryPage {
    QList<StoredMessage> messages; ///< oldest first
    bool hasOlder = false;
    bool hasNewer = false;
    QList<StoredGap> gaps; ///< those that overlap the page
};

/// One line of the list of conversations.
struct ConversationSummary {
    ConversationKey key;
    QString name; ///< room's or person's name as last known; may be empty
    int unread = 0;
    int mentions = 0;
    MessagePlace readUpTo; ///< null id = nothing read
    QDateTime lastAt;
    QString lastExcerpt; ///< plain, one line, at most 120 characters
    Direction lastDirection = Direction::In;
    QString draft;
    bool pinned = false;
    bool muted = false;
    bool open = false; ///< has a tab
    friend bool operator==(const ConversationSummary &, const ConversationSummary &) = default;
};

struct SearchRequest {
    QString words; ///< as typed: words, "phrases", -not; scripts without spaces by trigram
    std::optional<AccountId> account;
    QString with; ///< a conversation's address; empty = all
    QDateTime before; ///< only older hits, for paging; invalid = newest
    int limit = 50;
};

struct SearchHit {
    StoredMessage message;
    QList<std::pair<int, int>> matches; ///< start and length in body.plain(), for highlighting
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::StoredMessage)
