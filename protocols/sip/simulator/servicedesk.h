// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"

namespace linchpin::sip::sim {

/// SERVICE: publishing, access levels, contact list edits, directory search. [MS-PRES] 3.7,
/// [MS-SIP] 3.6.
class ServiceDesk {
public:
    explicit ServiceDesk(PoolCore &core);
    void handle(const SipMessage &request, Hop &from);

private:
    void soap(const SipMessage &request, Hop &from, PoolUser &user, const XmlElement &document);
    QByteArray search(const XmlElement &document) const;

    PoolCore &m_core;
};

} // namespace linchpin::sip::sim
