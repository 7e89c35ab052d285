// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/settingsformmodel.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

#include <memory>

class QPushButton;

namespace linchpin {

/// The program's settings, generated from their schema; applied at once.
class PreferencesDialog : public QDialog {
    Q_OBJECT
public:
    explicit PreferencesDialog(UiContext context, QWidget *parent = nullptr);
    ~PreferencesDialog() override;

    /// Whether there is a vault, whose master password can be changed; at first not.
    void offerMasterPassword(bool offer);

Q_SIGNALS:
    void masterPasswordRequested();

private:
    UiContext m_context;
    std::unique_ptr<SettingsFormModel> m_model;
    QWidget *m_form;
    QPushButton *m_masterPassword;
};

} // namespace linchpin
