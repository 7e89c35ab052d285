// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "core/sdk/ids.h"
#include "core/sdk/richtext.h"

#include <QDateTime>
#include <QMetaType>
#include <QStringList>

#include <optional>

namespace linchpin {

enum class Direction { In, Out };

enum class MessageKind {
    Chat, ///< to a person
    Room, ///< to a room
    Notice, ///< automatic text (IRC NOTICE, XMPP headline): answer with no automatism
    Action, ///< "/me waves", without the name
    System, ///< what happened: joined, left, topic; made by us, never sent
};
LINCHPIN_SDK_EXPORT QString toWord(
    MessageKind kind); ///< `chat`, `room`, `notice`, `action`, `system`

/// How far a message of ours has come. Only ever advances, except Failed → Queued by Retry.
enum class DeliveryState {
    None, ///< an incoming message
    Queued, ///< stored; not handed to the network
    Submitted, ///< handed to the connection; the server has not confirmed it
    Sent, ///< the server took it
    Delivered, ///< a device of the recipient has it
    Read,
    Failed, ///< with an Error that says why
    Unconfirmed, ///< the program or the line ended between Submitted and Sent: it may have arrived
};
LINCHPIN_SDK_EXPORT QString toWord(DeliveryState state);
/// Whether `next` may follow `current`; a late "sent" after "read" may not.
LINCHPIN_SDK_EXPORT bool advances(DeliveryState current, DeliveryState next);

enum class Encryption { None, Omemo, OpenPgp, Otr };

/// What a message refers to. Only ids the network gave: resolved against the history by core.
struct MessageReference {
    QString remoteId;
    QString author; ///< address; empty where unknown
    QString excerpt; ///< plain text of the quoted message where the network sent it along

    bool isNull() const { return remoteId.isEmpty() && excerpt.isEmpty(); }
    friend bool operator==(const MessageReference &, const MessageReference &) = default;
};

/// A message that the server delivered, or one of our own that came back (another device of ours,
/// the archive, an echo). Core drops repeats: same conversation and same `remoteId`, `serverId` or
/// `originId`.
struct InboundMessage {
    QString with; ///< the conversation: the other person's address, the room's, or the server's
    ConversationKind conversation = ConversationKind::Person;
    QString from; ///< the author: an address, or the nick in a room
    QString fromName; ///< display name where it differs from `from`
    Direction direction = Direction::In;
    MessageKind kind = MessageKind::Chat;
    RichText body;
    QString remoteId; ///< the author's id on the wire (XMPP id, IRC msgid, SIP Call-ID + CSeq)
    QString serverId; ///< the archive's id (XEP-0359 stanza-id, IRC msgid)
    QString originId; ///< OutgoingMessage::localId of the sending Linchpin or XEP-0359 origin-id
    QDateTime sentAt; ///< UTC; server's time where given, else when it came
    bool delayed = false; ///< it was written before we were there
    bool fromArchive = false; ///< came by asking for history: no notification
    bool mentionsMe = false;
    MessageReference replyTo;
    MessageReference replaces; ///< this is a correction of that message (XEP-0308)
    QString thread; ///< conversation id of the network, where it has one
    Encryption encryption = Encryption::None;
};

/// A message on its way out, as the outbox hands it to the session.
struct OutgoingMessage {
    QString localId; ///< UUID made when it was typed; stays the same for every attempt
    QString to; ///< a contact's or a room's address
    ConversationKind conversation = ConversationKind::Person;
    MessageKind kind = MessageKind::Chat;
    RichText body;
    QDateTime composedAt; ///< UTC
    bool repeated = false; ///< an attempt before may have reached the server
    MessageReference replyTo;
    MessageReference replaces;
};

/// The server took the message.
struct SentMessage {
    QString remoteId; ///< as InboundMessage::remoteId, to recognise its echo
    QString serverId;
    QDateTime sentAt; ///< UTC, the server's where it says; else invalid
    DeliveryState state = DeliveryState::Sent; ///< Sent, or Delivered where the answer proves that
};

/// Something became of a message that is already in the conversation.
struct MessageUpdate {
    QString with;
    ConversationKind conversation = ConversationKind::Person;
    QString remoteId; ///< the message concerned, by either id
    QString originId;
    std::optional<DeliveryState> delivery;
    std::optional<Error> failure; ///< with delivery == Failed
    QString by; ///< who did it: needed with `retracted` and `reactions`; empty = the room itself
    bool retracted = false; ///< believed only of the message's author, and of a room
    std::optional<QStringList> reactions; ///< the complete set of `by` now
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::MessageReference)
Q_DECLARE_METATYPE(linchpin::InboundMessage)
Q_DECLARE_METATYPE(linchpin::OutgoingMessage)
Q_DECLARE_METATYPE(linchpin::SentMessage)
