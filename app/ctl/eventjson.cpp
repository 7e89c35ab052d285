// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/ctl/eventjson.h"

#include <QJsonArray>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString subscriptionWord(Subscription subscription)
{
    switch (subscription) {
    case Subscription::None:
        return u"none"_s;
    case Subscription::Pending:
        return u"pending"_s;
    case Subscription::To:
        return u"to"_s;
    case Subscription::From:
        return u"from"_s;
    case Subscription::Both:
        return u"both"_s;
    }
    return {};
}

QString rankWord(RoomRank rank)
{
    switch (rank) {
    case RoomRank::None:
        return u"none"_s;
    case RoomRank::Voice:
        return u"voice"_s;
    case RoomRank::HalfOperator:
        return u"half-operator"_s;
    case RoomRank::Operator:
        return u"operator"_s;
    case RoomRank::Admin:
        return u"admin"_s;
    case RoomRank::Owner:
        return u"owner"_s;
    }
    return {};
}

QJsonObject roomJson(const QString &account, const RoomChange &change)
{
    QJsonObject json { { u"event"_s, u"room"_s }, { u"account"_s, account },
        { u"room"_s, change.room.value } };
    if (change.topic) {
        json.insert(u"topic"_s, change.topic->text);
    }
    if (change.members) {
        QJsonArray members;
        QJsonArray waiting;
        QJsonObject ranks;
        QJsonObject muted;
        for (const RoomMember &member : *change.members) {
            if (member.waiting) {
                waiting.append(member.nick);
                continue;
            }
            members.append(member.nick);
            if (member.muted) {
                muted.insert(member.nick, *member.muted);
            }
            if (member.rank != RoomRank::None) {
                ranks.insert(member.nick, rankWord(member.rank));
            }
        }
        json.insert(u"members"_s, members);
        json.insert(u"ranks"_s, ranks);
        if (!waiting.isEmpty()) {
            json.insert(u"waiting"_s, waiting);
        }
        if (!muted.isEmpty()) {
            json.insert(u"muted"_s, muted);
        }
    }
    QJsonArray joined;
    QJsonArray left;
    QJsonArray renamed;
    for (const RoomMovement &movement : change.movements) {
        switch (movement.kind) {
        case RoomMovement::Kind::Joined:
            joined.append(movement.nick);
            break;
        case RoomMovement::Kind::Renamed:
            renamed.append(
                QJsonObject { { u"from"_s, movement.nick }, { u"to"_s, movement.newNick } });
            break;
        case RoomMovement::Kind::Left:
        case RoomMovement::Kind::Quit:
        case RoomMovement::Kind::Kicked:
        case RoomMovement::Kind::Banned:
            left.append(movement.nick);
            break;
        }
    }
    if (!joined.isEmpty()) {
        json.insert(u"joined"_s, joined);
    }
    if (!left.isEmpty()) {
        json.insert(u"left"_s, left);
    }
    if (!renamed.isEmpty()) {
        json.insert(u"renamed"_s, renamed);
    }
    if (change.joined) {
        json.insert(u"in"_s, *change.joined);
    }
    if (change.why) {
        json.insert(u"reason"_s, change.why->toJson());
    }
    if (change.modes) {
        json.insert(u"modes"_s, *change.modes);
    }
    if (change.locked) {
        json.insert(u"locked"_s, *change.locked);
    }
    if (change.link) {
        json.insert(u"link"_s, *change.link);
    }
    return json;
}

} // namespace

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-ddTHH:mm:ss.zzz'Z'"_s);
}

QJsonObject stateJson(const Account &account, const QDateTime &now)
{
    QJsonObject json { { u"event"_s, u"state"_s }, { u"account"_s, account.name() },
        { u"state"_s, toWord(account.state()) } };
    if (account.state() == Account::State::Waiting) {
        json.insert(u"retry_in"_s,
            static_cast<double>(std::max<qint64>(0, now.msecsTo(account.retryAt()))) / 1000.0);
    }
    if (const std::optional<Error> &reason = account.reason()) {
        json.insert(u"reason"_s, reason->toJson());
    }
    return json;
}

QJsonObject contactJson(const QString &account, const ContactSnapshot &contact)
{
    return { { u"event"_s, u"contact"_s }, { u"account"_s, account },
        { u"address"_s, contact.address.value }, { u"name"_s, contact.name },
        { u"groups"_s, QJsonArray::fromStringList(contact.groups) },
        { u"subscription"_s, subscriptionWord(contact.subscription) },
        { u"blocked"_s, contact.blocked } };
}

QJsonObject presenceJson(
    const QString &account, const ContactAddress &address, const Presence &presence)
{
    QJsonObject json { { u"event"_s, u"presence"_s }, { u"account"_s, account },
        { u"address"_s, address.value }, { u"availability"_s, toWord(presence.availability) } };
    if (!presence.text.isEmpty()) {
        json.insert(u"text"_s, presence.text);
    }
    if (!presence.activity.isEmpty()) {
        json.insert(u"activity"_s, presence.activity);
    }
    if (presence.idleSince.isValid()) {
        json.insert(u"idle_since"_s, timeText(presence.idleSince));
    }
    if (!presence.device.isEmpty()) {
        json.insert(u"device"_s, presence.device);
    }
    return json;
}

