// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipconversations.h"

#include "protocols/sip/documents/mimebody.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/im/msimformat.h"
#include "protocols/sip/im/typing.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/immessages.h"
#include "protocols/sip/session/sipfiles.h"
#include "protocols/sip/wire/sipheader.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

/// Longer than the machine waits: it decides when to give up.
constexpr std::chrono::seconds transactionLimit = kImAnswerTimeout + 30s;
constexpr qsizetype rememberedInvites = 8;

/// Where the conversation ids are kept between two connections.
constexpr QStringView idsKey = u"conversation-ids";

/// Office Communicator and Lync refuse a second session of a conversation whose first one is still
/// open at their side: 488 with Ms-client-diagnostics 52035. (Seen in the sources of another server
/// that talks to them; no specification of that number was at hand.)
bool isStillOpenThere(const SipMessage &response)
{
    if (response.status != 488 && response.status != 603) {
        return false;
    }
    const QByteArray words = response.header("Ms-client-diagnostics");
    return words.startsWith("52035") || words.contains("same conversation ID");
}

/// The dialog a request of the other side belongs to.
ImDialogId incomingId(const SipMessage &request)
{
    return { request.header("Call-ID"), tagOf(request, "From") };
}

ImDialogId idOf(const Dialog &dialog)
{
    return { dialog.callId(), dialog.remoteTag() };
}

/// The session description of an INVITE, which may be one part of several.
std::expected<ImSdp, DocumentError> imOffer(const SipMessage &request)
{
    const DocumentError none { DocumentError::Kind::Unexpected, u"no IM session"_s };
    const ContentType type = parseContentType(request.header("Content-Type"));
    if (!type.type.startsWith("multipart/")) {
        return type.is("application/sdp")
            ? parseImSdp(request.body)
            : std::expected<ImSdp, DocumentError>(std::unexpect, none);
    }
    const auto parts = parseMultipart(type, request.body);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    for (const MimePart &part : *parts) {
        if (parseContentType(part.contentType).is("application/sdp")) {
            if (auto sdp = parseImSdp(part.body)) {
                return sdp;
            }
        }
    }
    return std::unexpected(none);
}

} // namespace

SipConversations::SipConversations(SipLink &link, SipFiles *files)
    : m_link(link)
    , m_files(files)
    , m_ids(link.services().state(idsKey.toString()), link.services().now())
{
    if (m_files != nullptr) {
        m_files->attach(
            [this](const QString &to, const ImWireBody &body) { return sendBody(to, body); });
    }
}

SipConversations::~SipConversations()
{
    if (m_files != nullptr) {
        m_files->detach();
    }
    // What waits must hear that the line is gone; nothing can be sent any more.
    for (auto &[address, c] : m_conversations) {
        for (const Pending &pending : std::as_const(c.pending)) {
            pending.answer.fail(deliveryError({ .status = kConnectionLost }, address));
        }
    }
}

SipConversations::Conversation &SipConversations::conversation(const QString &address)
{
    Conversation &c = m_conversations[address];
    if (c.address.isEmpty()) {
        c.address = address;
        c.session.peerName = address;
    }
    return c;
}

/// A 200 that promises to have a message is given only when the history has it: the machine shows
/// first and answers next, and that answer waits for the history.
void SipConversations::feed(Conversation &c, const ImInput &input)
{
    ImStep done = step(std::move(c.session), input);
    c.session = std::move(done.next);
    const QList<ImEffect> &effects = done.effects;
    for (qsizetype i = 0; i < effects.size(); ++i) {
        if (const auto *shown = std::get_if<ImShowMessage>(&effects.at(i))) {
            std::optional<ImAnswer> then;
            if (i + 1 < effects.size()) {
                if (const auto *answer = std::get_if<ImAnswer>(&effects.at(i + 1))) {
                    then = *answer;
                    ++i;
                }
            }
            show(c, *shown, then);
            continue;
        }
        std::visit([this, &c](const auto &effect) { perform(c, effect); }, effects.at(i));
    }
}

// ---------------------------------------------------------------- from us

