// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"

namespace linchpin {

/// What of an incoming message goes into the history. Pure.
StoredMessage toStore(
    const AccountId &account, const InboundMessage &message, const QDateTime &receivedAt);

} // namespace linchpin
