// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/addcontactdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/common/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTimer>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

AddContactDialog::AddContactDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_accounts(new QComboBox(this))
    , m_address(new QLineEdit(this))
    , m_name(new QLineEdit(this))
    , m_group(new QComboBox(this))
    , m_found(new QListWidget(this))
    , m_complaint(new QLabel(this))
    , m_ok(nullptr)
{
    setObjectName(u"addContactDialog"_s);
    setWindowTitle(tr("Add a contact"));
    setMinimumWidth(420);
    m_accounts->setObjectName(u"account"_s);
    m_address->setObjectName(u"address"_s);
    m_name->setObjectName(u"name"_s);
    m_group->setObjectName(u"group"_s);
    m_group->setEditable(true);
    m_group->addItem(QString());
    m_group->addItems(context.contacts.groups());
    m_found->setAccessibleName(tr("Found in the directory"));
    m_found->setMaximumHeight(140);
    m_found->hide();
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->setFont(theme::small(font()));
    const QList<Account *> accounts = context.accounts.accounts();
    for (const Account *account : accounts) {
        if (account->state() == Account::State::Online && account->session()
            && account->session()->roster()) {
            m_accounts->addItem(u"%1 (%2)"_s.arg(account->name(), account->address()),
                QVariant::fromValue(account->id()));
        }
    }
    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Add"));
    auto *const form = new QFormLayout(this);
    form->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->addRow(tr("Account"), m_accounts);
    form->addRow(tr("Address"), m_address);
    form->addRow(m_found);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Group"), m_group);
    form->addRow(m_complaint);
    form->addRow(buttons);

    auto *const pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(400ms);
    connect(pause, &QTimer::timeout, this, &AddContactDialog::search);
    connect(m_address, &QLineEdit::textChanged, this, [this, pause] {
        check();
        pause->start();
    });
    connect(m_accounts, &QComboBox::currentIndexChanged, this, &AddContactDialog::check);
    connect(m_found, &QListWidget::itemClicked, this, [this](const QListWidgetItem *item) {
        m_address->setText(item->data(Qt::UserRole).toString());
        m_name->setText(item->data(Qt::UserRole + 1).toString());
    });
    connect(m_found, &QListWidget::itemActivated, m_found, &QListWidget::itemClicked);
    connect(buttons, &QDialogButtonBox::accepted, this, &AddContactDialog::add);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_address->setFocus();
    check();
}

Account *AddContactDialog::account() const
{
    return m_context.accounts.account(m_accounts->currentData().value<AccountId>());
}

void AddContactDialog::check()
{
    const Account *const chosen = account();
    QString complaint;
    bool good = false;
    bool wrong = true;
    if (!chosen) {
        complaint = tr("No account that keeps contacts is online.");
    } else {
        m_address->setPlaceholderText(chosen->plugin()->info().addressExample);
        if (!m_address->text().trimmed().isEmpty()) {
            const Result<QString> address
                = chosen->plugin()->normalizedAddress(m_address->text().trimmed());
            good = address.has_value();
            complaint = good ? QString() : address.error().title;
        } else {
            // Why the button is grey; nothing is wrong yet.
            complaint = tr("Type the address of somebody on this network.");
            wrong = false;
        }
    }
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText, wrong ? theme::danger(palette()) : theme::muted(palette()));
    m_complaint->setPalette(colors);
    m_complaint->setText(complaint);
    m_ok->setEnabled(good);
}

void AddContactDialog::search()
{
    const Account *const chosen = account();
    DirectoryFacet *const directory
        = chosen && chosen->session() ? chosen->session()->directory() : nullptr;
    const QString words = m_address->text().trimmed();
    if (!directory || words.size() < 3) {
        m_found->hide();
        return;
    }
    directory->search(words).then(this, [this, words](const Result<QList<DirectoryEntry>> &found) {
        if (words != m_address->text().trimmed() || !found) {
            return;
        }
        m_found->clear();
        for (const DirectoryEntry &entry : *found) {
            auto *const item
                = new QListWidgetItem(u"%1 — %2"_s.arg(entry.name, entry.address.value), m_found);
            item->setData(Qt::UserRole, entry.address.value);
            item->setData(Qt::UserRole + 1, entry.name);
        }
        m_found->setVisible(m_found->count() > 0);
    });
}

void AddContactDialog::add()
{
    const Account *const chosen = account();
    RosterFacet *const roster = chosen && chosen->session() ? chosen->session()->roster() : nullptr;
    if (!roster) {
        check();
        return;
    }
    const Result<QString> address
        = chosen->plugin()->normalizedAddress(m_address->text().trimmed());
    if (!address) {
        return;
    }
    ContactSnapshot contact { .address = { *address }, .name = m_name->text().trimmed() };
    if (!m_group->currentText().trimmed().isEmpty()) {
        contact.groups = QStringList { m_group->currentText().trimmed() };
    }
    m_ok->setEnabled(false);
    roster->add(contact).then(this, [this](const Result<void> &added) {
        if (added) {
            accept();
            return;
        }
        m_complaint->setText(added.error().detail.isEmpty()
                ? added.error().title
                : added.error().title + u'\n' + added.error().detail);
        m_ok->setEnabled(true);
    });
}

} // namespace linchpin
