// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ircmessage.h"

#include <cstring>

namespace linchpin::irc {

namespace {

/// Calls @p visit(key, rawValue) for each tag of the still escaped section.
template <class Visitor> void eachTag(QByteArrayView raw, Visitor visit)
{
    qsizetype at = 0;
    while (at < raw.size()) {
        qsizetype end = raw.indexOf(';', at);
        if (end < 0) {
            end = raw.size();
        }
        const QByteArrayView item = raw.sliced(at, end - at);
        at = end + 1;
        if (item.isEmpty()) {
            continue;
        }
        const qsizetype equals = item.indexOf('=');
        if (equals < 0) {
            visit(item, QByteArrayView());
        } else {
            visit(item.first(equals), item.sliced(equals + 1));
        }
    }
}

} // namespace

bool IrcMessage::is(QByteArrayView upperCaseVerb) const
{
    return verb.size() == upperCaseVerb.size()
        && qstrnicmp(verb.data(), upperCaseVerb.data(), size_t(verb.size())) == 0;
}

int IrcMessage::numeric() const
{
    if (verb.size() != 3) {
        return -1;
    }
    int number = 0;
    for (const char digit : verb) {
        if (digit < '0' || digit > '9') {
            return -1;
        }
        number = number * 10 + (digit - '0');
    }
    return number;
}

std::optional<QByteArray> IrcMessage::tag(QByteArrayView key) const
{
    bool found = false;
    QByteArrayView value;
    eachTag(rawTags, [&](QByteArrayView name, QByteArrayView raw) {
        if (name == key) {
            found = true;
            value = raw;
        }
    });
    if (!found) {
        return std::nullopt;
    }
    return unescapeTagValue(value);
}

QList<IrcTag> IrcMessage::tags() const
{
    QList<IrcTag> list;
    eachTag(rawTags, [&](QByteArrayView name, QByteArrayView raw) {
        for (IrcTag &known : list) {
            if (known.key == name) {
                known.value = unescapeTagValue(raw);
                return;
            }
        }
        list.append({ name.toByteArray(), unescapeTagValue(raw) });
    });
    return list;
}

QByteArray unescapeTagValue(QByteArrayView escaped)
{
    if (!escaped.contains('\\')) {
        return QByteArray(escaped.data(), escaped.size()); // never null: a tag without value has ""
    }
    QByteArray value;
    value.reserve(escaped.size());
    for (qsizetype i = 0; i < escaped.size(); ++i) {
        if (escaped[i] != '\\') {
            value += escaped[i];
            continue;
        }
        if (++i == escaped.size()) {
            break;
        }
        switch (escaped[i]) {
        case ':':
            value += ';';
            break;
        case 's':
            value += ' ';
            break;
        case 'r':
            value += '\r';
            break;
        case 'n':
            value += '\n';
            break;
        default:
            value += escaped[i];
        }
    }
    return value;
}

QByteArray escapeTagValue(QByteArrayView value)
{
    QByteArray escaped;
    escaped.reserve(value.size());
    for (const char c : value) {
        switch (c) {
        case ';':
            escaped += "\\:";
            break;
        case ' ':
            escaped += "\\s";
            break;
        case '\\':
            escaped += "\\\\";
            break;
        case '\r':
            escaped += "\\r";
            break;
        case '\n':
            escaped += "\\n";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

} // namespace linchpin::irc
