// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/room.h"

#include <QStringList>

namespace linchpin {

/// What happened in a room as sentences for the conversation, translated. Pure. At most
/// `kMostRoomLines` for one change: a netsplit of hundreds is told as a number.
constexpr int kMostRoomLines = 20;

struct RoomLine {
    QString nick; ///< who it is about; may be empty
    QString text;
    friend bool operator==(const RoomLine &, const RoomLine &) = default;
};
QList<RoomLine> linesOf(const QList<RoomMovement> &movements);
RoomLine topicLine(const RoomTopic &topic);

} // namespace linchpin
