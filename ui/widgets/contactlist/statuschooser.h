// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/presence.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

class QLineEdit;
class QMenu;
class QToolButton;

namespace linchpin {

/// Own picture with presence, the status as a menu, and the note. Sets the global status.
class StatusChooser : public QWidget {
    Q_OBJECT
public:
    explicit StatusChooser(UiContext context, QWidget *parent = nullptr);
    QMenu *statusMenu() const { return m_menu; }

private:
    void refresh();
    void choose(Availability availability, const QString &activity = {});
    /// Whether an account has the statuses of OwnStatusWord.
    bool hasWorkStatuses() const;
    void buildMenu();

    UiContext m_context;
    QWidget *m_avatar;
    QToolButton *m_button;
    QLineEdit *m_note;
    QMenu *m_menu;
};

} // namespace linchpin
