// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/accounts/accountconfig.h"
#include "core/sdk/result.h"

#include <QByteArray>
#include <QList>

namespace linchpin {

/// accounts.json as bytes and back. Pure. What looks like a secret is never written.
QByteArray accountsToJson(const QList<AccountConfig> &accounts);
/// `accounts-damaged` for anything that is no such file, `accounts-newer` for one that a newer
/// version wrote.
Result<QList<AccountConfig>> accountsFromJson(const QByteArray &json);

/// Whether a key holds a secret whatever the schema says (`password`, `proxy-password`).
bool isSecretKey(const QString &key);

} // namespace linchpin
