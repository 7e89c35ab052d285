// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/settingsformmodel.h"

#include <algorithm>
#include <utility>

namespace linchpin {

SettingsFormModel::SettingsFormModel(SettingsSchema schema, SettingValues values, QObject *parent)
    : QObject(parent)
    , m_schema(std::move(schema))
    , m_values(std::move(values))
    , m_problems(m_schema.problems(m_values))
{
}

QVariant SettingsFormModel::value(const QString &key) const
{
    return m_schema.value(m_values, key);
}

SettingOrigin SettingsFormModel::origin(const QString &key) const
{
    return m_values.origin(key);
}

void SettingsFormModel::setValue(const QString &key, const QVariant &value)
{
    if (value == this->value(key)) {
        return;
    }
    m_values.set(key, value, SettingOrigin::ByHand);
    m_edited.insert(key);
    m_modified = true;
    Q_EMIT valueChanged(key);
    check();
}

void SettingsFormModel::setSecret(const QString &key, const QString &value)
{
    m_secrets.insert(key, value);
    m_modified = true;
    Q_EMIT valueChanged(key);
    check();
}

void SettingsFormModel::reset(const QString &key)
{
    if (!m_values.contains(key)) {
        return;
    }
    m_values.remove(key);
    m_edited.insert(key);
    m_modified = true;
    Q_EMIT valueChanged(key);
    check();
}

void SettingsFormModel::apply(const QVariantMap &values, SettingOrigin origin)
{
    for (auto it = values.cbegin(); it != values.cend(); ++it) {
        m_values.set(it.key(), it.value(), origin);
        m_edited.insert(it.key());
        m_modified = true;
        Q_EMIT valueChanged(it.key());
    }
    check();
}

void SettingsFormModel::setValues(const SettingValues &values)
{
    m_values = values;
    m_secrets.clear();
    m_edited.clear();
    m_modified = false;
    for (const SettingField &field : m_schema.fields()) {
        Q_EMIT valueChanged(field.key);
    }
    check();
}

void SettingsFormModel::adopt(const SettingValues &values)
{
    bool any = false;
    for (const SettingField &field : m_schema.fields()) {
        const QString &key = field.key;
        const bool same = values.contains(key) == m_values.contains(key)
            && values.value(key) == m_values.value(key)
            && values.origin(key) == m_values.origin(key);
        if (same || m_edited.contains(key)) {
            continue;
        }
        any = true;
        if (values.contains(key)) {
            m_values.set(key, values.value(key), values.origin(key));
        } else {
            m_values.remove(key);
        }
        Q_EMIT valueChanged(key);
    }
    if (any) {
        check();
    }
}

bool SettingsFormModel::isEnabled(const QString &key) const
{
    const SettingField *const field = m_schema.field(key);
    return field && m_schema.isEnabled(*field, m_values);
}

QString SettingsFormModel::problem(const QString &key) const
{
    const auto found = std::ranges::find(m_problems, key, &SettingProblem::key);
    return found == m_problems.cend() ? QString() : found->text;
}

void SettingsFormModel::check()
{
    m_problems = m_schema.problems(m_values);
    Q_EMIT stateChanged();
}

} // namespace linchpin
