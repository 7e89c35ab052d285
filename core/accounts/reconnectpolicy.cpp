// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/reconnectpolicy.h"

#include <algorithm>

namespace linchpin {

std::chrono::milliseconds ReconnectPolicy::failed(
    const QDateTime &now, double randomUnit, std::chrono::milliseconds asked)
{
    if (m_onlineSince.isValid() && m_onlineSince.msecsTo(now) >= kStable.count()) {
        m_failures = 0;
    }
    m_onlineSince = {};
    const int doublings = std::min(m_failures, 9); // 2^9 s is over the longest already
    ++m_failures;
    const auto wait = std::min(kFirst * (1 << doublings), kLongest);
    const double chance = std::clamp(randomUnit, 0.0, 1.0);
    const auto scaled = [](std::chrono::milliseconds time, double factor) {
        return std::chrono::milliseconds(static_cast<qint64>(double(time.count()) * factor));
    };
    const auto pause = std::clamp(asked, std::chrono::milliseconds(0), kLongestAsked);
    return std::max(scaled(wait, 0.75 + 0.5 * chance), scaled(pause, 1.0 + 0.1 * chance));
}

void ReconnectPolicy::reset()
{
    m_failures = 0;
    m_onlineSince = {};
}

} // namespace linchpin
