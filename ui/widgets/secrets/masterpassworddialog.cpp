// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/secrets/masterpassworddialog.h"

#include "core/secrets/vaultstore.h"
#include "ui/widgets/common/theme.h"

#include <QAccessible>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace linchpin {

MasterPasswordDialog::MasterPasswordDialog(VaultStore &vault, QWidget *parent)
    : QDialog(parent)
    , m_vault(vault)
    , m_before(field(u"passwordBefore"_s))
    , m_after(field(u"passwordAfter"_s))
    , m_again(field(u"passwordAgain"_s))
    , m_complaint(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
    , m_ok(m_buttons->button(QDialogButtonBox::Ok))
{
    setObjectName(u"masterPasswordDialog"_s);
    setWindowTitle(tr("Change the master password"));
    auto *const words = new QLabel(tr("It opens the vault, in which the passwords of your accounts "
                                      "are kept. Nobody can get them back without it."),
        this);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setMinimumWidth(400);
    m_complaint->setObjectName(u"complaint"_s);
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, theme::danger(palette()));
    m_complaint->setPalette(colors);
    m_bar->setObjectName(u"bar"_s);
    m_bar->setAccessibleName(tr("Changing the master password"));
    m_bar->setRange(0, 0);
    m_bar->setTextVisible(false);
    m_bar->setMaximumHeight(theme::kUnit);
    QSizePolicy keeps = m_bar->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(keeps);
    m_bar->hide();
    m_ok->setObjectName(u"changePassword"_s);
    m_ok->setText(tr("Change it"));

    auto *const form = new QFormLayout(this);
    form->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(words);
    form->addRow(tr("Password until now"), m_before);
    form->addRow(tr("New password"), m_after);
    form->addRow(tr("Once more"), m_again);
    form->addRow(m_complaint);
    form->addRow(m_bar);
    form->addRow(m_buttons);
    for (const QLineEdit *const edit : { m_before, m_after, m_again }) {
        connect(edit, &QLineEdit::textChanged, this, &MasterPasswordDialog::check);
    }
    connect(m_buttons, &QDialogButtonBox::accepted, this, &MasterPasswordDialog::change);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &MasterPasswordDialog::reject);
    check();
    m_before->setFocus();
}

MasterPasswordDialog::~MasterPasswordDialog() = default;

QLineEdit *MasterPasswordDialog::field(const QString &objectName)
{
    auto *const edit = new QLineEdit(this);
    edit->setObjectName(objectName);
    edit->setEchoMode(QLineEdit::Password);
    return edit;
}

void MasterPasswordDialog::check()
{
    const bool differ = !m_again->text().isEmpty() && m_again->text() != m_after->text();
    const bool same = !m_after->text().isEmpty() && m_after->text() == m_before->text();
    QString why;
    if (m_before->text().isEmpty() || m_after->text().isEmpty() || m_again->text().isEmpty()) {
        why = tr("Type the password until now, and the new one twice.");
    }
    if (same) {
        why = tr("The new password is the old one.");
    } else if (differ) {
        why = tr("The two new passwords differ.");
    }
    m_complaint->setText(same || differ ? why : QString());
    m_complaint->setVisible(!m_complaint->text().isEmpty());
    m_ok->setEnabled(why.isEmpty() && !m_running);
    m_ok->setToolTip(why);
}

void MasterPasswordDialog::complain(const QString &text)
{
    m_complaint->setText(text);
    m_complaint->setVisible(!text.isEmpty());
    if (!text.isEmpty()) {
        // A label that changes is not read out by itself.
        QAccessibleAnnouncementEvent event(this, text);
        QAccessible::updateAccessibility(&event);
    }
}

void MasterPasswordDialog::setRunning(bool running)
{
    m_running = running;
    for (QLineEdit *const edit : { m_before, m_after, m_again }) {
        edit->setEnabled(!running);
    }
    m_ok->setEnabled(!running);
    m_buttons->button(QDialogButtonBox::Cancel)->setEnabled(!running);
    m_bar->setVisible(running);
}

void MasterPasswordDialog::change()
{
    if (m_running || !m_ok->isEnabled()) {
        return;
    }
    complain({});
    setRunning(true);
    m_vault.changePassword(m_before->text(), m_after->text())
        .then(this, [this](const Result<void> &result) { answered(result); });
}

void MasterPasswordDialog::answered(const Result<void> &result)
{
    setRunning(false);
    if (result) {
        accept();
        Q_EMIT changed();
        return;
    }
    const Error &error = result.error();
    QString text = error.title;
    if (error.code != "vault-wrong-password"_L1) {
        for (const QString &more : { error.detail, error.remedy }) {
            text += more.isEmpty() ? QString() : u'\n' + more;
        }
    }
    complain(text);
    m_before->setFocus();
    m_before->selectAll();
}

void MasterPasswordDialog::reject()
{
    if (!m_running) {
        QDialog::reject();
    }
}

} // namespace linchpin
