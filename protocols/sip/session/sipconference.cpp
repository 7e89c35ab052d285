// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipconference.h"

#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/im/imdn.h"
#include "protocols/sip/im/imsessionmachine.h"
#include "protocols/sip/im/msimformat.h"
#include "protocols/sip/im/typing.h"
#include "protocols/sip/session/immessages.h"
#include "protocols/sip/wire/sipheader.h"

#include <QCoreApplication>
#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipConference)
};

constexpr qsizetype rememberedMessages = 64;
constexpr qsizetype longestExcerpt = 60;

QString senderOf(const SipMessage &request)
{
    for (const char *header : { "Ms-Sender", "P-Asserted-Identity", "From" }) {
        if (const auto address = parseNameAddress(request.header(header))) {
            if (QString who = addressFromUri(QString::fromUtf8(address->uri)); !who.isEmpty()) {
                return who;
            }
        }
    }
    return {};
}

} // namespace

Error conferenceFailure(const SipReply &reply)
{
    const SipFailure failure = failureOf(reply);
    QString reason;
    if (reply && !reply->body.isEmpty()) {
        if (const auto response = parseCccpResponse(reply->body)) {
            reason = response->reason;
        }
    }
    if (failure.status <= 0) {
        return deliveryError(failure, Text::tr("the group conversation"));
    }
    Error error;
    error.detail = serverWords(failure);
    if (!reason.isEmpty()) {
        error.detail = error.detail.isEmpty() ? reason : u"%1 (%2)"_s.arg(error.detail, reason);
    }
    const QString word = reason.toLower();
    if (word.contains("locked"_L1)) {
        error.kind = Error::Kind::Forbidden;
        error.code = u"conference-locked"_s;
        error.title = Text::tr("The group conversation is locked.");
        error.remedy = Text::tr("Ask somebody who is in to unlock it.");
    } else if (word.contains("maximum"_L1) || word.contains("full"_L1)) {
        error.kind = Error::Kind::Forbidden;
        error.code = u"conference-full"_s;
        error.title = Text::tr("The group conversation is full.");
    } else if (failure.status == 404 || word.contains("doesntexist"_L1)
        || word.contains("notfound"_L1)) {
        error.kind = Error::Kind::NotFound;
        error.code = u"conference-not-found"_s;
        error.title = Text::tr("There is no such group conversation any more.");
    } else if (failure.status == 403 || failure.status == 603 || failure.status == 200
        || failure.status == 202) {
        error.kind = Error::Kind::Forbidden;
        error.code = u"conference-forbidden"_s;
        error.title = Text::tr("The server does not allow that in this group conversation.");
        error.remedy = Text::tr("A presenter may be able to do it.");
    } else {
        error.kind = Error::Kind::Protocol;
        error.code = u"conference-failed"_s;
        error.title = Text::tr("The group conversation did not work.");
        error.remedy = Text::tr("Try it again later.");
    }
    return error;
}

SipConference::SipConference(
    SipLink &link, const QString &focus, QByteArray conversationId, Hooks hooks)
    : m_link(link)
    , m_hooks(std::move(hooks))
    , m_roster(QString::fromUtf8(link.identity().address))
    , m_conversationId(std::move(conversationId))
{
    m_conference.focus = focus;
    m_conference.self = QString::fromUtf8(link.identity().address);
}

SipConference::~SipConference()
{
    lose();
}

void SipConference::lose()
{
    const Error lost
        = deliveryError({ .status = kConnectionLost }, Text::tr("the group conversation"));
    if (m_inFlight) {
        m_inFlight->answer.fail(lost);
        m_inFlight.reset();
    }
    for (const Draft &draft : std::exchange(m_queue, {})) {
        draft.answer.fail(lost);
    }
    for (const Answer<void> &waiting : std::exchange(m_entering, {})) {
        waiting.fail(lost);
    }
}

void SipConference::feed(const ConferenceInput &input)
{
    const auto alive = std::weak_ptr(m_alive);
    const QList<ConferenceEffect> effects = stepConference(m_conference, input);
    for (const ConferenceEffect &effect : effects) {
        if (!alive.lock()) {
            return;
        }
        std::visit([this](const auto &e) { perform(e); }, effect);
    }
}

