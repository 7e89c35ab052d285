// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace linchpin {

/// How reachable somebody is. Ordered: the best of several end points is the greatest.
enum class Availability {
    Unknown, ///< nothing is known, or nothing may be known
    Offline,
    Invisible, ///< own status only: signed in, shown to others as offline
    Away,
    DoNotDisturb,
    Busy,
    Available,
};

/// Presence of one end point, or of a person as a whole.
struct LINCHPIN_SDK_EXPORT Presence {
    Availability availability = Availability::Unknown;
    QString text; ///< the person's own note, plain text
    QString activity; ///< the protocol's finer word, translated ("In a call"); may be empty
    QString device; ///< client or resource name; may be empty
    QDateTime idleSince; ///< UTC; invalid where the person is not idle
    QDateTime since; ///< UTC; when this availability began; invalid where unknown

    bool isOnline() const { return availability > Availability::Invisible; }
    friend bool operator==(const Presence &, const Presence &) = default;
};

/// The stable word of the `linchpinctl` contract: `available`, `away`, `busy`, `do-not-disturb`,
/// `invisible`, `offline`, `unknown`. Never translated.
LINCHPIN_SDK_EXPORT QString toWord(Availability availability);
LINCHPIN_SDK_EXPORT std::optional<Availability> availabilityFromWord(QStringView word);
/// The word for people, translated: "Available", "Do not disturb".
LINCHPIN_SDK_EXPORT QString displayName(Availability availability);

/// The best of several end points: greatest availability; the least idle, newest one of those.
LINCHPIN_SDK_EXPORT Presence bestPresence(const QList<Presence> &presences);

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::Presence)
