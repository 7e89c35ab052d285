// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/message.h"
#include "protocols/sip/im/conversationids.h"
#include "protocols/sip/im/imsessionmachine.h"
#include "protocols/sip/im/sdp.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/transaction/dialog.h"

#include <QHash>
#include <QList>

#include <map>
#include <memory>

namespace linchpin::sip {

class SipFiles;

/// One-to-one instant messages: carries out what the IM session machine of each conversation
/// decides. [MS-SIP] 3.8, [MS-SIPRE]. Lives from sign-in to sign-out.
class SipConversations {
public:
    /// Invitations to files go through these conversations, where there is somebody to take them.
    explicit SipConversations(SipLink &link, SipFiles *files = nullptr);
    ~SipConversations();

    Async<SentMessage> send(const OutgoingMessage &message);
    void setTyping(const QString &to, ConversationKind conversation, bool composing);

    /// INVITE, ACK, MESSAGE, INFO, BYE, CANCEL; false for what has no place here.
    bool receive(const SipMessage &request);
    /// A final answer nobody waits for any more: another end point of a forked INVITE has taken it
    /// too, or after we gave up. That session is ended at once.
    void receiveLate(const SipMessage &response);
    /// Ends every dialog: signing out.
    void close();

private:
    struct Invite {
        Dialog dialog;
        SipMessage request;
        QString carried; ///< local id of the message that rides along
    };
    struct Pending {
        Answer<SentMessage> answer;
        SentMessage sent;
    };
    struct Conversation {
        QString address;
        ImSession session;
        ImSdp remote; ///< what the other side takes
        QList<Dialog> dialogs;
        QHash<int, Invite> invites; ///< ours that are out, by the machine's number
        QList<std::pair<int, Dialog>> asked; ///< the last ones as they were sent, for late answers
        QHash<QString, Pending> pending; ///< messages on their way, by local id
        QHash<QByteArray, SipMessage> requests; ///< theirs that want an answer, by transaction
        std::map<ImTimer, std::shared_ptr<Timer>> timers;
    };

    Conversation &conversation(const QString &address);
    Async<void> sendBody(const QString &to, const ImWireBody &body);
    void feed(Conversation &c, const ImInput &input);
    void perform(Conversation &c, const ImSendInvite &effect);
    void perform(Conversation &c, const ImSendCancel &effect);
    void perform(Conversation &c, const ImSendAck &effect);
    void perform(Conversation &c, const ImSendMessage &effect);
    void perform(Conversation &c, const ImSendTyping &effect);
    void perform(Conversation &c, const ImSendBye &effect);
    void perform(Conversation &c, const ImAnswer &effect);
    void perform(Conversation &c, const ImDelivered &effect);
    void perform(Conversation &c, const ImFailed &effect);
    void perform(Conversation &c, const ImShowTyping &effect);
    void perform(Conversation &c, const ImStartTimer &effect);
    void perform(Conversation &c, const ImStopTimer &effect);
    void perform(Conversation &, const ImShowMessage &) { } // see feed()
    void show(Conversation &c, const ImShowMessage &effect, const std::optional<ImAnswer> &then);

    void sendInvite(Conversation &c, const ImSendInvite &effect, bool repeated);
    QByteArray conversationId(const QString &address);
    void rememberIds();

    Dialog *find(Conversation &c, const ImDialogId &id);
    Conversation *owner(const SipMessage &request);
    void acceptInvite(
        Conversation &c, const SipMessage &request, SipMessage &response, bool tookFirst);
    void refuse(const SipMessage &request, int status, const QByteArray &reason);
    InboundMessage inbound(const Conversation &c, const ImShowMessage &effect) const;

    SipLink &m_link;
    SipFiles *m_files;
    int m_bodies = 0; ///< sent for m_files so far
    ConversationIds m_ids;
    std::map<QString, Conversation> m_conversations; ///< by address; references stay valid
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
