// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/secrets/secretprompt.h"

#include <QPointer>
#include <QWidget>

namespace linchpin {

/// Asks for passwords in a dialog of the window; never blocks.
class DialogSecretPrompt : public SecretPrompt {
public:
    void setParentWidget(QWidget *parent) { m_parent = parent; }
    Async<Reply> ask(const Question &question) override;

private:
    QPointer<QWidget> m_parent;
};

} // namespace linchpin
