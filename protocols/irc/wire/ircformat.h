// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QList>
#include <QString>
#include <QStringView>

#include <optional>

namespace linchpin::irc {

/// A stretch of text in one style. Colours are 0xRRGGBB.
struct FormatRun {
    QString text;
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool strike = false;
    bool monospace = false;
    bool reverse = false;
    std::optional<quint32> foreground = {};
    std::optional<quint32> background = {};

    friend bool operator==(const FormatRun &, const FormatRun &) = default;
};

/// Takes mIRC formatting apart (modern.ircdocs.horse/formatting): bold 02, colour 03 and 04, reset
/// 0F, monospace 11, reverse 16, italic 1D, strike-through 1E, underline 1F. Other control
/// characters are dropped.
QList<FormatRun> parseFormatting(QStringView text);
/// The same without any style.
QString withoutFormatting(QStringView text);
/// The reverse: codes switch on and off only what changes from run to run.
QString makeFormatting(const QList<FormatRun> &runs);
/// The colour mIRC numbers @p index (0 to 98); nothing for 99, "default", and what lies beyond.
std::optional<quint32> paletteColor(int index);

} // namespace linchpin::irc
