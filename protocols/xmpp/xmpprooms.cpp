// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmpprooms.h"

#include "protocols/xmpp/translate.h"

#include <QXmppDataForm.h>
#include <QXmppDiscoveryManager.h>
#include <QXmppMucIq.h>
#include <QXmppUtils.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

constexpr std::chrono::milliseconds kJoinLimit = 30s;
constexpr int kCreated = 201; // XEP-0045 §15.6.2
constexpr int kMostNickTries = 3;
constexpr qsizetype kMostListed = 5000;
const QString kMuc = u"http://jabber.org/protocol/muc"_s;

} // namespace

XmppRooms::XmppRooms(XmppContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
}

void XmppRooms::attach(QXmppClient *client)
{
    m_rooms.clear();
    m_discovery = client->findExtension<QXmppDiscoveryManager>();
    connect(client, &QXmppClient::presenceReceived, this, &XmppRooms::handlePresence);
}

bool XmppRooms::isJoined(const QString &room) const
{
    const auto found = m_rooms.find(room);
    return found != m_rooms.end() && found->second.state.isJoined();
}

QString XmppRooms::nick(const QString &room) const
{
    const auto found = m_rooms.find(room);
    return found == m_rooms.end() ? QString() : found->second.state.nick();
}

void XmppRooms::interrupt()
{
    for (auto &[address, room] : m_rooms) {
        room.limit.reset();
        for (const auto &answer : std::exchange(room.joining, {})) {
            answer.fail(offline());
        }
        for (const auto &answer : std::exchange(room.leaving, {})) {
            answer.give({});
        }
        if (room.state.isJoined()) {
            RoomChange change;
            change.room = { address };
            change.joined = false;
            change.at = m_context.services.now();
            m_context.emitEvent(RoomChanged { change });
        }
    }
}

void XmppRooms::resume()
{
    for (const auto &[address, room] : m_rooms) {
        if (room.state.isJoined()) {
            m_context.emitEvent(RoomChanged { room.state.complete(m_context.services.now()) });
        }
    }
}

Async<void> XmppRooms::join(const RoomAddress &room, const QString &nick, const QString &password)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    const QString address = bareJid(room.value);
    const auto known = m_rooms.find(address);
    if (known != m_rooms.end()) {
        if (known->second.state.isJoined()) {
            m_context.emitEvent(
                RoomChanged { known->second.state.complete(m_context.services.now()) });
            return readyOk();
        }
        if (!known->second.joining.isEmpty()) {
            return known->second.joining.emplaceBack().future();
        }
        m_rooms.erase(known);
    }
    const QString name = nick.isEmpty() ? m_context.ownJid.section(u'@', 0, 0) : nick;
    Room fresh { .state = RoomState(address, name), .password = password, .topic = {} };
    const auto future = fresh.joining.emplaceBack().future();
    enter(m_rooms.emplace(address, std::move(fresh)).first->second);
    startLimit(address);
    return future;
}

void XmppRooms::startLimit(const QString &address)
{
    m_rooms.at(address).limit = m_context.services.timer(kJoinLimit, [this, address] {
        QMetaObject::invokeMethod(
            this,
            [this, address] {
                const auto room = m_rooms.find(address);
                if (room != m_rooms.end() && !room->second.joining.isEmpty()) {
                    handleJoinError(address,
                        QXmppStanza::Error(
                            QXmppStanza::Error::Wait, QXmppStanza::Error::RemoteServerTimeout));
                }
            },
            Qt::QueuedConnection);
    });
}

void XmppRooms::enter(Room &room)
{
    QXmppPresence presence = m_presence;
    presence.setTo(room.state.room() + u'/' + room.state.nick());
    QXmppElement x;
    x.setTagName(u"x"_s);
    x.setAttribute(u"xmlns"_s, kMuc);
    if (!room.password.isEmpty()) {
        QXmppElement password;
        password.setTagName(u"password"_s);
        password.setValue(room.password);
        x.appendChild(password);
    }
    QXmppElement history; // §7.2.13; the archive knows better where there is one
    history.setTagName(u"history"_s);
    history.setAttribute(u"maxstanzas"_s, u"20"_s);
    x.appendChild(history);
    presence.setExtensions({ x });
    m_context.client->send(std::move(presence));
}

