// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/presence.h"

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QRectF>

class QPainter;

namespace linchpin::theme {

// The grid (docs/look.md): multiples of 4; in device-independent pixels.
constexpr int kUnit = 4;
constexpr int kRelated = 8; ///< between related things
constexpr int kGroups = 16; ///< between groups
constexpr int kEdge = 24; ///< at a page's edge
constexpr int kAccountColors = 10;

enum class Scheme { System, Light, Dark };
/// Sets the application's palette; System takes the desktop's where it has one.
void apply(Scheme scheme);
bool isDark(const QPalette &palette);

// Three sizes only; weight and colour carry the rest.
QFont small(const QFont &body);
QFont title(const QFont &body);
QFont strong(QFont font);

/// Text that steps back (times, notes); at least 4.5:1 on Base.
QColor muted(const QPalette &palette);
QColor separator(const QPalette &palette);
QColor danger(const QPalette &palette); ///< for what needs an action
QColor hover(const QPalette &palette);
QColor accent(const QPalette &palette); ///< areas; text on it is onAccent()
QColor accentText(const QPalette &palette); ///< words in the accent's hue
QColor selection(const QPalette &palette); ///< behind a selected row: all other colours stay
QColor mention(const QPalette &palette); ///< behind a message that names the reader
QColor found(const QPalette &palette); ///< behind a word that was searched for
QColor urgent(); ///< a badge for what names the reader; text on it is onAccent()
QColor onAccent(const QPalette &palette);
QColor ownBubble(const QPalette &palette);
QColor otherBubble(const QPalette &palette);
QColor link(const QPalette &palette);
/// One of the account colours, chosen for contrast in the palette's scheme.
QColor account(int index, const QPalette &palette);
/// A stable colour for a name (avatars, nicks in rooms).
QColor person(const QString &name, const QPalette &palette);
QColor presence(Availability availability, const QPalette &palette);

/// Presence by shape and colour: disc, disc with bar, disc with minus, crescent, ring, dotted ring.
void paintPresence(
    QPainter &painter, const QRectF &box, Availability availability, const QPalette &palette);
/// The disc behind a person's initials, and the initials.
QColor avatarDisc(const QColor &person, const QPalette &palette);
QColor avatarLetters(const QColor &person, const QPalette &palette);
/// Where a box laid out from the left comes to lie in a row that is read in this direction.
QRectF placed(const QRectF &box, const QRectF &row, Qt::LayoutDirection direction);
/// Words of others in a line that is read from right to left: their own order stays theirs
/// (Unicode Standard Annex 9, isolates).
QString isolated(const QString &text, Qt::LayoutDirection direction);
/// The ground of a list's row. A selected one is tinted, not filled: the colours of accounts,
/// presence and people on it keep their meaning.
void paintRow(QPainter &painter, const QRectF &card, const QPalette &palette, bool selected,
    bool hovered, bool focus);
/// A round picture, or the initials on the person's colour.
void paintAvatar(QPainter &painter, const QRectF &box, const QByteArray &image, const QString &name,
    const QPalette &palette, const QFont &font);
/// A rounded count ("3", "99+"); its width for a given height.
qreal badgeWidth(int count, qreal height, const QFont &font);
void paintBadge(QPainter &painter, const QRectF &box, int count, bool mention,
    const QPalette &palette, const QFont &font);

QString initials(const QString &name);

} // namespace linchpin::theme