Async<SentMessage> SipConversations::send(const OutgoingMessage &message)
{
    Conversation &c = conversation(addressFromUri(message.to));
    Pending pending;
    const Async<SentMessage> future = pending.answer.future();
    c.pending.insert(message.localId, pending);
    const bool formatted = !message.body.isPlain() && message.kind == MessageKind::Chat
        && std::holds_alternative<ImEstablished>(c.session.phase) && c.remote.accepts("text/html");
    MsImFormat look;
    look.font = u"Segoe UI"_s;
    const QString plain = message.body.plain();
    feed(c,
        ImSendRequested { message.localId,
            formatted
                ? buildHtmlBody(message.body.toHtml())
                : buildPlainBody(
                      message.kind == MessageKind::Action ? kActionPrefix + plain : plain, look) });
    return future;
}

Async<void> SipConversations::sendBody(const QString &to, const ImWireBody &body)
{
    Conversation &c = conversation(addressFromUri(to));
    const QString localId = u"body-%1"_s.arg(++m_bodies);
    Pending pending;
    Async<SentMessage> future = pending.answer.future();
    c.pending.insert(localId, pending);
    feed(c, ImSendRequested { localId, body });
    return future.then([](const Result<SentMessage> &sent) {
        return sent ? Result<void> {} : Result<void>(std::unexpect, sent.error());
    });
}

void SipConversations::setTyping(const QString &to, ConversationKind conversation, bool composing)
{
    const auto found = m_conversations.find(addressFromUri(to));
    if (conversation == ConversationKind::Person && found != m_conversations.end()) {
        feed(found->second, ImTypingRequested { composing });
    }
}

void SipConversations::close()
{
    if (m_files != nullptr) {
        m_files->detach();
    }
    for (auto &[address, c] : m_conversations) {
        feed(c, ImCloseRequested {});
    }
    m_ids = {};
    rememberIds();
}

/// What goes on when a line was lost does not begin anew for the other side.
QByteArray SipConversations::conversationId(const QString &address)
{
    const QDateTime now = m_link.services().now();
    if (const QByteArray known = m_ids.of(address, now); !known.isEmpty()) {
        return known;
    }
    const auto made = QByteArray::number(m_link.random()(4).toHex().toUInt(nullptr, 16));
    m_ids.set(address, made, now);
    rememberIds();
    return made;
}

void SipConversations::rememberIds()
{
    m_link.services().setState(idsKey.toString(), m_ids.toBytes());
}

Dialog *SipConversations::find(Conversation &c, const ImDialogId &id)
{
    const auto found = std::ranges::find(c.dialogs, id, idOf);
    return found == c.dialogs.end() ? nullptr : &*found;
}

void SipConversations::perform(Conversation &c, const ImSendInvite &effect)
{
    sendInvite(c, effect, false);
}

void SipConversations::sendInvite(Conversation &c, const ImSendInvite &effect, bool repeated)
{
    const LocalIdentity &identity = m_link.identity();
    Invite invite;
    invite.dialog = Dialog::outgoing(uriFromAddress(c.address).toUtf8(), m_link.random());
    SipMessage request = invite.dialog.request(identity, "INVITE"_ba, m_link.random());
    request.addHeader("Supported"_ba, "ms-sender"_ba);
    request.addHeader("Ms-Conversation-ID"_ba, conversationId(c.address));
    if (effect.first) {
        request.addHeader("ms-text-format"_ba, buildMsTextFormat(effect.first->body));
        invite.carried = effect.first->localId;
        c.pending[effect.first->localId].sent.remoteId = QString::fromUtf8(messageKey(request));
    }
    request.addHeader("Contact"_ba, identity.contact());
    ImSdp offer;
    offer.address = identity.host;
    offer.port = identity.port;
    offer.acceptedTypes = ownAcceptedTypes();
    request.setBody("application/sdp"_ba, buildImSdp(offer));
    invite.request = request;
    c.invites.insert(effect.invite, invite);
    c.asked.append({ effect.invite, invite.dialog });
    while (c.asked.size() > rememberedInvites) {
        c.asked.removeFirst();
    }
    m_link.send(
        request,
        [this, address = c.address, effect, repeated, alive = std::weak_ptr(m_alive)](
            const SipReply &reply) {
            if (!alive.lock()) {
                return;
            }
            Conversation &talk = conversation(address);
            const Invite sent = talk.invites.take(effect.invite);
            if (!repeated && reply && isStillOpenThere(*reply)) {
                // Their end of the old session outlived ours: another conversation, then.
                m_ids.forget(address);
                sendInvite(talk, effect, true);
                return;
            }
            ImInviteAnswered answered { effect.invite, { sent.dialog.callId(), {} },
                failureOf(reply), false };
            if (reply && reply->status < 300) {
                Dialog dialog = sent.dialog;
                dialog.establish(*reply);
                talk.dialogs.append(dialog);
                talk.remote = parseImSdp(reply->body).value_or(ImSdp());
                answered.dialog = idOf(dialog);
                answered.tookFirstMessage = supports(*reply, "ms-text-format");
                const auto carried = talk.pending.find(sent.carried);
                if (answered.tookFirstMessage && carried != talk.pending.end()) {
                    carried->sent.state = DeliveryState::Delivered;
                }
            }
            feed(talk, answered);
        },
        transactionLimit);
}

