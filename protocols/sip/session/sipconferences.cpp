// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipconferences.h"

#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/conference/conferenceinvitation.h"
#include "protocols/sip/documents/mimebody.h"
#include "protocols/sip/documents/provisioning.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/im/imsessionmachine.h"
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
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipConferences)
};

constexpr auto rememberedKey = u"conferences"; ///< what we are in, to be entered again
constexpr qsizetype mostRemembered = 16;
constexpr qsizetype mostInvitations = 32;
constexpr qint64 longestPage = qint64 { 1 } << 20;
constexpr int furtherPages = 3; ///< redirects and launchers from one page to the next
constexpr auto conferenceLifetime = 8h;

Error unavailable()
{
    return { .kind = Error::Kind::Unsupported,
        .code = u"conferences-unsupported"_s,
        .title = Text::tr("This server has no group conversations.") };
}

Error notARoom(const QString &link)
{
    return { .kind = Error::Kind::NotFound,
        .code = u"not-a-room"_s,
        .title = Text::tr("This link does not lead to a group conversation."),
        .detail = link.left(200),
        .remedy = Text::tr("Open it in a browser.") };
}

/// From headers of an HTTP answer.
QByteArray headerOf(const HttpReply &reply, QByteArrayView name)
{
    for (const auto &[key, value] : reply.headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0) {
            return value;
        }
    }
    return {};
}

} // namespace

SipConferences::SipConferences(SipLink &link)
    : m_link(link)
{
}

SipConferences::~SipConferences() = default;

void SipConferences::start()
{
    m_ready = true;
    if (std::exchange(m_started, true)) {
        return;
    }
    const QJsonArray kept
        = QJsonDocument::fromJson(m_link.services().state(QString(rememberedKey))).array();
    for (const auto &value : kept) {
        const auto focus = normalizedFocus(value.toObject().value("focus"_L1).toString());
        if (focus && find(*focus) == nullptr) {
            conference(
                *focus, value.toObject().value("conversation"_L1).toString().left(64).toLatin1())
                .enter();
        }
    }
}

void SipConferences::stop()
{
    m_ready = false;
    m_started = false;
    m_factory.clear();
    m_invitations.clear();
    m_conferences.clear();
}

void SipConferences::close()
{
    for (const auto &[focus, conference] : m_conferences) {
        conference->leave();
    }
    const QStringList waiting = m_invitations.keys();
    for (const QString &focus : waiting) {
        answerInvitation(focus, 480); // leaves it to other devices
    }
    m_link.services().setState(QString(rememberedKey), {});
}

/// Only being in is remembered: who leaves, or is thrown out, does not come back by himself.
void SipConferences::remember()
{
    QJsonArray kept;
    for (const auto &[focus, conference] : m_conferences) {
        if (!conference->isOut() && kept.size() < mostRemembered) {
            kept.append(QJsonObject { { u"focus"_s, focus },
                { u"conversation"_s, QString::fromLatin1(conference->conversationId()) } });
        }
    }
    m_link.services().setState(QString(rememberedKey),
        kept.isEmpty() ? QByteArray() : QJsonDocument(kept).toJson(QJsonDocument::Compact));
}

QByteArray SipConferences::newConversationId() const
{
    return QByteArray::number(m_link.random()(4).toHex().toUInt(nullptr, 16));
}

SipConference *SipConferences::find(const QString &focus) const
{
    const auto found = m_conferences.find(focus);
    return found == m_conferences.end() ? nullptr : found->second.get();
}

SipConference &SipConferences::conference(const QString &focus, const QByteArray &conversationId)
{
    std::unique_ptr<SipConference> &place = m_conferences[focus];
    if (!place) {
        place = std::make_unique<SipConference>(m_link, focus,
            conversationId.isEmpty() ? newConversationId() : conversationId,
            SipConference::Hooks { [this] { remember(); } });
    }
    return *place;
}

// ---------------------------------------------------------------- rooms

Async<SentMessage> SipConferences::send(const OutgoingMessage &message)
{
    const auto focus = normalizedFocus(message.to);
    SipConference *const room = focus ? find(*focus) : nullptr;
    if (room == nullptr) {
        return readyError<SentMessage>(notInConference());
    }
    return room->send(message);
}

