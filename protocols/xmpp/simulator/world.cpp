// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/simulator/xmppsimulator.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>
#include <QXmppDiscoveryIq.h>
#include <QXmppMucIq.h>
#include <QXmppRosterIq.h>
#include <QXmppUtils.h>
#include <QXmppVCardIq.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp::simulator {

namespace {

using Status = QXmppPresence::AvailableStatusType;

const QString kMuc = u"http://jabber.org/protocol/muc"_s;

const QStringList &answers()
{
    static const QStringList kAnswers {
        u"Cześć! Zażółć gęślą jaźń, miło cię widzieć. 😀"_s,
        u"こんにちは世界。お元気ですか？"_s,
        u"مرحبا بالعالم، كيف حالك اليوم؟"_s,
        u"Ein paar Takte 𝄞 und ein Einhorn 🦄 für dich."_s,
        u"La réunion est à 14 h, salle « Étoile »."_s,
        u"Привет! Отправил тебе заметки: https://example.org/notes"_s,
        u"👩‍👩‍👧‍👦 back from the school run — what did I miss?"_s,
        u"Combining marks still combine: e\u0301 ก็ ñ"_s,
    };
    return kAnswers;
}

QList<Inhabitant> inhabitants()
{
    return {
        { u"zofia"_s, u"Zofia Wójcik"_s, u"Friends"_s, Status::Chat, u"Kawa? ☕"_s, true },
        { u"haruto"_s, u"佐藤 陽翔"_s, u"Friends"_s, Status::Online, u"東京"_s, true },
        { u"layla"_s, u"ليلى حداد"_s, u"Friends"_s, Status::Away, u"أعود قريبا"_s, true },
        { u"bjorn"_s, u"Björn Ångström"_s, u"Work"_s, Status::Online, {}, true },
        { u"marie"_s, u"Marie Dupré"_s, u"Work"_s, Status::DND, u"En réunion"_s, true },
        { u"tomasz"_s, u"Tomasz Kowalski"_s, u"Work"_s, Status::Away, u"lunch"_s, true },
        { u"priya"_s, u"प्रिया शर्मा"_s, u"Work"_s, Status::Online, u"Focus until 3"_s, true },
        { u"oleksandr"_s, u"Олександр Бойко"_s, u"Work"_s, Status::XA, {}, true },
        { u"mehmet"_s, u"Mehmet Çelik"_s, u"Climbing"_s, Status::Online, u"🧗"_s, true },
        { u"ines"_s, u"Inês Conceição"_s, u"Climbing"_s, Status::Online, {}, false },
        { u"sam"_s, u"Sam O’Neill"_s, u"Climbing"_s, Status::Online, {}, false },
        { u"oma"_s, u"Oma Gisela"_s, u"Family"_s, Status::Online, u"Kuchen ist fertig"_s, true },
        { u"nino"_s, u"ნინო ბერიძე"_s, u"Family"_s, Status::Online, {}, false },
    };
}

/// QXmppServer puts its domain where a request names nobody, that is, means its own account; such
/// a request wants an answer without `from` (RFC 6120 §8.1.2.1).
QXmppIq resultFor(const QDomElement &stanza, bool fromAccount)
{
    QXmppIq result(QXmppIq::Result);
    result.setId(stanza.attribute(u"id"_s));
    if (!fromAccount) {
        result.setFrom(stanza.attribute(u"to"_s));
    }
    result.setTo(stanza.attribute(u"from"_s));
    return result;
}

} // namespace

World::World(const QString &domain, std::chrono::milliseconds delay)
    : m_domain(domain)
    , m_delay(delay)
    , m_people(inhabitants())
    , m_roomPeople({ u"Zofia"_s, u"陽翔"_s, u"Björn"_s, u"Marie"_s })
    , m_topic(u"Kaffeeküche: Freitag 🍕 um zwölf"_s)
{
}

QString World::address(QStringView name) const
{
    return name.toString() + u'@' + m_domain;
}

