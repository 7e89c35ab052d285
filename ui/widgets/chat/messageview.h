// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/chat/bubbledelegate.h"

#include <QListView>
#include <QPersistentModelIndex>

class QToolButton;

namespace linchpin {

/// A conversation's messages: scrolls over paged history, stays where the reader is when messages
/// come in, follows the end when the reader stands there. Text is selectable with the mouse, within
/// and across messages; rows are walked with the arrow keys.
class MessageView : public QListView {
    Q_OBJECT
public:
    explicit MessageView(QWidget *parent = nullptr);

    void setMessages(MessageListModel *model);
    MessageListModel *messages() const { return m_messages; }
    void setMessageStyle(MessageStyle style);
    void setAvatarSource(std::function<QByteArray(const QModelIndex &)> source);
    /// What authors are called; `shown` over their bubbles.
    void setNameSource(std::function<QString(const QModelIndex &)> source, bool shown);
    void setHighlight(const QString &word);
    /// To the newest message, loading it where the window is elsewhere.
    void goToEnd();
    void goTo(const MessageId &id);
    QString selectedText() const;
    bool isAtEnd() const;

Q_SIGNALS:
    void retryRequested(const linchpin::StoredMessage &message);
    void discardRequested(const linchpin::StoredMessage &message);
    void replyRequested(const linchpin::StoredMessage &message);
    /// The last incoming message up to which the reader has really seen the conversation.
    void seen(const linchpin::MessagePlace &place);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    struct Position {
        QPersistentModelIndex row;
        int at = 0;
    };

    /// Keeps what the reader looks at where it is while rows are added above or sizes change.
    class Anchor;
    void settleSoon();
    void relayout();
    void scrolled();
    void placeEndButton();
    TextSelection selectionOf(const QModelIndex &index) const;
    Position positionAt(const QPoint &point) const;
    void copySelection() const;
    void reportSeen();

    MessageListModel *m_messages = nullptr;
    BubbleDelegate *m_delegate;
    QToolButton *m_endButton;
    Position m_from;
    Position m_to;
    bool m_selecting = false;
    bool m_follow = true;
    bool m_settling = false;
    QPersistentModelIndex m_anchor;
    int m_anchorOffset = 0;
    MessageId m_goal;
};

} // namespace linchpin