void SipConferences::setTyping(const QString &room, bool composing)
{
    if (SipConference *const known = find(normalizedFocus(room).value_or(QString()))) {
        known->setTyping(composing);
    }
}

Async<void> SipConferences::join(const RoomAddress &room, const QString &, const QString &)
{
    const auto focus = normalizedFocus(room.value);
    if (!m_ready || !focus) {
        return readyError<void>(m_ready ? notARoom(room.value) : notSignedIn());
    }
    answerInvitation(*focus, 200);
    return conference(*focus, m_conversationIds.take(*focus)).enter();
}

Async<void> SipConferences::leave(const RoomAddress &room, const QString &)
{
    const QString focus = normalizedFocus(room.value).value_or(QString());
    answerInvitation(focus, 603);
    m_conversationIds.remove(focus);
    if (SipConference *const known = find(focus)) {
        known->leave();
    }
    return readyOk();
}

Async<void> SipConferences::setTopic(const RoomAddress &, const QString &)
{
    return readyError<void>({ .kind = Error::Kind::Unsupported,
        .code = u"topic-fixed"_s,
        .title = Text::tr("The subject of a group conversation is set when it is made.") });
}

Async<QList<RoomListing>> SipConferences::list(const QString &)
{
    // There is no list of conferences: one is invited, or has a link.
    return ready<QList<RoomListing>>(QList<RoomListing> {});
}

Async<void> SipConferences::kick(const RoomAddress &room, const QString &nick, const QString &)
{
    SipConference *const known = find(room.value);
    return known == nullptr
        ? readyError<void>(notInConference())
        : known->askAbout(nick, [&room](const CccpHeader &asker, const ConferenceUser &user) {
              return buildDeleteUser(asker, room.value, user.entity);
          });
}

Async<void> SipConferences::setPresenter(
    const RoomAddress &room, const QString &nick, bool presenter)
{
    SipConference *const known = find(room.value);
    return known == nullptr
        ? readyError<void>(notInConference())
        : known->askAbout(nick, [&](const CccpHeader &asker, const ConferenceUser &user) {
              return buildModifyUserRoles(asker, room.value, user.entity, presenter);
          });
}

Async<void> SipConferences::setMuted(const RoomAddress &room, const QString &nick, bool muted)
{
    SipConference *const known = find(room.value);
    return known == nullptr ? readyError<void>(notInConference()) : known->setMuted(nick, muted);
}

Async<void> SipConferences::admit(const RoomAddress &room, const QString &nick, bool in)
{
    SipConference *const known = find(room.value);
    return known == nullptr
        ? readyError<void>(notInConference())
        : known->askAbout(nick, [&](const CccpHeader &asker, const ConferenceUser &user) {
              return in ? buildSetLobbyAccess(asker, room.value, user.entity)
                        : buildDeleteUser(asker, room.value, user.entity);
          });
}

Async<void> SipConferences::setLocked(const RoomAddress &room, bool locked)
{
    SipConference *const known = find(room.value);
    return known == nullptr ? readyError<void>(notInConference())
                            : known->ask([&](const CccpHeader &asker) {
                                  return buildModifyConferenceLock(asker, room.value, locked);
                              });
}

Async<void> SipConferences::end(const RoomAddress &room)
{
    SipConference *const known = find(room.value);
    return known == nullptr ? readyError<void>(notInConference()) : known->end();
}

// ---------------------------------------------------------------- making one

Async<RoomAddress> SipConferences::create(
    const QString &subject, const QList<ContactAddress> &invited)
{
    if (!m_ready || !isAvailable()) {
        return readyError<RoomAddress>(m_ready ? unavailable() : notSignedIn());
    }
    const CccpHeader header { m_factory, QString::fromUtf8(m_link.identity().uri()),
        m_link.random()(4).toHex().toUInt(nullptr, 16) & 0x7fffffff };
    const NewConference wanted { QString::fromLatin1(randomHex(m_link.random(), 16).toUpper()),
        subject.simplified().left(255),
        m_link.services().now().addSecs(
            std::chrono::duration_cast<std::chrono::seconds>(conferenceLifetime).count()) };
    SipMessage request = newRequest(m_link, "SERVICE"_ba, m_factory.toUtf8());
    request.addHeader("Supported"_ba, "ms-sender"_ba);
    request.setBody(kCccpType.toByteArray(), buildAddConference(header, wanted));
    const Answer<RoomAddress> answer;
    m_link.send(
        request, [this, answer, invited, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
            if (!alive.lock()) {
                return;
            }
            const auto response = reply && reply->status < 300 ? parseCccpResponse(reply->body)
                                                               : std::unexpected(DocumentError {});
            const auto focus = response && response->code == CccpResponse::Code::Success
                ? normalizedFocus(response->conference)
                : std::nullopt;
            if (!focus) {
                // The factory may be another one by now.
                m_link.services().setState(kProvisioningState.toString(), {});
                answer.fail(conferenceFailure(reply));
                return;
            }
            entered(*focus, answer, invited);
        });
    return answer.future();
}

