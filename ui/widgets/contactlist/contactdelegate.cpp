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
    // Asked for every row of the list whenever rows are laid out.
    if (m_measured != option.font || m_line == 0) {
        m_measured = option.font;
        m_line = QFontMetrics(option.font).height();
        m_small = QFontMetrics(theme::small(option.font)).height();
    }
    const int line = m_line;
    const int small = m_small;
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
    const bool mirrored = option.direction == Qt::RightToLeft;
    const QColor color = theme::muted(option.palette);
    const auto *const view = qobject_cast<const QTreeView *>(option.widget);
    const bool open = view && view->isExpanded(index);
    // The branch mark: a chevron, 12 px.
    const QPointF c(mirrored ? row.right() - 8 : row.left() + 8, row.center().y() + 0.5);
    const qreal tip = mirrored ? -2 : 2;
    painter.setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(open
            ? QPolygonF { c + QPointF(-4, -2), c + QPointF(0, 2), c + QPointF(4, -2) }
            : QPolygonF { c + QPointF(-tip, -4), c + QPointF(tip, 0), c + QPointF(-tip, 4) });
    const QFont font = theme::strong(theme::small(option.font));
    painter.setFont(font);
    const QString count = u"%1/%2"_s.arg(index.data(ContactRole::GroupOnline).toInt())
                              .arg(index.data(ContactRole::GroupTotal).toInt());
    const QFont countFont = theme::small(option.font);
    const int countWidth = QFontMetrics(countFont).horizontalAdvance(count);
    const QRectF name = theme::placed(
        row.adjusted(20, 0, -countWidth - theme::kRelated, 0), row, option.direction);
    painter.setPen(selected ? theme::accentText(option.palette) : color);
    painter.drawText(name, Qt::AlignVCenter,
        QFontMetrics(font).elidedText(
            index.data().toString(), Qt::ElideRight, static_cast<int>(name.width())));
    painter.setFont(countFont);
    painter.setPen(color);
    painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight, count);
}

void ContactDelegate::paintPerson(
    QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QPalette &palette = option.palette;
    const bool focus = option.state.testFlag(QStyle::State_Selected)
        && (m_selecting || option.state.testFlag(QStyle::State_HasFocus));
    const auto person = index.data(ContactRole::PersonId).value<PersonId>();
    const bool selected = focus || (!m_shown.isNull() && person == m_shown);
    const QRectF card = QRectF(option.rect).adjusted(theme::kUnit, 1, -theme::kUnit, -1);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    theme::paintRow(painter, card, palette, selected, hovered, focus);
    const auto placed
        = [&](const QRectF &box) { return theme::placed(box, card, option.direction); };
    const QColor textColor = palette.color(QPalette::Text);
    const QColor mutedColor = theme::muted(palette);
    QPalette ground = palette; // what shows through the signs of presence
    ground.setColor(QPalette::Base,
        selected      ? theme::selection(palette)
            : hovered ? theme::hover(palette)
                      : palette.color(QPalette::Base));
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
                placed(QRectF(card.left() + 2, card.top() + 6 + height * static_cast<qreal>(i),
                    kStripe, height - (i + 1 < colors.size() ? 1 : 0))),
                1.5, 1.5);
        }
    }
    const qreal picture = m_compact ? 20 : 32;
    const QRectF avatar(
        card.left() + theme::kRelated + kStripe, card.center().y() - picture / 2, picture, picture);
    qreal textLeft = avatar.right() + theme::kRelated;
    if (m_compact) {
        theme::paintPresence(painter,
            placed(QRectF(avatar.left() + 3, avatar.center().y() - 6, 12, 12)), availability,
            ground);
        textLeft = avatar.left() + 12 + theme::kRelated + 2;
    } else {
        painter.setOpacity(online || selected ? 1.0 : 0.6);
        theme::paintAvatar(painter, placed(avatar), index.data(ContactRole::Avatar).toByteArray(),
            name, palette, option.font);
        painter.setOpacity(1.0);
        const QRectF dot = placed(QRectF(avatar.right() - 10, avatar.bottom() - 10, 12, 12));
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground.color(QPalette::Base));
        painter.drawEllipse(dot.adjusted(-2, -2, 2, 2));
        theme::paintPresence(painter, dot, availability, ground);
    }
    qreal right = card.right() - theme::kRelated;
    const int unread = index.data(ContactRole::Unread).toInt();
    if (unread > 0) {
        const qreal height = QFontMetricsF(theme::small(option.font)).height() + 2;
        const qreal width = theme::badgeWidth(unread, height, option.font);
        theme::paintBadge(painter,
            placed(QRectF(right - width, card.center().y() - height / 2, width, height)), unread,
            false, palette, option.font);
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
    const QRectF texts = placed(QRectF(textLeft, card.top(), right - textLeft, card.height()));
    const bool mirrored = option.direction == Qt::RightToLeft;
    painter.setFont(nameFont);
    painter.setPen(online || selected || unread > 0 ? textColor : mutedColor);
    const QFontMetricsF nameMetrics(nameFont);
    if (m_compact || note.isEmpty()) {
        const QString shown = nameMetrics.elidedText(name, Qt::ElideRight, texts.width());
        painter.drawText(texts, Qt::AlignVCenter, theme::isolated(shown, option.direction));
        if (m_compact && !note.isEmpty()) {
            const qreal used = nameMetrics.horizontalAdvance(shown) + theme::kRelated;
            painter.setFont(noteFont);
            painter.setPen(mutedColor);
            painter.drawText(texts.adjusted(mirrored ? 0 : used, 0, mirrored ? -used : 0, 0),
                Qt::AlignVCenter,
                theme::isolated(
                    QFontMetricsF(noteFont).elidedText(note, Qt::ElideRight, texts.width() - used),
                    option.direction));
        }
        return;
    }
    const QFontMetricsF noteMetrics(noteFont);
    const qreal block = nameMetrics.height() + noteMetrics.height();
    const qreal top = texts.center().y() - block / 2;
    painter.drawText(QRectF(texts.left(), top, texts.width(), nameMetrics.height()),
        Qt::AlignVCenter,
        theme::isolated(
            nameMetrics.elidedText(name, Qt::ElideRight, texts.width()), option.direction));
    painter.setFont(noteFont);
    painter.setPen(mutedColor);
    painter.drawText(
        QRectF(texts.left(), top + nameMetrics.height(), texts.width(), noteMetrics.height()),
        Qt::AlignVCenter,
        theme::isolated(
            noteMetrics.elidedText(note, Qt::ElideRight, texts.width()), option.direction));
}

} // namespace linchpin
