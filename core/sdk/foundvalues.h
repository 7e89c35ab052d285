// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/settingsschema.h"

namespace linchpin {

/// For ProtocolPlugin::createSession(): what was found out before (SettingOrigin::Found) is shown
/// to the user but binds nobody, so that a server that has moved is found anew. These keys get the
/// schema's default again where their value was found.
LINCHPIN_SDK_EXPORT SettingValues withoutFound(
    const SettingValues &values, const SettingsSchema &schema, const QStringList &keys);

} // namespace linchpin
