// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/siperror.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QList>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// ";name=value" pairs in order. A parameter without "=" has no value; quotes are taken off.
class SipParameters {
public:
    struct Parameter {
        QByteArray name;
        std::optional<QByteArray> value;
        friend bool operator==(const Parameter &, const Parameter &) = default;
    };

    QList<Parameter> items;

    /// Names are compared without regard to case.
    bool has(QByteArrayView name) const;
    /// Empty when absent or without a value.
    QByteArray value(QByteArrayView name) const;
    /// Replaces or appends.
    void set(const QByteArray &name, const QByteArray &value);

    friend bool operator==(const SipParameters &, const SipParameters &) = default;
};

/// From, To, Contact, Route …: name-addr or addr-spec with header parameters. RFC 3261 20.10, 25.1.
struct NameAddress {
    QByteArray displayName; ///< unquoted and unescaped, UTF-8
    QByteArray uri; ///< what stood in <>, or the bare URI before the first ";"
    SipParameters parameters; ///< header parameters: tag, epid, expires …
    bool isWildcard = false; ///< "Contact: *"

    QByteArray tag() const { return parameters.value("tag"); }
    friend bool operator==(const NameAddress &, const NameAddress &) = default;
};

/// Takes "Ann" <sip:a@x;p>;tag=1, <sip:a@x>;tag=1 and the bare sip:a@x;tag=1 some OCS peers send;
/// in the bare form every parameter belongs to the header, not to the URI (RFC 3261 20.10).
std::expected<NameAddress, ParseError> parseNameAddress(QByteArrayView value);
QByteArray serialize(const NameAddress &address);

/// ";a=1;b" after skipped blanks.
std::expected<SipParameters, ParseError> parseParameters(QByteArrayView text);

/// Splits "a, b" at commas outside quotes and <>; blanks around the parts are removed.
QByteArrayList splitCommaList(QByteArrayView value);

/// "314159 INVITE". RFC 3261 20.16: the number is below 2^31.
struct CSeq {
    quint32 number = 0;
    QByteArray method;
};
std::expected<CSeq, ParseError> parseCSeq(QByteArrayView value);

/// WWW-Authenticate, Authorization, Authentication-Info of [MS-SIPAE] 2.2: scheme and parameters.
struct AuthHeader {
    QByteArray scheme;
    SipParameters parameters;
};
std::expected<AuthHeader, ParseError> parseAuthHeader(QByteArrayView value);

/// "17002;source=\"x\";reason=\"y\"": ms-diagnostics and friends, [MS-OCER] 2.2.1.
struct Diagnostics {
    int id = 0;
    SipParameters parameters;
    QByteArray reason() const { return parameters.value("reason"); }
};
std::optional<Diagnostics> parseDiagnostics(QByteArrayView value);

/// "text" with \" and \\ escaped. RFC 3261 25.1.
QByteArray quoted(QByteArrayView text);
/// Takes quotes and escapes off; text without quotes comes back unchanged.
QByteArray unquoted(QByteArrayView text);

} // namespace linchpin::sip
