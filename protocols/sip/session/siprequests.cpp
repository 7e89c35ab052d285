// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/siprequests.h"

#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/transaction/repeatedrequest.h"

#include <utility>

namespace linchpin::sip {

SipRequests::SipRequests(SessionServices &services, RandomBytes random, Hooks hooks)
    : m_services(services)
    , m_random(std::move(random))
    , m_hooks(std::move(hooks))
{
}

void SipRequests::send(
    const SipMessage &request, SipReplyHandler handler, std::chrono::milliseconds limit)
{
    Waiting waiting;
    waiting.request = request;
    waiting.handler = std::move(handler);
    waiting.limit = limit;
    track(std::move(waiting));
}

void SipRequests::track(Waiting waiting)
{
    SipMessage out = waiting.request;
    m_hooks.sign(out);
    const TransactionMachine::Id id = m_transactions.begin(out);
    waiting.timer = m_services.timer(waiting.limit, [this, id] {
        m_transactions.end(id);
        finish(id, std::unexpected(requestTimeout()));
    });
    m_waiting.insert_or_assign(id, std::move(waiting));
    m_hooks.write(out);
}

void SipRequests::receive(const SipMessage &response)
{
    const auto match = m_transactions.receive(response);
    if (!match) {
        m_hooks.late(response);
        return;
    }
    if (match->finished && !sendAgain(match->id, response)) {
        finish(match->id, response);
    }
}

bool SipRequests::sendAgain(TransactionMachine::Id id, const SipMessage &challenge)
{
    const auto waiting = m_waiting.find(id);
    if ((challenge.status != 401 && challenge.status != 407) || waiting == m_waiting.end()
        || waiting->second.repeated) {
        return false;
    }
    const Challenge what = m_hooks.challenged(waiting->second.request, challenge);
    if (what == Challenge::Refusal) {
        return false;
    }
    Waiting again = std::move(waiting->second);
    m_waiting.erase(waiting);
    again.timer.reset();
    again.repeated = true;
    if (what == Challenge::SendAnew) {
        numberAnew(again.request, m_random);
        track(std::move(again));
    } else {
        m_held.push_back(std::move(again));
        m_hooks.held();
    }
    return true;
}

void SipRequests::finish(TransactionMachine::Id id, const SipReply &reply)
{
    const auto waiting = m_waiting.find(id);
    if (waiting == m_waiting.end()) {
        return;
    }
    const Waiting done = std::move(waiting->second);
    m_waiting.erase(waiting);
    done.handler(reply);
}

void SipRequests::resend()
{
    for (Waiting &waiting : std::exchange(m_held, {})) {
        track(std::move(waiting));
    }
}

void SipRequests::clear()
{
    m_transactions.endAll();
    m_waiting.clear();
    m_held.clear();
}

} // namespace linchpin::sip
