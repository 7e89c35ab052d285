// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ircparser.h"

#include <cstring>

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {

const char *find(const char *from, const char *end, char wanted)
{
    return static_cast<const char *>(std::memchr(from, wanted, size_t(end - from)));
}

const char *skipSpaces(const char *from, const char *end)
{
    while (from != end && *from == ' ') {
        ++from;
    }
    return from;
}

const char *wordEnd(const char *from, const char *end)
{
    while (from != end && *from != ' ') {
        ++from;
    }
    return from;
}

bool isVerb(const char *from, const char *end)
{
    for (; from != end; ++from) {
        const char c = *from;
        const bool allowed
            = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!allowed) {
            return false;
        }
    }
    return true;
}

} // namespace

std::expected<IrcMessage, ParseError> parseLine(QByteArrayView line)
{
    std::expected<IrcMessage, ParseError> result;
    const char *const begin = line.data();
    const char *const end = begin + line.size();
    const auto fail = [begin](QLatin1StringView reason, const char *where) {
        return std::unexpected(ParseError { reason, where - begin });
    };
    if (line.isEmpty()) {
        return fail("empty line"_L1, begin);
    }
    for (const char forbidden : { '\0', '\r', '\n' }) {
        if (const char *where = find(begin, end, forbidden)) {
            return fail("NUL, CR or LF within a line"_L1, where);
        }
    }

    IrcMessage &message = *result;
    const char *at = skipSpaces(begin, end);
    if (at != end && *at == '@') {
        const char *space = find(at, end, ' ');
        if (!space) {
            return fail("tags without a command"_L1, at);
        }
        message.hasTags = true;
        message.rawTags = QByteArrayView(at + 1, space);
        at = skipSpaces(space, end);
    }
    if (at != end && *at == ':') {
        const char *space = find(at, end, ' ');
        if (!space) {
            return fail("source without a command"_L1, at);
        }
        message.hasSource = true;
        message.source = QByteArrayView(at + 1, space);
        at = skipSpaces(space, end);
    }
    const char *verbEnd = wordEnd(at, end);
    if (verbEnd == at) {
        return fail("no command"_L1, at);
    }
    if (!isVerb(at, verbEnd)) {
        return fail("a command has only letters and digits"_L1, at);
    }
    message.verb = QByteArrayView(at, verbEnd);

    at = skipSpaces(verbEnd, end);
    while (at != end) {
        if (*at == ':') {
            message.params.append(QByteArrayView(at + 1, end));
            break;
        }
        const char *next = wordEnd(at, end);
        message.params.append(QByteArrayView(at, next));
        at = skipSpaces(next, end);
    }
    return result;
}

} // namespace linchpin::irc
