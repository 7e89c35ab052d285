// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/contacts/person.h"

#include <QFont>
#include <QStyledItemDelegate>

namespace linchpin {

/// Paints groups and persons: avatar with presence, name, note, account marks, unread badge. Rows
/// are 44 px (comfortable) or 28 px (compact) at the default font, taller with larger ones.
class ContactDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit ContactDelegate(QObject *parent = nullptr);
    void setCompact(bool compact) { m_compact = compact; }
    /// Whose conversation is beside the list; null when nobody's is.
    void setShown(const PersonId &person) { m_shown = person; }
    /// The selected row shows without the focus too: Enter in the filter field takes it.
    void setSelecting(bool selecting) { m_selecting = selecting; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintGroup(
        QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintPerson(
        QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;

    bool m_compact = false;
    bool m_selecting = false;
    PersonId m_shown;
    mutable QFont m_measured;
    mutable int m_line = 0;
    mutable int m_small = 0; ///< heights of lines in that font and the smaller one
};

} // namespace linchpin
