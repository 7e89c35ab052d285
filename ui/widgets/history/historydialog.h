// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QTimer;

namespace linchpin {

class HistoryHitModel;

/// Full-text search over all accounts; a hit opens its conversation at that message.
class HistoryDialog : public QDialog {
    Q_OBJECT
public:
    explicit HistoryDialog(UiContext context, QWidget *parent = nullptr);
    ~HistoryDialog() override;

Q_SIGNALS:
    void messageRequested(const linchpin::StoredMessage &message);

private:
    void search(bool more);

    UiContext m_context;
    QLineEdit *m_words;
    QComboBox *m_accounts;
    QLineEdit *m_with;
    QListView *m_hits;
    HistoryHitModel *m_model;
    QLabel *m_state;
    QTimer *m_pause;
    int m_asked = 0; ///< number of the newest question: older answers are dropped
};

} // namespace linchpin
