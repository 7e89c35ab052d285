// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircwirereader.h"

#include "protocols/irc/wire/ircparser.h"
#include "protocols/irc/wire/textcodec.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace linchpin::irc {

QJsonObject IrcWireReader::read(const IrcFramer::Frame &frame) const
{
    const auto complaint = [](QLatin1StringView why, qint64 offset) {
        return QJsonObject { { u"error"_s, QString(why) }, { u"offset"_s, offset } };
    };
    if (!frame) {
        return complaint(frame.error().reason, frame.error().offset);
    }
    const auto message = parseLine(*frame);
    if (!message) {
        return complaint(message.error().reason, m_framer.lineOffset() + message.error().offset);
    }
    const TextCodec codec;
    QJsonObject object;
    if (message->hasTags) {
        QJsonObject tags;
        for (const IrcTag &tag : message->tags()) {
            tags.insert(codec.decode(tag.key), codec.decode(tag.value));
        }
        object.insert(u"tags"_s, tags);
    }
    if (message->hasSource) {
        object.insert(u"source"_s, codec.decode(message->source));
    }
    object.insert(u"verb"_s, codec.decode(message->verb));
    if (!message->params.isEmpty()) {
        QJsonArray params;
        for (const QByteArrayView param : message->params) {
            params.append(codec.decode(param));
        }
        object.insert(u"params"_s, params);
    }
    return object;
}

QList<QJsonObject> IrcWireReader::feed(QByteArrayView bytes)
{
    m_framer.feed(bytes);
    QList<QJsonObject> objects;
    while (const auto frame = m_framer.next()) {
        objects.append(read(*frame));
    }
    return objects;
}

QList<QJsonObject> IrcWireReader::finish()
{
    QList<QJsonObject> objects;
    if (const auto frame = m_framer.finish()) {
        objects.append(read(*frame));
    }
    return objects;
}

} // namespace linchpin::irc
