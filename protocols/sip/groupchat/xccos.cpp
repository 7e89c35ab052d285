// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/groupchat/xccos.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/groupchat/channeladdress.h"

#include <QCryptographicHash>
#include <QTextBoundaryFinder>
#include <QTimeZone>
#include <QXmlStreamWriter>

#include <algorithm>
#include <functional>
#include <limits>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype mostChannels = 5000;
constexpr qsizetype mostUsers = 20000;
constexpr qsizetype mostPosts = 2000;
constexpr qsizetype longestText = qsizetype { 1 } << 18;
constexpr qsizetype longestName = 512;
constexpr qsizetype longestWords = 2000;
constexpr qsizetype graphemeWindow = 32;

/// Keys of the lists of people in a room; the meaning of this one was found out by pidgin-sipe.
constexpr auto managersKey = "12276"_L1;
constexpr auto memberCount = "urn:parlano:ma:info:ucnt"_L1;

using Writing = std::function<void(QXmlStreamWriter &)>;

QByteArray envelopeAround(quint32 envelope, const Writing &inside)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"xccos"_s);
    writeAttribute(writer, u"ver", u"1");
    writeAttribute(writer, u"envid", qint64 { envelope });
    writer.writeDefaultNamespace(kXccosNamespace.toString());
    inside(writer);
    writer.writeEndElement();
    return body;
}

QByteArray command(quint32 envelope, QStringView what, const Writing &data)
{
    return envelopeAround(envelope, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"cmd"_s);
        writeAttribute(writer, u"id", QString(u"cmd:"_s + what.toString()));
        writeAttribute(writer, u"seqid", u"1");
        writer.writeStartElement(u"data"_s);
        data(writer);
        writer.writeEndElement();
        writer.writeEndElement();
    });
}

void writeChannel(QXmlStreamWriter &writer, const QString &channel)
{
    writer.writeEmptyElement(u"chanib"_s);
    writeAttribute(writer, u"uri", channel);
}

/// Times of these servers have seven digits after the point.
QDateTime parseTime(const QString &text)
{
    QString usual = text.trimmed().left(64);
    if (const qsizetype point = usual.indexOf(u'.'); point > 0) {
        qsizetype end = point + 1;
        while (end < usual.size() && usual.at(end).isDigit()) {
            ++end;
        }
        if (end - point > 4) {
            usual.remove(point + 4, end - point - 4);
        }
    }
    QDateTime time = QDateTime::fromString(usual, Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime) {
        time.setTimeZone(QTimeZone::UTC);
    }
    time = time.toUTC();
    const int year = time.isValid() ? time.date().year() : 0;
    return year >= 1970 && year <= 9999 ? time : QDateTime();
}

QString lines(QString text)
{
    text.replace("\r\n"_L1, "\n"_L1);
    text.replace(u'\r', u'\n');
    text.truncate(longestText);
    if (!text.isEmpty() && text.back().isHighSurrogate()) {
        text.chop(1);
    }
    return text;
}

