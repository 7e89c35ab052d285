// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/requestbar.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/contactstore.h"
#include "ui/widgets/common/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

RequestBar::RequestBar(UiContext context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_rows(new QVBoxLayout(this))
{
    setObjectName(u"requestBar"_s);
    m_rows->setContentsMargins(theme::kRelated, 0, theme::kRelated, 0);
    m_rows->setSpacing(theme::kUnit);
    connect(&context.contacts, &ContactStore::requestsChanged, this, &RequestBar::refresh);
    refresh();
}

void RequestBar::refresh()
{
    while (QLayoutItem *const item = m_rows->takeAt(0)) {
        if (item->widget()) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    const QList<ContactStore::Request> requests = m_context.contacts.requests();
    for (const ContactStore::Request &request : requests) {
        const Account *const account = m_context.accounts.account(request.account);
        auto *const card = new QFrame(this);
        card->setFrameShape(QFrame::StyledPanel);
        card->setBackgroundRole(QPalette::Base);
        card->setAutoFillBackground(true);
        auto *const text = new QLabel(card);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        const QString who = request.name.isEmpty()
            ? request.address.value
            : u"%1 (%2)"_s.arg(request.name, request.address.value);
        QString words = tr("%1 wants to see when you are online (%2).")
                            .arg(who, account ? account->name() : QString());
        if (!request.text.isEmpty()) {
            words += u'\n' + request.text.left(300);
        }
        text->setText(words);
        auto *const accept = new QPushButton(tr("Accept"), card);
        auto *const decline = new QPushButton(tr("Decline"), card);
        accept->setAccessibleName(tr("Accept %1").arg(who));
        decline->setAccessibleName(tr("Decline %1").arg(who));
        auto *const buttons = new QHBoxLayout;
        buttons->addStretch();
        buttons->addWidget(decline);
        buttons->addWidget(accept);
        auto *const column = new QVBoxLayout(card);
        column->setContentsMargins(
            theme::kRelated, theme::kRelated, theme::kRelated, theme::kRelated);
        column->addWidget(text);
        column->addLayout(buttons);
        m_rows->addWidget(card);
        const auto answer = [this, request](bool allow) {
            m_context.contacts.answer(request.account, request.address, allow);
        };
        connect(accept, &QPushButton::clicked, this, [answer] { answer(true); });
        connect(decline, &QPushButton::clicked, this, [answer] { answer(false); });
    }
}

} // namespace linchpin
