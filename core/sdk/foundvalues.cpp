// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/foundvalues.h"

namespace linchpin {

SettingValues withoutFound(
    const SettingValues &values, const SettingsSchema &schema, const QStringList &keys)
{
    SettingValues chosen = values;
    for (const QString &key : keys) {
        const SettingField *const field = schema.field(key);
        if (field && chosen.origin(key) == SettingOrigin::Found) {
            chosen.set(key, field->defaultValue, SettingOrigin::Default);
        }
    }
    return chosen;
}

} // namespace linchpin
