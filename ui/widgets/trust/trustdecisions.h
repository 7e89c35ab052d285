// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

class QVBoxLayout;

namespace linchpin {

/// What the user decided about certificates of one account, each with a button that takes it back.
/// Invisible where there is nothing.
class TrustDecisions : public QWidget {
    Q_OBJECT
public:
    TrustDecisions(UiContext context, const AccountId &account, QWidget *parent = nullptr);
    ~TrustDecisions() override;

private:
    void refresh();

    UiContext m_context;
    AccountId m_account;
    QVBoxLayout *m_column;
};

} // namespace linchpin
