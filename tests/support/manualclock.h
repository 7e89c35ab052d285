// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"

#include <QDateTime>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace linchpin::test {

/// Time that passes only when a test says so. Timers fire inside advance(), in the order they are
/// due, and see now() as the moment they were due.
class ManualClock {
public:
    /// Starts at 2026-03-01 12:00 UTC unless told otherwise.
    explicit ManualClock(const QDateTime &start = {});
    ~ManualClock();

    QDateTime now() const;
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire);

    void advance(std::chrono::milliseconds by);
    int timersPending() const;
    /// How long until the next timer; nothing when there is none.
    std::optional<std::chrono::milliseconds> nextIn() const;
    /// Goes to the next timer and fires it; false when there is none.
    bool advanceToNext();

private:
    class State;
    class ManualTimer;
    std::shared_ptr<State> m_state;
};

} // namespace linchpin::test
