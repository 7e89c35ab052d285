// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/immessages.h"

#include "protocols/sip/im/sdp.h"
#include "protocols/sip/wire/sipheader.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

QByteArray messageKey(const SipMessage &message)
{
    const auto cseq = parseCSeq(message.header("CSeq"));
    return message.header("Call-ID") + ';' + QByteArray::number(cseq ? cseq->number : 0);
}

QByteArray transactionKey(const SipMessage &request)
{
    return messageKey(request) + ';' + request.method;
}

QByteArray tagOf(const SipMessage &message, QByteArrayView header)
{
    const auto address = parseNameAddress(message.header(header));
    return address ? address->tag() : QByteArray();
}

bool supports(const SipMessage &message, QByteArrayView option)
{
    return std::ranges::any_of(
        message.headerValues("Supported"), [option](const QByteArray &value) {
            return value.compare(option, Qt::CaseInsensitive) == 0;
        });
}

SipFailure failureOf(const SipReply &reply)
{
    SipFailure failure;
    if (!reply) {
        failure.status = reply.error().kind == Error::Kind::Timeout ? kNoAnswer : kConnectionLost;
        return failure;
    }
    failure.status = reply->status;
    failure.reasonPhrase = reply->reason;
    failure.warning = reply->header("Warning");
    failure.diagnostics = reply->header("ms-diagnostics");
    if (failure.diagnostics.isEmpty()) {
        failure.diagnostics = reply->header("ms-diagnostics-public");
    }
    return failure;
}

QByteArray phraseOf(int status)
{
    switch (status) {
    case 180:
        return "Ringing"_ba;
    case 200:
        return "OK"_ba;
    case 400:
        return "Bad Request"_ba;
    case 413:
        return "Request Entity Too Large"_ba;
    case 415:
        return "Unsupported Media Type"_ba;
    case 480:
        return "Temporarily Unavailable"_ba;
    case 481:
        return "Call/Transaction Does Not Exist"_ba;
    case 487:
        return "Request Terminated"_ba;
    case 488:
        return "Not Acceptable Here"_ba;
    case 603:
        return "Decline"_ba;
    default:
        return "Refused"_ba;
    }
}

void describeOwnIm(SipMessage &ok, const LocalIdentity &identity)
{
    ok.addHeader(
        "Allow"_ba, "INVITE, MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK, BENOTIFY"_ba);
    ImSdp capabilities;
    capabilities.address = identity.host;
    capabilities.port = identity.port;
    capabilities.target = identity.uri();
    capabilities.acceptedTypes = ownAcceptedTypes();
    ok.setBody("application/sdp"_ba, buildImSdp(capabilities));
}

RichText richText(const ImText &text, MessageKind *kind)
{
    if (text.format == ImText::Format::Html) {
        return RichText::fromHtml(text.text);
    }
    QString plain = text.text;
    if (plain.startsWith(kActionPrefix)) {
        plain.remove(0, kActionPrefix.size());
        *kind = MessageKind::Action;
    }
    RichText body = RichText::fromPlain(plain);
    const MsImFormat look = text.look.value_or(MsImFormat());
    if (look.isPlain() || body.isEmpty()) {
        return body;
    }
    RichText::Span span;
    span.length = body.plain().size();
    span.bold = look.bold;
    span.italic = look.italic;
    span.underline = look.underline;
    span.strikeOut = look.strikeOut;
    if (look.rgb != 0) {
        span.color = u"#%1"_s.arg(look.rgb, 6, 16, QChar(u'0'));
    }
    return RichText::fromSpans(body.plain(), { span });
}

} // namespace linchpin::sip
