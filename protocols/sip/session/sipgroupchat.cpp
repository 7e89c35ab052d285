// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipgroupchat.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/groupchat/groupchaterror.h"
#include "protocols/sip/im/imsessionmachine.h"
#include "protocols/sip/im/sdp.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/immessages.h"
#include "protocols/sip/wire/sipheader.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipGroupChat)
};

constexpr auto rememberedKey = u"group-chat"; ///< rooms we are in, and parts of our messages
constexpr qsizetype mostRooms = 64;
constexpr qsizetype mostListed = 3000;
constexpr auto steadyAfter = 60s; ///< a dialog that old was no mistake
constexpr auto shortestRefresh = 10s;
constexpr auto provisioningLimit = 10s; ///< to wait for before guessing where the server is
constexpr int longestExpiry = 86400;

Error unavailable()
{
    return { .kind = Error::Kind::Unsupported,
        .code = u"group-chat-unavailable"_s,
        .title = Text::tr("This server has no chat rooms."),
        .remedy
        = Text::tr("If there are some elsewhere, name their server in the account's settings "
                   "(Group Chat proxy).") };
}

/// What a refused INVITE means.
Error notFound(const SipReply &reply, const QString &asked)
{
    const SipFailure failure = failureOf(reply);
    if (failure.status == kConnectionLost || failure.status == kNoAnswer) {
        return deliveryError(failure, Text::tr("the chat server"));
    }
    return { .kind = Error::Kind::NotFound,
        .code = u"group-chat-not-found"_s,
        .title = Text::tr("No server with chat rooms was found."),
        .detail = u"%1: %2 %3"_s.arg(asked, QString::number(failure.status), serverWords(failure)),
        .remedy
        = Text::tr("If your company has one, set its address in the account's settings (Group "
                   "Chat proxy).") };
}

Error notThere(const QString &title)
{
    return {
        .kind = Error::Kind::Unsupported, .code = u"group-chat-unsupported"_s, .title = title
    };
}

} // namespace

SipGroupChat::SipGroupChat(SipLink &link, QString setting, NameOf nameOf)
    : m_link(link)
    , m_setting(std::move(setting))
    , m_nameOf(std::move(nameOf))
{
}

SipGroupChat::~SipGroupChat() = default;

// ---------------------------------------------------------------- life

void SipGroupChat::start()
{
    if (std::exchange(m_started, true)) {
        return;
    }
    m_chat = {};
    m_chat.self = QString::fromUtf8(m_link.identity().address);
    m_chat.envelope = m_link.random()(4).toHex().toUInt(nullptr, 16) % 0x3fffffff + 1;
    const QJsonObject kept
        = QJsonDocument::fromJson(m_link.services().state(QString(rememberedKey))).object();
    const QJsonArray rooms = kept.value("rooms"_L1).toArray();
    for (const auto &value : rooms) {
        const auto room = normalizedChannel(value.toString());
        if (room && m_chat.rooms.size() < mostRooms) {
            m_chat.rooms.insert(*room, { .known = true });
        }
    }
    const QJsonArray parts = kept.value("parts"_L1).toArray();
    for (const auto &value : parts) {
        m_chat.ownPieces.append(value.toString().left(64));
    }
}

void SipGroupChat::provisioned(const QByteArray &body)
{
    m_provisioning = chatProvisioning(body);
    if (m_started && !std::exchange(m_entered, true) && !m_chat.rooms.isEmpty() && locate()) {
        feed(ChatRetry {});
    }
    joinThoseWaiting();
}

/// Who asked to join before it was known where the server is.
void SipGroupChat::joinThoseWaiting()
{
    m_provisioned = true;
    m_patience.reset();
    const auto early = std::exchange(m_early, {});
    for (const auto &[channel, answers] : early.asKeyValueRange()) {
        if (!locate()) {
            for (const Answer<void> &answer : answers) {
                answer.fail(unavailable());
            }
            continue;
        }
        m_joining[channel].append(answers);
        feed(ChatJoinRequested { channel });
    }
}

bool SipGroupChat::locate()
{
    if (m_chat.phase == GroupChatPhase::Idle) {
        m_chat.lookup = chatServerUri(m_setting, m_provisioning, m_chat.self);
    }
    return !m_chat.lookup.isEmpty();
}

