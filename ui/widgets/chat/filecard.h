// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/files/filetransferstore.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace linchpin {

class ElidedLabel;

/// One file: its name, what becomes of it, and what can be done about it.
class FileCard : public QFrame {
    Q_OBJECT
public:
    /// `who` is how the other person is called.
    FileCard(const FileTransfer &transfer, const QString &who, QWidget *parent = nullptr);

    const FileTransfer &transfer() const { return m_transfer; }
    void setTransfer(const FileTransfer &transfer);

Q_SIGNALS:
    void acceptRequested();
    void saveAsRequested();
    void cancelRequested();
    void openRequested();
    void showRequested();
    void dismissRequested();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QString stateText() const;
    void refresh();
    void updateIcon();

    FileTransfer m_transfer;
    QString m_who;
    QLabel *m_icon;
    ElidedLabel *m_name;
    ElidedLabel *m_state;
    QProgressBar *m_progress;
    QPushButton *m_accept;
    QPushButton *m_saveAs;
    QPushButton *m_decline;
    QPushButton *m_open;
    QPushButton *m_show;
    QToolButton *m_cancel;
    QToolButton *m_dismiss;
};

/// Whether opening such a file would run it: those are only shown in their folder.
bool isProgramFile(const QString &name);

} // namespace linchpin
