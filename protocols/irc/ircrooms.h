// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/irc/irclink.h"
#include "protocols/irc/ircsettings.h"
#include "protocols/irc/state/channelstate.h"

#include <QHash>

namespace linchpin::irc {

/**
 * The channels of a session: who is in them, topics, modes, and the commands that change them.
 * Channels joined are joined again at the next sign-in (kept in the account's state, without keys).
 */
class IrcRooms : public RoomFacet {
public:
    explicit IrcRooms(IrcLink &link);
    ~IrcRooms() override;

    Async<void> join(
        const RoomAddress &room, const QString &nick, const QString &password) override;
    Async<void> leave(const RoomAddress &room, const QString &reason) override;
    Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text) override;
    Async<void> setTopic(const RoomAddress &room, const QString &topic) override;
    Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason) override;
    Async<QList<RoomListing>> list(const QString &filter) override;

    /// Signed in: joins these and the ones of last time.
    void enter(const QList<WantedChannel> &channels);
    /// Offline: everything asked is answered `cancelled`, no room is joined any more.
    void reset();
    /// Takes what concerns rooms; false when the message is somebody else's too or only.
    bool handle(const IrcMessage &message, const Origin &origin);

    const ChannelState *channel(QStringView name) const;

private:
    /// Something asked of the server, answered by a message or a refusal.
    struct Request {
        QByteArray verb;
        QString channel; ///< Folded.
        QString nick; ///< Folded; where it is about somebody.
        Answer<void> answer;
        std::shared_ptr<Timer> timer;
    };
    struct Listing {
        QString filter;
        QList<RoomListing> rooms;
        Answer<QList<RoomListing>> answer;
    };

    Async<void> ask(const QByteArray &verb, const QString &channel, const QString &nick,
        const IrcCommand &command);
    void answer(const QByteArray &verb, const QString &channel, const QString &nick = {});
    bool refuse(const IrcMessage &message);
    ChannelState *find(QStringView name);
    RoomChange changeOf(const ChannelState &channel, const Origin &origin) const;
    RoomMember roomMember(const ChannelMember &member) const;
    void tell(RoomChange change);
    void tellEverything(const ChannelState &channel, const Origin &origin);
    void tellMember(const ChannelState &channel, QStringView nick, const Origin &origin);
    template <class Change>
    void updateEverywhere(const Origin &origin, QStringView nick, Change change);
    void remember();

    void handleJoin(const IrcMessage &message, const Origin &origin);
    void handlePart(const IrcMessage &message, const Origin &origin);
    void handleKick(const IrcMessage &message, const Origin &origin);
    void handleQuit(const IrcMessage &message, const Origin &origin);
    void handleNick(const IrcMessage &message, const Origin &origin);
    void handleMode(const IrcMessage &message, const Origin &origin);
    void handleTopic(const IrcMessage &message, const Origin &origin);
    bool handleNumeric(const IrcMessage &message, const Origin &origin, int numeric);
    void handleWhoReply(const IrcMessage &message, const Origin &origin);
    void leaveNow(const QString &folded);

    IrcLink &m_link;
    QHash<QString, ChannelState> m_channels; ///< By folded name; those we are in.
    QHash<QString, QString>
        m_names; ///< Folded to spelled, of those to be in after the next sign-in.
    QHash<QString, QString> m_keys; ///< Folded to key, this program run only.
    QList<Request> m_requests;
    std::optional<Listing> m_listing;
    QSet<QString> m_asked; ///< Channels whose WHO is under way.
};

} // namespace linchpin::irc
