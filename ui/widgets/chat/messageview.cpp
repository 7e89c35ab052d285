// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/messageview.h"

#include "core/models/roles.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QHelpEvent>
#include <QLocale>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QStyle>
#include <QTextBoundaryFinder>
#include <QTimer>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kNearEdge = 600; // pixels before an end at which the next page is asked for

} // namespace

/// What the reader looks at, remembered before rows move and restored after.
class MessageView::Anchor {
public:
    explicit Anchor(MessageView &view)
        : m_view(view)
    {
        if (view.m_follow) {
            view.m_anchor = QPersistentModelIndex();
            return;
        }
        // One that was set when the rows began to change knows better.
        if (!view.m_anchor.isValid()) {
            take(view);
        }
    }
    ~Anchor()
    {
        restore(m_view);
        m_view.m_anchor = QPersistentModelIndex();
    }
    Anchor(const Anchor &) = delete;
    Anchor &operator=(const Anchor &) = delete;

    /// A message, not a line between messages: lines move when older messages come in.
    static void take(MessageView &view)
    {
        QModelIndex top = view.indexAt({ theme::kEdge, theme::kRelated });
        while (top.isValid()
            && top.data(MessageRole::RowKind).toInt() != static_cast<int>(MessageRow::Message)
            && top.siblingAtRow(top.row() + 1).isValid()) {
            top = top.siblingAtRow(top.row() + 1);
        }
        view.m_anchor = top;
        view.m_anchorOffset = top.isValid() ? view.visualRect(top).top() : 0;
    }

    static void restore(MessageView &view)
    {
        if (view.m_follow) {
            view.scrollToBottom();
        } else if (view.m_anchor.isValid()) {
            const int moved = view.visualRect(view.m_anchor).top() - view.m_anchorOffset;
            view.verticalScrollBar()->setValue(view.verticalScrollBar()->value() + moved);
        }
    }

private:
    MessageView &m_view;
};

MessageView::MessageView(QWidget *parent)
    : QListView(parent)
    , m_delegate(new BubbleDelegate(this))
    , m_endButton(new QToolButton(this))
{
    setObjectName(u"messageView"_s);
    setAccessibleName(tr("Messages"));
    setItemDelegate(m_delegate);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(NoSelection);
    setEditTriggers(NoEditTriggers);
    setFrameShape(NoFrame);
    setUniformItemSizes(false);
    setMouseTracking(true);
    setResizeMode(Fixed);
    verticalScrollBar()->setSingleStep(24);
    viewport()->setAttribute(Qt::WA_Hover);
    m_delegate->setSelectionSource([this](const QModelIndex &index) { return selectionOf(index); });

    m_endButton->setObjectName(u"toEnd"_s);
    m_endButton->setIcon(icons::icon(u"down"_s));
    m_endButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_endButton->setCursor(Qt::ArrowCursor);
    m_endButton->setToolTip(tr("To the newest message"));
    m_endButton->setAccessibleName(tr("To the newest message"));
    m_endButton->hide();
    connect(m_endButton, &QToolButton::clicked, this, &MessageView::goToEnd);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &MessageView::scrolled);
}

void MessageView::setMessages(MessageListModel *model)
{
    m_from = {};
    m_to = {};
    m_messages = model;
    m_delegate->setWidth(viewport()->width());
    if (model) {
        // Before the list view's own slots, which forget where the rows are.
        const auto remember = [this] {
            if (!m_follow && !m_anchor.isValid()) {
                Anchor::take(*this);
            }
        };
        connect(model, &QAbstractItemModel::rowsAboutToBeInserted, this, remember);
        connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this, remember);
    }
    setModel(model);
    if (!model) {
        return;
    }
    connect(model, &QAbstractItemModel::rowsInserted, this, &MessageView::settleSoon);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &MessageView::settleSoon);
    connect(model, &QAbstractItemModel::dataChanged, this, &MessageView::settleSoon);
    connect(model, &MessageListModel::ready, this, [this] {
        doItemsLayout();
        if (m_goal.isNull()) {
            m_follow = true;
            scrollToBottom();
        } else {
            const QModelIndex goal = m_messages->indexOf(m_goal);
            m_follow = false;
            if (goal.isValid()) {
                setCurrentIndex(goal);
                scrollTo(goal, PositionAtCenter);
            }
            m_goal = {};
        }
        QTimer::singleShot(0, this, &MessageView::scrolled);
    });
    connect(model, &MessageListModel::newBelowChanged, this, &MessageView::placeEndButton);
}