void SipGroupChat::stop()
{
    if (!std::exchange(m_started, false)) {
        return;
    }
    m_entered = false;
    m_provisioned = false;
    m_patience.reset();
    ++m_invitation;
    m_dialog.reset();
    m_refresh.reset();
    m_retry.reset();
    m_steady.reset();
    m_waits.clear();
    m_inputs.clear();
    m_chat = {};
    m_nicks.clear();
    m_provisioning = {};
    const Error lost = deliveryError({ .status = kConnectionLost }, Text::tr("the chat server"));
    const auto joining = std::exchange(m_joining, {});
    const auto early = std::exchange(m_early, {});
    for (const QList<Answer<void>> &waiting : joining.values() + early.values()) {
        for (const Answer<void> &answer : waiting) {
            answer.fail(lost);
        }
    }
    for (const Answer<SentMessage> &answer : std::exchange(m_sending, {})) {
        answer.fail(lost);
    }
    for (const Answer<QList<RoomListing>> &answer : std::exchange(m_listing, {})) {
        answer.fail(lost);
    }
}

void SipGroupChat::close()
{
    if (m_started) {
        ++m_invitation; // an answer that still comes is ended at once
        feed(ChatClose {});
    }
}

void SipGroupChat::feed(const GroupChatInput &input)
{
    m_inputs.push_back(input);
    if (std::exchange(m_busy, true)) {
        return;
    }
    const auto alive = std::weak_ptr(m_alive);
    while (m_started && !m_inputs.empty()) {
        const GroupChatInput next = m_inputs.front();
        m_inputs.pop_front();
        const QList<GroupChatEffect> effects = stepGroupChat(m_chat, next);
        for (const GroupChatEffect &effect : effects) {
            std::visit([this](const auto &e) { perform(e); }, effect);
            if (!alive.lock()) {
                return;
            }
            if (!m_started) {
                break;
            }
        }
    }
    m_busy = false;
}

// ---------------------------------------------------------------- the dialog

void SipGroupChat::perform(const ChatInvite &effect)
{
    const LocalIdentity &identity = m_link.identity();
    Dialog dialog = Dialog::outgoing(effect.uri.toUtf8(), m_link.random());
    SipMessage request = dialog.request(identity, "INVITE"_ba, m_link.random());
    request.addHeader("Supported"_ba, "ms-sender"_ba);
    request.addHeader("Supported"_ba, "timer"_ba);
    request.addHeader("Ms-Conversation-ID"_ba,
        QByteArray::number(m_link.random()(4).toHex().toUInt(nullptr, 16)));
    request.addHeader("Contact"_ba, identity.contact());
    ImSdp offer;
    offer.address = identity.host;
    offer.port = identity.port;
    offer.acceptedTypes = { "text/plain"_ba };
    request.setBody("application/sdp"_ba, buildImSdp(offer));
    m_link.send(
        request,
        [this, invitation = ++m_invitation, dialog, uri = effect.uri,
            alive = std::weak_ptr(m_alive)](const SipReply &reply) mutable {
            if (!alive.lock()) {
                return;
            }
            const bool taken = reply && reply->status < 300;
            if (taken) {
                dialog.establish(*reply);
                m_link.sendOnly(dialog.ack(m_link.identity(), dialog.number(), m_link.random()));
            }
            if (invitation != m_invitation) {
                if (taken) {
                    bye(dialog);
                }
                return;
            }
            if (!taken) {
                feed(ChatInviteAnswered { notFound(reply, uri) });
                return;
            }
            m_dialog = dialog;
            established(*reply);
            feed(ChatInviteAnswered {});
        },
        kImAnswerTimeout);
}

/// RFC 4028: whoever is named refreshes, when half of the time is over; we where nobody is.
void SipGroupChat::established(const SipMessage &answer)
{
    m_steady = m_link.services().timer(steadyAfter, [this] { feed(ChatSteady {}); });
    m_refresh.reset();
    const QByteArray value = answer.header("Session-Expires");
    const int seconds = value.left(value.indexOf(';')).trimmed().toInt();
    if (seconds > 0 && !value.toLower().contains("refresher=uas")) {
        refresh(std::max<std::chrono::seconds>(
            shortestRefresh, std::chrono::seconds(std::min(seconds, longestExpiry)) / 2));
    }
}

