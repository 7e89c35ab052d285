// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/simpleparts.h"

#include "protocols/sip/registration/sipfailures.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

SimpleParts::SimpleParts(SipLink &link)
    : m_link(link)
    , m_roster(link)
{
}

SimpleParts::~SimpleParts() = default;

void SimpleParts::start(const Presence &initial)
{
    m_presence = std::make_unique<SimplePresence>(m_link, initial,
        SimplePresence::Hooks {
            .asked = [this](const PresenceWatcher &watcher) { m_roster.watcherAsked(watcher); },
            .standing = [this](const QString &address,
                            Subscription standing) { m_roster.setStanding(address, standing); } });
    if (!m_messages) {
        m_messages = std::make_unique<SimpleMessages>(
            m_link, [this](const QString &address) { return m_roster.isBlocked(address); });
    }
    m_roster.start(*m_presence);
    m_presence->start();
}

void SimpleParts::close(std::function<void()> closed)
{
    if (m_presence) {
        m_presence->close(std::move(closed));
    } else {
        closed();
    }
}

void SimpleParts::stop()
{
    m_roster.stop();
    m_messages.reset();
    m_presence.reset();
}

Async<SentMessage> SimpleParts::send(const OutgoingMessage &message)
{
    return m_messages ? m_messages->send(message) : readyError<SentMessage>(notSignedIn());
}

Async<void> SimpleParts::setPresence(const Presence &presence)
{
    if (!m_presence) {
        return readyError<void>(notSignedIn());
    }
    Answer<void> answer;
    m_presence->setPresence(presence, answer);
    return answer.future();
}

void SimpleParts::setTyping(const QString &to, ConversationKind conversation, bool composing)
{
    if (m_messages && conversation == ConversationKind::Person) {
        m_messages->setTyping(to, composing);
    }
}

void SimpleParts::answer(const SipMessage &request, int status, const QByteArray &reason)
{
    SipMessage response
        = makeResponse(request, status, reason, m_link.identity(), randomHex(m_link.random(), 5));
    if (status == 200 || status == 405) {
        response.addHeader("Allow"_ba, "MESSAGE, NOTIFY, OPTIONS"_ba);
    }
    if (status == 200 && request.method == "OPTIONS") {
        response.addHeader(
            "Accept"_ba, "text/plain, text/html, message/cpim, application/im-iscomposing+xml"_ba);
        response.addHeader("Allow-Events"_ba, "presence"_ba);
        response.addHeader("Contact"_ba, m_link.identity().contact());
    }
    m_link.respond(response);
}

void SimpleParts::receive(const SipMessage &request)
{
    const QByteArray &method = request.method;
    if (method == "ACK") {
        return;
    }
    if (method == "MESSAGE" && m_messages) {
        m_messages->receive(request);
    } else if (method == "NOTIFY") {
        // RFC 6665 4.1.3: answered before anything else is done about it; 481 ends what is not
        // ours.
        const bool ours = m_presence && m_presence->owns(request);
        answer(request, ours ? 200 : 481, ours ? "OK"_ba : "Subscription Does Not Exist"_ba);
        if (ours) {
            m_presence->receive(request);
        }
    } else if (method == "OPTIONS") {
        answer(request, 200, "OK"_ba);
    } else if (method == "INVITE") {
        answer(request, 488, "Not Acceptable Here"_ba); // calls: other devices may take them
    } else if (method == "SUBSCRIBE") {
        answer(request, 489, "Bad Event"_ba);
    } else if (method == "BYE" || method == "CANCEL" || method == "INFO") {
        answer(request, 481, "Call/Transaction Does Not Exist"_ba);
    } else {
        answer(request, 405, "Method Not Allowed"_ba);
    }
}

} // namespace linchpin::sip
