// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/contacttreemodel.h"

#include <QSortFilterProxyModel>

namespace linchpin {

/// Sorts and filters the contact tree: by words typed, with or without people who are offline.
class ContactFilterModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    enum class Order {
        Presence, ///< best presence first, then name
        Name,
        Recent, ///< last message first
    };
    Q_ENUM(Order)

    explicit ContactFilterModel(ContactTreeModel &tree, QObject *parent = nullptr);

    /// All words must occur in the names or addresses; case and order do not matter. While a filter
    /// is set, offline people are shown too.
    void setFilterText(const QString &text);
    void setShowOffline(bool show);
    void setOrder(Order order);
    Order order() const { return m_order; }
    bool showsOffline() const { return m_showOffline; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    bool accepts(const ContactTreeModel::Entry &entry) const;

    ContactTreeModel &m_tree;
    QStringList m_words;
    bool m_showOffline = true;
    Order m_order = Order::Presence;
};

} // namespace linchpin
