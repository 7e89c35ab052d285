// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/room.h"

#include <QMap>
#include <QXmppPresence.h>

namespace linchpin::xmpp {

/// One room as its presences tell it (XEP-0045 §7). Pure: a presence in, a change out.
class RoomState {
public:
    RoomState() = default;
    RoomState(const QString &room, const QString &nick)
        : m_room(room)
        , m_nick(nick)
    {
    }

    const QString &room() const { return m_room; }
    const QString &nick() const { return m_nick; }
    void setNick(const QString &nick) { m_nick = nick; }
    bool isJoined() const { return m_joined; }
    QList<RoomMember> members() const { return m_members.values(); }

    /// What the presence changes; nothing while the list of those present is still coming in.
    std::optional<RoomChange> apply(const QXmppPresence &presence, const QDateTime &now);
    /// We are in, with everybody: as told after a stream was resumed.
    RoomChange complete(const QDateTime &now) const;
    void reset();

private:
    RoomChange leave(const QXmppPresence &presence, const QDateTime &now);

    QString m_room;
    QString m_nick;
    bool m_joined = false;
    QMap<QString, RoomMember> m_members; ///< by nick
    QMap<QString, QString> m_renamed; ///< new nick → old nick, until the new one shows
};

} // namespace linchpin::xmpp