void MessageView::setMessageStyle(MessageStyle style)
{
    m_delegate->setStyle(style);
    relayout();
}

void MessageView::setAvatarSource(std::function<QByteArray(const QModelIndex &)> source)
{
    m_delegate->setAvatarSource(std::move(source));
}

void MessageView::setNameSource(std::function<QString(const QModelIndex &)> source, bool shown)
{
    m_delegate->setNameSource(std::move(source), shown);
    relayout();
}

void MessageView::setHighlight(const QString &word)
{
    m_delegate->setHighlight(word);
    viewport()->update();
}

/// Once for everything that the model tells in one turn.
void MessageView::settleSoon()
{
    if (std::exchange(m_settling, true)) {
        return;
    }
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_settling = false;
            relayout();
            scrolled();
        },
        Qt::QueuedConnection);
}

void MessageView::relayout()
{
    if (!model()) {
        return;
    }
    const Anchor anchor(*this);
    doItemsLayout();
}

void MessageView::goToEnd()
{
    m_follow = true;
    if (m_messages && m_messages->hasNewer()) {
        m_messages->openNewest();
    } else {
        scrollToBottom();
    }
}

void MessageView::goTo(const MessageId &id)
{
    if (!m_messages) {
        return;
    }
    const QModelIndex known = m_messages->indexOf(id);
    if (known.isValid()) {
        m_follow = false;
        setCurrentIndex(known);
        scrollTo(known, PositionAtCenter);
        return;
    }
    m_goal = id;
    m_messages->openAt(id);
}

bool MessageView::isAtEnd() const
{
    const QScrollBar *const bar = verticalScrollBar();
    return bar->value() >= bar->maximum() - 4 && (!m_messages || m_messages->isAtEnd());
}

void MessageView::scrolled()
{
    if (!m_messages) {
        return;
    }
    const QScrollBar *const bar = verticalScrollBar();
    m_follow = isAtEnd();
    if (bar->value() < kNearEdge && m_messages->hasOlder()) {
        m_messages->fetchOlder();
    } else if (bar->maximum() - bar->value() < kNearEdge && m_messages->hasNewer()) {
        m_messages->fetchNewer();
    }
    placeEndButton();
    reportSeen();
}

void MessageView::reportSeen()
{
    if (!isVisible() || !window()->isActiveWindow() || !isAtEnd() || !m_messages) {
        return;
    }
    for (int row = m_messages->rowCount() - 1; row >= 0; --row) {
        const QModelIndex index = m_messages->index(row, 0);
        const int kind = index.data(MessageRole::RowKind).toInt();
        if (kind == static_cast<int>(MessageRow::Message)
            || kind == static_cast<int>(MessageRow::SystemFold)) {
            const auto message = index.data(MessageRole::Message).value<StoredMessage>();
            Q_EMIT seen(placeOf(message));
            return;
        }
    }
}

void MessageView::placeEndButton()
{
    const bool wanted = m_messages && m_messages->rowCount() > 0 && !isAtEnd();
    m_endButton->setVisible(wanted);
    if (!wanted) {
        return;
    }
    const int count = m_messages->newBelow();
    m_endButton->setText(count > 0 ? tr("%n new", nullptr, count) : QString());
    m_endButton->setToolButtonStyle(
        count > 0 ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    m_endButton->adjustSize();
    const QRect area
        = viewport()->geometry().adjusted(theme::kGroups, 0, -theme::kGroups, -theme::kGroups);
    m_endButton->move(QStyle::alignedRect(
        layoutDirection(), Qt::AlignRight | Qt::AlignBottom, m_endButton->size(), area)
            .topLeft());
    m_endButton->raise();
}

void MessageView::resizeEvent(QResizeEvent *event)
{
    QListView::resizeEvent(event);
    m_delegate->setWidth(viewport()->width());
    relayout();
    placeEndButton();
}

void MessageView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange
        || event->type() == QEvent::StyleChange || event->type() == QEvent::LayoutDirectionChange) {
        m_delegate->forget();
        relayout();
    }
    QListView::changeEvent(event);
}

