// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/liveservices.h"

#include <QDnsLookup>
#include <QRandomGenerator>
#include <QTimer>

namespace linchpin::test {

namespace {

class LiveTimer : public Timer {
public:
    LiveTimer(std::chrono::milliseconds in, std::function<void()> fire)
    {
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, std::move(fire));
        m_timer.setSingleShot(true);
        m_timer.start(in);
    }

private:
    QTimer m_timer;
};

} // namespace

LiveServices::LiveServices()
    : LiveServices(std::make_unique<ManualClock>())
{
}

LiveServices::LiveServices(std::unique_ptr<ManualClock> clock)
    : FakeServices(*clock)
    , m_unused(std::move(clock))
{
    proxySettings.type = ProxySettings::Type::None;
}

LiveServices::~LiveServices() = default;

Async<QList<ServiceRecord>> LiveServices::lookUpService(const QString &name)
{
    if (services.contains(name)) {
        lookups.append(name);
        return ready<QList<ServiceRecord>>(services.value(name));
    }
    const Answer<QList<ServiceRecord>> answer;
    auto *lookup = new QDnsLookup(QDnsLookup::SRV, name);
    QObject::connect(lookup, &QDnsLookup::finished, lookup, [lookup, answer] {
        QList<ServiceRecord> found;
        const auto records = lookup->serviceRecords();
        for (const QDnsServiceRecord &record : records) {
            found.append({ record.target(), record.port(), record.priority(), record.weight() });
        }
        answer.give(found);
        lookup->deleteLater();
    });
    lookup->lookup();
    return answer.future();
}

std::unique_ptr<Timer> LiveServices::timer(std::chrono::milliseconds in, std::function<void()> fire)
{
    return std::make_unique<LiveTimer>(in, std::move(fire));
}

QDateTime LiveServices::now() const
{
    return QDateTime::currentDateTimeUtc();
}

void LiveServices::logWire(bool outgoing, const QByteArray &bytes)
{
    if (onWire) {
        onWire(outgoing, bytes);
    }
    FakeServices::logWire(outgoing, bytes);
}

QByteArray LiveServices::randomBytes(int count) const
{
    QByteArray bytes(count, Qt::Uninitialized);
    for (char &byte : bytes) {
        byte = static_cast<char>(QRandomGenerator::system()->bounded(256));
    }
    return bytes;
}

} // namespace linchpin::test
