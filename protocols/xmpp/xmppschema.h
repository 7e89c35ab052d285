// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/protocolplugin.h"

namespace linchpin::xmpp {

/// The settings of an XMPP account.
SettingsSchema xmppSchema();
/// Services people know by name. Data.

} // namespace linchpin::xmpp
