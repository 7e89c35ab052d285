// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/presetfile.h"

namespace linchpin::irc {

/// The known services of presets.json, read once, in the user's language.
const QList<ServicePreset> &services();
QList<AccountPreset> accountPresets();
/// The preset whose domains hold @p domain, or nullptr.
const AccountPreset *presetForDomain(const QString &domain);

} // namespace linchpin::irc
