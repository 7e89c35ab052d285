// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/richtext.h"

#include <QRegularExpression>
#include <QStack>

#include <algorithm>
#include <array>
#include <optional>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLongestInput = qsizetype { 256 } << 10;
constexpr int kDeepest = 64;

QString cleaned(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == u'\r') {
            if (i + 1 >= text.size() || text.at(i + 1) != u'\n') {
                out.append(u'\n');
            }
        } else if (c == u'\n' || c == u'\t' || (c.unicode() >= 0x20 && c.unicode() != 0x7f)) {
            out.append(c);
        }
    }
    return out;
}

bool isSafeLink(const QUrl &url)
{
    static constexpr std::array kSchemes { u"http", u"https", u"mailto", u"xmpp", u"sip", u"irc",
        u"ircs", u"ftp", u"tel" };
    const QString scheme = url.scheme();
    return url.isValid() && std::ranges::any_of(kSchemes, [&](const char16_t *known) {
        return scheme == QStringView(known);
    });
}

/// `#rrggbb` out of what HTML allows (`#abc`, a few names); empty for anything else.
QString colorOf(const QString &value)
{
    static const QRegularExpression kHex(u"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"_s);
    QString v = value.trimmed().toLower();
    if (kHex.match(v).hasMatch()) {
        if (v.size() == 7) {
            return v;
        }
        QString out = u"#"_s;
        for (const QChar c : QStringView(v).mid(1)) {
            out += c;
            out += c;
        }
        return out;
    }
    static constexpr std::array<std::pair<QStringView, QStringView>, 16> kNames {
        { { u"black", u"#000000" }, { u"silver", u"#c0c0c0" }, { u"gray", u"#808080" },
            { u"white", u"#ffffff" }, { u"maroon", u"#800000" }, { u"red", u"#ff0000" },
            { u"purple", u"#800080" }, { u"fuchsia", u"#ff00ff" }, { u"green", u"#008000" },
            { u"lime", u"#00ff00" }, { u"olive", u"#808000" }, { u"yellow", u"#ffff00" },
            { u"navy", u"#000080" }, { u"blue", u"#0000ff" }, { u"teal", u"#008080" },
            { u"aqua", u"#00ffff" } }
    };
    const auto *const found
        = std::ranges::find(kNames, QStringView(v), &decltype(kNames)::value_type::first);
    return found == kNames.end() ? QString() : found->second.toString();
}

QString decodedEntities(QStringView text)
{
    QString out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'&') {
            out.append(text[i]);
            continue;
        }
        // Looked for nearby only: a wall of ampersands must not cost its length squared.
        const qsizetype length = text.mid(i, 11).indexOf(u';');
        if (length < 0) {
            out.append(u'&');
            continue;
        }
        const qsizetype end = i + length;
        const QStringView name = text.mid(i + 1, end - i - 1);
        std::optional<char32_t> code;
        if (name.startsWith(u'#')) {
            bool ok = false;
            const bool hex = name.size() > 1 && (name[1] == u'x' || name[1] == u'X');
            const uint value = hex ? name.mid(2).toUInt(&ok, 16) : name.mid(1).toUInt(&ok, 10);
            if (ok && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff) && value != 0) {
                code = static_cast<char32_t>(value);
            }
        } else {
            static constexpr std::array<std::pair<QStringView, char32_t>, 14> kNamed {
                { { u"amp", U'&' }, { u"lt", U'<' }, { u"gt", U'>' }, { u"quot", U'"' },
                    { u"apos", U'\'' }, { u"nbsp", U'\u00a0' }, { u"hellip", U'…' },
                    { u"euro", U'€' }, { u"ndash", U'–' }, { u"mdash", U'—' }, { u"laquo", U'«' },
                    { u"raquo", U'»' }, { u"copy", U'©' }, { u"bull", U'•' } }
            };
            const auto *const found
                = std::ranges::find(kNamed, name, &decltype(kNamed)::value_type::first);
            if (found != kNamed.end()) {
                code = found->second;
            }
        }
        if (!code) {
            out.append(u'&');
            continue;
        }
        out.append(QStringView(QChar::fromUcs4(*code)));
        i = end;
    }
    return out;
}

struct Tag {
    QString name;
    bool closing = false;
    bool selfClosing = false;
    QList<std::pair<QString, QString>> attributes;

    QString attribute(QStringView wanted) const
    {
        const auto found
            = std::ranges::find(attributes, wanted, &std::pair<QString, QString>::first);
        return found == attributes.cend() ? QString() : found->second;
    }
};

