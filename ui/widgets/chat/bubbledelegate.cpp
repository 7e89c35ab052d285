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

/// Everything that changes a row's geometry.
QString cacheKey(const QModelIndex &index, int width)
{
    const int kind = index.data(MessageRole::RowKind).toInt();
    if (kind == static_cast<int>(MessageRow::Message)) {
        const QString text = index.data(MessageRole::Body).value<RichText>().plain();
        return u"m%1/%2/%3/%4%5%6%7/%8"_s.arg(index.data(MessageRole::Id).value<MessageId>().value)
            .arg(width)
            .arg(index.data(MessageRole::Delivery).toInt())
            .arg(index.data(MessageRole::FirstOfGroup).toBool())
            .arg(index.data(MessageRole::LastOfGroup).toBool())
            .arg(index.data(MessageRole::Edited).toBool())
            .arg(index.data(MessageRole::Retracted).toBool())
            .arg(qHash(text));
    }
    return u"l%1/%2/%3/%4"_s.arg(kind).arg(width).arg(
        index.data(Qt::DisplayRole).toString(), index.data(MessageRole::Date).toString());
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
    const QString key = cacheKey(index, m_width);
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
