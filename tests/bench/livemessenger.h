// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/common/application.h"
#include "tests/bench/childprocess.h"
#include "ui/widgets/mainwindow.h"

#include <optional>

namespace linchpin::bench {

/// The messenger as its program puts it together, in this process, with one account on a simulated
/// network; not signed in yet. Ends the benchmark with a reason when that fails.
class LiveMessenger {
public:
    LiveMessenger(const QString &protocol, const QStringList &simulatorSwitches);
    ~LiveMessenger();

    Application &application() { return *m_application; }
    MainWindow &window() { return *m_window; }
    void openPartner(); ///< the conversation with who talks by themselves
    void signIn() { m_application->accounts().start(); }

private:
    SimulatedAccounts m_accounts;
    std::optional<Application> m_application;
    std::optional<MainWindow> m_window;
};

} // namespace linchpin::bench
