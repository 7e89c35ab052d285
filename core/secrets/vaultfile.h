// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QByteArray>
#include <QMap>
#include <QString>

namespace linchpin::vault {

/// PBKDF2-HMAC-SHA512 rounds of a new vault; about a second and a half.
inline constexpr quint32 kRounds = 600'000;

/// What has to be known to derive the key; in clear text at the file's beginning.
struct Parameters {
    quint32 rounds = kRounds;
    QByteArray salt; ///< 32 random bytes, new with every master password
};

/// What opens one vault: out of the master password and the parameters.
struct Key {
    QByteArray cipher; ///< AES-256
    QByteArray check; ///< HMAC-SHA256 key that tells a wrong password from a damaged file
};

using Secrets = QMap<QString, QString>;

/// `vault-damaged` when the file is no vault or not whole.
Result<Parameters> parameters(const QByteArray &file);

/// Slow on purpose; for a pool thread. The password is compared in Unicode form C.
Key deriveKey(const QString &password, const Parameters &parameters);

/// The file. `nonce` is 12 bytes, never the same twice for one key.
///
/// Layout: magic "LNCHVLT1", rounds (32 bits, big endian), salt (32), nonce (12), check (32:
/// HMAC-SHA256 over all before it), AES-256-GCM of {SHA-256 of all before, JSON, padding}, its tag
/// (16), SHA-256 of all before. The header is bound to the sealed part by its hash inside, since
/// QCA's GCM takes no additional data.
Result<QByteArray> seal(
    const Secrets &secrets, const Key &key, const Parameters &parameters, const QByteArray &nonce);

/// `vault-wrong-password` or `vault-damaged`.
Result<Secrets> open(const QByteArray &file, const Key &key);

} // namespace linchpin::vault
