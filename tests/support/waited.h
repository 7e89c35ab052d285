// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QTest>

#include <chrono>

namespace linchpin::test {

/// Runs the event loop until the answer is there. Ends the test where none comes in time.
template <class T> Result<T> waited(const Async<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, std::chrono::seconds(60))) {
        qFatal("no answer within a minute");
    }
    return future.result();
}

} // namespace linchpin::test
