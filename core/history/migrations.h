// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QList>

namespace linchpin {

class SqlConnection;

/// One step of the schema: brings a database of `version - 1` to `version`. Never edited once
/// released; tests/unit/history/schemas holds a database of each released version.
struct Migration {
    int version;
    Result<void> (*apply)(SqlConnection &);
};

const QList<Migration> &migrations();

/// Carries out what is missing, each step in a transaction of its own together with its number
/// (PRAGMA user_version). `history-newer-version` where a later Linchpin has written the file.
Result<void> migrate(SqlConnection &connection);

} // namespace linchpin
