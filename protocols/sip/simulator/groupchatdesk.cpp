// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/groupchatdesk.h"

#include "protocols/sip/simulator/simmessages.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr auto lookupUser = "ocschat"_L1;
constexpr auto poolUser = "pchat01"_L1; ///< the same, as provisioning names it
constexpr auto channelUser = "chat01"_L1;
constexpr auto usersKey = 3984;
constexpr auto managersKey = 12276;
constexpr qsizetype mostCommands = 1000;

/// With seven digits after the point, as these servers write it.
QString stamp(const QDateTime &at)
{
    QString text = at.toUTC().toString(Qt::ISODateWithMs);
    return text.replace(u'Z', "4567Z"_L1);
}

QString userXml(const QString &address, const QString &attributes, const QString &inside = {})
{
    return u"<uib uri=\"sip:%1\"%2>%3</uib>"_s.arg(escaped(address), attributes, inside);
}

} // namespace

GroupChatDesk::GroupChatDesk(PoolCore &core)
    : m_core(core)
{
}

bool GroupChatDesk::concerns(const SipMessage &request) const
{
    if (m_channels.isEmpty()) {
        return false;
    }
    const QString address = addressOfUri(request.uri);
    const QString user = address.section(u'@', 0, 0);
    return address == user + u'@' + m_core.domain
        && (user == lookupUser || user == channelUser || (user == poolUser && m_provisioned));
}

QString GroupChatDesk::provisioning() const
{
    if (!m_provisioned) {
        return {};
    }
    return u"<provisionGroup name=\"persistentChatConfiguration\"><propertyEntryList><property name=\"EnablePersistentChat\">%1</property><property name=\"DefaultPersistentChatPoolUri\">sip:%2@%3</property></propertyEntryList></provisionGroup>"_s
        .arg(*m_provisioned ? u"true"_s : u"false"_s, poolUser, escaped(m_core.domain));
}

// ---------------------------------------------------------------- dialogs

void GroupChatDesk::handle(const SipMessage &request, Hop &from)
{
    if (request.method == "INVITE") {
        invite(request, from);
        return;
    }
    if (request.method == "ACK") {
        return;
    }
    const auto leg = m_legs.find(request.header("Call-ID"));
    if (leg == m_legs.end()) {
        m_core.answer(request, from, 481);
    } else if (request.method == "BYE") {
        m_core.answer(request, from, 200);
        drop(request.header("Call-ID"));
    } else if (request.method == "INFO") {
        info(request, from, *leg);
    } else if (request.method == "UPDATE") {
        auto response = responseTo(request, 200);
        response.addHeader(
            "Session-Expires", QByteArray::number(m_sessionExpires) + ";refresher=uac");
        from.deliver(response);
    } else {
        m_core.answer(request, from, 405);
    }
}

void GroupChatDesk::invite(const SipMessage &request, Hop &from)
{
    if (request.header("Content-Type") != "application/sdp"
        || !request.body.contains("m=message")) {
        m_core.answer(request, from, 488);
        return;
    }
    auto response = responseTo(request, 200);
    response.addHeader("Contact", '<' + request.uri + '>');
    response.addHeader("Allow", "INVITE, BYE, ACK, CANCEL, INFO, UPDATE");
    if (m_sessionExpires > 0) {
        response.addHeader(
            "Session-Expires", QByteArray::number(m_sessionExpires) + ";refresher=uac");
    }
    response.setBody("application/sdp",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=message 5060 sip sip:"_ba
            + addressOfUri(request.uri).toUtf8() + "\r\na=accept-types:text/plain\r\n");
    const Leg leg { .address = addressIn(request, "From"),
        .lookup = !addressOfUri(request.uri).startsWith(channelUser),
        .callId = request.header("Call-ID"),
        .local = response.header("To"),
        .remote = request.header("From"),
        .target = addressHeader(request, "Contact").uri,
        .hop = &from };
    m_legs.insert(leg.callId, leg);
    from.deliver(response);
}

SipMessage GroupChatDesk::inDialog(Leg &leg, const QByteArray &method) const
{
    auto message = SipMessage::request(method, leg.target);
    message.addHeader("Via",
        "SIP/2.0/" + leg.hop->transport() + ' ' + m_core.fqdn.toUtf8() + ";branch=z9hG4bK"
            + randomHex(10));
    message.addHeader("Max-Forwards", "70");
    message.addHeader("From", leg.local);
    message.addHeader("To", leg.remote);
    message.addHeader("Call-ID", leg.callId);
    message.addHeader("CSeq", QByteArray::number(++leg.cseq) + ' ' + method);
    return message;
}