void XmppRooms::handlePresence(const QXmppPresence &presence)
{
    const QString address = bareJid(presence.from());
    const auto found = m_rooms.find(address);
    if (found == m_rooms.end()) {
        return;
    }
    Room &room = found->second;
    if (presence.type() == QXmppPresence::Error) {
        if (!room.joining.isEmpty()) {
            handleJoinError(address, presence.error());
        } else {
            const Error why = joinError(presence.error(), room.state.nick());
            m_context.emitEvent(
                ServerNotice { ServerNotice::Severity::Warning, why.code, why.title, why.detail });
        }
        return;
    }
    const bool wasJoined = room.state.isJoined();
    const auto change = room.state.apply(presence, m_context.services.now());
    if (!change) {
        return;
    }
    const bool isJoinedNow = room.state.isJoined();
    const QString nick = room.state.nick();
    QList<Answer<void>> joining;
    QList<Answer<void>> leaving;
    if (isJoinedNow && !wasJoined) {
        room.limit.reset();
        joining = std::exchange(room.joining, {});
    } else if (!isJoinedNow && wasJoined) {
        leaving = std::exchange(room.leaving, {});
        m_rooms.erase(found);
    }
    m_context.emitEvent(RoomChanged { *change });
    if (presence.mucStatusCodes().contains(kCreated)) {
        acceptDefaults(address, joining); // §10.1.2: until its owner does, nobody else may enter
    } else {
        for (const auto &answer : joining) {
            answer.give({});
        }
    }
    for (const auto &answer : leaving) {
        answer.give({});
    }
    if (isJoinedNow && !wasJoined) {
        learnName(address);
        Q_EMIT this->joined(address, nick);
    }
}

void XmppRooms::handleJoinError(const QString &address, const QXmppStanza::Error &error)
{
    Room &room = m_rooms.at(address);
    if (error.condition() == QXmppStanza::Error::Conflict && ++room.nickTries < kMostNickTries) {
        room.state.setNick(room.state.nick() + u'_');
        enter(room);
        return;
    }
    const Error why = joinError(error, room.state.nick());
    const auto joining = room.joining;
    m_rooms.erase(address);
    RoomChange change;
    change.room = { address };
    change.joined = false;
    change.why = why;
    change.at = m_context.services.now();
    m_context.emitEvent(RoomChanged { change });
    for (const auto &answer : joining) {
        answer.fail(why);
    }
}

void XmppRooms::acceptDefaults(const QString &room, const QList<Answer<void>> &joining)
{
    QXmppDataForm form;
    form.setType(QXmppDataForm::Submit);
    QXmppMucOwnerIq iq;
    iq.setType(QXmppIq::Set);
    iq.setTo(room);
    iq.setForm(form);
    m_context.client->sendIq(std::move(iq)).then(this, [joining](const auto &) {
        for (const auto &answer : joining) {
            answer.give({}); // we are in, whatever the room says to this
        }
    });
}

void XmppRooms::learnName(const QString &room)
{
    if (!m_discovery) {
        return;
    }
    m_discovery->requestDiscoInfo(room).then(
        this, [this, room](QXmppDiscoveryManager::InfoResult &&result) {
            const auto *info = std::get_if<QXmppDiscoveryIq>(&result);
            if (!info || !isJoined(room)) {
                return;
            }
            const auto identities = info->identities();
            for (const auto &identity : identities) {
                if (identity.category() == "conference"_L1 && !identity.name().isEmpty()) {
                    RoomChange change;
                    change.room = { room };
                    change.name = identity.name();
                    change.at = m_context.services.now();
                    m_context.emitEvent(RoomChanged { change });
                    return;
                }
            }
        });
}

void XmppRooms::handleMessage(const QXmppMessage &message)
{
    // §8.1: a topic is a message with a subject and no body; an empty one takes the topic away.
    if (message.subject().isNull() || !message.body().isEmpty()) {
        return;
    }
    const auto room = m_rooms.find(bareJid(message.from()));
    if (room == m_rooms.end() || (message.subject().isEmpty() && room->second.topic.isEmpty())) {
        return;
    }
    room->second.topic = message.subject();
    RoomChange change;
    change.room = { room->first };
    change.at = m_context.services.now();
    change.topic = RoomTopic { .text = message.subject(),
        .by = QXmppUtils::jidToResource(message.from()),
        .at = message.stamp().isValid() ? message.stamp().toUTC() : change.at };
    m_context.emitEvent(RoomChanged { change });
}

void XmppRooms::setPresence(const QXmppPresence &presence)
{
    m_presence = presence;
    if (presence.type() != QXmppPresence::Available) {
        m_presence = QXmppPresence(); // rooms cannot be entered invisibly
        return;
    }
    if (!m_context.online) {
        return;
    }
    for (const auto &[address, room] : m_rooms) {
        if (room.state.isJoined()) {
            QXmppPresence directed = presence;
            directed.setTo(address + u'/' + room.state.nick());
            m_context.client->send(std::move(directed));
        }
    }
}

Async<void> XmppRooms::leave(const RoomAddress &room, const QString &reason)
{
    const auto found = m_rooms.find(bareJid(room.value));
    if (found == m_rooms.end() || !m_context.online) {
        return readyOk();
    }
    const auto future = found->second.leaving.emplaceBack().future();
    QXmppPresence presence(QXmppPresence::Unavailable);
    presence.setTo(found->first + u'/' + found->second.state.nick());
    presence.setStatusText(reason);
    m_context.client->send(std::move(presence));
    return future;
}

