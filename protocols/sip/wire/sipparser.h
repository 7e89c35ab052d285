// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/siperror.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArray>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// Reads one message: start line, headers, blank line, body of Content-Length bytes.
///
/// Accepts what RFC 3261 7 and 25 allow plus bare LF as a line end; folded lines are joined with
/// one space. Without Content-Length everything after the blank line is the body. Bytes after the
/// body are ignored; a body shorter than announced is Truncated.
std::expected<SipMessage, ParseError> parseMessage(QByteArrayView frame);

/// Start line only, without its line end. Sets kind, method, uri, status, reason, version.
std::expected<SipMessage, ParseError> parseStartLine(QByteArrayView line);

/// What the first bytes of a stream betray before a whole line has come: an HTTP answer, a TLS
/// record. Nothing when it may still become SIP. Source: what OCS front ends and IIS really send.
std::optional<ParseError> recogniseForeignProtocol(QByteArrayView beginning);

/// The first of Via, From, To, Call-ID, CSeq that is absent (RFC 3261 8.1.1), empty when all are
/// there.
QByteArray missingMandatoryHeader(const SipMessage &message);

/// Which part of a message that could be read is no use all the same: a header that is missing,
/// there twice, or unreadable; `CSeq` too when it names another method; `Request-URI` when it
/// carries headers; `Status-Code` beyond 699. Empty when nothing is wrong. RFC 3261 8.2, RFC 4475.
QByteArray headerProblem(const SipMessage &message);

/// The announced body length; nothing when the header is absent. RFC 3261 20.14: digits only, and
/// several must agree.
std::expected<std::optional<qsizetype>, ParseError> contentLength(const SipMessage &message);

} // namespace linchpin::sip