/// The inside of `<…>`.
Tag parseTag(QStringView inside)
{
    Tag tag;
    if (inside.startsWith(u'/')) {
        tag.closing = true;
        inside = inside.mid(1);
    }
    if (inside.endsWith(u'/')) {
        tag.selfClosing = true;
        inside.chop(1);
    }
    qsizetype i = 0;
    while (i < inside.size() && !inside[i].isSpace()) {
        ++i;
    }
    tag.name = inside.left(i).toString().toLower();
    while (i < inside.size() && tag.attributes.size() < 32) {
        while (i < inside.size() && inside[i].isSpace()) {
            ++i;
        }
        const qsizetype nameStart = i;
        while (i < inside.size() && !inside[i].isSpace() && inside[i] != u'=') {
            ++i;
        }
        const QString name = inside.mid(nameStart, i - nameStart).toString().toLower();
        while (i < inside.size() && inside[i].isSpace()) {
            ++i;
        }
        QString value;
        if (i < inside.size() && inside[i] == u'=') {
            ++i;
            while (i < inside.size() && inside[i].isSpace()) {
                ++i;
            }
            if (i < inside.size() && (inside[i] == u'"' || inside[i] == u'\'')) {
                const QChar quote = inside[i++];
                const qsizetype start = i;
                while (i < inside.size() && inside[i] != quote) {
                    ++i;
                }
                value = decodedEntities(inside.mid(start, i - start));
                ++i;
            } else {
                const qsizetype start = i;
                while (i < inside.size() && !inside[i].isSpace()) {
                    ++i;
                }
                value = decodedEntities(inside.mid(start, i - start));
            }
        }
        if (!name.isEmpty()) {
            tag.attributes.append({ name, value });
        } else if (i < inside.size() && inside[i] == u'=') {
            ++i;
        }
    }
    return tag;
}

void applyStyle(RichText::Span &span, const QString &style)
{
    const QStringList declarations = style.left(2048).split(u';', Qt::SkipEmptyParts);
    for (const QString &declaration : declarations) {
        const QString property = declaration.section(u':', 0, 0).trimmed().toLower();
        const QString value = declaration.section(u':', 1).trimmed().toLower();
        if (property == "font-weight"_L1) {
            span.bold = value.startsWith("bold"_L1) || value.toInt() >= 600;
        } else if (property == "font-style"_L1) {
            span.italic = value == "italic"_L1 || value == "oblique"_L1;
        } else if (property == "text-decoration"_L1) {
            span.underline = value.contains("underline"_L1);
            span.strikeOut = value.contains("line-through"_L1);
        } else if (property == "color"_L1) {
            span.color = colorOf(value);
        } else if (property == "font-family"_L1 && value.contains("mono"_L1)) {
            span.monospace = true;
        }
    }
}

bool hasFormat(const RichText::Span &span)
{
    return span.bold || span.italic || span.underline || span.strikeOut || span.monospace
        || !span.color.isEmpty() || !span.link.isEmpty();
}

bool sameFormat(RichText::Span a, const RichText::Span &b)
{
    a.start = b.start;
    a.length = b.length;
    return a == b;
}

class HtmlReader {
public:
    void read(QStringView html);
    QString text;
    QList<RichText::Span> spans;

private:
    struct Open {
        QString name;
        RichText::Span format;
    };
    void appendText(const QString &piece);
    void breakLine(bool atMostOne);
    void handle(const Tag &tag);

    QList<Open> m_open;
    bool m_space = true; // a space now would be at the start of a line
    bool m_preformatted = false;
};

void HtmlReader::appendText(const QString &piece)
{
    const RichText::Span format = m_open.isEmpty() ? RichText::Span {} : m_open.constLast().format;
    const qsizetype start = text.size();
    for (const QChar c : cleaned(piece)) {
        if (!m_preformatted && (c == u' ' || c == u'\n' || c == u'\t')) {
            if (!m_space) {
                text.append(u' ');
                m_space = true;
            }
        } else {
            text.append(c == u'\u00a0' ? QChar(u' ') : c);
            m_space = false;
        }
    }
    const qsizetype length = text.size() - start;
    if (length == 0 || !hasFormat(format)) {
        return;
    }
    if (!spans.isEmpty() && spans.constLast().start + spans.constLast().length == start
        && sameFormat(spans.constLast(), format)) {
        spans.last().length += length;
        return;
    }
    RichText::Span span = format;
    span.start = start;
    span.length = length;
    spans.append(span);
}

