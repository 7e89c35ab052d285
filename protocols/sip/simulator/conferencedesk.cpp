// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/conferencedesk.h"

#include "protocols/sip/simulator/simmessages.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr auto cccpType = "application/cccp+xml";
constexpr auto infoType = "application/conference-info+xml";
constexpr auto marker = "opaque=app:conf:";
constexpr qsizetype mostPassed = 2000;

QString partOf(QByteArrayView uri)
{
    const auto at = uri.indexOf(marker);
    return at < 0 ? QString() : QString::fromUtf8(uri.sliced(at + 16)).section(u'>', 0, 0);
}

} // namespace

ConferenceDesk::ConferenceDesk(PoolCore &core)
    : m_core(core)
{
}

bool ConferenceDesk::concerns(const SipMessage &request)
{
    return request.uri.contains(marker);
}

QString ConferenceDesk::factoryOf(const QString &user)
{
    return u"sip:%1;gruu;opaque=app:conf:focusfactory"_s.arg(user);
}

QString ConferenceDesk::make(const QString &organizer, const QString &id, const QString &subject)
{
    const QString focus = u"sip:%1;gruu;opaque=app:conf:focus:id:%2"_s.arg(organizer, id);
    m_conferences.insert(
        focus, Meeting { .focus = focus, .organizer = organizer, .id = id, .subject = subject });
    return focus;
}

QString ConferenceDesk::nameOf(const QString &address) const
{
    const auto *user = m_core.user(address);
    return user ? user->presence.card().displayName : address;
}

ConferenceDesk::Meeting *ConferenceDesk::meetingOf(QByteArrayView uri)
{
    const auto id = partOf(uri).section(u":id:"_s, 1).section(u';', 0, 0);
    const auto organizer = addressOfUri(uri);
    for (auto &meeting : m_conferences) {
        if (meeting.id == id && meeting.organizer == organizer) {
            return &meeting;
        }
    }
    return nullptr;
}

ConferenceDesk::Participant *ConferenceDesk::byLeg(Meeting &meeting, const QByteArray &callId)
{
    const auto found = std::ranges::find_if(meeting.people, [&](const Participant &p) {
        return p.focus.callId == callId || p.chat.callId == callId
            || p.subscription.callId == callId;
    });
    return found == meeting.people.end() ? nullptr : &*found;
}

// ---------------------------------------------------------------- requests

void ConferenceDesk::handle(const SipMessage &request, Hop &from)
{
    const auto part = partOf(request.uri);
    if (part.startsWith(u"focusfactory")) {
        factory(request, from);
        return;
    }
    auto *meeting = meetingOf(request.uri);
    if (!meeting) {
        m_core.answer(request, from, request.method == "BYE" ? 481 : 404);
        return;
    }
    if (request.method == "ACK" || request.method == "CANCEL") {
        if (request.method == "CANCEL") {
            m_core.answer(request, from, 481);
        }
        return;
    }
    if (request.method == "INVITE") {
        invite(request, from, *meeting, part.startsWith(u"chat"));
        return;
    }
    if (request.method == "SUBSCRIBE") {
        subscribe(request, from, *meeting);
        return;
    }
    if (request.method == "BYE") {
        bye(request, from, *meeting);
        return;
    }
    auto *who = byLeg(*meeting, request.header("Call-ID"));
    if (!who) {
        m_core.answer(request, from, 481);
    } else if (who->chat.callId == request.header("Call-ID")) {
        message(request, from, *meeting, *who);
    } else if (request.method == "INFO") {
        control(request, from, *meeting, *who);
    } else {
        m_core.answer(request, from, 405);
    }
}

QByteArray ConferenceDesk::answer(const XmlElement &request, const QString &code,
    const QString &inside, const QString &reason) const
{
    return u"<?xml version=\"1.0\" encoding=\"utf-8\"?><response "
           u"xmlns=\"urn:ietf:params:xml:ns:cccp\" C3PVersion=\"1\" requestId=\"%1\" from=\"%2\" "
           "to=\"%3\" code=\"%4\"%5>%6</response>"_s
               .arg(escaped(request.attribute(u"requestId")), escaped(request.attribute(u"to")),
                   escaped(request.attribute(u"from")), code,
                   reason.isEmpty() ? QString() : u" reason=\"%1\""_s.arg(reason), inside)
               .toUtf8();
}