void SipConversations::receiveLate(const SipMessage &response)
{
    const auto cseq = parseCSeq(response.header("CSeq"));
    if (!cseq || cseq->method != "INVITE" || response.status < 200 || response.status >= 300) {
        return;
    }
    const QByteArray callId = response.header("Call-ID");
    for (auto &[address, c] : m_conversations) {
        for (const auto &[number, asked] : std::as_const(c.asked)) {
            if (asked.callId() != callId) {
                continue;
            }
            Dialog dialog = asked;
            dialog.establish(response);
            if (find(c, idOf(dialog)) == nullptr) {
                c.dialogs.append(dialog);
            }
            feed(
                c, ImInviteAnswered { number, idOf(dialog), { .status = response.status }, false });
            return;
        }
    }
}

void SipConversations::perform(Conversation &c, const ImSendCancel &effect)
{
    if (const auto invite = c.invites.constFind(effect.invite); invite != c.invites.constEnd()) {
        m_link.sendOnly(makeCancel(invite->request));
    }
}

void SipConversations::perform(Conversation &c, const ImSendAck &effect)
{
    if (Dialog *dialog = find(c, effect.dialog)) {
        m_link.sendOnly(dialog->ack(m_link.identity(), dialog->number(), m_link.random()));
    }
}

void SipConversations::perform(Conversation &c, const ImSendMessage &effect)
{
    Dialog *dialog = find(c, effect.dialog);
    if (dialog == nullptr) {
        feed(c, ImMessageAnswered { effect.draft.localId, { .status = 481 } });
        return;
    }
    SipMessage request = dialog->request(m_link.identity(), "MESSAGE"_ba, m_link.random());
    request.addHeader("Contact"_ba, m_link.identity().contact());
    request.setBody(effect.draft.body.contentType, effect.draft.body.body);
    const QString localId = effect.draft.localId;
    c.pending[localId].sent.remoteId = QString::fromUtf8(messageKey(request));
    m_link.send(
        request,
        [this, address = c.address, localId, alive = std::weak_ptr(m_alive)](
            const SipReply &reply) {
            if (!alive.lock()) {
                return;
            }
            Conversation &again = conversation(address);
            // 202 comes from a server that passes it on, 200 from the other side itself.
            if (const auto pending = again.pending.find(localId);
                pending != again.pending.end() && reply && reply->status == 200) {
                pending->sent.state = DeliveryState::Delivered;
            }
            feed(again, ImMessageAnswered { localId, failureOf(reply) });
        },
        transactionLimit);
}

void SipConversations::perform(Conversation &c, const ImSendTyping &effect)
{
    Dialog *dialog = find(c, effect.dialog);
    if (dialog == nullptr) {
        return;
    }
    SipMessage request = dialog->request(m_link.identity(), "INFO"_ba, m_link.random());
    request.addHeader("Contact"_ba, m_link.identity().contact());
    request.setBody(kKeyboardActivityType.toByteArray(), buildKeyboardActivity(effect.active));
    m_link.send(request,
        [this, address = c.address, id = effect.dialog, alive = std::weak_ptr(m_alive)](
            const SipReply &reply) {
            if (alive.lock() && reply) {
                feed(conversation(address), ImInfoAnswered { id, reply->status });
            }
        });
}

