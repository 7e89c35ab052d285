// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/truststore.h"

#include <QDialog>

namespace linchpin {

/// Until when a certificate is trusted always: no later than latestTrustEnd().
class TrustEndDialog : public QDialog {
    Q_OBJECT
public:
    TrustEndDialog(const RefusedCase &refused, const QDateTime &now, QWidget *parent = nullptr);
    ~TrustEndDialog() override;

Q_SIGNALS:
    void chosen(const QDateTime &until);
};

} // namespace linchpin
