// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"

#include <QLatin1StringView>

namespace linchpin {

class SqlRows;

/// How a message's id carries its time: milliseconds times this, plus a number that makes it unique
/// (docs/adr/0003).
inline constexpr qint64 kIdsAMillisecond = 2048;
inline constexpr qint64 kLatest = (qint64 { 1 } << 42) - 1; ///< ms; 2109-05-15

/// What a query has to select, of the table under the name m, for messageOf().
inline constexpr QLatin1StringView kMessageColumns(
    "m.id, m.conversation_id, m.sent_at, m.received_at, m.direction, m.kind, m.flags,"
    " m.encryption, m.sender, m.sender_name, m.text, m.spans, m.remote_id, m.server_id,"
    " m.origin_id, m.delivery, m.failure, m.reply, m.reactions");
inline constexpr int kMessageColumnCount = 19;

/// Everything but the conversation's key.
StoredMessage messageOf(const SqlRows &rows);
/// The column "flags" of a message.
int flagsOf(const StoredMessage &message);

} // namespace linchpin