void SipGroupChat::refresh(std::chrono::seconds interval)
{
    m_refresh = m_link.services().timer(interval, [this, interval] {
        if (!m_dialog) {
            return;
        }
        SipMessage request = m_dialog->request(m_link.identity(), "UPDATE"_ba, m_link.random());
        request.addHeader("Contact"_ba, m_link.identity().contact());
        m_link.send(request,
            [this, interval, invitation = m_invitation, alive = std::weak_ptr(m_alive)](
                const SipReply &reply) {
                if (!alive.lock() || invitation != m_invitation || !m_dialog) {
                    return;
                }
                if (isStaleDialog(failureOf(reply).status)) {
                    m_dialog.reset();
                    feed(ChatDialogEnded {});
                } else {
                    refresh(interval);
                }
            });
    });
}

void SipGroupChat::bye(Dialog &dialog)
{
    m_link.send(
        dialog.request(m_link.identity(), "BYE"_ba, m_link.random()), [](const SipReply &) { });
}

void SipGroupChat::perform(const ChatBye &)
{
    m_refresh.reset();
    m_steady.reset();
    if (m_dialog) {
        bye(*m_dialog);
        m_dialog.reset();
    }
}

void SipGroupChat::perform(const ChatInfo &effect)
{
    if (!m_dialog) {
        feed(ChatInfoAnswered { effect.envelope, {}, true });
        return;
    }
    SipMessage request = m_dialog->request(m_link.identity(), "INFO"_ba, m_link.random());
    request.addHeader("Contact"_ba, m_link.identity().contact());
    request.setBody(kXccosType.toByteArray(), effect.body);
    m_link.send(request,
        [this, envelope = effect.envelope, invitation = m_invitation,
            alive = std::weak_ptr(m_alive)](const SipReply &reply) {
            if (!alive.lock() || invitation != m_invitation) {
                return;
            }
            const SipFailure failure = failureOf(reply);
            if (reply && reply->status < 300) {
                feed(ChatInfoAnswered { envelope, {}, false });
                return;
            }
            const bool gone = reply && isStaleDialog(failure.status);
            if (gone) {
                m_dialog.reset();
            }
            feed(ChatInfoAnswered {
                envelope, deliveryError(failure, Text::tr("the chat server")), gone });
        });
}

void SipGroupChat::perform(const ChatWait &effect)
{
    m_waits[effect.envelope]
        = m_link.services().timer(effect.limit, [this, envelope = effect.envelope] {
              const auto done = m_waits.extract(envelope); // lives until this is over
              feed(ChatTimedOut { envelope });
          });
}

void SipGroupChat::perform(const ChatRetryLater &effect)
{
    m_retry = m_link.services().timer(effect.after, [this] {
        const auto done = std::move(m_retry);
        if (locate()) {
            feed(ChatRetry {});
        }
    });
}

void SipGroupChat::respond(const SipMessage &request, int status)
{
    const QByteArray tag = m_dialog ? m_dialog->localTag() : QByteArray();
    m_link.respond(makeResponse(request, status, phraseOf(status), m_link.identity(), tag));
}

bool SipGroupChat::receive(const SipMessage &request)
{
    if (!m_dialog || !m_dialog->owns(request)) {
        return false;
    }
    if (request.method == "ACK") {
        return true;
    }
    if (!m_dialog->takeNumber(request)) {
        respond(request, 500); // RFC 3261 12.2.2
    } else if (request.method == "INFO") {
        respond(request, 200);
        feed(ChatReceived { request.body });
    } else if (request.method == "BYE") {
        respond(request, 200);
        m_dialog.reset();
        m_refresh.reset();
        feed(ChatDialogEnded {});
    } else if (request.method == "UPDATE" || request.method == "OPTIONS") {
        respond(request, 200);
    } else if (request.method == "INVITE") {
        // A session refresh: the same description again.
        SipMessage ok
            = makeResponse(request, 200, phraseOf(200), m_link.identity(), m_dialog->localTag());
        ok.addHeader("Contact"_ba, m_link.identity().contact());
        ok.setBody("application/sdp"_ba,
            buildImSdpAnswer(parseImSdp(request.body).value_or(ImSdp()), m_link.identity().host,
                m_link.identity().port, m_link.identity().uri()));
        m_link.respond(ok);
    } else {
        respond(request, 488);
    }
    return true;
}

// ---------------------------------------------------------------- rooms

void SipGroupChat::finishJoin(const QString &channel, const Result<void> &result)
{
    const QList<Answer<void>> waiting = m_joining.take(channel);
    for (const Answer<void> &answer : waiting) {
        answer.give(result);
    }
}