void GroupChatDesk::drop(const QByteArray &callId)
{
    Leg leg = m_legs.take(callId);
    for (Channel &channel : m_channels) {
        if (channel.legs.contains(callId)) {
            part(channel, leg);
        }
    }
}

void GroupChatDesk::hopGone(Hop *hop)
{
    const QList<QByteArray> calls = m_legs.keys();
    for (const QByteArray &call : calls) {
        if (m_legs.value(call).hop == hop) {
            drop(call);
        }
    }
}

void GroupChatDesk::endDialogs(bool byBye)
{
    const QList<QByteArray> calls = m_legs.keys();
    for (const QByteArray &call : calls) {
        Leg leg = m_legs.value(call);
        m_legs.remove(call);
        if (byBye) {
            leg.hop->deliver(inDialog(leg, "BYE"));
        }
    }
    for (Channel &channel : m_channels) {
        channel.legs.clear();
    }
}

// ---------------------------------------------------------------- what clients say

void GroupChatDesk::info(const SipMessage &request, Hop &from, Leg &leg)
{
    const auto document = parseXml(request.body);
    if (!document || document->name != u"xccos" || document->children.size() != 1
        || document->namespaceUri != u"urn:parlano:xml:ns:xccos"
        || !request.header("Content-Type").startsWith("text/plain")) {
        m_core.complain(u"an INFO to the chat server is no XCCOS"_s);
        m_core.answer(request, from, 400);
        return;
    }
    const XmlElement &said = document->children.first();
    m_core.answer(request, from, 200);
    const QString envelope = document->attribute(u"envid");
    if (said.name == u"grpchat") {
        take(said, envelope, leg);
    } else {
        command(said, envelope, leg);
    }
}

void GroupChatDesk::command(const XmlElement &command, const QString &envelope, Leg &leg)
{
    const QString what = command.attribute(u"id").section(u':', 1);
    const XmlElement *data = command.child(u"data");
    if (m_commands.size() < mostCommands) {
        m_commands.append(what);
    }
    if (command.name != u"cmd" || !data || leg.lookup != (what == u"requri"_s)) {
        reply(leg, what, envelope, {}, 400, u"INVALID_COMMAND"_s);
    } else if (what == u"requri") {
        reply(leg, what, envelope,
            u"<uib uri=\"sip:%1@%2\"/>"_s.arg(channelUser, escaped(m_core.domain)));
    } else if (what == u"getserverinfo") {
        reply(leg, what, envelope,
            u"<sib infoType=\"123\" serverTime=\"%1\" searchLimit=\"999\" messageSizeLimit=\"%2\" storySizeLimit=\"4096\" rootUri=\"ma-cat://%3/11111111-2222-3333-4444-555555555555\" dbVersion=\"3ea3a5a8-ef36-46cf-898f-7a5133931d63\"/>"_s
                .arg(stamp(QDateTime::currentDateTimeUtc()))
                .arg(m_limit)
                .arg(escaped(m_core.domain)));
    } else if (what == u"chansrch") {
        const XmlElement *query = data->child(u"qib");
        const QString criteria = query ? query->attribute(u"criteria") : QString();
        QString found;
        for (const Channel &channel : std::as_const(m_channels)) {
            if (mayEnter(channel, leg.address)
                && channel.about.name.contains(criteria, Qt::CaseInsensitive)) {
                found += channelXml(channel,
                    u"<info id=\"urn:parlano:ma:info:ucnt\">%1</info><info id=\"urn:parlano:ma:info:visibilty\">%2</info><prop id=\"urn:parlano:ma:prop:logged\">True</prop>"_s
                        .arg(people(channel).size())
                        .arg(channel.about.allowed.isEmpty() ? u"open"_s : u"private"_s));
            }
        }
        reply(leg, what, envelope, found);
    } else if (what == u"join" || what == u"bjoin") {
        join(*data, what, envelope, leg);
    } else if (what == u"bccontext" || what == u"part") {
        const XmlElement *named = data->child(u"chanib");
        const auto channel = m_channels.find(named ? named->attribute(u"uri") : QString());
        if (channel == m_channels.end() || !channel->legs.contains(leg.callId)) {
            reply(leg, what, envelope, {}, 404, u"NOT_JOINED"_s);
        } else if (what == u"part") {
            part(*channel, leg);
            reply(leg, what, envelope, channelXml(*channel, {}));
        } else {
            const XmlElement *last = data->find(u"last");
            const qsizetype count = last ? last->attribute(u"cnt").toInt() : 0;
            QString posts;
            for (const Post &post : channel->posts.last(std::min(count, channel->posts.size()))) {
                posts += postXml(u"msg"_s, *channel, post);
            }
            reply(leg, what, envelope, channelXml(*channel, posts));
        }
    } else if (what == u"getinv") {
        reply(leg, what, envelope, {});
    } else {
        reply(leg, what, envelope, {}, 404, u"UNKNOWN_COMMAND"_s);
    }
}

