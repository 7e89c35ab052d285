// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppmessages.h"

#include "protocols/xmpp/xmpparchive.h"
#include "protocols/xmpp/xmpprooms.h"
#include "protocols/xmpp/xmpproster.h"

#include <QXmppPingIq.h>
#include <QXmppUtils.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

constexpr std::chrono::milliseconds kEchoLimit = 10s;
constexpr qsizetype kMostMarkable = 500;
constexpr qint64 kInvitationDays = 7;

} // namespace

XmppMessages::XmppMessages(XmppContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
}

void XmppMessages::connectParts(XmppArchive *archive, XmppRooms *rooms, XmppRoster *roster)
{
    m_archive = archive;
    m_rooms = rooms;
    m_roster = roster;
}

void XmppMessages::attach(QXmppClient *client)
{
    connect(client, &QXmppClient::messageReceived, this, &XmppMessages::handleMessage);
}

void XmppMessages::interrupt(bool final)
{
    m_composing.clear();
    m_typingTo.clear();
    // Whatever the server took is sent, also where a room's echo is missing.
    QStringList taken;
    for (const auto &[id, pending] : m_pending) {
        if (pending.acknowledged) {
            taken.append(id);
        }
    }
    for (const QString &id : std::as_const(taken)) {
        settle(id, { .remoteId = id, .serverId = {}, .sentAt = {} });
    }
    if (final) {
        m_queues.clear();
        const auto unanswered = std::exchange(m_pending, {});
        for (const auto &[id, pending] : unanswered) {
            Error error = offline();
            error.kind = Error::Kind::Cancelled;
            error.code = u"cancelled"_s;
            for (const auto &answer : pending.answers) {
                answer.fail(error);
            }
        }
    }
}

Async<SentMessage> XmppMessages::send(const OutgoingMessage &message)
{
    const auto waiting = m_pending.find(message.localId);
    if (waiting != m_pending.end()) {
        // QXmpp sends it again when the stream resumes.
        return waiting->second.answers.emplaceBack().future();
    }
    if (!m_context.online) {
        return readyError<SentMessage>(offline());
    }
    Pending pending { .message = message, .answers = {} };
    const auto future = pending.answers.emplaceBack().future();
    m_pending.emplace(message.localId, std::move(pending));
    QStringList &queue = m_queues[message.to];
    queue.append(message.localId);
    if (queue.size() == 1) {
        startNext(message.to);
    }
    return future;
}

void XmppMessages::startNext(const QString &to)
{
    while (!m_queues.value(to).isEmpty()) {
        const QString id = m_queues.value(to).first();
        const auto pending = m_pending.find(id);
        if (pending != m_pending.end()) {
            if (pending->second.message.repeated && m_archive->isAvailable()) {
                m_archive->findOwn(pending->second.message)
                    .then(this, [this, to, id](const Result<QString> &found) {
                        if (!found) {
                            refuse(id, found.error());
                        } else if (!found->isEmpty()) {
                            settle(id, { .remoteId = id, .serverId = *found, .sentAt = {} });
                        } else {
                            transmit(id);
                        }
                        m_queues[to].removeOne(id);
                        startNext(to);
                    });
                return;
            }
            transmit(id);
        }
        m_queues[to].removeOne(id);
    }
    m_queues.remove(to);
}

void XmppMessages::transmit(const QString &localId)
{
    const auto pending = m_pending.find(localId);
    if (pending == m_pending.end()) {
        return;
    }
    if (!m_context.online || !m_context.client) {
        refuse(localId, offline());
        return;
    }
    const OutgoingMessage &message = pending->second.message;
    if (message.conversation == ConversationKind::Person) {
        m_talkedTo.insert(message.to);
    }
    if (m_typingTo == message.to) {
        m_typingTo.clear(); // the message itself says that typing is over
    }
    m_context.client->send(fromOutgoing(message))
        .then(this, [this, localId](QXmpp::SendResult &&result) {
            if (const auto *error = std::get_if<QXmppError>(&result)) {
                refuse(localId, taskError(*error));
                return;
            }
            if (std::get<QXmpp::SendSuccess>(result).acknowledged) {
                acknowledge(localId);
                return;
            }
            // Without stream management: the server answers in order (RFC 6120 §10.1), so what
            // comes after a message proves that it was taken.
            if (!m_context.client) {
                refuse(localId, offline());
                return;
            }
            QXmppPingIq ping;
            ping.setTo(QXmppUtils::jidToDomain(m_context.ownJid));
            m_context.client->sendIq(std::move(ping))
                .then(this, [this, localId](QXmppClient::IqResult &&answer) {
                    const auto *error = std::get_if<QXmppError>(&answer);
                    if (error && !error->isStanzaError()) {
                        refuse(localId, taskError(*error));
                    } else {
                        acknowledge(localId);
                    }
                });
        });
}