Async<void> SipGroupChat::join(const RoomAddress &room, const QString &, const QString &)
{
    const auto channel = normalizedChannel(room.value);
    if (!m_started || !channel) {
        return readyError<void>(
            m_started ? groupChatTrouble(u"group-chat-not-in-room"_s) : notSignedIn());
    }
    if (!m_provisioned && m_setting.isEmpty()) {
        // At the instant of Online nobody has said yet where the server is.
        const Answer<void> answer;
        m_early[*channel].append(answer);
        m_patience = m_link.services().timer(provisioningLimit, [this] { joinThoseWaiting(); });
        return answer.future();
    }
    if (!locate()) {
        return readyError<void>(unavailable());
    }
    if (m_chat.rooms.value(*channel).joined) {
        return readyOk();
    }
    const Answer<void> answer;
    m_joining[*channel].append(answer);
    feed(ChatJoinRequested { *channel });
    return answer.future();
}

Async<void> SipGroupChat::leave(const RoomAddress &room, const QString &)
{
    if (const auto channel = normalizedChannel(room.value); channel && m_started) {
        feed(ChatLeaveRequested { *channel });
    }
    return readyOk();
}

Async<void> SipGroupChat::invite(const RoomAddress &, const ContactAddress &, const QString &)
{
    return readyError<void>(
        notThere(Text::tr("Who may enter this room is decided by its managers, at the server.")));
}

Async<void> SipGroupChat::setTopic(const RoomAddress &, const QString &)
{
    return readyError<void>(
        notThere(Text::tr("The topic of this room is set by its managers, at the server.")));
}

Async<void> SipGroupChat::kick(const RoomAddress &, const QString &, const QString &)
{
    return readyError<void>(
        notThere(Text::tr("Who may enter this room is decided by its managers, at the server.")));
}

Async<QList<RoomListing>> SipGroupChat::list(const QString &filter)
{
    if (!m_started) {
        return readyError<QList<RoomListing>>(notSignedIn());
    }
    if (!locate()) {
        return readyError<QList<RoomListing>>(unavailable());
    }
    const Answer<QList<RoomListing>> answer;
    const QString token = QString::number(++m_listings);
    m_listing.insert(token, answer);
    // An address is no name to look for.
    feed(ChatSearchRequested { token, normalizedChannel(filter) ? QString() : filter });
    return answer.future();
}

void SipGroupChat::perform(const ChatFound &effect)
{
    QList<RoomListing> rooms;
    for (const ChatChannel &channel : effect.channels) {
        if (rooms.size() < mostListed) {
            rooms.append({ { channel.uri }, channel.name,
                channel.topic.isEmpty() ? channel.description : channel.topic, channel.members });
        }
    }
    if (m_listing.contains(effect.token)) {
        m_listing.take(effect.token).give(rooms);
    }
}

void SipGroupChat::perform(const ChatSearchFailed &effect)
{
    if (m_listing.contains(effect.token)) {
        m_listing.take(effect.token).fail(effect.why);
    }
}

QString SipGroupChat::nickOf(const QString &address)
{
    QString &nick = m_nicks[address];
    if (nick.isEmpty()) {
        const QString name = m_nameOf(address).simplified();
        const bool taken = std::ranges::contains(std::as_const(m_nicks), name);
        nick = name.isEmpty() ? address : taken ? u"%1 (%2)"_s.arg(name, address) : name;
    }
    return nick;
}

RoomMember SipGroupChat::member(const ChatRoom &room, const QString &address)
{
    RoomMember member;
    member.nick = nickOf(address);
    member.address = address;
    member.rank = room.managers.contains(address) ? RoomRank::Operator : RoomRank::None;
    member.self = address == m_chat.self;
    return member;
}

void SipGroupChat::nameChanged(const QString &address)
{
    const QString before = m_nicks.take(address);
    if (before.isEmpty()) {
        return;
    }
    if (nickOf(address) == before) {
        return;
    }
    const QMap<QString, ChatRoom> rooms = m_chat.rooms;
    for (auto it = rooms.constBegin(); it != rooms.constEnd(); ++it) {
        if (it->joined && it->members.contains(address)) {
            RoomChange change;
            change.room = { it.key() };
            change.removed = { before };
            change.upserted = { member(*it, address) };
            change.at = m_link.services().now();
            m_link.tell(RoomChanged { change });
        }
    }
}

