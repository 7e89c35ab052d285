// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/webservices.h"

#include "protocols/sip/webservices/webanswer.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr std::chrono::minutes toleratedSkew { 5 };

QString keyOf(const QUrl &service, const QString &port)
{
    return service.toString() + u' ' + port;
}

} // namespace

WebServices::WebServices(SessionServices &services, WebIdentity identity)
    : m_services(services)
    , m_identity(std::move(identity))
{
}

WebServices::~WebServices() = default;

QDateTime WebServices::now() const
{
    return m_services.now().addDuration(m_ahead);
}

void WebServices::forget(const QUrl &service, const QString &port)
{
    m_tickets.remove(keyOf(service, port));
}

Async<TicketGrant> WebServices::ticketForService(const QUrl &service, const QString &port)
{
    return ticket(keyOf(service, port),
        [&](TicketMachine &machine) { return machine.startForService(service, port); });
}

Async<TicketGrant> WebServices::ticketForResource(const QUrl &ticketService, const QUrl &resource)
{
    return ticket(resource.toString(),
        [&](TicketMachine &machine) { return machine.startForResource(ticketService, resource); });
}

Async<TicketGrant> WebServices::ticket(
    const QString &key, const std::function<TicketStep(TicketMachine &)> &start)
{
    const auto kept = m_tickets.constFind(key);
    if (kept != m_tickets.cend() && kept->ticket.token.isFresh(now())) {
        return ready<TicketGrant>(*kept);
    }
    const Answer<TicketGrant> answer;
    if (const auto errand = m_errands.value(key)) {
        errand->waiting.append(answer);
        return answer.future();
    }
    const auto random = [&services = m_services](int count) { return services.randomBytes(count); };
    const auto errand
        = std::make_shared<Errand>(Errand { TicketMachine(m_identity, random), { answer } });
    m_errands.insert(key, errand);
    carryOut(key, start(errand->machine));
    return answer.future();
}

void WebServices::carryOut(const QString &key, const TicketStep &step)
{
    if (const auto *request = std::get_if<HttpRequest>(&step)) {
        m_services.http(*request).then(&m_context, [this, key](const Result<HttpReply> &reply) {
            const QDateTime theirs = reply ? dateOf(*reply) : QDateTime();
            if (theirs.isValid()) {
                const std::chrono::seconds ahead(m_services.now().secsTo(theirs));
                m_ahead = std::chrono::abs(ahead) > toleratedSkew ? ahead : 0s;
            }
            if (const auto errand = m_errands.value(key)) {
                carryOut(key, errand->machine.step(reply));
            }
        });
        return;
    }
    const auto errand = m_errands.take(key);
    const auto *granted = std::get_if<TicketGrant>(&step);
    if (granted != nullptr) {
        m_tickets.insert(key, *granted);
    }
    for (const Answer<TicketGrant> &answer : std::as_const(errand->waiting)) {
        if (granted != nullptr) {
            answer.give(*granted);
        } else {
            answer.fail(std::get<Error>(step));
        }
    }
}

} // namespace linchpin::sip
