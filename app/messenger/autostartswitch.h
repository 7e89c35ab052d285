// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QObject>
#include <QStringList>
#include <QThreadPool>

namespace linchpin {

class AppSettings;

/// Keeps the setting `start-with-session` and the user's autostart folder alike: what is found
/// there is shown, what is switched is written there. Reads and writes in a thread of its own.
class AutostartSwitch : public QObject {
    Q_OBJECT
public:
    /// `command` starts this program with this profile.
    AutostartSwitch(AppSettings &settings, QStringList command, QObject *parent = nullptr);
    ~AutostartSwitch() override; ///< waits for what is being written

Q_SIGNALS:
    void failed(const linchpin::Error &why);

private:
    void read();
    void write();

    AppSettings &m_settings;
    QStringList m_command;
    bool m_reading = false;
    QThreadPool m_thread;
};

} // namespace linchpin
