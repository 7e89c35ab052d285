// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QDateTime>

#include <chrono>

namespace linchpin {

/// How long to wait before the next attempt: 1 s, 2, 4 … 5 min, each ±25 %; from the beginning
/// again after a connection that lasted a minute. A server that asks for a pause gets it: never
/// less, at most a tenth more (so that not everybody comes back at once), and an hour is the
/// longest that is believed. Pure: time and chance are handed in.
class ReconnectPolicy {
public:
    static constexpr std::chrono::milliseconds kFirst { 1000 };
    static constexpr std::chrono::milliseconds kLongest { std::chrono::minutes(5) };
    static constexpr std::chrono::milliseconds kLongestAsked { std::chrono::hours(1) };
    static constexpr std::chrono::milliseconds kStable { std::chrono::seconds(60) };

    void connected(const QDateTime &now) { m_onlineSince = now; }
    /// The attempt or the connection failed; the wait until the next one. `randomUnit` is in [0,
    /// 1); `asked` is Error::retryAfter.
    std::chrono::milliseconds failed(const QDateTime &now, double randomUnit,
        std::chrono::milliseconds asked = std::chrono::milliseconds(0));
    /// Somebody wants it now: the next wait is the first one again.
    void reset();

private:
    int m_failures = 0;
    QDateTime m_onlineSince; ///< invalid while not connected
};

} // namespace linchpin
