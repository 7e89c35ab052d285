// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/peertrust.h"
#include "core/net/srvresolver.h"
#include "core/net/tcptransport.h"

namespace linchpin {

/// How to get a Transport.
struct ConnectOptions {
    Endpoint endpoint;
    ProxySettings proxy;
    PeerTrust trust;
    NameServer nameServer;
    TcpTransport::Log log;
    std::chrono::milliseconds limit { 30000 }; ///< for all of it
    std::chrono::milliseconds stagger { 250 }; ///< RFC 8305 §5: before the next address is tried
};

/// Finds the addresses, tries them one after another without waiting long for any (RFC 8305), and
/// does the TLS handshake where the endpoint wants it. `context` owns the attempt: when it goes,
/// the answer is `cancelled`.
Async<std::shared_ptr<Transport>> connectTcp(const ConnectOptions &options, QObject *context);

} // namespace linchpin
