// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/accountdelegate.h"

#include "core/models/roles.h"
#include "ui/widgets/common/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace linchpin {

AccountDelegate::AccountDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

QRect AccountDelegate::checkBox(const QStyleOptionViewItem &option)
{
    const int side = QApplication::style()->pixelMetric(QStyle::PM_IndicatorWidth);
    const QRect box(
        option.rect.left() + theme::kGroups, option.rect.center().y() - side / 2, side, side);
    return QStyle::visualRect(option.direction, option.rect, box);
}

void AccountDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QPalette &palette = option.palette;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRectF card = QRectF(option.rect).adjusted(theme::kUnit, 1, -theme::kUnit, -1);
    theme::paintRow(*painter, card, palette, selected,
        option.state.testFlag(QStyle::State_MouseOver),
        option.state.testFlag(QStyle::State_HasFocus));
    const auto placed
        = [&](const QRectF &box) { return theme::placed(box, card, option.direction); };
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme::account(index.data(AccountRole::Color).toInt(), palette));
    painter->drawRoundedRect(
        placed(QRectF(card.left() + 2, card.top() + 6, 3, card.height() - 12)), 1.5, 1.5);
    QStyleOptionButton box;
    box.rect = checkBox(option);
    box.palette = palette;
    box.state = QStyle::State_Enabled
        | (index.data(Qt::CheckStateRole).toInt() == Qt::Checked ? QStyle::State_On
                                                                 : QStyle::State_Off);
    QApplication::style()->drawPrimitive(QStyle::PE_IndicatorCheckBox, &box, painter);

    const QFont small = theme::small(option.font);
    const QFontMetricsF nameMetrics(option.font);
    const QFontMetricsF smallMetrics(small);
    const qreal left = option.rect.left() + theme::kGroups + box.rect.width() + theme::kRelated;
    const qreal width = card.right() - theme::kRelated - left;
    const qreal top = card.center().y() - (nameMetrics.height() + smallMetrics.height()) / 2;
    painter->setFont(option.font);
    painter->setPen(palette.color(QPalette::Text));
    painter->drawText(placed(QRectF(left, top, width, nameMetrics.height())), Qt::AlignVCenter,
        theme::isolated(nameMetrics.elidedText(index.data().toString(), Qt::ElideRight, width),
            option.direction));
    painter->setFont(small);
    const bool wrong = index.data(AccountRole::Error).isValid();
    painter->setPen(wrong ? theme::danger(palette) : theme::muted(palette));
    painter->drawText(
        placed(QRectF(left, top + nameMetrics.height(), width, smallMetrics.height())),
        Qt::AlignVCenter,
        smallMetrics.elidedText(
            index.data(AccountRole::StateText).toString(), Qt::ElideRight, width));
    painter->restore();
}

QSize AccountDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return { 200,
        std::max(48,
            QFontMetrics(option.font).height() + QFontMetrics(theme::small(option.font)).height()
                + 14) };
}

bool AccountDelegate::editorEvent(QEvent *event, QAbstractItemModel *model,
    const QStyleOptionViewItem &option, const QModelIndex &index)
{
    const auto toggle = [&] {
        const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        return model->setData(index, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
    };
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto *const mouse = static_cast<QMouseEvent *>(event);
        if (checkBox(option).adjusted(-6, -6, 6, 6).contains(mouse->position().toPoint())) {
            return toggle();
        }
    } else if (event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Space) {
        return toggle();
    }
    return false;
}

} // namespace linchpin
