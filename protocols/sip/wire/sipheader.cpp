// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipheader.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

QByteArrayView trimmed(QByteArrayView text)
{
    while (!text.isEmpty() && isBlank(text.front())) {
        text = text.sliced(1);
    }
    while (!text.isEmpty() && isBlank(text.back())) {
        text.chop(1);
    }
    return text;
}

bool sameText(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

/// Where the quoted string beginning at `from` ends (index after the closing quote), -1 if nowhere.
qsizetype endOfQuoted(QByteArrayView text, qsizetype from)
{
    for (qsizetype i = from + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i + 1;
        }
    }
    return -1;
}

/// The first of `stops` outside quotes, or the end. -1 when a quote is never closed.
qsizetype findOutsideQuotes(QByteArrayView text, QByteArrayView stops, qsizetype from = 0)
{
    for (qsizetype i = from; i < text.size();) {
        if (stops.contains(text[i])) {
            return i;
        }
        if (text[i] == '"') {
            i = endOfQuoted(text, i);
            if (i < 0) {
                return -1;
            }
        } else {
            ++i;
        }
    }
    return text.size();
}

ParseError badHeader(const QString &detail, QByteArrayView what)
{
    return { ParseError::Code::BadHeader, detail, 0,
        what.first(std::min<qsizetype>(what.size(), 80)).toByteArray() };
}

std::optional<SipParameters::Parameter> parseParameter(QByteArrayView text)
{
    const qsizetype equals = text.indexOf('=');
    const QByteArrayView name = trimmed(equals < 0 ? text : text.first(equals));
    if (name.isEmpty()) {
        return std::nullopt;
    }
    SipParameters::Parameter parameter { name.toByteArray(), std::nullopt };
    if (equals >= 0) {
        parameter.value = unquoted(trimmed(text.sliced(equals + 1)));
    }
    return parameter;
}

bool needsQuotes(QByteArrayView value)
{
    return value.isEmpty() || std::ranges::any_of(value, [](char c) {
        const bool isToken = QByteArrayView("-.!%*_+`'~[]:").contains(c) || (c >= '0' && c <= '9')
            || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !isToken;
    });
}

} // namespace

bool SipParameters::has(QByteArrayView name) const
{
    return std::ranges::any_of(
        items, [name](const Parameter &p) { return sameText(p.name, name); });
}

QByteArray SipParameters::value(QByteArrayView name) const
{
    for (const Parameter &p : items) {
        if (sameText(p.name, name)) {
            return p.value.value_or(QByteArray());
        }
    }
    return {};
}

void SipParameters::set(const QByteArray &name, const QByteArray &value)
{
    for (Parameter &p : items) {
        if (sameText(p.name, name)) {
            p.value = value;
            return;
        }
    }
    items.append({ name, value });
}

QByteArray quoted(QByteArrayView text)
{
    QByteArray out = "\""_ba;
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

QByteArray unquoted(QByteArrayView text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return text.toByteArray();
    }
    QByteArray out;
    out.reserve(text.size());
    for (qsizetype i = 1; i < text.size() - 1; ++i) {
        if (text[i] == '\\' && i + 1 < text.size() - 1) {
            ++i;
        }
        out += text[i];
    }
    return out;
}

QByteArrayList splitCommaList(QByteArrayView value)
{
    QByteArrayList parts;
    qsizetype begin = 0;
    int depth = 0;
    for (qsizetype i = 0; i <= value.size();) {
        if (i == value.size() || (value[i] == ',' && depth == 0)) {
            const QByteArrayView part = trimmed(value.sliced(begin, i - begin));
            if (!part.isEmpty()) {
                parts.append(part.toByteArray());
            }
            begin = ++i;
        } else if (value[i] == '"') {
            const qsizetype end = endOfQuoted(value, i);
            i = end < 0 ? value.size() : end;
        } else {
            if (value[i] == '<') {
                ++depth;
            } else if (value[i] == '>' && depth > 0) {
                --depth;
            }
            ++i;
        }
    }
    return parts;
}

std::expected<SipParameters, ParseError> parseParameters(QByteArrayView text)
{
    SipParameters parameters;
    for (qsizetype i = 0; i < text.size();) {
        const qsizetype end = findOutsideQuotes(text, ";", i);
        if (end < 0) {
            return std::unexpected(badHeader(u"a quoted string is not closed"_s, text));
        }
        const QByteArrayView part = trimmed(text.sliced(i, end - i));
        if (!part.isEmpty()) {
            auto parameter = parseParameter(part);
            if (!parameter) {
                return std::unexpected(badHeader(u"a parameter has no name"_s, text));
            }
            parameters.items.append(*std::move(parameter));
        }
        i = end + 1;
    }
    return parameters;
}

