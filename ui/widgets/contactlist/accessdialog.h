// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace linchpin {

class AccessFacet;
class Account;
struct AccessRule;

/// Who sees how much of us: the rules for groups, domains and people of an account with access
/// levels. Changes are sent at once and shown when the server has taken them.
class AccessDialog : public QDialog {
    Q_OBJECT
public:
    explicit AccessDialog(UiContext context, QWidget *parent = nullptr);

    /// Whether any account has access levels now.
    static bool isUseful(const UiContext &context);

private:
    Account *account() const;
    AccessFacet *access() const;
    void fill();
    void showCurrent();
    void choose();
    void addRule(bool domain);
    void set(const AccessRule &rule);
    void complain(const Error *error);
    AccessRule ruleOf(const QTreeWidgetItem *item) const;

    UiContext m_context;
    QComboBox *m_accounts;
    QTreeWidget *m_rules;
    QComboBox *m_level;
    QLabel *m_help;
    QLabel *m_complaint;
    QPushButton *m_addDomain;
    QPushButton *m_addPerson;
    QPushButton *m_remove;
    bool m_filling = false;
};

} // namespace linchpin
