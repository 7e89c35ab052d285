// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/rawxml.h"

#include <QMap>
#include <QSet>

#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

QByteArrayView localPart(QByteArrayView name)
{
    const qsizetype colon = name.indexOf(':');
    return colon < 0 ? name : name.sliced(colon + 1);
}

QByteArray prefixOf(QByteArrayView name)
{
    const qsizetype colon = name.indexOf(':');
    return colon < 0 ? QByteArray() : name.first(colon).toByteArray();
}

/// A start tag taken apart; declarations by prefix, as they are written.
struct StartTag {
    QByteArrayView name;
    QMap<QByteArray, QByteArray> declarations; ///< prefix → whole attribute, `xmlns:a="…"`
    QSet<QByteArray> usedPrefixes;
    qsizetype end = 0; ///< behind the '>'
    bool empty = false; ///< `<a/>`
};

/// The tag that begins at `at`. The document is known to be well formed.
StartTag readStartTag(QByteArrayView text, qsizetype at)
{
    StartTag tag;
    qsizetype i = at + 1;
    while (i < text.size() && !isBlank(text[i]) && text[i] != '>' && text[i] != '/') {
        ++i;
    }
    tag.name = text.sliced(at + 1, i - at - 1);
    tag.usedPrefixes.insert(prefixOf(tag.name));
    while (i < text.size() && text[i] != '>') {
        if (isBlank(text[i]) || text[i] == '/') {
            tag.empty = text[i] == '/';
            ++i;
            continue;
        }
        const qsizetype nameAt = i;
        while (i < text.size() && !isBlank(text[i]) && text[i] != '=') {
            ++i;
        }
        const QByteArrayView name = text.sliced(nameAt, i - nameAt);
        while (i < text.size() && text[i] != '"' && text[i] != '\'') {
            ++i;
        }
        const qsizetype close = i < text.size() ? text.indexOf(text[i], i + 1) : -1;
        if (close < 0) {
            i = text.size();
            break;
        }
        i = close + 1;
        if (name == "xmlns" || name.startsWith("xmlns:")) {
            const QByteArray prefix = name == "xmlns" ? QByteArray() : name.sliced(6).toByteArray();
            tag.declarations.insert(prefix, text.sliced(nameAt, i - nameAt).toByteArray());
        } else if (const QByteArray prefix = prefixOf(name); !prefix.isEmpty()) {
            tag.usedPrefixes.insert(prefix);
        }
    }
    tag.end = qMin(i + 1, text.size());
    return tag;
}

/// Skips comments, CDATA and processing instructions; −1 when `at` is none of them.
qsizetype skipOther(QByteArrayView text, qsizetype at)
{
    const QByteArrayView rest = text.sliced(at);
    const auto behind = [&](QByteArrayView end) {
        const qsizetype found = text.indexOf(end, at);
        return found < 0 ? text.size() : found + end.size();
    };
    if (rest.startsWith("<!--")) {
        return behind("-->");
    }
    if (rest.startsWith("<![CDATA[")) {
        return behind("]]>");
    }
    if (rest.startsWith("<?")) {
        return behind("?>");
    }
    return -1;
}

std::expected<RawElement, DocumentError> cut(
    QByteArrayView text, QByteArrayView wanted, bool childOfIt)
{
    const auto parsed = parseXml(text);
    if (!parsed) {
        return std::unexpected(parsed.error());
    }
    if (text.startsWith("\xFE\xFF") || text.startsWith("\xFF\xFE")) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not in UTF-8"_s });
    }
    std::vector<QMap<QByteArray, QByteArray>> open; // declarations of each open element
    qsizetype parentDepth = -1; // of the element whose child is wanted
    qsizetype start = -1; // of the element that is being cut
    std::size_t startDepth = 0;
    QMap<QByteArray, QByteArray> outside; // in scope where it starts
    QMap<QByteArray, QByteArray> needed;
    for (qsizetype at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
        if (const qsizetype behind = skipOther(text, at); behind >= 0) {
            at = behind;
            continue;
        }
        if (text.sliced(at).startsWith("</")) {
            const qsizetype close = text.indexOf('>', at);
            if (close < 0 || open.empty()) {
                break;
            }
            open.pop_back();
            if (start >= 0 && open.size() == startDepth) {
                return RawElement { text.sliced(start, close + 1 - start).toByteArray(),
                    needed.values().join(' ') };
            }
            if (parentDepth >= 0 && start < 0 && qsizetype(open.size()) == parentDepth) {
                break; // it has no child element
            }
            at = close + 1;
            continue;
        }
        const StartTag tag = readStartTag(text, at);
        const bool found
            = start < 0 && (childOfIt ? parentDepth >= 0 : localPart(tag.name) == wanted);
        if (found) {
            start = at;
            startDepth = open.size();
            for (const auto &declarations : open) {
                outside.insert(declarations);
            }
        }
        if (childOfIt && parentDepth < 0 && localPart(tag.name) == wanted) {
            parentDepth = qsizetype(open.size());
        }
        open.push_back(tag.declarations);
        if (start >= 0) {
            for (const QByteArray &prefix : tag.usedPrefixes) {
                bool declared = prefix == "xml";
                for (std::size_t i = startDepth; i < open.size() && !declared; ++i) {
                    declared = open[i].contains(prefix);
                }
                if (!declared && outside.contains(prefix)) {
                    needed.insert(prefix, outside.value(prefix));
                }
            }
        }
        if (tag.empty) {
            open.pop_back();
            if (start >= 0 && open.size() == startDepth) {
                return RawElement { text.sliced(start, tag.end - start).toByteArray(),
                    needed.values().join(' ') };
            }
            if (parentDepth >= 0 && start < 0) {
                break;
            }
        }
        at = tag.end;
    }
    return std::unexpected(DocumentError {
        DocumentError::Kind::Unexpected, u"no %1 in it"_s.arg(QString::fromUtf8(wanted)) });
}

} // namespace

QByteArray RawElement::standalone() const
{
    if (inherited.isEmpty()) {
        return bytes;
    }
    qsizetype name = 1;
    while (
        name < bytes.size() && !isBlank(bytes[name]) && bytes[name] != '>' && bytes[name] != '/') {
        ++name;
    }
    return bytes.first(name) + ' ' + inherited + bytes.sliced(name);
}

std::expected<RawElement, DocumentError> cutElement(
    QByteArrayView document, QByteArrayView localName)
{
    return cut(document, localName, false);
}

std::expected<RawElement, DocumentError> cutChild(
    QByteArrayView document, QByteArrayView parentLocalName)
{
    return cut(document, parentLocalName, true);
}

QByteArray xmlEscaped(QStringView text)
{
    return cleanXmlText(text).toHtmlEscaped().toUtf8();
}

} // namespace linchpin::sip
