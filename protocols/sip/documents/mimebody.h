// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QList>

#include <expected>
#include <utility>

namespace linchpin::sip {

/// A parsed Content-Type value: the type in lower case, parameters in the order written.
struct ContentType {
    QByteArray type = {}; ///< "text/plain"
    QList<std::pair<QByteArray, QByteArray>> parameters
        = {}; ///< names in lower case, values unquoted

    bool is(QByteArrayView other) const { return other.compare(type, Qt::CaseInsensitive) == 0; }
    /// Value of a parameter, its name in lower case; null when absent.
    QByteArray parameter(QByteArrayView name) const;
};

/// Parses a Content-Type header value (RFC 2045 5.1, quoted strings as in RFC 3261). Never fails: a
/// value without a type gives an empty one.
ContentType parseContentType(QByteArrayView value);

/// One part of a multipart body.
struct MimePart {
    QByteArray contentType = {}; ///< the header's value as written; "text/plain" when absent
    QByteArray contentId = {}; ///< without angle brackets
    QByteArray body = {}; ///< transfer encoding undone
};

/// Splits a multipart body by the boundary its Content-Type names (RFC 2046 5.1). Bounded to
/// 2000 parts; a body that ends before its closing boundary gives the parts read so far.
std::expected<QList<MimePart>, DocumentError> parseMultipart(
    const ContentType &type, QByteArrayView body);

/// A body with all of @p parts; the caller names a @p boundary that occurs in none of them.
QByteArray buildMultipart(const QList<MimePart> &parts, const QByteArray &boundary);

} // namespace linchpin::sip
