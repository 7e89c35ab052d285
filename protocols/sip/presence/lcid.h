// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QLocale>
#include <QString>

namespace linchpin::sip {

/// The language part of a Windows language id (its low ten bits, [MS-LCID] 2.2); 0 where unknown.
int primaryLanguage(const QLocale &locale);

/// A text in one language, as `custom` and `meetingSubject` elements carry it.
struct LanguageText {
    int lcid = 0; ///< 1033 for American English; 0 where none was given
    QString text = {};
};
/// The text for a reader of that primary language: theirs, else English, else the first.
QString textFor(const QList<LanguageText> &texts, int primaryLanguage);

} // namespace linchpin::sip