void SipConferences::entered(
    const QString &focus, const Answer<RoomAddress> &answer, const QList<ContactAddress> &invited)
{
    conference(focus).enter().then(
        &m_context, [this, focus, answer, invited](const Result<void> &in) {
            if (!in) {
                answer.fail(in.error());
                return;
            }
            answer.give(RoomAddress { focus });
            for (const ContactAddress &who : invited) {
                invite({ focus }, who, {}).then(&m_context, [this, who](const Result<void> &done) {
                    if (!done) {
                        m_link.tell(ServerNotice { ServerNotice::Severity::Warning,
                            u"conference-invitation-failed"_s,
                            Text::tr("%1 could not be invited: %2")
                                .arg(who.value, done.error().title),
                            done.error().detail });
                    }
                });
            }
        });
}

Async<void> SipConferences::invite(
    const RoomAddress &room, const ContactAddress &who, const QString &text)
{
    const SipConference *const known = find(normalizedFocus(room.value).value_or(QString()));
    if (known == nullptr || known->isOut()) {
        return readyError<void>(notInConference());
    }
    const LocalIdentity &identity = m_link.identity();
    Dialog dialog = Dialog::outgoing(uriFromAddress(who.value).toUtf8(), m_link.random());
    SipMessage request = dialog.request(identity, "INVITE"_ba, m_link.random());
    request.addHeader("Supported"_ba, "ms-sender"_ba);
    request.addHeader("Ms-Conversation-ID"_ba, known->conversationId());
    request.addHeader("Contact"_ba, identity.contact());
    request.setBody(kConferenceInvitationType.toByteArray(),
        buildConferenceInvitation(
            { .focus = known->focus(), .subject = text.isEmpty() ? known->subject() : text }));
    const Answer<void> answer;
    m_link.send(
        request,
        [this, dialog, answer, who, alive = std::weak_ptr(m_alive)](const SipReply &reply) mutable {
            if (!alive.lock()) {
                return;
            }
            if (reply && reply->status < 300) {
                // It was only to tell: the talk itself is in the conference.
                dialog.establish(*reply);
                m_link.sendOnly(dialog.ack(m_link.identity(), dialog.number(), m_link.random()));
                m_link.send(dialog.request(m_link.identity(), "BYE"_ba, m_link.random()),
                    [](const SipReply &) { });
                answer.give({});
            } else {
                answer.fail(deliveryError(failureOf(reply), who.value));
            }
        },
        kImAnswerTimeout + 30s);
    return answer.future();
}

// ---------------------------------------------------------------- being invited

bool SipConferences::receive(const SipMessage &request)
{
    for (const auto &[focus, conference] : m_conferences) {
        if (conference->receive(request)) {
            return true;
        }
    }
    if (request.method == "INVITE") {
        return receiveInvitation(request);
    }
    const QByteArray callId = request.header("Call-ID");
    if (!m_invitationCalls.contains(callId)) {
        return false;
    }
    const auto answer = [&](int status) {
        m_link.respond(makeResponse(
            request, status, phraseOf(status), m_link.identity(), randomHex(m_link.random(), 5)));
    };
    if (request.method == "CANCEL") {
        const auto waiting = std::ranges::find_if(m_invitations,
            [&callId](const Invited &i) { return i.request.header("Call-ID") == callId; });
        answer(200);
        if (waiting != m_invitations.end()) {
            answerInvitation(waiting.key(), 487);
        }
        return true;
    }
    if (request.method == "BYE") {
        answer(200);
        return true;
    }
    return request.method == "ACK";
}

