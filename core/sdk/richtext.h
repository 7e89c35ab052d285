// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"

#include <QList>
#include <QMetaType>
#include <QString>
#include <QUrl>

namespace linchpin {

/// Message text with formatting, free of anything active: spans over plain text. What a network
/// sends as HTML becomes this through fromHtml(), a whitelist; what it cannot carry is dropped.
class LINCHPIN_SDK_EXPORT RichText {
public:
    struct Span {
        qsizetype start = 0; ///< UTF-16 index into plain()
        qsizetype length = 0;
        bool bold = false;
        bool italic = false;
        bool underline = false;
        bool strikeOut = false;
        bool monospace = false;
        QString color = {}; ///< `#rrggbb`; empty = the theme's
        QUrl link = {}; ///< http, https, mailto, xmpp, sip, irc, ircs, ftp, tel only
        friend bool operator==(const Span &, const Span &) = default;
    };

    RichText() = default;
    /// Plain text; control characters other than TAB and LF are removed, CRLF becomes LF.
    static RichText fromPlain(const QString &text);
    /// Untrusted HTML: a whitelist of inline formatting, paragraphs, lists and links. Scripts,
    /// styles, images, forms and every attribute but href, color and a few font styles are dropped.
    /// Input over 256 KiB is cut there; nesting over 64 is flattened.
    static RichText fromHtml(const QString &html);
    /// Text and spans put together by a protocol that parses its own formatting (mIRC codes, RTF).
    static RichText fromSpans(const QString &text, const QList<Span> &spans);

    bool isEmpty() const { return m_text.isEmpty(); }
    bool isPlain() const { return m_spans.isEmpty(); }
    const QString &plain() const { return m_text; }
    const QList<Span> &spans() const { return m_spans; }
    /// Well-formed, sanitised HTML fragment (no html/body element); line breaks as <br/>.
    QString toHtml() const;

    friend bool operator==(const RichText &, const RichText &) = default;

private:
    QString m_text;
    QList<Span> m_spans;
};

/// http(s), ftp, mailto, xmpp, sip and irc links written out in plain text, as index and length;
/// closing punctuation is not part of a link.
struct LinkRange {
    qsizetype start = 0;
    qsizetype length = 0;
    QUrl url;
    friend bool operator==(const LinkRange &, const LinkRange &) = default;
};
LINCHPIN_SDK_EXPORT QList<LinkRange> findLinks(const QString &text);

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::RichText)
