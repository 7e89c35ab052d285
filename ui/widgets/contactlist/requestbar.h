// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/uicontext.h"

#include <QWidget>

class QVBoxLayout;

namespace linchpin {

/// People who ask to become contacts, each with Accept, Decline; empty when nobody asks.
class RequestBar : public QWidget {
    Q_OBJECT
public:
    explicit RequestBar(UiContext context, QWidget *parent = nullptr);

private:
    void refresh();

    UiContext m_context;
    QVBoxLayout *m_rows;
};

} // namespace linchpin