void SipConversations::perform(Conversation &c, const ImSendBye &effect)
{
    Dialog *dialog = find(c, effect.dialog);
    if (dialog == nullptr) {
        return;
    }
    m_link.send(dialog->request(m_link.identity(), "BYE"_ba, m_link.random()),
        [this, address = c.address, alive = std::weak_ptr(m_alive)](const SipReply &) {
            if (alive.lock()) {
                feed(conversation(address), ImByeAnswered {});
            }
        });
    c.dialogs.removeIf([&effect](const Dialog &d) { return idOf(d) == effect.dialog; });
}

void SipConversations::perform(Conversation &c, const ImDelivered &effect)
{
    const Pending pending = c.pending.take(effect.localId);
    pending.answer.give(pending.sent);
}

void SipConversations::perform(Conversation &c, const ImFailed &effect)
{
    c.pending.take(effect.localId).answer.fail(effect.error);
}

void SipConversations::perform(Conversation &c, const ImStartTimer &effect)
{
    c.timers[effect.timer]
        = m_link.services().timer(effect.after, [this, address = c.address, timer = effect.timer] {
              feed(conversation(address), ImTimedOut { timer });
          });
}

void SipConversations::perform(Conversation &c, const ImStopTimer &effect)
{
    c.timers.erase(effect.timer);
}

// ---------------------------------------------------------------- to us

bool SipConversations::receive(const SipMessage &request)
{
    const auto from = parseNameAddress(request.header("From"));
    if (!from) {
        return false;
    }
    const QString address = addressFromUri(QString::fromUtf8(from->uri));
    Conversation *known = owner(request);
    if (request.method == "ACK") {
        return true; // reliable transport: the 200 arrived, nothing to do
    }
    if (known == nullptr && request.method != "INVITE" && request.method != "MESSAGE") {
        const auto byPeer = m_conversations.find(address);
        if (byPeer == m_conversations.end()) {
            return false;
        }
        known = &byPeer->second; // CANCEL, or a dialog that has just ended
    }
    Conversation &c = known != nullptr ? *known : conversation(address);
    const QByteArray transaction = transactionKey(request);
    const ImDialogId id = incomingId(request);
    const auto incoming = [&](const QByteArray &type, const QByteArray &body) {
        return ImIncoming { transaction, id, messageKey(request), parseImBody(type, body) };
    };
    if (request.method == "INVITE") {
        c.requests.insert(transaction, request);
        if (m_ids.set(c.address, request.header("Ms-Conversation-ID").trimmed(),
                m_link.services().now())) {
            rememberIds();
        }
        if (find(c, id) == nullptr) {
            // The dialog exists before the 200, which may wait for the history.
            if (auto dialog = Dialog::incoming(request, randomHex(m_link.random(), 5))) {
                c.dialogs.append(*dialog);
            }
        }
        ImInviteReceived input { transaction, id, imOffer(request).has_value(), std::nullopt };
        const auto first = parseMsTextFormat(request.header("ms-text-format"));
        if (first && !first->body.isEmpty()) {
            input.firstMessage = incoming(first->contentType, first->body);
        }
        feed(c, input);
        return true;
    }
    if (request.method == "MESSAGE" || request.method == "INFO") {
        const QByteArray type = request.header("Content-Type");
        if (const auto typing = parseTyping(request.body);
            typing && (request.method == "INFO" || imContentOf(type) == ImContent::Typing)) {
            c.requests.insert(transaction, request);
            feed(c, ImTypingReceived { transaction, id, typing->active, typing->lifetime });
            return true;
        }
        if (request.method == "INFO" || imContentOf(type) == ImContent::DeliveryReport) {
            refuse(request, 200, "OK"_ba); // conversation subjects and the like: nothing to show
            return true;
        }
        if (imContentOf(type) == ImContent::FileInvitation && m_files != nullptr) {
            const bool ours = owner(request) != nullptr; // it is answered in this very dialog
            refuse(request, ours ? 200 : 481, phraseOf(ours ? 200 : 481));
            if (ours) {
                m_files->received(address, request.body);
            }
            return true;
        }
        if (imContentOf(type) != ImContent::Text) {
            refuse(request, 415, phraseOf(415));
            return true;
        }
        c.requests.insert(transaction, request);
        feed(c, ImMessageReceived { incoming(type, request.body) });
        return true;
    }
    if (request.method == "BYE") {
        c.requests.insert(transaction, request);
        feed(c, ImByeReceived { transaction, id });
        if (m_ids.forget(c.address)) {
            rememberIds(); // they are done with it: what comes is another conversation
        }
        c.dialogs.removeIf([&id](const Dialog &d) { return idOf(d) == id; });
        return true;
    }
    if (request.method == "CANCEL") {
        c.requests.insert(transaction, request);
        feed(c, ImCancelReceived { transaction, id });
        return true;
    }
    return false;
}

