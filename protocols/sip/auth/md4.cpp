// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/md4.h"

#include <QtEndian>

#include <array>
#include <bit>

namespace linchpin::sip {

namespace {

using State = std::array<quint32, 4>;

void mixBlock(State &state, const uchar *block)
{
    std::array<quint32, 16> x {};
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = qFromLittleEndian<quint32>(block + 4 * i);
    }
    auto [a, b, c, d] = state;
    // RFC 1320 3.4: three rounds of sixteen operations; the four words change places each time.
    const auto turn = [&](quint32 mixed, int shift) {
        const quint32 next = std::rotl(a + mixed, shift);
        a = d;
        d = c;
        c = b;
        b = next;
    };
    constexpr std::array<int, 4> shift1 { 3, 7, 11, 19 };
    constexpr std::array<int, 4> shift2 { 3, 5, 9, 13 };
    constexpr std::array<int, 4> shift3 { 3, 9, 11, 15 };
    constexpr std::array<size_t, 16> order3 { 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7,
        15 };
    for (size_t i = 0; i < 16; ++i) {
        turn(((b & c) | (~b & d)) + x[i], shift1[i % 4]);
    }
    for (size_t i = 0; i < 16; ++i) {
        turn(((b & c) | (b & d) | (c & d)) + x[(i % 4) * 4 + i / 4] + 0x5a827999, shift2[i % 4]);
    }
    for (size_t i = 0; i < 16; ++i) {
        turn((b ^ c ^ d) + x[order3[i]] + 0x6ed9eba1, shift3[i % 4]);
    }
    state = { state[0] + a, state[1] + b, state[2] + c, state[3] + d };
}

} // namespace

QByteArray md4(QByteArrayView bytes)
{
    QByteArray padded = bytes.toByteArray();
    padded += char(0x80);
    padded.append((120 - padded.size() % 64) % 64, '\0');
    QByteArray bits(8, '\0');
    qToLittleEndian<quint64>(quint64(bytes.size()) * 8, bits.data());
    padded += bits;

    State state { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
    for (qsizetype i = 0; i < padded.size(); i += 64) {
        mixBlock(state, reinterpret_cast<const uchar *>(padded.constData()) + i);
    }
    QByteArray digest(16, '\0');
    for (size_t i = 0; i < 4; ++i) {
        qToLittleEndian<quint32>(state[i], digest.data() + 4 * i);
    }
    return digest;
}

} // namespace linchpin::sip
