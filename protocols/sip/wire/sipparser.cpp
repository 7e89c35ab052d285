// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipparser.h"

#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipuri.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype excerptLimit = 80;

ParseError error(
    ParseError::Code code, const QString &detail, qsizetype offset, QByteArrayView what)
{
    return { code, detail, offset, what.first(std::min(what.size(), excerptLimit)).toByteArray() };
}

constexpr std::array<bool, 256> makeTokenTable()
{
    std::array<bool, 256> table {};
    for (int c = '0'; c <= '9'; ++c) {
        table[size_t(c)] = true;
    }
    for (int c = 'a'; c <= 'z'; ++c) {
        table[size_t(c)] = true;
        table[size_t(c) - 'a' + 'A'] = true;
    }
    for (const char c : { '-', '.', '!', '%', '*', '_', '+', '`', '\'', '~' }) {
        table[quint8(c)] = true;
    }
    return table;
}

// RFC 3261 25.1 "token".
constexpr std::array<bool, 256> tokenTable = makeTokenTable();

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](char c) {
        return tokenTable[static_cast<unsigned char>(c)];
    });
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

QByteArrayView withoutBlanks(QByteArrayView text)
{
    while (!text.isEmpty() && isBlank(text.front())) {
        text = text.sliced(1);
    }
    while (!text.isEmpty() && isBlank(text.back())) {
        text.chop(1);
    }
    return text;
}

/// One line from `pos` without its end; `pos` moves behind it. Nothing when no line end follows.
std::optional<QByteArrayView> takeLine(QByteArrayView text, qsizetype &pos)
{
    const qsizetype end = text.indexOf('\n', pos);
    if (end < 0) {
        return std::nullopt;
    }
    QByteArrayView line = text.sliced(pos, end - pos);
    if (line.endsWith('\r')) {
        line.chop(1);
    }
    pos = end + 1;
    return line;
}

bool isSipVersion(QByteArrayView text)
{
    return text.size() > 4 && text.first(4).compare("SIP/", Qt::CaseInsensitive) == 0;
}

std::expected<SipMessage, ParseError> parseStatusLine(QByteArrayView line)
{
    const qsizetype space = line.indexOf(' ');
    const QByteArrayView version = space < 0 ? line : line.first(space);
    if (version.compare("SIP/2.0", Qt::CaseInsensitive) != 0) {
        return std::unexpected(
            error(ParseError::Code::BadVersion, u"only SIP/2.0 is spoken here"_s, 0, line));
    }
    const QByteArrayView rest = space < 0 ? QByteArrayView() : line.sliced(space + 1);
    const bool threeDigits = rest.size() >= 3
        && std::ranges::all_of(rest.first(3), [](char c) { return c >= '0' && c <= '9'; });
    if (!threeDigits || rest[0] == '0' || (rest.size() > 3 && rest[3] != ' ')) {
        return std::unexpected(error(
            ParseError::Code::BadStartLine, u"the status code is not three digits"_s, 0, line));
    }
    SipMessage message
        = SipMessage::response((rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0'),
            rest.size() > 4 ? rest.sliced(4).toByteArray() : QByteArray());
    return message;
}

} // namespace

std::optional<ParseError> recogniseForeignProtocol(QByteArrayView beginning)
{
    using Code = ParseError::Code;
    // RFC 8446 5.1: record type alert or handshake, then legacy version 3.x.
    if (beginning.size() >= 2 && (beginning[0] == 0x15 || beginning[0] == 0x16)
        && beginning[1] == 0x03) {
        return error(Code::WrongProtocol, u"the other side speaks TLS on a plain connection"_s, 0,
            beginning);
    }
    if (beginning.size() >= 5 && beginning.first(5).compare("HTTP/", Qt::CaseInsensitive) == 0) {
        return error(
            Code::WrongProtocol, u"the other side answers in HTTP, not SIP"_s, 0, beginning);
    }
    return std::nullopt;
}

std::expected<SipMessage, ParseError> parseStartLine(QByteArrayView line)
{
    using Code = ParseError::Code;
    if (auto foreign = recogniseForeignProtocol(line)) {
        return std::unexpected(*std::move(foreign));
    }
    if (isSipVersion(line)) {
        return parseStatusLine(line);
    }
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    const QByteArrayView version = last < 0 ? QByteArrayView() : line.sliced(last + 1);
    if (first < 0 || !isSipVersion(version)) {
        return std::unexpected(line.contains(" SIP/")
                ? error(Code::BadStartLine, u"blanks after the version"_s, 0, line)
                : error(Code::WrongProtocol, u"the first line is no SIP start line"_s, 0, line));
    }
    if (version.compare("SIP/2.0", Qt::CaseInsensitive) != 0) {
        return std::unexpected(error(Code::BadVersion, u"only SIP/2.0 is spoken here"_s, 0, line));
    }
    const QByteArrayView method = line.first(first);
    const QByteArrayView uri
        = last > first ? line.sliced(first + 1, last - first - 1) : QByteArrayView();
    const bool oddUri = uri.isEmpty() || std::ranges::any_of(uri, [](char c) {
        return (c >= 0 && c <= ' ') || c == 0x7f || c == '<' || c == '>';
    });
    if (!isToken(method) || oddUri) {
        return std::unexpected(error(
            Code::BadStartLine, u"the request line is not \"method uri version\""_s, 0, line));
    }
    return SipMessage::request(method.toByteArray(), uri.toByteArray());
}