/// The server's number of a post where it gives one; else made of what never changes in it.
QString postId(const XmlElement &element, const ChatPost &post)
{
    QString number = element.attribute(u"chatId").trimmed();
    if (!number.isEmpty() && number.size() <= 64) {
        return number;
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &part : { post.author, element.attribute(u"ts").trimmed(), post.text }) {
        hash.addData(part.toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    }
    return QString::fromLatin1(hash.result().first(16).toHex());
}

std::optional<ChatPost> parsePost(const XmlElement &element)
{
    const auto channel = normalizedChannel(element.attribute(u"chanUri"));
    const XmlElement *chat = element.child(u"chat");
    ChatPost post;
    post.author = addressFromUri(element.attribute(u"author"));
    if (!channel || post.author.isEmpty() || chat == nullptr) {
        return std::nullopt;
    }
    post.channel = *channel;
    post.text = lines(chat->text);
    post.at = parseTime(element.attribute(u"ts"));
    post.id = postId(element, post);
    return post;
}

QStringList idList(const QString &text)
{
    QStringList ids = text.split(u',', Qt::SkipEmptyParts);
    for (QString &id : ids) {
        id = id.trimmed();
    }
    if (ids.size() > mostUsers) {
        ids.resize(mostUsers);
    }
    return ids;
}

ChatUser parseUser(const XmlElement &element)
{
    ChatUser user;
    user.id = element.attribute(u"id").trimmed();
    user.address = addressFromUri(element.attribute(u"uri"));
    for (const XmlElement &place : element.children) {
        const auto channel = place.is(u"aib")
            ? channelUri(place.attribute(u"domain"), place.attribute(u"value"))
            : std::nullopt;
        if (channel && user.channels.size() < mostChannels) {
            user.channels.append(*channel);
            if (place.attribute(u"key") == managersKey) {
                user.managed.append(*channel);
            }
        }
    }
    return user;
}

std::optional<ChatChannel> parseChannel(const XmlElement &element)
{
    const auto uri = normalizedChannel(element.attribute(u"uri"));
    if (!uri) {
        return std::nullopt;
    }
    ChatChannel channel;
    channel.uri = *uri;
    channel.name = element.attribute(u"name").simplified().left(longestName);
    channel.description = element.attribute(u"description").trimmed().left(longestWords);
    channel.topic = element.attribute(u"topic").trimmed().left(longestWords);
    for (const XmlElement &child : element.children) {
        if (child.is(u"aib")) {
            const QStringList ids = idList(child.attribute(u"value"));
            if (channel.people.size() + ids.size() <= mostUsers) {
                channel.people += ids;
                if (child.attribute(u"key") == managersKey) {
                    channel.managers += ids;
                }
            }
        } else if (child.is(u"info")
            && child.attribute(u"id").compare(memberCount, Qt::CaseInsensitive) == 0) {
            bool isNumber = false;
            const int count = child.text.trimmed().toInt(&isNumber);
            channel.members = isNumber && count >= 0 ? count : -1;
        } else if (child.is(u"uib")) {
            const QString address = addressFromUri(child.attribute(u"uri"));
            if (!address.isEmpty() && channel.addresses.size() < mostUsers) {
                channel.addresses.append(address);
            }
        } else if (child.is(u"msg") && child.attribute(u"id") == "grpchat"_L1
            && channel.history.size() < mostPosts) {
            if (auto post = parsePost(child)) {
                channel.history.append(*post);
            }
        }
    }
    return channel;
}

std::optional<ChatStatement> parseStatement(const XmlElement &element)
{
    ChatStatement said;
    said.isReply = element.is(u"rpl");
    const QString id = element.attribute(u"id").trimmed().toLower();
    const QString mark = said.isReply ? u"rpl:"_s : u"ntc:"_s;
    if (!id.startsWith(mark)) {
        return std::nullopt;
    }
    said.what = id.sliced(mark.size()).left(64);
    if (const XmlElement *answered = element.child(u"commandid")) {
        said.envelope = answered->attribute(u"envid").trimmed().left(32);
    }
    if (const XmlElement *response = element.child(u"resp")) {
        said.code = int(std::clamp<qint64>(response->number(u"code"), 0, 999));
        said.words = response->text.simplified().left(longestWords);
    }
    const XmlElement *data = element.child(u"data");
    if (data == nullptr) {
        return said;
    }
    for (const XmlElement &child : data->children) {
        if (child.is(u"uib") && said.users.size() < mostUsers) {
            const QString uri = child.attribute(u"uri").trimmed();
            if (said.server.isEmpty() && isRequestUri(uri)) {
                said.server = uri;
            }
            if (ChatUser user = parseUser(child); !user.address.isEmpty()) {
                said.users.append(user);
            }
        } else if (child.is(u"chanib") && said.channels.size() < mostChannels) {
            if (auto channel = parseChannel(child)) {
                said.channels.append(*channel);
            }
        } else if (child.is(u"sib")) {
            said.messageLimit = child.counter(u"messageSizeLimit");
        }
    }
    return said;
}

} // namespace

QByteArray buildChatLookup(quint32 envelope)
{
    return command(envelope, u"requri", [](QXmlStreamWriter &) { });
}

QByteArray buildChatServerInfo(quint32 envelope, const QString &domain)
{
    return command(envelope, u"getserverinfo", [&](QXmlStreamWriter &writer) {
        writer.writeEmptyElement(u"sib"_s);
        writeAttribute(writer, u"domain", domain);
        writeAttribute(writer, u"infoType", u"123");
    });
}

