// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/poolcore.h"

#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/groupchatdesk.h"
#include "protocols/sip/simulator/proxy.h"
#include "protocols/sip/simulator/registrar.h"
#include "protocols/sip/simulator/servicedesk.h"
#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/simulator/subscriptions.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {
constexpr qsizetype maximumLog = 5000;
}

PoolCore::PoolCore(QObject *parent)
    : QObject(parent)
    , m_registrar(std::make_unique<Registrar>(*this))
    , m_subscriptions(std::make_unique<Subscriptions>(*this))
    , m_services(std::make_unique<ServiceDesk>(*this))
    , m_proxy(std::make_unique<Proxy>(*this))
    , m_conferences(std::make_unique<ConferenceDesk>(*this))
    , m_groupChat(std::make_unique<GroupChatDesk>(*this))
{
}

PoolCore::~PoolCore() = default;

PoolUser *PoolCore::user(const QString &address)
{
    const auto found = m_users.find(address.toLower());
    return found == m_users.end() ? nullptr : &*found;
}

void PoolCore::addUser(const PoolUser &user)
{
    m_users.insert(user.address.toLower(), user);
}

QList<Endpoint> PoolCore::endpointsOf(const QString &user) const
{
    QList<Endpoint> result;
    std::ranges::copy_if(
        m_endpoints, std::back_inserter(result), [&](const Endpoint &e) { return e.user == user; });
    std::ranges::sort(result, std::ranges::greater {}, &Endpoint::order);
    return result;
}

bool PoolCore::putEndpoint(const Endpoint &endpoint)
{
    const auto same = std::ranges::find_if(m_endpoints, [&](const Endpoint &e) {
        return e.user == endpoint.user && e.instance == endpoint.instance;
    });
    const bool fresh = same == m_endpoints.end();
    auto &kept = fresh ? m_endpoints.emplace_back() : *same;
    kept = endpoint;
    kept.order = ++m_order;
    if (fresh) {
        if (auto *owner = user(endpoint.user)) {
            owner->presence.endpointCame(endpoint.instance, QDateTime::currentDateTimeUtc());
        }
        presenceTouched(endpoint.user, { u"state"_s }, endpoint.instance);
        Q_EMIT signedIn(endpoint.user);
    }
    return fresh;
}

void PoolCore::removeEndpoint(const QString &userAddress, const QString &instance)
{
    const auto removed = m_endpoints.removeIf(
        [&](const Endpoint &e) { return e.user == userAddress && e.instance == instance; });
    if (removed == 0) {
        return;
    }
    m_subscriptions->endpointGone(userAddress, instance);
    if (auto *owner = user(userAddress)) {
        const auto touched
            = owner->presence.endpointGone(instance, QDateTime::currentDateTimeUtc());
        presenceTouched(userAddress, touched);
    }
    Q_EMIT signedOut(userAddress);
}

void PoolCore::forget(Hop *hop)
{
    const auto copy = m_endpoints;
    for (const auto &endpoint : copy) {
        if (endpoint.hop == hop) {
            removeEndpoint(endpoint.user, endpoint.instance);
        }
    }
    m_subscriptions->hopGone(hop);
    m_proxy->hopGone(hop);
    m_conferences->hopGone(hop);
    m_groupChat->hopGone(hop);
}

void PoolCore::receive(const SipMessage &message, Hop &from)
{
    if (message.isResponse()) {
        if (!m_conferences->response(message)) {
            m_proxy->response(message, from);
        }
    } else if (ConferenceDesk::concerns(message)) {
        m_conferences->handle(message, from);
    } else if (m_groupChat->concerns(message)) {
        m_groupChat->handle(message, from);
    } else if (message.method == "REGISTER") {
        m_registrar->handle(message, from);
    } else if (message.method == "SUBSCRIBE") {
        m_subscriptions->handle(message, from);
    } else if (message.method == "SERVICE") {
        m_services->handle(message, from);
    } else {
        m_proxy->request(message, from);
    }
}

void PoolCore::log(const SipMessage &message)
{
    if (m_log.size() >= maximumLog) {
        m_log.removeFirst();
    }
    m_log.append({ QDateTime::currentDateTimeUtc(), addressIn(message, "From"), message });
    Q_EMIT received(m_log.last());
}

void PoolCore::complain(const QString &what)
{
    m_complaints.append(what);
    Q_EMIT complained(what);
}

void PoolCore::answer(const SipMessage &request, Hop &to, int status, const QByteArray &reason)
{
    if (request.method != "ACK" && request.method != "BENOTIFY") {
        to.deliver(responseTo(request, status, reason));
    }
}

std::optional<SipMessage> PoolCore::orderedAnswer(const SipMessage &request)
{
    const auto rule = std::ranges::find_if(faults.answers, [&](const Faults::Answer &a) {
        return a.times != 0 && (a.method.isEmpty() || a.method == request.method);
    });
    if (rule == faults.answers.end() || request.method == "ACK" || !request.isRequest()) {
        return std::nullopt;
    }
    if (rule->times > 0) {
        --rule->times;
    }
    auto response = responseTo(request, rule->status, rule->reason);
    for (const auto &header : std::as_const(rule->headers)) {
        response.addHeader(header.name, header.value);
    }
    return response;
}

void PoolCore::presenceTouched(
    const QString &userAddress, const QSet<QString> &categories, const QString &exceptInstance)
{
    m_subscriptions->presenceTouched(userAddress, categories, exceptInstance);
}

} // namespace linchpin::sip::sim
