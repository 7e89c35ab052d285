// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/documents/mimebody.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr qsizetype kMaximumParts = 2000; // a batched subscription answers with one part a contact
constexpr qsizetype kMaximumHeader = qsizetype { 16 } * 1024;
constexpr qsizetype kMaximumParameters = 32;
constexpr qsizetype kMaximumBoundary = 200; // RFC 2046 allows 70

QByteArray undoQuotedPrintable(QByteArrayView text)
{
    QByteArray plain;
    plain.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != '=') {
            plain += text.at(i);
        } else if (i + 2 < text.size() && text.at(i + 1) == '\r' && text.at(i + 2) == '\n') {
            i += 2;
        } else if (i + 1 < text.size() && text.at(i + 1) == '\n') {
            i += 1;
        } else if (i + 2 < text.size()) {
            bool ok = false;
            const int code = text.sliced(i + 1, 2).toInt(&ok, 16);
            if (ok) {
                plain += char(code);
                i += 2;
            } else {
                plain += '=';
            }
        }
    }
    return plain;
}

MimePart parsePart(QByteArrayView raw)
{
    MimePart part;
    part.contentType = "text/plain"_ba;
    QByteArray encoding;
    qsizetype bodyAt = 0;
    // The block begins at the start of the first header line, or with the empty line at once.
    while (bodyAt < raw.size() && bodyAt < kMaximumHeader) {
        qsizetype end = raw.indexOf('\n', bodyAt);
        if (end < 0) {
            end = raw.size();
        }
        QByteArray line = raw.sliced(bodyAt, end - bodyAt).toByteArray();
        bodyAt = qMin(end + 1, raw.size());
        if (line.trimmed().isEmpty()) {
            break;
        }
        while (bodyAt < raw.size() && (raw.at(bodyAt) == ' ' || raw.at(bodyAt) == '\t')) {
            qsizetype more = raw.indexOf('\n', bodyAt);
            if (more < 0) {
                more = raw.size();
            }
            line = line.trimmed() + ' ' + raw.sliced(bodyAt, more - bodyAt).toByteArray().trimmed();
            bodyAt = qMin(more + 1, raw.size());
            if (line.size() > kMaximumHeader) {
                break;
            }
        }
        const qsizetype colon = line.indexOf(':');
        if (colon < 0) {
            continue;
        }
        const QByteArray name = line.first(colon).trimmed().toLower();
        const QByteArray value = line.sliced(colon + 1).trimmed();
        if (name == "content-type"_ba) {
            part.contentType = value;
        } else if (name == "content-id"_ba) {
            part.contentId = value;
            if (part.contentId.startsWith('<') && part.contentId.endsWith('>')) {
                part.contentId = part.contentId.sliced(1, part.contentId.size() - 2);
            }
        } else if (name == "content-transfer-encoding"_ba) {
            encoding = value.toLower();
        }
    }
    const QByteArrayView body = raw.sliced(bodyAt);
    if (encoding == "base64"_ba) {
        part.body = QByteArray::fromBase64(body.toByteArray());
    } else if (encoding == "quoted-printable"_ba) {
        part.body = undoQuotedPrintable(body);
    } else {
        part.body = body.toByteArray();
    }
    return part;
}

/// Finds the delimiter at the start of a line at or after @p from; -1 when there is none.
qsizetype findDelimiter(QByteArrayView body, QByteArrayView delimiter, qsizetype from)
{
    for (qsizetype at = from; (at = body.indexOf(delimiter, at)) >= 0; ++at) {
        if (at == 0 || body.at(at - 1) == '\n' || body.at(at - 1) == '\r') {
            const qsizetype after = at + delimiter.size();
            // "--abc" must not match the line "--abcdef".
            const char next = after < body.size() ? body.at(after) : '\n';
            if (next == '\r' || next == '\n' || next == ' ' || next == '\t' || next == '-') {
                return at;
            }
        }
    }
    return -1;
}

} // namespace

QByteArray ContentType::parameter(QByteArrayView name) const
{
    for (const auto &[key, value] : parameters) {
        if (key == name) {
            return value.isNull() ? ""_ba : value;
        }
    }
    return {};
}

ContentType parseContentType(QByteArrayView value)
{
    ContentType result;
    qsizetype at = value.indexOf(';');
    result.type = (at < 0 ? value : value.first(at)).trimmed().toByteArray().toLower();
    while (at >= 0 && at < value.size() && result.parameters.size() < kMaximumParameters) {
        ++at; // past the ';'
        QByteArray name;
        while (at < value.size() && value.at(at) != '=' && value.at(at) != ';') {
            name += value.at(at++);
        }
        QByteArray text;
        if (at < value.size() && value.at(at) == '=') {
            ++at;
            while (at < value.size() && (value.at(at) == ' ' || value.at(at) == '\t')) {
                ++at;
            }
            if (at < value.size() && value.at(at) == '"') {
                ++at;
                while (at < value.size() && value.at(at) != '"') {
                    if (value.at(at) == '\\' && at + 1 < value.size()) {
                        ++at;
                    }
                    text += value.at(at++);
                }
                while (at < value.size() && value.at(at) != ';') {
                    ++at;
                }
            } else {
                while (at < value.size() && value.at(at) != ';') {
                    text += value.at(at++);
                }
                text = text.trimmed();
            }
        }
        if (const QByteArray key = name.trimmed().toLower(); !key.isEmpty()) {
            result.parameters.emplaceBack(key, text);
        }
    }
    return result;
}

std::expected<QList<MimePart>, DocumentError> parseMultipart(
    const ContentType &type, QByteArrayView body)
{
    const QByteArray boundary = type.parameter("boundary");
    if (!type.type.startsWith("multipart/") || boundary.isEmpty()
        || boundary.size() > kMaximumBoundary) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no usable multipart boundary"_s });
    }
    const QByteArray delimiter = "--"_ba + boundary;
    QList<MimePart> parts;
    qsizetype at = findDelimiter(body, delimiter, 0);
    if (at < 0) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Malformed, u"multipart boundary not found"_s });
    }
    while (at >= 0) {
        qsizetype start = at + delimiter.size();
        if (body.sliced(start).startsWith("--")) {
            break;
        }
        start = body.indexOf('\n', start);
        if (start < 0) {
            break;
        }
        ++start;
        const qsizetype next = findDelimiter(body, delimiter, start);
        qsizetype end = next < 0 ? body.size() : next;
        // RFC 2046 5.1.1: the line end before the delimiter belongs to the delimiter.
        if (next > start && body.at(end - 1) == '\n') {
            --end;
            if (end > start && body.at(end - 1) == '\r') {
                --end;
            }
        }
        if (parts.size() == kMaximumParts) {
            return std::unexpected(
                DocumentError { DocumentError::Kind::TooLarge, u"too many body parts"_s });
        }
        parts.append(parsePart(body.sliced(start, end - start)));
        at = next;
    }
    return parts;
}

QByteArray buildMultipart(const QList<MimePart> &parts, const QByteArray &boundary)
{
    QByteArray body;
    for (const MimePart &part : parts) {
        body += "--"_ba + boundary + "\r\n"_ba;
        body += "Content-Transfer-Encoding: binary\r\n"_ba;
        if (!part.contentId.isEmpty()) {
            body += "Content-ID: <"_ba + part.contentId + ">\r\n"_ba;
        }
        body += "Content-Type: "_ba + part.contentType + "\r\n\r\n"_ba;
        body += part.body + "\r\n"_ba;
    }
    body += "--"_ba + boundary + "--\r\n"_ba;
    return body;
}

} // namespace linchpin::sip
