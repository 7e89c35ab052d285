// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/presenters/traypresenter.h"
#include "ui/widgets/uicontext.h"

#include <QObject>
#include <QSystemTrayIcon>
#include <QTimer>

#include <memory>

class QMenu;

namespace linchpin {

/// The icon in the system tray (StatusNotifierItem or XEmbed, whichever the desktop has): own
/// presence, unread messages, status choices. Used by the messenger and, with the contacts in its
/// menu, by the indicator that stands alone.
class TrayIcon : public QObject {
    Q_OBJECT
public:
    enum class Content {
        Messenger, ///< window and conversations are this program's
        Indicator, ///< contacts in the menu; the messenger is another program
    };

    explicit TrayIcon(UiContext context, Content content, QObject *parent = nullptr);
    ~TrayIcon() override;

    void show();
    static bool isAvailable() { return QSystemTrayIcon::isSystemTrayAvailable(); }
    QSystemTrayIcon &icon() { return m_icon; }
    QMenu &menu() { return *m_menu; }
    const TrayView &view() const { return m_view; }
    /// The newest conversation with something unread; null when all is read.
    ConversationKey nextUnread() const;

Q_SIGNALS:
    void toggleRequested(); ///< a click on the icon
    void openRequested();
    void conversationRequested(const linchpin::ConversationKey &key);
    void accountsRequested();
    void whyRequested(const linchpin::AccountId &account);
    void quitRequested();

private:
    void buildMenu();
    void addStatuses();
    void addContacts();
    void addAccounts();
    void refresh();

    UiContext m_context;
    Content m_content;
    std::unique_ptr<QMenu> m_menu;
    QSystemTrayIcon m_icon;
    QTimer m_later; ///< bursts of changes become one picture
    TrayView m_view;
};

} // namespace linchpin
