// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/settingsformmodel.h"

#include <QHash>
#include <QScrollArea>

class QFormLayout;
class QLabel;
class QToolButton;

namespace linchpin {

class OriginBadge;

/// One page of a generated form: the rows of one group of a schema, one widget a type, objectName =
/// key. Labels left, fields aligned, help under the field, complaints as one types, the value's
/// origin with a way back to automatic.
class SettingsForm : public QScrollArea {
    Q_OBJECT
public:
    /// `model` outlives the form. `showOrigins`: the marks and "reset to automatic" (Advanced
    /// pages).
    SettingsForm(
        SettingsFormModel &model, SettingGroup group, bool showOrigins, QWidget *parent = nullptr);

    bool isEmpty() const { return m_rows.isEmpty(); }
    /// What stands in an empty password field ("stored", "asked for each time").
    void setSecretPlaceholder(const QString &text);
    /// A row of the dialog's own, before those of the schema.
    void addRow(const QString &label, QWidget *field);
    /// One without a label, after those of the schema.
    void appendRow(QWidget *field);
    void focusField(const QString &key);

private:
    struct Row {
        const SettingField *field = nullptr;
        QWidget *editor = nullptr;
        QLabel *label = nullptr;
        QLabel *complaint = nullptr;
        OriginBadge *origin = nullptr;
        QToolButton *reset = nullptr;
        bool touched = false;
    };

    void addField(const SettingField &field, bool showOrigin);
    QWidget *makeEditor(const SettingField &field);
    void show(Row &row);
    void refreshState();
    void edited(const QString &key, const QVariant &value);

    SettingsFormModel &m_model;
    QFormLayout *m_form;
    QHash<QString, Row> m_rows;
    bool m_showing = false;
};

} // namespace linchpin
