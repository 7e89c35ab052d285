// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/bubbledelegate.h"

#include "core/models/roles.h"

#include <QApplication>
#include <QPainter>
#include <QWidget>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kCachedLayouts = 900; // a little more than the model's window

/// Everything that changes a row's geometry. Made for every row whenever rows are laid out.
LayoutKey cacheKey(const QModelIndex &index, int width)
{
    LayoutKey key;
    key.kind = index.data(MessageRole::RowKind).toInt();
    key.width = width;
    key.text = index.data(Qt::DisplayRole).toString();
    if (key.kind == static_cast<int>(MessageRow::Message)) {
        key.id = index.data(MessageRole::Id).value<MessageId>();
        key.delivery = index.data(MessageRole::Delivery).toInt();
        key.flags = (index.data(MessageRole::FirstOfGroup).toBool() ? 1U : 0U)
            | (index.data(MessageRole::LastOfGroup).toBool() ? 2U : 0U)
            | (index.data(MessageRole::Edited).toBool() ? 4U : 0U)
            | (index.data(MessageRole::Retracted).toBool() ? 8U : 0U);
    }
    return key;
}

} // namespace

BubbleDelegate::BubbleDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
    , m_font(QApplication::font())
    , m_cache(kCachedLayouts)
{
}

void BubbleDelegate::setStyle(MessageStyle style)
{
    m_style = style;
    m_cache.clear();
}

void BubbleDelegate::setHighlight(const QString &word)
{
    m_highlight = word;
    m_cache.clear();
}

void BubbleDelegate::setWidth(int width)
{
    if (width != m_width) {
        m_width = width;
        m_cache.clear();
    }
}

void BubbleDelegate::forget()
{
    m_font = QApplication::font();
    m_cache.clear();
}

void BubbleDelegate::setSelectionSource(std::function<TextSelection(const QModelIndex &)> source)
{
    m_selection = std::move(source);
}

void BubbleDelegate::setAvatarSource(std::function<QByteArray(const QModelIndex &)> source)
{
    m_avatar = std::move(source);
}

void BubbleDelegate::setNameSource(std::function<QString(const QModelIndex &)> source, bool shown)
{
    m_name = std::move(source);
    m_showNames = shown;
    m_cache.clear();
}

QString BubbleDelegate::nameOf(const QModelIndex &index) const
{
    const QString name = m_name ? m_name(index) : QString();
    return name.isEmpty() ? index.data(MessageRole::FromName).toString() : name;
}

const MessageLayout &BubbleDelegate::layout(const QModelIndex &index) const
{
    const LayoutKey key = cacheKey(index, m_width);
    if (const MessageLayout *const known = m_cache.object(key)) {
        return *known;
    }
    const auto *const view = qobject_cast<const QWidget *>(parent());
    const bool mirrored = view && view->isRightToLeft();
    auto *const made = new MessageLayout(index, m_width,
        { .style = m_style,
            .font = m_font,
            .showAvatars = true,
            .direction = mirrored ? Qt::RightToLeft : Qt::LeftToRight,
            .showNames = m_showNames,
            .name = m_name,
            .highlight = m_highlight });
    m_cache.insert(key, made);
    return *made;
}

void BubbleDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool current = option.state.testFlag(QStyle::State_HasFocus)
        && option.state.testFlag(QStyle::State_KeyboardFocusChange);
    layout(index).paint(*painter, option.rect.topLeft(), option.palette,
        m_selection ? m_selection(index) : TextSelection {},
        option.state.testFlag(QStyle::State_MouseOver), current,
        m_avatar ? m_avatar(index) : QByteArray());
}

QSize BubbleDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    return { m_width, layout(index).height() };
}

} // namespace linchpin
