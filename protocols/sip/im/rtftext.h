// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

namespace linchpin::sip {

/// The text of an RTF document (RTF 1.9) without its formatting: what remains when control words
/// are taken away. Bounded and tolerant; something that is no RTF gives an empty string.
QString plainTextFromRtf(QByteArrayView rtf);

/// Windows-1252 to text; the five bytes it leaves undefined come out as C1 controls.
QString fromWindows1252(QByteArrayView bytes);

} // namespace linchpin::sip
