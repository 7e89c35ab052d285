// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/doctorcheck.h"

#include <QIcon>
#include <QPalette>

namespace linchpin {

/// What a step came to, by shape and colour: a tick, an exclamation mark in a triangle, a cross in
/// a disc, a dash. `size` in device-independent pixels.
QIcon stepSign(Finding::State state, const QPalette &palette, int size, qreal ratio);
/// The same in a word, translated: "Works", "Warning", "Failed", "Skipped".
QString wordOfState(Finding::State state);

} // namespace linchpin
