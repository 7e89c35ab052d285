// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"

namespace linchpin {

/// What of a proposed change a single click may do: nothing that lowers security. A certificate is
/// looked at before it is trusted, and clear text or an old TLS is chosen in the settings.
SettingsPatch safeFix(const SettingsPatch &fix);

} // namespace linchpin