CccpHeader SipConference::header()
{
    return { m_conference.focus, QString::fromUtf8(m_link.identity().uri()), ++m_requestId };
}

// ---------------------------------------------------------------- in and out

Async<void> SipConference::enter()
{
    if (m_conference.phase == ConferencePhase::In) {
        return readyOk();
    }
    const Answer<void> answer;
    m_entering.append(answer);
    if (isOut()) {
        ++m_entry;
        feed(ConfEnter {});
    }
    return answer.future();
}

void SipConference::leave()
{
    feed(ConfLeave {});
}

void SipConference::perform(const ConfInviteFocus &)
{
    const LocalIdentity &identity = m_link.identity();
    m_endpoint = QUuid::fromRfc4122(m_link.random()(16)).toByteArray(QUuid::WithoutBraces);
    m_focus = Dialog::outgoing(m_conference.focus.toUtf8(), m_link.random());
    SipMessage request = m_focus->request(identity, "INVITE"_ba, m_link.random());
    request.addHeader("Supported"_ba, "ms-sender"_ba);
    request.addHeader("Ms-Conversation-ID"_ba, m_conversationId);
    request.addHeader("Contact"_ba, identity.contact());
    request.setBody(kCccpType.toByteArray(),
        buildAddUser(header(), m_conference.focus, QString::fromLatin1(m_endpoint)));
    m_link.send(
        request,
        [this, entry = m_entry, dialog = *m_focus, alive = std::weak_ptr(m_alive)](
            const SipReply &reply) mutable {
            if (!alive.lock()) {
                return;
            }
            const bool established = reply && reply->status < 300;
            if (established) {
                dialog.establish(*reply);
                m_link.sendOnly(dialog.ack(m_link.identity(), dialog.number(), m_link.random()));
            }
            if (entry != m_entry) {
                if (established) {
                    bye(dialog);
                }
                return;
            }
            const auto response
                = established ? parseCccpResponse(reply->body) : std::unexpected(DocumentError {});
            const bool refused
                = !established || (response && response->code == CccpResponse::Code::Failure);
            if (established) {
                m_focus = dialog;
            }
            if (refused && established) {
                bye(*m_focus);
                m_focus.reset();
            }
            feed(ConfFocusAnswered {
                refused ? std::optional(conferenceFailure(reply)) : std::nullopt });
        },
        kImAnswerTimeout + 30s);
}

void SipConference::perform(const ConfSubscribe &)
{
    SipSubscription::Options options;
    options.event = "conference"_ba;
    options.accept = "application/conference-info+xml"_ba;
    options.target = m_conference.focus.toUtf8();
    m_formerSubscription = std::move(m_subscription);
    if (m_formerSubscription) {
        m_formerSubscription->stop();
    }
    m_subscription = std::make_unique<SipSubscription>(
        m_link, options,
        [this](const SipSubscription::Notification &n) { feed(ConfInfo { n.body, n.first }); },
        [this](int status) { feed(ConfSubscriptionEnded { status }); });
    m_subscription->start();
}

void SipConference::perform(const ConfInviteChat &effect)
{
    const LocalIdentity &identity = m_link.identity();
    m_chatOpen = false;
    m_chat = Dialog::outgoing(effect.uri.toUtf8(), m_link.random());
    SipMessage request = m_chat->request(identity, "INVITE"_ba, m_link.random());
    request.addHeader("Supported"_ba, "ms-sender"_ba);
    request.addHeader("Ms-Conversation-ID"_ba, m_conversationId);
    request.addHeader("Contact"_ba, identity.contact());
    ImSdp offer;
    offer.address = identity.host;
    offer.port = identity.port;
    offer.acceptedTypes = ownAcceptedTypes();
    request.setBody("application/sdp"_ba, buildImSdp(offer));
    m_link.send(
        request,
        [this, entry = m_entry, dialog = *m_chat, alive = std::weak_ptr(m_alive)](
            const SipReply &reply) mutable {
            if (!alive.lock()) {
                return;
            }
            const bool established = reply && reply->status < 300;
            if (established) {
                dialog.establish(*reply);
                m_link.sendOnly(dialog.ack(m_link.identity(), dialog.number(), m_link.random()));
            }
            if (entry != m_entry || m_conference.phase != ConferencePhase::EnteringChat) {
                if (established) {
                    bye(dialog);
                }
                return;
            }
            if (established) {
                m_chat = dialog;
                m_chatOpen = true;
                m_typingTaken = true;
                m_remote = parseImSdp(reply->body).value_or(ImSdp());
            } else {
                m_chat.reset();
            }
            feed(ConfChatAnswered {
                established ? std::nullopt : std::optional(conferenceFailure(reply)) });
        },
        kImAnswerTimeout + 30s);
}

