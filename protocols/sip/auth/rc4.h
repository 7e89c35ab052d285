// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>

#include <array>

namespace linchpin::sip {

/// An RC4 stream; encrypting and decrypting are the same. NTLM's session keys and signatures and
/// the file transfer of OCS are the only customers; QCA's OpenSSL plugin has no RC4.
class Rc4 {
public:
    explicit Rc4(QByteArrayView key); ///< an empty key changes nothing
    QByteArray process(QByteArrayView bytes);

private:
    std::array<quint8, 256> m_box {};
    quint8 m_i = 0;
    quint8 m_j = 0;
    bool m_keyed = false;
};

/// The whole of `bytes` with a fresh key schedule.
QByteArray rc4(QByteArrayView key, QByteArrayView bytes);

} // namespace linchpin::sip