void SipGroupChat::perform(const ChatJoined &effect)
{
    const ChatRoom room = m_chat.rooms.value(effect.channel.uri);
    RoomChange change;
    change.room = { effect.channel.uri };
    change.name = effect.channel.name;
    change.joined = true;
    change.topic = RoomTopic { .text
        = effect.channel.topic.isEmpty() ? effect.channel.description : effect.channel.topic };
    QList<RoomMember> members;
    for (const QString &address : room.members) {
        members.append(member(room, address));
    }
    std::ranges::sort(members, {}, &RoomMember::nick);
    change.members = members;
    change.at = m_link.services().now();
    m_link.tell(RoomChanged { change });
    finishJoin(effect.channel.uri, {});
}

void SipGroupChat::perform(const ChatJoinFailed &effect)
{
    if (m_joining.contains(effect.channel)) {
        finishJoin(effect.channel, std::unexpected(effect.why));
        return;
    }
    RoomChange change;
    change.room = { effect.channel };
    change.joined = false;
    change.why = effect.why;
    change.at = m_link.services().now();
    m_link.tell(RoomChanged { change });
}

void SipGroupChat::perform(const ChatLeft &effect)
{
    RoomChange change;
    change.room = { effect.channel };
    change.joined = false;
    change.why = effect.why;
    change.at = m_link.services().now();
    m_link.tell(RoomChanged { change });
    finishJoin(effect.channel,
        std::unexpected(effect.why.value_or(groupChatTrouble(u"group-chat-not-in-room"_s))));
}

void SipGroupChat::perform(const ChatMoved &effect)
{
    const ChatRoom room = m_chat.rooms.value(effect.channel);
    RoomChange change;
    change.room = { effect.channel };
    change.at = m_link.services().now();
    const QString nick = nickOf(effect.address);
    RoomMovement movement;
    movement.kind = effect.in ? RoomMovement::Kind::Joined : RoomMovement::Kind::Left;
    movement.nick = nick;
    change.movements = { movement };
    if (effect.in) {
        change.upserted = { member(room, effect.address) };
    } else {
        change.removed = { nick };
    }
    m_link.tell(RoomChanged { change });
}

// ---------------------------------------------------------------- messages

Async<SentMessage> SipGroupChat::send(const OutgoingMessage &message)
{
    const auto channel = normalizedChannel(message.to);
    if (!m_started || !channel) {
        return readyError<SentMessage>(
            m_started ? groupChatTrouble(u"group-chat-not-in-room"_s) : notSignedIn());
    }
    const QString plain = message.body.plain();
    const Answer<SentMessage> answer;
    m_sending.insert(message.localId, answer);
    feed(ChatSendRequested { message.localId, *channel,
        message.kind == MessageKind::Action ? kActionPrefix + plain : plain,
        m_link.services().now() });
    return answer.future();
}

void SipGroupChat::perform(const ChatSent &effect)
{
    if (m_sending.contains(effect.localId)) {
        m_sending.take(effect.localId)
            .give(SentMessage { .serverId = effect.id, .sentAt = effect.at });
    }
}

void SipGroupChat::perform(const ChatSendFailed &effect)
{
    if (m_sending.contains(effect.localId)) {
        m_sending.take(effect.localId).fail(effect.why);
    }
}

void SipGroupChat::perform(const ChatShow &effect)
{
    InboundMessage message;
    message.with = effect.post.channel;
    message.conversation = ConversationKind::Room;
    message.from = nickOf(effect.post.author);
    MessageKind kind = MessageKind::Room;
    message.body = richText({ .text = effect.post.text }, &kind);
    message.kind = kind;
    message.direction = effect.post.author == m_chat.self ? Direction::Out : Direction::In;
    message.serverId = effect.post.id;
    message.originId = effect.originId;
    message.sentAt = effect.post.at.isValid() ? effect.post.at : m_link.services().now();
    message.delayed = effect.old;
    message.fromArchive = effect.old && !effect.missed;
    m_link.tell(MessageReceived { message, {} });
}

void SipGroupChat::perform(const ChatRemember &)
{
    QJsonArray rooms;
    for (auto it = m_chat.rooms.constBegin(); it != m_chat.rooms.constEnd(); ++it) {
        if (it->known && rooms.size() < mostRooms) {
            rooms.append(it.key());
        }
    }
    QJsonObject kept;
    if (!rooms.isEmpty()) {
        kept.insert(u"rooms"_s, rooms);
    }
    if (!m_chat.ownPieces.isEmpty()) {
        kept.insert(u"parts"_s, QJsonArray::fromStringList(m_chat.ownPieces));
    }
    m_link.services().setState(QString(rememberedKey),
        kept.isEmpty() ? QByteArray() : QJsonDocument(kept).toJson(QJsonDocument::Compact));
}

} // namespace linchpin::sip
