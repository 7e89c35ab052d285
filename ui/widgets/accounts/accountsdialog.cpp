// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/accountsdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/history/historystore.h"
#include "core/models/accountlistmodel.h"
#include "core/models/roles.h"
#include "ui/widgets/accounts/accountdelegate.h"
#include "ui/widgets/accounts/accounteditor.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/questions.h"
#include "ui/widgets/common/theme.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

AccountsDialog::AccountsDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_model(new AccountListModel(context.accounts, this))
    , m_list(new QListView(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new QLabel(tr("Add an account to begin."), this))
    , m_complaint(new QLabel(this))
    , m_remove(new QToolButton(this))
    , m_up(new QToolButton(this))
    , m_down(new QToolButton(this))
{
    setObjectName(u"accountsDialog"_s);
    setWindowTitle(tr("Accounts"));
    setFirstSize(*this, { 840, 600 });
    m_list->setObjectName(u"accountList"_s);
    m_list->setAccessibleName(tr("Accounts"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new AccountDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMinimumWidth(220);
    m_list->setMaximumWidth(280);
    m_list->setMouseTracking(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_stack->addWidget(m_empty);
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->setFont(theme::small(font()));

    const auto tool = [](QToolButton *button, const QString &icon, const QString &name) {
        button->setIcon(icons::icon(icon));
        button->setAutoRaise(true);
        button->setToolTip(name);
        button->setAccessibleName(name);
    };
    auto *const add = new QPushButton(icons::icon(u"add"_s), tr("Add account…"), this);
    add->setObjectName(u"addAccount"_s);
    add->setAutoDefault(false);
    tool(m_remove, u"trash"_s, tr("Remove this account"));
    tool(m_up, u"chevron-down"_s, tr("Move down"));
    tool(m_down, u"chevron-right"_s, tr("Move up"));
    m_up->setArrowType(Qt::UpArrow);
    m_up->setToolTip(tr("Move up"));
    m_up->setAccessibleName(tr("Move up"));
    m_down->setArrowType(Qt::DownArrow);
    m_down->setToolTip(tr("Move down"));
    m_down->setAccessibleName(tr("Move down"));

    auto *const tools = new QHBoxLayout;
    tools->setContentsMargins(theme::kRelated, theme::kRelated, theme::kRelated, theme::kRelated);
    tools->setSpacing(theme::kUnit);
    tools->addWidget(add, 1);
    tools->addWidget(m_up);
    tools->addWidget(m_down);
    tools->addWidget(m_remove);
    auto *const left = new QVBoxLayout;
    left->setSpacing(0);
    left->addWidget(m_list, 1);
    left->addLayout(tools);

    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Apply | QDialogButtonBox::Close, this);
    m_apply = buttons->button(QDialogButtonBox::Apply);
    m_apply->setObjectName(u"applyButton"_s);
    m_apply->setDefault(true);
    auto *const bottom = new QHBoxLayout;
    bottom->setContentsMargins(theme::kEdge, theme::kRelated, theme::kGroups, theme::kGroups - 4);
    bottom->addWidget(m_complaint, 1);
    bottom->addWidget(buttons);
    auto *const right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_stack, 1);
    right->addLayout(bottom);
    auto *const line = new QFrame(this);
    line->setFrameShape(QFrame::VLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Mid);
    auto *const row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addLayout(left);
    row->addWidget(line);
    row->addLayout(right, 1);

    connect(add, &QPushButton::clicked, this, &AccountsDialog::addRequested);
    connect(m_remove, &QToolButton::clicked, this, &AccountsDialog::removeCurrent);
    connect(m_up, &QToolButton::clicked, this, [this] { moveCurrent(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { moveCurrent(1); });
    connect(m_apply, &QPushButton::clicked, this, [this] {
        if (m_editor) {
            m_editor->apply();
            refreshButtons();
        }
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &AccountsDialog::showCurrent);
    connect(m_model, &QAbstractItemModel::rowsInserted, this,
        [this] { m_list->setCurrentIndex(m_model->index(m_model->rowCount() - 1, 0)); });
    if (m_model->rowCount() > 0) {
        m_list->setCurrentIndex(m_model->index(0, 0));
    }
    showCurrent();
}

AccountsDialog::~AccountsDialog() = default;

AccountId AccountsDialog::currentId() const
{
    return m_list->currentIndex().data(AccountRole::Id).value<AccountId>();
}

void AccountsDialog::select(const AccountId &account, const QString &page)
{
    const QModelIndex index = m_model->indexOf(account);
    if (index.isValid()) {
        m_list->setCurrentIndex(index);
    }
    if (m_editor && !page.isEmpty()) {
        m_editor->showPage(page);
    }
}

void AccountsDialog::showCurrent()
{
    const AccountId id = currentId();
    if (m_editor && m_editor->accountId() == id) {
        return;
    }
    if (m_editor) {
        // What was typed is kept when it makes sense; a half-typed field is not lost silently.
        if (m_editor->isModified() && m_editor->isAcceptable()) {
            m_editor->apply();
        }
        m_stack->removeWidget(m_editor);
        m_editor->deleteLater();
        m_editor = nullptr;
    }
    if (Account *const account = m_context.accounts.account(id)) {
        m_editor = new AccountEditor(m_context, *account, m_stack);
        m_stack->addWidget(m_editor);
        m_stack->setCurrentWidget(m_editor);
        connect(m_editor, &AccountEditor::changed, this, &AccountsDialog::refreshButtons);
        connect(m_editor, &AccountEditor::whyRequested, this, &AccountsDialog::whyRequested);
    } else {
        m_stack->setCurrentWidget(m_empty);
    }
    refreshButtons();
}

void AccountsDialog::refreshButtons()
{
    const bool any = m_editor != nullptr;
    const QString complaint = any ? m_editor->complaint() : QString();
    m_apply->setEnabled(any && m_editor->isModified() && complaint.isEmpty());
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, theme::danger(palette()));
    m_complaint->setPalette(colors);
    m_complaint->setText(any && m_editor->isModified() ? complaint : QString());
    m_remove->setEnabled(any);
    const int row = m_list->currentIndex().row();
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < m_model->rowCount());
}

void AccountsDialog::removeCurrent()
{
    const AccountId id = currentId();
    const Account *const account = m_context.accounts.account(id);
    if (!account
        || !questions::confirm(this, tr("Remove account"),
            tr("Remove the account %1 from this computer? Its password is forgotten; the "
               "conversations stay in the history.")
                .arg(account->name()),
            tr("Remove"))) {
        return;
    }
    m_context.accounts.remove(id);
}

void AccountsDialog::moveCurrent(int by)
{
    const AccountId id = currentId();
    m_context.accounts.move(id, m_list->currentIndex().row() + by);
    select(id);
    refreshButtons();
}

} // namespace linchpin
