// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QString>
#include <QStringList>

namespace linchpin {

/// Starting with the user's session, by a desktop entry in the user's autostart folder (Desktop
/// Application Autostart Specification 0.5). The entry is the truth: desktops switch it off there,
/// and users delete it. Reads and writes one small file: for pool threads.
class Autostart {
public:
    /// `folder` is `autostart` in the user's configuration folder.
    explicit Autostart(QString folder);
    static Autostart ofUser();

    bool isOn() const;
    /// Makes the entry that runs `command` (program first), or removes it. `write-failed`.
    Result<void> set(bool on, const QStringList &command) const;

    QString fileName() const;

private:
    QString m_folder;
};

/// The entry's text. Arguments are quoted as the Desktop Entry Specification 1.5, "The Exec key",
/// wants it. Pure.
QByteArray autostartEntry(const QStringList &command);

} // namespace linchpin
