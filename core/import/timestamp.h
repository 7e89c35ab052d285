// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>
#include <QString>
#include <QTime>

#include <optional>

namespace linchpin {

/// What a line of a log says of its time, in whatever language and order: `19:13:10`,
/// `03/06/12 07:13:10 PM`, `2012年03月06日 19時13分10秒`, `06.03.2012 19:13:10`, `Mar 06 19:13:10`,
/// `wtorek, 6 marca 2012`.
struct ForeignStamp {
    std::optional<QTime> time;
    std::optional<QDate> date;
    /// The date names no year (`Mar 06`): that of `around` was taken.
    bool yearMissing = false;
};

/// `around`: a day the log is known to be about. Of several readings of a date (3/6 or 6/3) the one
/// nearest to it counts. Text over 128 characters has no time. Pure.
ForeignStamp parseForeignStamp(QStringView text, const QDate &around);

} // namespace linchpin
