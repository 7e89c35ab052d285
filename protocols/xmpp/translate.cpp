// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/translate.h"

#include "protocols/xmpp/errors.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QXmppElement.h>
#include <QXmppMessageReaction.h>
#include <QXmppOutOfBandUrl.h>
#include <QXmppUtils.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

constexpr int kLongestPart = 1023; // RFC 7622 §3.2 and §3.3, octets
const QString kReplyNamespace = u"urn:xmpp:reply:0"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::xmpp", text);
}

Encryption toEncryption(QXmpp::EncryptionMethod method)
{
    switch (method) {
    case QXmpp::EncryptionMethod::NoEncryption:
        return Encryption::None;
    case QXmpp::EncryptionMethod::Otr:
        return Encryption::Otr;
    case QXmpp::EncryptionMethod::LegacyOpenPgp:
    case QXmpp::EncryptionMethod::Ox:
        return Encryption::OpenPgp;
    default:
        return Encryption::Omemo;
    }
}

/// XEP-0424 in both its spellings (version 1, and version 0 inside a XEP-0422 fastening).
QString retractedId(const QXmppMessage &message)
{
    const QXmppElementList extensions = message.extensions();
    for (const QXmppElement &element : extensions) {
        const QString ns = element.attribute(u"xmlns"_s);
        if (element.tagName() == u"retract" && ns == u"urn:xmpp:message-retract:1") {
            return element.attribute(u"id"_s);
        }
        if (element.tagName() == u"apply-to" && ns == u"urn:xmpp:fasten:0"
            && !element.firstChildElement(u"retract"_s).isNull()) {
            return element.attribute(u"id"_s);
        }
    }
    return {};
}

bool mentions(const QString &text, const QString &nick)
{
    if (nick.isEmpty()) {
        return false;
    }
    const QRegularExpression word(
        u"(?<![\\w])"_s + QRegularExpression::escape(nick) + u"(?![\\w])"_s,
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
    return word.match(text).hasMatch();
}

RichText bodyOf(const QXmppMessage &message)
{
    if (message.reply()) {
        return RichText::fromPlain(
            message.readFallbackRemovedText(QXmppFallback::Body, { kReplyNamespace }));
    }
    if (!message.xhtml().isEmpty()) {
        RichText rich = RichText::fromHtml(message.xhtml());
        if (!rich.isEmpty()) {
            return rich;
        }
    }
    if (!message.body().isEmpty()) {
        return RichText::fromPlain(message.body());
    }
    if (!message.outOfBandUrl().isEmpty()) {
        return RichText::fromPlain(message.outOfBandUrl());
    }
    if (!message.encryptionMethodNs().isEmpty()) {
        return RichText::fromPlain(
            tr("This message is encrypted in a way that cannot be read here."));
    }
    return {};
}

} // namespace

QString bareJid(const QString &jid)
{
    return QXmppUtils::jidToBareJid(jid).toLower();
}

