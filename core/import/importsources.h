// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"

#include <QDir>

#include <optional>

namespace linchpin {

struct FoundSource {
    ImportSource source = ImportSource::Pidgin;
    QString path; ///< what makeImportReader() takes
    friend bool operator==(const FoundSource &, const FoundSource &) = default;
};

/// Profiles of other programs where these keep them in a home folder. Looks for a few files and
/// opens none: quick enough for the first window.
QList<FoundSource> importSourcesFound(const QString &home = QDir::homePath());

std::optional<ImportSource> importSourceFromWord(QStringView word);

} // namespace linchpin
