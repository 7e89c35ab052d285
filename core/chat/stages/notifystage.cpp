// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/stages/notifystage.h"

namespace linchpin {

bool isToNotify(const StoredMessage &message, const ConversationSummary &summary)
{
    if (message.direction != Direction::In || message.fromArchive
        || message.kind == MessageKind::System
        || message.conversation.kind == ConversationKind::Server) {
        return false;
    }
    return !summary.muted || message.mentionsMe;
}

} // namespace linchpin
