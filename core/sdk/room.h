// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "core/sdk/ids.h"
#include "core/sdk/presence.h"

#include <QDateTime>
#include <QList>

#include <optional>

namespace linchpin {

/// A member's standing in a room; ordered, the greatest listed first.
enum class RoomRank { None, Voice, HalfOperator, Operator, Admin, Owner };

struct RoomMember {
    QString
        nick; ///< unique in the room, shown; equal members compare by it, casemapped by the plugin
    QString address; ///< the real address where the room reveals it
    RoomRank rank = RoomRank::None;
    Presence presence;
    bool self = false;
    bool waiting = false; ///< in the lobby: not in yet, somebody must let them in
    std::optional<bool> muted; ///< their microphone; empty where there is none

    friend bool operator==(const RoomMember &, const RoomMember &) = default;
};

struct RoomTopic {
    QString text;
    QString by;
    QDateTime at; ///< UTC; invalid where unknown
    friend bool operator==(const RoomTopic &, const RoomTopic &) = default;
};

/// One person's step in or out of a room, shown as a (folded) system line.
struct RoomMovement {
    enum class Kind { Joined, Left, Quit, Kicked, Banned, Renamed };
    Kind kind = Kind::Joined;
    QString nick;
    QString newNick; ///< Renamed
    QString by; ///< Kicked, Banned
    QString reason;
    friend bool operator==(const RoomMovement &, const RoomMovement &) = default;
};

/// What changed in a room; every optional that is set replaces what was known.
struct RoomChange {
    RoomAddress room;
    QString name; ///< display name; empty = unchanged
    std::optional<bool> joined; ///< we are in, or no longer
    std::optional<Error> why; ///< with joined == false when that was not our wish
    std::optional<QList<RoomMember>> members; ///< the complete list
    QList<RoomMember> upserted; ///< new or changed members, after `members`
    QStringList removed; ///< nicks that are gone
    QList<RoomMovement>
        movements; ///< for the conversation; the member list is changed by the fields above
    std::optional<RoomTopic> topic;
    std::optional<QString> modes; ///< the network's own words ("+nt")
    std::optional<bool> locked; ///< nobody else gets in
    std::optional<QString> link; ///< the address to give to people (https://meet.…)
    QDateTime at; ///< UTC
};

struct RoomInvitation {
    RoomAddress room;
    QString from;
    QString text;
    QString password;
};

/// A room as the server lists it.
struct RoomListing {
    RoomAddress room;
    QString name;
    QString topic;
    int members = -1; ///< -1 = not told
};

} // namespace linchpin
