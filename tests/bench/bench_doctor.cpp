// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The fault matrix of the connection doctor: a line a row, and the score.

#include "core/doctor/doctorcodes.h"
#include "tests/bench/bench.h"
#include "tests/doctor/fault.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

void printLine(const QJsonObject &json)
{
    std::puts(QJsonDocument(json).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

} // namespace

void doctor()
{
    int rows = 0;
    int right = 0;
    int skipped = 0;
    double slowest = 0;
    QSet<QString> seen;
    for (const QString &protocol : { u"sip"_s, u"xmpp"_s, u"irc"_s }) {
        const QList<test::Fault> faults = test::faultsOf(protocol);
        for (const test::Fault &fault : faults) {
            const test::FaultResult result = test::examine(fault);
            if (result.skipped) {
                ++skipped;
                continue;
            }
            ++rows;
            const double took = double(result.verdict.took.count());
            slowest = std::max(slowest, took);
            const bool ok = result.complaint.isEmpty();
            if (ok) {
                ++right;
                seen.insert(fault.code);
            }
            QJsonObject json { { u"bench"_s, u"doctor-row"_s }, { u"protocol"_s, protocol },
                { u"fault"_s, fault.name },
                { u"expected"_s, fault.code.isEmpty() ? u"ok"_s : fault.code },
                { u"verdict"_s, result.verdict.ok ? u"ok"_s : result.verdict.error.code },
                { u"step"_s, result.verdict.step }, { u"took_ms"_s, took }, { u"right"_s, ok } };
            if (!ok) {
                json.insert(u"complaint"_s, result.complaint);
            }
            printLine(json);
        }
    }
    QStringList missing;
    const QStringList codes = doctorCodes();
    for (const QString &code : codes) {
        if (!seen.contains(code)) {
            missing.append(code);
        }
    }
    print({ .bench = u"doctor-score"_s,
        .value = rows > 0 ? 100.0 * right / rows : 0.0,
        .unit = u"%"_s,
        .beside = { { u"rows"_s, rows }, { u"right"_s, right }, { u"skipped"_s, skipped },
            { u"codes"_s, double(codes.size() - missing.size()) },
            { u"codes-of-contract"_s, double(codes.size()) } },
        .aim = Aim { Aim::Bound::AtLeast, 95 } });
    print({ .bench = u"doctor-slowest-verdict"_s,
        .value = slowest,
        .unit = u"ms"_s,
        .beside = {},
        .aim = Aim { Aim::Bound::AtMost, 10000 } });
    if (!missing.isEmpty()) {
        std::fprintf(stderr, "codes without a right row: %s\n", qPrintable(missing.join(u", "_s)));
    }
}

} // namespace linchpin::bench
