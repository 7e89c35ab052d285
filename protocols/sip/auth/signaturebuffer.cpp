// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/signaturebuffer.h"

#include "protocols/sip/wire/sipheader.h"

namespace linchpin::sip {

namespace {

void group(QByteArray &buffer, QByteArrayView value)
{
    buffer += '<';
    buffer += value;
    buffer += '>';
}

struct Party {
    QByteArray uri;
    QByteArray tag;
};

Party party(const SipMessage &message, QByteArrayView header)
{
    const auto address = parseNameAddress(message.header(header));
    return address ? Party { address->uri, address->tag() } : Party {};
}

struct Identities {
    QByteArray sip;
    QByteArray tel;
};

/// RFC 3325 9.1: one SIP and one tel URI at most, on one line or two.
Identities identities(const SipMessage &message)
{
    const char *header
        = message.hasHeader("P-Asserted-Identity") ? "P-Asserted-Identity" : "P-Preferred-Identity";
    Identities found;
    for (const QByteArray &value : message.headerValues(header)) {
        const auto address = parseNameAddress(value);
        if (!address) {
            continue;
        }
        if (address->uri.startsWith("tel:")) {
            found.tel = found.tel.isEmpty() ? address->uri : found.tel;
        } else {
            found.sip = found.sip.isEmpty() ? address->uri : found.sip;
        }
    }
    return found;
}

} // namespace

QByteArray signatureBuffer(const SecurityParameters &parameters, QByteArrayView random,
    QByteArrayView number, const SipMessage &message)
{
    const auto cseq = parseCSeq(message.header("CSeq"));
    const Party from = party(message, "From");
    const Party to = party(message, "To");
    const bool longForm = parameters.version >= 3;

    QByteArray buffer;
    buffer.reserve(256);
    group(buffer, parameters.scheme);
    group(buffer, random);
    group(buffer, number);
    group(buffer, parameters.realm);
    group(buffer, parameters.targetName);
    group(buffer, message.header("Call-ID"));
    group(buffer, cseq ? QByteArray::number(cseq->number) : QByteArray());
    group(buffer, cseq ? cseq->method : message.method);
    group(buffer, from.uri);
    group(buffer, from.tag);
    if (longForm) {
        group(buffer, to.uri);
    }
    group(buffer, to.tag);
    if (longForm) {
        const Identities ids = identities(message);
        group(buffer, ids.sip);
        group(buffer, ids.tel);
    }
    group(buffer, message.header("Expires"));
    if (message.isResponse()) {
        group(buffer, QByteArray::number(message.status));
    }
    return buffer;
}

} // namespace linchpin::sip