Result<QString> normalizedJid(const QString &typed, bool needsLocalPart)
{
    QString text = typed.trimmed();
    if (text.startsWith("xmpp:"_L1, Qt::CaseInsensitive)) {
        text = text.mid(5).section(u'?', 0, 0);
    }
    text = text.section(u'/', 0, 0).normalized(QString::NormalizationForm_KC).toLower();
    const qsizetype at = text.indexOf(u'@');
    const QString local = at < 0 ? QString() : text.left(at);
    QString domain = at < 0 ? text : text.mid(at + 1);
    while (domain.endsWith(u'.')) {
        domain.chop(1);
    }
    static const QRegularExpression kBadLocal(uR"([\s"&'/:<>@\x00-\x1f\x7f])"_s);
    static const QRegularExpression kDomain(
        uR"(^(?:\[[0-9a-f:.]+\]|[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_.-]*[\p{L}\p{N}\p{M}])?)$)"_s,
        QRegularExpression::UseUnicodePropertiesOption);
    if ((needsLocalPart && at < 0) || at == 0 || local.contains(kBadLocal)
        || !kDomain.match(domain).hasMatch() || domain.contains(".."_L1)
        || local.toUtf8().size() > kLongestPart || domain.toUtf8().size() > kLongestPart) {
        return std::unexpected(invalidAddress(typed));
    }
    return at < 0 ? domain : local + u'@' + domain;
}

Presence toPresence(const QXmppPresence &presence)
{
    Presence out;
    out.text = presence.statusText();
    out.device = QXmppUtils::jidToResource(presence.from());
    if (presence.type() == QXmppPresence::Error) {
        out.availability = Availability::Unknown;
        out.text.clear();
        return out;
    }
    if (presence.type() != QXmppPresence::Available) {
        out.availability = Availability::Offline;
        return out;
    }
    switch (presence.availableStatusType()) {
    case QXmppPresence::Online:
        out.availability = Availability::Available;
        break;
    case QXmppPresence::Chat:
        out.availability = Availability::Available;
        out.activity = tr("Free for chat");
        break;
    case QXmppPresence::Away:
        out.availability = Availability::Away;
        break;
    case QXmppPresence::XA:
        out.availability = Availability::Away;
        out.activity = tr("Away for long");
        break;
    case QXmppPresence::DND:
        out.availability = Availability::DoNotDisturb;
        break;
    case QXmppPresence::Invisible:
        out.availability = Availability::Offline;
        break;
    }
    if (presence.lastUserInteraction().isValid()) {
        out.idleSince = presence.lastUserInteraction().toUTC();
    }
    return out;
}

QXmppPresence fromPresence(const Presence &presence, int priority)
{
    QXmppPresence out;
    out.setStatusText(presence.text);
    out.setPriority(std::clamp(priority, -128, 127));
    switch (presence.availability) {
    case Availability::Available:
    case Availability::Unknown:
        out.setAvailableStatusType(QXmppPresence::Online);
        break;
    case Availability::Away:
        out.setAvailableStatusType(QXmppPresence::Away);
        break;
    case Availability::Busy:
    case Availability::DoNotDisturb:
        out.setAvailableStatusType(QXmppPresence::DND);
        break;
    case Availability::Invisible:
    case Availability::Offline:
        out.setType(QXmppPresence::Unavailable);
        break;
    }
    if (presence.idleSince.isValid()) {
        out.setLastUserInteraction(presence.idleSince);
    }
    return out;
}

Subscription toSubscription(const QXmppRosterIq::Item &item)
{
    const bool asked = item.subscriptionStatus() == u"subscribe";
    switch (item.subscriptionType()) {
    case QXmppRosterIq::Item::Both:
        return Subscription::Both;
    case QXmppRosterIq::Item::To:
        return Subscription::To;
    case QXmppRosterIq::Item::From:
        return asked ? Subscription::Pending : Subscription::From;
    default:
        return asked ? Subscription::Pending : Subscription::None;
    }
}

ContactSnapshot toContact(const QXmppRosterIq::Item &item, bool blocked)
{
    ContactSnapshot contact;
    contact.address.value = bareJid(item.bareJid());
    contact.name = item.name();
    contact.groups = item.groups().values();
    contact.groups.removeAll(QString());
    contact.groups.sort(Qt::CaseInsensitive);
    contact.subscription = toSubscription(item);
    contact.blocked = blocked;
    return contact;
}

RoomRank toRank(const QXmppMucItem &item)
{
    switch (item.affiliation()) {
    case QXmppMucItem::OwnerAffiliation:
        return RoomRank::Owner;
    case QXmppMucItem::AdminAffiliation:
        return RoomRank::Admin;
    default:
        break;
    }
    switch (item.role()) {
    case QXmppMucItem::ModeratorRole:
        return RoomRank::Operator;
    case QXmppMucItem::ParticipantRole:
        return RoomRank::Voice;
    default:
        return RoomRank::None;
    }
}

RoomMember toMember(const QXmppPresence &presence)
{
    RoomMember member;
    member.nick = QXmppUtils::jidToResource(presence.from());
    member.address = bareJid(presence.mucItem().jid());
    member.rank = toRank(presence.mucItem());
    member.presence = toPresence(presence);
    member.presence.device.clear();
    member.self = presence.mucStatusCodes().contains(110);
    return member;
}

bool isOurs(const QXmppMessage &message, const MessageContext &context)
{
    if (context.isRoom) {
        return !context.roomNick.isEmpty()
            && QXmppUtils::jidToResource(message.from()) == context.roomNick;
    }
    return bareJid(message.from()) == context.ownJid;
}

QString conversationOf(const QXmppMessage &message, const MessageContext &context)
{
    if (context.isRoom) {
        return bareJid(message.from());
    }
    return bareJid(
        isOurs(message, context) && !message.to().isEmpty() ? message.to() : message.from());
}

std::optional<InboundMessage> toInbound(const QXmppMessage &message, const MessageContext &context)
{
    if (message.type() == QXmppMessage::Error || message.reaction()
        || !message.receiptId().isEmpty() || !retractedId(message).isEmpty()) {
        return std::nullopt;
    }
    RichText body = bodyOf(message);
    if (body.isEmpty()) {
        return std::nullopt;
    }
    InboundMessage out;
    out.with = conversationOf(message, context);
    out.conversation = context.isRoom ? ConversationKind::Room : ConversationKind::Person;
    out.direction = isOurs(message, context) ? Direction::Out : Direction::In;
    if (context.isRoom) {
        out.from = QXmppUtils::jidToResource(message.from());
        out.kind = MessageKind::Room;
        if (out.from.isEmpty()) { // the room itself speaks
            out.from = out.with;
            out.kind = MessageKind::Notice;
        }
        out.mentionsMe = out.direction == Direction::In && mentions(body.plain(), context.roomNick);
    } else {
        out.from = bareJid(message.from());
        if (message.type() == QXmppMessage::Headline) {
            out.kind = MessageKind::Notice;
        }
    }
    if (QXmppMessage::isSlashMeCommand(body.plain())) { // XEP-0245
        out.kind = MessageKind::Action;
        body = RichText::fromPlain(QXmppMessage::slashMeCommandText(body.plain()));
    }
    out.body = body;
    out.remoteId = message.id();
    out.originId = message.originId();
    if (out.remoteId.isEmpty()) {
        out.remoteId = out.originId;
    }
    if (out.originId.isEmpty() && out.direction == Direction::Out) {
        out.originId = out.remoteId; // some servers' rooms drop what they do not know
    }
    const QString archive = context.isRoom ? out.with : context.ownJid;
    const auto ids = message.stanzaIds();
    for (const QXmppStanzaId &id : ids) {
        if (bareJid(id.by) == archive) { // XEP-0359 §5: only the archive's own word counts
            out.serverId = id.id;
        }
    }
    if (!context.archiveId.isEmpty()) {
        out.serverId = context.archiveId;
        out.fromArchive = true;
        out.delayed = true;
    }
    const QDateTime stamp
        = context.archivedAt.isValid() ? context.archivedAt : message.stamp().toUTC();
    out.delayed = out.delayed || message.stamp().isValid();
    out.sentAt = stamp.isValid() ? stamp : context.now;
    if (!message.replaceId().isEmpty()) {
        out.replaces = { .remoteId = message.replaceId(), .author = out.from, .excerpt = {} };
    }
    if (const auto reply = message.reply()) {
        out.replyTo = { .remoteId = reply->id,
            .author = context.isRoom ? QXmppUtils::jidToResource(reply->to) : bareJid(reply->to),
            .excerpt = message.readReplyQuoteFromBody() };
    }
    out.thread = message.thread();
    out.encryption = toEncryption(message.encryptionMethod());
    return out;
}

std::optional<MessageUpdate> toUpdate(const QXmppMessage &message, const MessageContext &context)
{
    if (message.type() == QXmppMessage::Error) {
        return std::nullopt;
    }
    MessageUpdate update;
    update.with = conversationOf(message, context);
    update.conversation = context.isRoom ? ConversationKind::Room : ConversationKind::Person;
    const QString author
        = context.isRoom ? QXmppUtils::jidToResource(message.from()) : bareJid(message.from());
    if (const auto reaction = message.reaction()) {
        update.remoteId = reaction->messageId();
        update.by = author;
        const auto emojis = reaction->emojis();
        update.reactions = QStringList(emojis.cbegin(), emojis.cend());
        return update;
    }
    if (const QString id = retractedId(message); !id.isEmpty()) {
        update.remoteId = id;
        update.by = author;
        update.retracted = true;
        return update;
    }
    if (isOurs(message, context) || context.isRoom) {
        return std::nullopt;
    }
    if (!message.receiptId().isEmpty()) {
        update.delivery = DeliveryState::Delivered;
        update.remoteId = message.receiptId();
    } else if (message.marker() == QXmppMessage::Received) {
        update.delivery = DeliveryState::Delivered;
        update.remoteId = message.markedId();
    } else if (message.marker() != QXmppMessage::NoMarker) {
        update.delivery = DeliveryState::Read;
        update.remoteId = message.markedId();
    }
    if (!update.delivery || update.remoteId.isEmpty()) {
        return std::nullopt;
    }
    update.originId = update.remoteId; // we use one id for both
    return update;
}

QXmppMessage fromOutgoing(const OutgoingMessage &message)
{
    const bool room = message.conversation == ConversationKind::Room;
    QXmppMessage out;
    out.setTo(message.to);
    out.setType(room                              ? QXmppMessage::GroupChat
            : message.kind == MessageKind::Notice ? QXmppMessage::Headline
                                                  : QXmppMessage::Chat);
    out.setId(message.localId);
    out.setOriginId(message.localId);
    out.setBody(message.kind == MessageKind::Action ? u"/me "_s + message.body.plain()
                                                    : message.body.plain());
    if (!message.body.isPlain() && message.kind != MessageKind::Action) {
        out.setXhtml(message.body.toHtml());
    }
    out.setMarkable(true);
    if (!room) {
        out.setReceiptRequested(true);
        out.setState(QXmppMessage::Active);
    }
    if (!message.replaces.remoteId.isEmpty()) {
        out.setReplaceId(message.replaces.remoteId);
    }
    if (!message.replyTo.remoteId.isEmpty()) {
        const QString author = message.replyTo.author;
        out.setReply(
            QXmpp::Reply { .to = room && !author.isEmpty() ? message.to + u'/' + author : author,
                .id = message.replyTo.remoteId });
    }
    return out;
}

} // namespace linchpin::xmpp
