// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/chat/messagelayout.h"

#include <QCache>
#include <QStyledItemDelegate>

#include <functional>

namespace linchpin {

/// What a kept layout was made from.
struct LayoutKey {
    MessageId id;
    int kind = 0;
    int width = 0;
    int delivery = 0;
    unsigned flags = 0;
    QString text;

    friend bool operator==(const LayoutKey &, const LayoutKey &) = default;
};
inline size_t qHash(const LayoutKey &key, size_t seed = 0)
{
    return key.id.isNull() ? qHashMulti(seed, key.kind, key.width, key.text)
                           : qHashMulti(seed, key.id, key.width, key.flags, key.delivery);
}

/// Paints the rows of the message view; keeps their layouts.
class BubbleDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit BubbleDelegate(QObject *parent = nullptr);

    void setStyle(MessageStyle style);
    void setHighlight(const QString &word);
    void setWidth(int width);
    void forget(); ///< fonts or palette changed
    /// Which part of a row's text is selected.
    void setSelectionSource(std::function<TextSelection(const QModelIndex &)> source);
    /// The picture of a message's author.
    void setAvatarSource(std::function<QByteArray(const QModelIndex &)> source);

    /// What a message's author is called, and whether that is written over their bubbles.
    void setNameSource(std::function<QString(const QModelIndex &)> source, bool shown);
    QString nameOf(const QModelIndex &index) const;

    const MessageLayout &layout(const QModelIndex &index) const;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    MessageStyle m_style = MessageStyle::Bubbles;
    QString m_highlight;
    int m_width = 400;
    QFont m_font;
    std::function<TextSelection(const QModelIndex &)> m_selection;
    std::function<QByteArray(const QModelIndex &)> m_avatar;
    std::function<QString(const QModelIndex &)> m_name;
    bool m_showNames = true;
    mutable QCache<LayoutKey, MessageLayout> m_cache;
};

} // namespace linchpin
