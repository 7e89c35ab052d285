// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ctcp.h"

namespace linchpin::irc {

std::optional<Ctcp> parseCtcp(QByteArrayView messageText)
{
    if (!messageText.startsWith('\x01')) {
        return std::nullopt;
    }
    QByteArrayView inner = messageText.sliced(1);
    if (const qsizetype close = inner.indexOf('\x01'); close >= 0) {
        inner = inner.first(close);
    }
    const qsizetype space = inner.indexOf(' ');
    const Ctcp ctcp
        = space < 0 ? Ctcp { inner, {} } : Ctcp { inner.first(space), inner.sliced(space + 1) };
    return ctcp.verb.isEmpty() ? std::nullopt : std::optional(ctcp);
}

QByteArray makeCtcp(QByteArrayView verb, QByteArrayView text)
{
    QByteArray wrapped = "\x01" + verb.toByteArray();
    if (!text.isEmpty()) {
        wrapped += ' ';
        for (const char c : text) {
            if (c != '\x01') {
                wrapped += c;
            }
        }
    }
    return wrapped + '\x01';
}

} // namespace linchpin::irc
