// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/simplemessages.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/im/deliveryerror.h"
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/transaction/dialog.h"
#include "protocols/sip/wire/sipheader.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SimpleMessages)
};

constexpr QLatin1StringView actionPrefix = "/me "_L1;
constexpr auto dateFormat = "ddd, dd MMM yyyy hh:mm:ss 'GMT'"_L1; // RFC 3261 20.17
constexpr qint64 lateAfter = 60; // seconds: what is older was kept for us somewhere
constexpr auto repeatTypingAfter = 90s;
const QByteArray acceptedTypes = "text/plain, text/html, text/rtf, multipart/alternative, "
                                 "message/cpim, application/im-iscomposing+xml"_ba;

/// A message is known by its call and number.
QByteArray keyOf(const SipMessage &message)
{
    const auto cseq = parseCSeq(message.header("CSeq"));
    return message.header("Call-ID") + ';' + QByteArray::number(cseq ? cseq->number : 0);
}

QDateTime dateOf(const SipMessage &message)
{
    QDateTime date
        = QLocale::c().toDateTime(QString::fromLatin1(message.header("Date")), QString(dateFormat));
    date.setTimeZone(QTimeZone::UTC);
    return date;
}

SipFailure failureOf(const SipReply &reply)
{
    SipFailure failure;
    if (!reply) {
        failure.status = reply.error().kind == Error::Kind::Timeout ? kNoAnswer : kConnectionLost;
        return failure;
    }
    failure.status = reply->status;
    failure.reasonPhrase = reply->reason;
    failure.warning = reply->header("Warning");
    return failure;
}

Error errorOf(const SipReply &reply, const QString &to)
{
    Error error = deliveryError(failureOf(reply), to);
    if (reply && reply->status == 404) {
        // Most of these servers say so of people who are known, but not signed in, too.
        error.title = Text::tr("%1 is not signed in, or nobody has this address.").arg(to);
        error.remedy = Text::tr("Check the address, or send it again when %1 is there.").arg(to);
        error.fatal = false;
    }
    return error;
}

} // namespace

SimpleMessages::SimpleMessages(SipLink &link, std::function<bool(const QString &)> isBlocked)
    : m_link(link)
    , m_isBlocked(std::move(isBlocked))
{
}

SimpleMessages::~SimpleMessages()
{
    for (auto &[address, peer] : m_peers) {
        for (const Pending &pending : std::as_const(peer.queue)) {
            pending.answer.fail(deliveryError({ .status = kConnectionLost }, address));
        }
    }
}

// ---------------------------------------------------------------- from us

/// Without Contact: RFC 3428 4 forbids it.
SipMessage SimpleMessages::newMessage(const QString &to) const
{
    Dialog once = Dialog::outgoing(uriFromAddress(to).toUtf8(), m_link.random());
    SipMessage message = once.request(m_link.identity(), "MESSAGE"_ba, m_link.random());
    message.addHeader("Date"_ba,
        QLocale::c().toString(m_link.services().now().toUTC(), QString(dateFormat)).toLatin1());
    return message;
}

Async<SentMessage> SimpleMessages::send(const OutgoingMessage &message)
{
    const QString to = addressFromUri(message.to);
    if (to.isEmpty()) {
        return readyError<SentMessage>(deliveryError({ .status = 404 }, message.to));
    }
    Pending pending { message, {} };
    const Async<SentMessage> future = pending.answer.future();
    m_peers[to].queue.enqueue(pending);
    sendNext(to);
    return future;
}

void SimpleMessages::sendNext(const QString &to)
{
    Peer &peer = m_peers[to];
    if (peer.sending || peer.queue.isEmpty()) {
        return;
    }
    peer.sending = true;
    peer.ownTyping.messageSent();
    peer.repeatTyping.reset();
    const OutgoingMessage &message = peer.queue.head().message;
    const QString text = message.body.plain();
    const ImWireBody body
        = buildPlainBody(message.kind == MessageKind::Action ? actionPrefix + text : text);
    SipMessage request = newMessage(to);
    request.setBody(body.contentType, body.body);
    m_link.send(request, [this, to, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock()) {
            answered(to, reply);
        }
    });
}

