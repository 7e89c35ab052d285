// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/doctor/observedservices.h"

namespace linchpin {

/// What the services of a trial sign-in and the lines made by them share.
struct ObservedServices::Shared {
    Watch watch;
    Evidence evidence;
    int lookingUp = 0;
    int connecting = 0;
    int shaking = 0;
    int fetching = 0;
    bool silent = false;

    void tell(const QString &step, Finding::State state, const QString &tried,
        const QString &answer, const std::optional<Error> &error = std::nullopt) const
    {
        watch.found({ step, state, tried, answer, error });
    }
};

/// A Transport that tells of its handshakes and whether anything came. Lines of a trial sign-in
/// may live longer than its services: `shared` says whether they are still there.
class ObservedTransport : public Transport {
public:
    /// `where` is "host:port" as it is shown; `services` (the bare ones) outlive all handshakes.
    ObservedTransport(std::shared_ptr<Transport> transport, QString where, QString host,
        SessionServices &services, std::weak_ptr<ObservedServices::Shared> shared);
    ~ObservedTransport() override;

    void write(const QByteArray &bytes) override;
    qint64 bytesPending() const override { return m_transport->bytesPending(); }
    void close() override { m_transport->close(); }
    TlsInfo tlsInfo() const override { return m_transport->tlsInfo(); }
    QString localAddress() const override { return m_transport->localAddress(); }
    quint16 localPort() const override { return m_transport->localPort(); }
    void setPaused(bool paused) override { m_transport->setPaused(paused); }
    Async<void> startTls(const QString &certificateName) override;

private:
    void finishTls(const Answer<void> &answer, const QString &name, const Result<void> &result);

    std::shared_ptr<Transport> m_transport;
    QString m_where;
    QString m_host;
    std::weak_ptr<ObservedServices::Shared> m_shared;
    SessionServices &m_services;
    std::unique_ptr<Timer> m_limit;
    bool m_shaken = true; ///< no handshake is under way
};

} // namespace linchpin
