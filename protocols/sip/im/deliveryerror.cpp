// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/deliveryerror.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

struct Row {
    Error::Kind kind;
    const char *code;
    const char *title; ///< %1 is the recipient's name
    const char *remedy;
    bool fatal;
};

// The sentences for people, one a code.
constexpr std::array kRows {
    Row { Error::Kind::NotFound, "recipient-offline",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The message did not reach %1, who is offline."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "This server keeps no messages for later. It is sent when %1 is back."),
        false },
    Row { Error::Kind::NotFound, "recipient-silent",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "%1 is signed in, but the device did not answer. The message may have arrived."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Send it again, or ask first."), false },
    Row { Error::Kind::NotFound, "recipient-unknown",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "The server knows nobody called %1."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Check the address for a mistake."),
        true },
    Row { Error::Kind::Forbidden, "recipient-busy",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "%1 does not want to be disturbed right now."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Try again later."), false },
    Row { Error::Kind::Forbidden, "recipient-declined",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "%1 declined the conversation."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Try again later."), false },
    Row { Error::Kind::Forbidden, "message-blocked",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "The server blocked the message because of a rule on its content or "
            "links."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "Leave out links and attachments, or ask your administrator."),
        true },
    Row { Error::Kind::Forbidden, "message-not-allowed",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The server does not allow messages to %1."),
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "Ask your administrator which rule forbids it."),
        true },
    Row { Error::Kind::Unsupported, "message-too-long",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The message is too long for the server."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Send it in several parts."), true },
    Row { Error::Kind::Unsupported, "message-type-unsupported",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "%1 cannot receive this kind of message."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Send it as plain text."), true },
    Row { Error::Kind::Forbidden, "federation-not-allowed",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "Your organisation does not allow messages to the network of %1."),
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "Ask your administrator to allow this domain."),
        true },
    Row { Error::Kind::Network, "federation-unreachable",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The server could not reach the organisation of %1."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "Check the part of the address after the @, or try again later."),
        false },
    Row { Error::Kind::Network, "service-unavailable",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The message service is not available at the moment."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Try again later."), false },
    Row { Error::Kind::Authentication, "not-signed-in",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The server no longer accepts this sign-in."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Sign in again and repeat the message."),
        false },
    Row { Error::Kind::Timeout, "delivery-timeout",
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "Nobody confirmed that %1 got the message."),
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "It may have arrived. Ask before you repeat it."),
        false },
    Row { Error::Kind::Network, "connection-lost",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "The connection was lost before the message reached %1."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Send it again when you are connected."),
        false },
    Row { Error::Kind::Cancelled, "cancelled",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError",
            "The conversation with %1 was ended before the message was sent."),
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "Send it again."), false },
    Row { Error::Kind::Protocol, "delivery-failed",
        QT_TRANSLATE_NOOP("linchpin::sip::DeliveryError", "The message did not reach %1."),
        QT_TRANSLATE_NOOP(
            "linchpin::sip::DeliveryError", "The details say what the server answered."),
        false },
};

QByteArrayView quotedAfter(QByteArrayView text, QByteArrayView before)
{
    const qsizetype at = text.toByteArray().toLower().indexOf(before);
    const qsizetype open = at < 0 ? -1 : text.indexOf('"', at);
    const qsizetype close = open < 0 ? -1 : text.indexOf('"', open + 1);
    return close < 0 ? QByteArrayView() : text.sliced(open + 1, close - open - 1);
}

/// The number at the start of a header value; 0 when there is none.
int leadingNumber(QByteArrayView value)
{
    const QByteArrayView text = value.trimmed();
    qsizetype length = 0;
    while (length < text.size() && length < 9 && text.at(length) >= '0' && text.at(length) <= '9') {
        ++length;
    }
    return text.first(length).toInt();
}

/// What the error id of ms-diagnostics says when the status alone would mislead ([MS-OCER]).
QByteArrayView codeFromDiagnostics(int id)
{
    switch (id) {
    case 1001: // not authorised for public IM
    case 1002: // not authorised for federation
    case 1012: // not authorised outside the enterprise
        return "federation-not-allowed";
    case 1003:
    case 4005:
        return "recipient-unknown";
    case 1005: // domain unknown
    case 1006: // temporary
    case 1007: // temporary
    case 1008: // SRV record missing
    case 1009: // records conflict
    case 1010: // certificate trust
    case 1014: // host unknown
        return "federation-unreachable";
    default:
        return {};
    }
}

QByteArrayView codeFromStatus(const SipFailure &failure)
{
    switch (failure.status) {
    case kConnectionLost:
        return "connection-lost";
    case kNoAnswer:
        return "delivery-timeout";
    case 401:
    case 407:
        return "not-signed-in";
    case 403:
        return "message-not-allowed";
    case 404:
    case 604:
        return "recipient-unknown";
    case 413:
    case 513:
        return "message-too-long";
    case 415:
    case 488:
        return "message-type-unsupported";
    case 486:
    case 600:
        return "recipient-busy";
    case 487:
        return "cancelled";
    case 500:
    case 503:
    case 504:
        return "service-unavailable";
    case 603:
        return "recipient-declined";
    case 606:
        // The Warning tells the filter (309) from any other refusal.
        return leadingNumber(failure.warning) == 309 ? "message-blocked"
                                                     : "message-type-unsupported";
    case 408: // of a device, which may have shown it all the same: not to be repeated unasked
        return "recipient-silent";
    case 410:
    case 430:
    case 480:
    case 481:
        return "recipient-offline";
    default:
        return "delivery-failed";
    }
}

} // namespace

bool isStaleDialog(int status)
{
    return status == 408 || status == 480 || status == 481;
}

QString serverWords(const SipFailure &failure)
{
    constexpr qsizetype limit = 512;
    QByteArrayView words = quotedAfter(failure.warning, " ");
    if (words.isEmpty()) {
        words = quotedAfter(failure.diagnostics, "reason=");
    }
    if (words.isEmpty()) {
        words = failure.reasonPhrase;
    }
    QString text = QString::fromUtf8(words.left(limit)).simplified();
    if (failure.status <= 0) {
        return text;
    }
    return text.isEmpty() ? QString::number(failure.status)
                          : u"%1 %2"_s.arg(QString::number(failure.status), text);
}

Error deliveryError(const SipFailure &failure, const QString &name)
{
    QByteArrayView code = failure.status > 0
        ? codeFromDiagnostics(leadingNumber(failure.diagnostics))
        : QByteArrayView();
    if (code.isEmpty()) {
        code = codeFromStatus(failure);
    }
    const Row *row = &kRows.back();
    for (const Row &candidate : kRows) {
        if (code == candidate.code) {
            row = &candidate;
            break;
        }
    }
    const auto sentence = [&name](const char *text) {
        QString words = QCoreApplication::translate("linchpin::sip::DeliveryError", text);
        return words.replace(u"%1"_s, name);
    };
    return Error { .kind = row->kind,
        .code = QString::fromLatin1(row->code),
        .title = sentence(row->title),
        .detail = serverWords(failure),
        .remedy = sentence(row->remedy),
        .fatal = row->fatal };
}

} // namespace linchpin::sip
