// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"

namespace linchpin {

/// The errors of SecretStore by code, with their sentences.
Error secretError(const QString &code, const QString &detail = {});

} // namespace linchpin
