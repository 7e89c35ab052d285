// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/webservices/ticketmachine.h"

#include <QDateTime>
#include <QHash>
#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace linchpin::sip {

/// The web services' door keeper of one account: sends what TicketMachine decides, keeps tickets
/// until they end, and asks for each only once at a time. Main thread. Outlived by the services.
class WebServices {
public:
    WebServices(SessionServices &services, WebIdentity identity);
    ~WebServices();

    /// Errors: `web-ticket-failed`, `wrong-password`, and those of connections.
    Async<TicketGrant> ticketForService(const QUrl &service, const QString &port);
    Async<TicketGrant> ticketForResource(const QUrl &ticketService, const QUrl &resource);

    /// The services' time as far as they told it: a clock of ours that is wrong must not make good
    /// tickets and certificates look over. UTC.
    QDateTime now() const;
    /// The next question for that service fetches a new ticket: the old one was refused.
    void forget(const QUrl &service, const QString &port);

    const WebIdentity &identity() const { return m_identity; }
    SessionServices &services() { return m_services; }

private:
    struct Errand {
        TicketMachine machine;
        QList<Answer<TicketGrant>> waiting;
    };

    Async<TicketGrant> ticket(
        const QString &key, const std::function<TicketStep(TicketMachine &)> &start);
    void carryOut(const QString &key, const TicketStep &step);

    SessionServices &m_services;
    WebIdentity m_identity;
    std::chrono::seconds m_ahead { 0 }; ///< their clock before ours; 0 where it is tolerated
    QHash<QString, TicketGrant> m_tickets;
    QHash<QString, std::shared_ptr<Errand>> m_errands;
    QObject m_context; // last: answers that come later find everything else alive
};

} // namespace linchpin::sip
