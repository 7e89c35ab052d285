// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/siprooms.h"

#include "protocols/sip/groupchat/channeladdress.h"
#include "protocols/sip/session/sipconferences.h"
#include "protocols/sip/session/sipgroupchat.h"

namespace linchpin::sip {

RoomFacet &SipRooms::of(const RoomAddress &room) const
{
    return normalizedChannel(room.value) ? static_cast<RoomFacet &>(m_groupChat)
                                         : static_cast<RoomFacet &>(m_conferences);
}

Async<void> SipRooms::join(const RoomAddress &room, const QString &nick, const QString &password)
{
    return of(room).join(room, nick, password);
}

Async<void> SipRooms::leave(const RoomAddress &room, const QString &reason)
{
    return of(room).leave(room, reason);
}

Async<void> SipRooms::invite(
    const RoomAddress &room, const ContactAddress &who, const QString &text)
{
    return of(room).invite(room, who, text);
}

Async<void> SipRooms::setTopic(const RoomAddress &room, const QString &topic)
{
    return of(room).setTopic(room, topic);
}

Async<void> SipRooms::kick(const RoomAddress &room, const QString &nick, const QString &reason)
{
    return of(room).kick(room, nick, reason);
}

Async<QList<RoomListing>> SipRooms::list(const QString &filter)
{
    return m_groupChat.list(filter);
}

Async<RoomAddress> SipRooms::resolve(const QString &link)
{
    return m_conferences.resolve(link);
}

} // namespace linchpin::sip
