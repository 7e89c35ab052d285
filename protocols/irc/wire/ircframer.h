// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QLatin1StringView>

#include <expected>
#include <optional>

namespace linchpin::irc {

/// The longest line taken, in bytes.
struct FrameLimits {
    qsizetype tags = 8191; ///< IRCv3 message-tags: '@' to the space after the tags.
    qsizetype body
        = 512; ///< RFC 1459 2.3: everything else with its CR LF; ISUPPORT LINELEN raises it.

    friend bool operator==(const FrameLimits &, const FrameLimits &) = default;
};

/// A line that was thrown away: why, and where it began in the stream.
struct FrameError {
    QLatin1StringView reason;
    qint64 offset = 0;
};

/**
 * Cuts a byte stream into lines and never holds more than one line over its limits.
 *
 * LF ends a line, CRs before it are dropped, empty lines are skipped (RFC 2812 2.3). A line that is
 * too long is reported once and skipped up to its LF; what follows is read as if nothing had been.
 */
class IrcFramer {
public:
    using Frame = std::expected<QByteArrayView, FrameError>;

    explicit IrcFramer(const FrameLimits &limits = {})
        : m_limits(limits)
    {
    }

    void setLimits(const FrameLimits &limits) { m_limits = limits; }
    const FrameLimits &limits() const { return m_limits; }

    /// Adds bytes in the order they came. Ends the life of every view next() gave out.
    void feed(QByteArrayView bytes);
    /// The next line without CR LF, or an error; nothing when more bytes are needed.
    std::optional<Frame> next();
    /// The unfinished rest as a last line, for files that end without LF.
    std::optional<Frame> finish();
    /// Where the line that next() gave last began, counted from the first byte ever fed.
    qint64 lineOffset() const { return m_lineOffset; }
    /// Bytes held; bounded by the limits between a next() that found nothing and the next feed().
    qsizetype pending() const { return m_buffer.size() - m_at; }

private:
    bool tooLong(QByteArrayView line) const;

    FrameLimits m_limits;
    QByteArray m_buffer;
    qsizetype m_at = 0; ///< Start of the first line not given out.
    qsizetype m_scanned = 0; ///< No LF before this.
    qint64 m_streamOffset = 0; ///< Of the buffer's first byte.
    qint64 m_lineOffset = 0;
    bool m_skipping = false; ///< Inside a line that was refused.
};

} // namespace linchpin::irc
