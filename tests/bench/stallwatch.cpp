// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/stallwatch.h"

#include "tests/bench/bench.h"

#include <algorithm>

namespace linchpin::bench {

using namespace std::chrono_literals;

StallWatch::StallWatch()
    : m_lastCpu(threadCpuMilliseconds())
{
    m_clock.start();
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start(1ms);
}

void StallWatch::tick()
{
    m_wall = std::max(m_wall, static_cast<double>(m_clock.nsecsElapsed()) / 1e6);
    const double cpu = threadCpuMilliseconds();
    m_cpu = std::max(m_cpu, cpu - m_lastCpu);
    m_lastCpu = cpu;
    m_clock.restart();
}

} // namespace linchpin::bench
