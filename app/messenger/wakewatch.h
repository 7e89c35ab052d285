// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace linchpin {

/// Tells when the machine woke from sleep: org.freedesktop.login1 PrepareForSleep(false) on the
/// system bus. Silent where there is no such bus.
class WakeWatch : public QObject {
    Q_OBJECT
public:
    explicit WakeWatch(QObject *parent = nullptr);

Q_SIGNALS:
    void resumed();

private Q_SLOTS:
    void prepareForSleep(bool sleeping);
};

} // namespace linchpin
