// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sipwirereader.h"

#include "protocols/sip/wire/sipparser.h"

#include <QJsonArray>
#include <QStringDecoder>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

QJsonObject toJson(const SipMessage &message)
{
    QJsonObject json;
    if (message.isRequest()) {
        json.insert("kind"_L1, u"request"_s);
        json.insert("method"_L1, QString::fromUtf8(message.method));
        json.insert("uri"_L1, QString::fromUtf8(message.uri));
    } else {
        json.insert("kind"_L1, u"response"_s);
        json.insert("status"_L1, message.status);
        json.insert("reason"_L1, QString::fromUtf8(message.reason));
    }
    json.insert("version"_L1, QString::fromUtf8(message.version));
    QJsonArray headers;
    for (const SipHeader &header : message.headers) {
        headers.append(
            QJsonArray { QString::fromUtf8(header.name), QString::fromUtf8(header.value) });
    }
    json.insert("headers"_L1, headers);
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(message.body);
    if (decoder.hasError()) {
        json.insert("body_base64"_L1, QString::fromLatin1(message.body.toBase64()));
    } else {
        json.insert("body"_L1, text);
    }
    return json;
}

QJsonObject toJson(const ParseError &error, qsizetype offset)
{
    return { { u"error"_s, error.detail }, { u"offset"_s, offset } };
}

} // namespace

QList<QJsonObject> SipWireReader::feed(QByteArrayView bytes)
{
    QList<QJsonObject> out;
    m_framer.feed(bytes);
    while (true) {
        const auto next = m_framer.next();
        if (!next) {
            out.append(toJson(next.error(), next.error().offset));
            if (!m_framer.resynchronise()) {
                return out;
            }
            continue;
        }
        const std::optional<QByteArray> &frame = *next;
        if (!frame) {
            return out;
        }
        if (const auto message = parseMessage(*frame)) {
            out.append(toJson(*message));
        } else {
            const qsizetype begin = m_framer.offset() - frame->size();
            out.append(toJson(message.error(), begin + message.error().offset));
        }
    }
}

QList<QJsonObject> SipWireReader::finish()
{
    if (m_framer.pending() == 0) {
        return {};
    }
    return { toJson(ParseError { ParseError::Code::Truncated, u"the message is not complete"_s },
        m_framer.offset()) };
}

} // namespace linchpin::sip
