// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/firstrundialog.h"

#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/models/accountlistmodel.h"
#include "core/net/sharedrows.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

FirstRunDialog::FirstRunDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_address(new QLineEdit(this))
    , m_protocol(new QComboBox(this))
    , m_reason(new QLabel(this))
    , m_server(new QLineEdit(this))
    , m_serverLabel(new QLabel(tr("Server"), this))
    , m_password(new QLineEdit(this))
    , m_state(new QLabel(this))
    , m_ok(nullptr)
{
    setObjectName(u"firstRunDialog"_s);
    setWindowTitle(tr("Add an account"));
    setMinimumWidth(440);
    auto *const mark = new QLabel(this);
    mark->setPixmap(icons::application().pixmap(48, 48));
    auto *const heading = new QLabel(tr("Your address"), this);
    heading->setFont(theme::title(font()));
    auto *const hint = new QLabel(tr("The address that others write to: you@company.com, "
                                     "you@jabber.org, nick@irc.libera.chat."),
        this);
    hint->setWordWrap(true);
    hint->setFont(theme::small(font()));
    hint->setForegroundRole(QPalette::PlaceholderText);
    m_address->setObjectName(u"address"_s);
    m_address->setAccessibleName(tr("Your address"));
    m_protocol->setObjectName(u"protocol"_s);
    m_reason->setObjectName(u"reason"_s);
    m_reason->setWordWrap(true);
    m_reason->setFont(theme::small(font()));
    m_reason->setForegroundRole(QPalette::PlaceholderText);
    m_server->setObjectName(u"server"_s);
    m_server->setPlaceholderText(tr("found automatically"));
    m_password->setObjectName(u"password"_s);
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("kept in the keyring"));
    m_state->setObjectName(u"state"_s);
    m_state->setWordWrap(true);
    m_state->setTextFormat(Qt::PlainText);
    const QStringList ids = context.plugins.ids();
    for (const QString &id : ids) {
        const ProtocolPlugin *const plugin = context.plugins.plugin(id);
        if (plugin && !plugin->info().capabilities.testFlag(Capability::SelfOnly)) {
            m_protocol->addItem(icons::icon(u"protocol-"_s + id), plugin->info().name, id);
        }
    }
    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setObjectName(u"signIn"_s);
    m_ok->setText(tr("Sign in"));
    auto *const form = new QFormLayout;
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->addRow(tr("Network"), m_protocol);
    form->addRow(QString(), m_reason);
    m_serverLabel->setBuddy(m_server);
    form->addRow(m_serverLabel, m_server);
    form->addRow(tr("Password"), m_password);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addWidget(mark);
    column->addWidget(heading);
    column->addWidget(m_address);
    column->addWidget(hint);
    column->addSpacing(theme::kRelated);
    column->addLayout(form);
    column->addWidget(m_state);
    column->addStretch();
    column->addWidget(buttons);

    connect(m_address, &QLineEdit::textChanged, this, &FirstRunDialog::guess);
    connect(m_protocol, &QComboBox::activated, this, [this] {
        m_chosenByHand = true;
        m_preset.clear();
        showChoice();
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &FirstRunDialog::signIn);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(
        &context.accounts, &AccountManager::accountChanged, this, [this](const Account *account) {
            if (account->id() == m_added) {
                showProgress();
            }
        });
    m_address->setFocus();
    guess();
}

const ProtocolPlugin *FirstRunDialog::chosenPlugin() const
{
    return m_context.plugins.plugin(m_protocol->currentData().toString());
}

void FirstRunDialog::guess()
{
    const QString address = m_address->text().trimmed();
    AddressGuess best;
    int row = -1;
    for (int i = 0; i < m_protocol->count() && !address.isEmpty(); ++i) {
        const ProtocolPlugin *const plugin
            = m_context.plugins.plugin(m_protocol->itemData(i).toString());
        const AddressGuess guess = plugin->guess(address);
        if (guess.confidence > best.confidence) {
            best = guess;
            row = i;
        }
    }
    if (!m_chosenByHand && row >= 0) {
        m_protocol->setCurrentIndex(row);
        m_preset = best.presetId;
        m_reason->setText(best.reason);
    }
    showChoice();
}

