// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/contact.h"
#include "core/sdk/message.h"
#include "core/sdk/result.h"
#include "core/sdk/room.h"

#include <QStringList>

namespace linchpin {

/// Optional powers of a session. The UI asks for the pointer and hides what is nil. Facets live as
/// long as their session. Every change made here also comes back as a SessionEvent.
class LINCHPIN_SDK_EXPORT RosterFacet {
public:
    virtual ~RosterFacet();
    virtual Async<void> add(const ContactSnapshot &contact) = 0; ///< and asks for the subscription
    virtual Async<void> remove(const ContactAddress &address) = 0;
    virtual Async<void> update(const ContactSnapshot &contact) = 0; ///< name and groups
    virtual Async<void> setBlocked(const ContactAddress &address, bool blocked) = 0;
    virtual Async<void> answer(const ContactAddress &address, bool allow) = 0;
};

class LINCHPIN_SDK_EXPORT RoomFacet {
public:
    virtual ~RoomFacet();
    virtual Async<void> join(const RoomAddress &room, const QString &nick, const QString &password)
        = 0;
    virtual Async<void> leave(const RoomAddress &room, const QString &reason) = 0;
    virtual Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text)
        = 0;
    virtual Async<void> setTopic(const RoomAddress &room, const QString &topic) = 0;
    virtual Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason)
        = 0;
    /// Rooms the server lists; at most a few thousand. `filter` may be empty.
    virtual Async<QList<RoomListing>> list(const QString &filter) = 0;
};

class LINCHPIN_SDK_EXPORT DirectoryFacet {
public:
    virtual ~DirectoryFacet();
    virtual Async<QList<DirectoryEntry>> search(const QString &text) = 0;
    virtual Async<ContactCard> card(const ContactAddress &address) = 0;
};

class LINCHPIN_SDK_EXPORT TypingFacet {
public:
    virtual ~TypingFacet();
    /// The protocol itself thins these out and repeats them as its specification wants.
    virtual void setTyping(const QString &to, ConversationKind conversation, bool composing) = 0;
};

class LINCHPIN_SDK_EXPORT ReadFacet {
public:
    virtual ~ReadFacet();
    virtual void markRead(
        const QString &with, ConversationKind conversation, const QString &remoteId)
        = 0;
};

/// A command that can be typed ("/topic"), for completion and help.
struct CommandInfo {
    QString name; ///< without the slash
    QString usage; ///< "/topic [text]"
    QString help; ///< one sentence, translated
};

/// The protocol's own typed commands. Those every protocol has (/me, /join, /leave, /msg, /help,
/// /clear) are core's.
class LINCHPIN_SDK_EXPORT CommandFacet {
public:
    virtual ~CommandFacet();
    virtual QList<CommandInfo> commands() const = 0;
    /// `in` is the conversation it was typed in (its address; may be empty). The text that comes
    /// back, if any, is shown there as a system line.
    virtual Async<QString> run(const QString &name, const QString &arguments, const QString &in,
        ConversationKind conversation)
        = 0;
};

/// Raw lines for the wire console (IRC /quote, an XML stanza). Nil where that makes no sense.
class LINCHPIN_SDK_EXPORT RawFacet {
public:
    virtual ~RawFacet();
    virtual Async<void> sendRaw(const QByteArray &bytes) = 0;
};

/// Asking an archive for what is older than what we have.
class LINCHPIN_SDK_EXPORT ArchiveFacet {
public:
    virtual ~ArchiveFacet();
    /// Emits what is found as MessageReceived with fromArchive; answers whether there is more.
    virtual Async<bool> fetchBefore(
        const QString &with, ConversationKind conversation, const QDateTime &before, int atMost)
        = 0;
};

} // namespace linchpin
