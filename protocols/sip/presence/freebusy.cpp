// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/freebusy.h"

#include "protocols/sip/presence/categories.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr qsizetype kMaximumText = qsizetype { 16 } * 1024;
constexpr qsizetype kMaximumField = 1024;
constexpr int kDayMinutes = 24 * 60;

constexpr std::array<QStringView, 7> kDays { u"Monday", u"Tuesday", u"Wednesday", u"Thursday",
    u"Friday", u"Saturday", u"Sunday" };

XmlElement leaf(const QString &name, const QString &text)
{
    return XmlElement { .name = name, .text = text };
}

int boundedNumber(const XmlElement &element, QStringView name, int least, int most)
{
    bool ok = false;
    const int value = element.childText(name).toInt(&ok);
    return ok ? std::clamp(value, least, most) : 0;
}

FreeBusy parseFreeBusy(const XmlElement &busy, const QString &mailbox)
{
    FreeBusy out { .mailbox = mailbox, .start = parseUtc(busy.attribute(u"startTime")) };
    const QString step = busy.attribute(u"granularity"); // "PT15M"
    if (step.startsWith(u"PT", Qt::CaseInsensitive) && step.endsWith(u'M', Qt::CaseInsensitive)
        && step.size() < 8) {
        bool ok = false;
        const int minutes = QStringView(step).sliced(2, step.size() - 3).toInt(&ok);
        out.minutes = ok ? std::clamp(minutes, 1, kDayMinutes) : 15;
    }
    out.encoded = QByteArray::fromBase64(busy.text.trimmed().toLatin1());
    return out;
}

WorkingHours parseWorkingHours(const XmlElement &hours, const XmlElement &period)
{
    WorkingHours out;
    if (const XmlElement *const zone = hours.child(u"TimeZone")) {
        out.biasMinutes = boundedNumber(*zone, u"Bias", -kDayMinutes, kDayMinutes);
    }
    const QStringList days
        = period.childText(u"DayOfWeek").left(256).split(u' ', Qt::SkipEmptyParts);
    for (size_t i = 0; i < kDays.size(); ++i) {
        if (days.contains(kDays.at(i), Qt::CaseInsensitive)) {
            out.days.append(Qt::DayOfWeek(int(i) + 1));
        }
    }
    out.fromMinute = boundedNumber(period, u"StartTimeInMinutes", 0, kDayMinutes);
    out.toMinute = boundedNumber(period, u"EndTimeInMinutes", 0, kDayMinutes);
    return out;
}

} // namespace

FreeBusy::Slot FreeBusy::slot(int index) const
{
    if (index < 0 || index >= slotCount()) {
        return Slot::Free;
    }
    const int bits = uchar(encoded.at(index / 4)) >> (2 * (index % 4));
    return Slot(bits & 3);
}

std::optional<FreeBusy::Span> FreeBusy::at(const QDateTime &time) const
{
    if (!start.isValid() || !time.isValid() || minutes <= 0 || time < start) {
        return std::nullopt;
    }
    const qint64 first = start.secsTo(time) / 60 / minutes;
    if (first >= slotCount()) {
        return std::nullopt;
    }
    int index = int(first);
    Span span { slot(index), {} };
    while (index < slotCount() && slot(index) == span.kind) {
        ++index;
    }
    if (index < slotCount()) {
        span.until = start.addSecs(qint64(index) * minutes * 60);
    }
    return span;
}

QByteArray encodeFreeBusy(const QList<FreeBusy::Slot> &slotValues)
{
    QByteArray encoded((slotValues.size() + 3) / 4, '\0');
    for (qsizetype i = 0; i < slotValues.size(); ++i) {
        encoded[i / 4] = char(uchar(encoded.at(i / 4)) | (int(slotValues.at(i)) << (2 * (i % 4))));
    }
    return encoded;
}

CalendarData parseCalendarData(const XmlElement &element)
{
    CalendarData data { .mailbox = element.attribute(u"mailboxID").left(kMaximumField) };
    const XmlElement *const busy = element.child(u"freeBusy");
    if (busy && busy->text.size() <= kMaximumText) {
        data.freeBusy = parseFreeBusy(*busy, data.mailbox);
    }
    const XmlElement *const hours = element.child(u"WorkingHours");
    const XmlElement *const period
        = hours ? hours->find(u"WorkingPeriodArray/WorkingPeriod") : nullptr;
    if (period) {
        data.workingHours = parseWorkingHours(*hours, *period);
    }
    return data;
}

XmlElement calendarDataElement(const CalendarData &data)
{
    XmlElement element { .name = u"calendarData"_s };
    element.attributes
        = { { u"xmlns"_s, u"http://schemas.microsoft.com/2006/09/sip/calendarData"_s } };
    if (!data.mailbox.isEmpty()) {
        element.attributes.append({ u"mailboxID"_s, data.mailbox });
    }
    if (data.freeBusy) {
        XmlElement busy
            = leaf(u"freeBusy"_s, QString::fromLatin1(data.freeBusy->encoded.toBase64()));
        busy.attributes = { { u"startTime"_s, writtenUtc(data.freeBusy->start) },
            { u"granularity"_s, u"PT%1M"_s.arg(data.freeBusy->minutes) },
            { u"encodingVersion"_s, u"1"_s } };
        element.children.append(busy);
    }
    if (data.workingHours) {
        QStringList days;
        for (const Qt::DayOfWeek day : data.workingHours->days) {
            days.append(kDays.at(size_t(day) - 1).toString());
        }
        XmlElement hours { .name = u"WorkingHours"_s };
        hours.attributes
            = { { u"xmlns"_s, u"http://schemas.microsoft.com/exchange/services/2006/types"_s } };
        XmlElement zone { .name = u"TimeZone"_s };
        zone.children = { leaf(u"Bias"_s, QString::number(data.workingHours->biasMinutes)) };
        XmlElement period { .name = u"WorkingPeriod"_s };
        period.children = { leaf(u"DayOfWeek"_s, days.join(u' ')),
            leaf(u"StartTimeInMinutes"_s, QString::number(data.workingHours->fromMinute)),
            leaf(u"EndTimeInMinutes"_s, QString::number(data.workingHours->toMinute)) };
        XmlElement periods { .name = u"WorkingPeriodArray"_s };
        periods.children = { period };
        hours.children = { zone, periods };
        element.children.append(hours);
    }
    return element;
}

} // namespace linchpin::sip
