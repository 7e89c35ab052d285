// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/theme.h"

#include <QApplication>
#include <QCache>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QStyleHints>
#include <QTextBoundaryFinder>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace linchpin::theme {

namespace {

constexpr int kLargestImage = 1024; // pixels a side; larger avatars are not decoded at full size

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto mix = [share](double x, double y) { return x * (1 - share) + y * share; };
    return QColor::fromRgbF(static_cast<float>(mix(a.redF(), b.redF())),
        static_cast<float>(mix(a.greenF(), b.greenF())),
        static_cast<float>(mix(a.blueF(), b.blueF())));
}

QPalette lightPalette()
{
    QPalette p;
    p.setColor(QPalette::Window, 0xf4f5f7);
    p.setColor(QPalette::WindowText, 0x1c2128);
    p.setColor(QPalette::Base, 0xffffff);
    p.setColor(QPalette::AlternateBase, 0xf4f5f7);
    p.setColor(QPalette::Text, 0x1c2128);
    p.setColor(QPalette::Button, 0xffffff);
    p.setColor(QPalette::ButtonText, 0x1c2128);
    p.setColor(QPalette::BrightText, 0xffffff);
    p.setColor(QPalette::Highlight, 0x2563c9);
    p.setColor(QPalette::HighlightedText, 0xffffff);
    p.setColor(QPalette::Accent, 0x1f5abc);
    p.setColor(QPalette::Link, 0x1d56b0);
    p.setColor(QPalette::LinkVisited, 0x6b4aa8);
    p.setColor(QPalette::ToolTipBase, 0x2b313a);
    p.setColor(QPalette::ToolTipText, 0xf2f4f7);
    p.setColor(QPalette::PlaceholderText, 0x606975);
    p.setColor(QPalette::Light, 0xffffff);
    p.setColor(QPalette::Midlight, 0xeceef1);
    p.setColor(QPalette::Mid, 0xc9ced6);
    p.setColor(QPalette::Dark, 0xa9b0ba);
    p.setColor(QPalette::Shadow, 0x6b7280);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText }) {
        p.setColor(QPalette::Disabled, role, 0x949ba6);
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, 0xc9ced6);
    return p;
}

QPalette darkPalette()
{
    QPalette p;
    p.setColor(QPalette::Window, 0x1e2227);
    p.setColor(QPalette::WindowText, 0xe4e7eb);
    p.setColor(QPalette::Base, 0x16191d);
    p.setColor(QPalette::AlternateBase, 0x1e2227);
    p.setColor(QPalette::Text, 0xe4e7eb);
    p.setColor(QPalette::Button, 0x2a2f36);
    p.setColor(QPalette::ButtonText, 0xe4e7eb);
    p.setColor(QPalette::BrightText, 0xffffff);
    p.setColor(QPalette::Highlight, 0x336fd0);
    p.setColor(QPalette::HighlightedText, 0xffffff);
    p.setColor(QPalette::Accent, 0x6ea3f5);
    p.setColor(QPalette::Link, 0x84b2fa);
    p.setColor(QPalette::LinkVisited, 0xb59cf0);
    p.setColor(QPalette::ToolTipBase, 0x353b44);
    p.setColor(QPalette::ToolTipText, 0xf2f4f7);
    p.setColor(QPalette::PlaceholderText, 0x8d96a3);
    p.setColor(QPalette::Light, 0x3a4049);
    p.setColor(QPalette::Midlight, 0x2f353d);
    p.setColor(QPalette::Mid, 0x4a525d);
    p.setColor(QPalette::Dark, 0x101215);
    p.setColor(QPalette::Shadow, Qt::black);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText }) {
        p.setColor(QPalette::Disabled, role, 0x6d7580);
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, 0x3a4049);
    return p;
}

} // namespace

void apply(Scheme scheme)
{
    const bool desktopDark = QApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
    const bool dark = scheme == Scheme::Dark || (scheme == Scheme::System && desktopDark);
    QApplication::setPalette(dark ? darkPalette() : lightPalette());
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Base).lightnessF() < 0.5F;
}

QFont small(const QFont &body)
{
    QFont font = body;
    font.setPointSizeF(body.pointSizeF() * 0.85);
    return font;
}

QFont title(const QFont &body)
{
    QFont font = body;
    font.setPointSizeF(body.pointSizeF() * 1.25);
    return font;
}

QFont strong(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

QColor muted(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.3);
}

QColor separator(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.88);
}

QColor danger(const QPalette &palette)
{
    return isDark(palette) ? QColor(0xff, 0x8a, 0x80) : QColor(0xb3, 0x26, 0x1e);
}

