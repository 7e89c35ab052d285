// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/room.h"

#include <QAbstractListModel>

namespace linchpin {

class Conversation;

/// The members of a room, rank first, then nick; roles in MemberRole. Precise inserts and removals.
class RoomMemberModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit RoomMemberModel(Conversation &room, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    void update();

    Conversation &m_room;
    QList<RoomMember> m_rows;
};

} // namespace linchpin
