// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionevent.h"
#include "core/sdk/sessionservices.h"
#include "protocols/irc/state/isupport.h"
#include "protocols/irc/state/sendqueue.h"
#include "protocols/irc/wire/ircserializer.h"
#include "protocols/irc/wire/textcodec.h"

#include <QDateTime>

namespace linchpin::irc {

/// Where a message came from and in what circumstances, decoded once for all who handle it.
struct Origin {
    QString nick; ///< Or the server's name.
    QString user;
    QString host;
    bool isServer = false;
    QDateTime at; ///< UTC: the server's time where it says, else now.
    bool delayed = false; ///< From before we were there.
    bool replayed = false; ///< Part of a server's or bouncer's playback.
    QByteArray label; ///< Of the command this answers, where the server labels.
};

/// What the parts of a session (rooms, contacts, commands) need of it. The session implements it
/// and outlives them.
class IrcLink {
public:
    virtual ~IrcLink() = default;

    virtual bool isOnline() const = 0;
    /// Queues a line; one that cannot be written (injection, too long) is logged and dropped,
    /// false.
    /// @p message is the id under which DeliveryTracker follows the line; 0 where nobody does.
    virtual bool send(const IrcCommand &command, SendQueue::Rank rank = SendQueue::Rank::Normal,
        quint64 message = 0)
        = 0;
    virtual void tell(const SessionEvent &event) = 0;
    virtual const ISupport &isupport() const = 0;
    virtual const TextCodec &codec() const = 0;
    virtual QString ownNick() const = 0;
    virtual bool hasCap(const QByteArray &cap) const = 0;
    virtual SessionServices &services() = 0;

    QByteArray encoded(QStringView text) const { return codec().encode(text); }
    QString decoded(QByteArrayView bytes) const { return codec().decode(bytes); }
    QString folded(QStringView name) const { return fold(name, isupport().caseMapping()); }
    bool isMe(QStringView nick) const
    {
        return sameName(nick, ownNick(), isupport().caseMapping());
    }
};

/// A nick or channel as core knows it: ASCII letters small, so that equal ones compare equal.
/// CASEMAPPING's other letters are left alone: it is unknown before signing in.
QString addressOf(QStringView name);

} // namespace linchpin::irc
