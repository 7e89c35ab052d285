// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/chat/conversation.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace linchpin {

/// The top of a conversation: avatar with presence, name, note or topic, the account it goes
/// through, actions.
class ConversationHeader : public QWidget {
    Q_OBJECT
public:
    ConversationHeader(UiContext context, Conversation &conversation, QWidget *parent = nullptr);

    void showBackButton(bool show);
    QToolButton *searchButton() const { return m_search; }
    QToolButton *detailsButton() const { return m_details; }
    QToolButton *membersButton() const { return m_members; }
    QToolButton *groupButton() const { return m_group; }
    QToolButton *closeButton() const { return m_close; }
    void refresh();

Q_SIGNALS:
    void backRequested();
    void inviteRequested(); ///< somebody else shall come into the conversation
    void failed(const linchpin::Error &why);

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void fillGroupMenu();

    UiContext m_context;
    Conversation &m_conversation;
    QToolButton *m_back;
    QWidget *m_avatar;
    QLabel *m_name;
    QLabel *m_note;
    QLabel *m_account;
    QToolButton *m_group; ///< invite, lock, link, end: where the network has conferences
    QToolButton *m_search;
    QToolButton *m_details;
    QToolButton *m_members;
    QToolButton *m_close;
};

} // namespace linchpin
