// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/scriptedperson.h"

#include "protocols/sip/simulator/registrar.h"
#include "protocols/sip/simulator/simmessages.h"

#include <QRegularExpression>
#include <QStringDecoder>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

QByteArray sdp(const QString &address)
{
    return "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 "
           "0\r\nm=message 5060 sip sip:"
        + address.toUtf8()
        + "\r\na=accept-types:text/plain text/html multipart/alternative "
          "application/im-iscomposing+xml application/ms-imdn+xml\r\n";
}

QString withoutMarkup(QString html)
{
    static const QRegularExpression lineBreak(
        u"<br\\s*/?>|</p>"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression tag(u"<[^>]*>"_s);
    static const QRegularExpression reference(u"&#(\\d+);"_s);
    html.replace(lineBreak, u"\n"_s).remove(tag);
    for (auto match = reference.match(html); match.hasMatch(); match = reference.match(html)) {
        const char32_t code = match.capturedView(1).toUInt();
        html.replace(match.capturedStart(), match.capturedLength(), QString::fromUcs4(&code, 1));
    }
    return html.replace("&lt;"_L1, "<"_L1)
        .replace("&gt;"_L1, ">"_L1)
        .replace("&quot;"_L1, "\""_L1)
        .replace("&apos;"_L1, "'"_L1)
        .replace("&nbsp;"_L1, " "_L1)
        .replace("&amp;"_L1, "&"_L1);
}

/// Text of a body in its Content-Type's character set, markup taken off. Nothing for other types.
std::optional<QString> readText(const QByteArray &contentType, const QByteArray &body)
{
    const auto type = contentType.split(';').first().trimmed().toLower();
    if (type != "text/plain" && type != "text/html") {
        return std::nullopt;
    }
    const auto parameters = parseParameters(QByteArrayView(contentType).sliced(type.size()));
    const auto charset = parameters ? parameters->value("charset") : QByteArray();
    QStringDecoder decoder(charset.isEmpty() ? "UTF-8" : charset.constData());
    if (!decoder.isValid()) {
        decoder = QStringDecoder(QStringDecoder::Utf8);
    }
    const QString text = decoder(body);
    return type == "text/html" ? withoutMarkup(text) : text;
}

/// The message inside an INVITE: ms-text-format: text/plain; charset=UTF-8;msgr=…;ms-body=BASE64.
std::optional<QString> firstMessage(const SipMessage &invite)
{
    const auto format = invite.header("ms-text-format");
    const auto at = format.toLower().indexOf("ms-body=");
    if (at < 0) {
        return std::nullopt;
    }
    const auto encoded = format.sliced(at + 8).split(';').first().trimmed();
    return readText(format.first(at), QByteArray::fromBase64(encoded));
}

} // namespace

ScriptedPerson::ScriptedPerson(const QString &address, PoolCore &core, QObject *parent)
    : QObject(parent)
    , m_address(address.toLower())
    , m_core(core)
    , m_instance(Registrar::instanceForEpid(randomHex(6)))
    , m_contact("sip:" + m_address.toUtf8() + ";opaque=script:" + m_instance.toLatin1())
{
}

ScriptedPerson::~ScriptedPerson()
{
    m_core.forget(this);
}

void ScriptedPerson::setPresence(int availability, const QString &note, const QString &activity)
{
    auto *user = m_core.user(m_address);
    if (!user) {
        return;
    }
    const auto touched
        = user->presence.script(availability, note, activity, QDateTime::currentDateTimeUtc());
    const auto own = m_core.endpointsOf(m_address);
    if (std::ranges::find(own, m_instance, &Endpoint::instance) == own.end()) {
        m_core.putEndpoint({ .user = m_address,
            .epid = m_instance.first(8),
            .instance = m_instance,
            .gruu = Registrar::gruu(m_address, m_instance),
            .contact = m_contact,
            .hop = this,
            .expires = {},
            .registration = {} });
    }
    m_core.presenceTouched(m_address, touched);
}

void ScriptedPerson::signOut()
{
    m_dialogs.clear();
    if (auto *user = m_core.user(m_address)) {
        m_core.presenceTouched(
            m_address, user->presence.endpointGone(u"script"_s, QDateTime::currentDateTimeUtc()));
    }
    m_core.removeEndpoint(m_address, m_instance);
}

void ScriptedPerson::deliver(const SipMessage &message)
{
    QMetaObject::invokeMethod(this, [this, message] { handle(message); }, Qt::QueuedConnection);
}

void ScriptedPerson::send(const SipMessage &message)
{
    m_core.receive(message, *this);
}

