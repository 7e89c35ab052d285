// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/iconset.h"

#include "ui/widgets/common/theme.h"

#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::icons {

namespace {

QByteArray svg(const QString &name)
{
    QFile file(u":/icons/"_s + name + u".svg"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Signs that point somewhere point the other way where one reads from right to left.
bool isMirrored(const QString &name)
{
    static const QStringList kDirected { u"back"_s, u"chevron-right"_s, u"leave"_s, u"reply"_s,
        u"send"_s };
    return QApplication::layoutDirection() == Qt::RightToLeft && kDirected.contains(name);
}

/// Draws a symbolic SVG in the colour that the palette has at the time of painting.
class SymbolicEngine : public QIconEngine {
public:
    explicit SymbolicEngine(QString name)
        : m_name(std::move(name))
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        if (m_svg.isEmpty()) {
            m_svg = svg(m_name);
        }
        const QPalette palette = QApplication::palette();
        const QColor color = mode == QIcon::Disabled
            ? palette.color(QPalette::Disabled, QPalette::ButtonText)
            : mode == QIcon::Selected ? palette.color(QPalette::HighlightedText)
                                      : palette.color(QPalette::ButtonText);
        QByteArray colored = m_svg;
        colored.replace("currentColor", color.name().toLatin1());
        QSvgRenderer renderer(colored);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        painter->save();
        if (isMirrored(m_name)) {
            painter->translate(rect.left() + rect.right() + 1, 0);
            painter->scale(-1, 1);
        }
        renderer.render(painter, rect);
        painter->restore();
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(
        const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        // The size is in device-independent pixels.
        const QSize pixels = (QSizeF(size) * std::max<qreal>(1, scale)).toSize();
        const QString key = u"symbolic/%1/%2/%3/%4/%5"_s.arg(m_name)
                                .arg(pixels.width())
                                .arg(static_cast<int>(mode))
                                .arg(QApplication::palette().cacheKey())
                                .arg(isMirrored(m_name));
        QPixmap pixmap;
        if (!QPixmapCache::find(key, &pixmap)) {
            pixmap = QPixmap(pixels);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            paint(&painter, QRect(QPoint(0, 0), pixels), mode, state);
            painter.end();
            QPixmapCache::insert(key, pixmap);
        }
        return pixmap;
    }

    QIconEngine *clone() const override { return new SymbolicEngine(m_name); }
    QString key() const override { return u"linchpin-symbolic"_s; }
    bool isNull() override { return false; }

private:
    QString m_name;
    QByteArray m_svg;
};

} // namespace

QIcon icon(const QString &name)
{
    return QIcon(new SymbolicEngine(name)); // QIcon owns the engine
}

QIcon application()
{
    QIcon icon;
    QSvgRenderer renderer(svg(u"linchpin"_s));
    for (const int side : { 16, 22, 24, 32, 48, 64, 128 }) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

QIcon presence(Availability availability)
{
    QIcon icon;
    for (const int side : { 16, 32, 48 }) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        const qreal margin = side / 6.0;
        theme::paintPresence(painter, QRectF(margin, margin, side - 2 * margin, side - 2 * margin),
            availability, QApplication::palette());
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

QIcon tray(int availability, int unread)
{
    QIcon icon;
    QSvgRenderer renderer(svg(u"linchpin"_s));
    const QPalette palette = QApplication::palette();
    for (const int side : { 16, 22, 32, 48 }) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        const qreal dot = side * 0.46;
        const QRectF corner(side - dot, side - dot, dot, dot);
        if (unread > 0) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(QColor(0xc2372b));
            const QRectF badge(side * 0.36, side * 0.36, side * 0.64, side * 0.64);
            painter.drawEllipse(badge);
            QFont font = QApplication::font();
            font.setBold(true);
            font.setPixelSize(std::max(7, static_cast<int>(side * (unread > 9 ? 0.38 : 0.5))));
            painter.setFont(font);
            painter.setPen(Qt::white);
            painter.drawText(
                badge, Qt::AlignCenter, unread > 9 ? u"9+"_s : QString::number(unread));
        } else {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette.color(QPalette::Base));
            painter.drawEllipse(corner.adjusted(-1, -1, 1, 1));
            theme::paintPresence(painter, corner, static_cast<Availability>(availability), palette);
        }
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace linchpin::icons
