// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/messagelayout.h"

#include "core/models/roles.h"
#include "ui/presenters/timetext.h"
#include "ui/widgets/common/theme.h"

#include <QCoreApplication>
#include <QFontDatabase>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kAvatar = 32;
constexpr int kMargin = theme::kGroups; // row to the view's edge
constexpr int kPad = theme::kRelated + 2; // bubble's edge to its text
constexpr int kWidest = 640; // a line longer than this is hard to read
constexpr int kNameColumn = 132; // compact lines
constexpr int kTimeColumn = 52;
constexpr qreal kRadius = 12;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::MessageLayout", text);
}

QString lineText(MessageRow kind, const QModelIndex &index)
{
    switch (kind) {
    case MessageRow::DateLine: {
        const QDate date = index.data(MessageRole::Date).toDate();
        const qint64 days = date.daysTo(QDate::currentDate());
        if (days == 0) {
            return tr("Today");
        }
        if (days == 1) {
            return tr("Yesterday");
        }
        return QLocale().toString(date, days < 300 ? u"dddd, d MMMM"_s : u"d MMMM yyyy"_s);
    }
    case MessageRow::UnreadLine:
        return tr("New messages");
    case MessageRow::GapLine:
        return tr("Messages may be missing here");
    case MessageRow::SystemFold: {
        const QStringList all = index.data(MessageRole::Folded).toStringList();
        if (all.size() <= 3) {
            return all.join(u" · "_s);
        }
        return all.mid(0, 2).join(u" · "_s) + u" · "_s
            + QCoreApplication::translate(
                "linchpin::MessageLayout", "%n more", nullptr, static_cast<int>(all.size()) - 2);
    }
    case MessageRow::Message:
        break;
    }
    return {};
}

/// Lines with words beyond a few emoji are set at the body's size; one to three emoji alone larger.
bool isEmojiOnly(const QString &text)
{
    if (text.isEmpty() || text.size() > 24) {
        return false;
    }
    const QList<uint> codes = text.toUcs4();
    return std::ranges::all_of(codes, [](uint code) {
        return code >= 0x1f000 || code == 0x200d || code == 0xfe0f
            || (code >= 0x2600 && code < 0x27c0) || code == ' ';
    }) && std::ranges::count_if(codes, [](uint c) { return c >= 0x2600 && c != 0xfe0f; }) <= 8;
}

} // namespace

MessageLayout::MessageLayout(const QModelIndex &index, int width, const Look &look)
    : m_kind(static_cast<MessageRow>(index.data(MessageRole::RowKind).toInt()))
    , m_highlight(look.highlight)
    , m_style(look.style)
    , m_font(look.font)
    , m_mirrored(look.direction == Qt::RightToLeft)
    , m_width(width)
{
    if (m_kind != MessageRow::Message) {
        m_text = lineText(m_kind, index);
        layOutLine(width, look);
        return;
    }
    m_messageKind = static_cast<MessageKind>(index.data(MessageRole::Kind).toInt());
    m_body = index.data(MessageRole::Body).value<RichText>();
    m_name = look.name ? look.name(index) : QString();
    if (m_name.isEmpty()) {
        m_name = index.data(MessageRole::FromName).toString();
    }
    m_own = index.data(MessageRole::Direction).toInt() == static_cast<int>(Direction::Out);
    m_first = index.data(MessageRole::FirstOfGroup).toBool();
    m_last = index.data(MessageRole::LastOfGroup).toBool();
    m_mention = index.data(MessageRole::Mention).toBool();
    m_delivery = static_cast<DeliveryState>(index.data(MessageRole::Delivery).toInt());
    m_retracted = index.data(MessageRole::Retracted).toBool();
    m_time = clockText(index.data(MessageRole::SentAt).toDateTime().toLocalTime().time());
    if (index.data(MessageRole::Edited).toBool()) {
        m_time = tr("edited") + u' ' + m_time;
    }
    const bool failed
        = m_delivery == DeliveryState::Failed || m_delivery == DeliveryState::Unconfirmed;
    if (failed) {
        const auto error = index.data(MessageRole::Failure).value<Error>();
        m_failureText
            = (error.title.isEmpty() ? tr("Not delivered") : error.title) + u" — "_s + tr("Retry");
    }
    m_waiting = m_own && m_delivery == DeliveryState::Queued
        && !index.data(MessageRole::Failure).value<Error>().code.isEmpty();
    if (m_waiting) {
        m_failureText = tr("Goes out when they are back") + u" — "_s + tr("Send now");
    }
    // Delivery is told once a group, unless something is still open or wrong.
    m_showMark = m_own
        && (m_last || failed || m_delivery == DeliveryState::Queued
            || m_delivery == DeliveryState::Submitted);
    m_text = m_retracted ? tr("This message was taken back.") : m_body.plain();
    if (m_messageKind == MessageKind::Action) {
        m_text = m_name + u' ' + m_text;
    }
    const QVariant reply = index.data(MessageRole::ReplyTo);
    if (reply.isValid()) {
        m_quote = reply.value<MessageReference>().excerpt.section(u'\n', 0, 0).left(120);
    }
    m_links = findLinks(m_text);
    layOutMessage(width, look);
    if (m_mirrored) {
        mirror();
    }
}

