// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"

#include <expected>

namespace linchpin::sip::sim {

/// Carries INVITE, ACK, BYE, CANCEL, MESSAGE, INFO, OPTIONS … between end points of the pool: a
/// stateful, record-routing, forking proxy. RFC 3261 16; what it adds is from [MS-SIPRE].
class Proxy {
public:
    explicit Proxy(PoolCore &core);

    void request(const SipMessage &request, Hop &from);
    void response(const SipMessage &response, Hop &from);
    void hopGone(Hop *hop);

private:
    struct Branch {
        QByteArray id;
        Hop *hop = nullptr;
        SipMessage sent;
        int status = 0; ///< of the final response; 0 while there is none
        SipMessage finalResponse;
    };
    struct Forward {
        SipMessage original;
        Hop *source = nullptr;
        QList<Branch> branches;
        int answered = 0; ///< status that went to the source; 0 while there is none
        bool cancelled = false;
    };
    struct Refusal {
        int status;
        QByteArray diagnostics = {};
    };

    std::expected<QList<Endpoint>, Refusal> targets(const SipMessage &request, Hop &from) const;
    void cancel(const SipMessage &request, Hop &from);
    void acknowledge(const SipMessage &request, Hop &from);
    void send(Forward &forward, const Endpoint &target);
    void cancelPending(Forward &forward);
    void finish(Forward &forward);
    Forward *find(const QByteArray &callId, quint32 number, QByteArrayView method, Hop *source);

    PoolCore &m_core;
    QList<Forward> m_forwards;
};

} // namespace linchpin::sip::sim