void ConferenceDesk::factory(const SipMessage &request, Hop &from)
{
    const auto document = parseXml(request.body);
    if (request.method != "SERVICE" || !document || !document->find(u"request")) {
        m_core.answer(request, from, 400);
        return;
    }
    const auto user = addressIn(request, "From");
    auto response = responseTo(request, 200);
    if (document->find(u"getConferencingCapabilities")) {
        response.setBody(cccpType,
            answer(*document, u"success"_s,
                u"<getConferencingCapabilities><mcu-types><mcuType>chat</mcuType></mcu-types></getConferencingCapabilities>"_s));
    } else if (const auto *add = document->find(u"addConference")) {
        const auto *idElement = add->find(u"conference-id");
        const auto *subject = add->find(u"subject");
        const QString id = idElement ? idElement->text.trimmed() : QString();
        if (id.isEmpty() || addressOfUri(request.uri) != user) {
            response.setBody(cccpType, answer(*document, u"failure"_s, {}, u"requestMalformed"_s));
        } else {
            const QString focus = make(user, id, subject ? subject->text : QString());
            response.setBody(cccpType,
                answer(*document, u"success"_s,
                    u"<addConference><conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"%1\"/></addConference>"_s
                        .arg(escaped(focus))));
        }
    } else {
        response.setBody(cccpType, answer(*document, u"failure"_s, {}, u"notSupported"_s));
    }
    from.deliver(response);
}

void ConferenceDesk::invite(const SipMessage &request, Hop &from, Meeting &meeting, bool chat)
{
    if (!chat) {
        enterFocus(request, from, meeting);
        return;
    }
    const auto address = addressIn(request, "From");
    const auto who = std::ranges::find_if(meeting.people, [&](const Participant &p) {
        return p.address == address && p.focus.hop == &from && !p.waiting;
    });
    if (who == meeting.people.end() || request.header("Content-Type") != "application/sdp") {
        m_core.answer(request, from, who == meeting.people.end() ? 403 : 488);
        return;
    }
    auto response = responseTo(request, 200);
    response.addHeader("Contact", '<' + request.uri + ">;isfocus");
    response.addHeader("Allow", "INVITE, BYE, ACK, CANCEL, INFO, UPDATE, MESSAGE");
    response.setBody("application/sdp",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message "
        "5060 "
        "sip "_ba
            + meeting.organizer.toUtf8()
            + "\r\na=accept-types:text/plain text/html text/rtf multipart/alternative "
              "application/ms-imdn+xml"
            + (m_typing ? " application/im-iscomposing+xml" : "") + "\r\n");
    who->chat = { .callId = request.header("Call-ID"),
        .local = response.header("To"),
        .remote = request.header("From"),
        .target = addressHeader(request, "Contact").uri,
        .hop = &from };
    from.deliver(response);
    notifyAll(meeting, address);
}

void ConferenceDesk::enterFocus(const SipMessage &request, Hop &from, Meeting &meeting)
{
    const auto document = parseXml(request.body);
    const auto *user = document ? document->find(u"user") : nullptr;
    const auto address = addressIn(request, "From");
    if (!document || !user || addressOfUri(user->attribute(u"entity").toUtf8()) != address) {
        m_core.answer(request, from, 400);
        return;
    }
    const bool organizer = address == meeting.organizer;
    const bool held = !organizer && (meeting.locked || m_lobby);
    const bool canWait = user->find(u"lobby-capable") != nullptr && m_lobby;
    if (held && !canWait) {
        auto refusal = responseTo(request, 403);
        refusal.addHeader("ms-diagnostics",
            "3112;reason=\"Conference is locked\";source=" + quoted(m_core.fqdn.toUtf8()));
        refusal.setBody(cccpType, answer(*document, u"failure"_s, {}, u"conferenceLocked"_s));
        from.deliver(refusal);
        return;
    }
    auto response = responseTo(request, 200);
    response.addHeader("Contact", '<' + request.uri + ">;isfocus");
    response.addHeader("Allow", "INVITE, BYE, ACK, CANCEL, INFO, UPDATE");
    const auto *device = user->find(u"endpoint");
    const Participant participant { .address = address,
        .device = device ? device->attribute(u"entity") : QString(),
        .presenter = organizer,
        .waiting = held,
        .focus = { .callId = request.header("Call-ID"),
            .local = response.header("To"),
            .remote = request.header("From"),
            .target = addressHeader(request, "Contact").uri,
            .hop = &from } };
    response.setBody(cccpType,
        answer(*document, u"success"_s,
            u"<addUser><conferenceKeys confEntity=\"%1\"/><user xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"sip:%2\"><roles><entry>%3</entry></roles></user></addUser>"_s
                .arg(escaped(meeting.focus), escaped(address),
                    organizer ? u"presenter"_s : u"attendee"_s)));
    meeting.people.append(participant);
    from.deliver(response);
    notifyAll(meeting, address);
}

