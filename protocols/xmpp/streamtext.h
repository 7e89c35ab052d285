// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringDecoder>

namespace linchpin::xmpp {

/// Bytes of a stream to text for QXmpp's parser. QXmpp 1.10 decodes every chunk by itself, which
/// breaks a character that lies across two, and tries to parse all it has after each chunk; and
/// white space alone (RFC 6120 §4.6.1) makes it end the stream. Here a chunk's end keeps its
/// half character, text is handed on only where a stanza may end, and white space waits for what
/// follows it. Pure.
class StreamText {
public:
    /// What to parse now; empty = nothing yet.
    QString feed(QByteArrayView bytes);
    /// A new stream begins.
    void reset();
    /// Characters that wait.
    qsizetype waiting() const { return m_text.size(); }

private:
    QStringDecoder m_decoder { QStringDecoder::Utf8 };
    QString m_text;
};

} // namespace linchpin::xmpp