void SipConference::bye(Dialog &dialog)
{
    m_link.send(
        dialog.request(m_link.identity(), "BYE"_ba, m_link.random()), [](const SipReply &) { });
}

void SipConference::perform(const ConfHangUp &effect)
{
    if (m_chat && m_chatOpen) {
        bye(*m_chat);
    }
    m_chat.reset();
    m_chatOpen = false;
    if (m_subscription) {
        m_subscription->stop();
        m_formerSubscription = std::move(m_subscription);
    }
    if (m_focus && m_focus->isEstablished()) {
        if (effect.removeUser) {
            SipMessage request = m_focus->request(m_link.identity(), "INFO"_ba, m_link.random());
            request.addHeader("Contact"_ba, m_link.identity().contact());
            const CccpHeader asker = header();
            request.setBody(
                kCccpType.toByteArray(), buildDeleteUser(asker, m_conference.focus, asker.from));
            m_link.send(request, [](const SipReply &) { });
        }
        bye(*m_focus);
    }
    m_focus.reset();
}

void SipConference::perform(const ConfStateChanged &)
{
    tellRoster();
}

void SipConference::tellRoster()
{
    const RoomChange change = m_roster.update(m_conference.state, m_conference.focus);
    if (change.members || change.topic || change.locked || change.link
        || !change.movements.isEmpty()) {
        m_link.tell(RoomChanged { change });
    }
}

void SipConference::perform(const ConfWaiting &)
{
    RoomChange change;
    change.room = { m_conference.focus };
    change.joined = false;
    change.why = Error { .kind = Error::Kind::Forbidden,
        .code = u"conference-lobby"_s,
        .title = Text::tr("You are in the lobby: somebody has to let you in.") };
    m_link.tell(RoomChanged { change });
}

void SipConference::perform(const ConfEntered &)
{
    RoomChange change;
    change.room = { m_conference.focus };
    change.name = m_conference.state.subject.isEmpty() ? Text::tr("Group conversation")
                                                       : m_conference.state.subject;
    change.joined = true;
    const auto alive = std::weak_ptr(m_alive);
    m_link.tell(RoomChanged { change });
    if (!alive.lock()) {
        return;
    }
    m_hooks.changed();
    for (const Answer<void> &waiting : std::exchange(m_entering, {})) {
        waiting.give({});
    }
    if (alive.lock()) {
        pump();
    }
}

void SipConference::perform(const ConfLeft &effect)
{
    m_roster.clear();
    m_typingPause.reset();
    m_typists.clear();
    m_typingAnnounced = false;
    const Error why = effect.why.value_or(notInConference());
    if (m_inFlight) {
        // Whether it arrived nobody will say any more.
        const auto answer = m_inFlight->answer;
        m_inFlight.reset();
        answer.fail(deliveryError({ .status = kNoAnswer }, Text::tr("everybody")));
    }
    for (const Draft &draft : std::exchange(m_queue, {})) {
        draft.answer.fail(notInConference());
    }
    m_hooks.changed();
    RoomChange change;
    change.room = { m_conference.focus };
    change.joined = false;
    change.why = effect.why;
    const auto alive = std::weak_ptr(m_alive);
    m_link.tell(RoomChanged { change });
    if (!alive.lock()) {
        return;
    }
    for (const Answer<void> &waiting : std::exchange(m_entering, {})) {
        waiting.fail(why);
    }
}

