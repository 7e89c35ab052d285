// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <chrono>
#include <functional>

namespace linchpin::bench {

/// What was measured; printed at once as a line of JSON:
/// {"bench":"history-insert","value":30000,"unit":"rows/s","beside":{"raw":35000}}
struct Figure {
    QString bench;
    double value = 0;
    QString unit;
    QList<std::pair<QString, double>> beside; ///< what to compare with, measured in the same run
};
void print(const Figure &figure);

/// A figure's worth of work: `name` is what `linchpin-bench NAME` takes; it may print several
/// figures whose names begin with it.
struct Benchmark {
    QString name;
    std::function<void()> run;
};

/// The median of so many runs, in milliseconds.
double medianOf(int runs, const std::function<void()> &work);
double millisecondsOf(const std::function<void()> &work);

/// $LINCHPIN_BENCH_MESSAGES, or a million.
int historySize();

// One function a file.
void history();

} // namespace linchpin::bench
