// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/message.h"

#include <QDateTime>

namespace linchpin {

/// Bounds what a network may put into the history. Pure. False = nothing worth keeping: without a
/// conversation or without text.
///
/// Text is cut at 64 Ki characters, names at 256, ids at 1,024 (a longer id is dropped, since half
/// an id may be another one's); a time over five minutes ahead becomes `now`, so that no message
/// stands at the end of its conversation for ever.
bool sanitize(InboundMessage &message, const QDateTime &now);

/// The first `length` characters of a text with its spans, never half a character.
RichText shortened(const RichText &text, qsizetype length);

} // namespace linchpin