// ---------------------------------------------------------------- asking the focus

Async<void> SipConference::ask(const Build &build, const std::function<void()> &then)
{
    if (!m_focus || !m_focus->isEstablished()) {
        return readyError<void>(notInConference());
    }
    SipMessage request = m_focus->request(m_link.identity(), "INFO"_ba, m_link.random());
    request.addHeader("Contact"_ba, m_link.identity().contact());
    request.setBody(kCccpType.toByteArray(), build(header()));
    const Answer<void> answer;
    m_link.send(request, [answer, then, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        // 202 with "pending" is as much as most servers say; what came of it the roster tells.
        const auto response
            = reply ? parseCccpResponse(reply->body) : std::unexpected(DocumentError {});
        if (!reply || reply->status >= 300
            || (response && response->code == CccpResponse::Code::Failure)) {
            answer.fail(conferenceFailure(reply));
            return;
        }
        if (then && alive.lock()) {
            then();
        }
        answer.give({});
    });
    return answer.future();
}

Async<void> SipConference::askAbout(const QString &nick, const BuildFor &build)
{
    const QString address = m_roster.addressOf(nick);
    const auto user = m_conference.state.users.constFind(address);
    if (address.isEmpty() || user == m_conference.state.users.constEnd()) {
        return readyError<void>({ .kind = Error::Kind::NotFound,
            .code = u"no-such-member"_s,
            .title = Text::tr("%1 is not in this group conversation.").arg(nick) });
    }
    return ask([&build, &user](const CccpHeader &asker) { return build(asker, *user); });
}

Async<void> SipConference::setMuted(const QString &nick, bool muted)
{
    const ConferenceUser user = m_conference.state.users.value(m_roster.addressOf(nick));
    const ConferenceEndpoint *endpoint = user.audioEndpoint();
    if (endpoint == nullptr) {
        return readyError<void>({ .kind = Error::Kind::NotFound,
            .code = u"no-microphone"_s,
            .title = Text::tr("%1 has no microphone in this group conversation.").arg(nick) });
    }
    const QString medium = u"audio-video"_s;
    const MediaKey key { m_conference.state.mcus.value(medium, mcuUri(m_conference.focus, medium)),
        user.entity, endpoint->entity, user.audioMedia() };
    return ask([this, &key, muted](const CccpHeader &asker) {
        return buildModifyEndpointMedia(asker, m_conference.focus, key, muted);
    });
}

Async<void> SipConference::end()
{
    // The server's own word may take its time.
    return ask(
        [this](
            const CccpHeader &asker) { return buildDeleteConference(asker, m_conference.focus); },
        [this] { leave(); });
}

// ---------------------------------------------------------------- messages

Async<SentMessage> SipConference::send(const OutgoingMessage &message)
{
    if (m_conference.phase != ConferencePhase::In) {
        return readyError<SentMessage>(notInConference());
    }
    const QString plain = message.body.plain();
    MsImFormat look;
    look.font = u"Segoe UI"_s;
    Draft draft { message.localId, {}, {} };
    if (!message.body.isPlain() && message.kind != MessageKind::Action) {
        draft.body = buildAlternativeBody(
            plain, message.body.toHtml(), "linchpin-" + randomHex(m_link.random(), 12));
    } else {
        draft.body = buildPlainBody(
            message.kind == MessageKind::Action ? kActionPrefix + plain : plain, look);
    }
    m_queue.append(draft);
    pump();
    return draft.answer.future();
}