void GroupChatDesk::join(
    const XmlElement &data, const QString &what, const QString &envelope, Leg &leg)
{
    QList<Channel *> entered;
    for (const XmlElement &wanted : data.childrenNamed(u"chanid")) {
        Channel *channel = find(wanted.attribute(u"domain"), wanted.attribute(u"value"));
        if (channel && mayEnter(*channel, leg.address)) {
            entered.append(channel);
        } else if (what == u"join") {
            reply(leg, what, envelope, {}, channel ? 403 : 404,
                channel ? u"PERMISSION_DENIED"_s : u"NO_SUCH_CHANNEL"_s);
            return;
        }
    }
    QStringList everybody;
    for (Channel *channel : std::as_const(entered)) {
        const bool fresh = !people(*channel).contains(leg.address);
        channel->legs.insert(leg.callId);
        if (fresh) {
            tellOthers(*channel, leg.callId, joinedXml(*channel, leg.address));
        }
        everybody += people(*channel);
    }
    everybody.removeDuplicates();
    QString out;
    for (qsizetype i = 0; i < everybody.size(); ++i) {
        out += userXml(everybody.at(i), u" id=\"%1\""_s.arg(i));
    }
    for (const Channel *channel : std::as_const(entered)) {
        QStringList users;
        QStringList managers;
        for (const QString &address : people(*channel)) {
            (channel->about.managers.contains(address) ? managers : users)
                .append(QString::number(everybody.indexOf(address)));
        }
        QString groups;
        for (const auto &[key, ids] :
            { std::pair(usersKey, users), std::pair(managersKey, managers) }) {
            if (!ids.isEmpty()) {
                groups += u"<aib key=\"%1\" value=\"%2\"/>"_s.arg(key).arg(ids.join(u','));
            }
        }
        out += channelXml(*channel, groups);
    }
    reply(leg, what, envelope, out);
}

void GroupChatDesk::part(Channel &channel, Leg &leg)
{
    channel.legs.remove(leg.callId);
    if (!people(channel).contains(leg.address)) {
        tellOthers(channel, leg.callId,
            u"<ntc id=\"ntc:part\" seqid=\"1\"><data>%1</data></ntc>"_s.arg(
                channelXml(channel, userXml(leg.address, {}))));
    }
}

void GroupChatDesk::take(const XmlElement &post, const QString &envelope, Leg &leg)
{
    const auto channel = m_channels.find(post.attribute(u"chanUri"));
    const QString text = post.childText(u"chat");
    int code = m_refusal;
    QString words = u"REFUSED"_s;
    if (code == 0 && (channel == m_channels.end() || !channel->legs.contains(leg.callId))) {
        code = 404;
        words = u"NOT_JOINED"_s;
    } else if (code == 0 && text.size() > m_limit) {
        code = 413;
        words = u"MESSAGE_TOO_LONG"_s;
    }
    if (addressOfUri(post.attribute(u"author").toUtf8()) != leg.address) {
        m_core.complain(u"a post in the name of somebody else"_s);
        code = 403;
    }
    if (code != 0) {
        reply(leg, u"grpchat"_s, envelope, {}, code, words);
        return;
    }
    channel->posts.append({ ++m_posts, leg.address, text, QDateTime::currentDateTimeUtc() });
    spread(*channel, channel->posts.last(), m_echo ? QByteArray() : leg.callId);
}

// ---------------------------------------------------------------- what it says

void GroupChatDesk::tell(Leg &leg, const QString &inside)
{
    auto message = inDialog(leg, "INFO");
    message.setBody("text/plain",
        u"<xccos xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ver=\"1\" envid=\"%1\" xmlns=\"urn:parlano:xml:ns:xccos\">%2</xccos>"_s
            .arg(m_envelope++)
            .arg(inside)
            .toUtf8());
    leg.hop->deliver(message);
}

void GroupChatDesk::reply(Leg &leg, const QString &what, const QString &envelope,
    const QString &data, int code, const QString &words)
{
    tell(leg,
        u"<rpl id=\"rpl:%1\" seqid=\"1\"><commandid seqid=\"1\" envid=\"%2\"/><resp code=\"%3\">%4</resp><data>%5</data></rpl>"_s
            .arg(escaped(what), escaped(envelope))
            .arg(code)
            .arg(words, data));
}