QColor hover(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.94);
}

QColor accent(const QPalette &palette)
{
    return palette.color(QPalette::Highlight);
}
QColor onAccent(const QPalette &palette)
{
    return palette.color(QPalette::HighlightedText);
}

QColor ownBubble(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Base), accent(palette), isDark(palette) ? 0.28 : 0.12);
}

QColor otherBubble(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Base), palette.color(QPalette::Text),
        isDark(palette) ? 0.09 : 0.055);
}

QColor accentText(const QPalette &palette)
{
    return palette.color(QPalette::Accent);
}

QColor selection(const QPalette &palette)
{
    return mixed(palette.color(QPalette::Base), accent(palette), isDark(palette) ? 0.28 : 0.12);
}

QColor mention(const QPalette &palette)
{
    return QColor(isDark(palette) ? 0x3b3113 : 0xfff3cf);
}

QColor found(const QPalette &palette)
{
    return QColor(isDark(palette) ? 0x544000 : 0xffe9a8);
}

QColor urgent()
{
    return QColor(0xb3261e);
}

QColor link(const QPalette &palette)
{
    return palette.color(QPalette::Link);
}

QColor account(int index, const QPalette &palette)
{
    // Light and dark variants of the same hues. Names are written in them, so each has 4.5:1 on all
    // that a name may lie on.
    static constexpr std::array<std::pair<QRgb, QRgb>, kAccountColors> kColors { {
        { 0xff1f5abc, 0xff6ea3f5 },
        { 0xff0c6b5e, 0xff45c4ae },
        { 0xff9c4708, 0xfff0a35e },
        { 0xff7a3fb8, 0xffbd93f0 },
        { 0xffb3265f, 0xfff283ac },
        { 0xff446e0c, 0xff9fd05a },
        { 0xff0b6580, 0xff4fc3df },
        { 0xff7d5200, 0xffe3bd4f },
        { 0xff9f2d20, 0xfff0897c },
        { 0xff4b5563, 0xffaab4c2 },
    } };
    const auto &[light, dark] = kColors.at(
        static_cast<std::size_t>(((index % kAccountColors) + kAccountColors) % kAccountColors));
    return QColor(isDark(palette) ? dark : light);
}

QColor person(const QString &name, const QPalette &palette)
{
    // FNV-1a: the same in every run, which qHash() is not.
    quint32 hash = 2166136261U;
    for (const char byte : name.toCaseFolded().toUtf8()) {
        hash = (hash ^ static_cast<quint8>(byte)) * 16777619U;
    }
    return account(static_cast<int>(hash % kAccountColors), palette);
}

QColor presence(Availability availability, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (availability) {
    case Availability::Available:
        return QColor(dark ? 0x57c774 : 0x1f8a3b);
    case Availability::Busy:
    case Availability::DoNotDisturb:
        return QColor(dark ? 0xf2756a : 0xc2372b);
    case Availability::Away:
        return QColor(dark ? 0xe6b450 : 0xa86e00);
    case Availability::Invisible:
    case Availability::Offline:
    case Availability::Unknown:
        return muted(palette);
    }
    return muted(palette);
}

void paintPresence(
    QPainter &painter, const QRectF &box, Availability availability, const QPalette &palette)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = presence(availability, palette);
    const qreal side = std::min(box.width(), box.height());
    const QRectF disc(box.center().x() - side / 2, box.center().y() - side / 2, side, side);
    const qreal stroke = std::max<qreal>(1.4, side / 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const QColor hole = palette.color(QPalette::Base);
    switch (availability) {
    case Availability::Available:
        painter.drawEllipse(disc);
        break;
    case Availability::Busy: { // a disc with an upright bar
        painter.drawEllipse(disc);
        painter.setBrush(hole);
        painter.drawRoundedRect(
            QRectF(disc.center().x() - stroke / 2, disc.top() + side * 0.24, stroke, side * 0.52),
            stroke / 2, stroke / 2);
        break;
    }
    case Availability::DoNotDisturb: // a disc with a minus
        painter.drawEllipse(disc);
        painter.setBrush(hole);
        painter.drawRoundedRect(
            QRectF(disc.left() + side * 0.22, disc.center().y() - stroke / 2, side * 0.56, stroke),
            stroke / 2, stroke / 2);
        break;
    case Availability::Away: { // a crescent
        QPainterPath moon;
        moon.addEllipse(disc);
        QPainterPath shade;
        shade.addEllipse(disc.translated(side * 0.36, -side * 0.14));
        painter.drawPath(moon.subtracted(shade));
        break;
    }
    case Availability::Invisible:
    case Availability::Offline:
    case Availability::Unknown: {
        QPen pen(color, stroke * 0.85);
        if (availability == Availability::Unknown) {
            pen.setStyle(Qt::CustomDashLine);
            pen.setDashPattern({ 0.9, 1.4 });
        }
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(disc.adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2));
        break;
    }
    }
    painter.restore();
}

