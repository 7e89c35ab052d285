// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>
#include <QTimer>

class QCheckBox;
class QDialogButtonBox;
class QFormLayout;
class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QToolButton;

namespace linchpin {

class ServiceChoice;
class ServiceFinder;
class SignInProgress;
struct ServiceGuess;

/// From an address to online: looks up what the address belongs to while one types, says why, asks
/// for the password, adds the account and shows how the sign-in goes. An account whose first
/// sign-in fails is left behind only where the user wants it. Also "Add account".
class FirstRunDialog : public QDialog {
    Q_OBJECT
public:
    explicit FirstRunDialog(UiContext context, QWidget *parent = nullptr);

    void reject() override;
    /// Nothing was typed, and no account is being tried.
    bool isUntouched() const;

Q_SIGNALS:
    /// The user would rather take accounts over from another program.
    void importRequested();
    /// The user wants to know why an account cannot sign in.
    void diagnosisWanted(const linchpin::AccountId &account);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeForm();
    QWidget *makeNote();
    void addressEdited();
    void lookUp();
    void stopLooking();
    void showGuesses();
    void showNote(const ServiceGuess &guess);
    void showMore(bool more);
    void refreshButtons();
    int neededHeight(int width) const;
    void allowScrolling();
    void fit();
    void signIn();
    void backToForm();
    void forgetAccount();

    UiContext m_context;
    ServiceFinder *m_finder;
    QTimer m_pause; ///< a moment without typing
    QStackedWidget *m_pages;
    QScrollArea *m_form;
    SignInProgress *m_progress;
    QLineEdit *m_address;
    QLabel *m_hint;
    QPushButton *m_moveIn;
    QWidget *m_looking;
    QLabel *m_lookingText;
    QLabel *m_reason;
    QFrame *m_note;
    QLabel *m_noteText;
    QLabel *m_noteMore;
    QWidget *m_details; ///< choice and password: shown once there is an address
    ServiceChoice *m_choice;
    QFormLayout *m_rows = nullptr;
    QLineEdit *m_password;
    QCheckBox *m_remember;
    QToolButton *m_more;
    QLineEdit *m_server;
    QLineEdit *m_login;
    QLabel *m_problem;
    QDialogButtonBox *m_buttons;
    QPushButton *m_ok;
    QPushButton *m_back;
    QPushButton *m_keep;
    AccountId m_added;
};

} // namespace linchpin
