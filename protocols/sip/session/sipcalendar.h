// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/exchange/mailboxcalendar.h"
#include "protocols/sip/session/sipexchange.h"

#include <chrono>
#include <memory>

namespace linchpin::sip {

/// Publishes what the mailbox knows: free and busy times, working hours, that a meeting is going
/// on, the out-of-office note. Asks every quarter of an hour, and looks at what it knows when a
/// meeting begins or ends. Says nothing where there is no Exchange, and complains once at most.
class SipCalendar {
public:
    SipCalendar(SipExchange &exchange, SipSelf &self);

    void start();

private:
    void refresh();
    void availability(const Result<QByteArray> &body);
    void outOfOffice(const Result<QByteArray> &body);
    /// Publishes the present moment, and comes back when the next begins.
    void publish();
    void wait(std::chrono::milliseconds in, void (SipCalendar::*then)());
    void failed(const Error &why);

    SipExchange &m_exchange;
    SipSelf &m_self;
    CalendarWindow m_window;
    std::optional<MailboxCalendar> m_calendar;
    AutomaticReply m_reply;
    QDateTime m_asked; ///< when the mailbox was asked for the last time
    int m_failures = 0; ///< in a row
    bool m_complained = false;
    std::unique_ptr<Timer> m_timer;
};

} // namespace linchpin::sip