std::expected<NameAddress, ParseError> parseNameAddress(QByteArrayView value)
{
    const QByteArrayView text = trimmed(value);
    NameAddress address;
    if (text == "*") {
        address.isWildcard = true;
        return address;
    }
    const qsizetype open = findOutsideQuotes(text, "<");
    if (open < 0) {
        return std::unexpected(badHeader(u"a quoted string is not closed"_s, text));
    }
    QByteArrayView rest;
    if (open < text.size()) {
        const qsizetype close = text.indexOf('>', open);
        if (close < 0) {
            return std::unexpected(badHeader(u"\"<\" is not closed"_s, text));
        }
        address.displayName = unquoted(trimmed(text.first(open)));
        address.uri = trimmed(text.sliced(open + 1, close - open - 1)).toByteArray();
        rest = trimmed(text.sliced(close + 1));
        if (!rest.isEmpty() && rest.front() != ';') {
            return std::unexpected(badHeader(u"text after \">\""_s, text));
        }
    } else {
        const qsizetype semicolon = std::min(findOutsideQuotes(text, ";"), text.size());
        address.uri = trimmed(text.first(semicolon)).toByteArray();
        rest = text.sliced(semicolon);
    }
    if (address.uri.isEmpty()) {
        return std::unexpected(badHeader(u"the address is empty"_s, text));
    }
    auto parameters = parseParameters(rest);
    if (!parameters) {
        return std::unexpected(parameters.error());
    }
    address.parameters = *std::move(parameters);
    return address;
}

QByteArray serialize(const NameAddress &address)
{
    if (address.isWildcard) {
        return "*"_ba;
    }
    QByteArray out;
    if (!address.displayName.isEmpty()) {
        out = quoted(address.displayName) + ' ';
    }
    out += '<' + address.uri + '>';
    for (const SipParameters::Parameter &p : address.parameters.items) {
        out += ';' + p.name;
        if (p.value) {
            out += '=' + (needsQuotes(*p.value) ? quoted(*p.value) : *p.value);
        }
    }
    return out;
}

std::expected<CSeq, ParseError> parseCSeq(QByteArrayView value)
{
    const QByteArrayView text = trimmed(value);
    qsizetype digits = 0;
    quint64 number = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        number = number * 10 + quint64(text[digits] - '0');
        ++digits;
        if (number >= (1ULL << 31)) {
            return std::unexpected(badHeader(u"the CSeq number is too large"_s, text));
        }
    }
    const QByteArrayView method = trimmed(text.sliced(digits));
    if (digits == 0 || method.isEmpty() || !isBlank(text[digits])) {
        return std::unexpected(badHeader(u"CSeq is not \"number method\""_s, text));
    }
    return CSeq { quint32(number), method.toByteArray() };
}

std::expected<AuthHeader, ParseError> parseAuthHeader(QByteArrayView value)
{
    const QByteArrayView text = trimmed(value);
    qsizetype end = 0;
    while (end < text.size() && !isBlank(text[end])) {
        ++end;
    }
    AuthHeader header { text.first(end).toByteArray(), {} };
    if (header.scheme.isEmpty() || header.scheme.contains('=')) {
        return std::unexpected(badHeader(u"the authentication scheme is missing"_s, text));
    }
    for (qsizetype i = end; i < text.size();) {
        const qsizetype stop = findOutsideQuotes(text, ",", i);
        if (stop < 0) {
            return std::unexpected(badHeader(u"a quoted string is not closed"_s, text));
        }
        if (const QByteArrayView part = trimmed(text.sliced(i, stop - i)); !part.isEmpty()) {
            auto parameter = parseParameter(part);
            if (!parameter) {
                return std::unexpected(badHeader(u"a parameter has no name"_s, text));
            }
            header.parameters.items.append(*std::move(parameter));
        }
        i = stop + 1;
    }
    return header;
}

std::optional<Diagnostics> parseDiagnostics(QByteArrayView value)
{
    const QByteArrayView text = trimmed(value);
    const qsizetype semicolon = std::max<qsizetype>(text.indexOf(';'), -1);
    const QByteArrayView number = semicolon < 0 ? text : text.first(semicolon);
    const qsizetype dot = number.indexOf('.');
    bool ok = false;
    Diagnostics diagnostics;
    diagnostics.id = trimmed(dot < 0 ? number : number.first(dot)).toByteArray().toInt(&ok);
    if (!ok) {
        return std::nullopt;
    }
    if (semicolon >= 0) {
        auto parameters = parseParameters(text.sliced(semicolon));
        if (!parameters) {
            return std::nullopt;
        }
        diagnostics.parameters = *std::move(parameters);
    }
    return diagnostics;
}

} // namespace linchpin::sip
