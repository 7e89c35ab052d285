// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/ocsparts.h"

#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/immessages.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

OcsParts::OcsParts(SipLink &link, const SettingValues &settings)
    : m_link(link)
    , m_address(settings.text(u"address"_s))
    , m_directory(link, settings.isOn(u"web-photos"_s))
    , m_exchange(link, settings)
    , m_conferences(link)
    , m_files(link)
    , m_groupChat(link, settings.text(u"group-chat"_s),
          [this](const QString &address) { return nameOf(address); })
{
}

OcsParts::~OcsParts()
{
    stop();
}

SipPresence::Hooks OcsParts::presenceHooks()
{
    return { .cardChanged =
                 [this](const QString &address, const sip::ContactCard &card) {
                     if (m_roster) {
                         m_roster->cardChanged(address, card);
                     }
                     m_groupChat.nameChanged(address);
                 },
        .blockedChanged =
            [this] {
                if (m_roster) {
                    m_roster->blockedChanged();
                }
            },
        .provisioned =
            [this](const QByteArray &body) {
                m_directory.provisioned(body);
                m_conferences.setFactory(focusFactory(body));
                m_groupChat.provisioned(body);
            } };
}

QString OcsParts::nameOf(const QString &address) const
{
    const auto known = m_presence ? m_presence->known(address) : std::nullopt;
    return known && known->card ? known->card->displayName : QString();
}

void OcsParts::prepare(const Presence &initial, WebServices &web)
{
    m_directory.attach(web, { .known = [this](const QString &address) {
        return m_presence ? m_presence->known(address) : std::nullopt;
    } });
    m_roster.reset();
    m_access.setSelf(nullptr, {});
    m_presence = std::make_unique<SipPresence>(m_link, initial, presenceHooks());
    m_hasAccess = m_link.registration().hasCategories();
    m_access.setSelf(&m_presence->self(), m_address);
    m_roster = std::make_unique<SipRoster>(m_link, *m_presence, m_exchange);
    m_exchange.start(m_presence->self());
    if (!m_conversations) {
        m_conversations = std::make_unique<SipConversations>(m_link, &m_files);
    }
    if (m_hasAccess) {
        m_conferences.prepare();
        m_groupChat.start(); // says nothing before provisioning tells where its server is
    }
}

void OcsParts::start()
{
    m_roster->start();
    m_presence->start();
    if (m_link.registration().hasCategories()) {
        m_conferences.start();
    }
}

void OcsParts::close()
{
    m_conferences.close();
    m_groupChat.close();
    if (m_conversations) {
        m_conversations->close();
    }
}

void OcsParts::stop()
{
    m_conferences.stop();
    m_groupChat.stop();
    m_exchange.stop();
    m_conversations.reset();
    m_directory.detach();
    m_roster.reset();
    m_access.setSelf(nullptr, {});
    m_presence.reset();
}

Async<SentMessage> OcsParts::send(const OutgoingMessage &message)
{
    if (!m_conversations) {
        return readyError<SentMessage>(notSignedIn());
    }
    if (message.conversation != ConversationKind::Room) {
        return m_conversations->send(message);
    }
    return normalizedChannel(message.to) ? m_groupChat.send(message) : m_conferences.send(message);
}

Async<void> OcsParts::setPresence(const Presence &presence)
{
    if (!m_presence) {
        return readyError<void>(notSignedIn());
    }
    Answer<void> answer;
    m_presence->setPresence(presence, answer);
    return answer.future();
}

void OcsParts::heardFrom(const QString &address)
{
    if (m_presence) {
        m_presence->glance(address);
    }
}

Async<void> OcsParts::add(const ContactSnapshot &contact)
{
    return m_roster ? m_roster->add(contact) : readyError<void>(notSignedIn());
}

Async<void> OcsParts::remove(const ContactAddress &address)
{
    return m_roster ? m_roster->remove(address) : readyError<void>(notSignedIn());
}

Async<void> OcsParts::update(const ContactSnapshot &contact)
{
    return m_roster ? m_roster->update(contact) : readyError<void>(notSignedIn());
}

Async<void> OcsParts::setBlocked(const ContactAddress &address, bool blocked)
{
    return m_roster ? m_roster->setBlocked(address, blocked) : readyError<void>(notSignedIn());
}

Async<void> OcsParts::answer(const ContactAddress &address, bool allow)
{
    return m_roster ? m_roster->answer(address, allow) : readyError<void>(notSignedIn());
}

void OcsParts::setTyping(const QString &to, ConversationKind conversation, bool composing)
{
    if (conversation == ConversationKind::Room) {
        m_conferences.setTyping(to, composing);
    } else if (m_conversations) {
        m_conversations->setTyping(to, conversation, composing);
    }
}

// ---------------------------------------------------------------- requests of the server

void OcsParts::receive(const SipMessage &request)
{
    if (request.method == "NOTIFY" || request.method == "BENOTIFY") {
        receiveNotification(request);
    } else if (!m_conferences.receive(request) && !m_groupChat.receive(request)
        && !(m_conversations && m_conversations->receive(request))) {
        receiveElse(request);
    }
}

void OcsParts::receiveNotification(const SipMessage &notification)
{
    if (notification.method == "NOTIFY") { // [MS-SIP] 3.5: BENOTIFY is never answered
        m_link.respond(response(notification, 200, "OK"_ba));
    }
    if (!m_conferences.receive(notification) && !(m_roster && m_roster->receive(notification))
        && !m_directory.receive(notification) && m_presence) {
        m_presence->receive(notification);
    }
}

void OcsParts::receiveElse(const SipMessage &request)
{
    if (request.method == "ACK") {
        return;
    }
    if (request.method == "OPTIONS") {
        SipMessage ok = response(request, 200, "OK"_ba);
        describeOwnIm(ok, m_link.identity());
        m_link.respond(ok);
        return;
    }
    const bool known = request.method == "MESSAGE" || request.method == "INFO"
        || request.method == "BYE" || request.method == "CANCEL";
    SipMessage refusal = known ? response(request, 481, "Call/Transaction Does Not Exist"_ba)
                               : response(request, 501, "Not Implemented"_ba);
    refusal.addHeader("Contact"_ba, m_link.identity().contact());
    m_link.respond(refusal);
}

void OcsParts::receiveLate(const SipMessage &response)
{
    if (m_conversations) {
        m_conversations->receiveLate(response);
    }
}

SipMessage OcsParts::response(const SipMessage &request, int status, const QByteArray &reason) const
{
    return makeResponse(request, status, reason, m_link.identity(), randomHex(m_link.random(), 5));
}

} // namespace linchpin::sip
