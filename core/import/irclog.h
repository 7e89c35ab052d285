// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"

#include <QDate>

class QIODevice;

namespace linchpin::irclog {

/// How an IRC program writes its logs.
enum class Shape {
    /// `Mar 06 19:13:10 <nick>\ttext`, any stamp in front; `**** BEGIN LOGGING AT …` tells the year
    /// (HexChat and XChat, src/common/text.c, with the default texts of textevents.in).
    HexChat,
    /// `T 1331057590 <nick>\ttext`, with mIRC's colours (HexChat's scrollback).
    Scrollback,
    /// `[Tue Mar 6 2012] [19:13:10] <nick>\ttext`, dates in the user's language since 1.5
    /// (Konversation, src/viewer/chatwindow.cpp and ircview.cpp).
    Konversation,
};

/// The lines of one log. Times are the system's zone's. `lastChange`: of the file, to find the year
/// where the log names none.
void readLog(QIODevice &device, Shape shape, const QStringList &ownNicks, bool room,
    const QDate &lastChange, const MessageSink &sink);

} // namespace linchpin::irclog
