// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/wirelog.h"
#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>
#include <QPointer>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace linchpin {

/// What goes over an account's wire, without its secrets; with a line to send raw where the
/// protocol allows it.
class WireConsole : public QDialog {
    Q_OBJECT
public:
    explicit WireConsole(UiContext context, QWidget *parent = nullptr);
    void select(const AccountId &account);

private:
    void fillAccounts();
    void showAccount();
    void append(const WireEntry &entry);
    void sendRaw();
    void save();
    bool passes(const WireEntry &entry) const;

    UiContext m_context;
    QComboBox *m_accounts;
    QLineEdit *m_filter;
    QToolButton *m_pause;
    QPlainTextEdit *m_text;
    QLineEdit *m_raw;
    QPointer<WireLog> m_log;
};

} // namespace linchpin