Async<void> XmppRooms::invite(
    const RoomAddress &room, const ContactAddress &who, const QString &text)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    // Through the room (§7.8.2): it lets the invited into a members-only room.
    QXmppElement reason;
    reason.setTagName(u"reason"_s);
    reason.setValue(text);
    QXmppElement invite;
    invite.setTagName(u"invite"_s);
    invite.setAttribute(u"to"_s, who.value);
    if (!text.isEmpty()) {
        invite.appendChild(reason);
    }
    QXmppElement x;
    x.setTagName(u"x"_s);
    x.setAttribute(u"xmlns"_s, kMuc + u"#user"_s);
    x.appendChild(invite);
    QXmppMessage message({}, bareJid(room.value));
    message.setType(QXmppMessage::Normal);
    message.setExtensions({ x });
    return answerOf(m_context.client->send(std::move(message)), this);
}

Async<void> XmppRooms::setTopic(const RoomAddress &room, const QString &topic)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    QXmppMessage message({}, bareJid(room.value));
    message.setType(QXmppMessage::GroupChat);
    message.setSubject(topic.isNull() ? u""_s : topic);
    return answerOf(m_context.client->send(std::move(message)), this);
}

Async<void> XmppRooms::kick(const RoomAddress &room, const QString &nick, const QString &reason)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    QXmppMucItem item;
    item.setNick(nick);
    item.setRole(QXmppMucItem::NoRole);
    item.setReason(reason);
    QXmppMucAdminIq iq;
    iq.setType(QXmppIq::Set);
    iq.setTo(bareJid(room.value));
    iq.setItems({ item });
    return answerOf(m_context.client->sendGenericIq(std::move(iq)), this);
}

/// Rooms of all the server's services; the last question answered gives the answer.
struct XmppRooms::Listing {
    QString filter;
    Answer<QList<RoomListing>> answer;
    QList<RoomListing> found = {};
    std::optional<Error> failure = {};

    Listing(QString words, Answer<QList<RoomListing>> to)
        : filter(std::move(words))
        , answer(std::move(to))
    {
    }
    ~Listing()
    {
        if (found.isEmpty() && failure) {
            answer.fail(*failure);
        } else {
            answer.give(found);
        }
    }
    Listing(const Listing &) = delete;
    Listing &operator=(const Listing &) = delete;
};

Async<QList<RoomListing>> XmppRooms::list(const QString &filter)
{
    if (!m_context.online || !m_discovery) {
        return readyError<QList<RoomListing>>(offline());
    }
    const Answer<QList<RoomListing>> answer;
    const auto listing = std::make_shared<Listing>(filter, answer);
    m_discovery->requestDiscoItems(QXmppUtils::jidToDomain(m_context.ownJid))
        .then(this, [this, listing](QXmppDiscoveryManager::ItemsResult &&result) {
            if (const auto *error = std::get_if<QXmppError>(&result)) {
                listing->failure = taskError(*error);
                return;
            }
            QSet<QString> services; // servers list one twice
            const auto items = std::get<QList<QXmppDiscoveryIq::Item>>(result);
            for (const auto &item : items) {
                if (!services.contains(item.jid())) {
                    services.insert(item.jid());
                    listService(item.jid(), listing);
                }
            }
        });
    return answer.future();
}

void XmppRooms::listService(const QString &service, const std::shared_ptr<Listing> &listing)
{
    m_discovery->requestDiscoInfo(service).then(
        this, [this, service, listing](QXmppDiscoveryManager::InfoResult &&info) {
            const auto *found = std::get_if<QXmppDiscoveryIq>(&info);
            if (!found || !found->features().contains(kMuc) || !m_discovery) {
                return;
            }
            m_discovery->requestDiscoItems(service).then(
                this, [listing](QXmppDiscoveryManager::ItemsResult &&result) {
                    if (const auto *error = std::get_if<QXmppError>(&result)) {
                        listing->failure = taskError(*error);
                        return;
                    }
                    const QString &filter = listing->filter;
                    const auto items = std::get<QList<QXmppDiscoveryIq::Item>>(result);
                    for (const auto &item : items) {
                        if (listing->found.size() < kMostListed
                            && (filter.isEmpty()
                                || item.name().contains(filter, Qt::CaseInsensitive)
                                || item.jid().contains(filter, Qt::CaseInsensitive))) {
                            listing->found.append({ .room = { bareJid(item.jid()) },
                                .name = item.name(),
                                .topic = {} });
                        }
                    }
                });
        });
}

} // namespace linchpin::xmpp
