// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/chat/conversation.h"
#include "ui/widgets/chat/messagelayout.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

#include <memory>

class QLabel;
class QLineEdit;
class QListView;
class QSplitter;
class QTimer;
class QToolButton;

namespace linchpin {

class Composer;
class ConversationHeader;
class MessageListModel;
class MessageView;
class RoomMemberModel;

/// One conversation: header, messages, typing line, composer; in a room the member list beside
/// them.
class ConversationPage : public QWidget {
    Q_OBJECT
public:
    ConversationPage(UiContext context, Conversation &conversation, QWidget *parent = nullptr);
    ~ConversationPage() override;

    const ConversationKey &key() const { return m_conversation.key(); }
    Conversation &conversation() const { return m_conversation; }
    void setMessageStyle(MessageStyle style);
    void goTo(const MessageId &id);
    void focusComposer();
    void openSearch();
    void showBackButton(bool show);

Q_SIGNALS:
    void backRequested();
    void closeRequested();
    void whyRequested(const linchpin::AccountId &account);
    void conversationRequested(const linchpin::ConversationKey &key);
    void detailsRequested(
        const linchpin::AccountId &account, const linchpin::ContactAddress &address);
    void inviteRequested(const linchpin::ConversationKey &key);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void chooseFiles();
    void sendFiles(const QStringList &paths);
    void updateFiles();
    void saveDraft();
    void submit(const QString &text);
    void updateTyping();
    void updateCompletions();
    void buildSearch();
    void searchWithin(bool older);
    void showError(const Error &error);
    void showMemberMenu(const QPoint &at);

    UiContext m_context;
    Conversation &m_conversation;
    std::unique_ptr<MessageListModel> m_model;
    ConversationHeader *m_header;
    MessageView *m_view;
    QLabel *m_typing;
    QLabel *m_notice;
    Composer *m_composer;
    QToolButton *m_attach;
    QWidget *m_searchBar = nullptr;
    QLineEdit *m_searchField = nullptr;
    QLabel *m_searchState = nullptr;
    QList<MessageId> m_hits;
    qsizetype m_hitAt = -1;
    QSplitter *m_splitter;
    QListView *m_members = nullptr;
    std::unique_ptr<RoomMemberModel> m_memberModel;
    QTimer *m_noticeTimer;
    QTimer *m_draftTimer;
};

} // namespace linchpin