void MessageLayout::mirror()
{
    // The time stays on its side of the bubble: which one depends on the text's direction alone.
    const qreal moved = m_width - m_bubble.right() - m_bubble.left();
    const bool bubbles = m_style == MessageStyle::Bubbles;
    const QRectF row(0, 0, m_width, m_height);
    for (QRectF *const box :
        { &m_bubble, &m_textBox, &m_nameBox, &m_quoteBox, &m_avatarBox, &m_failure }) {
        if (!box->isNull()) {
            *box = theme::placed(*box, row, Qt::RightToLeft);
        }
    }
    for (QRectF *const box : { &m_timeBox, &m_markBox }) {
        *box = bubbles ? box->translated(moved, 0) : theme::placed(*box, row, Qt::RightToLeft);
    }
    for (int i = 0; !bubbles && i < m_layout->lineCount(); ++i) {
        QTextLine line = m_layout->lineAt(i);
        line.setPosition({ m_textBox.width() - line.naturalTextWidth(), line.y() });
    }
}

void MessageLayout::layOutLine(int width, const Look &look)
{
    const QFontMetricsF metrics(theme::small(look.font));
    m_height = static_cast<int>(std::ceil(metrics.height())) + theme::kGroups
        + (m_kind == MessageRow::SystemFold ? 0 : theme::kRelated);
    m_textBox = QRectF(kMargin, 0, width - 2 * kMargin, m_height);
}

