// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/exchange/ewsmessage.h"
#include "protocols/sip/presence/freebusy.h"
#include "protocols/sip/presence/publication.h"

#include <QDateTime>
#include <QList>
#include <QString>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// The days of which free and busy times are asked for: yesterday, because it is still yesterday
/// somewhere, to the day after tomorrow.
struct CalendarWindow {
    QDateTime start = {}; ///< UTC, midnight
    QDateTime end = {}; ///< UTC
    friend bool operator==(const CalendarWindow &, const CalendarWindow &) = default;
};
CalendarWindow calendarWindow(const QDateTime &now);

/// What is in a calendar, as far as it keeps somebody from being free.
struct CalendarEntry {
    FreeBusy::Slot kind = FreeBusy::Slot::Busy;
    QDateTime start = {}; ///< UTC
    QDateTime end = {}; ///< UTC
    friend bool operator==(const CalendarEntry &, const CalendarEntry &) = default;
};

struct MailboxCalendar {
    FreeBusy freeBusy = {};
    QList<CalendarEntry> entries = {}; ///< empty too where we may not see them
    std::optional<WorkingHours> hours = {};
};

/// GetUserAvailability ([MS-OXWAVLS] 3.1.4.1), everything in UTC.
EwsRequest buildAvailabilityRequest(const QString &mailbox, const CalendarWindow &window);
/// At most a thousand entries; what cannot be read is left out.
std::expected<MailboxCalendar, EwsFault> parseAvailability(
    QByteArrayView body, const QString &mailbox, const CalendarWindow &window);

/// Out-of-office settings of a mailbox.
struct AutomaticReply {
    bool enabled = false;
    QString text = {}; ///< for colleagues; plain, bounded
    QDateTime starts = {}; ///< UTC; invalid: no bounds
    QDateTime ends = {}; ///< UTC
    friend bool operator==(const AutomaticReply &, const AutomaticReply &) = default;

    bool holds(const QDateTime &now) const
    {
        return enabled && (!starts.isValid() || starts <= now) && (!ends.isValid() || now < ends);
    }
};
/// GetUserOofSettings ([MS-OXWOOF] 3.1.4.1).
EwsRequest buildOutOfOfficeRequest(const QString &mailbox);
std::expected<AutomaticReply, EwsFault> parseOutOfOffice(QByteArrayView body);

/// What calendar and automatic reply make of somebody.
struct CalendarMoment {
    CalendarState state = {};
    OutOfOffice note = {}; ///< empty text: none
    QDateTime until = {}; ///< when it may be different; invalid: nothing known
};
CalendarMoment calendarAt(
    const MailboxCalendar &calendar, const AutomaticReply &reply, const QDateTime &now);

} // namespace linchpin::sip
