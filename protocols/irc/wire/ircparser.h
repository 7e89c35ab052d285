// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/wire/ircmessage.h"

#include <QLatin1StringView>

#include <expected>

namespace linchpin::irc {

/// Why bytes are no IRC message, and where in the line the trouble begins.
struct ParseError {
    QLatin1StringView
        reason; ///< Plain English with static storage, for logs and `linchpinctl wire`.
    qsizetype offset = 0;

    friend bool operator==(const ParseError &, const ParseError &) = default;
};

/**
 * Takes one line apart, without its CR LF (RFC 1459 2.3.1, IRCv3 message-tags).
 *
 * Several spaces separate like one, as RFC 1459 has it and RFC 2812 has not: servers send them.
 * The views in the result live as long as @p line's bytes. Any bytes may be handed in.
 */
std::expected<IrcMessage, ParseError> parseLine(QByteArrayView line);

} // namespace linchpin::irc