void MessageLayout::layOutMessage(int width, const Look &look)
{
    const bool bubbles = m_style == MessageStyle::Bubbles;
    const QFontMetricsF body(look.font);
    const QFontMetricsF small(theme::small(look.font));
    QFont textFont = look.font;
    if (bubbles && isEmojiOnly(m_text)) {
        textFont.setPointSizeF(look.font.pointSizeF() * 2);
    }
    if (m_messageKind == MessageKind::Notice) {
        textFont = QFont(look.font);
    }
    const qreal timeWidth
        = small.horizontalAdvance(m_time) + theme::kUnit + (m_showMark ? body.height() * 0.9 : 0);
    QString display = m_text;
    display.replace(u'\n', QChar::LineSeparator);
    m_layout = std::make_shared<QTextLayout>(display, textFont);
    QTextOption option(Qt::AlignLeft | Qt::AlignAbsolute);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    // A right-to-left text starts at its bubble's right; its own direction is found by Qt.
    option.setTextDirection(Qt::LayoutDirectionAuto);
    m_layout->setTextOption(option);
    m_layout->setCacheEnabled(true);

    const qreal left = bubbles ? kMargin + (look.showAvatars ? kAvatar + theme::kRelated : 0)
                               : kMargin + kNameColumn + theme::kRelated;
    const qreal mark = m_showMark ? body.height() + theme::kUnit : 0;
    const qreal right = bubbles ? width - kMargin : width - kMargin - kTimeColumn - mark;
    qreal available = std::max<qreal>(80, right - left);
    if (bubbles) {
        available = std::min<qreal>(std::max<qreal>(80, available - kAvatar - 2 * kPad), kWidest);
    }
    m_layout->beginLayout();
    qreal y = 0;
    qreal widest = 0;
    qreal lastWidth = 0;
    int lines = 0;
    for (QTextLine line = m_layout->createLine(); line.isValid(); line = m_layout->createLine()) {
        line.setLineWidth(available);
        line.setPosition(QPointF(0, y));
        y += std::ceil(line.height() * 1.06);
        lastWidth = line.naturalTextWidth();
        widest = std::max(widest, lastWidth);
        ++lines;
    }
    m_layout->endLayout();
    const qreal textHeight = y;

    const qreal above = m_first ? theme::kRelated : 2;
    const bool named
        = look.showNames && m_first && !m_own && bubbles && m_messageKind != MessageKind::Action;
    const qreal nameHeight = named ? std::ceil(small.height()) + 2 : 0;
    const qreal quoteHeight = m_quote.isEmpty() ? 0 : std::ceil(small.height()) + theme::kUnit;
    const qreal failureHeight
        = m_failureText.isEmpty() ? 0 : std::ceil(small.height()) + theme::kUnit;

    if (!bubbles) {
        m_textBox = QRectF(left, above + quoteHeight, available, textHeight);
        m_nameBox = QRectF(kMargin, above, kNameColumn, body.height());
        m_timeBox = QRectF(right + mark, above, kTimeColumn, body.height());
        m_markBox = QRectF(right + theme::kUnit, above, body.height() * 0.9, body.height());
        m_quoteBox = QRectF(left, above, available, quoteHeight);
        m_bubble = QRectF(kMargin - theme::kUnit, above - 1, width - 2 * kMargin + 2 * theme::kUnit,
            quoteHeight + textHeight + 2);
        m_failure = QRectF(left, above + quoteHeight + textHeight, available, failureHeight);
        m_height = static_cast<int>(
            std::ceil(above + quoteHeight + std::max(textHeight, body.height()) + failureHeight));
        return;
    }
    // The time sits behind the last line where there is room, else under it.
    const bool beside = lines == 1 ? lastWidth + timeWidth + theme::kRelated <= available
                                   : lastWidth + timeWidth + theme::kRelated <= widest;
    qreal inner = widest;
    qreal bottom = textHeight;
    if (beside) {
        inner = std::max(widest, lastWidth + timeWidth + theme::kRelated);
    } else {
        inner = std::max(widest, timeWidth);
        bottom += std::ceil(small.height());
    }
    if (named) {
        inner = std::max(inner, small.horizontalAdvance(m_name) * 1.1);
    }
    if (!m_quote.isEmpty()) {
        inner = std::min(available,
            std::max(inner, small.horizontalAdvance(m_quote) + theme::kRelated + theme::kUnit));
    }
    inner = std::min(std::ceil(inner), available);
    const qreal bubbleHeight = nameHeight + quoteHeight + bottom + 2 * (kPad - 3);
    const qreal bubbleWidth = inner + 2 * kPad;
    const qreal x = m_own ? right - bubbleWidth : left;
    m_bubble = QRectF(x, above, bubbleWidth, bubbleHeight);
    m_nameBox = QRectF(x + kPad, above + kPad - 3, inner, nameHeight);
    m_quoteBox = QRectF(x + kPad, above + kPad - 3 + nameHeight, inner, quoteHeight);
    m_textBox = QRectF(x + kPad, above + kPad - 3 + nameHeight + quoteHeight, inner, textHeight);
    // Lines of right-to-left text are aligned in the box they really have.
    for (int i = 0; i < m_layout->lineCount(); ++i) {
        QTextLine line = m_layout->lineAt(i);
        if (m_text.isRightToLeft()) {
            line.setPosition(QPointF(inner - line.naturalTextWidth(), line.y()));
        }
    }
    m_timeBox = QRectF(m_bubble.right() - kPad - timeWidth,
        m_bubble.bottom() - kPad + 3 - small.height(), timeWidth, small.height());
    if (m_text.isRightToLeft() && beside) {
        m_timeBox.moveLeft(m_bubble.left() + kPad);
    }
    m_markBox = QRectF(m_timeBox.right() - body.height() * 0.8, m_timeBox.top(),
        body.height() * 0.8, m_timeBox.height());
    m_avatarBox = !m_own && m_last && look.showAvatars
        ? QRectF(kMargin, m_bubble.bottom() - kAvatar, kAvatar, kAvatar)
        : QRectF();
    if (failureHeight > 0) {
        const qreal failureWidth
            = std::min<qreal>(small.horizontalAdvance(m_failureText) + 8, available + 2 * kPad);
        m_failure
            = QRectF(right - failureWidth, m_bubble.bottom() + 2, failureWidth, failureHeight);
    }
    m_height = static_cast<int>(std::ceil(m_bubble.bottom() + failureHeight));
}

