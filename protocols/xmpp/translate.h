// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/contact.h"
#include "core/sdk/message.h"
#include "core/sdk/presence.h"
#include "core/sdk/result.h"
#include "core/sdk/room.h"

#include <QXmppMessage.h>
#include <QXmppPresence.h>
#include <QXmppRosterIq.h>

#include <optional>

/// QXmpp's values to the sdk's and back. Pure: no socket, no clock, no session.
namespace linchpin::xmpp {

/// The one spelling of a JID without its resource (RFC 7622 §3: domain in lower case, local part
/// case-folded), for what servers sent: never fails.
QString bareJid(const QString &jid);
/// The same for what people typed (`xmpp:` and a resource are taken off); `invalid-address` where
/// it cannot be an XMPP address. `needsLocalPart` is false for rooms' services and gateways.
Result<QString> normalizedJid(const QString &typed, bool needsLocalPart = true);

Presence toPresence(const QXmppPresence &presence);
/// Our own presence; Invisible and Offline become `unavailable`.
QXmppPresence fromPresence(const Presence &presence, int priority);

Subscription toSubscription(const QXmppRosterIq::Item &item);
ContactSnapshot toContact(const QXmppRosterIq::Item &item, bool blocked);

RoomRank toRank(const QXmppMucItem &item);
RoomMember toMember(const QXmppPresence &presence);

/// What a message's meaning depends on besides itself.
struct MessageContext {
    QString ownJid; ///< bare
    QString roomNick; ///< our nick; set = the message came from (or is in the archive of) a room
    bool isRoom = false;
    QDateTime now; ///< UTC
    QString archiveId; ///< id in the archive it was fetched from
    QDateTime archivedAt; ///< UTC; with archiveId
};

/// A message with something to show, or nothing (receipts, markers, typing, errors).
std::optional<InboundMessage> toInbound(const QXmppMessage &message, const MessageContext &context);
/// What the message says about another one: receipt, displayed marker, reactions, retraction.
std::optional<MessageUpdate> toUpdate(const QXmppMessage &message, const MessageContext &context);
/// The other side of the conversation a message belongs to.
QString conversationOf(const QXmppMessage &message, const MessageContext &context);
/// Whether we wrote it (on this or another device).
bool isOurs(const QXmppMessage &message, const MessageContext &context);

QXmppMessage fromOutgoing(const OutgoingMessage &message);

} // namespace linchpin::xmpp
