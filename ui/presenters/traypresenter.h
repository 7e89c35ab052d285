// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/account.h"
#include "core/sdk/presence.h"

#include <QList>
#include <QString>

namespace linchpin {

/// What the tray shows of one account.
struct TrayAccount {
    QString name;
    Account::State state = Account::State::Offline;
    Presence presence; ///< as published; Offline while not online
    QString stateText; ///< translated ("Online", "Waiting: …")
    bool enabled = true;
};

/// The tray icon's picture and words. Pure.
struct TrayView {
    Availability availability = Availability::Offline;
    int unread = 0;
    QString tooltip; ///< plain text, one line for each thing

    friend bool operator==(const TrayView &, const TrayView &) = default;
};

/// The best presence that is really published; how many messages wait; which accounts do not do
/// what the user wants. Accounts that are switched off are not mentioned.
TrayView trayView(const QList<TrayAccount> &accounts, int unread);

} // namespace linchpin
