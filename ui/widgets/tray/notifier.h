// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/room.h"
#include "ui/presenters/notificationpresenter.h"
#include "ui/widgets/uicontext.h"

#include <QHash>
#include <QObject>
#include <QStringList>

#include <functional>

class QSystemTrayIcon;

namespace linchpin {

class Conversation;

/// Shows what NotificationPresenter decides: through org.freedesktop.Notifications (Desktop
/// Notifications Specification 1.2) where it answers, else as the tray icon's balloon. Nothing
/// waits for the bus.
class Notifier : public QObject {
    Q_OBJECT
public:
    /// `visible` tells whether the conversation is what the user is looking at.
    Notifier(UiContext context, QSystemTrayIcon &tray,
        std::function<bool(const ConversationKey &)> visible, QObject *parent = nullptr);

    /// The user reads that conversation: its notification has done its work.
    void dismiss(const ConversationKey &conversation);

Q_SIGNALS:
    void conversationRequested(const linchpin::ConversationKey &key); ///< null = just the window
    void told(const linchpin::Notification &notification); ///< shown or on its way (tests)

private:
    // Called by the bus.
    Q_SLOT void actionInvoked(uint id, const QString &action);
    Q_SLOT void notificationClosed(uint id, uint reason);

    enum class Bus { Unknown, Answers, Silent };
    struct Shown {
        uint id = 0; ///< 0 while the bus has not answered
        ConversationKey conversation;
    };
    void ask();
    void arrived(const Conversation &conversation, const StoredMessage &message);
    void invited(const AccountId &account, const RoomInvitation &invitation);
    Availability ownAvailability(const AccountId &id) const;
    void available(const AccountId &account, const ContactAddress &address, bool once);
    void show(const Notification &notification);
    void showOnBus(const Notification &notification);
    void close(const QString &slot);

    UiContext m_context;
    QSystemTrayIcon &m_tray;
    std::function<bool(const ConversationKey &)> m_visible;
    NotificationPresenter m_presenter;
    Bus m_bus = Bus::Unknown;
    QStringList m_abilities; ///< of the notification server
    QHash<QString, Shown> m_shown; ///< by slot
    ConversationKey m_balloon; ///< what a click on the tray's balloon opens
};

} // namespace linchpin