void ScriptedPerson::respond(const SipMessage &request, int status)
{
    auto response = responseTo(request, status);
    if (auto *dialog = dialogOf(request)) {
        response.setHeader("To", dialog->local);
    }
    response.addHeader("User-Agent", "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (scripted person)");
    send(response);
}

ScriptedPerson::Dialog *ScriptedPerson::dialogWith(const QString &peer)
{
    const auto found = std::ranges::find(m_dialogs, peer.toLower(), &Dialog::peer);
    return found == m_dialogs.end() ? nullptr : &*found;
}

ScriptedPerson::Dialog *ScriptedPerson::dialogOf(const SipMessage &message)
{
    const auto found = std::ranges::find(m_dialogs, message.header("Call-ID"), &Dialog::callId);
    return found == m_dialogs.end() ? nullptr : &*found;
}

void ScriptedPerson::handle(const SipMessage &message)
{
    if (message.isResponse()) {
        handleResponse(message);
        return;
    }
    if (message.method == "INVITE") {
        handleInvite(message);
    } else if (message.method == "MESSAGE") {
        handleMessage(message);
    } else if (message.method == "BYE") {
        const bool known = dialogOf(message) != nullptr;
        respond(message, known ? 200 : 481);
        const auto peer = addressIn(message, "From");
        m_dialogs.removeIf([&](const Dialog &d) { return d.callId == message.header("Call-ID"); });
        Q_EMIT conversationEnded(peer);
    } else if (message.method == "INFO") {
        if (message.body.contains("KeyboardActivity") && message.body.contains("\"type\"")) {
            Q_EMIT typingReceived(addressIn(message, "From"));
        }
        respond(message, dialogOf(message) ? 200 : 481);
    } else if (message.method == "OPTIONS") {
        auto response = responseTo(message, 200);
        response.addHeader("Allow", "INVITE, MESSAGE, INFO, OPTIONS, BYE, CANCEL, ACK");
        response.setBody("application/sdp", sdp(m_address));
        send(response);
    } else if (message.method == "CANCEL") {
        respond(message, 200);
    } else if (message.method != "ACK") {
        respond(message, 501);
    }
}

void ScriptedPerson::handleInvite(const SipMessage &request)
{
    if (m_inviteAnswer != 200) {
        respond(request, m_inviteAnswer);
        return;
    }
    if (!request.body.contains("m=message") && !request.body.contains("m=x-ms-message")) {
        respond(request, 488);
        return;
    }
    const auto peer = addressIn(request, "From");
    auto response = responseTo(request, 200);
    auto *dialog = dialogOf(request);
    const auto conversation = request.header("Ms-Conversation-ID");
    if (dialog) { // re-INVITE
        response.setHeader("To", dialog->local);
        dialog->target = addressHeader(request, "Contact").uri;
    } else if (m_oneSessionOnly && !conversation.isEmpty()
        && std::ranges::any_of(
            m_dialogs, [&](const Dialog &d) { return d.conversation == conversation; })) {
        auto refusal = responseTo(request, 488);
        refusal.addHeader("Ms-client-diagnostics",
            "52035; reason=\"This client has an IM session with the same conversation ID\"");
        send(refusal);
        return;
    } else {
        m_dialogs.removeIf([&](const Dialog &d) { return d.peer == peer; });
        m_dialogs.append({ .peer = peer,
            .callId = request.header("Call-ID"),
            .local = response.header("To"),
            .remote = request.header("From"),
            .target = addressHeader(request, "Contact").uri,
            .conversation = conversation,
            .established = true,
            .outbox = {} });
    }
    const auto first = dialog ? std::nullopt : firstMessage(request);
    response.addHeader("Contact", '<' + m_contact + '>');
    response.addHeader("Supported", "com.microsoft.rtc-multiparty");
    response.addHeader("Supported", "ms-sender");
    if (first && m_takesFirstMessage) {
        response.addHeader("Supported", "ms-text-format");
    }
    response.addHeader("User-Agent", "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (scripted person)");
    response.setBody("application/sdp", sdp(m_address));
    send(response);
    if (first && m_takesFirstMessage) {
        received(peer, *first);
    }
}

void ScriptedPerson::handleMessage(const SipMessage &request)
{
    if (!dialogOf(request)) {
        respond(request, 481);
        return;
    }
    const auto type = request.header("Content-Type");
    const auto text = readText(type, request.body);
    respond(request, text || type.startsWith("application/im-iscomposing+xml") ? 200 : 415);
    if (text) {
        received(addressIn(request, "From"), *text);
    }
}