void World::setRecord(const QString &file)
{
    m_record.close();
    m_record.setFileName(file);
    if (!m_record.open(QIODevice::WriteOnly | QIODevice::Append)) {
        qWarning("cannot write %s", qPrintable(file));
    }
}

void World::addPeople(int people, int online)
{
    for (int i = 0; i < people; ++i) {
        m_people.append(
            { u"person%1"_s.arg(i), u"Person Żółw %1"_s.arg(i), u"Group %1"_s.arg(i % 25),
                i % 3 == 0 ? Status::Away : Status::Online, {}, i < online });
    }
}

void World::record(const QXmppMessage &message)
{
    if (!m_record.isOpen() || message.body().isEmpty()) {
        return;
    }
    const QJsonObject line { { u"from"_s, message.from() }, { u"to"_s, message.to() },
        { u"text"_s, message.body() }, { u"id"_s, message.id() },
        { u"at"_s, QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs) } };
    m_record.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    m_record.flush();
}

void World::after(std::chrono::milliseconds delay, std::function<void()> what)
{
    QTimer::singleShot(delay, this, std::move(what));
}

Inhabitant *World::inhabitant(const QString &jid)
{
    const QString name = QXmppUtils::jidToUser(jid);
    const auto found = std::ranges::find(m_people, name, &Inhabitant::name);
    return found == m_people.end() || QXmppUtils::jidToDomain(jid) != m_domain ? nullptr : &*found;
}

void World::clientConnected(const QString &) { }

void World::clientDisconnected(const QString &jid)
{
    m_present.remove(jid);
    m_guests.removeIf([&](const Guest &guest) { return guest.jid == jid; });
}

bool World::handleStanza(const QDomElement &stanza)
{
    if (stanza.tagName() == "iq"_L1) {
        handleIq(stanza);
    } else if (stanza.tagName() == "presence"_L1) {
        handlePresence(stanza);
    } else if (stanza.tagName() == "message"_L1) {
        QXmppMessage message;
        message.parse(stanza);
        handleMessage(message);
    }
    return true;
}

void World::handleIq(const QDomElement &stanza)
{
    const QString type = stanza.attribute(u"type"_s);
    if (type != "get"_L1 && type != "set"_L1) {
        return;
    }
    const QString from = stanza.attribute(u"from"_s);
    const QDomElement child = stanza.firstChildElement();
    const QString ns = child.namespaceURI();
    if (ns == "jabber:iq:roster"_L1) {
        if (type == "get"_L1) {
            answerRoster(from, stanza.attribute(u"id"_s));
        } else {
            server()->sendPacket(resultFor(stanza, true));
        }
    } else if (ns == "http://jabber.org/protocol/disco#info"_L1) {
        answerDiscovery(stanza, false);
    } else if (ns == "http://jabber.org/protocol/disco#items"_L1) {
        answerDiscovery(stanza, true);
    } else if (ns == "vcard-temp"_L1 && type == "get"_L1) {
        QXmppVCardIq card;
        card.setType(QXmppIq::Result);
        card.setId(stanza.attribute(u"id"_s));
        card.setFrom(stanza.attribute(u"to"_s));
        card.setTo(from);
        if (const Inhabitant *who = inhabitant(card.from())) {
            card.setFullName(who->fullName);
            card.setDescription(who->note);
        }
        server()->sendPacket(card);
    } else if (ns == "urn:xmpp:ping"_L1 || ns == kMuc + u"#owner"_s) {
        server()->sendPacket(resultFor(stanza, false));
    } else if (ns == "urn:xmpp:carbons:2"_L1) {
        server()->sendPacket(resultFor(stanza, true));
    } else {
        QXmppIq error = resultFor(stanza, stanza.attribute(u"to"_s) == m_domain);
        error.setType(QXmppIq::Error);
        error.setError(
            QXmppStanza::Error(QXmppStanza::Error::Cancel, QXmppStanza::Error::ServiceUnavailable));
        server()->sendPacket(error);
    }
}

