// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace linchpin {

/// Picks people for a conversation of more than two: a new one, one that a talk with a single
/// person grows into, or one that exists. Only accounts whose network has conferences are offered.
class PeopleDialog : public QDialog {
    Q_OBJECT
public:
    /// @p from: the conversation it is asked in; null for a new one.
    explicit PeopleDialog(
        UiContext context, const ConversationKey &from, QWidget *parent = nullptr);

Q_SIGNALS:
    void opened(const linchpin::ConversationKey &room);

private:
    void fill();
    void filter();
    void check();
    QList<ContactAddress> chosen() const;
    AccountId account() const;
    void start();
    void complain(const Error &error);

    UiContext m_context;
    ConversationKey m_from;
    QComboBox *m_accounts;
    QLineEdit *m_subject;
    QLineEdit *m_filter;
    QListWidget *m_people;
    QLabel *m_complaint;
    QPushButton *m_ok = nullptr;
};

} // namespace linchpin
