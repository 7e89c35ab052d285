// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/contactdelegate.h"

#include "core/models/roles.h"
#include "core/sdk/presence.h"
#include "ui/presenters/timetext.h"
#include "ui/widgets/common/theme.h"

#include <QPainter>
#include <QTreeView>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kComfortable = 44;
constexpr int kCompact = 28;
constexpr int kGroupRow = 28;
constexpr int kStripe = 3;

} // namespace

ContactDelegate::ContactDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

QSize ContactDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int line = QFontMetrics(option.font).height();
    const int small = QFontMetrics(theme::small(option.font)).height();
    if (index.data(ContactRole::IsGroup).toBool()) {
        return { 80, std::max(kGroupRow, line + theme::kRelated) };
    }
    return { 80,
        m_compact ? std::max(kCompact, line + theme::kRelated)
                  : std::max(kComfortable, line + small + theme::kRelated) };
}

void ContactDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (index.data(ContactRole::IsGroup).toBool()) {
        paintGroup(*painter, option, index);
    } else {
        paintPerson(*painter, option, index);
    }
    painter->restore();
}

void ContactDelegate::paintGroup(
    QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool selected = option.state.testFlag(QStyle::State_Selected)
        && option.state.testFlag(QStyle::State_HasFocus);
    const QRect row = option.rect.adjusted(theme::kRelated, 0, -theme::kRelated, 0);
    const QColor color = theme::muted(option.palette);
    const auto *const view = qobject_cast<const QTreeView *>(option.widget);
    const bool open = view && view->isExpanded(index);
    // The branch mark: a chevron, 12 px.
    const QPointF c(row.left() + 8, row.center().y() + 0.5);
    painter.setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(open
            ? QPolygonF { c + QPointF(-4, -2), c + QPointF(0, 2), c + QPointF(4, -2) }
            : QPolygonF { c + QPointF(-2, -4), c + QPointF(2, 0), c + QPointF(-2, 4) });
    const QFont font = theme::strong(theme::small(option.font));
    painter.setFont(font);
    const QString count = u"%1/%2"_s.arg(index.data(ContactRole::GroupOnline).toInt())
                              .arg(index.data(ContactRole::GroupTotal).toInt());
    const QFont countFont = theme::small(option.font);
    const int countWidth = QFontMetrics(countFont).horizontalAdvance(count);
    const QRect name = row.adjusted(20, 0, -countWidth - theme::kRelated, 0);
    painter.setPen(selected ? theme::accent(option.palette) : color);
    painter.drawText(name, Qt::AlignVCenter,
        QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, name.width()));
    painter.setFont(countFont);
    painter.setPen(color);
    painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight, count);
}

