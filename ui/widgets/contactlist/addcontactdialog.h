// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/uicontext.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace linchpin {

class Account;

/// Adds a contact: account, address (checked as one types), name, group; with the server's
/// directory where there is one.
class AddContactDialog : public QDialog {
    Q_OBJECT
public:
    explicit AddContactDialog(UiContext context, QWidget *parent = nullptr);

private:
    Account *account() const;
    void check();
    void search();
    void add();

    UiContext m_context;
    QComboBox *m_accounts;
    QLineEdit *m_address;
    QLineEdit *m_name;
    QComboBox *m_group;
    QListWidget *m_found;
    QLabel *m_complaint;
    QPushButton *m_ok;
};

} // namespace linchpin
