// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/roomdelegate.h"

#include "core/models/roles.h"
#include "core/sdk/ids.h"
#include "core/sdk/presence.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace linchpin {

RoomListModel::RoomListModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setFilterCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
    sort(0);
}

bool RoomListModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    const auto kind = static_cast<ConversationKind>(index.data(ConversationRole::Kind).toInt());
    const bool room = kind == ConversationKind::Room
        && (index.data(ConversationRole::Open).toBool()
            || index.data(ConversationRole::Joined).toBool()
            || index.data(ConversationRole::Unread).toInt() > 0);
    const bool stranger = kind == ConversationKind::Person
        && !index.data(ConversationRole::IsContact).toBool()
        && (index.data(ConversationRole::Open).toBool()
            || index.data(ConversationRole::Unread).toInt() > 0);
    return (room || stranger) && QSortFilterProxyModel::filterAcceptsRow(row, parent);
}

bool RoomListModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return left.data().toString().compare(right.data().toString(), Qt::CaseInsensitive) < 0;
}

RoomDelegate::RoomDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

QSize RoomDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return { 80, std::max(32, QFontMetrics(option.font).height() + theme::kRelated + 4) };
}

void RoomDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QPalette &palette = option.palette;
    const bool focus = option.state.testFlag(QStyle::State_Selected)
        && option.state.testFlag(QStyle::State_HasFocus);
    const bool selected = focus
        || (!m_shown.isNull()
            && index.data(ConversationRole::Key).value<ConversationKey>() == m_shown);
    const QRectF card = QRectF(option.rect).adjusted(theme::kUnit, 1, -theme::kUnit, -1);
    theme::paintRow(
        *painter, card, palette, selected, option.state.testFlag(QStyle::State_MouseOver), focus);
    const auto placed
        = [&](const QRectF &box) { return theme::placed(box, card, option.direction); };
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme::account(index.data(ConversationRole::AccountColor).toInt(), palette));
    painter->drawRoundedRect(
        placed(QRectF(card.left() + 2, card.top() + 6, 3, card.height() - 12)), 1.5, 1.5);
    const bool room
        = index.data(ConversationRole::Kind).toInt() == static_cast<int>(ConversationKind::Room);
    const QRectF sign = placed(QRectF(card.left() + 12, card.center().y() - 8, 16, 16));
    if (room) {
        icons::icon(u"room"_s).paint(painter, sign.toRect());
    } else {
        theme::paintPresence(*painter, sign.adjusted(2, 2, -2, -2), Availability::Unknown, palette);
    }
    qreal right = card.right() - theme::kRelated;
    const int unread = index.data(ConversationRole::Unread).toInt();
    const int mentions = index.data(ConversationRole::Mentions).toInt();
    if (unread > 0) {
        const qreal height = QFontMetricsF(theme::small(option.font)).height() + 2;
        const qreal width = theme::badgeWidth(unread, height, option.font);
        theme::paintBadge(*painter,
            placed(QRectF(right - width, card.center().y() - height / 2, width, height)), unread,
            mentions > 0, palette, option.font);
        right -= width + theme::kRelated;
    }
    const QRectF name
        = placed(QRectF(card.left() + 36, card.top(), right - card.left() - 36, card.height()));
    painter->setFont(unread > 0 ? theme::strong(option.font) : option.font);
    const bool here = !room || index.data(ConversationRole::Joined).toBool();
    painter->setPen(here ? palette.color(QPalette::Text) : theme::muted(palette));
    painter->drawText(name, Qt::AlignVCenter,
        theme::isolated(QFontMetricsF(painter->font())
                            .elidedText(index.data().toString(), Qt::ElideRight, name.width()),
            option.direction));
    painter->restore();
}

} // namespace linchpin
