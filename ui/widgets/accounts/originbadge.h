// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/settingsschema.h"

#include <QLabel>

namespace linchpin {

/// Where a setting's value came from, as a small mark beside its field: found, preset, imported,
/// set by hand, or default. The sentence behind the word is its tooltip.
class OriginBadge : public QLabel {
    Q_OBJECT
public:
    explicit OriginBadge(QWidget *parent = nullptr);

    void setOrigin(SettingOrigin origin);
    SettingOrigin origin() const { return m_origin; }
    /// As wide for every word, so that the fields beside end on one line.
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

    static QString word(SettingOrigin origin); ///< translated
    static QString sentence(SettingOrigin origin); ///< translated

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    SettingOrigin m_origin = SettingOrigin::Default;
};

} // namespace linchpin
