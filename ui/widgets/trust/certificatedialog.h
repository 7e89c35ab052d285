// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/truststore.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QVBoxLayout;

namespace linchpin {

class Account;

/// A certificate that an account refused: why, what it is, and whether to trust it all the same.
/// "Not now" is what Return and Escape do.
class CertificateDialog : public QDialog {
    Q_OBJECT
public:
    CertificateDialog(UiContext context, const AccountId &account, QWidget *parent = nullptr);
    ~CertificateDialog() override;

    /// Whether there is anything to show for this account.
    static bool isUseful(const UiContext &context, const AccountId &account);
    /// Opens one beside `parent`; deletes itself when closed.
    static void open(UiContext context, const AccountId &account, QWidget *parent);

private:
    enum class Decision { Once, Always, Never };

    QWidget *makeBody();
    QWidget *makeDecision();
    void fillChooser();
    void showCase(const RefusedCase &refused);
    void showComparison();
    void showChain();
    void showCertificate(const QSslCertificate &certificate);
    void addRow(const QString &label, const QString &value, const QString &objectName);
    void refreshButtons();
    void askForEnd();
    void decide(Decision decision, const QDateTime &until = {});
    Account *account() const;

    UiContext m_context;
    AccountId m_account;
    RefusedCase m_case;
    QComboBox *m_chooser;
    QLabel *m_headline;
    QLabel *m_way;
    QLabel *m_advice;
    QLabel *m_comparison;
    QTreeWidget *m_chain;
    QWidget *m_details;
    QFormLayout *m_rows;
    QCheckBox *m_agree;
    QWidget *m_compare;
    QLabel *m_compareLabel;
    QLineEdit *m_typed;
    QPushButton *m_never;
    QPushButton *m_notNow;
    QPushButton *m_once;
    QPushButton *m_always;
};

} // namespace linchpin
