// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-bench [NAME…]: measures, one JSON object a line; --list tells the names.

#include "tests/bench/bench.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QList<bench::Benchmark> benchmarks {
        { u"history"_s, &bench::history },
    };
    const QStringList wanted = QCoreApplication::arguments().mid(1);
    if (wanted.contains("--list"_L1)) {
        for (const bench::Benchmark &benchmark : benchmarks) {
            std::puts(qPrintable(benchmark.name));
        }
        return 0;
    }
    for (const QString &name : wanted) {
        if (std::ranges::none_of(benchmarks,
                [&](const bench::Benchmark &benchmark) { return benchmark.name == name; })) {
            std::fprintf(stderr, "linchpin-bench: there is no \"%s\"; --list tells the names\n",
                qPrintable(name));
            return 2;
        }
    }
    for (const bench::Benchmark &benchmark : benchmarks) {
        if (wanted.isEmpty() || wanted.contains(benchmark.name)) {
            benchmark.run();
        }
    }
    return 0;
}
