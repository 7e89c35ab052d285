// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace linchpin {

class AccountEditor;
class AccountListModel;

/// The accounts at the left, the editor of the chosen one at the right.
class AccountsDialog : public QDialog {
    Q_OBJECT
public:
    explicit AccountsDialog(UiContext context, QWidget *parent = nullptr);
    ~AccountsDialog() override;

    void select(const AccountId &account, const QString &page = {});

Q_SIGNALS:
    void addRequested();
    void whyRequested(const linchpin::AccountId &account);

private:
    void showCurrent();
    void refreshButtons();
    void removeCurrent();
    void moveCurrent(int by);
    AccountId currentId() const;

    UiContext m_context;
    AccountListModel *m_model;
    QListView *m_list;
    QStackedWidget *m_stack;
    AccountEditor *m_editor = nullptr;
    QLabel *m_empty;
    QLabel *m_complaint;
    QPushButton *m_apply = nullptr;
    QToolButton *m_remove;
    QToolButton *m_up;
    QToolButton *m_down;
};

} // namespace linchpin
