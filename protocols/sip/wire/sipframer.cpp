// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipframer.h"

#include "protocols/sip/wire/sipmessage.h"
#include "protocols/sip/wire/sipparser.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype excerptLimit = 80;

/// Body length of a head, read without building a message: frames are cut for every byte received,
/// parsed once. RFC 3261 18.3; no Content-Length counts as 0 unless there is a Content-Type.
std::expected<qsizetype, ParseError> announcedLength(QByteArrayView head)
{
    using Code = ParseError::Code;
    std::optional<QByteArray> announced;
    bool hasType = false;
    bool inLength = false;
    bool clash = false;
    QByteArray value;
    const auto finish = [&]() {
        if (inLength) {
            clash = clash || (announced && *announced != value);
            announced = value;
        }
        inLength = false;
    };
    for (qsizetype pos = head.indexOf('\n') + 1; pos < head.size();) {
        const qsizetype end = head.indexOf('\n', pos);
        const QByteArrayView line = head.sliced(pos, (end < 0 ? head.size() : end) - pos);
        pos = end < 0 ? head.size() : end + 1;
        if (line.startsWith(' ') || line.startsWith('\t')) {
            if (inLength) {
                value += line.trimmed().toByteArray();
            }
            continue;
        }
        finish();
        const char first = line.isEmpty() ? '\0' : line.front();
        if (first != 'l' && first != 'L' && first != 'c' && first != 'C') {
            continue;
        }
        const qsizetype colon = line.indexOf(':');
        const QByteArray name
            = canonicalHeaderName(line.first(std::max<qsizetype>(colon, 0)).trimmed());
        hasType = hasType || name == "content-type";
        if (name == "content-length") {
            inLength = true;
            value = line.sliced(colon + 1).trimmed().toByteArray();
        }
    }
    finish();
    if (clash) {
        return std::unexpected(
            ParseError { Code::BadContentLength, u"two different Content-Length headers"_s });
    }
    if (!announced) {
        if (hasType) {
            return std::unexpected(
                ParseError { Code::BadContentLength, u"a body without Content-Length"_s });
        }
        return 0;
    }
    const bool digits = !announced->isEmpty() && announced->size() <= 10
        && std::ranges::all_of(*announced, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) {
        return std::unexpected(
            ParseError { Code::BadContentLength, u"Content-Length is no usable number"_s });
    }
    return qsizetype(announced->toLongLong());
}

} // namespace

void SipFramer::feed(QByteArrayView bytes)
{
    if (m_begin > 0 && m_begin >= m_buffer.size() / 2) {
        m_buffer.remove(0, m_begin);
        m_begin = 0;
    }
    m_buffer.append(bytes);
}

void SipFramer::consume(qsizetype count)
{
    m_begin += count;
    m_consumed += count;
    m_scanned = 0;
    m_frameSize = 0;
    m_startLineSeen = false;
}

ParseError SipFramer::failed(ParseError::Code code, const QString &detail)
{
    const QByteArrayView rest = QByteArrayView(m_buffer).sliced(m_begin);
    m_error = ParseError { code, detail, m_consumed,
        rest.first(std::min(rest.size(), excerptLimit)).toByteArray() };
    return *m_error;
}

/// Bytes up to and including the blank line. Remembers how far it looked: a head that comes byte by
/// byte is searched once, not once a byte.
std::optional<qsizetype> SipFramer::findHeadEnd()
{
    const QByteArrayView rest = QByteArrayView(m_buffer).sliced(m_begin);
    qsizetype at = m_scanned;
    while ((at = rest.indexOf('\n', at)) >= 0) {
        qsizetype next = at + 1;
        if (next < rest.size() && rest[next] == '\r') {
            ++next;
        }
        if (next >= rest.size()) {
            m_scanned = at;
            return std::nullopt;
        }
        if (rest[next] == '\n') {
            return next + 1;
        }
        ++at;
    }
    m_scanned = rest.size();
    return std::nullopt;
}

std::expected<std::optional<QByteArray>, ParseError> SipFramer::next()
{
    using Code = ParseError::Code;
    if (m_error) {
        return std::unexpected(*m_error);
    }
    if (m_scanned == 0 && m_frameSize == 0) {
        qsizetype skip = 0;
        while (m_begin + skip < m_buffer.size()
            && (m_buffer.at(m_begin + skip) == '\r' || m_buffer.at(m_begin + skip) == '\n')) {
            ++skip;
        }
        consume(skip);
    }
    const QByteArrayView rest = QByteArrayView(m_buffer).sliced(m_begin);
    if (rest.isEmpty()) {
        return std::optional<QByteArray>();
    }
    if (!m_startLineSeen) {
        auto problem = recogniseForeignProtocol(rest);
        if (!problem) {
            if (const qsizetype lineEnd = rest.indexOf('\n'); lineEnd >= 0) {
                const QByteArrayView line
                    = rest.first(lineEnd > 0 && rest[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd);
                if (auto parsed = parseStartLine(line); !parsed) {
                    problem = std::move(parsed.error());
                }
                m_startLineSeen = !problem;
            }
        }
        if (problem) {
            return std::unexpected(failed(problem->code, problem->detail));
        }
    }
    if (m_frameSize == 0) {
        const std::optional<qsizetype> headEnd = findHeadEnd();
        if (headEnd.value_or(rest.size()) > m_limits.head) {
            return std::unexpected(failed(Code::TooLarge, u"the headers are over the limit"_s));
        }
        if (!headEnd) {
            return std::optional<QByteArray>();
        }
        const auto length = announcedLength(rest.first(*headEnd));
        if (!length) {
            return std::unexpected(failed(length.error().code, length.error().detail));
        }
        if (*length > m_limits.body) {
            return std::unexpected(failed(Code::TooLarge, u"the body is over the limit"_s));
        }
        m_frameSize = *headEnd + *length;
    }
    if (rest.size() < m_frameSize) {
        return std::optional<QByteArray>();
    }
    QByteArray frame = rest.first(m_frameSize).toByteArray();
    consume(m_frameSize);
    return std::optional<QByteArray>(std::move(frame));
}

bool SipFramer::resynchronise()
{
    m_error.reset();
    while (m_begin < m_buffer.size()) {
        const qsizetype lineEnd = m_buffer.indexOf('\n', m_begin);
        if (lineEnd < 0) {
            consume(m_buffer.size() - m_begin);
            return false;
        }
        consume(lineEnd + 1 - m_begin);
        const qsizetype nextEnd = m_buffer.indexOf('\n', m_begin);
        QByteArrayView line = QByteArrayView(m_buffer).sliced(m_begin);
        if (nextEnd >= 0) {
            line = line.first(nextEnd - m_begin);
        }
        if (line.endsWith('\r')) {
            line.chop(1);
        }
        if (!line.isEmpty() && parseStartLine(line)) {
            return true;
        }
    }
    return false;
}

} // namespace linchpin::sip
