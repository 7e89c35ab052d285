// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>

namespace linchpin::sip::ntlm {

/// NEGOTIATE flags, [MS-NLMP] 2.2.2.5.
namespace Flag {
inline constexpr quint32 Unicode = 0x00000001;
inline constexpr quint32 RequestTarget = 0x00000004;
inline constexpr quint32 Sign = 0x00000010;
inline constexpr quint32 Seal = 0x00000020;
inline constexpr quint32 Datagram = 0x00000040;
inline constexpr quint32 Ntlm = 0x00000200;
inline constexpr quint32 AlwaysSign = 0x00008000;
inline constexpr quint32 TargetTypeDomain = 0x00010000;
inline constexpr quint32 ExtendedSessionSecurity = 0x00080000;
inline constexpr quint32 Identify = 0x00100000;
inline constexpr quint32 TargetInfo = 0x00800000;
inline constexpr quint32 Version = 0x02000000;
inline constexpr quint32 Key128 = 0x20000000;
inline constexpr quint32 KeyExchange = 0x40000000;
inline constexpr quint32 Key56 = 0x80000000;
} // namespace Flag

/// UTF-16LE, the only string form of this protocol.
QByteArray utf16(const QString &text);
QString fromUtf16(QByteArrayView bytes);
/// Upper case the way Windows does it: one UTF-16 unit at a time, "ß" stays "ß".
QString windowsUpper(const QString &text);

/// 100 ns ticks since 1601-01-01 UTC.
quint64 fileTime(const QDateTime &time);

/// NTOWFv2, [MS-NLMP] 3.3.2: key of everything below. The domain is used as typed.
QByteArray ntowfv2(const QString &user, const QString &domain, const QString &password);

/// The "temp" blob of [MS-NLMP] 3.3.2 without the leading proof.
QByteArray clientBlob(quint64 time, QByteArrayView clientChallenge, QByteArrayView targetInfo);
QByteArray ntProof(QByteArrayView responseKey, QByteArrayView serverChallenge, QByteArrayView blob);
QByteArray lmv2Response(
    QByteArrayView responseKey, QByteArrayView serverChallenge, QByteArrayView clientChallenge);
QByteArray sessionBaseKey(QByteArrayView responseKey, QByteArrayView proof);

enum class Side { Client, Server };
/// SIGNKEY and SEALKEY, [MS-NLMP] 3.4.5.2 and 3.4.5.3, of what `side` sends.
QByteArray signKey(QByteArrayView exportedSessionKey, Side side);
QByteArray sealKey(QByteArrayView exportedSessionKey, Side side, quint32 flags);

/// Connectionless MAC with extended session security, [MS-NLMP] 3.4.4.2. SIP always uses the
/// sequence number 100 ([MS-SIPAE] 3.2.5.1 leaves it to the implementations; captures agree).
QByteArray signature(
    QByteArrayView signKey, QByteArrayView sealKey, QByteArrayView message, quint32 sequence = 100);

QByteArray hmacMd5(QByteArrayView key, QByteArrayView bytes);

} // namespace linchpin::sip::ntlm
