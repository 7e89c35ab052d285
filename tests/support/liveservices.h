// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "tests/support/fakeservices.h"

namespace linchpin::test {

/// FakeServices with real time, real randomness and real SRV lookups: for sessions whose library
/// has sockets of its own (QXmpp) and that talk to servers on loopback.
class LiveServices : public FakeServices {
public:
    LiveServices();
    ~LiveServices() override;

    /// FakeServices::services first, then DNS.
    Async<QList<ServiceRecord>> lookUpService(const QString &name) override;
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire) override;
    QDateTime now() const override;
    QByteArray randomBytes(int count) const override;
    void logWire(bool outgoing, const QByteArray &bytes) override;

    std::function<void(bool outgoing, const QByteArray &bytes)> onWire; ///< may be empty

private:
    LiveServices(std::unique_ptr<ManualClock> clock);
    std::unique_ptr<ManualClock> m_unused;
};

} // namespace linchpin::test
