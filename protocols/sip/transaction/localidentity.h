// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/randombytes.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArray>
#include <QString>

namespace linchpin::sip {

/// What identifies this end point in every message it sends. [MS-SIPRE] 2.2, [MS-SIPREGE] 2.2.
struct LocalIdentity {
    QByteArray address; ///< "ben@litwareinc.com"
    QByteArray epid; ///< device id, at most 16 characters, lower-case hex
    QByteArray userAgent;
    QByteArray transport; ///< "tls" or "tcp"
    QByteArray host; ///< our end of the connection; IPv6 in brackets
    quint16 port = 0;
    QByteArray opaque; ///< arbitrary hex that comes back in Request-URIs to us
    QByteArray gruu; ///< URI the registrar gave us; empty before
    bool plain = false; ///< towards servers that know nothing of Microsoft's extensions

    QByteArray uri() const { return "sip:" + address; }
    QByteArray domain() const { return address.sliced(address.indexOf('@') + 1); }
    /// The +sip.instance UUID that the registrar derives from the epid and compares.
    QByteArray instance() const;
    /// Contact header value: the GRUU, or the connection's own address before there is one.
    QByteArray contact() const;
};

/// [MS-SIPRE] 3.2: name-based UUID (version 5, little-endian GUID bytes) of an epid.
QByteArray instanceFromEpid(const QByteArray &epid);

/// An address as it stands in Via and Contact: IPv6 in brackets.
QByteArray hostLiteral(const QString &address);

/// Hex digits from `count` random bytes.
QByteArray randomHex(const RandomBytes &random, int count);

/// Answer to a request: Via, Record-Route, From, To, Call-ID and CSeq are copied (RFC 3261 8.2.6),
/// our tag is added to To when it has none. No signature: responses of clients carry none.
SipMessage makeResponse(const SipMessage &request, int status, const QByteArray &reason,
    const LocalIdentity &identity, const QByteArray &localTag);

} // namespace linchpin::sip
