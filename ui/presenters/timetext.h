// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QLocale>
#include <QString>

namespace linchpin {

/// "14:05" today, "Tue" this week, "3 Nov" this year, else "03.11.2024": for lists. Pure.
QString shortTimeText(const QDateTime &time, const QDateTime &now);
/// "14:05" or "2:05 pm" as the locale has it, without seconds. Pure.
QString clockText(const QTime &time, const QLocale &locale = {});
/// "idle for 12 min", "idle for 3 h". Pure.
QString idleText(const QDateTime &since, const QDateTime &now);

} // namespace linchpin
