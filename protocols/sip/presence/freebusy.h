// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace linchpin::sip {

/// Free or busy times of a mailbox.
struct FreeBusy {
    QString mailbox = {};
    QDateTime start = {}; ///< UTC
    int minutes = 15; ///< length of one slot
    QByteArray encoded = {}; ///< two bits a slot, first slot in the lowest bits
    friend bool operator==(const FreeBusy &, const FreeBusy &) = default;

    enum class Slot { Free, Tentative, Busy, OutOfOffice };
    int slotCount() const { return int(encoded.size()) * 4; }
    /// Free outside the range.
    Slot slot(int index) const;

    /// Slots of one kind, one after another.
    struct Span {
        Slot kind = Slot::Free;
        QDateTime until = {}; ///< UTC; invalid where the span reaches the end of what is known
        friend bool operator==(const Span &, const Span &) = default;
    };
    /// What holds at that time; nothing where it is not known.
    std::optional<Span> at(const QDateTime &time) const;
};
/// The bytes of FreeBusy::encoded for slots.
QByteArray encodeFreeBusy(const QList<FreeBusy::Slot> &slotValues);

/// When a mailbox's owner works: one period, the same on all its days.
struct WorkingHours {
    int biasMinutes = 0; ///< UTC is local time plus this; winter time
    QList<Qt::DayOfWeek> days = {};
    int fromMinute = 0; ///< of the day
    int toMinute = 0;
    friend bool operator==(const WorkingHours &, const WorkingHours &) = default;
};

/// A `calendarData` element ([MS-PRES] calendarData): one of the two, or neither.
struct CalendarData {
    QString mailbox = {};
    std::optional<FreeBusy> freeBusy = {};
    std::optional<WorkingHours> workingHours = {};
    friend bool operator==(const CalendarData &, const CalendarData &) = default;
};

/// Sizes are bounded; what cannot be read is left out.
CalendarData parseCalendarData(const XmlElement &element);
XmlElement calendarDataElement(const CalendarData &data);

} // namespace linchpin::sip
