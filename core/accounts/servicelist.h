// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "core/sdk/presetfile.h"

#include <QHash>

#include <optional>

namespace linchpin {

/// The known services of all protocols: those the plugins bring along, those that have ended, and
/// the files of an administrator and of the user (docs/presets.md). An entry of a file replaces one
/// of the same protocol and id; what is wrong with a file is told and left out. Read when first
/// asked for. Main thread.
class ServiceList {
public:
    /// Folders of files `*.json`, the weightiest last.
    explicit ServiceList(QStringList folders = {})
        : m_folders(std::move(folders))
    {
    }

    /// /etc/linchpin/services.d, the same below each of $XDG_CONFIG_DIRS, the user's own
    /// configuration, and the profile.
    static QStringList defaultFolders(const QString &profile);

    void setFolders(const QStringList &folders);
    /// Those of a protocol; an empty id with nullptr: of none that this program speaks.
    QList<ServicePreset> services(const QString &protocol, const ProtocolPlugin *plugin);
    /// `service-file-invalid`, one sentence each; the detail is the file.
    const QList<Error> &problems();

private:
    void readFiles();
    void complain(const QString &file, const QString &sentence);

    QStringList m_folders;
    bool m_read = false;
    QList<ServicePreset> m_fromFiles;
    QHash<QString, QList<ServicePreset>> m_known; ///< by protocol
    QList<Error> m_problems;
};

/// What is wrong with a preset's values for a schema: the first complaint, translated.
std::optional<QString> complaintAbout(const AccountPreset &preset, const SettingsSchema &schema);

} // namespace linchpin