void HtmlReader::breakLine(bool atMostOne)
{
    while (!m_preformatted && text.endsWith(u' ')) {
        text.chop(1);
        if (!spans.isEmpty() && spans.constLast().start + spans.constLast().length > text.size()) {
            --spans.last().length;
            if (spans.constLast().length <= 0) {
                spans.removeLast();
            }
        }
    }
    m_space = true;
    if (atMostOne && (text.isEmpty() || text.endsWith(u'\n'))) {
        return;
    }
    text.append(u'\n');
}

void HtmlReader::handle(const Tag &tag)
{
    static constexpr std::array kBlocks { u"p", u"div", u"li", u"ul", u"ol", u"tr", u"table",
        u"blockquote", u"pre", u"h1", u"h2", u"h3", u"h4", u"h5", u"h6", u"body", u"html" };
    const bool isBlock = std::ranges::any_of(
        kBlocks, [&](const char16_t *name) { return tag.name == QStringView(name); });
    if (tag.name == "br"_L1) {
        breakLine(false);
        return;
    }
    if (isBlock && !text.isEmpty()) {
        breakLine(true);
    }
    if (tag.closing) {
        for (qsizetype i = m_open.size() - 1; i >= 0; --i) {
            if (m_open.at(i).name == tag.name) {
                m_open.resize(i);
                break;
            }
        }
        if (tag.name == "pre"_L1) {
            m_preformatted = false;
        }
        return;
    }
    if (tag.selfClosing || tag.name == "img"_L1 || tag.name == "hr"_L1 || tag.name == "meta"_L1
        || tag.name == "input"_L1 || tag.name == "link"_L1) {
        return;
    }
    if (m_open.size() >= kDeepest) {
        return;
    }
    RichText::Span format = m_open.isEmpty() ? RichText::Span {} : m_open.constLast().format;
    const QString &n = tag.name;
    if (n == "b"_L1 || n == "strong"_L1
        || (n.size() == 2 && n.startsWith(u'h') && n.at(1).isDigit())) {
        format.bold = true;
    } else if (n == "i"_L1 || n == "em"_L1) {
        format.italic = true;
    } else if (n == "u"_L1 || n == "ins"_L1) {
        format.underline = true;
    } else if (n == "s"_L1 || n == "strike"_L1 || n == "del"_L1) {
        format.strikeOut = true;
    } else if (n == "code"_L1 || n == "tt"_L1 || n == "pre"_L1) {
        format.monospace = true;
        m_preformatted = m_preformatted || n == "pre"_L1;
    } else if (n == "font"_L1) {
        const QString color = colorOf(tag.attribute(u"color"));
        format.color = color.isEmpty() ? format.color : color;
    } else if (n == "a"_L1) {
        const QUrl url(tag.attribute(u"href").trimmed(), QUrl::StrictMode);
        if (isSafeLink(url)) {
            format.link = url;
        }
    } else if (n == "li"_L1) {
        appendText(u"• "_s);
        m_space = true;
    }
    const QString style = tag.attribute(u"style");
    if (!style.isEmpty()) {
        applyStyle(format, style);
    }
    m_open.append({ n, format });
}

void HtmlReader::read(QStringView html)
{
    qsizetype i = 0;
    while (i < html.size()) {
        if (html[i] != u'<') {
            const qsizetype next = html.indexOf(u'<', i);
            const qsizetype end = next < 0 ? html.size() : next;
            appendText(decodedEntities(html.mid(i, end - i)));
            i = end;
            continue;
        }
        if (html.mid(i).startsWith(u"<!--")) {
            const qsizetype end = html.indexOf(u"-->", i + 4);
            i = end < 0 ? html.size() : end + 3;
            continue;
        }
        if (i + 1 < html.size() && !html[i + 1].isLetter() && html[i + 1] != u'/'
            && html[i + 1] != u'!' && html[i + 1] != u'?') {
            appendText(u"<"_s); // "a < b" from a careless sender
            ++i;
            continue;
        }
        // The tag's end, outside quotes.
        qsizetype end = i + 1;
        QChar quote;
        while (end < html.size() && (html[end] != u'>' || !quote.isNull())) {
            const QChar c = html[end];
            if (!quote.isNull()) {
                quote = c == quote ? QChar() : quote;
            } else if ((c == u'"' || c == u'\'') && html[end - 1] == u'=') {
                quote = c;
            }
            ++end;
        }
        if (end >= html.size()) {
            return; // an unfinished tag: drop the rest
        }
        const QStringView inside = html.mid(i + 1, end - i - 1);
        i = end + 1;
        if (inside.isEmpty() || inside.startsWith(u'!') || inside.startsWith(u'?')) {
            continue;
        }
        const Tag tag = parseTag(inside);
        static constexpr std::array kHidden { u"script", u"style", u"title", u"head", u"iframe",
            u"object", u"noscript", u"template", u"svg", u"textarea" };
        if (!tag.closing && !tag.selfClosing
            && std::ranges::any_of(
                kHidden, [&](const char16_t *name) { return tag.name == QStringView(name); })) {
            const qsizetype close
                = html.indexOf(QString(u"</"_s + tag.name), i, Qt::CaseInsensitive);
            if (close < 0) {
                return;
            }
            const qsizetype closeEnd = html.indexOf(u'>', close);
            i = closeEnd < 0 ? html.size() : closeEnd + 1;
            continue;
        }
        handle(tag);
    }
}

} // namespace

