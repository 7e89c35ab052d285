// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTabWidget;

namespace linchpin {

class Account;
class SettingsForm;
class SettingsFormModel;
struct Error;

/// The editor of one account: Basic, Advanced and Proxy pages generated from its protocol's schema,
/// its state with the server's words and the remedy as a button.
class AccountEditor : public QWidget {
    Q_OBJECT
public:
    AccountEditor(UiContext context, Account &account, QWidget *parent = nullptr);
    ~AccountEditor() override;

    const AccountId &accountId() const { return m_id; }
    void showPage(const QString &objectName); ///< pageBasic, pageAdvanced, pageProxy
    bool isModified() const;
    bool isAcceptable() const;
    /// Why Apply would not do anything sensible, translated; empty = it would.
    QString complaint() const;
    bool apply(); ///< false: shown in the editor

Q_SIGNALS:
    void changed();
    void whyRequested(const linchpin::AccountId &account);

private:
    void refreshState();
    Account *account() const;

    UiContext m_context;
    AccountId m_id;
    std::unique_ptr<SettingsFormModel> m_model;
    QTabWidget *m_tabs;
    SettingsForm *m_basic;
    QLineEdit *m_name;
    QComboBox *m_color;
    QCheckBox *m_remember;
    QWidget *m_banner;
    QLabel *m_state;
    QLabel *m_words;
    QPushButton *m_fix;
    QPushButton *m_certificate;
    QPushButton *m_tryNow;
    QPushButton *m_why;
    QString m_failure;
    bool m_touched = false;
};

} // namespace linchpin
