// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace linchpin::irc {

/// A client-to-client request or answer inside a PRIVMSG or NOTICE, as views into its text.
struct Ctcp {
    QByteArrayView verb; ///< As written; compare without regard to case.
    QByteArrayView text; ///< What follows the verb and one space.
};

/// Reads "\x01VERB text\x01" (modern.ircdocs.horse/ctcp: the closing \x01 may be missing).
std::optional<Ctcp> parseCtcp(QByteArrayView messageText);
/// Wraps; a \x01 within @p text would end it early and is left out.
QByteArray makeCtcp(QByteArrayView verb, QByteArrayView text = {});

} // namespace linchpin::irc
