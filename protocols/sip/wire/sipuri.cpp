// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipuri.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

ParseError badUri(const QString &detail, QByteArrayView what)
{
    return { ParseError::Code::BadHeader, detail, 0,
        what.first(std::min<qsizetype>(what.size(), 80)).toByteArray() };
}

bool isSchemeName(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '+' || c == '-' || c == '.';
    });
}

/// RFC 3261 25.1 uri-parameters: unlike header parameters they know no quoting.
std::optional<SipParameters> uriParameters(QByteArrayView text)
{
    SipParameters parameters;
    for (const QByteArray &part : text.toByteArray().split(';')) {
        if (part.isEmpty()) {
            continue;
        }
        const qsizetype equals = part.indexOf('=');
        if (equals == 0) {
            return std::nullopt;
        }
        parameters.items.append({ equals < 0 ? part : part.first(equals),
            equals < 0 ? std::nullopt : std::optional(part.sliced(equals + 1)) });
    }
    return parameters;
}

} // namespace

std::expected<SipUri, ParseError> parseSipUri(QByteArrayView text)
{
    text = text.trimmed();
    const qsizetype colon = text.indexOf(':');
    if (colon <= 0 || !isSchemeName(text.first(colon))) {
        return std::unexpected(badUri(u"the URI has no scheme"_s, text));
    }
    const bool odd = std::ranges::any_of(
        text, [](char c) { return (c >= 0 && c <= ' ') || c == 0x7f || c == '<' || c == '>'; });
    if (odd) {
        return std::unexpected(badUri(u"the URI has a blank or a bracket inside"_s, text));
    }
    SipUri uri;
    uri.scheme = text.first(colon).toByteArray().toLower();
    QByteArrayView rest = text.sliced(colon + 1);
    if (uri.scheme == "tel") {
        const qsizetype semicolon = rest.indexOf(';');
        uri.user = (semicolon < 0 ? rest : rest.first(semicolon)).toByteArray();
        rest = semicolon < 0 ? QByteArrayView() : rest.sliced(semicolon);
    } else {
        // RFC 3261 19.1.1: ";" and "?" may stand in the user part, so "@" is looked for first.
        if (const qsizetype at = rest.indexOf('@'); at >= 0) {
            uri.user = rest.first(at).toByteArray();
            rest = rest.sliced(at + 1);
        }
        qsizetype end = 0;
        if (rest.startsWith('[')) {
            end = rest.indexOf(']') + 1;
            if (end == 0) {
                return std::unexpected(badUri(u"\"[\" is not closed"_s, text));
            }
        } else {
            while (end < rest.size() && rest[end] != ':' && rest[end] != ';' && rest[end] != '?') {
                ++end;
            }
        }
        uri.host = rest.first(end).toByteArray();
        rest = rest.sliced(end);
        if (uri.host.isEmpty() || uri.host.contains('@')) {
            return std::unexpected(badUri(u"the URI has no host"_s, text));
        }
        if (rest.startsWith(':')) {
            qsizetype digits = 1;
            while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
                ++digits;
            }
            bool ok = false;
            uri.port = rest.sliced(1, digits - 1).toByteArray().toUShort(&ok);
            if (!ok) {
                return std::unexpected(badUri(u"the port is no number up to 65535"_s, text));
            }
            rest = rest.sliced(digits);
        }
    }
    if (const qsizetype question = rest.indexOf('?'); question >= 0) {
        uri.query = rest.sliced(question + 1).toByteArray();
        rest = rest.first(question);
    }
    if (!rest.isEmpty() && rest.front() != ';') {
        return std::unexpected(badUri(u"text after the host"_s, text));
    }
    auto parameters = uriParameters(rest);
    if (!parameters) {
        return std::unexpected(badUri(u"a parameter has no name"_s, text));
    }
    uri.parameters = *std::move(parameters);
    return uri;
}

QByteArray SipUri::address() const
{
    const QByteArray decoded = QByteArray::fromPercentEncoding(user);
    return (host.isEmpty() ? decoded : decoded + '@' + host).toLower();
}

QByteArray SipUri::toBytes() const
{
    QByteArray out = scheme + ':';
    if (scheme == "tel") {
        out += user;
    } else {
        if (!user.isEmpty()) {
            out += user + '@';
        }
        out += host;
        if (port != 0) {
            out += ':' + QByteArray::number(port);
        }
    }
    for (const SipParameters::Parameter &p : parameters.items) {
        out += ';' + p.name;
        if (p.value) {
            out += '=' + *p.value;
        }
    }
    if (!query.isEmpty()) {
        out += '?' + query;
    }
    return out;
}

QByteArray bareAddress(QByteArrayView uriOrAddress)
{
    if (const auto uri = parseSipUri(uriOrAddress);
        uri && (uri->scheme == "sip" || uri->scheme == "sips")) {
        return uri->user.isEmpty() ? uri->host.toLower() : uri->address();
    }
    const QByteArrayView text = uriOrAddress.trimmed();
    const qsizetype semicolon = text.indexOf(';');
    return (semicolon < 0 ? text : text.first(semicolon)).toByteArray().toLower();
}

} // namespace linchpin::sip
