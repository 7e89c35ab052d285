// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/session.h"
#include "protocols/xmpp/xmpparchive.h"
#include "protocols/xmpp/xmppconnection.h"
#include "protocols/xmpp/xmppcontext.h"
#include "protocols/xmpp/xmppdirectory.h"
#include "protocols/xmpp/xmppmessages.h"
#include "protocols/xmpp/xmpprooms.h"
#include "protocols/xmpp/xmpproster.h"

namespace linchpin::xmpp {

/// One signed-in XMPP account. Lives on the main thread. The connection, the contact list, the
/// rooms, the messages and the archive are its parts; it only passes their words on.
class XmppSession : public Session {
    Q_OBJECT
public:
    XmppSession(const SettingValues &settings, SessionServices &services);
    ~XmppSession() override;

    State state() const override;
    void open(const Presence &initial) override;
    void close() override;
    void probe() override;
    Async<SentMessage> send(const OutgoingMessage &message) override;
    Async<void> setPresence(const Presence &presence) override;
    bool canRepeatSafely() const override;
    bool canReopen() const override;

    RosterFacet *roster() override { return &m_roster; }
    RoomFacet *rooms() override { return &m_rooms; }
    DirectoryFacet *directory() override { return &m_directory; }
    TypingFacet *typing() override { return &m_messages; }
    ReadFacet *readMarks() override { return &m_messages; }
    ArchiveFacet *archive() override { return &m_archive; }
    RawFacet *raw() override { return nullptr; }

private:
    void attach(QXmppClient *client);
    void tellWhatWorked();
    void joinRooms();
    void handleOnline(bool resumed);
    void sendPresence(const Presence &presence);

    ConnectionSettings m_settings;
    XmppContext m_context;
    XmppConnection m_connection;
    XmppRoster m_roster;
    XmppRooms m_rooms;
    XmppMessages m_messages;
    XmppArchive m_archive;
    XmppDirectory m_directory;
    Presence m_presence;
};

} // namespace linchpin::xmpp