QString messageId(const StoredMessage &message)
{
    if (message.direction == Direction::Out && !message.originId.isEmpty()) {
        return message.originId;
    }
    if (!message.remoteId.isEmpty()) {
        return message.remoteId;
    }
    return message.serverId.isEmpty() ? QString::number(message.id.value) : message.serverId;
}

QJsonObject messageJson(const QString &account, const StoredMessage &message)
{
    QJsonObject json { { u"event"_s, u"message"_s }, { u"account"_s, account },
        { u"conversation"_s, message.conversation.with }, { u"from"_s, message.from },
        { u"text"_s, message.body.plain() }, { u"id"_s, messageId(message) },
        { u"direction"_s, message.direction == Direction::In ? u"in"_s : u"out"_s },
        { u"kind"_s, toWord(message.kind) }, { u"sent_at"_s, timeText(message.sentAt) },
        { u"delayed"_s, message.delayed } };
    if (!message.body.isPlain()) {
        json.insert(u"html"_s, message.body.toHtml());
    }
    if (!message.fromName.isEmpty()) {
        json.insert(u"from_name"_s, message.fromName);
    }
    if (message.edited) {
        json.insert(u"edited"_s, true);
    }
    return json;
}

std::optional<QJsonObject> deliveryJson(const QString &account, const StoredMessage &message)
{
    QString state;
    switch (message.delivery) {
    case DeliveryState::Sent:
    case DeliveryState::Delivered:
    case DeliveryState::Read:
    case DeliveryState::Failed:
        state = toWord(message.delivery);
        break;
    case DeliveryState::Unconfirmed:
        state = u"failed"_s;
        break;
    case DeliveryState::Queued:
        if (!message.failure) {
            return std::nullopt;
        }
        state = u"failed"_s; // so far: it is kept until its recipient is back
        break;
    case DeliveryState::None:
    case DeliveryState::Submitted:
        return std::nullopt;
    }
    QJsonObject json { { u"event"_s, u"delivery"_s }, { u"account"_s, account },
        { u"conversation"_s, message.conversation.with }, { u"id"_s, messageId(message) },
        { u"state"_s, state } };
    if (message.failure) {
        json.insert(u"reason"_s, message.failure->toJson());
    }
    if (message.delivery == DeliveryState::Queued) {
        json.insert(u"waiting"_s, true);
    }
    return json;
}

QJsonObject errorJson(const QString &account, const Error &error)
{
    QJsonObject json = error.toJson();
    json.insert(u"event"_s, u"error"_s);
    if (!account.isEmpty()) {
        json.insert(u"account"_s, account);
    }
    return json;
}

std::optional<QJsonObject> eventJson(const QString &account, const SessionEvent &event)
{
    using Json = std::optional<QJsonObject>;
    return std::visit(
        Overloaded {
            [&](const ContactChanged &e) -> Json { return contactJson(account, e.contact); },
            [&](const ContactRemoved &e) -> Json {
                return QJsonObject { { u"event"_s, u"contact"_s }, { u"account"_s, account },
                    { u"address"_s, e.address.value }, { u"removed"_s, true } };
            },
            [&](const PresenceChanged &e) -> Json {
                return presenceJson(account, e.address, e.presence);
            },
            [&](const TypingChanged &e) -> Json {
                return QJsonObject { { u"event"_s, u"typing"_s }, { u"account"_s, account },
                    { u"conversation"_s, e.with }, { u"from"_s, e.from },
                    { u"state"_s, e.composing ? u"composing"_s : u"paused"_s } };
            },
            [&](const RoomChanged &e) -> Json { return roomJson(account, e.change); },
            [&](const SubscriptionAsked &e) -> Json {
                return QJsonObject { { u"event"_s, u"request"_s }, { u"account"_s, account },
                    { u"address"_s, e.address.value }, { u"name"_s, e.name },
                    { u"text"_s, e.text } };
            },
            [&](const InvitationReceived &e) -> Json {
                return QJsonObject { { u"event"_s, u"request"_s }, { u"account"_s, account },
                    { u"room"_s, e.invitation.room.value }, { u"from"_s, e.invitation.from },
                    { u"text"_s, e.invitation.text } };
            },
            [&](const ServerNotice &e) -> Json {
                QJsonObject json { { u"event"_s, u"notice"_s }, { u"account"_s, account },
                    { u"text"_s, e.text } };
                if (!e.code.isEmpty()) {
                    json.insert(u"code"_s, e.code);
                }
                if (!e.detail.isEmpty()) {
                    json.insert(u"detail"_s, e.detail);
                }
                return json;
            },
            [](const auto &) -> Json { return std::nullopt; },
        },
        event);
}

} // namespace linchpin::ctl