QList<QTextLayout::FormatRange> MessageLayout::formats(const QPalette &palette) const
{
    QList<QTextLayout::FormatRange> ranges;
    const int offset
        = m_messageKind == MessageKind::Action ? static_cast<int>(m_name.size()) + 1 : 0;
    const auto add = [&](qsizetype start, qsizetype length, const QTextCharFormat &format) {
        ranges.append({ static_cast<int>(start), static_cast<int>(length), format });
    };
    if (m_messageKind == MessageKind::Action || m_retracted) {
        QTextCharFormat format;
        format.setFontItalic(true);
        if (m_retracted) {
            format.setForeground(theme::muted(palette));
        }
        add(0, m_text.size(), format);
    }
    if (!m_retracted) {
        for (const RichText::Span &span : m_body.spans()) {
            QTextCharFormat format;
            if (span.bold) {
                format.setFontWeight(QFont::Bold);
            }
            format.setFontItalic(span.italic);
            format.setFontUnderline(span.underline || !span.link.isEmpty());
            format.setFontStrikeOut(span.strikeOut);
            if (span.monospace) {
                format.setFontFamilies(
                    { QFontDatabase::systemFont(QFontDatabase::FixedFont).family() });
            }
            if (!span.color.isEmpty()) {
                // A colour that would drown in the theme is drawn towards the text's.
                QColor color(span.color);
                const bool dark = theme::isDark(palette);
                if (dark && color.lightnessF() < 0.45F) {
                    color = color.lighter(220);
                } else if (!dark && color.lightnessF() > 0.6F) {
                    color = color.darker(220);
                }
                format.setForeground(color);
            }
            if (!span.link.isEmpty()) {
                format.setForeground(theme::link(palette));
            }
            add(span.start + offset, span.length, format);
        }
    }
    for (const LinkRange &link : m_links) {
        QTextCharFormat format;
        format.setForeground(theme::link(palette));
        format.setFontUnderline(true);
        add(link.start, link.length, format);
    }
    if (!m_highlight.isEmpty()) {
        QTextCharFormat format;
        format.setBackground(theme::found(palette));
        qsizetype at = m_text.indexOf(m_highlight, 0, Qt::CaseInsensitive);
        while (at >= 0 && ranges.size() < 500) {
            add(at, m_highlight.size(), format);
            at = m_text.indexOf(m_highlight, at + m_highlight.size(), Qt::CaseInsensitive);
        }
    }
    return ranges;
}