RichText RichText::fromPlain(const QString &text)
{
    RichText out;
    out.m_text = cleaned(text);
    return out;
}

RichText RichText::fromHtml(const QString &html)
{
    HtmlReader reader;
    reader.read(QStringView(html).left(kLongestInput));
    while (reader.text.endsWith(u'\n') || reader.text.endsWith(u' ')) {
        reader.text.chop(1);
    }
    return fromSpans(reader.text, reader.spans);
}

RichText RichText::fromSpans(const QString &text, const QList<Span> &spans)
{
    RichText out;
    out.m_text = text;
    for (Span span : spans) {
        span.start = std::clamp<qsizetype>(span.start, 0, text.size());
        span.length = std::clamp<qsizetype>(span.length, 0, text.size() - span.start);
        if (!span.link.isEmpty() && !isSafeLink(span.link)) {
            span.link.clear();
        }
        span.color = colorOf(span.color);
        if (span.length > 0 && hasFormat(span)) {
            out.m_spans.append(span);
        }
    }
    std::ranges::stable_sort(out.m_spans, {}, &Span::start);
    return out;
}

QString RichText::toHtml() const
{
    const auto escaped = [](QStringView text) {
        QString html = text.toString().toHtmlEscaped();
        html.replace(u'\n', "<br/>"_L1);
        return html;
    };
    QString out;
    qsizetype at = 0;
    for (const Span &span : m_spans) {
        if (span.start < at) {
            continue; // overlapping spans: the first one wins
        }
        out += escaped(QStringView(m_text).mid(at, span.start - at));
        QString open;
        QString close;
        const auto wrap = [&](const QString &name, const QString &attributes = {}) {
            open += u'<' + name + attributes + u'>';
            close.prepend(u"</"_s + name + u'>');
        };
        if (!span.link.isEmpty()) {
            wrap(u"a"_s,
                u" href=\""_s + span.link.toString(QUrl::FullyEncoded).toHtmlEscaped() + u'"');
        }
        if (!span.color.isEmpty()) {
            wrap(u"span"_s, u" style=\"color:"_s + span.color + u'"');
        }
        if (span.bold) {
            wrap(u"b"_s);
        }
        if (span.italic) {
            wrap(u"i"_s);
        }
        if (span.underline) {
            wrap(u"u"_s);
        }
        if (span.strikeOut) {
            wrap(u"s"_s);
        }
        if (span.monospace) {
            wrap(u"code"_s);
        }
        out += open + escaped(QStringView(m_text).mid(span.start, span.length)) + close;
        at = span.start + span.length;
    }
    return out + escaped(QStringView(m_text).mid(at));
}

QList<LinkRange> findLinks(const QString &text)
{
    static const QRegularExpression kLink(
        uR"((?<![\w@])(?:(?:https?|ftp|ircs?|sip|xmpp|mailto)://?[^\s<>"“”]{1,2000}|(?:mailto|xmpp|sip):[^\s<>"“”@]{1,255}@[^\s<>"“”]{1,500}|www\.[\w-]{1,63}\.[^\s<>"“”]{1,2000}))"_s,
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
    QList<LinkRange> found;
    auto matches = kLink.globalMatch(text);
    while (matches.hasNext() && found.size() < 256) {
        const auto match = matches.next();
        QString link = match.captured();
        qsizetype openBrackets = link.count(u'(') - link.count(u')');
        while (!link.isEmpty()
            && (u".,;:!?'…»\"*]"_s.contains(link.back())
                || (link.back() == u')' && openBrackets < 0))) {
            openBrackets += link.back() == u')' ? 1 : 0;
            link.chop(1);
        }
        const QUrl url(
            link.startsWith("www."_L1, Qt::CaseInsensitive) ? u"https://"_s + link : link);
        if (isSafeLink(url) && link.size() > 6) {
            found.append({ match.capturedStart(), link.size(), url });
        }
    }
    return found;
}

} // namespace linchpin
