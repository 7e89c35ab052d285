// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/accountfooter.h"

#include "core/accounts/accountmanager.h"
#include "core/models/accountlistmodel.h"
#include "ui/widgets/common/elidedlabel.h"
#include "ui/widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr auto kNoticeFor = 20s;

} // namespace

AccountFooter::AccountFooter(UiContext context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_rows(new QVBoxLayout(this))
{
    setObjectName(u"accountFooter"_s);
    m_rows->setContentsMargins(theme::kRelated, 0, theme::kRelated, 0);
    m_rows->setSpacing(0);
    connect(&context.accounts, &AccountManager::accountChanged, this, &AccountFooter::refresh);
    connect(&context.accounts, &AccountManager::accountRemoved, this, &AccountFooter::refresh);
    refresh();
}

void AccountFooter::showNotice(const QString &text, const QString &detail)
{
    m_notice = text;
    m_noticeDetail = detail;
    refresh();
    QTimer::singleShot(kNoticeFor, this, [this, text] {
        if (m_notice == text) {
            m_notice.clear();
            refresh();
        }
    });
}

void AccountFooter::refresh()
{
    while (QLayoutItem *const item = m_rows->takeAt(0)) {
        if (item->widget()) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    const auto addRow = [this](const QString &text, const QString &tip) {
        auto *const line = new QWidget(this);
        auto *const row = new QHBoxLayout(line);
        row->setContentsMargins(theme::kUnit, theme::kUnit, 0, theme::kUnit);
        row->setSpacing(theme::kUnit);
        auto *const label = new ElidedLabel(line);
        label->setFont(theme::small(font()));
        label->setText(text);
        label->setToolTip(tip);
        row->addWidget(label, 1);
        m_rows->addWidget(line);
        return row;
    };
    const QList<Account *> accounts = m_context.accounts.accounts();
    for (const Account *account : accounts) {
        const bool wanted = account->config().enabled
            && account->wantedPresence().availability > Availability::Offline;
        if (!wanted || account->state() == Account::State::Online) {
            continue;
        }
        QHBoxLayout *const row = addRow(u"%1: %2"_s.arg(account->name(), stateText(*account)),
            account->reason() ? account->reason()->detail : QString());
        if (account->reason()) {
            auto *const why = new QToolButton(row->parentWidget());
            why->setObjectName(u"why"_s);
            why->setText(tr("Why?"));
            why->setAutoRaise(true);
            why->setFont(theme::small(font()));
            why->setAccessibleName(tr("Why is %1 not online?").arg(account->name()));
            QPalette colors = palette();
            colors.setColor(QPalette::ButtonText, theme::link(palette()));
            why->setPalette(colors);
            row->addWidget(why);
            const AccountId id = account->id();
            connect(why, &QToolButton::clicked, this, [this, id] { Q_EMIT whyRequested(id); });
        }
    }
    if (!m_notice.isEmpty()) {
        addRow(m_notice, m_noticeDetail);
    }
}

void AccountFooter::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
}

} // namespace linchpin