QByteArray buildChatSearch(quint32 envelope, const QString &words)
{
    return command(envelope, u"chansrch", [&](QXmlStreamWriter &writer) {
        writer.writeEmptyElement(u"qib"_s);
        writeAttribute(writer, u"qtype", u"BYNAME");
        writeAttribute(writer, u"criteria", words.simplified().left(longestName));
        writeAttribute(writer, u"extended", u"false");
    });
}

QByteArray buildChatJoin(quint32 envelope, const QStringList &channels)
{
    return command(
        envelope, channels.size() == 1 ? u"join" : u"bjoin", [&](QXmlStreamWriter &writer) {
            qint64 key = 0;
            for (const QString &channel : channels) {
                const ChannelId id = channelId(channel);
                writer.writeEmptyElement(u"chanid"_s);
                writeAttribute(writer, u"key", key++);
                writeAttribute(writer, u"domain", id.domain);
                writeAttribute(writer, u"value", id.value);
            }
        });
}

QByteArray buildChatHistory(quint32 envelope, const QString &channel, int count)
{
    return command(envelope, u"bccontext", [&](QXmlStreamWriter &writer) {
        writeChannel(writer, channel);
        writer.writeStartElement(u"bcq"_s);
        writer.writeEmptyElement(u"last"_s);
        writeAttribute(writer, u"cnt", qint64 { count });
        writer.writeEndElement();
    });
}

QByteArray buildChatPart(quint32 envelope, const QString &channel)
{
    return command(
        envelope, u"part", [&](QXmlStreamWriter &writer) { writeChannel(writer, channel); });
}

QByteArray buildChatPost(quint32 envelope, const ChatPost &post)
{
    return envelopeAround(envelope, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"grpchat"_s);
        writeAttribute(writer, u"id", u"grpchat");
        writeAttribute(writer, u"seqid", u"1");
        writeAttribute(writer, u"chanUri", post.channel);
        writeAttribute(writer, u"author", uriFromAddress(post.author));
        writeAttribute(writer, u"ts", post.at.toUTC().toString(Qt::ISODateWithMs));
        QString text = post.text;
        text.replace("\r\n"_L1, "\n"_L1);
        text.replace("\n"_L1, "\r\n"_L1);
        writeTextElement(writer, u"chat", text);
        writer.writeEndElement();
    });
}

std::expected<QList<ChatItem>, DocumentError> parseXccos(QByteArrayView body)
{
    auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"xccos")) {
        return std::unexpected(DocumentError { DocumentError::Kind::Unexpected, root->name });
    }
    QList<ChatItem> items;
    for (const XmlElement &child : root->children) {
        if (items.size() >= mostPosts) {
            break;
        }
        if (child.is(u"grpchat")) {
            if (auto post = parsePost(child)) {
                items.append(*post);
            }
        } else if (child.is(u"rpl") || child.is(u"ntc")) {
            if (auto said = parseStatement(child)) {
                items.append(*said);
            }
        }
    }
    return items;
}

QStringList splitPost(const QString &text, int limit)
{
    const qsizetype most = limit > 0 ? limit : std::numeric_limits<int>::max();
    QStringList pieces;
    QStringView rest = text;
    while (rest.size() > most) {
        const QStringView window = rest.first(most + 1);
        // A line's end is best, then a word's, then any character's.
        qsizetype cut = window.lastIndexOf(u'\n');
        if (cut <= 0) {
            cut = window.lastIndexOf(u' ');
        }
        qsizetype next = cut + 1;
        if (cut <= 0) {
            // What decides about a boundary is near it.
            const qsizetype around = std::min(rest.size(), most + graphemeWindow);
            QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, rest.data(), around);
            finder.setPosition(most);
            if (!finder.isAtBoundary()) {
                finder.toPreviousBoundary();
            }
            cut = finder.position();
            if (cut <= 0) { // one "character" longer than everything that may be sent
                cut = most;
                if (most > 1 && rest.at(most - 1).isHighSurrogate()) {
                    --cut;
                }
            }
            next = cut;
        }
        pieces.append(rest.first(cut).toString());
        rest = rest.sliced(next);
    }
    if (!rest.isEmpty() || pieces.isEmpty()) {
        pieces.append(rest.toString());
    }
    return pieces;
}

} // namespace linchpin::sip
