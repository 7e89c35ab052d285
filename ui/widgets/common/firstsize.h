// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>

class QWidget;

namespace linchpin {

/// `wanted`, or what of it fits into `available` together with a window's frame. Pure.
QSize fittingSize(const QSize &wanted, const QSize &available);

/// The size a window begins with: `wanted`, but no larger than its screen. At a scale of 200 % a
/// screen of 1920 × 1200 has 960 × 600 of our pixels; what does not fit has its buttons below.
void setFirstSize(QWidget &window, const QSize &wanted);

/// The most that a window should be high on its screen.
int mostHeight(const QWidget &window);

} // namespace linchpin
