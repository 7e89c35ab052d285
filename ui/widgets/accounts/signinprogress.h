// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QPushButton;

namespace linchpin {

class Account;
class Session;

/// How the first sign-in of an account goes, in live words; when it fails the reason, the server's
/// words, the remedy, and what can be done.
class SignInProgress : public QWidget {
    Q_OBJECT
public:
    explicit SignInProgress(UiContext context, QWidget *parent = nullptr);

    void follow(const AccountId &account);
    bool hasFailed() const { return m_failed; }

Q_SIGNALS:
    void online();
    void failedChanged(); ///< hasFailed()
    /// The user wants to know why: whoever can runs the connection doctor on this account.
    void diagnosisWanted(const linchpin::AccountId &account);

private:
    void refresh();
    void showFailure(const Account &account);
    void showWords(const Account &account);
    void announce(const QString &text);
    void applyFix();

    UiContext m_context;
    AccountId m_id;
    QPointer<Session> m_session; ///< whose states are followed
    QLabel *m_picture;
    QLabel *m_heading;
    QLabel *m_state;
    QLabel *m_remedy;
    QPushButton *m_fix;
    QPushButton *m_certificate;
    QPushButton *m_again;
    QPushButton *m_diagnose;
    bool m_failed = false;
};

} // namespace linchpin
