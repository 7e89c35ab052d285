// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/presence.h"

#include <QIcon>

/// Meaning → picture: the only place that knows pictures. Symbolic SVGs of our own, drawn in the
/// palette's text colour, so that they follow light and dark.
namespace linchpin::icons {

QIcon icon(const QString &name); ///< `send`, `search`, `add`, … as resources/icons/NAME.svg
QIcon application(); ///< the mark: a linchpin through a ring
QIcon presence(Availability availability); ///< the shape and colour of one, for menus
/// The mark with a badge of unread messages and the presence, for the tray.
QIcon tray(int availability, int unread);

} // namespace linchpin::icons
