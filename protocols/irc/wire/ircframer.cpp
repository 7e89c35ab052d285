// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ircframer.h"

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {
constexpr auto kTooLong = "line too long"_L1;
}

void IrcFramer::feed(QByteArrayView bytes)
{
    if (m_at > 0) {
        m_streamOffset += m_at;
        m_scanned -= m_at;
        m_buffer.remove(0, m_at);
        m_at = 0;
    }
    m_buffer.append(bytes);
}

bool IrcFramer::tooLong(QByteArrayView line) const
{
    constexpr qsizetype kLineEnd = 2;
    if (line.size() + kLineEnd <= m_limits.body) {
        return false;
    }
    if (!line.startsWith('@')) {
        return true;
    }
    const qsizetype space = line.indexOf(' ');
    const qsizetype tags = space < 0 ? line.size() : space + 1;
    return tags > m_limits.tags || line.size() - tags + kLineEnd > m_limits.body;
}

std::optional<IrcFramer::Frame> IrcFramer::next()
{
    for (;;) {
        const qsizetype lf = m_buffer.indexOf('\n', m_scanned);
        if (lf < 0) {
            m_scanned = m_buffer.size();
            if (m_skipping) {
                m_at = m_scanned; // forget it: a line without an end must not grow
                return std::nullopt;
            }
            if (tooLong(QByteArrayView(m_buffer).sliced(m_at))) {
                m_skipping = true;
                m_lineOffset = m_streamOffset + m_at;
                m_at = m_scanned;
                return Frame(std::unexpect, kTooLong, m_lineOffset);
            }
            return std::nullopt;
        }
        QByteArrayView line = QByteArrayView(m_buffer).sliced(m_at, lf - m_at);
        const qint64 offset = m_streamOffset + m_at;
        m_at = m_scanned = lf + 1;
        if (m_skipping) {
            m_skipping = false;
            continue;
        }
        while (line.endsWith('\r')) {
            line.chop(1);
        }
        if (line.isEmpty()) {
            continue;
        }
        m_lineOffset = offset;
        if (tooLong(line)) {
            return Frame(std::unexpect, kTooLong, offset);
        }
        return Frame(line);
    }
}

std::optional<IrcFramer::Frame> IrcFramer::finish()
{
    feed("\n");
    return next();
}

} // namespace linchpin::irc
