// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "core/sdk/ids.h"
#include "core/sdk/session.h"

#include <functional>

class QMenu;
class QObject;

namespace linchpin {

class Account;

/// The account's access levels; nullptr while it is not online or has none.
AccessFacet *accessOf(const Account *account);

struct AccessMenuHandlers {
    std::function<void(const Error &why)> failed;
    std::function<void()> dialogRequested;
};

/// Adds a submenu with the levels, the person's present one checked, and the way back to the rule
/// for everybody of that kind. Nothing where the account has no levels. `title` names the submenu.
void addAccessMenu(QMenu &menu, const QString &title, const Account *account,
    const ContactAddress &address, QObject *context, const AccessMenuHandlers &handlers);

} // namespace linchpin
