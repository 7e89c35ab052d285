// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/wire/textcodec.h"

namespace linchpin::irc {

/**
 * How many bytes of text fit one PRIVMSG or NOTICE so that it still fits when the server has put
 * our own ":nick!user@host " before it (RFC 1459 2.3: 512 bytes with CR LF, counted at the
 * receiver).
 *
 * @p prefix is nick!user@host as others see us, @p wrapping what CTCP adds ("\x01ACTION " and
 * "\x01").
 */
qsizetype textBudget(qsizetype prefix, QByteArrayView verb, QByteArrayView target,
    qsizetype wrapping = 0, qsizetype lineLimit = 512);

/**
 * Cuts @p text into pieces of at most @p budget encoded bytes.
 *
 * Lines first (empty ones are dropped: IRC cannot carry them), then words when a piece stays at
 * least half full, then user-perceived characters, and only inside one that is itself too long
 * between code points. Within a line nothing is lost: its pieces put together are the line.
 */
QStringList splitText(QStringView text, qsizetype budget, const TextCodec &codec);

} // namespace linchpin::irc
