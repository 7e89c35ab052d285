// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/doctor/sipprobe.h"

#include "protocols/sip/registration/registerrefusal.h"
#include "protocols/sip/transaction/dialog.h"
#include "protocols/sip/transaction/localidentity.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipparser.h"

#include <QLocale>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr int epidBytes = 6;
constexpr qsizetype longestWords = 80;

QDateTime dateOf(const SipMessage &message)
{
    QDateTime date = QLocale::c().toDateTime(
        QString::fromLatin1(message.header("Date")), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    date.setTimeZone(QTimeZone::UTC);
    return date;
}

ProbeAnswer fromMessage(const SipMessage &message)
{
    ProbeAnswer answer;
    answer.sip = true;
    answer.status = message.status;
    answer.words = serverWords(message);
    answer.date = dateOf(message);
    answer.versionRefused = isVersionRefusal(message);
    for (const char *header : { "WWW-Authenticate", "Proxy-Authenticate" }) {
        for (const QByteArray &line : message.headerLines(header)) {
            const auto offer = parseAuthHeader(line);
            if (offer && !answer.schemes.contains(offer->scheme)) {
                answer.schemes.append(offer->scheme);
            }
        }
    }
    return answer;
}

} // namespace

QByteArray probeRequest(const ProbeQuestion &question, const QByteArray &localHost,
    quint16 localPort, const RandomBytes &random)
{
    LocalIdentity identity;
    identity.address = question.address.trimmed().toLower().toUtf8();
    identity.epid = randomHex(random, epidBytes);
    identity.userAgent = question.userAgent;
    identity.transport = question.tls ? "tls"_ba : "tcp"_ba;
    identity.host = localHost;
    identity.port = localPort;
    Dialog dialog = Dialog::outgoing(identity.uri(), random);
    SipMessage request = dialog.request(identity, "REGISTER"_ba, random);
    request.uri = "sip:" + identity.domain();
    request.setHeader("To"_ba, '<' + identity.uri() + '>');
    request.removeHeader("Contact"_ba);
    return serialize(request);
}

std::optional<ProbeAnswer> readProbe(SipFramer &framer, QByteArrayView bytes)
{
    framer.feed(bytes);
    while (true) {
        const auto frame = framer.next();
        if (!frame) {
            ProbeAnswer answer;
            const QByteArray &seen = frame.error().excerpt;
            answer.foreign = foreignProtocolOf(seen);
            answer.words = answer.foreign == ForeignProtocol::Tls
                ? frame.error().detail
                : QString::fromLatin1(seen.left(longestWords)).section(u'\n', 0, 0).trimmed();
            return answer;
        }
        const std::optional<QByteArray> &whole = *frame;
        if (!whole) {
            return std::nullopt;
        }
        const auto message = parseMessage(*whole);
        if (message && message->isResponse() && message->isFinal()) {
            return fromMessage(*message);
        }
    }
}

} // namespace linchpin::sip
