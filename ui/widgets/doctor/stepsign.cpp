// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/doctor/stepsign.h"

#include "ui/widgets/common/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

namespace linchpin {

namespace {

/// On a grid of 24, as the icons are.
void drawTick(QPainter &painter, const QColor &color)
{
    painter.setPen(QPen(color, 2.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF { { 4.5, 12.5 }, { 9.5, 17.5 }, { 19.5, 7 } });
}

void drawTriangle(QPainter &painter, const QColor &color, const QColor &ground)
{
    QPainterPath path;
    path.moveTo(12, 3.5);
    path.lineTo(22, 20.5);
    path.lineTo(2, 20.5);
    path.closeSubpath();
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(color);
    painter.drawPath(path);
    painter.setPen(QPen(ground, 2.4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(12, 9.5), QPointF(12, 14));
    painter.drawPoint(QPointF(12, 17.6));
}

void drawCross(QPainter &painter, const QColor &color, const QColor &ground)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QPointF(12, 12), 10.5, 10.5);
    painter.setPen(QPen(ground, 2.6, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(8, 8), QPointF(16, 16));
    painter.drawLine(QPointF(16, 8), QPointF(8, 16));
}

void drawDash(QPainter &painter, const QColor &color)
{
    painter.setPen(QPen(color, 2.6, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(6, 12), QPointF(18, 12));
}

} // namespace

QIcon stepSign(Finding::State state, const QPalette &palette, int size, qreal ratio)
{
    QPixmap pixmap((QSizeF(size, size) * ratio).toSize());
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(size / 24.0, size / 24.0);
    const QColor ground = palette.color(QPalette::Base);
    switch (state) {
    case Finding::State::Ok:
        drawTick(painter, theme::presence(Availability::Available, palette));
        break;
    case Finding::State::Warning:
        drawTriangle(painter, theme::presence(Availability::Away, palette), ground);
        break;
    case Finding::State::Failed:
        drawCross(painter, theme::danger(palette), ground);
        break;
    case Finding::State::Skipped:
        drawDash(painter, theme::muted(palette));
        break;
    }
    painter.end();
    QIcon icon(pixmap);
    icon.addPixmap(pixmap, QIcon::Selected); // its colours stay
    return icon;
}

QString wordOfState(Finding::State state)
{
    switch (state) {
    case Finding::State::Ok:
        return QCoreApplication::translate("linchpin::DoctorDialog", "Works");
    case Finding::State::Warning:
        return QCoreApplication::translate("linchpin::DoctorDialog", "Warning");
    case Finding::State::Failed:
        return QCoreApplication::translate("linchpin::DoctorDialog", "Failed");
    case Finding::State::Skipped:
        break;
    }
    return QCoreApplication::translate("linchpin::DoctorDialog", "Skipped");
}

} // namespace linchpin
