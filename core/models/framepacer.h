// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include <functional>

namespace linchpin {

/// Makes one piece of work of a burst of wishes for it, so that a thousand messages cost the window
/// a few frames and not a thousand updates. The first is done in the next turn of the event loop;
/// what is wished for within a frame's time after it was done waits for that time to end. Nothing
/// runs while nobody wishes for anything.
class FramePacer {
public:
    explicit FramePacer(std::function<void()> work);

    void ask();

private:
    QTimer m_timer;
    QElapsedTimer m_sinceLast;
};

} // namespace linchpin
