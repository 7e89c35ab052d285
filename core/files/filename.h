// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace linchpin {

/// Longest name of a file we make, in bytes of UTF-8: what file systems take (255), less what is
/// added while it comes in (" (999)", ".part").
inline constexpr qsizetype kLongestFileName = 240;

/// A name somebody else gave, fit to be a file's here: the last part of a path, without separators,
/// control and bidirectional characters, without what Windows forbids or reserves (CON, NUL…),
/// leading dots and trailing dots and spaces, at most kLongestFileName bytes with its extension
/// kept. "file" where nothing is left.
QString cleanedFileName(const QString &name);

/// "report.pdf", 2 → "report (2).pdf"; 0 → as it is. Endings like ".tar.gz" stay whole.
QString numberedFileName(const QString &name, int number);

} // namespace linchpin
