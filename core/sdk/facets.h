// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/accessrule.h"
#include "core/sdk/contact.h"
#include "core/sdk/filetransfer.h"
#include "core/sdk/message.h"
#include "core/sdk/result.h"
#include "core/sdk/room.h"

#include <QStringList>

#include <memory>

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
    /// The room that a link for people (https://meet.…) means. `not-a-room` where it means none.
    virtual Async<RoomAddress> resolve(const QString &link);
};

/// Rooms made for an occasion: several people called together, ended for everybody at once. The
/// room itself is used through RoomFacet (join, leave, invite, kick). Members are named by their
/// RoomMember::nick.
class LINCHPIN_SDK_EXPORT ConferenceFacet {
public:
    virtual ~ConferenceFacet();
    /// Makes one, joins it and invites; the answer comes when we are in.
    virtual Async<RoomAddress> create(const QString &subject, const QList<ContactAddress> &invited)
        = 0;
    virtual Async<void> setPresenter(const RoomAddress &room, const QString &nick, bool presenter)
        = 0;
    virtual Async<void> setMuted(const RoomAddress &room, const QString &nick, bool muted) = 0;
    /// Lets somebody in from the lobby, or sends them away.
    virtual Async<void> admit(const RoomAddress &room, const QString &nick, bool in) = 0;
    virtual Async<void> setLocked(const RoomAddress &room, bool locked) = 0;
    virtual Async<void> end(const RoomAddress &room) = 0; ///< for everybody
};

class LINCHPIN_SDK_EXPORT DirectoryFacet {
public:
    virtual ~DirectoryFacet();
    virtual Async<QList<DirectoryEntry>> search(const QString &text) = 0;
    virtual Async<ContactCard> card(const ContactAddress &address) = 0;
    /// Who is in a distribution group. `not-a-group` where the address is none.
    virtual Async<QList<DirectoryEntry>> members(const ContactAddress &group);
};

/// Who sees how much of us. Changes come back as AccessChanged.
class LINCHPIN_SDK_EXPORT AccessFacet {
public:
    virtual ~AccessFacet();
    virtual QList<AccessLevel> levels() const = 0; ///< the most trusting first
    virtual QList<AccessRule> rules() const = 0;
    /// What holds for a person now, whichever rule it comes from.
    virtual AccessRule standing(const ContactAddress &address) const = 0;
    /// Replaces the rule of that subject; an empty level takes it away.
    virtual Async<void> set(const AccessRule &rule) = 0;
};

/// Files, both ways. What becomes of one is told by FileTransferChanged; what comes in by
/// FileOffered. Ids of ours are made by core.
class LINCHPIN_SDK_EXPORT FileTransferFacet {
public:
    virtual ~FileTransferFacet();
    /// Fails at once where it cannot be offered; else the transfer's states tell the rest.
    virtual Async<void> offer(const FileOffer &file, std::shared_ptr<FileSource> source) = 0;
    virtual Async<void> accept(const QString &id, std::shared_ptr<FileSink> sink) = 0;
    virtual void cancel(const QString &id) = 0; ///< refuses an offer, ends a transfer
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
