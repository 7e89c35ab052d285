// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/trust/safefix.h"

using namespace Qt::StringLiterals;

namespace linchpin {

SettingsPatch safeFix(const SettingsPatch &fix)
{
    SettingsPatch safe = fix;
    for (const QString &key :
        { u"pinned-certificate"_s, u"ca-file"_s, u"minimum-tls"_s, u"minimum-tls-until"_s }) {
        safe.remove(key);
    }
    if (safe.value(u"connection"_s).toString() == "plain"_L1) {
        safe.remove(u"connection"_s);
    }
    return safe;
}

} // namespace linchpin
