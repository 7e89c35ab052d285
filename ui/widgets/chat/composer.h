// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <QStringList>

class QCompleter;
class QMimeData;
class QStringListModel;

namespace linchpin {

/// The input field: grows with its text up to a third of its parent, Return sends (Shift+Return is
/// a new line), Up and Down walk what was sent before, Tab completes nicks and commands.
class Composer : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit Composer(QWidget *parent = nullptr);

    void setInputHistory(const QStringList &sent);
    /// Words that Tab completes: people (at a line's start with a colon) and `/commands`.
    void setCompletions(const QStringList &people, const QStringList &commands);
    void insertQuote(const QString &text);
    /// Whether files that are pasted or dropped are told of (filesGiven); else their names come in
    /// as text.
    void setTakesFiles(bool takes) { m_takesFiles = takes; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void submitted(const QString &text);
    void composingChanged(bool composing);
    void filesGiven(const QStringList &paths);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;

private:
    void submit();
    bool walkHistory(int step);
    bool complete(bool backwards);
    void setComposing(bool composing);
    int heightForText() const;

    QStringList m_sent;
    qsizetype m_historyAt = -1; ///< -1 = the text being written
    QString m_written;
    QStringList m_people;
    QStringList m_commands;
    QStringList m_matches;
    qsizetype m_matchAt = 0;
    int m_matchStart = 0;
    bool m_completing = false;
    bool m_composing = false;
    bool m_takesFiles = false;
};

/// The files of this computer that were copied or dragged; empty where there are none.
QStringList localFiles(const QMimeData &data);

} // namespace linchpin
