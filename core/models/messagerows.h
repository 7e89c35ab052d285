// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/models/messagelistmodel.h"

#include <QDate>
#include <QStringList>

namespace linchpin {

/// One row of the message view as a value.
struct MessageRowData {
    MessageRow kind = MessageRow::Message;
    StoredMessage message; ///< Message; SystemFold: the first one
    QDate date; ///< DateLine, local time
    StoredGap gap; ///< GapLine
    QStringList folded; ///< SystemFold: the texts of what was folded together
    MessageId lastFolded; ///< SystemFold
    bool firstOfGroup = true;
    bool lastOfGroup = true;

    /// The same thing in another state (then the view repaints), not another thing.
    bool isSameRow(const MessageRowData &other) const;
    bool covers(const MessageId &id) const;
    friend bool operator==(const MessageRowData &, const MessageRowData &) = default;
};

/// Messages (oldest first) to rows: date lines, the unread line after `unreadAfter` (none when its
/// time is invalid), gap lines, consecutive system lines folded, messages of one sender within five
/// minutes grouped. Pure.
QList<MessageRowData> messageRows(const QList<StoredMessage> &messages,
    const QList<StoredGap> &gaps, const MessagePlace &unreadAfter);

/// A row's value for a role of MessageRole or Qt::DisplayRole.
QVariant messageRowData(const MessageRowData &row, int role);

} // namespace linchpin
