// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/srvresolver.h"

#include "core/net/neterrors.h"

#include <QDnsLookup>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

NameServer NameServer::fromText(const QString &text)
{
    NameServer server;
    QString address = text;
    const qsizetype colon = text.lastIndexOf(u':');
    const bool isBareIpv6 = text.count(u':') > 1 && !text.startsWith(u'[');
    if (colon > 0 && !isBareIpv6) {
        bool ok = false;
        const uint port = QStringView(text).mid(colon + 1).toUInt(&ok);
        if (ok && port > 0 && port < 65536) {
            server.port = static_cast<quint16>(port);
        }
        address = text.left(colon);
    }
    address.remove(u'[').remove(u']');
    server.address = QHostAddress(address);
    return server;
}

NameServer NameServer::fromEnvironment()
{
    return fromText(qEnvironmentVariable("LINCHPIN_DNS_SERVER"));
}

QList<ServiceRecord> orderedByChance(
    QList<ServiceRecord> records, const std::function<double()> &randomUnit)
{
    const auto refusal = std::ranges::find_if(
        records, [](const ServiceRecord &r) { return r.target.isEmpty() || r.target == "."_L1; });
    const bool refused = refusal != records.end();
    records.removeIf([](const ServiceRecord &record) {
        return record.target.isEmpty() || record.target == "."_L1 || record.port == 0;
    });
    if (refused && records.isEmpty()) {
        return { ServiceRecord { u"."_s, 0, 0, 0 } };
    }
    std::ranges::stable_sort(records, {}, &ServiceRecord::priority);
    QList<ServiceRecord> ordered;
    ordered.reserve(records.size());
    auto groupStart = records.begin();
    while (groupStart != records.end()) {
        const auto groupEnd = std::ranges::find_if(groupStart, records.end(),
            [&](const ServiceRecord &r) { return r.priority != groupStart->priority; });
        QList<ServiceRecord> group(groupStart, groupEnd);
        // Weight 0 first, so that it keeps its small chance.
        std::ranges::stable_sort(group, [](const ServiceRecord &a, const ServiceRecord &b) {
            return (a.weight == 0) > (b.weight == 0);
        });
        while (!group.isEmpty()) {
            quint32 sum = 0;
            for (const ServiceRecord &record : std::as_const(group)) {
                sum += record.weight;
            }
            // "a uniform random number between 0 and the sum computed (inclusive)"
            const auto chosen
                = std::min<quint32>(sum, static_cast<quint32>(randomUnit() * (double(sum) + 1)));
            quint32 running = 0;
            qsizetype index = 0;
            for (; index < group.size() - 1; ++index) {
                running += group.at(index).weight;
                if (running >= chosen) {
                    break;
                }
            }
            ordered.append(group.takeAt(index));
        }
        groupStart = groupEnd;
    }
    return ordered;
}

Async<QList<ServiceRecord>> lookUpSrv(const QString &name, const NameServer &server,
    std::function<double()> randomUnit, QObject *context)
{
    auto *const lookup = server.isNull()
        ? new QDnsLookup(QDnsLookup::SRV, name, context)
        : new QDnsLookup(QDnsLookup::SRV, name, server.address, server.port, context);
    const Answer<QList<ServiceRecord>> answer;
    QObject::connect(lookup, &QDnsLookup::finished, lookup,
        [lookup, answer, name, randomUnit = std::move(randomUnit)] {
            lookup->deleteLater();
            switch (lookup->error()) {
            case QDnsLookup::NoError: {
                QList<ServiceRecord> records;
                const QList<QDnsServiceRecord> found = lookup->serviceRecords();
                for (const QDnsServiceRecord &record : found) {
                    QString target = record.target();
                    if (target.size() > 1 && target.endsWith(u'.')) {
                        target.chop(1);
                    }
                    records.append({ target, record.port(), record.priority(), record.weight() });
                }
                answer.give(orderedByChance(records, randomUnit));
                return;
            }
            case QDnsLookup::NotFoundError:
                answer.give(QList<ServiceRecord> {});
                return;
            case QDnsLookup::TimeoutError:
                answer.fail(networkError(u"timed-out"_s, name, lookup->errorString()));
                return;
            default:
                answer.fail(networkError(u"dns-failed"_s, name, lookup->errorString()));
                return;
            }
        });
    lookup->lookup();
    return answer.future();
}

} // namespace linchpin
