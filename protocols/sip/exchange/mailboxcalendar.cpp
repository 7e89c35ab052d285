// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/mailboxcalendar.h"

#include "core/sdk/richtext.h"

#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr int kSlotMinutes = 15;
constexpr int kWindowDays = 4;
constexpr qsizetype kMaximumEntries = 1000;
constexpr qsizetype kMaximumNote = 1000;
constexpr qsizetype kMaximumHtml = qsizetype { 256 } * 1024;

EwsElement timeChange(const QString &name)
{
    return typeElement(name,
        { typeElement(u"Bias"_s, u"0"_s), typeElement(u"Time"_s, u"00:00:00"_s),
            typeElement(u"DayOrder"_s, u"0"_s), typeElement(u"Month"_s, u"0"_s),
            typeElement(u"DayOfWeek"_s, u"Sunday"_s) });
}

/// Without a zone: the request's own, which is UTC.
QString written(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-ddTHH:mm:ss"_s);
}

FreeBusy::Slot slotFromDigit(QChar digit)
{
    switch (digit.unicode()) {
    case u'1':
        return FreeBusy::Slot::Tentative;
    case u'2':
        return FreeBusy::Slot::Busy;
    case u'3':
        return FreeBusy::Slot::OutOfOffice;
    default:
        return FreeBusy::Slot::Free; // 4 is "no data"
    }
}

std::optional<FreeBusy::Slot> slotFromWord(const QString &word)
{
    if (word == "Busy"_L1) {
        return FreeBusy::Slot::Busy;
    }
    if (word == "OOF"_L1) {
        return FreeBusy::Slot::OutOfOffice;
    }
    if (word == "Tentative"_L1) {
        return FreeBusy::Slot::Tentative;
    }
    return std::nullopt; // Free, WorkingElsewhere, NoData
}

/// "4": minutes may be told as well. What the server does not say is free.
QByteArray encodedSlots(const QString &digits, const CalendarWindow &window)
{
    const qsizetype most = window.start.secsTo(window.end) / 60 / kSlotMinutes;
    QList<FreeBusy::Slot> all(most, FreeBusy::Slot::Free);
    for (qsizetype i = 0; i < qMin(most, digits.size()); ++i) {
        all[i] = slotFromDigit(digits.at(i));
    }
    return encodeFreeBusy(all);
}

struct Stretch {
    QDateTime start;
    QDateTime end;
};

/// The entries of that kind which hold now, and those that touch them, as one.
std::optional<Stretch> stretchAt(
    const QList<CalendarEntry> &entries, FreeBusy::Slot kind, const QDateTime &now)
{
    std::optional<Stretch> out;
    for (bool grown = true; grown;) {
        grown = false;
        for (const CalendarEntry &entry : entries) {
            if (entry.kind != kind) {
                continue;
            }
            if (!out) {
                if (entry.start <= now && now < entry.end) {
                    out = Stretch { entry.start, entry.end };
                    grown = true;
                }
            } else if (entry.start <= out->end && out->start <= entry.end
                && (entry.start < out->start || out->end < entry.end)) {
                out->start = qMin(out->start, entry.start);
                out->end = qMax(out->end, entry.end);
                grown = true;
            }
        }
    }
    return out;
}

/// The same, from quarters of an hour.
QList<CalendarEntry> entriesOf(const FreeBusy &freeBusy)
{
    QList<CalendarEntry> out;
    for (int i = 0; i < freeBusy.slotCount(); ++i) {
        const FreeBusy::Slot kind = freeBusy.slot(i);
        const QDateTime start = freeBusy.start.addSecs(qint64(i) * freeBusy.minutes * 60);
        const QDateTime end = start.addSecs(qint64(freeBusy.minutes) * 60);
        if (kind == FreeBusy::Slot::Free) {
            continue;
        }
        if (!out.isEmpty() && out.last().kind == kind && out.last().end == start) {
            out.last().end = end;
        } else {
            out.append({ kind, start, end });
        }
    }
    return out;
}

} // namespace

CalendarWindow calendarWindow(const QDateTime &now)
{
    const QDateTime start(now.toUTC().date().addDays(-1), QTime(0, 0), QTimeZone::UTC);
    return { start, start.addDays(kWindowDays) };
}

EwsRequest buildAvailabilityRequest(const QString &mailbox, const CalendarWindow &window)
{
    const EwsElement zone = typeElement(u"TimeZone"_s,
        { typeElement(u"Bias"_s, u"0"_s), timeChange(u"StandardTime"_s),
            timeChange(u"DaylightTime"_s) });
    const EwsElement whose = messageElement(u"MailboxDataArray"_s,
        { typeElement(u"MailboxData"_s,
            { typeElement(u"Email"_s, { typeElement(u"Address"_s, mailbox) }),
                typeElement(u"AttendeeType"_s, u"Required"_s),
                typeElement(u"ExcludeConflicts"_s, u"false"_s) }) });
    const EwsElement what = typeElement(u"FreeBusyViewOptions"_s,
        { typeElement(u"TimeWindow"_s,
              { typeElement(u"StartTime"_s, written(window.start)),
                  typeElement(u"EndTime"_s, written(window.end)) }),
            typeElement(u"MergedFreeBusyIntervalInMinutes"_s, QString::number(kSlotMinutes)),
            typeElement(u"RequestedView"_s, u"DetailedMerged"_s) });
    return buildEwsRequest(u"GetUserAvailability"_s,
        messageElement(u"GetUserAvailabilityRequest"_s, { zone, whose, what }));
}

