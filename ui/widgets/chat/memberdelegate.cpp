// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/memberdelegate.h"

#include "core/models/roles.h"
#include "core/sdk/room.h"
#include "ui/widgets/common/theme.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString rankText(RoomRank rank)
{
    switch (rank) {
    case RoomRank::Owner:
        return MemberDelegate::tr("owner");
    case RoomRank::Admin:
        return MemberDelegate::tr("admin");
    case RoomRank::Operator:
        return MemberDelegate::tr("operator");
    case RoomRank::HalfOperator:
        return MemberDelegate::tr("half-op");
    case RoomRank::Voice:
        return MemberDelegate::tr("voice");
    case RoomRank::None:
        break;
    }
    return {};
}

} // namespace

MemberDelegate::MemberDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

void MemberDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    theme::paintRow(*painter, QRectF(option.rect).adjusted(2, 1, -2, -1), option.palette, selected,
        option.state.testFlag(QStyle::State_MouseOver),
        option.state.testFlag(QStyle::State_HasFocus));
    const QRect row = option.rect.adjusted(theme::kRelated, 0, -theme::kRelated, 0);
    const qreal dot = 10;
    theme::paintPresence(*painter,
        theme::placed(
            QRectF(row.left(), row.center().y() - dot / 2 + 0.5, dot, dot), row, option.direction),
        static_cast<Availability>(index.data(MemberRole::Availability).toInt()), option.palette);
    const QString rank = index.data(MemberRole::Waiting).toBool() ? tr("in the lobby")
        : index.data(MemberRole::Muted).toBool()
        ? tr("muted")
        : rankText(static_cast<RoomRank>(index.data(MemberRole::Rank).toInt()));
    const QFont small = theme::small(option.font);
    const int rankWidth = rank.isEmpty() ? 0 : QFontMetrics(small).horizontalAdvance(rank) + 6;
    const QRectF name = theme::placed(row.adjusted(18, 0, -rankWidth, 0), row, option.direction);
    const QString nick = index.data(MemberRole::Nick).toString();
    painter->setFont(
        index.data(MemberRole::Self).toBool() ? theme::strong(option.font) : option.font);
    painter->setPen(option.palette.color(QPalette::Text));
    painter->drawText(name, Qt::AlignVCenter,
        theme::isolated(
            QFontMetricsF(painter->font()).elidedText(nick, Qt::ElideRight, name.width()),
            option.direction));
    painter->setFont(small);
    painter->setPen(theme::muted(option.palette));
    painter->drawText(row, Qt::AlignVCenter | Qt::AlignRight, rank);
    painter->restore();
}

QSize MemberDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return { 120, std::max(28, QFontMetrics(option.font).height() + theme::kRelated) };
}

} // namespace linchpin
