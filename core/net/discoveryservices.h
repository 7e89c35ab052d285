// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"

#include <memory>

namespace linchpin {

/// The real world for looking an address up before there is an account: no secrets, no state, no
/// log, the system's proxy and the system's authorities.
std::unique_ptr<SessionServices> discoveryServices();

} // namespace linchpin
