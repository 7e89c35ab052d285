// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/message.h"
#include "protocols/sip/groupchat/channeladdress.h"
#include "protocols/sip/groupchat/groupchatmachine.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/transaction/dialog.h"

#include <QHash>
#include <QMap>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// Rooms of a Group Chat or Persistent Chat server, named by their URI (ma-chan://…): carries out
/// what the group chat machine decides. Lives as long as the session; works between start() and
/// stop(). Rooms are remembered until they are left, over signing out as well.
class SipGroupChat : public RoomFacet {
public:
    /// How somebody is called; empty where that is not known.
    using NameOf = std::function<QString(const QString &address)>;

    /// @p setting: whom to ask for rooms, as set by hand.
    SipGroupChat(SipLink &link, QString setting, NameOf nameOf);
    ~SipGroupChat() override;

    void start();
    /// What in-band provisioning answered; empty when it did not. The rooms of the last time are
    /// entered.
    void provisioned(const QByteArray &body);
    /// The line is gone; so is everything that waits.
    void stop();
    /// Signing out.
    void close();

    Async<SentMessage> send(const OutgoingMessage &message);
    /// Whatever belongs to our dialogs; false for the rest.
    bool receive(const SipMessage &request);
    /// Somebody's name has become known, or changed.
    void nameChanged(const QString &address);

    // RoomFacet
    Async<void> join(
        const RoomAddress &room, const QString &nick, const QString &password) override;
    Async<void> leave(const RoomAddress &room, const QString &reason) override;
    Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text) override;
    Async<void> setTopic(const RoomAddress &room, const QString &topic) override;
    Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason) override;
    Async<QList<RoomListing>> list(const QString &filter) override;

private:
    void feed(const GroupChatInput &input);
    void perform(const ChatInvite &effect);
    void perform(const ChatBye &effect);
    void perform(const ChatInfo &effect);
    void perform(const ChatWait &effect);
    void perform(const ChatRetryLater &effect);
    void perform(const ChatJoined &effect);
    void perform(const ChatJoinFailed &effect);
    void perform(const ChatLeft &effect);
    void perform(const ChatMoved &effect);
    void perform(const ChatShow &effect);
    void perform(const ChatSent &effect);
    void perform(const ChatSendFailed &effect);
    void perform(const ChatFound &effect);
    void perform(const ChatSearchFailed &effect);
    void perform(const ChatRemember &effect);

    void established(const SipMessage &answer);
    void refresh(std::chrono::seconds interval);
    void bye(Dialog &dialog);
    void respond(const SipMessage &request, int status);
    /// Where to ask; empty where this server has no rooms.
    bool locate();
    void joinThoseWaiting();
    QString nickOf(const QString &address);
    RoomMember member(const ChatRoom &room, const QString &address);
    void finishJoin(const QString &channel, const Result<void> &result);

    SipLink &m_link;
    QString m_setting;
    NameOf m_nameOf;
    ChatProvisioning m_provisioning;
    bool m_started = false;
    bool m_entered = false; ///< the rooms of the last time were asked for
    bool m_provisioned = false; ///< where the server is has been told, or will not be
    GroupChat m_chat;
    std::deque<GroupChatInput> m_inputs; ///< those that came while another is carried out
    bool m_busy = false;

    int m_invitation = 0; ///< counts INVITEs: answers to earlier ones are ignored
    std::optional<Dialog> m_dialog;
    std::unique_ptr<Timer> m_refresh;
    std::unique_ptr<Timer> m_retry;
    std::unique_ptr<Timer> m_steady;
    std::map<quint32, std::shared_ptr<Timer>> m_waits; ///< by envelope

    std::unique_ptr<Timer> m_patience; ///< until provisioning, while somebody waits for it
    QHash<QString, QList<Answer<void>>> m_early; ///< by room: asked before provisioning came
    QHash<QString, QList<Answer<void>>> m_joining; ///< by room
    QHash<QString, Answer<SentMessage>> m_sending; ///< by localId
    QHash<QString, Answer<QList<RoomListing>>> m_listing; ///< by token
    int m_listings = 0;
    QMap<QString, QString> m_nicks; ///< by address
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
