// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"

class QIODevice;

namespace linchpin::purple {

/// When a log of libpurple begins, by its file's name: `2012-03-06.191310+0100CET.html`; before
/// 2.0 without the offset: then the system's zone. Invalid for other names. Pure.
QDateTime logBegin(const QString &fileName);

/// What is known of the people in a log, to tell who wrote a line.
struct LogPeople {
    QStringList own; ///< names of the account's owner
    QStringList others; ///< of the other side
    bool room = false;
};

/// The lines of one log of libpurple's log.c (2.0 to 2.14), HTML in both its shapes
/// (`<font color=…>` and, since 2.14, `<span style=…>`) or text. Stamps without a date count on
/// from `begin` over midnight. Lines of the account's `.system` log are no messages.
void readLog(QIODevice &device, bool html, const QDateTime &begin, const LogPeople &people,
    const MessageSink &sink);

} // namespace linchpin::purple
