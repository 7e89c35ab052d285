// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/signinprogress.h"

#include "core/accounts/accountmanager.h"
#include "core/models/accountlistmodel.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/trust/certificatedialog.h"
#include "ui/widgets/trust/safefix.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

SignInProgress::SignInProgress(UiContext context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_picture(new QLabel(this))
    , m_heading(new QLabel(this))
    , m_state(new QLabel(this))
    , m_remedy(new QLabel(this))
    , m_fix(new QPushButton(tr("Mend it"), this))
    , m_certificate(new QPushButton(tr("Show certificate…"), this))
    , m_again(new QPushButton(tr("Try again"), this))
    , m_diagnose(new QPushButton(tr("Find out why…"), this))
{
    m_heading->setFont(theme::title(font()));
    m_state->setObjectName(u"state"_s);
    m_remedy->setObjectName(u"remedy"_s);
    for (QLabel *const label : { m_heading, m_state, m_remedy }) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    for (QLabel *const label : { m_state, m_remedy }) {
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_fix->setObjectName(u"fix"_s);
    m_certificate->setObjectName(u"showCertificate"_s);
    m_again->setObjectName(u"tryAgain"_s);
    m_diagnose->setObjectName(u"diagnose"_s);
    m_diagnose->setToolTip(tr("Walks the way of the sign-in step by step and says what is wrong."));
    auto *const buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kRelated);
    for (QPushButton *const button : { m_fix, m_certificate, m_again, m_diagnose }) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto *const words = new QVBoxLayout;
    words->setSpacing(theme::kRelated);
    words->addWidget(m_heading);
    words->addWidget(m_state);
    words->addWidget(m_remedy);
    words->addSpacing(theme::kRelated);
    words->addLayout(buttons);
    words->addStretch();
    auto *const row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGroups);
    row->addWidget(m_picture, 0, Qt::AlignTop);
    row->addLayout(words, 1);

    connect(m_fix, &QPushButton::clicked, this, &SignInProgress::applyFix);
    connect(m_certificate, &QPushButton::clicked, this,
        [this] { CertificateDialog::open(m_context, m_id, this); });
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (Account *const account = m_context.accounts.account(m_id)) {
            account->retryNow();
        }
    });
    connect(m_diagnose, &QPushButton::clicked, this, [this] { Q_EMIT diagnosisWanted(m_id); });
    connect(&context.accounts, &AccountManager::accountChanged, this, [this](const Account *which) {
        if (which->id() == m_id) {
            refresh();
        }
    });
}

void SignInProgress::follow(const AccountId &account)
{
    m_id = account;
    m_failed = false;
    refresh();
}

void SignInProgress::refresh()
{
    const Account *const account = m_context.accounts.account(m_id);
    if (!account) {
        return;
    }
    if (account->session() != m_session) {
        m_session = account->session();
        if (m_session) {
            connect(m_session, &Session::stateChanged, this, &SignInProgress::refresh);
        }
    }
    if (account->state() == Account::State::Online) {
        Q_EMIT online();
        return;
    }
    const bool before = m_failed;
    m_failed = account->reason().has_value() && account->state() != Account::State::Connecting;
    for (QWidget *const part : std::initializer_list<QWidget *> { m_again, m_diagnose }) {
        part->setVisible(m_failed);
    }
    if (m_failed) {
        showFailure(*account);
    } else {
        showWords(*account);
    }
    if (before != m_failed) {
        Q_EMIT failedChanged();
    }
}

void SignInProgress::showWords(const Account &account)
{
    m_picture->setPixmap(icons::icon(u"network"_s).pixmap(24, 24));
    m_heading->setText(tr("Signing in"));
    m_remedy->hide();
    m_fix->hide();
    m_certificate->hide();
    const bool authenticating = m_session && m_session->state() == Session::State::Authenticating;
    const QString words = authenticating
        ? tr("The server was found. It is checking who you are…")
        : tr("Looking for the server of %1 and connecting…").arg(account.address());
    if (m_state->text() != words) {
        m_state->setText(words);
        announce(words);
    }
}

void SignInProgress::showFailure(const Account &account)
{
    const Error why = account.reason().value_or(Error {});
    m_picture->setPixmap(icons::icon(u"warning"_s).pixmap(24, 24));
    m_heading->setText(tr("Signing in did not work"));
    const QString words = why.detail.isEmpty() ? why.title : why.title + u"\n\n"_s + why.detail;
    if (m_state->text() != words) {
        m_state->setText(words);
        announce(why.title);
    }
    m_remedy->setText(why.remedy);
    m_remedy->setVisible(!why.remedy.isEmpty());
    m_certificate->setVisible(CertificateDialog::isUseful(m_context, m_id));
    const SettingsPatch fix = safeFix(why.fix);
    m_fix->setVisible(!fix.isEmpty());
    if (!fix.isEmpty()) {
        const SettingsSchema schema = account.schema();
        QStringList changes;
        for (auto it = fix.cbegin(); it != fix.cend(); ++it) {
            const SettingField *const field = schema.field(it.key());
            changes.append(
                tr("%1: %2").arg(field ? field->label : it.key(), it.value().toString().left(60)));
        }
        m_fix->setText(tr("Set %1").arg(changes.join(u", "_s)));
    }
}

void SignInProgress::announce(const QString &text)
{
    QAccessibleAnnouncementEvent event(this, text);
    QAccessible::updateAccessibility(&event);
}

void SignInProgress::applyFix()
{
    const Account *const account = m_context.accounts.account(m_id);
    const std::optional<Error> reason = account ? account->reason() : std::nullopt;
    if (!reason) {
        return;
    }
    AccountConfig config = account->config();
    const SettingsPatch fix = safeFix(reason->fix);
    for (auto it = fix.cbegin(); it != fix.cend(); ++it) {
        config.settings.set(it.key(), it.value());
    }
    if (const Result<void> changed = m_context.accounts.change(config, {}); !changed) {
        m_state->setText(changed.error().title);
    }
}

} // namespace linchpin