void ContactDelegate::paintPerson(
    QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QPalette &palette = option.palette;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRectF card = QRectF(option.rect).adjusted(theme::kUnit, 1, -theme::kUnit, -1);
    if (selected || option.state.testFlag(QStyle::State_MouseOver)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(selected ? theme::accent(palette) : theme::hover(palette));
        painter.drawRoundedRect(card, 6, 6);
    }
    const QColor textColor = selected ? theme::onAccent(palette) : palette.color(QPalette::Text);
    const QColor mutedColor = selected ? theme::onAccent(palette) : theme::muted(palette);
    const auto availability
        = static_cast<Availability>(index.data(ContactRole::Availability).toInt());
    const bool online = availability > Availability::Invisible;
    const QString name = index.data().toString();

    // The accounts: a stripe at the edge, halved when the person has several.
    const auto colors = index.data(ContactRole::AccountColors).value<QList<int>>();
    if (!colors.isEmpty()) {
        const qreal height = (card.height() - 12) / static_cast<qreal>(colors.size());
        painter.setPen(Qt::NoPen);
        for (qsizetype i = 0; i < colors.size(); ++i) {
            painter.setBrush(theme::account(colors.at(i), palette));
            painter.drawRoundedRect(
                QRectF(card.left() + 2, card.top() + 6 + height * static_cast<qreal>(i), kStripe,
                    height - (i + 1 < colors.size() ? 1 : 0)),
                1.5, 1.5);
        }
    }
    const qreal picture = m_compact ? 20 : 32;
    const QRectF avatar(
        card.left() + theme::kRelated + kStripe, card.center().y() - picture / 2, picture, picture);
    qreal textLeft = avatar.right() + theme::kRelated;
    if (m_compact) {
        theme::paintPresence(painter, QRectF(avatar.left() + 3, avatar.center().y() - 6, 12, 12),
            availability, palette);
        textLeft = avatar.left() + 12 + theme::kRelated + 2;
    } else {
        painter.setOpacity(online || selected ? 1.0 : 0.6);
        theme::paintAvatar(painter, avatar, index.data(ContactRole::Avatar).toByteArray(), name,
            palette, option.font);
        painter.setOpacity(1.0);
        const QRectF dot(avatar.right() - 10, avatar.bottom() - 10, 12, 12);
        painter.setPen(Qt::NoPen);
        painter.setBrush(selected ? theme::accent(palette) : palette.color(QPalette::Base));
        painter.drawEllipse(dot.adjusted(-2, -2, 2, 2));
        if (selected) {
            QPalette light = palette;
            light.setColor(QPalette::Base, theme::accent(palette));
            painter.setBrush(theme::onAccent(palette));
            painter.drawEllipse(dot.adjusted(-1, -1, 1, 1));
            light.setColor(QPalette::Base, theme::onAccent(palette));
            light.setColor(QPalette::Text, 0x1c2128);
            theme::paintPresence(painter, dot.adjusted(1, 1, -1, -1), availability, light);
        } else {
            theme::paintPresence(painter, dot, availability, palette);
        }
    }
    qreal right = card.right() - theme::kRelated;
    const int unread = index.data(ContactRole::Unread).toInt();
    if (unread > 0) {
        const qreal height = QFontMetricsF(theme::small(option.font)).height() + 2;
        const qreal width = theme::badgeWidth(unread, height, option.font);
        theme::paintBadge(painter,
            QRectF(right - width, card.center().y() - height / 2, width, height), unread, false,
            palette, option.font);
        right -= width + theme::kRelated;
    }
    QString note = index.data(ContactRole::Activity).toString();
    const QString own = index.data(ContactRole::Note).toString().simplified();
    note = note.isEmpty() || own.isEmpty() ? note + own : note + u" · "_s + own;
    const QDateTime idle = index.data(ContactRole::IdleSince).toDateTime();
    if (note.isEmpty() && idle.isValid()) {
        note = idleText(idle, QDateTime::currentDateTimeUtc());
    }
    if (index.data(ContactRole::Blocked).toBool()) {
        note = tr("Blocked");
    } else if (index.data(ContactRole::Pending).toBool()) {
        note = tr("Waiting for their consent");
    }
    const QFont nameFont = unread > 0 ? theme::strong(option.font) : option.font;
    const QFont noteFont = theme::small(option.font);
    const QRectF texts(textLeft, card.top(), right - textLeft, card.height());
    painter.setFont(nameFont);
    painter.setPen(online || selected || unread > 0 ? textColor : mutedColor);
    const QFontMetricsF nameMetrics(nameFont);
    if (m_compact || note.isEmpty()) {
        const QString shown = nameMetrics.elidedText(name, Qt::ElideRight, texts.width());
        painter.drawText(texts, Qt::AlignVCenter, shown);
        if (m_compact && !note.isEmpty()) {
            const qreal used = nameMetrics.horizontalAdvance(shown) + theme::kRelated;
            painter.setFont(noteFont);
            painter.setPen(mutedColor);
            painter.drawText(texts.adjusted(used, 0, 0, 0), Qt::AlignVCenter,
                QFontMetricsF(noteFont).elidedText(note, Qt::ElideRight, texts.width() - used));
        }
        return;
    }
    const QFontMetricsF noteMetrics(noteFont);
    const qreal block = nameMetrics.height() + noteMetrics.height();
    const qreal top = texts.center().y() - block / 2;
    painter.drawText(QRectF(textLeft, top, texts.width(), nameMetrics.height()), Qt::AlignVCenter,
        nameMetrics.elidedText(name, Qt::ElideRight, texts.width()));
    painter.setFont(noteFont);
    painter.setPen(mutedColor);
    painter.drawText(
        QRectF(textLeft, top + nameMetrics.height(), texts.width(), noteMetrics.height()),
        Qt::AlignVCenter, noteMetrics.elidedText(note, Qt::ElideRight, texts.width()));
}

} // namespace linchpin