void SipConference::pump()
{
    if (m_inFlight || m_queue.isEmpty() || !m_chat || !m_chatOpen) {
        return;
    }
    m_inFlight = m_queue.takeFirst();
    m_typingAnnounced = false;
    m_typingPause.reset();
    SipMessage request = m_chat->request(m_link.identity(), "MESSAGE"_ba, m_link.random());
    request.addHeader("Contact"_ba, m_link.identity().contact());
    request.setBody(m_inFlight->body.contentType, m_inFlight->body.body);
    m_link.send(
        request,
        [this, key = QString::fromUtf8(messageKey(request)), entry = m_entry,
            alive = std::weak_ptr(m_alive)](const SipReply &reply) {
            if (!alive.lock() || entry != m_entry || !m_inFlight) {
                return;
            }
            const Draft draft = *std::exchange(m_inFlight, std::nullopt);
            if (reply && reply->status < 300) {
                const QString id = QString::fromUtf8(reply->header("Message-Id"));
                const auto text = parseImBody(draft.body.contentType, draft.body.body);
                m_sent.append({ id, text ? text->text.left(longestExcerpt) : QString() });
                while (m_sent.size() > rememberedMessages) {
                    m_sent.removeFirst();
                }
                draft.answer.give(SentMessage { .remoteId = key });
            } else if (reply && reply->status == 481) {
                draft.answer.fail(notInConference());
                feed(ConfChatEnded {});
                return;
            } else {
                draft.answer.fail(deliveryError(failureOf(reply), Text::tr("everybody")));
            }
            if (alive.lock()) {
                pump();
            }
        },
        kImAnswerTimeout);
}

void SipConference::setTyping(bool composing)
{
    // [MS-CONFIM]: not every chat passes this on; one that says what it takes is believed.
    if (m_conference.phase != ConferencePhase::In || !m_chat || !m_typingTaken
        || m_remote.acceptedTypes.isEmpty()
        || !m_remote.accepts("application/im-iscomposing+xml")) {
        return;
    }
    if (composing ? m_typingPause != nullptr : !m_typingAnnounced) {
        return;
    }
    m_typingAnnounced = composing;
    m_typingPause = composing
        ? m_link.services().timer(kImTypingPause, [this] { m_typingPause.reset(); })
        : nullptr;
    SipMessage request = m_chat->request(m_link.identity(), "INFO"_ba, m_link.random());
    request.addHeader("Contact"_ba, m_link.identity().contact());
    request.setBody(kKeyboardActivityType.toByteArray(), buildKeyboardActivity(composing));
    m_link.send(request, [this, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock() && (!reply || reply->status >= 300)) {
            m_typingTaken = false;
        }
    });
}

void SipConference::respond(const SipMessage &request, int status, const Dialog &dialog)
{
    m_link.respond(
        makeResponse(request, status, phraseOf(status), m_link.identity(), dialog.localTag()));
}

bool SipConference::receive(const SipMessage &request)
{
    if (request.method == "NOTIFY" || request.method == "BENOTIFY") {
        if (m_subscription && m_subscription->owns(request)) {
            m_subscription->receive(request);
            return true;
        }
        if (m_chat && m_chat->owns(request)) {
            report(request);
            return true;
        }
        return false;
    }
    const bool ofFocus = m_focus && m_focus->owns(request);
    const bool ofChat = m_chat && m_chat->owns(request);
    if (!ofFocus && !ofChat) {
        return false;
    }
    Dialog &dialog = ofChat ? *m_chat : *m_focus;
    if (request.method == "ACK") {
        return true;
    }
    if (!dialog.takeNumber(request)) {
        respond(request, 500, dialog); // RFC 3261 12.2.2
        return true;
    }
    if (request.method == "BYE") {
        respond(request, 200, dialog);
        if (ofChat) {
            m_chat.reset();
            m_chatOpen = false;
            feed(ConfChatEnded {});
        } else {
            m_focus.reset();
            feed(ConfFocusEnded {});
        }
    } else if (request.method == "MESSAGE" && ofChat) {
        receiveMessage(request);
    } else if (request.method == "INFO" || request.method == "UPDATE"
        || request.method == "OPTIONS") {
        respond(request, 200, dialog);
        const auto typing = ofChat ? parseTyping(request.body) : std::nullopt;
        if (typing) {
            showTyping(m_roster.nickOf(senderOf(request)), typing->active, typing->lifetime);
        }
    } else if (request.method == "INVITE") {
        // A session refresh: the same description again.
        SipMessage ok
            = makeResponse(request, 200, phraseOf(200), m_link.identity(), dialog.localTag());
        ok.addHeader("Contact"_ba, m_link.identity().contact());
        if (ofChat) {
            const ImSdp offer = parseImSdp(request.body).value_or(ImSdp());
            ok.setBody("application/sdp"_ba,
                buildImSdpAnswer(offer, m_link.identity().host, m_link.identity().port,
                    m_link.identity().uri()));
        }
        m_link.respond(ok);
    } else {
        respond(request, 488, dialog);
    }
    return true;
}

