// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/contact.h"
#include "core/sdk/result.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace linchpin {

class Account;

/// Adds a contact: account, address (checked as one types), name, group; with the server's
/// directory where there is one, searched by what is typed instead of an address.
class AddContactDialog : public QDialog {
    Q_OBJECT
public:
    explicit AddContactDialog(UiContext context, QWidget *parent = nullptr);

Q_SIGNALS:
    /// A distribution group was chosen: it is opened, not added.
    void membersRequested(const linchpin::AccountId &account, const linchpin::ContactAddress &group,
        const QString &name);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    Account *account() const;
    void check();
    void search();
    void showFound(const Result<QList<DirectoryEntry>> &found);
    void choose(const QListWidgetItem *item);
    void add();

    UiContext m_context;
    QComboBox *m_accounts;
    QLineEdit *m_address;
    QLineEdit *m_name;
    QComboBox *m_group;
    QListWidget *m_found;
    QLabel *m_search; ///< how the search goes
    QString m_chosen; ///< the address taken from the directory
    QLabel *m_complaint;
    QPushButton *m_ok = nullptr;
};

} // namespace linchpin
