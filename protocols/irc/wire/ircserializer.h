// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/wire/ircmessage.h"

#include <QLatin1StringView>

#include <expected>

namespace linchpin::irc {

/// A message to be written: the owning sibling of IrcMessage.
struct IrcCommand {
    QByteArray verb;
    QList<QByteArray> params = {};
    QList<IrcTag> tags = {};
    QByteArray source = {}; ///< Only servers (our simulator) send one.

    friend bool operator==(const IrcCommand &, const IrcCommand &) = default;
};

/// Why a command cannot be put on the wire.
struct SerializeError {
    QLatin1StringView reason;
};

/// RFC 1459 2.3: 512 bytes with CR LF. IRCv3 message-tags: a client may add 4094 bytes of tags
/// data.
struct SerializeLimits {
    qsizetype tags = 4096; ///< With '@' and the space.
    qsizetype body = 512;
};

/**
 * The line with its CR LF.
 *
 * CR, LF and NUL are refused everywhere, so no text a user (or a peer) chose can become a second
 * command; so are parameters that would shift the ones behind them. Too long is an error, not a
 * cut: cutting is TextSplit's business.
 */
std::expected<QByteArray, SerializeError> serialize(
    const IrcCommand &command, const SerializeLimits &limits = {});

} // namespace linchpin::irc
