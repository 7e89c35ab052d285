// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"

#include <QByteArray>
#include <QLoggingCategory>

namespace linchpin {

/// Wire bytes with everything secret blotted out: passwords, SASL responses, NTLM and Kerberos
/// tokens, cookies, web tickets, private keys. Pure; keeps the line structure readable.
LINCHPIN_SDK_EXPORT QByteArray redact(const QByteArray &bytes);

} // namespace linchpin
