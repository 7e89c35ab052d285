// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "core/sdk/settingsschema.h"

namespace linchpin {

/// Where an account's secrets are looked for.
enum class SecretPolicy {
    Remember, ///< keyring, else vault
    AskEachTime,
};

/// An account as it stands in accounts.json: everything but its secrets.
struct AccountConfig {
    AccountId id;
    QString protocol; ///< ProtocolInfo::id
    QString name; ///< unique in the profile; what `linchpinctl` calls it
    QString presetId; ///< may be empty
    bool enabled = true;
    int color = 0; ///< index into the palette of account colours
    SecretPolicy secrets = SecretPolicy::Remember;
    SettingValues settings; ///< including `address`
    QMap<QString, QByteArray> state; ///< SessionServices::state()

    QString address() const { return settings.text(QStringLiteral("address")); }
    friend bool operator==(const AccountConfig &, const AccountConfig &) = default;
};

} // namespace linchpin
