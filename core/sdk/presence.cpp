// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/presence.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr std::array<std::pair<Availability, QStringView>, 7> kWords { {
    { Availability::Unknown, u"unknown" },
    { Availability::Offline, u"offline" },
    { Availability::Invisible, u"invisible" },
    { Availability::Away, u"away" },
    { Availability::DoNotDisturb, u"do-not-disturb" },
    { Availability::Busy, u"busy" },
    { Availability::Available, u"available" },
} };

} // namespace

QString toWord(Availability availability)
{
    const auto *const found
        = std::ranges::find(kWords, availability, &decltype(kWords)::value_type::first);
    return found->second.toString();
}

std::optional<Availability> availabilityFromWord(QStringView word)
{
    const auto *const found
        = std::ranges::find(kWords, word, &decltype(kWords)::value_type::second);
    if (found == kWords.end()) {
        return std::nullopt;
    }
    return found->first;
}

QString displayName(Availability availability)
{
    const auto text = [](const char *source) {
        return QCoreApplication::translate("linchpin::Availability", source);
    };
    switch (availability) {
    case Availability::Unknown:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Unknown"));
    case Availability::Offline:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Offline"));
    case Availability::Invisible:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Appear offline"));
    case Availability::Away:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Away"));
    case Availability::DoNotDisturb:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Do not disturb"));
    case Availability::Busy:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Busy"));
    case Availability::Available:
        return text(QT_TRANSLATE_NOOP("linchpin::Availability", "Available"));
    }
    return {};
}

Presence bestPresence(const QList<Presence> &presences)
{
    const auto better = [](const Presence &a, const Presence &b) {
        if (a.availability != b.availability) {
            return a.availability < b.availability;
        }
        // Not idle beats idle; less idle beats more idle; then the newer one.
        if (a.idleSince.isValid() != b.idleSince.isValid()) {
            return a.idleSince.isValid();
        }
        if (a.idleSince != b.idleSince) {
            return a.idleSince < b.idleSince;
        }
        return a.since < b.since;
    };
    const auto best = std::ranges::max_element(presences, better);
    return best == presences.end() ? Presence {} : *best;
}

} // namespace linchpin
