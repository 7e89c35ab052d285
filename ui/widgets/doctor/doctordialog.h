// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/doctor.h"
#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>
#include <QPointer>

#include <functional>

class QFrame;
class QLabel;
class QProgressBar;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace linchpin {

class Account;

/// Why does this account not sign in? The doctor at work, each step as it happens, and its verdict:
/// a sentence, the server's words, what helps, and a button where the program can mend it itself.
/// Not modal.
class DoctorDialog : public QDialog {
    Q_OBJECT
public:
    /// Makes the doctor of an account; the real one unless a test hands in its own.
    using Maker = std::function<std::unique_ptr<Doctor>(Account &account, bool domain)>;

    explicit DoctorDialog(UiContext context, QWidget *parent = nullptr);
    ~DoctorDialog() override;

    void setMaker(Maker maker) { m_maker = std::move(maker); }
    /// Examines it; when it failed at its login or password only on demand, since each try counts
    /// as one more wrong password at many servers.
    void showAccount(const AccountId &id);
    /// What is known already, without examining again.
    void showResult(const AccountId &id, const QList<Finding> &findings, const Verdict &verdict);
    void examine(bool domain = false);
    const AccountId &accountId() const { return m_account; }
    bool isExamining() const;
    QString report() const; ///< what "Copy report" copies

    void reject() override;

Q_SIGNALS:
    void settingsRequested(const linchpin::AccountId &account);
    void examined(const linchpin::Verdict &verdict);

private:
    void clear();
    void addFinding(const Finding &finding);
    void fill(QTreeWidgetItem *item, const Finding &finding);
    void showVerdict(const Verdict &verdict);
    void showStep();
    bool showsCertificate() const; ///< instead of a fix
    void showButtons();
    void applyFix();
    Account *account() const;

    UiContext m_context;
    Maker m_maker;
    AccountId m_account;
    QPointer<Doctor> m_doctor; ///< child of this
    QList<Finding> m_findings;
    std::optional<Verdict> m_verdict;
    QDateTime m_at;
    QLabel *m_title;
    QLabel *m_subject;
    QProgressBar *m_progress;
    QLabel *m_doing;
    QFrame *m_card;
    QLabel *m_sign;
    QLabel *m_sentence;
    QLabel *m_words;
    QLabel *m_remedy;
    QWidget *m_fixRow;
    QLabel *m_changes;
    QPushButton *m_fix;
    QTreeWidget *m_steps;
    QPushButton *m_copy = nullptr;
    QPushButton *m_again = nullptr;
    QPushButton *m_domain = nullptr;
    QPushButton *m_settings = nullptr;
};

} // namespace linchpin
