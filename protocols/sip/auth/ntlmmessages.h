// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/authmechanism.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <optional>

namespace linchpin::sip::ntlm {

/// AV pair ids, [MS-NLMP] 2.2.2.1.
enum class AvId : quint16 {
    EndOfList = 0,
    NetbiosComputer = 1,
    NetbiosDomain = 2,
    DnsComputer = 3,
    DnsDomain = 4,
    DnsTree = 5,
    Flags = 6,
    Timestamp = 7,
    SingleHost = 8,
    TargetName = 9,
    ChannelBindings = 10,
};

struct AvPair {
    AvId id = AvId::EndOfList;
    QByteArray value;
    friend bool operator==(const AvPair &, const AvPair &) = default;
};

std::expected<QList<AvPair>, AuthError> parseAvPairs(QByteArrayView bytes);
QByteArray serialize(const QList<AvPair> &pairs); ///< with the end-of-list pair
std::optional<QByteArray> find(const QList<AvPair> &pairs, AvId id);

/// CHALLENGE_MESSAGE, [MS-NLMP] 2.2.1.2.
struct Challenge {
    QByteArray targetName; ///< UTF-16LE
    quint32 flags = 0;
    QByteArray serverChallenge; ///< 8 bytes
    QByteArray targetInfo; ///< AV pairs as they stood on the wire
    QByteArray version; ///< 8 bytes, or empty
};
std::expected<Challenge, AuthError> parseChallenge(QByteArrayView bytes);
QByteArray serialize(const Challenge &challenge);

/// AUTHENTICATE_MESSAGE, [MS-NLMP] 2.2.1.3. Strings are UTF-16LE.
struct Authenticate {
    QByteArray lmResponse;
    QByteArray ntResponse;
    QByteArray domain;
    QByteArray user;
    QByteArray workstation;
    QByteArray encryptedSessionKey;
    quint32 flags = 0;
    QByteArray version; ///< 8 bytes
    std::optional<QByteArray> mic; ///< 16 bytes
};
/// The message has no mark for a MIC: it is there when the payload leaves room for it behind
/// the version and the AV flags inside ntResponse say so.
std::expected<Authenticate, AuthError> parseAuthenticate(QByteArrayView bytes);
QByteArray serialize(const Authenticate &message);
inline constexpr qsizetype micOffset = 72;
inline constexpr qsizetype micSize = 16;

} // namespace linchpin::sip::ntlm
