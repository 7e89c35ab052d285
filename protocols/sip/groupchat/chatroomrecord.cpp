// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/groupchat/chatroomrecord.h"

namespace linchpin::sip {

namespace {
constexpr qsizetype rememberedPosts = 100;
} // namespace

bool note(ChatRoom &room, const ChatPost &post)
{
    if (post.at.isValid() && (!room.last.isValid() || post.at > room.last)) {
        room.last = post.at;
    }
    if (room.shown.contains(post.id)) {
        return false;
    }
    room.shown.append(post.id);
    if (room.shown.size() > rememberedPosts) {
        room.shown.removeFirst();
    }
    return true;
}

void enter(ChatRoom &room, const ChatChannel &channel, const QMap<QString, QString> &addresses,
    const QString &self)
{
    room.joined = true;
    room.known = true;
    room.name = channel.name;
    room.members.clear();
    room.managers.clear();
    for (const QString &id : channel.people) {
        if (const QString address = addresses.value(id); !address.isEmpty()) {
            room.members.insert(address);
            if (channel.managers.contains(id)) {
                room.managers.insert(address);
            }
        }
    }
    room.members.insert(self);
}

} // namespace linchpin::sip