void ConferenceDesk::subscribe(const SipMessage &request, Hop &from, Meeting &meeting)
{
    const auto address = addressIn(request, "From");
    const auto callId = request.header("Call-ID");
    auto *who = byLeg(meeting, callId);
    if (!who && addressHeader(request, "To").tag().isEmpty()) {
        const auto mine = std::ranges::find_if(meeting.people,
            [&](const Participant &p) { return p.address == address && p.focus.hop == &from; });
        who = mine == meeting.people.end() ? nullptr : &*mine;
    }
    const bool leaving = request.header("Expires").trimmed() == "0";
    if (!who) {
        m_core.answer(request, from, leaving ? 200 : 481);
        return;
    }
    auto response = responseTo(request, 200);
    const bool again = who->subscription.callId == callId;
    if (again) {
        response.setHeader("To", who->subscription.local);
    }
    response.addHeader("Event", "conference");
    response.addHeader("Expires", leaving ? "0" : "3600");
    response.addHeader("Contact", '<' + request.uri + '>');
    response.addHeader(
        "subscription-state", leaving ? "terminated;expires=0" : "active;expires=3600");
    if (leaving) {
        if (again) {
            who->subscription = {};
        }
        from.deliver(response);
        return;
    }
    if (!again) {
        who->subscription = { .callId = callId,
            .local = response.header("To"),
            .remote = request.header("From"),
            .target = addressHeader(request, "Contact").uri,
            .hop = &from };
    }
    who->benotify = listsToken(request, "Supported", "ms-benotify");
    response.addHeader("ms-piggyback-cseq", QByteArray::number(++who->subscription.cseq));
    response.addHeader("Supported", "ms-benotify, ms-piggyback-first-notify");
    response.setBody(infoType, document(meeting));
    from.deliver(response);
}

void ConferenceDesk::control(
    const SipMessage &request, Hop &from, Meeting &meeting, Participant &who)
{
    const auto document = parseXml(request.body);
    if (!document || document->name != u"request" || document->children.isEmpty()) {
        m_core.answer(request, from, 400);
        return;
    }
    const XmlElement command = document->children.first();
    const auto *userKeys = command.find(u"userKeys");
    const auto *mediaKeys = command.find(u"mediaKeys");
    const auto *entity = command.find(u"userEntity");
    const QString about = addressOfUri((userKeys ? userKeys->attribute(u"userEntity")
            : mediaKeys                          ? mediaKeys->attribute(u"userEntity")
            : entity                             ? entity->text
                                                 : QString())
            .toUtf8());
    const auto refuse = [&](const QString &reason) {
        auto response = responseTo(request, 200);
        response.setBody(cccpType, answer(*document, u"failure"_s, {}, reason));
        from.deliver(response);
    };
    if (!who.presenter && about != who.address) {
        refuse(u"unauthorized"_s);
        return;
    }
    const auto there = [&](const QString &address) {
        return std::ranges::any_of(
            meeting.people, [&](const Participant &p) { return p.address == address; });
    };
    if (!about.isEmpty() && !there(about)) {
        refuse(u"userDoesntExist"_s);
        return;
    }
    static const QStringList known { u"deleteUser"_s, u"modifyUserRoles"_s,
        u"modifyConferenceLock"_s, u"deleteConference"_s, u"modifyEndpointMedia"_s,
        u"setLobbyAccess"_s };
    if (!known.contains(command.name)) {
        refuse(u"notSupported"_s);
        return;
    }
    if (command.name == u"setLobbyAccess") { // [MS-CONFBAS] 4.4.8
        const auto *keys = command.find(u"conferenceKeys");
        const auto *access = command.find(u"access");
        if (!keys || keys->attribute(u"confEntity") != meeting.focus || !access
            || access->text.trimmed() != u"granted") {
            refuse(u"otherFailure"_s);
            return;
        }
    }
    auto response = responseTo(request, 202);
    response.setBody(cccpType, answer(*document, u"pending"_s, u"<%1/>"_s.arg(command.name)));
    from.deliver(response);

    const QString focus = meeting.focus;
    if (command.name == u"deleteUser") {
        remove(meeting, about);
    } else if (command.name == u"deleteConference") {
        const QByteArray gone
            = u"<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"%1\" state=\"deleted\" version=\"%2\"/>"_s
                  .arg(escaped(focus))
                  .arg(++meeting.version)
                  .toUtf8();
        for (Participant &p : meeting.people) {
            notify(p, gone);
            hangUp(p.chat);
            hangUp(p.focus);
        }
        m_conferences.remove(focus);
    } else if (command.name == u"modifyConferenceLock") {
        const auto *locked = command.find(u"locked");
        meeting.locked = locked && locked->text.trimmed() == u"true";
        notifyAll(meeting, {});
    } else {
        for (Participant &p : meeting.people) {
            if (p.address != about) {
                continue;
            }
            if (command.name == u"modifyUserRoles") {
                const auto *entry = command.find(u"entry");
                p.presenter = entry && entry->text.trimmed() == u"presenter";
            } else if (command.name == u"setLobbyAccess") {
                p.waiting = false;
            } else if (const auto *filter = command.find(u"media-ingress-filter")) {
                p.muted = filter->text.trimmed() == u"block";
            }
        }
        notifyAll(meeting, about);
    }
}

