// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/composer.h"

#include "ui/widgets/common/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <QTimer>
#include <QUrl>

#include <algorithm>
#include <chrono>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr qsizetype kLongestInput = 100'000; // characters; more is a file, not a message
constexpr qsizetype kHistoryLength = 100;
constexpr auto kPausedAfter = 5s;

} // namespace

Composer::Composer(QWidget *parent)
    : QPlainTextEdit(parent)
{
    setObjectName(u"composer"_s);
    setAccessibleName(tr("Message"));
    setTabChangesFocus(false);
    setFrameShape(NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    document()->setDocumentMargin(theme::kUnit);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *const pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(kPausedAfter);
    connect(pause, &QTimer::timeout, this, [this] { setComposing(false); });
    connect(this, &QPlainTextEdit::textChanged, this, [this, pause] {
        updateGeometry();
        const bool writing = !document()->isEmpty() && !toPlainText().startsWith(u'/');
        setComposing(writing && hasFocus());
        if (writing) {
            pause->start();
        }
    });
}

int Composer::heightForText() const
{
    const QFontMetricsF metrics(font());
    const qreal line = metrics.lineSpacing();
    qreal lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < 60;
        block = block.next()) {
        lines += std::max(1, block.layout() ? block.layout()->lineCount() : 1);
    }
    const qreal tallest
        = std::max<qreal>(3 * line, parentWidget() ? parentWidget()->height() / 3.0 : 200);
    return static_cast<int>(
        std::ceil(std::min(lines * line, tallest) + 2 * document()->documentMargin() + 2));
}

QSize Composer::sizeHint() const
{
    return { 200, heightForText() };
}
QSize Composer::minimumSizeHint() const
{
    return { 80, heightForText() };
}

void Composer::setInputHistory(const QStringList &sent)
{
    m_sent = sent;
    m_historyAt = -1;
}

void Composer::setCompletions(const QStringList &people, const QStringList &commands)
{
    m_people = people;
    m_commands = commands;
}

void Composer::insertQuote(const QString &text)
{
    QStringList lines = text.split(u'\n');
    for (QString &line : lines) {
        line.prepend(u"> "_s);
    }
    moveCursor(QTextCursor::Start);
    insertPlainText(lines.join(u'\n') + u'\n');
    moveCursor(QTextCursor::End);
    setFocus();
}

void Composer::setComposing(bool composing)
{
    if (composing != m_composing) {
        m_composing = composing;
        Q_EMIT composingChanged(composing);
    }
}

void Composer::submit()
{
    const QString text = toPlainText();
    if (text.trimmed().isEmpty()) {
        return;
    }
    m_sent.removeAll(text);
    m_sent.append(text);
    if (m_sent.size() > kHistoryLength) {
        m_sent.removeFirst();
    }
    m_historyAt = -1;
    m_composing = false; // the message itself says so to the other side
    clear();
    Q_EMIT submitted(text);
}

bool Composer::walkHistory(int step)
{
    if (m_sent.isEmpty()) {
        return false;
    }
    if (m_historyAt < 0) {
        if (step > 0) {
            return false;
        }
        m_written = toPlainText();
        m_historyAt = m_sent.size();
    }
    const qsizetype next = m_historyAt + step;
    if (next < 0) {
        return true;
    }
    if (next >= m_sent.size()) {
        m_historyAt = -1;
        setPlainText(m_written);
    } else {
        m_historyAt = next;
        setPlainText(m_sent.at(next));
    }
    moveCursor(QTextCursor::End);
    return true;
}

bool Composer::complete(bool backwards)
{
    QTextCursor cursor = textCursor();
    if (!m_completing) {
        const QString block = cursor.block().text();
        const int at = cursor.positionInBlock();
        int start = at;
        while (start > 0 && !block.at(start - 1).isSpace()) {
            --start;
        }
        QString prefix = block.mid(start, at - start);
        const bool lineStart = start == 0 && cursor.blockNumber() == 0;
        m_matches.clear();
        if (lineStart && prefix.startsWith(u'/')) {
            for (const QString &command : std::as_const(m_commands)) {
                if (command.startsWith(prefix.mid(1), Qt::CaseInsensitive)) {
                    m_matches.append(u'/' + command + u' ');
                }
            }
        } else if (!prefix.isEmpty()) {
            if (prefix.startsWith(u'@')) {
                prefix = prefix.mid(1);
            }
            for (const QString &person : std::as_const(m_people)) {
                if (person.startsWith(prefix, Qt::CaseInsensitive)) {
                    m_matches.append(person + (lineStart ? u": "_s : u" "_s));
                }
            }
        }
        if (m_matches.isEmpty()) {
            return false;
        }
        m_matchStart = cursor.block().position() + start;
        m_matchAt = backwards ? m_matches.size() - 1 : 0;
        m_completing = true;
    } else {
        m_matchAt = (m_matchAt + (backwards ? -1 : 1) + m_matches.size()) % m_matches.size();
    }
    cursor.setPosition(m_matchStart, QTextCursor::KeepAnchor);
    cursor.insertText(m_matches.at(m_matchAt));
    setTextCursor(cursor);
    return true;
}

void Composer::keyPressEvent(QKeyEvent *event)
{
    const bool tab = event->key() == Qt::Key_Tab || event->key() == Qt::Key_Backtab;
    if (tab && !event->modifiers().testFlag(Qt::ControlModifier)) {
        // Without anything to complete, Tab moves on as everywhere else.
        if (!complete(event->key() == Qt::Key_Backtab)) {
            // QPlainTextEdit's own would stay, for it takes Tab for text.
            // NOLINTNEXTLINE(bugprone-parent-virtual-call)
            QWidget::focusNextPrevChild(event->key() == Qt::Key_Tab);
        }
        return;
    }
    m_completing = false;
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && !event->modifiers().testFlag(Qt::ShiftModifier)) {
        submit();
        return;
    }
    const bool firstLine = textCursor().blockNumber() == 0;
    const bool lastLine = textCursor().blockNumber() == document()->blockCount() - 1;
    if (event->key() == Qt::Key_Up && event->modifiers() == Qt::NoModifier && firstLine
        && walkHistory(-1)) {
        return;
    }
    if (event->key() == Qt::Key_Down && event->modifiers() == Qt::NoModifier && lastLine
        && walkHistory(1)) {
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void Composer::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        updateGeometry();
    }
}

void Composer::focusOutEvent(QFocusEvent *event)
{
    QPlainTextEdit::focusOutEvent(event);
    setComposing(false);
}

QStringList localFiles(const QMimeData &data)
{
    QStringList paths;
    const QList<QUrl> urls = data.urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    return paths;
}

bool Composer::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasText() || (m_takesFiles && source->hasUrls());
}

void Composer::insertFromMimeData(const QMimeData *source)
{
    const QStringList files = m_takesFiles ? localFiles(*source) : QStringList();
    if (!files.isEmpty()) {
        Q_EMIT filesGiven(files);
        return;
    }
    if (source->hasText()) {
        insertPlainText(source->text().left(kLongestInput - document()->characterCount()));
    }
}

} // namespace linchpin
