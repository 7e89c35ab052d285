// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"

#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

namespace linchpin {

/// Rooms, and people who write without being contacts: what the contact tree has no row for.
class RoomListModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit RoomListModel(QObject *parent = nullptr);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
};

/// A room's row: account stripe, sign, name, unread badge.
class RoomDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit RoomDelegate(QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// The conversation beside the list; null when there is none.
    void setShown(const ConversationKey &key) { m_shown = key; }

private:
    ConversationKey m_shown;
};

} // namespace linchpin