void MessageLayout::paintLine(QPainter &painter, const QPoint &at, const QPalette &palette) const
{
    const QFont small = theme::small(m_font);
    const QFontMetricsF metrics(small);
    const QRectF row(at.x(), at.y(), m_width, m_height);
    const bool unread = m_kind == MessageRow::UnreadLine;
    const bool gap = m_kind == MessageRow::GapLine;
    const QColor color = unread ? theme::accentText(palette) : theme::muted(palette);
    const QString text = metrics.elidedText(m_text, Qt::ElideRight, m_textBox.width());
    const qreal width = metrics.horizontalAdvance(text);
    painter.setFont(unread ? theme::strong(small) : small);
    painter.setPen(color);
    painter.drawText(row, Qt::AlignCenter,
        theme::isolated(text, m_mirrored ? Qt::RightToLeft : Qt::LeftToRight));
    if (m_kind == MessageRow::SystemFold) {
        return;
    }
    QColor lineColor = unread ? theme::accent(palette)
        : gap                 ? theme::presence(Availability::Away, palette)
                              : theme::separator(palette);
    QPen pen(lineColor, 1);
    if (gap) {
        pen.setStyle(Qt::DashLine);
    }
    painter.setPen(pen);
    const qreal y = std::floor(row.center().y()) + 0.5;
    const qreal half = width / 2 + theme::kGroups;
    painter.drawLine(QPointF(row.left() + kMargin, y), QPointF(row.center().x() - half, y));
    painter.drawLine(QPointF(row.center().x() + half, y), QPointF(row.right() - kMargin, y));
}

/// Clock: not at the server yet. One tick: the server has it. Two: a device has it; coloured: read.
void MessageLayout::paintMark(QPainter &painter, const QRectF &box, const QPalette &palette) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool failed
        = m_delivery == DeliveryState::Failed || m_delivery == DeliveryState::Unconfirmed;
    const QColor color = failed             ? theme::danger(palette)
        : m_delivery == DeliveryState::Read ? theme::link(palette)
                                            : theme::muted(palette);
    painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const qreal s = std::min(box.width(), box.height()) * 0.62;
    const QPointF c = box.center();
    const auto tick = [&](qreal dx) {
        QPainterPath path;
        path.moveTo(c.x() - s * 0.42 + dx, c.y() + s * 0.05);
        path.lineTo(c.x() - s * 0.1 + dx, c.y() + s * 0.36);
        path.lineTo(c.x() + s * 0.5 + dx, c.y() - s * 0.36);
        painter.drawPath(path);
    };
    switch (m_delivery) {
    case DeliveryState::Queued:
    case DeliveryState::Submitted:
        painter.drawEllipse(c, s * 0.45, s * 0.45);
        painter.drawPolyline(
            QPolygonF { c + QPointF(0, -s * 0.25), c, c + QPointF(s * 0.18, s * 0.1) });
        break;
    case DeliveryState::Sent:
        tick(0);
        break;
    case DeliveryState::Delivered:
    case DeliveryState::Read:
        tick(-s * 0.22);
        tick(s * 0.22);
        break;
    case DeliveryState::Failed:
    case DeliveryState::Unconfirmed:
        painter.drawEllipse(c, s * 0.5, s * 0.5);
        painter.drawLine(c + QPointF(0, -s * 0.26), c + QPointF(0, s * 0.06));
        painter.drawPoint(c + QPointF(0, s * 0.28));
        break;
    case DeliveryState::None:
        break;
    }
    painter.restore();
}

