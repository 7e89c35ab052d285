// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace linchpin {

class Account;

/// Joins a room: account, room, nick, password; with the rooms that the server lists.
class JoinRoomDialog : public QDialog {
    Q_OBJECT
public:
    explicit JoinRoomDialog(UiContext context, QWidget *parent = nullptr);

Q_SIGNALS:
    void joined(const linchpin::ConversationKey &room);

private:
    Account *account() const;
    void check();
    void listRooms();
    void join();
    void joinRoom(const AccountId &id, const RoomAddress &room);

    UiContext m_context;
    QComboBox *m_accounts;
    QLineEdit *m_room;
    QLineEdit *m_nick;
    QLineEdit *m_password;
    QTreeWidget *m_list;
    QLabel *m_complaint;
    QPushButton *m_listButton;
    QPushButton *m_ok = nullptr;
};

} // namespace linchpin