MessageView::Position MessageView::positionAt(const QPoint &point) const
{
    QModelIndex index = indexAt({ std::clamp(point.x(), 1, viewport()->width() - 2), point.y() });
    if (!index.isValid() && model() && model()->rowCount() > 0) {
        index = model()->index(point.y() < 0 ? 0 : model()->rowCount() - 1, 0);
    }
    if (!index.isValid()) {
        return {};
    }
    const MessageLayout &layout = m_delegate->layout(index);
    const int at = layout.textPosition(point - visualRect(index).topLeft(), true);
    return { index, std::max(0, at) };
}

TextSelection MessageView::selectionOf(const QModelIndex &index) const
{
    if (!m_from.row.isValid() || !m_to.row.isValid()) {
        return {};
    }
    Position first = m_from;
    Position last = m_to;
    if (first.row.row() > last.row.row() || (first.row == last.row && first.at > last.at)) {
        std::swap(first, last);
    }
    const int row = index.row();
    if (row < first.row.row() || row > last.row.row()) {
        return {};
    }
    const int length = static_cast<int>(m_delegate->layout(index).text().size());
    return { .start = row == first.row.row() ? std::min(first.at, length) : 0,
        .end = row == last.row.row() ? std::min(last.at, length) : length };
}

QString MessageView::selectedText() const
{
    if (!m_from.row.isValid() || !m_to.row.isValid()) {
        return {};
    }
    const int first = std::min(m_from.row.row(), m_to.row.row());
    const int last = std::max(m_from.row.row(), m_to.row.row());
    QStringList lines;
    for (int row = first; row <= last; ++row) {
        const QModelIndex index = model()->index(row, 0);
        const TextSelection selection = selectionOf(index);
        const QString text = m_delegate->layout(index).text().mid(
            selection.start, selection.end - selection.start);
        if (text.isEmpty()) {
            continue;
        }
        if (first == last) {
            return text;
        }
        const int kind = index.data(MessageRole::RowKind).toInt();
        if (kind != static_cast<int>(MessageRow::Message)) {
            lines.append(text);
            continue;
        }
        const QDateTime at = index.data(MessageRole::SentAt).toDateTime().toLocalTime();
        lines.append(u"[%1] %2: %3"_s.arg(
            QLocale().toString(at, QLocale::ShortFormat), m_delegate->nameOf(index), text));
    }
    return lines.join(u'\n');
}

void MessageView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        m_from = positionAt(event->position().toPoint());
        m_to = m_from;
        m_selecting = true;
        viewport()->update();
    }
    QListView::mousePressEvent(event);
}

void MessageView::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint point = event->position().toPoint();
    if (m_selecting && event->buttons().testFlag(Qt::LeftButton)) {
        m_to = positionAt(point);
        viewport()->update();
        return; // the base class would start its own selection and scroll
    }
    const QModelIndex index = indexAt(point);
    Qt::CursorShape shape = Qt::ArrowCursor;
    if (index.isValid()) {
        const MessageLayout &layout = m_delegate->layout(index);
        const QPointF inside = point - visualRect(index).topLeft();
        if (!layout.linkAt(inside).isEmpty() || layout.isRetryAt(inside)) {
            shape = Qt::PointingHandCursor;
        } else if (layout.textPosition(inside, false) >= 0) {
            shape = Qt::IBeamCursor;
        }
    }
    viewport()->setCursor(shape);
    QListView::mouseMoveEvent(event);
}

void MessageView::mouseReleaseEvent(QMouseEvent *event)
{
    m_selecting = false;
    const QPoint point = event->position().toPoint();
    const bool moved = m_from.row != m_to.row || m_from.at != m_to.at;
    const QModelIndex index = indexAt(point);
    if (!moved && event->button() == Qt::LeftButton && index.isValid()) {
        const MessageLayout &layout = m_delegate->layout(index);
        const QPointF inside = point - visualRect(index).topLeft();
        const QUrl link = layout.linkAt(inside);
        if (!link.isEmpty()) {
            QDesktopServices::openUrl(link);
        } else if (layout.isRetryAt(inside)) {
            Q_EMIT retryRequested(index.data(MessageRole::Message).value<StoredMessage>());
        }
    }
    if (moved && QApplication::clipboard()->supportsSelection()) {
        QApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
    }
    QListView::mouseReleaseEvent(event);
}

void MessageView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Position at = positionAt(event->position().toPoint());
    if (at.row.isValid()) {
        const QString text = m_delegate->layout(at.row).text();
        QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
        finder.setPosition(at.at);
        const qsizetype end = finder.toNextBoundary();
        const qsizetype start = finder.toPreviousBoundary();
        m_from = { at.row, static_cast<int>(std::max<qsizetype>(0, start)) };
        m_to = { at.row, static_cast<int>(end < 0 ? text.size() : end) };
        viewport()->update();
    }
}

