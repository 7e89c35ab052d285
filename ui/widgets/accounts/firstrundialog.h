// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace linchpin {

/// From an address to online: finds the protocol that fits, says why, asks for the password, adds
/// the account and shows how the sign-in goes. Also "Add account".
class FirstRunDialog : public QDialog {
    Q_OBJECT
public:
    explicit FirstRunDialog(UiContext context, QWidget *parent = nullptr);

private:
    void guess();
    void showChoice();
    void signIn();
    void showProgress();
    const ProtocolPlugin *chosenPlugin() const;

    UiContext m_context;
    QLineEdit *m_address;
    QComboBox *m_protocol;
    QLabel *m_reason;
    QLineEdit *m_server;
    QLabel *m_serverLabel;
    QLineEdit *m_password;
    QLabel *m_state;
    QPushButton *m_ok;
    QString m_preset;
    bool m_chosenByHand = false;
    AccountId m_added;
};

} // namespace linchpin