bool SipConferences::receiveInvitation(const SipMessage &request)
{
    if (!parseContentType(request.header("Content-Type"))
            .is(kConferenceInvitationType.toByteArray())) {
        return false;
    }
    const QByteArray tag = randomHex(m_link.random(), 5);
    const auto from = parseNameAddress(request.header("From"));
    const auto invitation = parseConferenceInvitation(request.body);
    if (!invitation || !from) {
        m_link.respond(makeResponse(request, 488, phraseOf(488), m_link.identity(), tag));
        return true;
    }
    m_invitationCalls.append(request.header("Call-ID"));
    while (m_invitationCalls.size() > mostInvitations) {
        m_invitationCalls.removeFirst();
    }
    answerInvitation(invitation->focus, 480); // an older one to the same
    while (m_invitations.size() >= mostInvitations) {
        const QString other = m_invitations.constBegin().key();
        answerInvitation(other, 480);
        m_conversationIds.remove(other);
    }
    const SipConference *const known = find(invitation->focus);
    m_invitations.insert(invitation->focus, { request, tag });
    if (known != nullptr && !known->isOut()) {
        answerInvitation(invitation->focus, 200);
        return true;
    }
    m_conversationIds.insert(invitation->focus, request.header("Ms-Conversation-ID").left(64));
    m_link.respond(makeResponse(request, 180, phraseOf(180), m_link.identity(), tag));
    m_link.tell(InvitationReceived { RoomInvitation { .room = { invitation->focus },
        .from = addressFromUri(QString::fromUtf8(from->uri)),
        .text = invitation->subject } });
    return true;
}

void SipConferences::answerInvitation(const QString &focus, int status)
{
    if (!m_invitations.contains(focus)) {
        return;
    }
    const Invited invited = m_invitations.take(focus);
    SipMessage response
        = makeResponse(invited.request, status, phraseOf(status), m_link.identity(), invited.tag);
    response.addHeader("Contact"_ba, m_link.identity().contact());
    m_link.respond(response);
}

// ---------------------------------------------------------------- links

Async<RoomAddress> SipConferences::resolve(const QString &link)
{
    if (const auto focus = normalizedFocus(link)) {
        return ready<RoomAddress>(RoomAddress { *focus });
    }
    if (!isMeetLink(link)) {
        return readyError<RoomAddress>(notARoom(link));
    }
    const Answer<RoomAddress> answer;
    fetchPage(QUrl(link.trimmed(), QUrl::StrictMode), furtherPages, answer);
    return answer.future();
}

void SipConferences::fetchPage(const QUrl &url, int further, const Answer<RoomAddress> &answer)
{
    if (!m_ready) {
        answer.fail(notSignedIn());
        return;
    }
    HttpRequest request;
    request.url = url;
    request.maximumSize = longestPage;
    // Some servers give the address to their own clients only.
    request.headers
        = { { "Accept"_ba, "text/html"_ba }, { "User-Agent"_ba, m_link.identity().userAgent } };
    m_link.services().http(request).then(
        &m_context, [this, url, further, answer](const Result<HttpReply> &reply) {
            if (!reply) {
                answer.fail(reply.error());
                return;
            }
            QUrl next;
            if (reply->status >= 300 && reply->status < 400) {
                next = url.resolved(QUrl(QString::fromUtf8(headerOf(*reply, "Location"))));
                if (const auto focus = normalizedFocus(next.toString())) {
                    answer.give(RoomAddress { *focus });
                    return;
                }
            } else {
                const MeetPage page = readMeetPage(reply->body);
                if (page.focus) {
                    answer.give(RoomAddress { *page.focus });
                    return;
                }
                next = page.launcher;
            }
            if (further > 0 && next.isValid() && isMeetLink(next.toString(QUrl::FullyEncoded))) {
                fetchPage(next, further - 1, answer);
                return;
            }
            Error error = notARoom(url.toString());
            if (reply->status >= 400) {
                error.detail = u"%1 %2"_s.arg(
                    QString::number(reply->status), QString::fromUtf8(reply->reason));
            }
            answer.fail(error);
        });
}

} // namespace linchpin::sip
