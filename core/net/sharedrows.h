// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"

#include <QDateTime>

namespace linchpin {

/// Rows that every networked protocol has, kept in one place: `proxy-type`, `proxy-host`,
/// `proxy-port`, `proxy-login`, `proxy-password`.
SettingsSchema proxyRows();
/// `ca-file`, `pinned-certificate`, `minimum-tls`, `minimum-tls-until`.
SettingsSchema trustRows();

/// What a session gets: every default filled in, and nothing that has ended. A minimum TLS version
/// below 1.2 holds until the day of `minimum-tls-until`; after it, and without a day, 1.2 holds.
SettingValues settingsInForce(
    const SettingsSchema &schema, const SettingValues &values, const QDateTime &now);
/// Gives what lowers security an end where it has none: a year from now. Takes an end away that
/// belongs to nothing.
void setTrustEnds(const SettingsSchema &schema, SettingValues &values, const QDateTime &now);

/// What an account of this protocol has: the plugin's own rows and, unless it has no network, the
/// shared ones it does not define itself.
SettingsSchema fullSchema(const ProtocolPlugin &plugin);

} // namespace linchpin
