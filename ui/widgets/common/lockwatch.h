// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace linchpin {

/// Tells when the screen is locked: org.freedesktop.ScreenSaver and org.gnome.ScreenSaver
/// (ActiveChanged) on the session bus, the session's Lock signal of org.freedesktop.login1 on the
/// system bus. Silent where there is none of them.
class LockWatch : public QObject {
    Q_OBJECT
public:
    explicit LockWatch(QObject *parent = nullptr);

Q_SIGNALS:
    void locked();

private:
    Q_SLOT void activeChanged(bool active);
    Q_SLOT void lockAsked();
    void watchLogin();
};

} // namespace linchpin
