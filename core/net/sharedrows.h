// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"

namespace linchpin {

/// Rows that every networked protocol has, kept in one place: `proxy-type`, `proxy-host`,
/// `proxy-port`, `proxy-login`, `proxy-password`.
SettingsSchema proxyRows();
/// `ca-file`, `pinned-certificate`, `minimum-tls`.
SettingsSchema trustRows();

/// What an account of this protocol has: the plugin's own rows and, unless it has no network, the
/// shared ones it does not define itself.
SettingsSchema fullSchema(const ProtocolPlugin &plugin);

} // namespace linchpin