void ConferenceDesk::message(
    const SipMessage &request, Hop &from, Meeting &meeting, Participant &who)
{
    const bool typing = request.method == "INFO";
    if (request.method != "MESSAGE" && !typing) {
        m_core.answer(request, from, 405);
        return;
    }
    if (typing && !m_typing) {
        m_core.answer(request, from, 415);
        return;
    }
    const auto id = QByteArray::number(++m_messages);
    auto response = responseTo(request, typing ? 200 : 202);
    if (!typing) {
        response.addHeader("Message-Id", id);
    }
    from.deliver(response);
    for (Participant &other : meeting.people) {
        if (&other == &who || !other.chat.isOpen()) {
            continue;
        }
        if (other.address == m_unreachable && !typing) {
            report(meeting, { meeting.focus, who.address, id, other.address }, 408);
            continue;
        }
        auto copy = inDialog(other.chat, request.method);
        copy.addHeader("Ms-Sender", "<sip:" + who.address.toUtf8() + '>');
        copy.setBody(request.header("Content-Type"), request.body);
        if (!typing) {
            while (m_passed.size() >= mostPassed) {
                m_passed.erase(m_passed.begin());
            }
            m_passed.insert(topBranch(copy), { meeting.focus, who.address, id, other.address });
        }
        other.chat.hop->deliver(copy);
    }
}

bool ConferenceDesk::response(const SipMessage &response)
{
    const auto branch = topBranch(response);
    if (!m_passed.contains(branch) || !response.isFinal()) {
        return m_passed.contains(branch);
    }
    const Passed passed = m_passed.take(branch);
    const auto meeting = m_conferences.find(passed.focus);
    if (response.status >= 400 && meeting != m_conferences.end()) {
        report(*meeting, passed, response.status);
    }
    return true;
}

/// [MS-CONFIM] 2.2.6
void ConferenceDesk::report(Meeting &meeting, const Passed &passed, int status)
{
    for (Participant &p : meeting.people) {
        if (p.address == passed.sender && p.chat.isOpen()) {
            auto report = inDialog(p.chat, "MESSAGE");
            report.setBody("application/ms-imdn+xml",
                u"<imdn xmlns=\"http://schemas.microsoft.com/rtc/2005/08/imdn\"><message-id>%1</message-id><recipient uri=\"&lt;sip:%2&gt;\"><status>%3</status></recipient></imdn>"_s
                    .arg(QString::fromLatin1(passed.messageId), escaped(passed.recipient))
                    .arg(status)
                    .toUtf8());
            p.chat.hop->deliver(report);
        }
    }
}

