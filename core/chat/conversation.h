// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/sdk/room.h"

#include <QObject>
#include <QSet>

namespace linchpin {

/// One conversation as it is now: who types, the room's members and topic, unread counts, draft.
/// The messages themselves are in the history (MessageListModel pages them). Lives on the main
/// thread; owned by ConversationStore.
class Conversation : public QObject {
    Q_OBJECT
public:
    explicit Conversation(ConversationSummary summary, QObject *parent = nullptr);
    ~Conversation() override;

    const ConversationKey &key() const { return m_summary.key; }
    const ConversationSummary &summary() const { return m_summary; }
    bool isRoom() const { return key().kind == ConversationKind::Room; }

    // Rooms
    bool isJoined() const { return m_joined; }
    const QList<RoomMember> &members() const { return m_members; } ///< sorted: rank, then nick
    const RoomTopic &topic() const { return m_topic; }
    QString modes() const { return m_modes; }
    bool isLocked() const { return m_locked.value_or(false); } ///< nobody else gets in
    /// Made for an occasion, and its presenters decide who is in (ConferenceFacet): the network has
    /// told whether it is locked. A network may have rooms of both kinds.
    bool isConference() const { return m_locked.has_value(); }
    QString link() const { return m_link; } ///< to give to people; empty where there is none
    QString ownNick() const; ///< in the room; empty while not joined
    const std::optional<Error> &whyLeft() const { return m_whyLeft; }

    QStringList typing() const; ///< who is composing; names or addresses

Q_SIGNALS:
    void summaryChanged();
    void membersChanged();
    void topicChanged();
    void joinedChanged();
    void typingChanged();
    /// A new message at the end (or, fromArchive, anywhere): stored already.
    void messageStored(const linchpin::StoredMessage &message);
    /// A stored message changed: delivery, text, reactions.
    void messageChanged(const linchpin::StoredMessage &message);
    void gapsChanged();

private:
    friend class ConversationStore;
    friend class MessageRouter;
    void applyRoom(const RoomChange &change);
    void setTyping(const QString &who, bool composing);
    /// The line is gone: nobody is in the room or typing as far as we know.
    void setOffline();
    void setSummary(const ConversationSummary &summary);
    /// A message was stored: what the list of conversations shows follows.
    void noteStored(const StoredMessage &message, int unread, int mentions);
    bool removeMember(const QString &nick);
    void insertMember(const RoomMember &member);

    ConversationSummary m_summary;
    bool m_joined = false;
    QList<RoomMember> m_members;
    RoomTopic m_topic;
    QString m_modes;
    std::optional<bool> m_locked;
    QString m_link;
    std::optional<Error> m_whyLeft;
    QSet<QString> m_typing;
};

} // namespace linchpin
