// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"

#include <QString>

#include <optional>

namespace linchpin::sip {

/// `service-retired` for a host of a service that has ended (Skype for Business Online,
/// Communications Online): records and accounts still name them, and nobody answers there. Nothing
/// for every other host. `record` says what led there; may be empty.
std::optional<Error> retiredService(const QString &host, const QString &record = {});

} // namespace linchpin::sip
