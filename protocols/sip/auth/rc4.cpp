// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/rc4.h"

#include <array>
#include <utility>

namespace linchpin::sip {

QByteArray rc4(QByteArrayView key, QByteArrayView bytes)
{
    if (key.isEmpty()) {
        return {};
    }
    std::array<quint8, 256> box {};
    for (size_t i = 0; i < box.size(); ++i) {
        box[i] = quint8(i);
    }
    quint8 j = 0;
    for (size_t i = 0; i < box.size(); ++i) {
        j = quint8(j + box[i] + quint8(key[qsizetype(i) % key.size()]));
        std::swap(box[i], box[j]);
    }
    QByteArray out = bytes.toByteArray();
    quint8 i = 0;
    j = 0;
    for (char &c : out) {
        ++i;
        j = quint8(j + box[i]);
        std::swap(box[i], box[j]);
        c = char(quint8(c) ^ box[quint8(box[i] + box[j])]);
    }
    return out;
}

} // namespace linchpin::sip
