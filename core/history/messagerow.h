// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"

#include <QByteArray>

namespace linchpin {

/// How the parts of a message stand in their columns. Pure; whatever bytes a column holds, reading
/// them is safe.

/// Spans as CBOR: an array of [start, length, flags, colour, link]; empty for plain text.
QByteArray encodedSpans(const RichText &body);
RichText decodedBody(const QString &plain, const QByteArray &spans);

QByteArray encodedError(const std::optional<Error> &error);
std::optional<Error> decodedError(const QByteArray &bytes);

QByteArray encodedReference(const MessageReference &reference);
MessageReference decodedReference(const QByteArray &bytes);

QByteArray encodedReactions(const QMap<QString, QStringList> &reactions);
QMap<QString, QStringList> decodedReactions(const QByteArray &bytes);

/// One line of at most 120 characters for the list of conversations, cut between characters as
/// people count them.
QString excerptOf(const QString &plain);

/// Whether words of the text cannot be found by spaces (Chinese, Japanese, Thai …), so that it
/// belongs into the trigram index as well.
bool hasSpacelessScript(QStringView text);

/// Milliseconds since 1970 and back; null QVariant and invalid time belong together.
qint64 toMilliseconds(const QDateTime &time);
QVariant toColumn(const QDateTime &time);
QDateTime toTime(const QVariant &column);
QVariant toColumn(const QString &text); ///< NULL for an empty text

} // namespace linchpin
