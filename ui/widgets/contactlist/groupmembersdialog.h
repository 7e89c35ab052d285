// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/contact.h"
#include "core/sdk/result.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace linchpin {

/// Who is in a distribution group. Groups inside it open in place of it.
class GroupMembersDialog : public QDialog {
    Q_OBJECT
public:
    explicit GroupMembersDialog(UiContext context, QWidget *parent = nullptr);

    void showGroup(const AccountId &account, const ContactAddress &group, const QString &name);

Q_SIGNALS:
    void conversationRequested(const linchpin::ConversationKey &key);
    void detailsRequested(
        const linchpin::AccountId &account, const linchpin::ContactAddress &address);

private:
    void fill(const QList<DirectoryEntry> &members);
    void filter();
    void openCurrent();
    void say(const QString &words, bool wrong);

    UiContext m_context;
    AccountId m_account;
    int m_question = 0; ///< answers to earlier ones are ignored
    QLabel *m_title;
    QLineEdit *m_filter;
    QTreeWidget *m_members;
    QLabel *m_status;
    QPushButton *m_write = nullptr;
    QPushButton *m_details = nullptr;
};

} // namespace linchpin
