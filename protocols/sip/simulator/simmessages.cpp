// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/simmessages.h"

#include "protocols/sip/wire/sipuri.h"

#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

QByteArray randomHex(int bytes)
{
    QByteArray out(bytes, '\0');
    std::ranges::generate(out, [] { return char(QRandomGenerator::global()->bounded(256)); });
    return out.toHex();
}

NameAddress addressHeader(const SipMessage &message, QByteArrayView name)
{
    return parseNameAddress(message.header(name)).value_or(NameAddress {});
}

QString addressOfUri(QByteArrayView uri)
{
    return QString::fromUtf8(bareAddress(uri));
}

QString addressIn(const SipMessage &message, QByteArrayView name)
{
    return addressOfUri(addressHeader(message, name).uri);
}

QByteArray reasonPhrase(int status)
{
    switch (status) {
    case 100:
        return "Trying"_ba;
    case 180:
        return "Ringing"_ba;
    case 200:
        return "OK"_ba;
    case 202:
        return "Accepted"_ba;
    case 400:
        return "Bad Request"_ba;
    case 401:
        return "Unauthorized"_ba;
    case 403:
        return "Forbidden"_ba;
    case 404:
        return "Not Found"_ba;
    case 405:
        return "Method Not Allowed"_ba;
    case 408:
        return "Request Timeout"_ba;
    case 409:
        return "Conflict"_ba;
    case 415:
        return "Unsupported Media Type"_ba;
    case 480:
        return "Temporarily Unavailable"_ba;
    case 481:
        return "Call Leg/Transaction Does Not Exist"_ba;
    case 482:
        return "Loop Detected"_ba;
    case 483:
        return "Too Many Hops"_ba;
    case 487:
        return "Request Terminated"_ba;
    case 488:
        return "Not Acceptable Here"_ba;
    case 489:
        return "Bad Event"_ba;
    case 500:
        return "Server Internal Error"_ba;
    case 501:
        return "Not Implemented"_ba;
    case 503:
        return "Service Unavailable"_ba;
    case 504:
        return "Server Time-out"_ba;
    case 603:
        return "Decline"_ba;
    default:
        return status < 300 ? "OK"_ba : "Failed"_ba;
    }
}

SipMessage responseTo(const SipMessage &request, int status, const QByteArray &reason)
{
    auto response = SipMessage::response(status, reason.isEmpty() ? reasonPhrase(status) : reason);
    for (const auto name : { "Via", "Record-Route", "From", "To", "Call-ID", "CSeq" }) {
        const auto lines = request.headerLines(name);
        for (const auto &line : lines) {
            response.addHeader(name, line);
        }
    }
    auto to = addressHeader(response, "To");
    if (status > 100 && to.tag().isEmpty() && !to.uri.isEmpty()) {
        to.parameters.set("tag", randomHex(4).toUpper());
        response.setHeader("To", serialize(to));
    }
    return response;
}

bool listsToken(const SipMessage &message, QByteArrayView header, QByteArrayView token)
{
    const auto values = message.headerValues(header);
    return std::ranges::any_of(values, [&](const QByteArray &v) {
        return QByteArrayView(v).trimmed().compare(token, Qt::CaseInsensitive) == 0;
    });
}

QByteArray topBranch(const SipMessage &message)
{
    const auto values = message.headerValues("Via");
    if (values.isEmpty()) {
        return {};
    }
    const auto parameters = parseParameters(
        QByteArrayView(values.first()).sliced(std::max<qsizetype>(values.first().indexOf(';'), 0)));
    return parameters ? parameters->value("branch") : QByteArray();
}

void prependHeader(SipMessage &message, const QByteArray &name, const QByteArray &value)
{
    const auto wanted = canonicalHeaderName(name);
    const auto first = std::ranges::find_if(
        message.headers, [&](const SipHeader &h) { return canonicalHeaderName(h.name) == wanted; });
    message.headers.insert(first, { name, value });
}

void pushVia(SipMessage &message, const QByteArray &value)
{
    prependHeader(message, "Via", value);
}

void popVia(SipMessage &message)
{
    auto values = message.headerValues("Via");
    if (values.isEmpty()) {
        return;
    }
    values.removeFirst();
    const auto first = std::ranges::find_if(
        message.headers, [](const SipHeader &h) { return canonicalHeaderName(h.name) == "via"; });
    const auto position = first - message.headers.begin();
    message.removeHeader("Via");
    for (qsizetype i = 0; i < values.size(); ++i) {
        message.headers.insert(position + i, { "Via", values.at(i) });
    }
}

} // namespace linchpin::sip::sim
