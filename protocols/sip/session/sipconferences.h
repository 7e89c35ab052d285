// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/message.h"
#include "protocols/sip/session/sipconference.h"
#include "protocols/sip/session/siplink.h"

#include <QHash>

#include <map>
#include <memory>

namespace linchpin::sip {

/// Conversations of more than two: makes conferences, enters them by invitation, address or link,
/// invites others. Lives as long as the session; works between start() and stop().
class SipConferences : public RoomFacet, public ConferenceFacet {
public:
    explicit SipConferences(SipLink &link);
    ~SipConferences() override;

    /// Signed in: the facets answer.
    void prepare() { m_ready = true; }
    /// What we were in when the line was lost is entered again.
    void start();
    /// The line is gone; so is everything that waits.
    void stop();
    /// Signing out: leaves everything, for good.
    void close();
    /// Where conferences are made (in-band provisioning); empty where the server has none.
    void setFactory(const QString &uri) { m_factory = uri; }
    bool isStarted() const { return m_ready; }
    bool isAvailable() const { return m_ready && !m_factory.isEmpty(); }

    Async<SentMessage> send(const OutgoingMessage &message);
    void setTyping(const QString &room, bool composing);
    /// Whatever belongs to a conference or to an invitation; false for the rest.
    bool receive(const SipMessage &request);

    // RoomFacet
    Async<void> join(
        const RoomAddress &room, const QString &nick, const QString &password) override;
    /// Declines where we were only invited.
    Async<void> leave(const RoomAddress &room, const QString &reason) override;
    Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text) override;
    Async<void> setTopic(const RoomAddress &room, const QString &topic) override;
    Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason) override;
    Async<QList<RoomListing>> list(const QString &filter) override;
    Async<RoomAddress> resolve(const QString &link) override;

    // ConferenceFacet
    Async<RoomAddress> create(
        const QString &subject, const QList<ContactAddress> &invited) override;
    Async<void> setPresenter(const RoomAddress &room, const QString &nick, bool presenter) override;
    Async<void> setMuted(const RoomAddress &room, const QString &nick, bool muted) override;
    Async<void> admit(const RoomAddress &room, const QString &nick, bool in) override;
    Async<void> setLocked(const RoomAddress &room, bool locked) override;
    Async<void> end(const RoomAddress &room) override;

private:
    struct Invited {
        SipMessage request; ///< their INVITE, unanswered
        QByteArray tag;
    };

    SipConference *find(const QString &focus) const;
    SipConference &conference(const QString &focus, const QByteArray &conversationId = {});
    void entered(const QString &focus, const Answer<RoomAddress> &answer,
        const QList<ContactAddress> &invited);
    bool receiveInvitation(const SipMessage &request);
    void answerInvitation(const QString &focus, int status);
    void fetchPage(const QUrl &url, int further, const Answer<RoomAddress> &answer);
    void remember();
    QByteArray newConversationId() const;

    SipLink &m_link;
    QString m_factory;
    bool m_ready = false;
    bool m_started = false;
    std::map<QString, std::unique_ptr<SipConference>> m_conferences; ///< by focus
    QHash<QString, Invited> m_invitations; ///< by focus
    QByteArrayList m_invitationCalls; ///< Call-IDs: a BYE follows
    QHash<QString, QByteArray> m_conversationIds; ///< of the invitations, by focus
    QObject m_context; ///< continuations of web requests end with us
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