void SimpleMessages::answered(const QString &to, const SipReply &reply)
{
    Peer &peer = m_peers[to];
    peer.sending = false;
    if (peer.queue.isEmpty()) {
        return;
    }
    const Pending done = peer.queue.dequeue();
    sendNext(to);
    if (!reply || reply->status >= 300) {
        done.answer.fail(errorOf(reply, to));
        return;
    }
    SentMessage sent;
    sent.remoteId = QString::fromUtf8(keyOf(*reply));
    // RFC 3428 7: 200 comes from where the message went, 202 from somebody who passes it on.
    sent.state = reply->status == 200 ? DeliveryState::Delivered : DeliveryState::Sent;
    done.answer.give(sent);
}

void SimpleMessages::setTyping(const QString &to, bool composing)
{
    const QString address = addressFromUri(to);
    if (address.isEmpty()) {
        return;
    }
    Peer &peer = m_peers[address];
    peer.repeatTyping.reset();
    if (const auto notice = peer.ownTyping.typed(composing, m_link.services().now())) {
        sendTyping(address, *notice);
    }
    if (composing) {
        peer.repeatTyping = m_link.services().timer(
            repeatTypingAfter, [this, address] { setTyping(address, true); });
    }
}

void SimpleMessages::sendTyping(const QString &to, bool composing)
{
    SipMessage request = newMessage(to);
    request.setBody(kComposingType.toByteArray(), buildComposing(composing));
    m_link.send(request, [this, to, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock() && reply && reply->status >= 300) {
            m_peers[to].ownTyping.refused();
        }
    });
}

// ---------------------------------------------------------------- to us

void SimpleMessages::answer(const SipMessage &request, int status, const QByteArray &reason)
{
    m_seen.setAnswer(keyOf(request), status);
    SipMessage response
        = makeResponse(request, status, reason, m_link.identity(), randomHex(m_link.random(), 5));
    if (status == 415) {
        response.addHeader("Accept"_ba, acceptedTypes);
        response.addHeader("Accept-Encoding"_ba, "identity"_ba);
    }
    m_link.respond(response);
}

void SimpleMessages::receive(const SipMessage &request)
{
    const auto fromHeader = parseNameAddress(request.header("From"));
    const QString from
        = fromHeader ? addressFromUri(QString::fromUtf8(fromHeader->uri)) : QString();
    if (from.isEmpty()) {
        answer(request, 400, "Bad Request"_ba);
        return;
    }
    const QByteArray key = keyOf(request);
    if (!m_seen.take(key)) {
        if (const int before = m_seen.answer(key); before != 0) {
            answer(request, before, before == 200 ? "OK"_ba : "Refused"_ba);
        }
        return; // else the answer to the first of them is still to come
    }
    if (m_isBlocked(from)) {
        answer(request, 403, "Forbidden"_ba);
        return;
    }
    const QByteArray encoding = request.header("Content-Encoding").trimmed().toLower();
    if (!encoding.isEmpty() && encoding != "identity") {
        answer(request, 415, "Unsupported Media Type"_ba);
        return;
    }
    CpimMessage content;
    content.contentType = request.header("Content-Type");
    content.body = request.body;
    const auto typeIs = [&content](QByteArrayView type) {
        return content.contentType.toLower().startsWith(type.toByteArray());
    };
    if (typeIs(kCpimType)) {
        auto unwrapped = parseCpim(request.body);
        if (!unwrapped) {
            const bool large = unwrapped.error().kind == DocumentError::Kind::TooLarge;
            answer(request, large ? 413 : 400,
                large ? "Request Entity Too Large"_ba : "Bad Request"_ba);
            return;
        }
        content = *std::move(unwrapped);
    }
    m_peers[from].ownTyping.heard();
    if (typeIs(kComposingType)) {
        answer(request, 200, "OK"_ba);
        if (const auto notice = parseComposing(content.body)) {
            showTyping(from, *notice);
        }
        return;
    }
    if (typeIs(kImdnType) || content.body.isEmpty()) {
        answer(request, 200, "OK"_ba); // a report on a message that asked for none; a mere ping
        return;
    }
    show(request, key, from, content);
}

