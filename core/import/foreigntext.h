// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QByteArray>
#include <QString>

#include <functional>

class QIODevice;

namespace linchpin {

/// Text of other programs: UTF-8, else Windows-1252, which old logs mostly are.
QString foreignText(QByteArrayView bytes);

/// A file of settings as a whole, at most 64 MiB. `read-failed`.
Result<QByteArray> foreignFile(const QString &fileName);

/// Each line without its end, with its number (from 1), until `line` answers false. A line longer
/// than 1 MiB is cut there.
void eachLine(QIODevice &device, const std::function<bool(QByteArrayView line, int number)> &line);

/// `%2c` becomes a comma, as libpurple's purple_unescape_filename() and Psi's JIDUtil::decode().
QString percentDecoded(const QString &text);

/// Without mIRC's colours and marks (bold, reverse …), as https://modern.ircdocs.horse/formatting
/// lists them.
QString withoutIrcFormatting(const QString &text);

/// `host:port`, `[v6]:port`, `host`; port empty where there is none.
std::pair<QString, QString> hostAndPort(const QString &text);

/// What is true in a foreign file: `true`, `1`, `yes`, `on`.
bool isTrue(const QString &text);

Error importError(const QString &code, const QString &title, const QString &detail);

} // namespace linchpin