void SipConference::receiveMessage(const SipMessage &request)
{
    if (!m_chat) {
        return;
    }
    const QByteArray type = request.header("Content-Type");
    const Dialog dialog = *m_chat;
    if (imContentOf(type) == ImContent::DeliveryReport) {
        respond(request, 200, dialog);
        report(request);
        return;
    }
    const QString address = senderOf(request);
    const QString nick = m_roster.nickOf(address);
    if (imContentOf(type) == ImContent::Typing) {
        respond(request, 200, dialog);
        if (const auto typing = parseTyping(request.body)) {
            showTyping(nick, typing->active, typing->lifetime);
        }
        return;
    }
    const auto text = imContentOf(type) == ImContent::Text
        ? parseImBody(type, request.body)
        : std::expected<ImText, ImBodyError>(std::unexpect, ImBodyError::Unsupported);
    if (!text) {
        respond(request,
            text.error() == ImBodyError::TooLarge        ? 413
                : text.error() == ImBodyError::Malformed ? 400
                                                         : 415,
            dialog);
        return;
    }
    const QByteArray key = messageKey(request);
    if (m_seen.contains(key)) {
        respond(request, 200, dialog);
        return;
    }
    m_seen.append(key);
    while (m_seen.size() > rememberedMessages) {
        m_seen.removeFirst();
    }
    showTyping(nick, false, 0s);
    InboundMessage message;
    message.with = m_conference.focus;
    message.conversation = ConversationKind::Room;
    message.from = nick;
    message.kind = MessageKind::Room;
    MessageKind kind = MessageKind::Room;
    message.body = richText(*text, &kind);
    message.kind = kind;
    message.direction = address == m_conference.self ? Direction::Out : Direction::In;
    message.remoteId = QString::fromUtf8(key);
    message.thread = QString::fromLatin1(m_conversationId);
    message.sentAt = m_link.services().now();
    m_link.tell(MessageReceived { message, [this, request, dialog, alive = std::weak_ptr(m_alive)] {
                                     if (alive.lock()) {
                                         respond(request, 200, dialog);
                                     }
                                 } });
}

/// [MS-CONFIM] 2.2.6: who did not get a message that the chat had taken.
void SipConference::report(const SipMessage &request)
{
    const auto report = parseDeliveryReport(request.body);
    if (!report) {
        return;
    }
    QStringList missed;
    QString detail;
    for (const DeliveryReport::Recipient &recipient : report->recipients) {
        if (recipient.isFailed()) {
            missed.append(m_roster.nickOf(recipient.address));
            detail = QString::fromUtf8(recipient.diagnostics);
        }
    }
    if (missed.isEmpty()) {
        return;
    }
    const auto sent = std::ranges::find(
        m_sent, report->messageId, [](const auto &entry) { return entry.first; });
    const QString who = missed.join(", "_L1);
    m_link.tell(ServerNotice { ServerNotice::Severity::Warning, u"conference-undelivered"_s,
        sent == m_sent.end() || sent->second.isEmpty()
            ? Text::tr("A message to the group conversation did not reach %1.").arg(who)
            : Text::tr("\"%1\" did not reach %2.").arg(sent->second, who),
        detail });
}

void SipConference::showTyping(const QString &nick, bool active, std::chrono::seconds lifetime)
{
    const bool known = m_typists.contains(nick);
    if (active) {
        m_typists[nick]
            = m_link.services().timer(lifetime, [this, nick] { showTyping(nick, false, 0s); });
    } else {
        m_typists.erase(nick);
    }
    if (known != active) {
        m_link.tell(TypingChanged { m_conference.focus, ConversationKind::Room, nick, active });
    }
}

} // namespace linchpin::sip