void XmppMessages::acknowledge(const QString &localId)
{
    const auto pending = m_pending.find(localId);
    if (pending == m_pending.end()) {
        return;
    }
    if (pending->second.message.conversation == ConversationKind::Person) {
        settle(localId, { .remoteId = localId, .serverId = {}, .sentAt = {} });
        return;
    }
    // A room shows what it took by sending it back; only a room that does not is believed blindly.
    pending->second.acknowledged = true;
    pending->second.echoLimit = m_context.services.timer(kEchoLimit, [this, localId] {
        QMetaObject::invokeMethod(
            this,
            [this, localId] {
                settle(localId, { .remoteId = localId, .serverId = {}, .sentAt = {} });
            },
            Qt::QueuedConnection);
    });
}

void XmppMessages::settle(const QString &localId, const SentMessage &sent)
{
    const auto pending = m_pending.find(localId);
    if (pending != m_pending.end()) {
        const auto answers = pending->second.answers;
        m_pending.erase(pending);
        for (const auto &answer : answers) {
            answer.give(sent);
        }
    }
}

void XmppMessages::refuse(const QString &localId, const Error &why)
{
    const auto pending = m_pending.find(localId);
    if (pending != m_pending.end()) {
        const auto answers = pending->second.answers;
        m_pending.erase(pending);
        for (const auto &answer : answers) {
            answer.fail(why);
        }
    }
}

void XmppMessages::handleMessage(const QXmppMessage &message)
{
    if (message.type() == QXmppMessage::Error) {
        handleError(message);
        return;
    }
    const QString from = bareJid(message.from());
    MessageContext context { .ownJid = m_context.ownJid,
        .roomNick = {},
        .isRoom = message.type() == QXmppMessage::GroupChat,
        .now = m_context.services.now(),
        .archiveId = {},
        .archivedAt = {} };
    if (context.isRoom) {
        if (message.isCarbonForwarded() || !m_rooms->isJoined(from)) {
            return;
        }
        context.roomNick = m_rooms->nick(from);
        m_rooms->handleMessage(message);
    }
    handleTyping(message, context);

    std::function<void()> stored;
    QString archiveId;
    const QString archive = context.isRoom ? from : m_context.ownJid;
    const auto ids = message.stanzaIds();
    for (const QXmppStanzaId &id : ids) {
        if (bareJid(id.by) == archive) {
            archiveId = id.id;
        }
    }
    stored = m_archive->trackLive(context.isRoom ? from : QString(), archiveId, context.now);

    const bool wantsReceipt = message.isReceiptRequested() && !message.id().isEmpty()
        && !context.isRoom && !isOurs(message, context) && !message.isCarbonForwarded()
        && !m_context.isRoom(from)
        // XEP-0184 §8: a receipt tells a stranger that we are there
        && (m_roster->contains(from) || m_talkedTo.contains(from));
    if (wantsReceipt) {
        stored = [guard = QPointer<XmppMessages>(this), before = stored, to = message.from(),
                     id = message.id()] {
            if (before) {
                before();
            }
            if (guard) {
                guard->sendReceipt(to, id);
            }
        };
    }
    deliver(message, context, stored);
}

void XmppMessages::deliver(
    const QXmppMessage &message, const MessageContext &context, const std::function<void()> &stored)
{
    if (context.isRoom && isOurs(message, context)) {
        const QString id = message.originId().isEmpty() ? message.id() : message.originId();
        if (m_pending.contains(id)) {
            QString serverId = context.archiveId;
            const auto ids = message.stanzaIds();
            for (const QXmppStanzaId &each : ids) {
                if (bareJid(each.by) == bareJid(message.from())) {
                    serverId = each.id;
                }
            }
            settle(id,
                { .remoteId = message.id(),
                    .serverId = serverId,
                    .sentAt = message.stamp().toUTC() });
        }
    }
    if (!context.isRoom && handleInvitation(message, context)) {
        if (stored) {
            stored(); // its body only repeats it, in English
        }
        return;
    }
    if (auto inbound = toInbound(message, context)) {
        if (!context.isRoom && m_context.isRoom(inbound->with)) {
            // A private message of somebody in a room: the nick is part of the address.
            const bool ours = inbound->direction == Direction::Out;
            inbound->with = ours ? message.to() : message.from();
            inbound->fromName = ours ? QString() : QXmppUtils::jidToResource(message.from());
            inbound->from = ours ? inbound->from : message.from();
        }
        if (inbound->direction == Direction::In && message.isMarkable()) {
            rememberMarkable(inbound->remoteId);
        }
        m_context.emitEvent(MessageReceived { *inbound, stored });
        return;
    }
    if (const auto update = toUpdate(message, context)) {
        m_context.emitEvent(MessageUpdated { *update });
    }
    if (message.marker() == QXmppMessage::Displayed && !message.markedId().isEmpty()) {
        const bool ours = isOurs(message, context);
        m_context.emitEvent(ReadMarked { .with = conversationOf(message, context),
            .conversation = context.isRoom ? ConversationKind::Room : ConversationKind::Person,
            .remoteId = message.markedId(),
            .by = ours           ? QString()
                : context.isRoom ? QXmppUtils::jidToResource(message.from())
                                 : bareJid(message.from()) });
    }
    if (stored) {
        stored(); // there is nothing to store
    }
}

