// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "core/sdk/sessionevent.h"
#include "core/sdk/sessionservices.h"
#include "protocols/sip/registration/registrationmachine.h"
#include "protocols/sip/transaction/localidentity.h"
#include "protocols/sip/wire/sipmessage.h"

#include <chrono>
#include <expected>
#include <functional>

namespace linchpin::sip {

/// The final answer to a request, whatever its status, or why there is none.
using SipReply = std::expected<SipMessage, Error>;
using SipReplyHandler = std::function<void(const SipReply &)>;

inline constexpr std::chrono::seconds kTransactionLimit {
    32
}; ///< RFC 3261 17.1.1.2, timers B and F

/// What the parts of a session (contacts, presence, conversations) may ask of it.
class SipLink {
public:
    SipLink() = default;
    SipLink(const SipLink &) = delete;
    SipLink &operator=(const SipLink &) = delete;
    virtual ~SipLink() = default;

    virtual SessionServices &services() = 0;
    virtual const LocalIdentity &identity() const = 0;
    virtual const RegistrationInfo &registration() const = 0;
    virtual RandomBytes random() const = 0;

    /// Signs and sends. The handler is called once, never before this returns; not at all when
    /// the session is destroyed first. Provisional answers are not reported.
    virtual void send(const SipMessage &request, SipReplyHandler handler,
        std::chrono::milliseconds limit = kTransactionLimit)
        = 0;
    /// ACK and CANCEL: nothing is waited for.
    virtual void sendOnly(const SipMessage &request) = 0;
    virtual void respond(const SipMessage &response) = 0;
    virtual void tell(const SessionEvent &event) = 0;
};

/// A request that opens no dialog, to ourselves unless `uri` says otherwise.
SipMessage newRequest(SipLink &link, const QByteArray &method, const QByteArray &uri = {});

} // namespace linchpin::sip
