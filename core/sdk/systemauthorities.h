// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"
#include "core/sdk/result.h"

#include <QList>
#include <QSslCertificate>

namespace linchpin {

/// The certificates of all authorities that the system trusts. A TLS configuration with
/// certificates of its own no longer looks the system's up one by one, so whoever adds one needs
/// them all. Reading them takes 100 ms: done once in the life of the process, in another thread;
/// answered in the main thread.
LINCHPIN_SDK_EXPORT Async<QList<QSslCertificate>> systemAuthorities();

} // namespace linchpin