void SimpleMessages::show(const SipMessage &request, const QByteArray &key, const QString &from,
    const CpimMessage &content)
{
    const auto text = parseImBody(content.contentType, content.body);
    if (!text) {
        switch (text.error()) {
        case ImBodyError::TooLarge:
            answer(request, 413, "Request Entity Too Large"_ba);
            return;
        case ImBodyError::Malformed:
            answer(request, 400, "Bad Request"_ba);
            return;
        case ImBodyError::Unsupported:
            answer(request, 415, "Unsupported Media Type"_ba);
            return;
        }
    }
    InboundMessage message;
    message.with = from;
    message.from = from;
    if (const auto header = parseNameAddress(request.header("From"))) {
        message.fromName = QString::fromUtf8(header->displayName).left(256);
    }
    if (text->format == ImText::Format::Html) {
        message.body = RichText::fromHtml(text->text);
    } else {
        QString plain = text->text;
        if (plain.startsWith(actionPrefix)) {
            plain.remove(0, actionPrefix.size());
            message.kind = MessageKind::Action;
        }
        message.body = RichText::fromPlain(plain);
    }
    message.remoteId = QString::fromUtf8(key);
    const QDateTime now = m_link.services().now();
    const QDateTime written = content.sentAt.isValid() ? content.sentAt : dateOf(request);
    message.delayed = written.isValid() && written.secsTo(now) > lateAfter;
    message.sentAt = message.delayed ? written : now;
    showTyping(from, {});

    MessageReceived received { message, {} };
    received.stored = [this, request, from, content, alive = std::weak_ptr(m_alive)] {
        if (!alive.lock() || m_seen.answer(keyOf(request)) != 0) {
            return;
        }
        answer(request, 200, "OK"_ba);
        if (content.wantsDelivery && !content.messageId.isEmpty()) {
            report(from, content);
        }
    };
    m_link.tell(received);
}

/// RFC 5438 7.2.1: that the message is here. Nobody is told when the report cannot be delivered.
void SimpleMessages::report(const QString &to, const CpimMessage &message)
{
    const QString own = QString::fromUtf8(m_link.identity().address);
    CpimMessage wrapper;
    wrapper.from = own;
    wrapper.to = to;
    wrapper.sentAt = m_link.services().now();
    wrapper.messageId = QString::fromLatin1(randomHex(m_link.random(), 8));
    wrapper.contentType = kImdnType.toByteArray() + "\r\nContent-Disposition: notification"_ba;
    wrapper.body = buildDispositionNotice(
        { message.messageId, message.sentAt, own, DispositionNotice::Status::Delivered });
    SipMessage request = newMessage(to);
    request.setBody(kCpimType.toByteArray(), buildCpim(wrapper));
    m_link.send(request, [](const SipReply &) { });
}

void SimpleMessages::showTyping(const QString &from, const ComposingNotice &notice)
{
    Peer &peer = m_peers[from];
    const bool before = peer.theirTyping != nullptr;
    peer.theirTyping.reset();
    if (notice.active) {
        peer.theirTyping = m_link.services().timer(notice.lifetime, [this, from] {
            showTyping(QString(from), {}); // a copy: the timer goes while it fires
        });
    }
    if (before != notice.active) {
        m_link.tell(TypingChanged { from, ConversationKind::Person, from, notice.active });
    }
}

} // namespace linchpin::sip
