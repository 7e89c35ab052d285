// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/messagelistmodel.h"
#include "core/sdk/richtext.h"

#include <QFont>
#include <QModelIndex>
#include <QPalette>
#include <QRectF>
#include <QTextLayout>

#include <functional>
#include <memory>

class QPainter;

namespace linchpin {

/// How messages look.
enum class MessageStyle { Bubbles, Lines };

/// A part of a message's text, as UTF-16 positions; empty when start == end.
struct TextSelection {
    int start = 0;
    int end = 0;
};

/// The geometry of one row of the message view for one width, and its painting. Made from the
/// model's roles alone; cached by the delegate.
class MessageLayout {
public:
    struct Look {
        MessageStyle style = MessageStyle::Bubbles;
        QFont font;
        bool showAvatars = true;
        Qt::LayoutDirection direction = Qt::LeftToRight; ///< of the window, not of the text
        bool showNames = true; ///< over bubbles; not needed where there is only one other
        /// What an author is called; empty or without: as the message has it.
        std::function<QString(const QModelIndex &)> name;
        QString highlight; ///< word to mark (search within); empty = none
    };

    MessageLayout(const QModelIndex &index, int width, const Look &look);

    int height() const { return m_height; }
    void paint(QPainter &painter, const QPoint &at, const QPalette &palette,
        const TextSelection &selection, bool hovered, bool current, const QByteArray &avatar) const;

    /// Position in the text under a point (relative to the row), or -1 beside it.
    int textPosition(const QPointF &point, bool nearest) const;
    QUrl linkAt(const QPointF &point) const;
    /// The "not delivered — Retry" line under a failed message.
    bool isRetryAt(const QPointF &point) const { return m_failure.contains(point); }
    const QString &text() const { return m_text; }
    QRectF bubble() const { return m_bubble; }

private:
    void layOutLine(int width, const Look &look);
    void layOutMessage(int width, const Look &look);
    void mirror();
    QList<QTextLayout::FormatRange> formats(const QPalette &palette) const;
    void paintLine(QPainter &painter, const QPoint &at, const QPalette &palette) const;
    void paintMark(QPainter &painter, const QRectF &box, const QPalette &palette) const;

    MessageRow m_kind;
    RichText m_body;
    QString m_text;
    QList<LinkRange> m_links;
    QString m_name;
    QString m_time;
    QString m_highlight;
    QString m_failureText;
    bool m_waiting = false; ///< for its recipient to come back
    QString m_quote;
    MessageKind m_messageKind = MessageKind::Chat;
    DeliveryState m_delivery = DeliveryState::None;
    bool m_own = false;
    bool m_first = true;
    bool m_last = true;
    bool m_mention = false;
    bool m_retracted = false;
    bool m_showMark = false;
    MessageStyle m_style = MessageStyle::Bubbles;
    QFont m_font;
    std::shared_ptr<QTextLayout> m_layout;
    int m_height = 0;
    bool m_mirrored = false;
    int m_width = 0;
    QRectF m_bubble;
    QRectF m_textBox;
    QRectF m_nameBox;
    QRectF m_timeBox;
    QRectF m_markBox;
    QRectF m_avatarBox;
    QRectF m_failure;
    QRectF m_quoteBox;
};

} // namespace linchpin
