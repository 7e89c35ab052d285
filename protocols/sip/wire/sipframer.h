// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/siperror.h"

#include <QByteArray>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// Cuts a byte stream into whole SIP messages; keeps no more than its limits allow.
///
/// RFC 3261 18.3: on a stream the body length comes only from Content-Length. CR and LF between
/// messages (keep-alives) are skipped.
class SipFramer {
public:
    struct Limits {
        qsizetype head = qsizetype { 64 } * 1024; ///< bytes of start line and headers
        qsizetype body = qsizetype { 4 } * 1024 * 1024; ///< bytes of body
    };

    SipFramer() = default;
    explicit SipFramer(Limits limits)
        : m_limits(limits)
    {
    }

    void feed(QByteArrayView bytes);

    /// The next whole message, nothing while it is incomplete, or why the stream cannot be read on.
    /// An error stays until resynchronise(); its offset counts from the beginning of the stream.
    std::expected<std::optional<QByteArray>, ParseError> next();

    /// After an error: drops bytes up to the next line that is a SIP start line (at least one
    /// line). False when there is none in what has been fed; the bytes are dropped then. For
    /// reading captures; a connection is closed instead.
    bool resynchronise();

    /// Stream position of the next unread byte.
    qsizetype offset() const { return m_consumed; }
    /// Bytes that wait for the rest of their message.
    qsizetype pending() const { return m_buffer.size() - m_begin; }

private:
    void consume(qsizetype count);
    std::optional<qsizetype> findHeadEnd();
    ParseError failed(ParseError::Code code, const QString &detail);

    Limits m_limits;
    QByteArray m_buffer;
    qsizetype m_begin = 0; ///< first unread byte in m_buffer
    qsizetype m_scanned = 0; ///< bytes after m_begin already searched for the end of the head
    qsizetype m_consumed = 0;
    qsizetype m_frameSize = 0; ///< 0 = head not complete yet
    bool m_startLineSeen = false;
    std::optional<ParseError> m_error;
};

} // namespace linchpin::sip
