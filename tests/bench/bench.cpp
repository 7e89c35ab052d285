// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

/// Three significant digits are all that a measurement is worth.
double rounded(double value)
{
    if (value <= 0) {
        return value;
    }
    const double scale = std::pow(10.0, 2 - std::floor(std::log10(value)));
    return std::round(value * scale) / scale;
}

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

double medianOf(int runs, const std::function<void()> &work)
{
    QList<double> times;
    for (int i = 0; i < runs; ++i) {
        times.append(millisecondsOf(work));
    }
    std::ranges::sort(times);
    return times.at(times.size() / 2);
}

int historySize()
{
    const int size = qEnvironmentVariableIntValue("LINCHPIN_BENCH_MESSAGES");
    return size > 0 ? size : 1'000'000;
}

} // namespace linchpin::bench
