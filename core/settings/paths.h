// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QString>

namespace linchpin {

/// Where a profile keeps its files. A value.
class Paths {
public:
    /// A profile in this very folder.
    explicit Paths(const QString &profile);

    /// The profile to use: `option` (--profile) if given, else $LINCHPIN_PROFILE, else the folder
    /// `profile` beside the program when a file `portable` lies there, else the user's own.
    static Paths resolve(const QString &option, const QString &applicationDirectory);

    const QString &profile() const { return m_profile; }
    bool isPortable() const { return m_portable; } ///< nothing is kept outside the profile

    QString accounts() const { return file(QStringLiteral("accounts.json")); }
    QString settings() const { return file(QStringLiteral("settings.json")); }
    QString vault() const { return file(QStringLiteral("vault.bin")); }
    QString history() const { return file(QStringLiteral("history.db")); }
    QString avatars() const { return file(QStringLiteral("avatars")); }
    QString file(const QString &name) const;

    /// Makes the folder, readable by the user alone. `write-failed`.
    Result<void> create() const;

private:
    QString m_profile;
    bool m_portable = false;
};

} // namespace linchpin
