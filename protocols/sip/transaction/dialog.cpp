// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/transaction/dialog.h"

#include "protocols/sip/wire/sipuri.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype maximumRoutes = 16; // more proxies than Max-Forwards would let a pool have

QByteArrayList recordRoutes(const SipMessage &message)
{
    return message.headerValues("Record-Route")
        .first(std::min(message.headerValues("Record-Route").size(), maximumRoutes));
}

QByteArray contactUri(const SipMessage &message)
{
    const QByteArrayList contacts = message.headerValues("Contact");
    if (contacts.isEmpty()) {
        return {};
    }
    const auto address = parseNameAddress(contacts.first());
    return address && !address->isWildcard ? address->uri : QByteArray();
}

} // namespace

Dialog Dialog::outgoing(const QByteArray &remoteUri, const RandomBytes &random)
{
    Dialog dialog;
    dialog.m_callId = randomHex(random, 16);
    dialog.m_localTag = randomHex(random, 5);
    dialog.m_remoteUri = remoteUri;
    dialog.m_remoteTarget = remoteUri;
    return dialog;
}

std::expected<Dialog, ParseError> Dialog::incoming(
    const SipMessage &request, const QByteArray &localTag)
{
    const auto from = parseNameAddress(request.header("From"));
    const auto cseq = parseCSeq(request.header("CSeq"));
    if (!from || !cseq) {
        return std::unexpected(!from ? from.error() : cseq.error());
    }
    Dialog dialog;
    dialog.m_callId = request.header("Call-ID");
    dialog.m_localTag = localTag;
    dialog.m_remoteUri = from->uri;
    dialog.m_remoteTag = from->tag();
    dialog.m_remoteEpid = from->parameters.value("epid");
    dialog.m_remoteNumber = cseq->number;
    dialog.m_remoteTarget = contactUri(request);
    if (dialog.m_remoteTarget.isEmpty()) {
        dialog.m_remoteTarget = from->uri;
    }
    dialog.m_routes = recordRoutes(request);
    return dialog;
}

void Dialog::establish(const SipMessage &response)
{
    if (const auto to = parseNameAddress(response.header("To"))) {
        m_remoteTag = to->tag();
        m_remoteEpid = to->parameters.value("epid");
    }
    m_routes = recordRoutes(response);
    std::ranges::reverse(m_routes);
    refreshTarget(response);
}

void Dialog::refreshTarget(const SipMessage &message)
{
    if (const QByteArray uri = contactUri(message); !uri.isEmpty()) {
        m_remoteTarget = uri;
    }
}

SipMessage Dialog::build(const LocalIdentity &identity, const QByteArray &method, quint32 number,
    const RandomBytes &random) const
{
    QByteArray requestUri = m_remoteTarget;
    QByteArrayList routes = m_routes;
    if (!routes.isEmpty()) {
        // RFC 3261 12.2.1.1: a first route without ;lr is a strict router and takes the
        // Request-URI; the target goes last.
        const auto first = parseNameAddress(routes.first());
        const auto uri = first ? parseSipUri(first->uri) : std::unexpected(ParseError());
        if (uri && !uri->parameters.has("lr")) {
            requestUri = first->uri;
            routes.removeFirst();
            routes.append('<' + m_remoteTarget + '>');
        }
    }
    SipMessage m = SipMessage::request(method, requestUri);
    m.addHeader("Via"_ba,
        "SIP/2.0/" + identity.transport.toUpper() + ' ' + identity.host + ':'
            + QByteArray::number(identity.port) + ";branch=z9hG4bK"
            + randomHex(random, 10).toUpper());
    m.addHeader("From"_ba,
        '<' + identity.uri() + ">;tag=" + m_localTag
            + (identity.plain ? QByteArray() : ";epid=" + identity.epid));
    QByteArray to = '<' + m_remoteUri + '>';
    if (!m_remoteTag.isEmpty()) {
        to += ";tag=" + m_remoteTag;
    }
    if (!m_remoteEpid.isEmpty()) {
        to += ";epid=" + m_remoteEpid;
    }
    m.addHeader("To"_ba, to);
    m.addHeader("Max-Forwards"_ba, "70"_ba);
    m.addHeader("CSeq"_ba, QByteArray::number(number) + ' ' + method);
    m.addHeader("User-Agent"_ba, identity.userAgent);
    m.addHeader("Call-ID"_ba, m_callId);
    for (const QByteArray &route : routes) {
        m.addHeader("Route"_ba, route);
    }
    return m;
}

SipMessage Dialog::request(
    const LocalIdentity &identity, const QByteArray &method, const RandomBytes &random)
{
    return build(identity, method, ++m_number, random);
}

SipMessage Dialog::ack(
    const LocalIdentity &identity, quint32 inviteNumber, const RandomBytes &random)
{
    return build(identity, "ACK"_ba, inviteNumber, random);
}

void Dialog::catchUp(const SipMessage &response)
{
    if (const auto cseq = parseCSeq(response.header("CSeq"))) {
        m_number = std::max(m_number, cseq->number);
    }
}

bool Dialog::owns(const SipMessage &request) const
{
    if (request.header("Call-ID") != m_callId) {
        return false;
    }
    const auto to = parseNameAddress(request.header("To"));
    const auto from = parseNameAddress(request.header("From"));
    return to && from && to->tag() == m_localTag
        && (m_remoteTag.isEmpty() || from->tag() == m_remoteTag);
}

bool Dialog::takeNumber(const SipMessage &request)
{
    const auto cseq = parseCSeq(request.header("CSeq"));
    if (!cseq || (cseq->method != "ACK" && cseq->number <= m_remoteNumber)) {
        return false;
    }
    m_remoteNumber = std::max(m_remoteNumber, cseq->number);
    return true;
}

SipMessage makeCancel(const SipMessage &invite)
{
    SipMessage cancel = SipMessage::request("CANCEL"_ba, invite.uri);
    for (const char *name : { "Via", "From", "To", "Max-Forwards", "User-Agent", "Call-ID" }) {
        cancel.addHeader(name, invite.header(name));
    }
    for (const QByteArray &route : invite.headerLines("Route")) {
        cancel.addHeader("Route"_ba, route);
    }
    const auto cseq = parseCSeq(invite.header("CSeq"));
    cancel.addHeader("CSeq"_ba, QByteArray::number(cseq ? cseq->number : 0) + " CANCEL");
    return cancel;
}

} // namespace linchpin::sip