void ConferenceDesk::bye(const SipMessage &request, Hop &from, Meeting &meeting)
{
    const auto callId = request.header("Call-ID");
    auto *who = byLeg(meeting, callId);
    m_core.answer(request, from, who ? 200 : 481);
    if (!who) {
        return;
    }
    const QString address = who->address;
    if (who->chat.callId == callId) {
        who->chat = {};
    } else if (who->focus.callId == callId) {
        hangUp(who->chat);
        meeting.people.removeIf([&](const Participant &p) { return p.focus.callId == callId; });
    }
    notifyAll(meeting, address);
}

void ConferenceDesk::remove(Meeting &meeting, const QString &address)
{
    QList<Participant> gone;
    for (const Participant &p : std::as_const(meeting.people)) {
        if (p.address == address) {
            gone.append(p);
        }
    }
    meeting.people.removeIf([&](const Participant &p) { return p.address == address; });
    for (Participant &p : gone) {
        hangUp(p.chat);
        hangUp(p.focus);
    }
    notifyAll(meeting, address);
}

void ConferenceDesk::hopGone(Hop *hop)
{
    for (auto &meeting : m_conferences) {
        QStringList gone;
        for (const Participant &p : std::as_const(meeting.people)) {
            if (p.focus.hop == hop) {
                gone.append(p.address);
            }
        }
        meeting.people.removeIf([&](const Participant &p) { return p.focus.hop == hop; });
        for (const QString &address : std::as_const(gone)) {
            notifyAll(meeting, address);
        }
    }
}

// ---------------------------------------------------------------- what it says

SipMessage ConferenceDesk::inDialog(Leg &leg, const QByteArray &method) const
{
    auto message = SipMessage::request(method, leg.target);
    message.addHeader("Via",
        "SIP/2.0/" + leg.hop->transport() + ' ' + m_core.fqdn.toUtf8() + ";branch=z9hG4bK"
            + randomHex(10));
    message.addHeader("Max-Forwards", "70");
    message.addHeader("From", leg.local);
    message.addHeader("To", leg.remote);
    message.addHeader("Call-ID", leg.callId);
    message.addHeader("CSeq", QByteArray::number(++leg.cseq) + ' ' + method);
    return message;
}

void ConferenceDesk::hangUp(Leg &leg)
{
    if (leg.isOpen()) {
        leg.hop->deliver(inDialog(leg, "BYE"));
    }
    leg = {};
}

QString ConferenceDesk::userXml(const Meeting &meeting, const QString &address) const
{
    QString endpoints;
    bool presenter = false;
    bool there = false;
    for (const Participant &p : meeting.people) {
        if (p.address != address) {
            continue;
        }
        there = true;
        presenter = presenter || p.presenter;
        endpoints
            += u"<endpoint entity=\"%1\" session-type=\"focus\"><status>%2</status></endpoint>"_s
                   .arg(escaped(p.device), p.waiting ? u"on-hold"_s : u"connected"_s);
        if (p.chat.isOpen()) {
            endpoints
                += u"<endpoint entity=\"%1\" session-type=\"chat\"><status>connected</status><media id=\"1\"><type>chat</type></media></endpoint>"_s
                       .arg(escaped(p.device));
        }
        if (p.phone) {
            endpoints
                += u"<endpoint entity=\"%1-av\" session-type=\"audio-video\"><status>connected</status><media id=\"1\"><type>audio</type><status>%2</status></media></endpoint>"_s
                       .arg(escaped(p.device), p.muted ? u"recvonly"_s : u"sendrecv"_s);
        }
    }
    if (!there) {
        return u"<user entity=\"sip:%1\" state=\"deleted\"/>"_s.arg(escaped(address));
    }
    return u"<user entity=\"sip:%1\" state=\"full\"><display-text>%2</display-text><roles><entry>%3</entry></roles>%4</user>"_s
        .arg(escaped(address), escaped(nameOf(address)), presenter ? u"presenter"_s : u"attendee"_s,
            endpoints);
}

QString ConferenceDesk::descriptionXml(const Meeting &meeting) const
{
    QString chat = meeting.focus;
    chat.replace(u":conf:focus:"_s, u":conf:chat:"_s);
    const QString link = m_pages.isEmpty()
        ? QString()
        : u"<join-url>%1%2/%3</join-url>"_s.arg(
              m_pages, meeting.organizer.section(u'@', 0, 0), escaped(meeting.id));
    return u"<conference-description><subject>%1</subject><organizer><display-name>%2</display-name></organizer>%3<conf-uris><entry><uri>%4</uri><display-text>chat</display-text><purpose>chat</purpose></entry></conf-uris></conference-description>"_s
        .arg(escaped(meeting.subject), escaped(nameOf(meeting.organizer)), link, escaped(chat));
}

