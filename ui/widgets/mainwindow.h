// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/models/framepacer.h"
#include "ui/widgets/uicontext.h"

#include <QHash>
#include <QMainWindow>

class QLabel;
class QLineEdit;
class QListView;
class QSplitter;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace linchpin {

class AccountFooter;
class ContactListView;
class ConversationListModel;
class ConversationPage;
class RoomDelegate;
class StatusChooser;

/// The window: status, filter, open rooms and contacts at the left, the open conversations at the
/// right. Under 700 px it becomes one pane with a way back.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(UiContext context, QWidget *parent = nullptr);
    ~MainWindow() override;

    ContactListView &contactList() { return *m_contactList; }
    void openConversation(const ConversationKey &key);
    void openMessage(const StoredMessage &message); ///< a search hit
    void closeConversation(const ConversationKey &key);
    ConversationPage *currentPage() const;
    /// Conversations that had a tab when the program ended.
    void restoreConversations();
    /// Something for the user that belongs to no conversation: one line at the bottom of the list.
    void showNotice(const QString &text, const QString &detail);

Q_SIGNALS:
    void accountsRequested();
    void preferencesRequested();
    void historyRequested();
    void importRequested();
    void consoleRequested();
    void addContactRequested();
    void accessRequested();
    void detailsRequested(
        const linchpin::AccountId &account, const linchpin::ContactAddress &address);
    void membersRequested(const linchpin::AccountId &account, const linchpin::ContactAddress &group,
        const QString &name);
    void joinRoomRequested();
    void invitationAnswered(const linchpin::ConversationKey &room);
    /// People for a conversation of more than two; a null key asks for a new one.
    void peopleRequested(const linchpin::ConversationKey &from);
    void aboutRequested();
    void whyRequested(const linchpin::AccountId &account);
    void quitRequested();
    void closedToTray();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildSide();
    void buildMain();
    void buildMenu();
    void applySettings();
    void updateTab(int tab);
    void updateTabs();
    void updateTitle();
    void tabSelected(int index);
    void markShown();
    void setNarrow(bool narrow);
    int tabOf(const ConversationKey &key) const;
    QWidget *emptyPage();

    UiContext m_context;
    QSplitter *m_splitter = nullptr;
    QWidget *m_side = nullptr;
    QWidget *m_main = nullptr;
    StatusChooser *m_status = nullptr;
    QLineEdit *m_filter = nullptr;
    ContactListView *m_contactList = nullptr;
    QListView *m_rooms = nullptr;
    RoomDelegate *m_roomDelegate = nullptr;
    ConversationListModel *m_conversationModel = nullptr;
    AccountFooter *m_footer = nullptr;
    QWidget *m_requests = nullptr;
    QTabBar *m_tabs = nullptr;
    QStackedWidget *m_stack = nullptr;
    QWidget *m_empty = nullptr;
    QToolButton *m_menuButton = nullptr;
    QHash<ConversationKey, ConversationPage *> m_pages;
    bool m_narrow = false;
    FramePacer m_titlePacer;
};

} // namespace linchpin
