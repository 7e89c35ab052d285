// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/presence/categories.h"

#include <expected>

namespace linchpin::sip {

// Presence in formats other than categories, all read into the same PresenceUpdate.

/// PIDF (RFC 3863) with RPID activities (RFC 4480): federated XMPP and other vendors. Of several
/// tuples the most reachable one counts.
PresenceUpdate parsePidf(const XmlElement &presence);
/// XPIDF: public networks of the time before PIDF.
PresenceUpdate parseXpidf(const XmlElement &presence);
/// The `presentity` document of LCS 2005 (text/xml+msrtc.pidf), [MS-SIP] 2.2.
PresenceUpdate parsePresentity(const XmlElement &presentity);

/// Any of the three by its root element.
std::expected<PresenceUpdate, DocumentError> parseLegacyPresence(QByteArrayView body);

} // namespace linchpin::sip