void World::answerRoster(const QString &to, const QString &id)
{
    QXmppRosterIq roster;
    roster.setType(QXmppIq::Result);
    roster.setId(id);
    roster.setTo(to);
    for (const Inhabitant &who : std::as_const(m_people)) {
        QXmppRosterIq::Item item;
        item.setBareJid(address(who.name));
        item.setName(who.fullName);
        item.setGroups({ who.group });
        item.setSubscriptionType(QXmppRosterIq::Item::Both);
        roster.addItem(item);
    }
    server()->sendPacket(roster);
}

void World::answerDiscovery(const QDomElement &stanza, bool items)
{
    const QString to = stanza.attribute(u"to"_s);
    const QString rooms = u"rooms."_s + m_domain;
    QXmppDiscoveryIq answer;
    answer.setType(QXmppIq::Result);
    answer.setId(stanza.attribute(u"id"_s));
    answer.setFrom(to);
    answer.setTo(stanza.attribute(u"from"_s));
    answer.setQueryType(items ? QXmppDiscoveryIq::ItemsQuery : QXmppDiscoveryIq::InfoQuery);
    if (items) {
        QXmppDiscoveryIq::Item item;
        if (to == rooms) {
            item.setJid(room());
            item.setName(u"Kaffeeküche"_s);
            answer.setItems({ item });
        } else if (to == m_domain) {
            item.setJid(rooms);
            item.setName(u"Rooms"_s);
            answer.setItems({ item });
        }
    } else {
        QXmppDiscoveryIq::Identity identity;
        const bool isRoom = to == room() || to == rooms;
        identity.setCategory(isRoom ? u"conference"_s : u"server"_s);
        identity.setType(isRoom ? u"text"_s : u"im"_s);
        identity.setName(to == room() ? u"Kaffeeküche"_s : u"Linchpin simulator"_s);
        answer.setIdentities({ identity });
        answer.setFeatures(isRoom ? QStringList { kMuc }
                                  : QStringList { u"urn:xmpp:ping"_s, u"urn:xmpp:carbons:2"_s });
    }
    server()->sendPacket(answer);
}

void World::handlePresence(const QDomElement &stanza)
{
    QXmppPresence presence;
    presence.parse(stanza);
    const QString from = presence.from();
    if (QXmppUtils::jidToBareJid(presence.to()) == room()) {
        handleRoomPresence(presence);
        return;
    }
    if (presence.to() != m_domain && !presence.to().isEmpty()) {
        if (presence.type() == QXmppPresence::Subscribe && inhabitant(presence.to())) {
            QXmppPresence yes(QXmppPresence::Subscribed);
            yes.setFrom(presence.to());
            yes.setTo(QXmppUtils::jidToBareJid(from));
            server()->sendPacket(yes);
        }
        return;
    }
    QXmppPresence echo = presence; // RFC 6121 §4.2.2: to all resources, our own too
    echo.setTo(QXmppUtils::jidToBareJid(from));
    server()->sendPacket(echo);
    if (presence.type() != QXmppPresence::Available) {
        m_present.remove(from);
        return;
    }
    if (m_present.contains(from)) {
        return;
    }
    m_present.insert(from);
    for (const Inhabitant &who : std::as_const(m_people)) {
        if (who.online) {
            sendPresenceOf(who, from);
        }
    }
    for (int i = 1; i <= m_flood; ++i) {
        say(QXmppUtils::jidToUser(partner()), from, u"flood %1"_s.arg(i));
    }
}

void World::sendPresenceOf(const Inhabitant &who, const QString &to)
{
    QXmppPresence presence(who.online ? QXmppPresence::Available : QXmppPresence::Unavailable);
    presence.setFrom(address(who.name) + u"/home"_s);
    presence.setTo(to);
    presence.setAvailableStatusType(who.status);
    presence.setStatusText(who.note);
    server()->sendPacket(presence);
}

void World::setPresence(const QString &name, QXmppPresence::AvailableStatusType status,
    const QString &note, bool online)
{
    if (Inhabitant *who = inhabitant(address(name))) {
        who->status = status;
        who->note = note;
        who->online = online;
        for (const QString &jid : std::as_const(m_present)) {
            sendPresenceOf(*who, jid);
        }
    }
}

