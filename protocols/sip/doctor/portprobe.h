// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/sip/doctor/sipprobe.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace linchpin::sip {

/// Puts a ProbeQuestion to a port and brings the answer. Main thread; gone with its parent, then
/// the handler is not called.
class PortProbe : public QObject {
    Q_OBJECT
public:
    using Handler = std::function<void(const ProbeAnswer &)>;

    PortProbe(SessionServices &services, ProbeQuestion question, Handler handler, QObject *parent);
    ~PortProbe() override;

    /// Once. The handler is called within `limit`, never from inside this call.
    void start(std::chrono::milliseconds limit);

private:
    void connected(const std::shared_ptr<Transport> &transport);
    void finish(const ProbeAnswer &answer);

    SessionServices &m_services;
    ProbeQuestion m_question;
    Handler m_handler;
    SipFramer m_framer;
    std::unique_ptr<Timer> m_limit;
    std::shared_ptr<Transport> m_transport;
    bool m_over = false;
};

} // namespace linchpin::sip
