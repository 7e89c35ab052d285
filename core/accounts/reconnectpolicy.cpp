// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/reconnectpolicy.h"

#include <algorithm>

namespace linchpin {

std::chrono::milliseconds ReconnectPolicy::failed(const QDateTime &now, double randomUnit)
{
    if (m_onlineSince.isValid() && m_onlineSince.msecsTo(now) >= kStable.count()) {
        m_failures = 0;
    }
    m_onlineSince = {};
    const int doublings = std::min(m_failures, 9); // 2^9 s is over the longest already
    ++m_failures;
    const auto wait = std::min(kFirst * (1 << doublings), kLongest);
    const double factor = 0.75 + 0.5 * std::clamp(randomUnit, 0.0, 1.0);
    return std::chrono::milliseconds(static_cast<qint64>(double(wait.count()) * factor));
}

void ReconnectPolicy::reset()
{
    m_failures = 0;
    m_onlineSince = {};
}

} // namespace linchpin
