// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/session/siplink.h"
#include "protocols/sip/transaction/transactionmachine.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace linchpin::sip {

/// The requests that are out, REGISTER apart: signed, waited for, and sent once more where the
/// server wants other credentials, RFC 3261 17.1 and [MS-SIPAE] 3.2.
class SipRequests {
public:
    /// What to do about a 401 or 407.
    enum class Challenge : quint8 {
        Refusal, ///< the sender gets it
        SendAnew, ///< with another nonce, at once
        Hold, ///< until resend(): there is no association any more
    };
    struct Hooks {
        std::function<void(SipMessage &)> sign;
        std::function<void(const SipMessage &)> write;
        std::function<Challenge(const SipMessage &request, const SipMessage &challenge)> challenged;
        std::function<void()> held; ///< called once a request is held
        /// A final answer nobody waits for any more.
        std::function<void(const SipMessage &)> late;
    };

    SipRequests(SessionServices &services, RandomBytes random, Hooks hooks);

    /// As SipLink::send().
    void send(const SipMessage &request, SipReplyHandler handler, std::chrono::milliseconds limit);
    void receive(const SipMessage &response);
    /// A new association stands: what was held goes out under it.
    void resend();
    /// Nobody is told anything.
    void clear();

private:
    struct Waiting {
        SipMessage request; ///< without credentials
        SipReplyHandler handler;
        std::chrono::milliseconds limit { 0 };
        bool repeated = false;
        std::unique_ptr<Timer> timer;
    };

    void track(Waiting waiting);
    bool sendAgain(TransactionMachine::Id id, const SipMessage &challenge);
    void finish(TransactionMachine::Id id, const SipReply &reply);

    SessionServices &m_services;
    RandomBytes m_random;
    Hooks m_hooks;
    TransactionMachine m_transactions;
    std::map<TransactionMachine::Id, Waiting> m_waiting;
    std::vector<Waiting> m_held;
};

} // namespace linchpin::sip
