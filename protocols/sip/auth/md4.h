// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>

namespace linchpin::sip {

/// MD4 of RFC 1320, 16 bytes. Only NTLM's password hash needs it; OpenSSL 3 keeps it in the legacy
/// provider, which portable packages do not have.
QByteArray md4(QByteArrayView bytes);

} // namespace linchpin::sip
