// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/simplesubscription.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

SimpleSubscription::SimpleSubscription(SipLink &link, Options options, Handlers handlers)
    : m_link(link)
    , m_options(std::move(options))
    , m_handlers(std::move(handlers))
{
}

void SimpleSubscription::start()
{
    step(subinput::Start {});
}

void SimpleSubscription::stop()
{
    m_timer.reset();
    step(subinput::Stop {});
}

void SimpleSubscription::step(const SubscriptionInput &input)
{
    for (const SubscriptionEffect &effect : m_machine.step(input)) {
        std::visit([this](const auto &e) { perform(e); }, effect);
    }
}

void SimpleSubscription::perform(const subeffect::Subscribe &effect)
{
    const LocalIdentity &identity = m_link.identity();
    m_timer.reset();
    if (effect.anew) {
        m_dialog = Dialog::outgoing(m_options.target, m_link.random());
    }
    SipMessage request = m_dialog.request(identity, "SUBSCRIBE"_ba, m_link.random());
    request.addHeader("Contact"_ba, identity.contact());
    request.addHeader("Event"_ba, m_options.event);
    request.addHeader("Accept"_ba, m_options.accept);
    request.addHeader("Supported"_ba, "eventlist"_ba); // RFC 4662 4.1: it may be a list
    request.addHeader("Expires"_ba, QByteArray::number(effect.expires.count()));
    m_link.send(request,
        [this, callId = m_dialog.callId(), alive = std::weak_ptr(m_alive)](const SipReply &reply) {
            if (!alive.lock() || callId != m_dialog.callId()) {
                return;
            }
            if (reply) {
                m_dialog.catchUp(*reply);
                if (reply->status < 300 && !m_dialog.isEstablished()) {
                    m_dialog.establish(*reply);
                }
            }
            step(subinput::Answered { reply ? eventAnswer(*reply) : EventAnswer() });
            m_handlers.answered();
        });
}

void SimpleSubscription::perform(const subeffect::StartTimer &effect)
{
    m_timer = m_link.services().timer(effect.in, [this] { step(subinput::TimerFired {}); });
}

void SimpleSubscription::perform(const subeffect::Lost &effect) const
{
    m_handlers.lost(effect);
}

bool SimpleSubscription::owns(const SipMessage &notify) const
{
    return !m_machine.isOver() && !m_dialog.callId().isEmpty() && m_dialog.owns(notify);
}

void SimpleSubscription::receive(const SipMessage &notify)
{
    if (!m_dialog.takeNumber(notify)) {
        return; // older than what was seen: the newer one said it all
    }
    const SubscriptionState state = parseSubscriptionState(notify.header("Subscription-State"));
    m_handlers.notified(state, notify.header("Content-Type"), notify.body);
    step(subinput::Notified { state });
}

} // namespace linchpin::sip
