// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>

namespace linchpin::bench {

/// How long the event loop of this thread was away at most, from construction on.
class StallWatch {
public:
    StallWatch();

    double longestWall() const { return m_wall; } ///< ms; what somebody would have felt
    /// ms of processor time of this thread between two turns; other programs do not count.
    double longestCpu() const { return m_cpu; }

private:
    void tick();

    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_lastCpu = 0;
    double m_wall = 0;
    double m_cpu = 0;
};

} // namespace linchpin::bench
