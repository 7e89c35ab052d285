// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QByteArray>
#include <QString>

namespace linchpin {

/// Replaces a file as a whole or not at all; makes its folder; readable by the user alone. Error
/// `write-failed`. Waits for the disk: for pool threads and small, rare files.
Result<void> writeFileAtomically(const QString &fileName, const QByteArray &bytes);

} // namespace linchpin
