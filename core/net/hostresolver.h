// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/srvresolver.h"

namespace linchpin {

/// All addresses of a host, IPv6 and IPv4 taking turns (RFC 8305 §4), or `name-not-found`. Literals
/// are answered at once.
Async<QList<QHostAddress>> resolveHost(
    const QString &host, const NameServer &server, QObject *context);

/// Takes turns between the families, beginning with the family of the first address.
QList<QHostAddress> interleaved(const QList<QHostAddress> &addresses);

} // namespace linchpin