SipConversations::Conversation *SipConversations::owner(const SipMessage &request)
{
    for (auto &[address, c] : m_conversations) {
        if (std::ranges::any_of(c.dialogs, [&](const Dialog &d) { return d.owns(request); })) {
            return &c;
        }
    }
    return nullptr;
}

void SipConversations::refuse(const SipMessage &request, int status, const QByteArray &reason)
{
    m_link.respond(
        makeResponse(request, status, reason, m_link.identity(), randomHex(m_link.random(), 5)));
}

void SipConversations::perform(Conversation &c, const ImAnswer &effect)
{
    const auto found = c.requests.constFind(effect.transaction);
    if (found == c.requests.constEnd()) {
        return;
    }
    const SipMessage request
        = effect.status >= 200 ? c.requests.take(effect.transaction) : SipMessage(*found);
    const bool invitation = request.method == "INVITE";
    Dialog *dialog = invitation ? find(c, incomingId(request)) : nullptr;
    const QByteArray tag = dialog != nullptr ? dialog->localTag() : randomHex(m_link.random(), 5);
    SipMessage response
        = makeResponse(request, effect.status, phraseOf(effect.status), m_link.identity(), tag);
    if (invitation && effect.status == 200 && dialog != nullptr) {
        dialog->takeNumber(request); // a re-INVITE: the same dialog goes on
        dialog->refreshTarget(request);
        acceptInvite(c, request, response, effect.tookFirstMessage);
    } else if (invitation && effect.status >= 300) {
        c.dialogs.removeIf([id = incomingId(request)](const Dialog &d) { return idOf(d) == id; });
    }
    m_link.respond(response);
}

void SipConversations::acceptInvite(
    Conversation &c, const SipMessage &request, SipMessage &response, bool tookFirst)
{
    const LocalIdentity &identity = m_link.identity();
    c.remote = imOffer(request).value_or(ImSdp());
    response.addHeader("Contact"_ba, identity.contact());
    response.addHeader("Supported"_ba, "com.microsoft.rtc-multiparty"_ba);
    if (tookFirst) {
        response.addHeader("Supported"_ba, "ms-text-format"_ba);
    }
    response.addHeader("Supported"_ba, "ms-sender"_ba);
    response.setBody("application/sdp"_ba,
        buildImSdpAnswer(c.remote, identity.host, identity.port, identity.uri()));
}

InboundMessage SipConversations::inbound(const Conversation &c, const ImShowMessage &effect) const
{
    InboundMessage message;
    message.with = c.address;
    message.from = c.address;
    message.body = richText(effect.text, &message.kind);
    message.remoteId = QString::fromUtf8(effect.messageKey);
    message.sentAt = m_link.services().now();
    message.thread = QString::fromLatin1(m_ids.of(c.address, message.sentAt));
    return message;
}

void SipConversations::show(
    Conversation &c, const ImShowMessage &effect, const std::optional<ImAnswer> &then)
{
    MessageReceived received { inbound(c, effect), {} };
    if (then) {
        received.stored
            = [this, address = c.address, answer = *then, alive = std::weak_ptr(m_alive)] {
                  if (alive.lock()) {
                      perform(conversation(address), answer);
                  }
              };
    }
    m_link.tell(received);
}

void SipConversations::perform(Conversation &c, const ImShowTyping &effect)
{
    m_link.tell(TypingChanged { c.address, ConversationKind::Person, c.address, effect.active });
}

} // namespace linchpin::sip
