// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/session/siplink.h"
#include "protocols/sip/simple/eventsubscription.h"
#include "protocols/sip/transaction/dialog.h"

#include <functional>
#include <memory>

namespace linchpin::sip {

/// Carries out an EventSubscription: a subscription at a plain SIP server or another end point.
/// RFC 6665. None of the handlers may destroy it.
class SimpleSubscription {
public:
    struct Options {
        QByteArray event;
        QByteArray accept;
        QByteArray target; ///< Request-URI and To
    };
    struct Handlers {
        /// A NOTIFY; the body may be empty.
        std::function<void(
            const SubscriptionState &state, const QByteArray &contentType, const QByteArray &body)>
            notified;
        std::function<void(const subeffect::Lost &why)> lost;
        std::function<void()> answered; ///< the SUBSCRIBE that is out has its answer
    };

    SimpleSubscription(SipLink &link, Options options, Handlers handlers);

    void start();
    /// Asks the other side to forget us; the object need not live on.
    void stop();
    bool owns(const SipMessage &notify) const;
    /// A NOTIFY of ours that has been answered already.
    void receive(const SipMessage &notify);

private:
    void step(const SubscriptionInput &input);
    void perform(const subeffect::Subscribe &effect);
    void perform(const subeffect::StartTimer &effect);
    void perform(const subeffect::Lost &effect) const;

    SipLink &m_link;
    Options m_options;
    Handlers m_handlers;
    EventSubscription m_machine;
    Dialog m_dialog;
    std::unique_ptr<Timer> m_timer;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
