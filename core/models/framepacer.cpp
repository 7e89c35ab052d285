// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/framepacer.h"

#include <algorithm>
#include <chrono>

using namespace std::chrono_literals;

namespace linchpin {

namespace {

/// A screen's usual 60 frames a second; counted from the work's end, so that the rest of the
/// program has its turn however long the work takes.
constexpr std::chrono::milliseconds kFrame = 16ms;

} // namespace

FramePacer::FramePacer(std::function<void()> work)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this, work = std::move(work)] {
        work();
        m_sinceLast.start();
    });
}

void FramePacer::ask()
{
    if (m_timer.isActive()) {
        return;
    }
    const auto past = m_sinceLast.isValid() ? m_sinceLast.durationElapsed() : kFrame;
    m_timer.start(
        std::max(0ms, kFrame - std::chrono::duration_cast<std::chrono::milliseconds>(past)));
}

} // namespace linchpin