QString initials(const QString &name)
{
    QString out;
    const QStringList words = name.split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, word);
        const qsizetype end = finder.toNextBoundary();
        const QString first = word.left(end);
        if (first.isEmpty() || !first.at(0).isPrint() || first.at(0).isPunct()) {
            continue;
        }
        out += first.toUpper();
        // Two signs of a script that is wide or joined do not fit, or say something else.
        const QChar::Script script = QChar::script(first.toUcs4().constFirst());
        if (script != QChar::Script_Latin && script != QChar::Script_Cyrillic
            && script != QChar::Script_Greek) {
            break;
        }
        if (words.size() < 2 || !out.isEmpty()) {
            if (out.size() > first.size()) {
                break;
            }
        }
    }
    return out.isEmpty() ? u"?"_s : out;
}

QColor avatarDisc(const QColor &person, const QPalette &palette)
{
    return mixed(palette.color(QPalette::Base), person, isDark(palette) ? 0.36 : 0.2);
}

QColor avatarLetters(const QColor &person, const QPalette &palette)
{
    return mixed(person, palette.color(QPalette::Text), isDark(palette) ? 0.5 : 0.25);
}

QRectF placed(const QRectF &box, const QRectF &row, Qt::LayoutDirection direction)
{
    return direction == Qt::RightToLeft
        ? box.translated(row.left() + row.right() - box.left() - box.right(), 0)
        : box;
}

QString isolated(const QString &text, Qt::LayoutDirection direction)
{
    return direction == Qt::RightToLeft ? QChar(0x2068) + text + QChar(0x2069) : text;
}

void paintRow(QPainter &painter, const QRectF &card, const QPalette &palette, bool selected,
    bool hovered, bool focus)
{
    if (!selected && !hovered) {
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(selected && focus ? QPen(accent(palette), 1) : QPen(Qt::NoPen));
    painter.setBrush(selected ? selection(palette) : hover(palette));
    painter.drawRoundedRect(selected && focus ? card.adjusted(0.5, 0.5, -0.5, -0.5) : card, 6, 6);
    painter.restore();
}

void paintAvatar(QPainter &painter, const QRectF &box, const QByteArray &image, const QString &name,
    const QPalette &palette, const QFont &font)
{
    static QCache<QByteArray, QImage> cache(256);
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath round;
    round.addEllipse(box);
    if (!image.isEmpty()) {
        const QImage *picture = cache.object(image);
        if (!picture) {
            auto *const loaded = new QImage(QImage::fromData(image));
            if (loaded->width() > kLargestImage || loaded->height() > kLargestImage) {
                *loaded = loaded->scaled(
                    kLargestImage, kLargestImage, Qt::KeepAspectRatio, Qt::SmoothTransformation);
            }
            cache.insert(image, loaded);
            picture = cache.object(image);
        }
        if (picture && !picture->isNull()) {
            painter.setClipPath(round);
            const int side = std::min(picture->width(), picture->height());
            painter.drawImage(box, *picture,
                QRectF(
                    (picture->width() - side) / 2.0, (picture->height() - side) / 2.0, side, side));
            painter.restore();
            return;
        }
    }
    const QColor color = person(name, palette);
    painter.setPen(Qt::NoPen);
    painter.setBrush(avatarDisc(color, palette));
    painter.drawEllipse(box);
    painter.setPen(avatarLetters(color, palette));
    QFont letters = strong(font);
    letters.setPixelSize(std::max(8, static_cast<int>(box.height() * 0.4)));
    painter.setFont(letters);
    painter.drawText(box, Qt::AlignCenter, initials(name));
    painter.restore();
}

qreal badgeWidth(int count, qreal height, const QFont &font)
{
    const QString text = count > 99 ? u"99+"_s : QString::number(count);
    return std::max(
        height, QFontMetricsF(strong(small(font))).horizontalAdvance(text) + height * 0.6);
}

void paintBadge(QPainter &painter, const QRectF &box, int count, bool mention,
    const QPalette &palette, const QFont &font)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mention ? urgent() : accent(palette));
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
    painter.setPen(onAccent(palette));
    painter.setFont(strong(small(font)));
    painter.drawText(box, Qt::AlignCenter, count > 99 ? u"99+"_s : QString::number(count));
    painter.restore();
}

} // namespace linchpin::theme
