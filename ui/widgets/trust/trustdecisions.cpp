// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/trust/trustdecisions.h"

#include "core/accounts/accountmanager.h"
#include "core/net/truststore.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/trust/certificatetext.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString described(const TrustException &exception)
{
    QString what = TrustDecisions::tr("%1 (%2)").arg(
        exception.name, certificatetext::service(exception.service));
    switch (exception.kind) {
    case TrustException::Kind::Once:
        return TrustDecisions::tr("%1: trusted until the program ends").arg(what);
    case TrustException::Kind::Always:
        return TrustDecisions::tr("%1: trusted until %2")
            .arg(what,
                QLocale().toString(exception.until.toLocalTime().date(), QLocale::ShortFormat));
    case TrustException::Kind::Never:
        return TrustDecisions::tr("%1: never trusted").arg(what);
    }
    return what;
}

} // namespace

TrustDecisions::TrustDecisions(UiContext context, const AccountId &account, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_account(account)
    , m_column(new QVBoxLayout(this))
{
    setObjectName(u"trustDecisions"_s);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(theme::kUnit);
    connect(&context.accounts, &AccountManager::accountChanged, this, [this](const Account *which) {
        if (which->id() == m_account) {
            refresh();
        }
    });
    if (TrustStore *const trust = context.accounts.trust()) {
        connect(trust, &TrustStore::refusedChanged, this, &TrustDecisions::refresh);
    }
    refresh();
}

TrustDecisions::~TrustDecisions() = default;

void TrustDecisions::refresh()
{
    TrustStore *const trust = m_context.accounts.trust();
    const Account *const account = m_context.accounts.account(m_account);
    const QList<TrustException> all
        = trust && account ? trust->decisions(*account).all() : QList<TrustException> {};
    while (QLayoutItem *const item = m_column->takeAt(0)) {
        if (QWidget *const widget = item->widget()) {
            widget->hide();
            widget->deleteLater(); // its own button may have been pressed
        }
        delete item;
    }
    for (const TrustException &exception : all) {
        auto *const box = new QWidget(this);
        auto *const words = new QLabel(described(exception), box);
        words->setTextFormat(Qt::PlainText);
        words->setWordWrap(true);
        words->setToolTip(certificatetext::fingerprint(exception.sha256()));
        auto *const forget = new QPushButton(tr("Forget"), box);
        forget->setObjectName(u"forgetDecision"_s);
        forget->setAutoDefault(false);
        forget->setAccessibleName(tr("Forget: %1").arg(words->text()));
        connect(forget, &QPushButton::clicked, this, [this, exception] {
            if (Account *const now = m_context.accounts.account(m_account)) {
                m_context.accounts.trust()->forget(*now, exception);
                refresh();
            }
        });
        auto *const row = new QHBoxLayout(box);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme::kRelated);
        row->addWidget(words, 1);
        row->addWidget(forget, 0, Qt::AlignTop);
        m_column->addWidget(box);
    }
    setVisible(!all.isEmpty());
}

} // namespace linchpin
