// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/sdk/presence.h"

#include <QDateTime>
#include <QHash>
#include <QList>

#include <optional>

namespace linchpin {

/// A message that came in, with what decides whether somebody is told.
struct NotificationCase {
    StoredMessage message;
    QString conversationName; ///< person's or room's name
    QString senderName; ///< who wrote it
    bool muted = false;
    bool visible = false; ///< its conversation is the one shown in the active window
    Availability ownAvailability = Availability::Available;
    bool notifications = true; ///< the setting
    bool showText = true; ///< the setting "notification-text"
};

/// Somebody asks the user into a room or a group conversation.
struct InvitationCase {
    AccountId account;
    QString room; ///< its address
    QString fromName;
    QString text; ///< the inviter's words or the subject; may be empty
    Availability ownAvailability = Availability::Available;
    bool notifications = true; ///< the setting
    bool showText = true; ///< the setting "notification-text"
};

/// What a notification says. Plain text. One with the same slot replaces the one before.
struct Notification {
    QString slot;
    ConversationKey conversation; ///< what a click opens; null = the window
    QString title;
    QString body;
    int count = 1; ///< messages it stands for

    friend bool operator==(const Notification &, const Notification &) = default;
};

/// Decides which messages to notify about, and groups bursts: messages of one conversation that
/// come while its notification is unanswered are counted in one; messages of many conversations
/// within seconds (signing in after a night) become one for all. Pure: the time is handed in.
class NotificationPresenter {
public:
    /// What to show for the message now; nothing where the user is not to be disturbed.
    std::optional<Notification> arrived(const NotificationCase &what, const QDateTime &now);
    /// The same for an invitation. A click opens the window, where it waits for an answer.
    std::optional<Notification> invited(const InvitationCase &what, const QDateTime &now);
    /// The slot of the notification about an invitation to that room.
    static QString invitationSlot(const AccountId &account, const QString &room);
    /// The conversation was opened or read, or its notification closed: counting begins anew.
    void forget(const ConversationKey &conversation);
    void forgetAll();

private:
    struct Waiting {
        QStringList lines; ///< the last few
        int count = 0;
        QDateTime last;
    };
    std::optional<Notification> grouped(const QDateTime &now) const;

    QHash<ConversationKey, Waiting> m_waiting;
    QList<QDateTime> m_invitations; ///< told within the last seconds
};

} // namespace linchpin