void XmppMessages::handleError(const QXmppMessage &message)
{
    const Error why = stanzaError(message.error());
    const QString id = message.id();
    if (m_pending.contains(id)) {
        refuse(id, why);
        return;
    }
    if (id.isEmpty()) {
        return;
    }
    MessageUpdate update;
    update.with = bareJid(message.from());
    update.conversation
        = m_context.isRoom(update.with) ? ConversationKind::Room : ConversationKind::Person;
    update.remoteId = id;
    update.originId = id;
    update.delivery = DeliveryState::Failed;
    update.failure = why;
    m_context.emitEvent(MessageUpdated { update });
}

void XmppMessages::handleTyping(const QXmppMessage &message, const MessageContext &context)
{
    if (isOurs(message, context) || message.stamp().isValid()) {
        return;
    }
    const bool composing = message.state() == QXmppMessage::Composing;
    const bool ended = message.state() != QXmppMessage::None || !message.body().isEmpty();
    const QString who = message.from();
    if (composing ? m_composing.contains(who) : !ended || !m_composing.remove(who)) {
        return;
    }
    if (composing) {
        m_composing.insert(who);
    }
    m_context.emitEvent(TypingChanged { .with = conversationOf(message, context),
        .conversation = context.isRoom ? ConversationKind::Room : ConversationKind::Person,
        .from = context.isRoom ? QXmppUtils::jidToResource(who) : bareJid(who),
        .composing = composing });
}

bool XmppMessages::handleInvitation(
    const QXmppMessage &message, const MessageContext &context) const
{
    RoomInvitation invitation;
    const QXmppElementList extensions = message.extensions();
    for (const QXmppElement &x : extensions) { // XEP-0045 §7.8.2: through the room
        const QXmppElement invite = x.firstChildElement(u"invite"_s);
        if (x.attribute(u"xmlns"_s) == "http://jabber.org/protocol/muc#user"_L1
            && !invite.isNull()) {
            const QString who = invite.attribute(u"from"_s);
            invitation.room.value = bareJid(message.from());
            // A semi-anonymous room names its occupant only.
            invitation.from = bareJid(who) == invitation.room.value ? QXmppUtils::jidToResource(who)
                                                                    : bareJid(who);
            invitation.text = invite.firstChildElement(u"reason"_s).value();
            invitation.password = x.firstChildElement(u"password"_s).value();
        }
    }
    if (invitation.room.isNull() && !message.mucInvitationJid().isEmpty()) { // XEP-0249
        invitation.room.value = bareJid(message.mucInvitationJid());
        invitation.from = bareJid(message.from());
        invitation.text = message.mucInvitationReason();
        invitation.password = message.mucInvitationPassword();
    }
    if (invitation.room.isNull()) {
        return false;
    }
    // An old invitation in the archive is no message either, but nobody waits for an answer.
    if (!context.archivedAt.isValid()
        || context.archivedAt.daysTo(context.now) <= kInvitationDays) {
        m_context.emitEvent(InvitationReceived { invitation });
    }
    return true;
}

void XmppMessages::sendReceipt(const QString &to, const QString &id) const
{
    if (!m_context.online || !m_context.client) {
        return;
    }
    QXmppMessage receipt({}, to);
    receipt.setType(QXmppMessage::Chat);
    receipt.setReceiptId(id);
    receipt.addHint(QXmppMessage::Store);
    m_context.client->send(std::move(receipt));
}

void XmppMessages::setTyping(const QString &to, ConversationKind conversation, bool composing)
{
    if (!m_context.online || !m_context.client || (m_typingTo == to) == composing) {
        return;
    }
    m_typingTo = composing ? to : QString();
    QXmppMessage message({}, to);
    message.setType(
        conversation == ConversationKind::Room ? QXmppMessage::GroupChat : QXmppMessage::Chat);
    message.setState(composing ? QXmppMessage::Composing : QXmppMessage::Paused);
    message.addHint(QXmppMessage::NoStore);
    m_context.client->send(std::move(message));
}

void XmppMessages::rememberMarkable(const QString &id)
{
    m_markable.append(id);
    if (m_markable.size() > kMostMarkable) {
        m_markable.removeFirst();
    }
}

void XmppMessages::markRead(
    const QString &with, ConversationKind conversation, const QString &remoteId)
{
    if (!m_context.online || conversation != ConversationKind::Person
        || !m_markable.contains(remoteId)
        || (!m_roster->contains(with) && !m_talkedTo.contains(with))) {
        return;
    }
    m_markable.removeAll(remoteId);
    QXmppMessage message({}, with);
    message.setType(QXmppMessage::Chat);
    message.setMarker(QXmppMessage::Displayed);
    message.setMarkerId(remoteId);
    message.addHint(QXmppMessage::Store);
    m_context.client->send(std::move(message));
}

} // namespace linchpin::xmpp
