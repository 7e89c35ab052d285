// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/transaction/repeatedrequest.h"

#include "protocols/sip/transaction/localidentity.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipparser.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

bool canBeNumberedAnew(const SipMessage &request)
{
    const auto to = parseNameAddress(request.header("To"));
    return request.method != "INVITE"
        && (request.method == "SUBSCRIBE" || (to && to->tag().isEmpty()));
}

void numberAnew(SipMessage &request, const RandomBytes &random)
{
    const auto cseq = parseCSeq(request.header("CSeq"));
    if (cseq) {
        request.setHeader("CSeq"_ba, QByteArray::number(cseq->number + 1) + ' ' + cseq->method);
    }
    const QByteArray via = request.header("Via");
    request.setHeader("Via"_ba,
        via.first(std::max<qsizetype>(via.indexOf(";branch="), 0)) + ";branch=z9hG4bK"
            + randomHex(random, 10));
}

bool isAnswerable(const SipMessage &message)
{
    return message.isRequest() && message.method != "ACK" && message.method != "BENOTIFY"
        && missingMandatoryHeader(message).isEmpty();
}

} // namespace linchpin::sip
