// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/settingsschema.h"
#include "protocols/sip/session/sipaccess.h"
#include "protocols/sip/session/sipconferences.h"
#include "protocols/sip/session/sipconversations.h"
#include "protocols/sip/session/sipdirectory.h"
#include "protocols/sip/session/sipexchange.h"
#include "protocols/sip/session/sipfiles.h"
#include "protocols/sip/session/sipgroupchat.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sippresence.h"
#include "protocols/sip/session/siprooms.h"
#include "protocols/sip/session/siproster.h"

#include <functional>
#include <memory>

namespace linchpin::sip {

/// All that a session does at a server of Microsoft's (SimpleParts is for the others). Lives as
/// long as the session, as its facets do; contacts, presence and conversations are there only while
/// signed in.
class OcsParts : private RosterFacet, private TypingFacet {
public:
    OcsParts(SipLink &link, const SettingValues &settings);
    ~OcsParts() override;

    /// Signed in, or known to the server again after it had lost us: then subscriptions begin anew
    /// and conversations go on. Facets answer from now on; start() asks the server. @p web lives
    /// until stop().
    void prepare(const Presence &initial, WebServices &web);
    void start();
    /// Signing out: says good-bye wherever somebody waits for it.
    void close();
    void stop();
    bool isRunning() const { return m_presence != nullptr; }

    Async<SentMessage> send(const OutgoingMessage &message);
    Async<void> setPresence(const Presence &presence);
    /// Any request from the server; answered here.
    void receive(const SipMessage &request);
    /// As SipConversations::receiveLate().
    void receiveLate(const SipMessage &response);
    /// Somebody wrote to us.
    void heardFrom(const QString &address);

    /// nullptr while signed out.
    SipSelf *self() const { return m_presence ? &m_presence->self() : nullptr; }
    RosterFacet *roster() { return this; }
    TypingFacet *typing() { return this; }
    /// nullptr where the server keeps no access levels (LCS 2005).
    AccessFacet *access() { return m_hasAccess ? &m_access : nullptr; }
    DirectoryFacet *directory() { return &m_directory; }
    RoomFacet *rooms() { return m_conferences.isStarted() ? &m_rooms : nullptr; }
    ConferenceFacet *conferences()
    {
        return m_conferences.isAvailable() ? &m_conferences : nullptr;
    }
    FileTransferFacet *files() { return &m_files; }

private:
    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    Async<void> answer(const ContactAddress &address, bool allow) override;
    void setTyping(const QString &to, ConversationKind conversation, bool composing) override;

    SipPresence::Hooks presenceHooks();
    QString nameOf(const QString &address) const;
    void receiveNotification(const SipMessage &notification);
    void receiveElse(const SipMessage &request);
    SipMessage response(const SipMessage &request, int status, const QByteArray &reason) const;

    SipLink &m_link;
    QString m_address;
    SipAccess m_access;
    bool m_hasAccess = true; ///< until a server turns out to keep none
    SipDirectory m_directory;
    SipExchange m_exchange;
    SipConferences m_conferences;
    SipFiles m_files;
    SipGroupChat m_groupChat;
    SipRooms m_rooms { m_conferences, m_groupChat };
    std::unique_ptr<SipPresence> m_presence;
    std::unique_ptr<SipRoster> m_roster;
    std::unique_ptr<SipConversations> m_conversations;
};

} // namespace linchpin::sip
