// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/presetfile.h"

namespace linchpin::sip {

/// The known services of presets.json, read once, in the user's language.
const QList<ServicePreset> &services();
QList<AccountPreset> accountPresets();

} // namespace linchpin::sip
