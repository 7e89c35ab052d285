// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"

namespace linchpin {

/// Whether the user is to be notified of a message that was just stored. Pure. In a muted
/// conversation only of mentions; never of what they wrote themselves, of archives, of what
/// happened in rooms and of what servers say.
bool isToNotify(const StoredMessage &message, const ConversationSummary &summary);

} // namespace linchpin
