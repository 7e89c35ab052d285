// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/contact.h"
#include "core/sdk/filetransfer.h"
#include "core/sdk/message.h"
#include "core/sdk/presence.h"
#include "core/sdk/room.h"

#include <QByteArray>
#include <QMetaType>
#include <QVariant>

#include <functional>
#include <optional>
#include <variant>

namespace linchpin {

struct MessageReceived {
    InboundMessage message;
    /// Called on the main thread once the message is in the history for good (or was a repeat): a
    /// protocol that can acknowledges to the server then, not before. May be empty.
    std::function<void()> stored = {};
};
struct MessageUpdated {
    MessageUpdate update;
};
/// The reader (another device of ours: `by` empty) has seen everything up to this message.
struct ReadMarked {
    QString with;
    ConversationKind conversation = ConversationKind::Person;
    QString remoteId;
    QString by;
};
/// The history of a conversation cannot be proven complete in this span.
struct HistoryGap {
    QString with;
    ConversationKind conversation = ConversationKind::Person;
    QDateTime from; ///< UTC; invalid = since ever
    QDateTime to; ///< UTC; invalid = until now
};
/// Sent once a sign-in when the whole contact list has been told: contacts not among
/// `addresses` are gone from the server.
struct ContactListComplete {
    QList<ContactAddress> addresses;
};
struct ContactChanged {
    ContactSnapshot contact;
};
struct ContactRemoved {
    ContactAddress address;
};
struct PresenceChanged {
    ContactAddress address;
    Presence presence; ///< of the person: the plugin has merged the end points
};
struct OwnPresenceChanged {
    Presence presence; ///< as the server publishes it now (another device may have changed it)
};
struct AvatarChanged {
    ContactAddress address; ///< null address = our own
    QByteArray image; ///< image file's bytes, at most 1 MiB; empty = none any more
};
struct TypingChanged {
    QString with;
    ConversationKind conversation = ConversationKind::Person;
    QString from;
    bool composing = false;
};
/// Rules of AccessFacet changed, here or on another device.
struct AccessChanged { };
/// Somebody would like to send us a file.
struct FileOffered {
    FileOffer file;
};
struct FileTransferChanged {
    QString id;
    FileTransferState state = FileTransferState::Offered;
    qint64 transferred = 0; ///< bytes
    std::optional<Error> failure; ///< with Failed
};
struct RoomChanged {
    RoomChange change;
};
struct InvitationReceived {
    RoomInvitation invitation;
};
/// Somebody asks to have us as a contact; answered through RosterFacet::answer().
struct SubscriptionAsked {
    ContactAddress address;
    QString name;
    QString text;
};
/// Something for the user that belongs to no conversation: one line, and the server's words.
struct ServerNotice {
    enum class Severity { Information, Mended, Warning };
    Severity severity = Severity::Information;
    QString code; ///< stable word, may be empty
    QString text; ///< translated sentence
    QString detail; ///< the server's words
};
/// The session found out a setting that works (server, User-Agent that was accepted): kept with
/// the account as found, never over a value set by hand.
struct SettingLearned {
    QString key;
    QVariant value;
};

using SessionEvent = std::variant<MessageReceived, MessageUpdated, ReadMarked, HistoryGap,
    ContactListComplete, ContactChanged, ContactRemoved, PresenceChanged, OwnPresenceChanged,
    AvatarChanged, TypingChanged, AccessChanged, FileOffered, FileTransferChanged, RoomChanged,
    InvitationReceived, SubscriptionAsked, ServerNotice, SettingLearned>;

/// For std::visit: one lambda a kind; a forgotten kind does not compile.
template <class... Ts> struct Overloaded : Ts... {
    using Ts::operator()...;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::SessionEvent)
