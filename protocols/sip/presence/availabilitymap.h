// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/presence.h"

#include <QString>
#include <QStringView>

#include <chrono>
#include <optional>

namespace linchpin::sip {

/// The states that availability numbers stand for ([MS-PRES], `state` category), finer than
/// linchpin::Availability.
enum class PresenceLevel {
    Unknown,
    Available,
    AvailableIdle, ///< "Inactive"
    Busy,
    BusyIdle,
    DoNotDisturb,
    BeRightBack,
    Away,
    Offline,
};

/// The level of a published number. Below 3000 is offline, 18000 and more too; a negative one is
/// unknown.
PresenceLevel levelFromNumber(int availability);
/// The number to publish for a level; -1 for Unknown, which cannot be published.
int numberFromLevel(PresenceLevel level);

/// What the rest of the program shows. Be-right-back and the idle levels lose nothing: activity
/// text and idleSince say the rest.
Availability availabilityFromLevel(PresenceLevel level);
/// The level to publish for the user's own choice. Invisible is published as offline (18500).
PresenceLevel levelFromAvailability(Availability availability);

bool isIdle(PresenceLevel level);
inline constexpr std::chrono::seconds kIdleAfter = std::chrono::minutes(5);
inline constexpr std::chrono::seconds kAwayAfter = std::chrono::minutes(15);
/// What the machine says when nobody has touched it for that long: available, inactive, away.
PresenceLevel machineLevel(std::chrono::seconds idle);
/// How long until it says something else; nothing when it is away already.
std::optional<std::chrono::seconds> untilNextMachineLevel(std::chrono::seconds idle);
/// What the automatic machineState shows after the user left the keyboard: away when @p away,
/// else the idle form of @p level (only available and busy have one).
PresenceLevel idleLevel(PresenceLevel level, bool away);

/// Words for an activity token ("in-a-meeting" → "In a meeting"), translated; the token itself
/// with spaces when it is not a known one; empty for an empty one.
QString activityText(QStringView token);
/// Words for levels that linchpin::Availability cannot say ("Be right back", "Inactive"),
/// translated; empty for the others.
QString levelText(PresenceLevel level);

} // namespace linchpin::sip
