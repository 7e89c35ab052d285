// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/presetfile.h"

namespace linchpin {

/// Services of other protocols that have ended, so that their addresses are recognised
/// (endedservices.json): their protocol is empty.
const QList<ServicePreset> &endedServices();

} // namespace linchpin
