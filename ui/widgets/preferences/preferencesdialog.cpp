// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/preferences/preferencesdialog.h"

#include "core/settings/appsettings.h"
#include "ui/widgets/accounts/settingsform.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/theme.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

SettingValues currentValues(const AppSettings &settings)
{
    SettingValues values;
    const SettingsSchema schema = AppSettings::schema();
    for (const SettingField &field : schema.fields()) {
        values.set(field.key, settings.value(field.key));
    }
    return values;
}

} // namespace

PreferencesDialog::PreferencesDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_model(std::make_unique<SettingsFormModel>(
          AppSettings::schema(), currentValues(context.settings)))
    , m_masterPassword(new QPushButton(tr("Change the master password…"), this))
{
    setObjectName(u"preferencesDialog"_s);
    setWindowTitle(tr("Preferences"));
    setFirstSize(*this, { 520, 560 });
    auto *const form = new SettingsForm(*m_model, SettingGroup::Basic, false, this);
    form->setAccessibleName(tr("Preferences"));
    m_form = form;
    m_masterPassword->setObjectName(u"masterPassword"_s);
    m_masterPassword->setAutoDefault(false);
    m_masterPassword->setToolTip(tr("Of the vault, in which this profile's passwords are kept"));
    m_masterPassword->hide();
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(form, 1);
    auto *const bottom = new QHBoxLayout;
    bottom->setContentsMargins(theme::kEdge, 0, theme::kGroups, theme::kGroups - 4);
    bottom->setSpacing(theme::kRelated);
    bottom->addWidget(m_masterPassword);
    bottom->addWidget(buttons, 1);
    column->addLayout(bottom);
    connect(
        m_masterPassword, &QPushButton::clicked, this, &PreferencesDialog::masterPasswordRequested);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_model.get(), &SettingsFormModel::valueChanged, this,
        [this](const QString &key) { m_context.settings.setValue(key, m_model->value(key)); });
}

PreferencesDialog::~PreferencesDialog()
{
    delete m_form;
}

void PreferencesDialog::offerMasterPassword(bool offer)
{
    m_masterPassword->setVisible(offer);
}

} // namespace linchpin
