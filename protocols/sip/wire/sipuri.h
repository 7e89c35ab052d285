// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/siperror.h"
#include "protocols/sip/wire/sipheader.h"

#include <QByteArray>

#include <expected>

namespace linchpin::sip {

/// sip: and sips: URIs, and what is needed of tel:. RFC 3261 19.1, RFC 3966.
struct SipUri {
    QByteArray scheme; ///< lower case: sip, sips, tel …
    QByteArray user; ///< percent escapes kept; empty when there is no "@"
    QByteArray host; ///< as written; an IPv6 address in its brackets
    quint16 port = 0; ///< 0 = not given
    SipParameters parameters; ///< transport, opaque, maddr, lr, gruu …
    QByteArray query; ///< after "?", undecoded

    /// "user@host", lower case, escapes decoded: what people call the address, and what to compare.
    QByteArray address() const;
    QByteArray toBytes() const;
    friend bool operator==(const SipUri &, const SipUri &) = default;
};

/// A missing scheme is an error: "ann@x" is an address, not a URI.
std::expected<SipUri, ParseError> parseSipUri(QByteArrayView text);

/// "sip:Ann@Litware.com;opaque=…" or "ann@litware.com" to "ann@litware.com"; the parameters go.
/// Text that is neither comes back lower-cased.
QByteArray bareAddress(QByteArrayView uriOrAddress);

} // namespace linchpin::sip
