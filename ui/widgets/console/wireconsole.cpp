// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/console/wireconsole.h"

#include "core/accounts/accountmanager.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kLines = 20'000;

} // namespace

WireConsole::WireConsole(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_accounts(new QComboBox(this))
    , m_filter(new QLineEdit(this))
    , m_pause(new QToolButton(this))
    , m_text(new QPlainTextEdit(this))
    , m_raw(new QLineEdit(this))
{
    setObjectName(u"wireConsole"_s);
    setWindowTitle(tr("Wire console"));
    setFirstSize(*this, { 820, 560 });
    m_accounts->setAccessibleName(tr("Account"));
    m_filter->setPlaceholderText(tr("Only lines with…"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_pause->setText(tr("Pause"));
    m_pause->setCheckable(true);
    m_text->setObjectName(u"wireText"_s);
    m_text->setAccessibleName(tr("What went over the wire"));
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setMaximumBlockCount(kLines);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_raw->setPlaceholderText(tr("Send a raw line (Enter)"));
    m_raw->setAccessibleName(tr("Raw line"));
    m_raw->setFont(m_text->font());
    auto *const clear = new QPushButton(tr("Clear"), this);
    auto *const save = new QPushButton(tr("Save…"), this);
    clear->setAutoDefault(false);
    save->setAutoDefault(false);
    auto *const hint = new QLabel(tr("Passwords, tokens and keys are blotted out."), this);
    hint->setFont(theme::small(font()));
    hint->setForegroundRole(QPalette::PlaceholderText);

    auto *const top = new QHBoxLayout;
    top->addWidget(m_accounts, 1);
    top->addWidget(m_filter, 1);
    top->addWidget(m_pause);
    top->addWidget(clear);
    top->addWidget(save);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGroups, theme::kGroups, theme::kGroups, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addLayout(top);
    column->addWidget(m_text, 1);
    column->addWidget(m_raw);
    column->addWidget(hint);

    fillAccounts();
    connect(m_accounts, &QComboBox::currentIndexChanged, this, &WireConsole::showAccount);
    connect(m_filter, &QLineEdit::textChanged, this, &WireConsole::showAccount);
    connect(m_pause, &QToolButton::toggled, this, [this](bool paused) {
        if (!paused) {
            showAccount();
        }
    });
    connect(clear, &QPushButton::clicked, this, [this] {
        if (m_log) {
            m_log->clear();
        }
        m_text->clear();
    });
    connect(save, &QPushButton::clicked, this, &WireConsole::save);
    connect(m_raw, &QLineEdit::returnPressed, this, &WireConsole::sendRaw);
    connect(&context.accounts, &AccountManager::accountChanged, this, [this] {
        const Account *const account
            = m_context.accounts.account(m_accounts->currentData().value<AccountId>());
        m_raw->setVisible(account && account->state() == Account::State::Online
            && account->session() && account->session()->raw());
        // A session that was just made has a log that was not there before.
        if (account && m_log != m_context.accounts.wireLog(account->id())) {
            showAccount();
        }
    });
    showAccount();
}

void WireConsole::fillAccounts()
{
    const QList<Account *> accounts = m_context.accounts.accounts();
    for (const Account *account : accounts) {
        m_accounts->addItem(account->name(), QVariant::fromValue(account->id()));
    }
}

void WireConsole::select(const AccountId &account)
{
    m_accounts->setCurrentIndex(m_accounts->findData(QVariant::fromValue(account)));
}

bool WireConsole::passes(const WireEntry &entry) const
{
    return m_filter->text().isEmpty() || entry.text.contains(m_filter->text(), Qt::CaseInsensitive);
}

void WireConsole::showAccount()
{
    if (m_log) {
        m_log->disconnect(this);
    }
    m_text->clear();
    const auto id = m_accounts->currentData().value<AccountId>();
    m_log = m_context.accounts.wireLog(id);
    const Account *const account = m_context.accounts.account(id);
    m_raw->setVisible(account && account->state() == Account::State::Online && account->session()
        && account->session()->raw());
    if (!m_log) {
        m_text->setPlaceholderText(tr("Nothing went over this account's wire yet."));
        return;
    }
    const QList<WireEntry> entries = m_log->entries();
    for (const WireEntry &entry : entries) {
        append(entry);
    }
    connect(m_log, &WireLog::appended, this, [this](const WireEntry &entry) {
        if (!m_pause->isChecked()) {
            append(entry);
        }
    });
}

void WireConsole::append(const WireEntry &entry)
{
    if (!passes(entry)) {
        return;
    }
    QTextCharFormat format;
    format.setForeground(entry.outgoing ? theme::link(palette()) : palette().color(QPalette::Text));
    const QTextCursor selection = m_text->textCursor();
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    const QString mark = u"%1 %2 "_s.arg(
        entry.at.toLocalTime().toString(u"HH:mm:ss.zzz"_s), entry.outgoing ? u"→"_s : u"←"_s);
    QString text = entry.text.trimmed();
    text.replace(u'\n', u"\n               "_s);
    if (!m_text->document()->isEmpty()) {
        cursor.insertBlock();
    }
    cursor.insertText(mark + text, format);
    if (!selection.hasSelection()) {
        m_text->moveCursor(QTextCursor::End);
    }
}

void WireConsole::sendRaw()
{
    const Account *const account
        = m_context.accounts.account(m_accounts->currentData().value<AccountId>());
    RawFacet *const raw = account && account->session() ? account->session()->raw() : nullptr;
    if (!raw || m_raw->text().isEmpty()) {
        return;
    }
    raw->sendRaw(m_raw->text().toUtf8()).then(this, [this](const Result<void> &sent) {
        if (sent) {
            m_raw->clear();
        } else {
            m_raw->setToolTip(sent.error().title);
        }
    });
}

void WireConsole::save()
{
    auto *const dialog = new QFileDialog(this, tr("Save the wire log"), u"linchpin-wire.txt"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &name) {
        QSaveFile file(name);
        if (file.open(QIODevice::WriteOnly)) {
            file.write(m_text->toPlainText().toUtf8());
            file.commit();
        }
    });
    dialog->open();
}

} // namespace linchpin
