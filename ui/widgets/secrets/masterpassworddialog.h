// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QDialog>

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace linchpin {

class VaultStore;

/// Changes the master password of the profile's vault. The old one is wanted also where the vault
/// is unlocked; what is wrong is said in the dialog, which stays. Deriving the keys takes seconds:
/// the dialog cannot be closed meanwhile, since the change cannot be taken back.
class MasterPasswordDialog : public QDialog {
    Q_OBJECT
public:
    /// The vault exists, and outlives the dialog.
    explicit MasterPasswordDialog(VaultStore &vault, QWidget *parent = nullptr);
    ~MasterPasswordDialog() override;

    void reject() override;

Q_SIGNALS:
    void changed(); ///< the new password holds

private:
    QLineEdit *field(const QString &objectName);
    void check();
    void change();
    void answered(const Result<void> &result);
    void complain(const QString &text);
    void setRunning(bool running);

    VaultStore &m_vault;
    QLineEdit *m_before;
    QLineEdit *m_after;
    QLineEdit *m_again;
    QLabel *m_complaint;
    QProgressBar *m_bar;
    QDialogButtonBox *m_buttons;
    QPushButton *m_ok;
    bool m_running = false;
};

} // namespace linchpin
