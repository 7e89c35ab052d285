// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/roommembermodel.h"

#include "core/chat/conversation.h"
#include "core/models/roles.h"

namespace linchpin {

RoomMemberModel::RoomMemberModel(Conversation &room, QObject *parent)
    : QAbstractListModel(parent)
    , m_room(room)
    , m_rows(room.members())
{
    connect(&room, &Conversation::membersChanged, this, &RoomMemberModel::update);
}

/// One step is usually one member: what both ends have in common stays untouched.
void RoomMemberModel::update()
{
    const QList<RoomMember> &next = m_room.members();
    qsizetype head = 0;
    while (head < m_rows.size() && head < next.size() && m_rows.at(head) == next.at(head)) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < m_rows.size() - head && tail < next.size() - head
        && m_rows.at(m_rows.size() - 1 - tail) == next.at(next.size() - 1 - tail)) {
        ++tail;
    }
    const qsizetype removed = m_rows.size() - head - tail;
    const qsizetype added = next.size() - head - tail;
    if (removed == added) {
        m_rows = next;
        if (added > 0) {
            Q_EMIT dataChanged(
                index(static_cast<int>(head), 0), index(static_cast<int>(head + added - 1), 0));
        }
        return;
    }
    if (removed > 0) {
        beginRemoveRows({}, static_cast<int>(head), static_cast<int>(head + removed - 1));
        m_rows.remove(head, removed);
        endRemoveRows();
    }
    if (added > 0) {
        beginInsertRows({}, static_cast<int>(head), static_cast<int>(head + added - 1));
        m_rows = next;
        endInsertRows();
    }
}

int RoomMemberModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant RoomMemberModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const RoomMember &member = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case MemberRole::Nick:
        return member.nick;
    case Qt::ToolTipRole:
    case MemberRole::Address:
        return member.address;
    case MemberRole::Rank:
        return static_cast<int>(member.rank);
    case MemberRole::Availability:
        return static_cast<int>(member.presence.availability);
    case MemberRole::Self:
        return member.self;
    case MemberRole::Waiting:
        return member.waiting;
    case MemberRole::Muted:
        return member.muted.value_or(false);
    case Qt::AccessibleTextRole:
        return member.waiting              ? tr("%1, in the lobby").arg(member.nick)
            : member.muted.value_or(false) ? tr("%1, muted").arg(member.nick)
                                           : member.nick;
    default:
        return {};
    }
}

} // namespace linchpin
