// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>
#include <ctime>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

/// Three significant digits are all that a measurement is worth.
double rounded(double value)
{
    return QString::number(value, 'g', 3).toDouble();
}

bool quick = false;

} // namespace

void print(const Figure &figure)
{
    QJsonObject json { { u"bench"_s, figure.bench }, { u"value"_s, rounded(figure.value) },
        { u"unit"_s, figure.unit } };
    if (!figure.beside.isEmpty()) {
        QJsonObject beside;
        for (const auto &[name, value] : figure.beside) {
            beside.insert(name, rounded(value));
        }
        json.insert(u"beside"_s, beside);
    }
    if (figure.aim) {
        const bool met = figure.aim->bound == Aim::Bound::AtMost
            ? figure.value <= figure.aim->value
            : figure.value >= figure.aim->value;
        json.insert(u"aim"_s, figure.aim->value);
        json.insert(u"met"_s, met);
    }
    std::puts(QJsonDocument(json).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

double millisecondsOf(const std::function<void()> &work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

double processCpuMillisecondsOf(const std::function<void()> &work)
{
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC;
}

double medianOf(int runs, const std::function<void()> &work)
{
    QList<double> times;
    for (int i = 0; i < runs; ++i) {
        times.append(millisecondsOf(work));
    }
    std::ranges::sort(times);
    return times.at(times.size() / 2);
}

double threadCpuMilliseconds()
{
    timespec spent {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) * 1e3 + static_cast<double>(spent.tv_nsec) / 1e6;
}

double cpuMillisecondsOf(const std::function<void()> &work)
{
    const double before = threadCpuMilliseconds();
    work();
    return threadCpuMilliseconds() - before;
}

double leastCpuOf(int runs, const std::function<void()> &work)
{
    double least = cpuMillisecondsOf(work);
    for (int i = 1; i < runs; ++i) {
        least = std::min(least, cpuMillisecondsOf(work));
    }
    return least;
}

bool isQuick()
{
    return quick;
}
void setQuick(bool wanted)
{
    quick = wanted;
}

int historySize()
{
    const int size = qEnvironmentVariableIntValue("LINCHPIN_BENCH_MESSAGES");
    return size > 0 ? size : quick ? 100'000 : 1'000'000;
}

} // namespace linchpin::bench
