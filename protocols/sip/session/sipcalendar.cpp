// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipcalendar.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipCalendar)
};

constexpr std::chrono::milliseconds kAtFirst = 2s; ///< signing in comes first
constexpr std::chrono::milliseconds kInterval = 15min;
constexpr std::chrono::milliseconds kLongest = 4h;
constexpr std::chrono::milliseconds kShortest = 1s;
/// Whose out-of-office note we have published: notes outlive us.
const QString kNoteState = u"out-of-office-note"_s;

} // namespace

SipCalendar::SipCalendar(SipExchange &exchange, SipSelf &self)
    : m_exchange(exchange)
    , m_self(self)
{
}

void SipCalendar::start()
{
    if (!m_exchange.link().registration().hasCategories()) {
        return;
    }
    SessionServices &services = m_exchange.link().services();
    const QString mailbox = QString::fromUtf8(services.state(kNoteState));
    if (!mailbox.isEmpty() && (!m_exchange.publishesCalendar() || mailbox != m_exchange.email())) {
        m_self.publishCalendar(publishOutOfOfficeNote(mailbox, {}), {});
        services.setState(kNoteState, {});
    }
    if (m_exchange.publishesCalendar()) {
        wait(kAtFirst, &SipCalendar::refresh);
    }
}

void SipCalendar::wait(std::chrono::milliseconds in, void (SipCalendar::*then)())
{
    m_timer = m_exchange.link().services().timer(std::max(in, kShortest), [this, then] {
        const auto fired = std::move(m_timer); // outlives what it runs
        (this->*then)();
    });
}

void SipCalendar::refresh()
{
    m_asked = m_exchange.link().services().now();
    m_window = calendarWindow(m_asked);
    m_exchange.call(SipExchange::Service::Availability,
        buildAvailabilityRequest(m_exchange.email(), m_window),
        [this](const Result<QByteArray> &body) { availability(body); });
}

void SipCalendar::availability(const Result<QByteArray> &body)
{
    if (!body) {
        failed(body.error());
        return;
    }
    auto calendar = parseAvailability(*body, m_exchange.email(), m_window);
    if (!calendar) {
        failed(exchangeFault(calendar.error()));
        return;
    }
    m_calendar = std::move(*calendar);
    m_exchange.call(SipExchange::Service::OutOfOffice, buildOutOfOfficeRequest(m_exchange.email()),
        [this](const Result<QByteArray> &answer) { outOfOffice(answer); });
}

void SipCalendar::outOfOffice(const Result<QByteArray> &body)
{
    const auto reply = body ? parseOutOfOffice(*body)
                            : std::expected<AutomaticReply, EwsFault>(AutomaticReply {});
    m_failures = 0;
    // Without the right to see it there is a calendar all the same.
    m_reply = reply.value_or(AutomaticReply {});
    publish();
}

void SipCalendar::publish()
{
    if (!m_calendar) {
        return;
    }
    SessionServices &services = m_exchange.link().services();
    const QString mailbox = m_exchange.email();
    const QDateTime now = services.now();
    const CalendarMoment moment = calendarAt(*m_calendar, m_reply, now);
    QList<Publication> all = publishFreeBusy(m_calendar->freeBusy);
    if (m_calendar->hours) {
        all += publishWorkingHours(mailbox, *m_calendar->hours);
    }
    all += publishCalendarState(m_self.instances(), mailbox, moment.state);
    const bool hadNote = !services.state(kNoteState).isEmpty();
    // A note that another program of ours has published is its business.
    if (hadNote || !moment.note.text.isEmpty()) {
        all += publishOutOfOfficeNote(mailbox, moment.note);
        services.setState(kNoteState, moment.note.text.isEmpty() ? QByteArray() : mailbox.toUtf8());
    }
    m_self.publishCalendar(all, {});

    const auto untilRefresh = kInterval - std::chrono::milliseconds(m_asked.msecsTo(now));
    if (moment.until.isValid()
        && std::chrono::milliseconds(now.msecsTo(moment.until)) < untilRefresh) {
        wait(std::chrono::milliseconds(now.msecsTo(moment.until)), &SipCalendar::publish);
    } else {
        wait(untilRefresh, &SipCalendar::refresh);
    }
}

void SipCalendar::failed(const Error &why)
{
    const bool nowhere = why.code == "exchange-not-found"_L1;
    if (!why.fatal) { // else not before the next sign-in
        wait(nowhere ? kLongest : std::min(kInterval * (1 << std::min(m_failures, 4)), kLongest),
            &SipCalendar::refresh);
        ++m_failures;
    }
    // Most people without Exchange have never heard of this: only who set it up is told.
    if ((!nowhere || m_exchange.isConfigured()) && !std::exchange(m_complained, true)) {
        m_exchange.link().tell(
            ServerNotice { ServerNotice::Severity::Information, u"calendar-unavailable"_s,
                Text::tr("The calendar is not published: %1").arg(why.title), why.detail });
    }
}

} // namespace linchpin::sip