std::expected<SipMessage, ParseError> parseMessage(QByteArrayView frame)
{
    using Code = ParseError::Code;
    qsizetype pos = 0;
    const std::optional<QByteArrayView> startLine = takeLine(frame, pos);
    if (!startLine) {
        return std::unexpected(error(Code::Truncated, u"the start line has no end"_s, 0, frame));
    }
    auto message = parseStartLine(*startLine);
    if (!message) {
        return message;
    }
    message->headers.reserve(16);
    while (true) {
        const qsizetype lineStart = pos;
        const std::optional<QByteArrayView> line = takeLine(frame, pos);
        if (!line) {
            return std::unexpected(error(
                Code::Truncated, u"the blank line after the headers is missing"_s, lineStart, {}));
        }
        if (line->isEmpty()) {
            break;
        }
        if (isBlank(line->front())) {
            // RFC 3261 7.3.1: a continuation; the fold and the blanks around it count as one space.
            if (message->headers.isEmpty()) {
                return std::unexpected(error(
                    Code::BadHeader, u"a continuation line before any header"_s, lineStart, *line));
            }
            const QByteArrayView more = withoutBlanks(*line);
            QByteArray &value = message->headers.last().value;
            if (!more.isEmpty()) {
                if (!value.isEmpty()) {
                    value += ' ';
                }
                value += more;
            }
            continue;
        }
        const qsizetype colon = line->indexOf(':');
        const QByteArrayView name = withoutBlanks(line->first(std::max<qsizetype>(colon, 0)));
        if (!isToken(name)) {
            return std::unexpected(error(
                Code::BadHeader, u"a header line is not \"name: value\""_s, lineStart, *line));
        }
        message->headers.append(
            { name.toByteArray(), withoutBlanks(line->sliced(colon + 1)).toByteArray() });
    }
    const auto length = contentLength(*message);
    if (!length) {
        return std::unexpected(length.error());
    }
    const QByteArrayView rest = frame.sliced(pos);
    const qsizetype bodySize = length->value_or(rest.size());
    if (bodySize > rest.size()) {
        return std::unexpected(
            error(Code::Truncated, u"the body is shorter than Content-Length"_s, pos, {}));
    }
    message->body = rest.first(bodySize).toByteArray();
    return message;
}

QByteArray missingMandatoryHeader(const SipMessage &message)
{
    for (const char *name : { "Via", "From", "To", "Call-ID", "CSeq" }) {
        if (message.header(name).isEmpty()) {
            return QByteArray(name);
        }
    }
    return {};
}

QByteArray headerProblem(const SipMessage &message)
{
    if (const QByteArray missing = missingMandatoryHeader(message); !missing.isEmpty()) {
        return missing;
    }
    for (const QByteArray &name :
        { "From"_ba, "To"_ba, "Call-ID"_ba, "CSeq"_ba, "Max-Forwards"_ba }) {
        if (message.headerLines(name).size() > 1) {
            return name;
        }
    }
    for (const QByteArray &name : { "From"_ba, "To"_ba }) {
        const auto address = parseNameAddress(message.header(name));
        if (!address || address->uri.isEmpty()) {
            return name;
        }
    }
    const auto cseq = parseCSeq(message.header("CSeq"));
    if (!cseq || (message.isRequest() && cseq->method != message.method)) {
        return "CSeq"_ba;
    }
    if (message.isResponse()) {
        return message.status > 699 ? "Status-Code"_ba : QByteArray();
    }
    const auto uri = parseSipUri(message.uri);
    return uri && !uri->query.isEmpty() ? "Request-URI"_ba : QByteArray();
}

std::expected<std::optional<qsizetype>, ParseError> contentLength(const SipMessage &message)
{
    std::optional<qsizetype> length;
    for (const QByteArray &value : message.headerLines("Content-Length")) {
        // Ten digits are far beyond every limit here and cannot overflow 64 bits.
        const bool digits = !value.isEmpty() && value.size() <= 10
            && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        const qsizetype number = digits ? qsizetype(value.toLongLong()) : -1;
        if (!digits || (length && *length != number)) {
            return std::unexpected(error(ParseError::Code::BadContentLength,
                u"Content-Length is no usable number"_s, 0, value));
        }
        length = number;
    }
    return length;
}

} // namespace linchpin::sip
