// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/servicechoice.h"

#include "core/accounts/pluginregistry.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QButtonGroup>
#include <QRadioButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

ServiceChoice::ServiceChoice(PluginRegistry &plugins, QWidget *parent)
    : QWidget(parent)
    , m_plugins(plugins)
    , m_group(new QButtonGroup(this))
{
    setAccessibleName(tr("Kind of service"));
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kUnit);
    const QStringList ids = plugins.ids();
    for (const QString &id : ids) {
        const ProtocolPlugin *const plugin = plugins.plugin(id);
        if (!plugin || plugin->info().capabilities.testFlag(Capability::SelfOnly)) {
            continue;
        }
        Row row { .protocol = id, .name = plugin->info().name, .button = nullptr };
        row.button = new QRadioButton(row.name, this);
        row.button->setObjectName(u"choice-"_s + id);
        row.button->setIcon(icons::icon(plugin->info().iconName));
        m_group->addButton(row.button);
        column->addWidget(row.button);
        m_rows.append(row);
    }
    connect(m_group, &QButtonGroup::buttonClicked, this, [this] {
        m_byHand = true;
        Q_EMIT changed();
    });
}

void ServiceChoice::setGuesses(const QList<ServiceGuess> &guesses)
{
    m_guesses = guesses;
    const QString best = guesses.isEmpty() ? QString() : guesses.constFirst().protocol;
    for (const Row &row : std::as_const(m_rows)) {
        const auto guess = std::ranges::find(m_guesses, row.protocol, &ServiceGuess::protocol);
        const bool known = guess != m_guesses.cend();
        const bool found
            = known && row.protocol != best && rankOf(*guess) >= ServiceRank::FoundOnNetwork;
        row.button->setText(
            found ? tr("%1 (also found)", "%1 is a kind of service").arg(row.name) : row.name);
        row.button->setToolTip(known ? guess->guess.reason : QString());
        row.button->setAccessibleDescription(row.button->toolTip());
        if (!m_byHand && row.protocol == best) {
            row.button->setChecked(true);
        }
    }
    if (!m_byHand && best.isEmpty()) {
        m_group->setExclusive(false); // an exclusive group keeps the last one
        for (const Row &row : std::as_const(m_rows)) {
            row.button->setChecked(false);
        }
        m_group->setExclusive(true);
    }
}

QString ServiceChoice::protocol() const
{
    const auto checked
        = std::ranges::find_if(m_rows, [](const Row &row) { return row.button->isChecked(); });
    return checked == m_rows.cend() ? QString() : checked->protocol;
}

ServiceGuess ServiceChoice::guess() const
{
    const QString wanted = protocol();
    const auto known = std::ranges::find(m_guesses, wanted, &ServiceGuess::protocol);
    if (known != m_guesses.cend()) {
        return *known;
    }
    ServiceGuess nothing;
    nothing.protocol = wanted;
    return nothing;
}

} // namespace linchpin