void FirstRunDialog::showChoice()
{
    const ProtocolPlugin *const plugin = chosenPlugin();
    const QString address = m_address->text().trimmed();
    if (!plugin) {
        m_ok->setEnabled(false);
        m_reason->setText(tr("No protocol could be loaded; see Accounts for the reason."));
        return;
    }
    m_address->setPlaceholderText(plugin->info().addressExample);
    const QList<AccountPreset> presets = plugin->presets();
    const auto preset = std::ranges::find(presets, m_preset, &AccountPreset::id);
    if (preset != presets.cend() && !preset->note.isEmpty()) {
        m_reason->setText(preset->name + u": "_s + preset->note);
    } else if (m_chosenByHand) {
        m_reason->clear();
    }
    const Result<QString> normalized = plugin->normalizedAddress(address);
    m_ok->setEnabled(normalized.has_value() && m_added.isNull());
    m_ok->setToolTip(normalized || address.isEmpty() ? QString() : normalized.error().title);
}

void FirstRunDialog::signIn()
{
    const ProtocolPlugin *const plugin = chosenPlugin();
    if (!plugin || !m_added.isNull()) {
        return;
    }
    AccountConfig config;
    config.protocol = plugin->info().id;
    config.presetId = m_preset;
    config.color = static_cast<int>(m_context.accounts.accounts().size()) % theme::kAccountColors;
    const QList<AccountPreset> presets = plugin->presets();
    const auto preset = std::ranges::find(presets, m_preset, &AccountPreset::id);
    if (preset != presets.cend()) {
        for (auto it = preset->values.cbegin(); it != preset->values.cend(); ++it) {
            config.settings.set(it.key(), it.value(), SettingOrigin::Preset);
        }
    }
    const Result<QString> address = plugin->normalizedAddress(m_address->text().trimmed());
    config.settings.set(u"address"_s, address ? *address : m_address->text().trimmed());
    if (!m_server->text().trimmed().isEmpty()) {
        config.settings.set(u"server"_s, m_server->text().trimmed());
    }
    QMap<QString, QString> secrets;
    if (!m_password->text().isEmpty()) {
        secrets.insert(u"password"_s, m_password->text());
    }
    const Result<AccountId> added = m_context.accounts.add(config, secrets);
    if (!added) {
        m_state->setText(added.error().title
            + (added.error().detail.isEmpty() ? QString() : u'\n' + added.error().detail));
        return;
    }
    m_added = *added;
    m_ok->setEnabled(false);
    m_address->setEnabled(false);
    m_protocol->setEnabled(false);
    m_server->setEnabled(false);
    m_password->setEnabled(false);
    Presence wanted = m_context.accounts.globalPresence();
    if (wanted.availability <= Availability::Offline) {
        wanted = { .availability = Availability::Available };
        m_context.accounts.setGlobalPresence(wanted);
    }
    m_context.accounts.setPresence(m_added, wanted);
    showProgress();
}

void FirstRunDialog::showProgress()
{
    const Account *const account = m_context.accounts.account(m_added);
    if (!account) {
        return;
    }
    if (account->state() == Account::State::Online) {
        accept();
        return;
    }
    QString text = stateText(*account);
    QPalette colors = palette();
    if (account->reason()) {
        colors.setColor(QPalette::WindowText, theme::danger(palette()));
        if (!account->reason()->detail.isEmpty()) {
            text += u'\n' + account->reason()->detail;
        }
        if (!account->reason()->remedy.isEmpty()) {
            text += u'\n' + account->reason()->remedy;
        }
        text += u'\n'
            + tr("The account is kept: change it under Accounts, or close this and try later.");
    }
    m_state->setPalette(colors);
    m_state->setText(text);
}

} // namespace linchpin