void MessageView::copySelection() const
{
    const QString text = selectedText();
    QApplication::clipboard()->setText(
        text.isEmpty() && currentIndex().isValid() ? currentIndex().data().toString() : text);
}

void MessageView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    if (event->key() == Qt::Key_End && event->modifiers().testFlag(Qt::ControlModifier)) {
        goToEnd();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && currentIndex().data(MessageRole::Delivery).toInt()
            >= static_cast<int>(DeliveryState::Failed)) {
        Q_EMIT retryRequested(currentIndex().data(MessageRole::Message).value<StoredMessage>());
        return;
    }
    QListView::keyPressEvent(event);
}

void MessageView::contextMenuEvent(QContextMenuEvent *event)
{
    const QModelIndex index
        = event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    QMenu menu(this);
    const QString selected = selectedText();
    if (!selected.isEmpty()) {
        menu.addAction(icons::icon(u"copy"_s), tr("Copy"), this,
            [selected] { QApplication::clipboard()->setText(selected); });
    }
    if (index.isValid()
        && index.data(MessageRole::RowKind).toInt() == static_cast<int>(MessageRow::Message)) {
        const auto message = index.data(MessageRole::Message).value<StoredMessage>();
        menu.addAction(icons::icon(u"copy"_s), tr("Copy message"), this,
            [message] { QApplication::clipboard()->setText(message.body.plain()); });
        const QUrl link
            = m_delegate->layout(index).linkAt(QPointF(event->pos() - visualRect(index).topLeft()));
        if (!link.isEmpty()) {
            menu.addAction(tr("Copy link"), this,
                [link] { QApplication::clipboard()->setText(link.toString()); });
        }
        menu.addAction(icons::icon(u"reply"_s), tr("Quote in answer"), this,
            [this, message] { Q_EMIT replyRequested(message); });
        if (message.delivery == DeliveryState::Failed
            || message.delivery == DeliveryState::Unconfirmed) {
            menu.addAction(icons::icon(u"retry"_s), tr("Send again"), this,
                [this, message] { Q_EMIT retryRequested(message); });
        } else if (message.delivery == DeliveryState::Queued && message.failure) {
            menu.addAction(icons::icon(u"retry"_s), tr("Send now"), this,
                [this, message] { Q_EMIT retryRequested(message); });
            menu.addAction(icons::icon(u"close"_s), tr("Give this message up"), this,
                [this, message] { Q_EMIT discardRequested(message); });
        }
    }
    if (!menu.isEmpty()) {
        menu.exec(event->globalPos());
    }
}

bool MessageView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *const help = static_cast<QHelpEvent *>(event);
        const QModelIndex index = indexAt(help->pos());
        const QDateTime at = index.data(MessageRole::SentAt).toDateTime();
        if (at.isValid()) {
            QString text = QLocale().toString(at.toLocalTime(), QLocale::LongFormat);
            const auto state
                = static_cast<DeliveryState>(index.data(MessageRole::Delivery).toInt());
            const auto kept = index.data(MessageRole::Failure).value<Error>();
            if (state == DeliveryState::Queued && !kept.code.isEmpty()) {
                text += u'\n' + kept.title + u'\n' + tr("It goes out when they are back.");
            } else if (state == DeliveryState::Queued) {
                text += u'\n' + tr("Waiting for the connection");
            } else if (state == DeliveryState::Failed || state == DeliveryState::Unconfirmed) {
                const auto error = index.data(MessageRole::Failure).value<Error>();
                text += u'\n' + error.title
                    + (error.detail.isEmpty() ? QString() : u'\n' + error.detail)
                    + (error.remedy.isEmpty() ? QString() : u'\n' + error.remedy);
            }
            QToolTip::showText(help->globalPos(), text, this);
        } else if (index.isValid()) {
            QToolTip::showText(help->globalPos(),
                index.data(MessageRole::Folded).toStringList().join(u'\n'), this);
        }
        return true;
    }
    if (event->type() == QEvent::WindowActivate) {
        QTimer::singleShot(0, this, &MessageView::reportSeen);
    }
    return QListView::viewportEvent(event);
}

} // namespace linchpin
