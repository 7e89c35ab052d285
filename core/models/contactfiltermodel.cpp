// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/contactfiltermodel.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

ContactFilterModel::ContactFilterModel(ContactTreeModel &tree, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_tree(tree)
{
    setSourceModel(&tree);
    setDynamicSortFilter(true);
    sort(0);
}

void ContactFilterModel::setFilterText(const QString &text)
{
    static const QRegularExpression kSpaces(u"\\s+"_s);
    const QStringList words = text.toCaseFolded().split(kSpaces, Qt::SkipEmptyParts);
    if (words != m_words) {
        m_words = words;
        invalidateRowsFilter();
    }
}

void ContactFilterModel::setShowOffline(bool show)
{
    if (show != m_showOffline) {
        m_showOffline = show;
        invalidateRowsFilter();
    }
}

void ContactFilterModel::setOrder(Order order)
{
    if (order != m_order) {
        m_order = order;
        invalidate();
    }
}

bool ContactFilterModel::accepts(const ContactTreeModel::Entry &entry) const
{
    if (!m_words.isEmpty()) {
        return std::ranges::all_of(
            m_words, [&](const QString &word) { return entry.searchText.contains(word); });
    }
    return m_showOffline || entry.presence.isOnline() || entry.unread > 0;
}

bool ContactFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = m_tree.index(row, 0, parent);
    if (const ContactTreeModel::Entry *const entry = m_tree.entry(index)) {
        return accepts(*entry);
    }
    if (m_words.isEmpty() && m_showOffline) {
        return true;
    }
    const int count = m_tree.rowCount(index);
    for (int i = 0; i < count; ++i) {
        if (accepts(*m_tree.entry(m_tree.index(i, 0, index)))) {
            return true;
        }
    }
    return false;
}

bool ContactFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const ContactTreeModel::Entry *const a = m_tree.entry(left);
    const ContactTreeModel::Entry *const b = m_tree.entry(right);
    if (!a || !b) {
        const QString leftName = m_tree.groupName(left);
        const QString rightName = m_tree.groupName(right);
        if (leftName.isEmpty() != rightName.isEmpty()) {
            return rightName.isEmpty(); // those in no group come last
        }
        return leftName.compare(rightName, Qt::CaseInsensitive) < 0;
    }
    if (m_order == Order::Recent && a->lastActivity != b->lastActivity) {
        return a->lastActivity > b->lastActivity;
    }
    if (m_order == Order::Presence && a->presence.availability != b->presence.availability) {
        return a->presence.availability > b->presence.availability;
    }
    const int order = a->sortKey.compare(b->sortKey);
    return order != 0 ? order < 0 : a->id.value < b->id.value;
}

} // namespace linchpin
