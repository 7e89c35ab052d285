// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/dialogsecretprompt.h"

#include "ui/widgets/common/theme.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::DialogSecretPrompt", text);
}

QString introduction(const SecretPrompt::Question &question)
{
    switch (question.kind) {
    case SecretPrompt::Question::Kind::AccountSecret:
        return tr("The account %1 needs its password.").arg(question.accountName);
    case SecretPrompt::Question::Kind::VaultPassword:
        return tr("Your passwords are in this profile's vault. Its password opens it.");
    case SecretPrompt::Question::Kind::NewVaultPassword:
        return tr("No keyring answers on this computer. Your passwords are kept in an encrypted "
                  "vault; choose a password for it.");
    }
    return {};
}

} // namespace

Async<SecretPrompt::Reply> DialogSecretPrompt::ask(const Question &question)
{
    const bool isNew = question.kind == Question::Kind::NewVaultPassword;
    auto *const dialog = new QDialog(m_parent);
    dialog->setObjectName(u"secretDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Password"));
    auto *const text = new QLabel(introduction(question), dialog);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setMinimumWidth(360);
    auto *const secret = new QLineEdit(dialog);
    secret->setObjectName(u"secret"_s);
    secret->setEchoMode(QLineEdit::Password);
    auto *const again = new QLineEdit(dialog);
    again->setEchoMode(QLineEdit::Password);
    auto *const remember = new QCheckBox(tr("Remember it"), dialog);
    auto *const complaint = new QLabel(question.complaint, dialog);
    complaint->setTextFormat(Qt::PlainText);
    complaint->setWordWrap(true);
    QPalette colors = complaint->palette();
    colors.setColor(QPalette::WindowText, theme::danger(colors));
    complaint->setPalette(colors);
    complaint->setVisible(!question.complaint.isEmpty());
    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    auto *const form = new QFormLayout(dialog);
    form->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    form->setVerticalSpacing(theme::kRelated);
    form->addRow(text);
    form->addRow(question.label.isEmpty() ? tr("Password") : question.label, secret);
    if (isNew) {
        form->addRow(tr("Once more"), again);
    } else {
        again->hide();
    }
    form->addRow(complaint);
    remember->setObjectName(u"remember"_s);
    if (question.kind == Question::Kind::AccountSecret && question.mayRemember) {
        form->addRow(QString(), remember);
    } else {
        remember->hide();
    }
    form->addRow(buttons);
    QPushButton *const ok = buttons->button(QDialogButtonBox::Ok);
    const auto check = [ok, secret, again, complaint, isNew] {
        const bool differ = isNew && !again->text().isEmpty() && again->text() != secret->text();
        if (isNew) {
            complaint->setText(tr("The two passwords differ."));
            complaint->setVisible(differ);
        }
        ok->setEnabled(!secret->text().isEmpty() && (!isNew || again->text() == secret->text()));
    };
    QObject::connect(secret, &QLineEdit::textChanged, dialog, check);
    QObject::connect(again, &QLineEdit::textChanged, dialog, check);
    check();
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    const Answer<Reply> answer;
    QObject::connect(dialog, &QDialog::finished, dialog, [answer, secret, remember](int result) {
        if (result == QDialog::Accepted) {
            answer.give(Reply { .secret = secret->text(), .remember = remember->isChecked() });
            return;
        }
        Error error;
        error.kind = Error::Kind::Cancelled;
        error.code = u"cancelled"_s;
        error.title = tr("No password was given.");
        answer.fail(error);
    });
    dialog->open();
    return answer.future();
}

} // namespace linchpin
