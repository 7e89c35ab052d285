// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"

namespace linchpin::sip {

class SipConferences;
class SipGroupChat;

/// All rooms of an account behind one facet: what the address names decides whose they are,
/// conferences' or the chat server's.
class SipRooms : public RoomFacet {
public:
    SipRooms(SipConferences &conferences, SipGroupChat &groupChat)
        : m_conferences(conferences)
        , m_groupChat(groupChat)
    {
    }

    Async<void> join(
        const RoomAddress &room, const QString &nick, const QString &password) override;
    Async<void> leave(const RoomAddress &room, const QString &reason) override;
    Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text) override;
    Async<void> setTopic(const RoomAddress &room, const QString &topic) override;
    Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason) override;
    /// Conferences have no list.
    Async<QList<RoomListing>> list(const QString &filter) override;
    Async<RoomAddress> resolve(const QString &link) override;

private:
    RoomFacet &of(const RoomAddress &room) const;

    SipConferences &m_conferences;
    SipGroupChat &m_groupChat;
};

} // namespace linchpin::sip
