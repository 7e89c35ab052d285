// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>

namespace linchpin::sip {

/// RC4 over the whole of `bytes` with a fresh key schedule; encrypting and decrypting are the same.
/// NTLM session keys and signatures are the only customers; QCA's OpenSSL plugin has no RC4.
QByteArray rc4(QByteArrayView key, QByteArrayView bytes);

} // namespace linchpin::sip
