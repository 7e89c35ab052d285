// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/message.h"
#include "protocols/sip/conference/cccp.h"
#include "protocols/sip/conference/conferencemachine.h"
#include "protocols/sip/conference/conferenceroster.h"
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/im/sdp.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sipsubscription.h"
#include "protocols/sip/transaction/dialog.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// One conference we are in, or enter or leave: carries out what the conference machine decides.
/// Sends and receives its messages, asks the focus for things. [MS-CONFBAS], [MS-CONFIM].
class SipConference {
public:
    struct Hooks {
        std::function<void()> changed; ///< in or out: what shall be entered again has changed
    };

    SipConference(SipLink &link, const QString &focus, QByteArray conversationId, Hooks hooks);
    ~SipConference();

    QString focus() const { return m_conference.focus; }
    /// Stays the same for the conference's life, also when it is entered again.
    QByteArray conversationId() const { return m_conversationId; }
    QString subject() const { return m_conference.state.subject; }
    bool isOut() const { return m_conference.phase == ConferencePhase::Out; }

    /// Answers when we are in (after the lobby, where there is one), or why not.
    Async<void> enter();
    void leave();
    /// Notices that the line is gone: everything that waits fails.
    void lose();

    Async<SentMessage> send(const OutgoingMessage &message);
    void setTyping(bool composing);

    /// A C3P request inside the focus, made by @p build.
    using Build = std::function<QByteArray(const CccpHeader &header)>;
    Async<void> ask(const Build &build, const std::function<void()> &then = {});
    /// Takes everybody out.
    Async<void> end();
    /// @p build needs the URI of a member; `no-such-member` when nobody is called so.
    using BuildFor = std::function<QByteArray(const CccpHeader &, const ConferenceUser &)>;
    Async<void> askAbout(const QString &nick, const BuildFor &build);
    Async<void> setMuted(const QString &nick, bool muted);

    /// Requests of the focus and the chat in our dialogs; false for others'.
    bool receive(const SipMessage &request);

private:
    struct Draft {
        QString localId;
        ImWireBody body;
        Answer<SentMessage> answer;
    };

    void feed(const ConferenceInput &input);
    void perform(const ConfInviteFocus &effect);
    void perform(const ConfSubscribe &effect);
    void perform(const ConfInviteChat &effect);
    void perform(const ConfHangUp &effect);
    void perform(const ConfStateChanged &effect);
    void perform(const ConfWaiting &effect);
    void perform(const ConfEntered &effect);
    void perform(const ConfLeft &effect);

    void tellRoster();
    void pump();
    void receiveMessage(const SipMessage &request);
    void report(const SipMessage &request);
    void showTyping(const QString &nick, bool active, std::chrono::seconds lifetime);
    void bye(Dialog &dialog);
    void respond(const SipMessage &request, int status, const Dialog &dialog);
    CccpHeader header();

    SipLink &m_link;
    Hooks m_hooks;
    Conference m_conference;
    ConferenceRoster m_roster;
    QByteArray m_conversationId;
    QByteArray m_endpoint; ///< UUID of this device in the focus
    quint32 m_requestId = 0;
    int m_entry = 0; ///< counts enter(): answers to requests of an earlier one are ignored

    std::optional<Dialog> m_focus;
    std::optional<Dialog> m_chat;
    bool m_chatOpen = false;
    ImSdp m_remote;
    std::unique_ptr<SipSubscription> m_subscription;
    std::unique_ptr<SipSubscription> m_formerSubscription; ///< destroyed outside its callback

    QList<Answer<void>> m_entering; ///< who waits until we are in
    QList<Draft> m_queue;
    std::optional<Draft> m_inFlight;
    QList<std::pair<QString, QString>> m_sent; ///< Message-Id and text of the last ones
    QByteArrayList m_seen; ///< messages that came, against repeats
    bool m_typingAnnounced = false;
    bool m_typingTaken = true; ///< the chat did not refuse it
    std::unique_ptr<Timer> m_typingPause;
    std::map<QString, std::shared_ptr<Timer>> m_typists;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

/// What a refusal in a conference means. Codes: conference-forbidden, conference-not-found,
/// conference-full, conference-locked, conference-failed, and those of deliveryError() for the
/// line.
Error conferenceFailure(const SipReply &reply);

} // namespace linchpin::sip
