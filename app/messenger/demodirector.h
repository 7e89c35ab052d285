// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/demo.h"

#include <QObject>
#include <QString>

namespace linchpin {

class Dialogs;
class MainWindow;

/// `linchpin --demo --auto`: waits until the demonstration's accounts are online and a conversation
/// on each has gone both ways, saves screenshots, prints what happened, ends with 0; anything less
/// ends with 1 and the reason.
class DemoDirector : public QObject {
    Q_OBJECT
public:
    DemoDirector(Application &application, Demo &demo, MainWindow &window, Dialogs &dialogs,
        QString screenshots, QObject *parent = nullptr);

private:
    void showAll();
    void shoot(const QString &name, QWidget &widget);
    void takeScreenshots();
    void finish(int status, const QString &why);

    Application &m_application;
    Demo &m_demo;
    MainWindow &m_window;
    Dialogs &m_dialogs;
    QString m_folder;
    QStringList m_saved;
    bool m_done = false;
};

} // namespace linchpin
