// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"

#include <QHostAddress>
#include <QObject>

#include <functional>

namespace linchpin {

/// A name server to ask instead of the system's, from LINCHPIN_DNS_SERVER=address[:port]; for
/// tests. Null address = the system's.
struct NameServer {
    QHostAddress address;
    quint16 port = 53;

    bool isNull() const { return address.isNull(); }
    static NameServer fromText(const QString &text);
    static NameServer fromEnvironment();
};

/// SRV records in the order to try them (RFC 2782, "Usage rules"): by priority, within one by
/// weighted chance. `randomUnit` gives [0, 1). Records whose target is "." (no such service) are
/// left out; where there is no other, one of them is the answer.
QList<ServiceRecord> orderedByChance(
    QList<ServiceRecord> records, const std::function<double()> &randomUnit);

/// Looks SRV records up; errors `dns-failed`, `timed-out`. A name without records is an empty list.
Async<QList<ServiceRecord>> lookUpSrv(const QString &name, const NameServer &server,
    std::function<double()> randomUnit, QObject *context);

} // namespace linchpin