/// Everything, or what concerns one person.
QByteArray ConferenceDesk::document(const Meeting &meeting, const QString &address) const
{
    QStringList people;
    for (const Participant &p : meeting.people) {
        if (address.isEmpty() && !people.contains(p.address)) {
            people.append(p.address);
        }
    }
    if (!address.isEmpty()) {
        people = { address };
    }
    QString users;
    for (const QString &one : std::as_const(people)) {
        users += userXml(meeting, one);
    }
    const QString view
        = u"<conference-view xmlns=\"http://schemas.microsoft.com/rtc/2005/08/confinfoextensions\"><entity-view entity=\"chat\"><entity-state><locked>%1</locked><media><entry><type>chat</type></entry></media></entity-state></entity-view></conference-view>"_s
              .arg(meeting.locked ? u"true"_s : u"false"_s);
    return u"<?xml version=\"1.0\" encoding=\"utf-8\"?><conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"%1\" state=\"%2\" version=\"%3\">%4<users>%5</users>%6</conference-info>"_s
        .arg(escaped(meeting.focus), address.isEmpty() ? u"full"_s : u"partial"_s)
        .arg(meeting.version)
        .arg(address.isEmpty() ? descriptionXml(meeting) : QString(), users, view)
        .toUtf8();
}

void ConferenceDesk::notify(Participant &who, const QByteArray &body)
{
    if (!who.subscription.isOpen()) {
        return;
    }
    auto message = inDialog(who.subscription, who.benotify ? "BENOTIFY" : "NOTIFY");
    message.addHeader("Event", "conference");
    message.addHeader("subscription-state", "active;expires=3600");
    message.setBody(infoType, body);
    who.subscription.hop->deliver(message);
}

void ConferenceDesk::notifyAll(Meeting &meeting, const QString &about)
{
    ++meeting.version;
    if (m_lost > 0) {
        --m_lost;
        return;
    }
    // A change that is nobody's is told about the organizer: the views come with it.
    const QByteArray body = document(meeting, about.isEmpty() ? meeting.organizer : about);
    for (Participant &p : meeting.people) {
        notify(p, body);
    }
}

// ---------------------------------------------------------------- tests

void ConferenceDesk::putOnPhone(const QString &focus, const QString &address)
{
    auto &meeting = m_conferences[focus];
    for (Participant &p : meeting.people) {
        if (p.address == address) {
            p.phone = true;
        }
    }
    notifyAll(meeting, address);
}

QStringList ConferenceDesk::members(const QString &focus) const
{
    QStringList there;
    const Meeting meeting = m_conferences.value(focus);
    for (const Participant &p : meeting.people) {
        if (p.chat.isOpen()) {
            there.append(p.address);
        }
    }
    there.sort();
    return there;
}

bool ConferenceDesk::isPresenter(const QString &focus, const QString &address) const
{
    const Meeting meeting = m_conferences.value(focus);
    return std::ranges::any_of(
        meeting.people, [&](const Participant &p) { return p.address == address && p.presenter; });
}

bool ConferenceDesk::isMuted(const QString &focus, const QString &address) const
{
    const Meeting meeting = m_conferences.value(focus);
    return std::ranges::any_of(
        meeting.people, [&](const Participant &p) { return p.address == address && p.muted; });
}

int ConferenceDesk::openDialogs() const
{
    int open = 0;
    for (const Meeting &meeting : m_conferences) {
        for (const Participant &p : meeting.people) {
            open += int(p.focus.isOpen()) + int(p.chat.isOpen()) + int(p.subscription.isOpen());
        }
    }
    return open;
}

QString ConferenceDesk::focusOf(const QString &organizer, const QString &id) const
{
    for (const Meeting &meeting : m_conferences) {
        if (meeting.id == id && meeting.organizer.section(u'@', 0, 0) == organizer) {
            return meeting.focus;
        }
    }
    return {};
}

} // namespace linchpin::sip::sim
