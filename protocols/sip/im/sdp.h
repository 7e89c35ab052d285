// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QByteArrayList>

#include <expected>

namespace linchpin::sip {

/// The little of SDP (RFC 4566) that an IM session needs: one `message` media line.
struct ImSdp {
    QByteArray address = {}; ///< IPv4 or IPv6, as in the connection line
    quint16 port = 0; ///< nothing listens there; it is the SIP connection's
    /// "message" since OCS 2007, "x-ms-message" before; an answer uses the offer's word.
    QByteArray media = QByteArrayLiteral("message");
    QByteArray target = QByteArrayLiteral("null"); ///< "null" in an offer, our SIP URI in an answer
    QByteArrayList acceptedTypes = {}; ///< of a=accept-types; empty when not told
    friend bool operator==(const ImSdp &, const ImSdp &) = default;

    /// Whether the other side takes this type (true when it told nothing).
    bool accepts(QByteArrayView contentType) const;
};

/// What we can read.
QByteArrayList ownAcceptedTypes();

QByteArray buildImSdp(const ImSdp &sdp);
/// The answer to an offer: its media word, our address and URI.
QByteArray buildImSdpAnswer(
    const ImSdp &offer, const QByteArray &address, quint16 port, const QByteArray &ownUri);

/// Unexpected for a session without IM media (answer 488), Malformed for what is no SDP.
std::expected<ImSdp, DocumentError> parseImSdp(QByteArrayView body);

} // namespace linchpin::sip
