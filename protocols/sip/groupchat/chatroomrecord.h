// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/groupchat/groupchatmachine.h"

#include <QMap>

namespace linchpin::sip {

/// Notes a post as shown, and its time as the room's last; false when it was noted before.
bool note(ChatRoom &room, const ChatPost &post);

/// The server let us in: the room's name and who is in it. `addresses` are by the server's ids of
/// people; `self` is our own, which is in it whatever the list says.
void enter(ChatRoom &room, const ChatChannel &channel, const QMap<QString, QString> &addresses,
    const QString &self);

} // namespace linchpin::sip
