// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringDecoder>

namespace linchpin::xmpp {

/// Bytes of a stream to text for QXmpp's parser. QXmpp 1.10 decodes every chunk by itself, which
/// breaks a character that lies across two; it parses all it has after each chunk, again and again
/// until a chunk happens to end with a stanza; and white space alone (RFC 6120 §4.6.1) makes it end
/// the stream. Here only whole stanzas, stream headers and ends are handed on; the rest waits.
/// Pure; looks at each character once.
class StreamText {
public:
    /// What to parse now; empty = nothing yet.
    QString feed(QByteArrayView bytes);
    /// A new stream begins.
    void reset();
    /// Characters that wait.
    qsizetype waiting() const { return m_text.size(); }

private:
    bool scanToken();
    bool scanSpecial();
    void endTag();

    QStringDecoder m_decoder { QStringDecoder::Utf8 };
    QString m_text;
    qsizetype m_complete = 0; ///< so much of the text may be parsed
    qsizetype m_at = 0; ///< so much of it was looked at
    qsizetype m_token = -1; ///< where the unfinished tag begins; -1 = between tags
    QChar m_quote; ///< inside an attribute's value
    int m_depth = 0; ///< elements that are open, not counting the stream's
};

} // namespace linchpin::xmpp
