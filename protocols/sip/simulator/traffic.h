// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

namespace linchpin::sip::sim {

/// What clients cost, as the application sees it: without TLS and TCP.
struct Traffic {
    int connections = 0;
    int answered = 0; ///< requests of clients that got a final answer: round trips
    /// How often a client sent something because of an answer it had waited for. Requests under way
    /// together are one; exact where the pool is slow (OcsPool::setDelay), SIP alone.
    int waits = 0;
    qint64 received = 0; ///< bytes
    qint64 sent = 0;
    friend bool operator==(const Traffic &, const Traffic &) = default;
};

} // namespace linchpin::sip::sim
