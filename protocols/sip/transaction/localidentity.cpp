// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/transaction/localidentity.h"

#include "protocols/sip/wire/sipheader.h"

#include <QCryptographicHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

QByteArray instanceFromEpid(const QByteArray &epid)
{
    // fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe with its first three fields little-endian.
    const QByteArray space = QByteArray::fromHex("03fbacfc738aef4691b1e5ebeeaba4fe");
    QByteArray guid = QCryptographicHash::hash(space + epid, QCryptographicHash::Sha1).first(16);
    std::reverse(guid.begin(), guid.begin() + 4);
    std::reverse(guid.begin() + 4, guid.begin() + 6);
    std::reverse(guid.begin() + 6, guid.begin() + 8);
    guid[6] = char((guid.at(6) & 0x0f) | 0x50);
    guid[8] = char((guid.at(8) & 0x3f) | 0x80);
    const QByteArray hex = guid.toHex();
    return hex.first(8) + '-' + hex.sliced(8, 4) + '-' + hex.sliced(12, 4) + '-' + hex.sliced(16, 4)
        + '-' + hex.sliced(20);
}

QByteArray hostLiteral(const QString &address)
{
    const QByteArray bytes = address.toLatin1();
    return bytes.contains(':') && !bytes.startsWith('[') ? '[' + bytes + ']' : bytes;
}

QByteArray randomHex(const RandomBytes &random, int count)
{
    return random(count).toHex();
}

QByteArray LocalIdentity::instance() const
{
    return instanceFromEpid(epid);
}

QByteArray LocalIdentity::contact() const
{
    if (!gruu.isEmpty()) {
        return '<' + gruu + '>';
    }
    if (plain) {
        const qsizetype at = address.indexOf('@');
        return "<sip:" + address.first(std::max<qsizetype>(at, 0)) + '@' + host + ':'
            + QByteArray::number(port) + ";transport=" + transport + '>';
    }
    // Without a GRUU the address of the connection, which the server may replace by what it sees.
    return "<sip:" + address + ':' + QByteArray::number(port) + ";maddr=" + host
        + ";transport=" + transport + ">;proxy=replace";
}

SipMessage makeResponse(const SipMessage &request, int status, const QByteArray &reason,
    const LocalIdentity &identity, const QByteArray &localTag)
{
    SipMessage response = SipMessage::response(status, reason);
    for (const QByteArray &via : request.headerLines("Via")) {
        response.addHeader("Via"_ba, via);
    }
    for (const QByteArray &route : request.headerLines("Record-Route")) {
        response.addHeader("Record-Route"_ba, route);
    }
    response.addHeader("From"_ba, request.header("From"));
    QByteArray to = request.header("To");
    if (auto address = parseNameAddress(to); address && address->tag().isEmpty() && status > 100) {
        address->parameters.set("tag"_ba, localTag);
        if (!identity.plain && !identity.epid.isEmpty() && !address->parameters.has("epid")) {
            address->parameters.set("epid"_ba, identity.epid);
        }
        to = serialize(*address);
    }
    response.addHeader("To"_ba, to);
    response.addHeader("Call-ID"_ba, request.header("Call-ID"));
    response.addHeader("CSeq"_ba, request.header("CSeq"));
    response.addHeader("User-Agent"_ba, identity.userAgent);
    return response;
}

} // namespace linchpin::sip