void MessageLayout::paint(QPainter &painter, const QPoint &at, const QPalette &palette,
    const TextSelection &selection, bool hovered, bool current, const QByteArray &avatar) const
{
    if (m_kind != MessageRow::Message) {
        paintLine(painter, at, palette);
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF origin(at);
    const bool bubbles = m_style == MessageStyle::Bubbles;
    const bool notice = m_messageKind == MessageKind::Notice;
    if (bubbles) {
        QColor fill = m_own ? theme::ownBubble(palette) : theme::otherBubble(palette);
        if (m_mention) {
            fill = theme::mention(palette);
        }
        painter.setPen(current ? QPen(theme::accent(palette), 1.5)
                : notice       ? QPen(theme::separator(palette), 1, Qt::DashLine)
                               : QPen(Qt::NoPen));
        painter.setBrush(notice ? QBrush(Qt::NoBrush) : QBrush(fill));
        painter.drawRoundedRect(m_bubble.translated(origin), kRadius, kRadius);
    } else if (m_mention || hovered || current) {
        painter.setPen(current ? QPen(theme::accent(palette), 1) : QPen(Qt::NoPen));
        painter.setBrush(m_mention ? theme::mention(palette) : theme::hover(palette));
        painter.drawRoundedRect(m_bubble.translated(origin), 4, 4);
    }
    if (!m_avatarBox.isNull()) {
        theme::paintAvatar(
            painter, m_avatarBox.translated(origin), avatar, m_name, palette, m_font);
    }
    const QFont small = theme::small(m_font);
    if (m_first && (bubbles ? m_nameBox.height() > 0 : m_messageKind != MessageKind::Action)) {
        const QFont nameFont = theme::strong(bubbles ? small : m_font);
        painter.setFont(nameFont);
        painter.setPen(
            m_own && !bubbles ? theme::accentText(palette) : theme::person(m_name, palette));
        const QString name
            = QFontMetricsF(nameFont).elidedText(m_name, Qt::ElideRight, m_nameBox.width());
        painter.drawText(m_nameBox.translated(origin),
            ((bubbles ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter).toInt(), name);
    }
    if (!m_quote.isEmpty()) {
        const QRectF box = m_quoteBox.translated(origin).adjusted(0, 0, 0, -theme::kUnit);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::accent(palette));
        painter.drawRoundedRect(QRectF(box.left(), box.top(), 3, box.height()), 1.5, 1.5);
        painter.setFont(small);
        painter.setPen(theme::muted(palette));
        painter.drawText(box.adjusted(theme::kRelated, 0, 0, 0), Qt::AlignVCenter,
            QFontMetricsF(small).elidedText(
                m_quote, Qt::ElideRight, box.width() - theme::kRelated));
    }
    QList<QTextLayout::FormatRange> ranges = formats(palette);
    if (selection.end > selection.start) {
        QTextCharFormat selected;
        selected.setBackground(palette.color(QPalette::Highlight));
        selected.setForeground(palette.color(QPalette::HighlightedText));
        ranges.append({ selection.start, selection.end - selection.start, selected });
    }
    painter.setPen(notice ? theme::muted(palette) : palette.color(QPalette::Text));
    m_layout->draw(&painter, m_textBox.topLeft() + origin, ranges);
    if (bubbles || m_first || hovered) {
        painter.setFont(small);
        painter.setPen(theme::muted(palette));
        painter.drawText(m_timeBox.translated(origin),
            ((bubbles ? Qt::AlignLeft | Qt::AlignAbsolute : Qt::AlignRight) | Qt::AlignVCenter)
                .toInt(),
            m_time);
    }
    if (m_showMark) {
        paintMark(painter, m_markBox.translated(origin), palette);
    }
    if (!m_failureText.isEmpty()) {
        QFont underlined = small;
        underlined.setUnderline(true);
        painter.setFont(underlined);
        painter.setPen(m_waiting ? theme::muted(palette) : theme::danger(palette));
        painter.drawText(m_failure.translated(origin),
            ((bubbles ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter).toInt(),
            QFontMetricsF(underlined)
                .elidedText(m_failureText, Qt::ElideMiddle, m_failure.width()));
    }
    painter.restore();
}

int MessageLayout::textPosition(const QPointF &point, bool nearest) const
{
    if (!m_layout) {
        return -1;
    }
    if (!nearest && !m_textBox.contains(point)) {
        return -1;
    }
    const QPointF inside = point - m_textBox.topLeft();
    if (inside.y() < 0) {
        return 0;
    }
    for (int i = 0; i < m_layout->lineCount(); ++i) {
        const QTextLine line = m_layout->lineAt(i);
        if (inside.y() < line.y() + line.height()) {
            return line.xToCursor(inside.x());
        }
    }
    return static_cast<int>(m_text.size());
}

QUrl MessageLayout::linkAt(const QPointF &point) const
{
    const int position = textPosition(point, false);
    if (position < 0 || m_retracted) {
        return {};
    }
    const int offset
        = m_messageKind == MessageKind::Action ? static_cast<int>(m_name.size()) + 1 : 0;
    for (const RichText::Span &span : m_body.spans()) {
        if (!span.link.isEmpty() && position >= span.start + offset
            && position < span.start + offset + span.length) {
            return span.link;
        }
    }
    for (const LinkRange &link : m_links) {
        if (position >= link.start && position < link.start + link.length) {
            return link.url;
        }
    }
    return {};
}

} // namespace linchpin
