// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/groupchat/xccos.h"

#include <QString>

namespace linchpin::sip {

/// What a server's code in a reply means. Codes: group-chat-forbidden, group-chat-no-room,
/// group-chat-refused.
Error groupChatRefusal(const ChatStatement &reply);
/// Codes: group-chat-silent, group-chat-disconnected, group-chat-not-in-room.
Error groupChatTrouble(const QString &code);

} // namespace linchpin::sip
