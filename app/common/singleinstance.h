// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QObject>

namespace linchpin {

/// One running messenger a profile: a second start wakes the first and ends.
class SingleInstance : public QObject {
    Q_OBJECT
public:
    explicit SingleInstance(const QString &profile, QObject *parent = nullptr);

    /// True when this is the first; false when another one was woken.
    bool claim();
    void release(); ///< another program of this profile takes over

Q_SIGNALS:
    void woken(); ///< a second start asks for the window

private:
    QString m_name;
    QLocalServer m_server;
};

} // namespace linchpin
