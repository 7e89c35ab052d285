// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/imbody.h"

#include "protocols/sip/documents/mimebody.h"
#include "protocols/sip/im/rtftext.h"

#include <QStringConverter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

// Servers stop at a few kilobytes; what is bigger than this is not a message.
constexpr qsizetype kMaximumBody = qsizetype { 256 } * 1024;
constexpr int kMaximumNesting = 3;

QString withUnixLines(QString text)
{
    text.replace(u"\r\n"_s, u"\n"_s);
    text.replace(u'\r', u'\n');
    text.remove(QChar(u'\0'));
    return text;
}

QByteArray withWireLines(const QString &text)
{
    QString lines = withUnixLines(text);
    lines.replace(u"\n"_s, u"\r\n"_s);
    return lines.toUtf8();
}

/// What a part is worth in multipart/alternative.
int preference(const ContentType &type)
{
    if (type.is("text/html")) {
        return 3;
    }
    if (type.is("text/rtf") || type.is("application/rtf")) {
        return 2;
    }
    return type.is("text/plain") ? 1 : type.type.startsWith("multipart/") ? 4 : 0;
}

std::expected<ImText, ImBodyError> parse(
    QByteArrayView contentType, QByteArrayView body, int nesting)
{
    if (body.size() > kMaximumBody) {
        return std::unexpected(ImBodyError::TooLarge);
    }
    const ContentType type = parseContentType(contentType);
    if (type.is("text/plain") || type.type.isEmpty()) {
        return ImText { .format = ImText::Format::Plain,
            .text = withUnixLines(decodeText(body, type.parameter("charset"))),
            .look = parseMsgr(type.parameter("msgr")) };
    }
    if (type.is("text/html")) {
        return ImText { .format = ImText::Format::Html,
            .text = withUnixLines(decodeText(body, type.parameter("charset"))) };
    }
    if (type.is("text/rtf") || type.is("application/rtf")) {
        if (!body.trimmed().startsWith("{\\rtf")) {
            return std::unexpected(ImBodyError::Malformed);
        }
        return ImText { .format = ImText::Format::Plain, .text = plainTextFromRtf(body) };
    }
    if (type.type.startsWith("multipart/")) {
        const auto parts = parseMultipart(type, body);
        if (!parts || nesting >= kMaximumNesting) {
            return std::unexpected(ImBodyError::Malformed);
        }
        std::expected<ImText, ImBodyError> best = std::unexpected(ImBodyError::Unsupported);
        int bestRank = 0;
        for (const MimePart &part : *parts) {
            const int rank = preference(parseContentType(part.contentType));
            if (rank > bestRank) {
                if (auto read = parse(part.contentType, part.body, nesting + 1)) {
                    best = std::move(read);
                    bestRank = rank;
                }
            }
        }
        return best;
    }
    return std::unexpected(ImBodyError::Unsupported);
}

} // namespace

ImContent imContentOf(QByteArrayView contentType)
{
    const ContentType type = parseContentType(contentType);
    if (type.is("text/plain") || type.is("text/html") || type.is("text/rtf")
        || type.is("application/rtf") || type.type.startsWith("multipart/")) {
        return ImContent::Text;
    }
    if (type.is("application/im-iscomposing+xml") || type.is("application/xml")) {
        return ImContent::Typing;
    }
    if (type.is("application/ms-imdn+xml")) {
        return ImContent::DeliveryReport;
    }
    if (type.is("text/x-msmsgsinvite")) {
        return ImContent::FileInvitation;
    }
    return ImContent::Unsupported;
}

QString decodeText(QByteArrayView bytes, QByteArrayView charset)
{
    if (bytes.startsWith("\xef\xbb\xbf")) {
        bytes = bytes.sliced(3);
    }
    const QByteArray name = charset.trimmed().toByteArray().toLower();
    if (name == "windows-1252"_ba || name == "iso-8859-1"_ba || name == "latin1"_ba) {
        return fromWindows1252(bytes); // as browsers do: the C1 controls are never meant
    }
    if (!name.isEmpty() && name != "utf-8"_ba && name != "utf8"_ba && name != "us-ascii"_ba
        && name.size() < 64) {
        QStringDecoder decoder(name.constData());
        if (decoder.isValid()) {
            const QString text = decoder.decode(bytes);
            if (!decoder.hasError()) {
                return text;
            }
        }
    }
    QStringDecoder decoder(QStringConverter::Utf8);
    const QString text = decoder.decode(bytes);
    // A sender that did not write UTF-8 used its Windows code page; replacement marks all over the
    // text would help nobody.
    return decoder.hasError() || !QUtf8StringView(bytes).isValidUtf8() ? fromWindows1252(bytes)
                                                                       : text;
}

std::expected<ImText, ImBodyError> parseImBody(QByteArrayView contentType, QByteArrayView body)
{
    return parse(contentType, body, 0);
}

ImWireBody buildPlainBody(const QString &text, const std::optional<MsImFormat> &look)
{
    ImWireBody result { .contentType = "text/plain; charset=UTF-8"_ba,
        .body = withWireLines(text) };
    if (look) {
        result.contentType += ";msgr="_ba + buildMsgr(*look);
    }
    return result;
}

ImWireBody buildHtmlBody(const QString &html)
{
    return { .contentType = "text/html; charset=UTF-8"_ba, .body = withWireLines(html) };
}

ImWireBody buildAlternativeBody(
    const QString &text, const QString &html, const QByteArray &boundary)
{
    const ImWireBody plain = buildPlainBody(text);
    const ImWireBody rich = buildHtmlBody(html);
    return { .contentType = "multipart/alternative;boundary=\""_ba + boundary + "\""_ba,
        .body
        = buildMultipart({ MimePart { .contentType = plain.contentType, .body = plain.body },
                             MimePart { .contentType = rich.contentType, .body = rich.body } },
            boundary) };
}

QByteArray buildMsTextFormat(const ImWireBody &first)
{
    return first.contentType + ";ms-body="_ba + first.body.toBase64();
}

std::optional<ImWireBody> parseMsTextFormat(QByteArrayView header)
{
    const ContentType type = parseContentType(header);
    const QByteArray encoded = type.parameter("ms-body");
    if (type.type.isEmpty() || encoded.isEmpty() || encoded.size() > kMaximumBody) {
        return std::nullopt;
    }
    // A folded header line leaves a blank in the middle.
    QByteArray joined = encoded;
    joined.replace(' ', QByteArrayView());
    const auto body
        = QByteArray::fromBase64Encoding(joined, QByteArray::AbortOnBase64DecodingErrors);
    if (!body) {
        return std::nullopt;
    }
    // The Content-Type again, without the body that travelled in it.
    ImWireBody first { .contentType = type.type, .body = *body };
    for (const auto &[name, value] : type.parameters) {
        if (name != "ms-body"_ba) {
            first.contentType += ";"_ba + name + "="_ba + value;
        }
    }
    return first;
}

} // namespace linchpin::sip
