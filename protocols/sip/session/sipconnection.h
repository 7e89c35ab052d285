// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/sip/registration/registrationmachine.h"
#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QDateTime>
#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace linchpin::sip {

/// One line to one server at a time: messages out, whole messages in, kept alive. Main thread.
class SipConnection : public QObject {
    Q_OBJECT
public:
    /// Neither is called after close(), nor for an earlier line.
    struct Hooks {
        /// Connected, ConnectFailed, Lost or Unreadable.
        std::function<void(const RegistrationInput &)> happened;
        std::function<void(const SipMessage &)> received;
    };

    SipConnection(SessionServices &services, Hooks hooks);
    ~SipConnection() override;

    /// Ends the line there is.
    void open(const Candidate &candidate);
    void close();
    /// Nothing happens without a line.
    void write(const SipMessage &message);
    /// Two line ends when nothing was sent for that long, until close(); zero for none.
    void keepAlive(std::chrono::seconds interval);

private:
    void write(const QByteArray &bytes);
    void read(const QByteArray &bytes);
    void keepAliveDue();

    SessionServices &m_services;
    Hooks m_hooks;
    int m_line = 0; ///< counts lines: what an earlier one brings is ignored
    std::shared_ptr<Transport> m_transport;
    SipFramer m_framer;
    std::chrono::seconds m_interval { 0 };
    std::unique_ptr<Timer> m_keepAlive;
    QDateTime m_lastWrite;
};

} // namespace linchpin::sip
