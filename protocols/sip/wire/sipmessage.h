// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QList>

namespace linchpin::sip {

/// One header line as it stood on the wire, folding removed. RFC 3261 7.3.
struct SipHeader {
    QByteArray name;
    QByteArray value;
    friend bool operator==(const SipHeader &, const SipHeader &) = default;
};

/// A SIP request or response: start line, headers in wire order, body as bytes. RFC 3261 7.
///
/// Header names are compared without regard to case and a compact name ("f") equals its long form
/// ("From"); the spelling received is kept.
class SipMessage {
public:
    enum class Kind { Request, Response };

    static SipMessage request(const QByteArray &method, const QByteArray &uri);
    static SipMessage response(int status, const QByteArray &reason);

    Kind kind = Kind::Request;
    QByteArray method; ///< request only, case matters
    QByteArray uri; ///< Request-URI as on the wire
    int status = 0; ///< response only, 100 to 699
    QByteArray reason; ///< response only; may be empty, UTF-8
    QByteArray version = QByteArrayLiteral("SIP/2.0");
    QList<SipHeader> headers;
    QByteArray body;

    bool isRequest() const { return kind == Kind::Request; }
    bool isResponse() const { return kind == Kind::Response; }
    bool isFinal() const { return isResponse() && status >= 200; }

    bool hasHeader(QByteArrayView name) const;
    /// The first header of that name, empty when there is none.
    QByteArray header(QByteArrayView name) const;
    /// Every header line of that name in order, not split at commas.
    QByteArrayList headerLines(QByteArrayView name) const;
    /// Every value of that name: header lines in order, comma lists split (not inside quotes or
    /// <>).
    QByteArrayList headerValues(QByteArrayView name) const;

    void addHeader(const QByteArray &name, const QByteArray &value);
    /// Replaces the first header of that name and drops the others; appends when there is none.
    void setHeader(const QByteArray &name, const QByteArray &value);
    void removeHeader(QByteArrayView name);
    /// Sets body and Content-Type together; an empty body removes the type.
    void setBody(const QByteArray &contentType, const QByteArray &bytes);

    friend bool operator==(const SipMessage &, const SipMessage &) = default;
};

/// The long form of a header name for comparisons: "f" and "FROM" give "from". RFC 3261 7.3.3.
QByteArray canonicalHeaderName(QByteArrayView name);

/// Wire form. Content-Length is always written last and always true, whatever the headers say.
/// CR and LF inside a value become spaces, so no value can smuggle a header.
QByteArray serialize(const SipMessage &message);

} // namespace linchpin::sip