std::expected<MailboxCalendar, EwsFault> parseAvailability(
    QByteArrayView body, const QString &mailbox, const CalendarWindow &window)
{
    const auto response = ewsResponse(body, u"GetUserAvailabilityResponse");
    if (!response) {
        return std::unexpected(response.error());
    }
    const XmlElement *const one = response->find(u"FreeBusyResponseArray/FreeBusyResponse");
    if (!one) {
        return std::unexpected(EwsFault { u"unreadable"_s, u"no FreeBusyResponse"_s });
    }
    if (const XmlElement *const message = one->child(u"ResponseMessage")) {
        if (const auto fault = responseFault(*message)) {
            return std::unexpected(*fault);
        }
    }
    MailboxCalendar out;
    out.freeBusy = { .mailbox = mailbox, .start = window.start, .minutes = kSlotMinutes };
    const XmlElement *const view = one->child(u"FreeBusyView");
    if (!view) {
        return std::unexpected(EwsFault { u"unreadable"_s, u"no FreeBusyView"_s });
    }
    out.freeBusy.encoded = encodedSlots(view->childText(u"MergedFreeBusy"), window);
    if (const XmlElement *const events = view->child(u"CalendarEventArray")) {
        for (const XmlElement &event : events->children) {
            const auto kind = slotFromWord(event.childText(u"BusyType"));
            CalendarEntry entry { kind.value_or(FreeBusy::Slot::Free),
                ewsTime(event.childText(u"StartTime")), ewsTime(event.childText(u"EndTime")) };
            if (kind && entry.start.isValid() && entry.start < entry.end
                && out.entries.size() < kMaximumEntries) {
                out.entries.append(entry);
            }
        }
    }
    if (const XmlElement *const hours = view->child(u"WorkingHours")) {
        // The same element as in presence, but for its namespace.
        XmlElement data { .name = u"calendarData"_s, .children = { *hours } };
        out.hours = parseCalendarData(data).workingHours;
    }
    return out;
}

EwsRequest buildOutOfOfficeRequest(const QString &mailbox)
{
    return buildEwsRequest(u"GetUserOofSettings"_s,
        messageElement(u"GetUserOofSettingsRequest"_s,
            { typeElement(u"Mailbox"_s, { typeElement(u"Address"_s, mailbox) }) }));
}

std::expected<AutomaticReply, EwsFault> parseOutOfOffice(QByteArrayView body)
{
    const auto response = ewsResponse(body, u"GetUserOofSettingsResponse");
    if (!response) {
        return std::unexpected(response.error());
    }
    if (const XmlElement *const message = response->child(u"ResponseMessage")) {
        if (const auto fault = responseFault(*message)) {
            return std::unexpected(*fault);
        }
    }
    const XmlElement *const settings = response->child(u"OofSettings");
    if (!settings) {
        return std::unexpected(EwsFault { u"unreadable"_s, u"no OofSettings"_s });
    }
    AutomaticReply out;
    const QString state = settings->childText(u"OofState");
    out.enabled = state == "Enabled"_L1 || state == "Scheduled"_L1;
    if (const XmlElement *const duration
        = state == "Scheduled"_L1 ? settings->child(u"Duration") : nullptr) {
        out.starts = ewsTime(duration->childText(u"StartTime"));
        out.ends = ewsTime(duration->childText(u"EndTime"));
    }
    if (const XmlElement *const words = settings->find(u"InternalReply/Message")) {
        QString html = words->text.left(kMaximumHtml);
        html.remove(QChar::ByteOrderMark);
        out.text = RichText::fromHtml(html).plain().trimmed();
        if (out.text.size() > kMaximumNote) {
            out.text = out.text.first(kMaximumNote - 1) + u'…';
        }
    }
    return out;
}

CalendarMoment calendarAt(
    const MailboxCalendar &calendar, const AutomaticReply &reply, const QDateTime &now)
{
    using Slot = FreeBusy::Slot;
    const QList<CalendarEntry> entries
        = calendar.entries.isEmpty() ? entriesOf(calendar.freeBusy) : calendar.entries;
    CalendarMoment moment;
    const auto consider = [&moment, &now](const QDateTime &time) {
        if (time.isValid() && time > now && (!moment.until.isValid() || time < moment.until)) {
            moment.until = time;
        }
    };
    for (const CalendarEntry &entry : entries) {
        consider(entry.start);
        consider(entry.end);
    }
    consider(reply.starts);
    consider(reply.ends);
    const auto away = stretchAt(entries, Slot::OutOfOffice, now);
    const auto busy = stretchAt(entries, Slot::Busy, now);
    if (reply.holds(now)) {
        moment.note = { reply.text, reply.starts, reply.ends };
        moment.state = { CalendarState::Kind::OutOfOffice, reply.starts, {}, {} };
    } else if (away) {
        moment.state = { CalendarState::Kind::OutOfOffice, away->start, {}, {} };
    } else if (busy) {
        moment.state = { CalendarState::Kind::Busy, busy->start, {}, {} };
    }
    return moment;
}

} // namespace linchpin::sip
