// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/firstsize.h"

#include <QScreen>
#include <QWidget>

namespace linchpin {

namespace {

// A window knows its frame only when it is shown; that of most desktops is smaller.
constexpr QSize kFrame { 16, 48 };
constexpr QSize kLeast { 200, 200 }; // a screen that says nothing of its size

QSize screenOf(const QWidget &window)
{
    const QWidget *const parent = window.parentWidget();
    const QScreen *const screen = parent ? parent->screen() : window.screen();
    return screen ? screen->availableSize() : QSize();
}

} // namespace

QSize fittingSize(const QSize &wanted, const QSize &available)
{
    return available.isEmpty() ? wanted : wanted.boundedTo((available - kFrame).expandedTo(kLeast));
}

void setFirstSize(QWidget &window, const QSize &wanted)
{
    window.resize(fittingSize(wanted, screenOf(window)));
}

int mostHeight(const QWidget &window)
{
    const QSize available = screenOf(window);
    return available.isEmpty() ? QWIDGETSIZE_MAX
                               : fittingSize({ 0, QWIDGETSIZE_MAX }, available).height();
}

} // namespace linchpin
