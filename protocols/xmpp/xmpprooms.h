// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "protocols/xmpp/roomstate.h"
#include "protocols/xmpp/xmppcontext.h"

#include <QHash>
#include <QObject>
#include <QXmppMessage.h>

#include <unordered_map>

class QXmppDiscoveryManager;

namespace linchpin::xmpp {

/// Rooms (XEP-0045) of a session.
class XmppRooms : public QObject, public RoomFacet {
    Q_OBJECT
public:
    explicit XmppRooms(XmppContext &context, QObject *parent = nullptr);

    void attach(QXmppClient *client);
    void interrupt();
    void resume();
    bool contains(const QString &room) const { return m_rooms.contains(room); }
    bool isJoined(const QString &room) const;
    QString nick(const QString &room) const;
    /// Topic changes; the text itself goes another way.
    void handleMessage(const QXmppMessage &message);
    /// Our availability as the rooms shall see it.
    void setPresence(const QXmppPresence &presence);

    Async<void> join(
        const RoomAddress &room, const QString &nick, const QString &password) override;
    Async<void> leave(const RoomAddress &room, const QString &reason) override;
    Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text) override;
    Async<void> setTopic(const RoomAddress &room, const QString &topic) override;
    Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason) override;
    Async<QList<RoomListing>> list(const QString &filter) override;

Q_SIGNALS:
    void joined(const QString &room, const QString &nick);

private:
    struct Room {
        RoomState state;
        QString password;
        QString topic;
        int nickTries = 0;
        QList<Answer<void>> joining = {}; ///< one a caller: a future takes one continuation
        QList<Answer<void>> leaving = {};
        std::unique_ptr<Timer> limit = {};
    };

    struct Listing;

    void handlePresence(const QXmppPresence &presence);
    void handleJoinError(const QString &address, const QXmppStanza::Error &error);
    void enter(Room &room);
    void startLimit(const QString &address);
    void acceptDefaults(const QString &room, const QList<Answer<void>> &joining);
    void learnName(const QString &room);
    void listService(const QString &service, const std::shared_ptr<Listing> &listing);

    XmppContext &m_context;
    QPointer<QXmppDiscoveryManager> m_discovery;
    std::unordered_map<QString, Room> m_rooms;
    QXmppPresence m_presence;
};

} // namespace linchpin::xmpp
