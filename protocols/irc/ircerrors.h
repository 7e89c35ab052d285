// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"

namespace linchpin::irc {

/// The Error for a stable code of the doctor's list, with our words for people and the server's
/// own.
Error makeError(const QString &code, const QString &serverWords = {});

/// The server offers only weaker ways to log in than it did before.
Error weakerThanBefore(const QString &serverWords);

/// @p why, where an sts policy of @p host forbids every other way: no TLS at @p port.
Error strippedError(const Error &why, const QString &host, quint16 port);

/// Why the server refused something that was sent to, or asked of, @p target (RFC 2812
/// section 5.2).
Error refusalError(int numeric, const QString &target, const QString &serverWords);

} // namespace linchpin::irc
