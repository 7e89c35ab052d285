// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/rc4.h"

#include <utility>

namespace linchpin::sip {

Rc4::Rc4(QByteArrayView key)
    : m_keyed(!key.isEmpty())
{
    for (size_t i = 0; i < m_box.size(); ++i) {
        m_box[i] = quint8(i);
    }
    quint8 j = 0;
    for (size_t i = 0; m_keyed && i < m_box.size(); ++i) {
        j = quint8(j + m_box[i] + quint8(key[qsizetype(i) % key.size()]));
        std::swap(m_box[i], m_box[j]);
    }
}

QByteArray Rc4::process(QByteArrayView bytes)
{
    QByteArray out = bytes.toByteArray();
    if (!m_keyed) {
        return out;
    }
    for (char &c : out) {
        ++m_i;
        m_j = quint8(m_j + m_box[m_i]);
        std::swap(m_box[m_i], m_box[m_j]);
        c = char(quint8(c) ^ m_box[quint8(m_box[m_i] + m_box[m_j])]);
    }
    return out;
}

QByteArray rc4(QByteArrayView key, QByteArrayView bytes)
{
    return key.isEmpty() ? QByteArray() : Rc4(key).process(bytes);
}

} // namespace linchpin::sip
