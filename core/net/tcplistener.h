// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"

#include <QHostAddress>

namespace linchpin {

/// Listens at the first free port of the range, on all of this machine's addresses. Refused
/// (`behind-proxy`) where the account has a proxy; `no-free-port`.
Result<std::shared_ptr<Listener>> listenTcp(
    const ProxySettings &proxy, quint16 firstPort, quint16 lastPort);

/// In the order in which others are likely to reach them: global IPv4, private IPv4, IPv6, then
/// loopback if there is nothing else. Link-local addresses, which mean nothing elsewhere, are left
/// out.
QStringList reachableAddresses(const QList<QHostAddress> &own);

} // namespace linchpin
