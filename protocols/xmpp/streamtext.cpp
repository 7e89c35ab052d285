// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/streamtext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

QString StreamText::feed(QByteArrayView bytes)
{
    m_text += m_decoder.decode(bytes);
    while (scanToken()) { }
    const QString complete = m_text.first(m_complete);
    m_text.remove(0, m_complete);
    m_at -= m_complete;
    m_token = m_token < 0 ? -1 : m_token - m_complete;
    m_complete = 0;
    return complete;
}

void StreamText::reset()
{
    *this = {};
}

/// Goes on to the end of a tag; false when more text is needed for that.
bool StreamText::scanToken()
{
    if (m_token < 0) {
        m_token = m_text.indexOf(u'<', m_at);
        if (m_token < 0) {
            m_at = m_text.size();
            return false;
        }
        m_at = m_token + 1;
        m_quote = {};
    }
    const QStringView text(m_text);
    if (text.size() < m_token + 2) {
        return false;
    }
    if (text.at(m_token + 1) == u'?' || text.at(m_token + 1) == u'!') {
        return scanSpecial();
    }
    while (m_at < text.size()) {
        const QChar c = text.at(m_at++);
        if (!m_quote.isNull()) {
            m_quote = c == m_quote ? QChar() : m_quote;
        } else if (c == u'"' || c == u'\'') {
            m_quote = c;
        } else if (c == u'>') {
            endTag();
            return true;
        }
    }
    return false;
}

/// The XML declaration, CDATA, and what RFC 6120 §11.1 forbids: that is for the parser to say.
bool StreamText::scanSpecial()
{
    const QStringView token = QStringView(m_text).sliced(m_token);
    const QLatin1StringView comment = "<!--"_L1;
    const QLatin1StringView data = "<![CDATA["_L1;
    if (comment.startsWith(token) || data.startsWith(token)) {
        return false; // may become either
    }
    const QLatin1StringView end = token.startsWith("<?"_L1) ? "?>"_L1
        : token.startsWith(comment)                         ? "-->"_L1
        : token.startsWith(data)                            ? "]]>"_L1
                                                            : ">"_L1;
    const qsizetype found = m_text.indexOf(end, std::max(m_at - end.size(), m_token + 2));
    if (found < 0) {
        m_at = m_text.size();
        return false;
    }
    m_at = found + end.size();
    m_token = -1;
    return true;
}

void StreamText::endTag()
{
    const QStringView tag = QStringView(m_text).sliced(m_token, m_at - m_token);
    const bool closes = tag.at(1) == u'/';
    const QLatin1StringView stream = "stream:stream"_L1;
    const QStringView name = tag.sliced(closes ? 2 : 1);
    if (name.startsWith(stream)
        && !name.sliced(stream.size()).first(1).front().isLetterOrNumber()) {
        m_depth = 0;
    } else if (closes) {
        m_depth = std::max(0, m_depth - 1);
    } else if (!tag.endsWith("/>"_L1)) {
        ++m_depth;
    }
    if (m_depth == 0) {
        m_complete = m_at;
    }
    m_token = -1;
}

} // namespace linchpin::xmpp
