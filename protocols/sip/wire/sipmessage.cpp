// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipmessage.h"

#include "protocols/sip/wire/sipheader.h"

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

// RFC 3261 7.3.3 and the IANA registry; only those a registrar or peer of this family may send.
constexpr std::array<std::pair<char, const char *>, 19> compactForms { {
    { 'a', "accept-contact" },
    { 'b', "referred-by" },
    { 'c', "content-type" },
    { 'd', "request-disposition" },
    { 'e', "content-encoding" },
    { 'f', "from" },
    { 'i', "call-id" },
    { 'j', "reject-contact" },
    { 'k', "supported" },
    { 'l', "content-length" },
    { 'm', "contact" },
    { 'n', "identity-info" },
    { 'o', "event" },
    { 'r', "refer-to" },
    { 's', "subject" },
    { 't', "to" },
    { 'u', "allow-events" },
    { 'v', "via" },
    { 'x', "session-expires" },
} };

bool sameName(const QByteArray &onWire, const QByteArray &canonical)
{
    if (onWire.size() == canonical.size()) {
        return onWire.compare(canonical, Qt::CaseInsensitive) == 0;
    }
    return onWire.size() == 1 && canonicalHeaderName(onWire) == canonical;
}

QByteArray oneLine(QByteArray value)
{
    for (char &c : value) {
        if (c == '\r' || c == '\n' || c == '\0') {
            c = ' ';
        }
    }
    return value;
}

} // namespace

QByteArray canonicalHeaderName(QByteArrayView name)
{
    QByteArray lower = name.toByteArray().toLower();
    if (lower.size() == 1) {
        const auto form
            = std::ranges::find(compactForms, lower.front(), &std::pair<char, const char *>::first);
        if (form != compactForms.end()) {
            return QByteArray(form->second);
        }
    }
    return lower;
}

SipMessage SipMessage::request(const QByteArray &method, const QByteArray &uri)
{
    SipMessage message;
    message.kind = Kind::Request;
    message.method = method;
    message.uri = uri;
    return message;
}

SipMessage SipMessage::response(int status, const QByteArray &reason)
{
    SipMessage message;
    message.kind = Kind::Response;
    message.status = status;
    message.reason = reason;
    return message;
}

bool SipMessage::hasHeader(QByteArrayView name) const
{
    const QByteArray wanted = canonicalHeaderName(name);
    return std::ranges::any_of(
        headers, [&wanted](const SipHeader &h) { return sameName(h.name, wanted); });
}

QByteArray SipMessage::header(QByteArrayView name) const
{
    const QByteArray wanted = canonicalHeaderName(name);
    for (const SipHeader &h : headers) {
        if (sameName(h.name, wanted)) {
            return h.value;
        }
    }
    return {};
}

QByteArrayList SipMessage::headerLines(QByteArrayView name) const
{
    const QByteArray wanted = canonicalHeaderName(name);
    QByteArrayList lines;
    for (const SipHeader &h : headers) {
        if (sameName(h.name, wanted)) {
            lines.append(h.value);
        }
    }
    return lines;
}

QByteArrayList SipMessage::headerValues(QByteArrayView name) const
{
    QByteArrayList values;
    for (const QByteArray &line : headerLines(name)) {
        values += splitCommaList(line);
    }
    return values;
}

void SipMessage::addHeader(const QByteArray &name, const QByteArray &value)
{
    headers.append({ name, value });
}

void SipMessage::setHeader(const QByteArray &name, const QByteArray &value)
{
    const QByteArray wanted = canonicalHeaderName(name);
    bool replaced = false;
    for (qsizetype i = 0; i < headers.size();) {
        if (!sameName(headers.at(i).name, wanted)) {
            ++i;
        } else if (!replaced) {
            headers[i] = { name, value };
            replaced = true;
            ++i;
        } else {
            headers.removeAt(i);
        }
    }
    if (!replaced) {
        headers.append({ name, value });
    }
}

void SipMessage::removeHeader(QByteArrayView name)
{
    const QByteArray wanted = canonicalHeaderName(name);
    headers.removeIf([&wanted](const SipHeader &h) { return sameName(h.name, wanted); });
}

void SipMessage::setBody(const QByteArray &contentType, const QByteArray &bytes)
{
    body = bytes;
    if (bytes.isEmpty()) {
        removeHeader("Content-Type");
    } else {
        setHeader("Content-Type"_ba, contentType);
    }
}

QByteArray serialize(const SipMessage &message)
{
    QByteArray out;
    out.reserve(512 + message.body.size());
    if (message.isRequest()) {
        out += oneLine(message.method) + ' ' + oneLine(message.uri) + ' ' + message.version;
    } else {
        out += message.version + ' ' + QByteArray::number(message.status) + ' '
            + oneLine(message.reason);
    }
    out += "\r\n";
    const QByteArray length = "content-length"_ba;
    for (const SipHeader &h : message.headers) {
        if (!sameName(h.name, length)) {
            out += oneLine(h.name) + ": " + oneLine(h.value) + "\r\n";
        }
    }
    out += "Content-Length: " + QByteArray::number(message.body.size()) + "\r\n\r\n";
    out += message.body;
    return out;
}

} // namespace linchpin::sip
