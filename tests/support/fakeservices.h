// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "tests/support/manualclock.h"
#include "tests/support/memorytransport.h"

namespace linchpin::test {

/// SessionServices without a world: connections are MemoryTransports, time is a ManualClock,
/// randomness counts, DNS, HTTP, secrets and state are tables. The clock outlives it.
class FakeServices : public SessionServices {
public:
    struct WireLine {
        bool outgoing = false;
        QByteArray bytes;
    };

    explicit FakeServices(ManualClock &clock);
    ~FakeServices() override;

    Async<std::shared_ptr<Transport>> connectTo(const Endpoint &endpoint) override;
    Async<QList<ServiceRecord>> lookUpService(const QString &name) override;
    Async<HttpReply> http(const HttpRequest &request) override;
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire) override;
    QDateTime now() const override;
    QByteArray randomBytes(int count) const override;
    Async<QString> secret(const QString &key) override;
    Async<void> storeSecret(const QString &key, const QString &value) override;
    QByteArray state(const QString &key) const override { return states.value(key); }
    void setState(const QString &key, const QByteArray &value) override
    {
        states.insert(key, value);
    }
    ProxySettings proxy() const override { return proxySettings; }
    QString applicationName() const override { return QStringLiteral("Linchpin"); }
    QString applicationVersion() const override { return QStringLiteral("0.0-test"); }
    void logWire(bool outgoing, const QByteArray &bytes) override
    {
        wire.append({ outgoing, bytes });
    }

    // What the test arranges.
    /// Refuses a connection by answering an error; without it every connection succeeds at once.
    std::function<Result<void>(const Endpoint &)> onConnect;
    bool connectsPend = false; ///< connections stay unanswered until answerConnect()
    QHash<QString, QList<ServiceRecord>> services; ///< by full SRV name
    std::function<Async<HttpReply>(const HttpRequest &)> onHttp; ///< without it: 404
    QHash<QString, QString> secrets;
    QHash<QString, QByteArray> states;
    ProxySettings proxySettings; ///< Type::None unless set
    void answerConnect(const Result<void> &result = {}); ///< the oldest pending one

    // What the test looks at.
    QList<Endpoint> endpoints; ///< every connectTo(), in order
    QList<std::shared_ptr<MemoryTransport>> transports; ///< every connection that was made
    QStringList lookups;
    QList<HttpRequest> requests;
    QList<WireLine> wire;
    /// The newest connection; nullptr before the first.
    MemoryTransport *transport() const;

private:
    ManualClock &m_clock;
    mutable quint32 m_random = 0;
    QList<std::pair<Endpoint, Answer<std::shared_ptr<Transport>>>> m_pending;
};

} // namespace linchpin::test
