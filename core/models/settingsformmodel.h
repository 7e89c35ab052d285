// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/settingsschema.h"

#include <QObject>
#include <QSet>

namespace linchpin {

/// Schema + values + problems behind a generated form. Pure of widgets.
class SettingsFormModel : public QObject {
    Q_OBJECT
public:
    SettingsFormModel(SettingsSchema schema, SettingValues values, QObject *parent = nullptr);

    const SettingsSchema &schema() const { return m_schema; }
    const SettingValues &values() const { return m_values; }
    const QMap<QString, QString> &secrets() const { return m_secrets; } ///< those typed anew

    QVariant value(const QString &key) const;
    SettingOrigin origin(const QString &key) const;
    void setValue(const QString &key, const QVariant &value); ///< by hand
    void setSecret(const QString &key, const QString &value);
    void reset(const QString &key); ///< back to automatic
    void apply(const QVariantMap &values, SettingOrigin origin); ///< a preset, a patch
    void setValues(const SettingValues &values);
    /// What has changed elsewhere (a session found a server): taken over but for what was edited
    /// here.
    void adopt(const SettingValues &values);

    bool isEnabled(const QString &key) const;
    QString problem(const QString &key) const; ///< translated, or empty
    QList<SettingProblem> problems() const { return m_problems; }
    bool isAcceptable() const { return m_problems.isEmpty(); }
    bool isModified() const { return m_modified; }

Q_SIGNALS:
    void valueChanged(const QString &key);
    void stateChanged(); ///< enabled rows, problems, acceptable

private:
    void check();

    SettingsSchema m_schema;
    SettingValues m_values;
    QMap<QString, QString> m_secrets;
    QList<SettingProblem> m_problems;
    QSet<QString> m_edited; ///< keys
    bool m_modified = false;
};

} // namespace linchpin