void GroupChatDesk::tellOthers(
    const Channel &channel, const QByteArray &exceptCall, const QString &inside)
{
    for (const QByteArray &call : channel.legs) {
        if (const auto leg = m_legs.find(call); leg != m_legs.end() && call != exceptCall) {
            tell(*leg, inside);
        }
    }
}

void GroupChatDesk::spread(Channel &channel, const Post &post, const QByteArray &exceptCall)
{
    tellOthers(channel, exceptCall, postXml(u"grpchat"_s, channel, post));
}

QString GroupChatDesk::postXml(
    const QString &element, const Channel &channel, const Post &post) const
{
    return u"<%1 id=\"grpchat\" seqid=\"1\" chanUri=\"%2\" author=\"sip:%3\" ts=\"%4\"%5><chat>%6</chat></%1>"_s
        .arg(element, escaped(channel.uri), escaped(post.author), stamp(post.at),
            m_numbered ? u" chatId=\"%1\""_s.arg(post.number) : QString(), escaped(post.text));
}

QString GroupChatDesk::channelXml(const Channel &channel, const QString &inside) const
{
    return u"<chanib name=\"%1\" description=\"%2\" topic=\"%3\" uri=\"%4\">%5</chanib>"_s.arg(
        escaped(channel.about.name), escaped(channel.about.description),
        escaped(channel.about.topic), escaped(channel.uri), inside);
}

QString GroupChatDesk::joinedXml(const Channel &channel, const QString &address) const
{
    const bool manages = channel.about.managers.contains(address);
    return u"<ntc id=\"ntc:join\" seqid=\"1\"><data>%1</data></ntc>"_s.arg(
        userXml(address, u" id=\"0\""_s,
            u"<aib key=\"%1\" domain=\"%2\" value=\"%3\"/>"_s.arg(manages ? managersKey : usersKey)
                .arg(channel.uri.section(u'/', 2, 2), channel.uri.section(u'/', 3))));
}

// ---------------------------------------------------------------- rooms

QString GroupChatDesk::addRoom(const Room &room)
{
    const QString uri = u"ma-chan://%1/5d162160-6d0e-4b1b-8d3a-%2"_s.arg(m_core.domain)
                            .arg(m_channels.size() + 1, 12, 16, QChar(u'0'));
    m_channels.insert(uri, Channel { .uri = uri, .about = room });
    return uri;
}

GroupChatDesk::Channel *GroupChatDesk::find(const QString &domain, const QString &value)
{
    const auto found = m_channels.find(u"ma-chan://%1/%2"_s.arg(domain, value));
    return found == m_channels.end() ? nullptr : &*found;
}

bool GroupChatDesk::mayEnter(const Channel &channel, const QString &address) const
{
    return channel.about.allowed.isEmpty() || channel.about.allowed.contains(address)
        || channel.about.managers.contains(address);
}

QStringList GroupChatDesk::people(const Channel &channel) const
{
    QStringList there = channel.visitors;
    for (const QByteArray &call : channel.legs) {
        if (const auto leg = m_legs.constFind(call); leg != m_legs.constEnd()) {
            there.append(leg->address);
        }
    }
    there.removeDuplicates();
    there.sort();
    return there;
}

void GroupChatDesk::come(const QString &room, const QString &address)
{
    Channel &channel = m_channels[room];
    channel.visitors.append(address);
    tellOthers(channel, {}, joinedXml(channel, address));
}

void GroupChatDesk::go(const QString &room, const QString &address)
{
    Channel &channel = m_channels[room];
    channel.visitors.removeAll(address);
    tellOthers(channel, {},
        u"<ntc id=\"ntc:part\" seqid=\"1\"><data>%1</data></ntc>"_s.arg(
            channelXml(channel, userXml(address, {}))));
}

void GroupChatDesk::write(
    const QString &room, const QString &address, const QString &text, const QDateTime &at)
{
    Channel &channel = m_channels[room];
    channel.posts.append(
        { ++m_posts, address, text, at.isValid() ? at : QDateTime::currentDateTimeUtc() });
    spread(channel, channel.posts.last(), {});
}

QStringList GroupChatDesk::members(const QString &room) const
{
    return people(m_channels.value(room));
}

QStringList GroupChatDesk::posts(const QString &room) const
{
    QStringList texts;
    const Channel channel = m_channels.value(room);
    for (const Post &post : channel.posts) {
        texts.append(post.text);
    }
    return texts;
}

} // namespace linchpin::sip::sim