void World::handleMessage(const QXmppMessage &message)
{
    if (message.type() == QXmppMessage::Error) {
        return;
    }
    if (QXmppUtils::jidToBareJid(message.to()) == room()) {
        handleRoomMessage(message);
        return;
    }
    record(message);
    const Inhabitant *who = inhabitant(message.to());
    if (!who) {
        if (!message.body().isEmpty()) {
            QXmppMessage error = message;
            error.setFrom(message.to());
            error.setTo(message.from());
            error.setType(QXmppMessage::Error);
            error.setError(QXmppStanza::Error(
                QXmppStanza::Error::Cancel, QXmppStanza::Error::ServiceUnavailable));
            server()->sendPacket(error);
        }
        return;
    }
    const QString person = address(who->name) + u"/home"_s;
    if (message.isReceiptRequested() && !message.id().isEmpty()) {
        QXmppMessage receipt(person, message.from());
        receipt.setType(QXmppMessage::Chat);
        receipt.setReceiptId(message.id());
        server()->sendPacket(receipt);
    }
    if (message.isMarkable() && !message.body().isEmpty()) {
        after(m_delay, [this, person, to = message.from(), id = message.id()] {
            QXmppMessage marker(person, to);
            marker.setType(QXmppMessage::Chat);
            marker.setMarker(QXmppMessage::Displayed);
            marker.setMarkerId(id);
            server()->sendPacket(marker);
        });
    }
    if (!message.body().isEmpty()) {
        reply(person, QXmppUtils::jidToBareJid(message.from()));
    }
}

void World::reply(const QString &from, const QString &to)
{
    after(m_delay, [this, from, to] {
        QXmppMessage typing(from, to);
        typing.setType(QXmppMessage::Chat);
        typing.setState(QXmppMessage::Composing);
        server()->sendPacket(typing);
    });
    after(m_delay * 3, [this, from, to] {
        int &count = m_answers[QXmppUtils::jidToBareJid(from)];
        QXmppMessage message(from, to, answers().at(count++ % answers().size()));
        message.setType(QXmppMessage::Chat);
        message.setState(QXmppMessage::Active);
        message.setReceiptRequested(true);
        message.setMarkable(true);
        message.setId(u"sim-%1"_s.arg(++m_nextId));
        server()->sendPacket(message);
    });
}

void World::say(const QString &name, const QString &to, const QString &text)
{
    QXmppMessage message(address(name) + u"/home"_s, to, text);
    message.setType(QXmppMessage::Chat);
    message.setReceiptRequested(true);
    message.setId(u"sim-%1"_s.arg(++m_nextId));
    server()->sendPacket(message);
}

void World::sendOccupant(const QString &nick, const QString &to, bool self, bool present)
{
    QXmppPresence presence(present ? QXmppPresence::Available : QXmppPresence::Unavailable);
    presence.setFrom(roomNick(nick));
    presence.setTo(to);
    QXmppMucItem item;
    item.setAffiliation(nick == m_roomPeople.first() ? QXmppMucItem::OwnerAffiliation
                                                     : QXmppMucItem::MemberAffiliation);
    item.setRole(!present                  ? QXmppMucItem::NoRole
            : nick == m_roomPeople.first() ? QXmppMucItem::ModeratorRole
                                           : QXmppMucItem::ParticipantRole);
    presence.setMucItem(item);
    if (self) {
        presence.setMucStatusCodes({ 110 });
    }
    server()->sendPacket(presence);
}