void ScriptedPerson::received(const QString &from, const QString &text)
{
    Q_EMIT messageReceived(from, text);
    const auto answer = m_reply ? m_reply(from, text) : QString();
    if (answer.isEmpty()) {
        return;
    }
    if (m_pace.count() == 0) {
        write(from, answer);
        return;
    }
    QTimer::singleShot(m_pace / 3, this, [this, from] { type(from); });
    QTimer::singleShot(m_pace, this, [this, from, answer] { write(from, answer); });
}

SipMessage ScriptedPerson::inDialog(Dialog &dialog, const QByteArray &method)
{
    auto message = SipMessage::request(method, dialog.target);
    message.addHeader("Via", "SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK" + randomHex(10));
    message.addHeader("Max-Forwards", "70");
    message.addHeader("From", dialog.local);
    message.addHeader("To", dialog.remote);
    message.addHeader("Call-ID", dialog.callId);
    message.addHeader(
        "CSeq", QByteArray::number(method == "ACK" ? dialog.cseq : ++dialog.cseq) + ' ' + method);
    message.addHeader("Contact", '<' + m_contact + '>');
    message.addHeader("User-Agent", "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (scripted person)");
    return message;
}

void ScriptedPerson::invite(const QString &to)
{
    Dialog dialog { .peer = to.toLower(),
        .callId = randomHex(8),
        .local = "<sip:" + m_address.toUtf8() + ">;tag=" + randomHex(5)
            + ";epid=" + m_instance.first(8).toLatin1(),
        .remote = "<sip:" + to.toLower().toUtf8() + '>',
        .target = "sip:" + to.toLower().toUtf8(),
        .conversation = randomHex(4),
        .outbox = {} };
    auto message = inDialog(dialog, "INVITE");
    message.addHeader("Supported", "ms-sender");
    message.addHeader("Ms-Conversation-ID", dialog.conversation);
    message.setBody("application/sdp", sdp(m_address));
    m_dialogs.append(dialog);
    send(message);
}

void ScriptedPerson::write(const QString &to, const QString &text)
{
    if (!dialogWith(to)) {
        invite(to);
    }
    if (auto *dialog = dialogWith(to)) {
        dialog->outbox.enqueue(text);
        flush(*dialog);
    }
}

void ScriptedPerson::type(const QString &to)
{
    if (auto *dialog = dialogWith(to); dialog && dialog->established) {
        auto message = inDialog(*dialog, "INFO");
        message.setBody("application/xml",
            "<?xml version=\"1.0\"?><KeyboardActivity><status "
            "status=\"type\"/></KeyboardActivity>");
        send(message);
    }
}

void ScriptedPerson::hangUp(const QString &to)
{
    if (auto *dialog = dialogWith(to)) {
        const auto message = inDialog(*dialog, "BYE");
        m_dialogs.removeIf([&](const Dialog &d) { return d.callId == message.header("Call-ID"); });
        send(message);
    }
}

void ScriptedPerson::flush(Dialog &dialog)
{
    if (!dialog.established || dialog.waiting || dialog.outbox.isEmpty()) {
        return;
    }
    dialog.waiting = true;
    auto message = inDialog(dialog, "MESSAGE");
    message.setBody("text/plain; charset=UTF-8", dialog.outbox.head().toUtf8());
    send(message);
}

void ScriptedPerson::handleResponse(const SipMessage &response)
{
    auto *dialog = dialogOf(response);
    const auto cseq = parseCSeq(response.header("CSeq"));
    if (!dialog || !cseq || !response.isFinal()) {
        return;
    }
    if (cseq->method == "INVITE") {
        if (response.status >= 300) {
            const auto lost = *dialog;
            m_dialogs.removeIf([&](const Dialog &d) { return d.callId == lost.callId; });
            for (const auto &text : lost.outbox) {
                Q_EMIT messageAnswered(lost.peer, text, response.status);
            }
            return;
        }
        dialog->remote = response.header("To");
        if (const auto contact = addressHeader(response, "Contact").uri; !contact.isEmpty()) {
            dialog->target = contact;
        }
        dialog->established = true;
        send(inDialog(*dialog, "ACK"));
        flush(*dialog);
    } else if (cseq->method == "MESSAGE") {
        dialog->waiting = false;
        if (!dialog->outbox.isEmpty()) {
            const auto text = dialog->outbox.dequeue();
            const auto peer = dialog->peer;
            const int status = response.status;
            if (status == 481) {
                m_dialogs.removeIf(
                    [&](const Dialog &d) { return d.callId == response.header("Call-ID"); });
                dialog = nullptr;
            } else {
                flush(*dialog);
            }
            Q_EMIT messageAnswered(peer, text, status);
        }
    }
}

} // namespace linchpin::sip::sim
