// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ircserializer.h"

#include <algorithm>

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {

bool breaksLine(QByteArrayView bytes)
{
    return bytes.contains('\0') || bytes.contains('\r') || bytes.contains('\n');
}

bool isTagKey(QByteArrayView key)
{
    return !key.isEmpty() && std::ranges::none_of(key, [](char c) {
        return c == ' ' || c == ';' || c == '=' || c == '@' || c == '\0' || c == '\r' || c == '\n';
    });
}

bool isWord(QByteArrayView word)
{
    return !word.isEmpty() && !word.startsWith(':') && !word.contains(' ');
}

} // namespace

std::expected<QByteArray, SerializeError> serialize(
    const IrcCommand &command, const SerializeLimits &limits)
{
    const auto fail
        = [](QLatin1StringView reason) { return std::unexpected(SerializeError { reason }); };
    QByteArray line;
    line.reserve(limits.body);
    if (!command.tags.isEmpty()) {
        line += '@';
        for (const IrcTag &tag : command.tags) {
            if (!isTagKey(tag.key)) {
                return fail("not a tag name"_L1);
            }
            if (tag.value.contains('\0')) {
                return fail("NUL in a tag"_L1);
            }
            if (line.size() > 1) {
                line += ';';
            }
            line += tag.key;
            if (!tag.value.isEmpty()) {
                line += '=' + escapeTagValue(tag.value);
            }
        }
        line += ' ';
        if (line.size() > limits.tags) {
            return fail("tags too long"_L1);
        }
    }
    const qsizetype bodyStart = line.size();
    if (!command.source.isEmpty()) {
        if (breaksLine(command.source) || command.source.contains(' ')) {
            return fail("not a source"_L1);
        }
        line += ':' + command.source + ' ';
    }
    if (!isWord(command.verb) || breaksLine(command.verb)) {
        return fail("not a command"_L1);
    }
    line += command.verb;
    for (qsizetype i = 0; i < command.params.size(); ++i) {
        const QByteArray &param = command.params[i];
        if (breaksLine(param)) {
            return fail("CR, LF or NUL in a parameter"_L1);
        }
        const bool last = i + 1 == command.params.size();
        if (isWord(param)) {
            line += ' ' + param;
        } else if (last) {
            line += " :" + param;
        } else {
            return fail(
                "only the last parameter may be empty, hold spaces or begin with a colon"_L1);
        }
    }
    line += "\r\n";
    if (line.size() - bodyStart > limits.body) {
        return fail("line too long"_L1);
    }
    return line;
}

} // namespace linchpin::irc
