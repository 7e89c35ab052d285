// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-bench [--quick] [NAME…]: measures, one JSON object a line; --list tells the names.

#include "tests/bench/bench.h"

#include <QApplication>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin;

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen"); // widgets are drawn, not shown
    }
    const QApplication application(argc, argv);
    const QList<bench::Benchmark> benchmarks {
        { u"parsers"_s, &bench::parsers },
        { u"start"_s, &bench::start },
        { u"history"_s, &bench::history },
        { u"contacts"_s, &bench::contacts },
        { u"messages"_s, &bench::messages },
        { u"signin"_s, &bench::signin },
#ifdef LINCHPIN_HAS_FAULTS
        { u"doctor"_s, &bench::doctor },
#endif
        { u"import"_s, &bench::importing },
    };
    QStringList wanted = QCoreApplication::arguments().mid(1);
    bench::setQuick(wanted.removeAll("--quick"_L1) > 0);
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
