// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/availabilitymap.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

struct Range {
    int from;
    PresenceLevel level;
    int published;
};

// Upper bounds are the next row's start. Numbers to publish for the idle levels lie inside their
// ranges; any such number is read back as the same level.
constexpr std::array kRanges {
    Range { 3000, PresenceLevel::Available, 3500 },
    Range { 4500, PresenceLevel::AvailableIdle, 5000 },
    Range { 6000, PresenceLevel::Busy, 6500 },
    Range { 7500, PresenceLevel::BusyIdle, 8000 },
    Range { 9000, PresenceLevel::DoNotDisturb, 9500 },
    Range { 12000, PresenceLevel::BeRightBack, 12500 },
    Range { 15000, PresenceLevel::Away, 15500 },
    Range { 18000, PresenceLevel::Offline, 18500 },
};

struct Activity {
    const char *token;
    const char *text;
};

constexpr std::array kActivities {
    Activity { "on-the-phone", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "In a call") },
    Activity {
        "in-a-conference", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "In a conference call") },
    Activity { "in-a-meeting", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "In a meeting") },
    Activity { "out-of-office", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "Out of office") },
    Activity { "urgent-interruptions-only",
        QT_TRANSLATE_NOOP("linchpin::sip::Activity", "Urgent interruptions only") },
    Activity { "in-presentation", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "Presenting") },
    Activity { "off-work", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "Off work") },
    Activity { "out-to-lunch", QT_TRANSLATE_NOOP("linchpin::sip::Activity", "Out to lunch") },
};

} // namespace

PresenceLevel levelFromNumber(int availability)
{
    if (availability < 0) {
        return PresenceLevel::Unknown;
    }
    PresenceLevel level = PresenceLevel::Offline;
    for (const Range &range : kRanges) {
        if (availability < range.from) {
            break;
        }
        level = range.level;
    }
    return level;
}

int numberFromLevel(PresenceLevel level)
{
    for (const Range &range : kRanges) {
        if (range.level == level) {
            return range.published;
        }
    }
    return -1;
}

Availability availabilityFromLevel(PresenceLevel level)
{
    switch (level) {
    case PresenceLevel::Unknown:
        return Availability::Unknown;
    case PresenceLevel::Available:
    case PresenceLevel::AvailableIdle:
        return Availability::Available;
    case PresenceLevel::Busy:
    case PresenceLevel::BusyIdle:
        return Availability::Busy;
    case PresenceLevel::DoNotDisturb:
        return Availability::DoNotDisturb;
    case PresenceLevel::BeRightBack:
    case PresenceLevel::Away:
        return Availability::Away;
    case PresenceLevel::Offline:
        return Availability::Offline;
    }
    return Availability::Unknown;
}

PresenceLevel levelFromAvailability(Availability availability)
{
    switch (availability) {
    case Availability::Unknown:
        return PresenceLevel::Unknown;
    case Availability::Offline:
    case Availability::Invisible:
        return PresenceLevel::Offline;
    case Availability::Away:
        return PresenceLevel::Away;
    case Availability::DoNotDisturb:
        return PresenceLevel::DoNotDisturb;
    case Availability::Busy:
        return PresenceLevel::Busy;
    case Availability::Available:
        return PresenceLevel::Available;
    }
    return PresenceLevel::Unknown;
}

bool isIdle(PresenceLevel level)
{
    return level == PresenceLevel::AvailableIdle || level == PresenceLevel::BusyIdle;
}

PresenceLevel machineLevel(std::chrono::seconds idle)
{
    return idle >= kAwayAfter ? PresenceLevel::Away
        : idle >= kIdleAfter  ? PresenceLevel::AvailableIdle
                              : PresenceLevel::Available;
}

std::optional<std::chrono::seconds> untilNextMachineLevel(std::chrono::seconds idle)
{
    for (const std::chrono::seconds limit : { kIdleAfter, kAwayAfter }) {
        if (idle < limit) {
            return limit - idle;
        }
    }
    return std::nullopt;
}

PresenceLevel idleLevel(PresenceLevel level, bool away)
{
    switch (level) {
    case PresenceLevel::Available:
    case PresenceLevel::AvailableIdle:
        return away ? PresenceLevel::Away : PresenceLevel::AvailableIdle;
    case PresenceLevel::Busy:
    case PresenceLevel::BusyIdle:
        return away ? PresenceLevel::Away : PresenceLevel::BusyIdle;
    default:
        return level; // no weaker form
    }
}

QString activityText(QStringView token)
{
    for (const Activity &activity : kActivities) {
        if (token.compare(QLatin1StringView(activity.token), Qt::CaseInsensitive) == 0) {
            return QCoreApplication::translate("linchpin::sip::Activity", activity.text);
        }
    }
    QString words = token.left(64).toString();
    words.replace(u'-', u' ');
    return words;
}

QString levelText(PresenceLevel level)
{
    switch (level) {
    case PresenceLevel::BeRightBack:
        return QCoreApplication::translate("linchpin::sip::Activity", "Be right back");
    case PresenceLevel::AvailableIdle:
        return QCoreApplication::translate("linchpin::sip::Activity", "Inactive");
    default:
        return {};
    }
}

} // namespace linchpin::sip
