// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <chrono>
#include <functional>
#include <optional>

namespace linchpin::bench {

/// What a figure should reach.
struct Aim {
    enum class Bound { AtMost, AtLeast };
    Bound bound = Bound::AtMost;
    double value = 0; ///< in the figure's unit
};

/// What was measured; printed at once as a line of JSON:
/// {"bench":"irc-lines","value":9000000,"unit":"lines/s","beside":{"split":23000000},
///  "aim":2000000,"met":true}
struct Figure {
    QString bench;
    double value = 0;
    QString unit;
    QList<std::pair<QString, double>> beside; ///< what to compare with, measured in the same run
    std::optional<Aim> aim = std::nullopt;
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
/// Processor time of the calling thread so far.
double threadCpuMilliseconds();
/// What the calling thread spent on it: other programs do not count.
double cpuMillisecondsOf(const std::function<void()> &work);
/// The same of all threads together.
double processCpuMillisecondsOf(const std::function<void()> &work);
/// The least of so many runs: what the work costs when nothing disturbs it.
double leastCpuOf(int runs, const std::function<void()> &work);

/// Asked for with --quick: the same figures from less.
bool isQuick();
void setQuick(bool wanted);

/// $LINCHPIN_BENCH_MESSAGES, or a million.
int historySize();

// One function a file.
void parsers();
void contacts();
void start();
void messages();
void history();
void signin();
void doctor();
void importing();

} // namespace linchpin::bench