void World::handleRoomPresence(const QXmppPresence &presence)
{
    const QString nick = QXmppUtils::jidToResource(presence.to());
    const QString jid = presence.from();
    const auto known = std::ranges::find(m_guests, jid, &Guest::jid);
    if (presence.type() == QXmppPresence::Unavailable) {
        if (known != m_guests.end()) {
            const QString left = known->nick;
            m_guests.erase(known);
            sendOccupant(left, jid, true, false);
            for (const Guest &guest : std::as_const(m_guests)) {
                sendOccupant(left, guest.jid, false, false);
            }
        }
        return;
    }
    if (presence.type() != QXmppPresence::Available || known != m_guests.end()) {
        return;
    }
    const auto taken = [&](const Guest &guest) { return guest.nick == nick; };
    if (nick.isEmpty() || m_roomPeople.contains(nick) || std::ranges::any_of(m_guests, taken)) {
        QXmppPresence error(QXmppPresence::Error);
        error.setFrom(presence.to());
        error.setTo(jid);
        error.setError(
            QXmppStanza::Error(QXmppStanza::Error::Cancel, QXmppStanza::Error::Conflict));
        server()->sendPacket(error);
        return;
    }
    for (const QString &person : std::as_const(m_roomPeople)) {
        sendOccupant(person, jid, false, true);
    }
    for (const Guest &guest : std::as_const(m_guests)) {
        sendOccupant(guest.nick, jid, false, true);
        sendOccupant(nick, guest.jid, false, true);
    }
    m_guests.append({ nick, jid });
    sendOccupant(nick, jid, true, true);

    QXmppMessage topic;
    topic.setType(QXmppMessage::GroupChat);
    topic.setFrom(roomNick(m_roomPeople.first()));
    topic.setTo(jid);
    topic.setSubject(m_topic);
    server()->sendPacket(topic);
}

void World::spreadInRoom(QXmppMessage message)
{
    QXmppStanzaId id;
    id.id = u"room-%1"_s.arg(++m_nextId);
    id.by = room();
    message.setStanzaIds({ id });
    for (const Guest &guest : std::as_const(m_guests)) {
        message.setTo(guest.jid);
        server()->sendPacket(message);
    }
}

void World::handleRoomMessage(const QXmppMessage &message)
{
    record(message);
    const auto sender = std::ranges::find(m_guests, message.from(), &Guest::jid);
    if (sender == m_guests.end()) {
        QXmppMessage error = message;
        error.setFrom(room());
        error.setTo(message.from());
        error.setType(QXmppMessage::Error);
        error.setError(
            QXmppStanza::Error(QXmppStanza::Error::Modify, QXmppStanza::Error::NotAcceptable));
        server()->sendPacket(error);
        return;
    }
    if (!message.subject().isEmpty() && message.body().isEmpty()) {
        m_topic = message.subject();
    }
    QXmppMessage spread = message;
    spread.setFrom(roomNick(sender->nick));
    spreadInRoom(spread);
    if (!message.body().isEmpty()) {
        const QString who = m_roomPeople.at(m_answers[room()] % m_roomPeople.size());
        after(m_delay * 2, [this, who, nick = sender->nick] {
            sayInRoom(who, nick + u": "_s + answers().at(m_answers[room()]++ % answers().size()));
        });
    }
}

void World::sayInRoom(const QString &nick, const QString &text)
{
    QXmppMessage message(roomNick(nick), {}, text);
    message.setType(QXmppMessage::GroupChat);
    message.setId(u"sim-%1"_s.arg(++m_nextId));
    spreadInRoom(message);
}

void World::live()
{
    after(m_delay * 8, [this] {
        goOn();
        live();
    });
}

void World::goOn()
{
    switch (m_step++ % 6) {
    case 0:
        setPresence(u"ines"_s, Status::Online, u"Olá! 👋"_s);
        break;
    case 1:
        setPresence(u"tomasz"_s, Status::Online, {});
        break;
    case 2:
        sayInRoom(
            m_roomPeople.at(m_step % m_roomPeople.size()), answers().at(m_step % answers().size()));
        break;
    case 3:
        setPresence(u"layla"_s, Status::DND, u"في اجتماع"_s);
        break;
    case 4:
        setPresence(u"ines"_s, Status::Online, {}, false);
        setPresence(u"layla"_s, Status::Away, u"أعود قريبا"_s);
        break;
    default:
        setPresence(u"tomasz"_s, Status::Away, u"lunch"_s);
        break;
    }
}

} // namespace linchpin::xmpp::simulator
