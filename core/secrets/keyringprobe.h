// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

class QObject;

namespace linchpin {

/// What can be expected of the system's keyring before it is asked for anything.
enum class KeyringState {
    Unknown, ///< not told within two seconds, or no system that could be asked (Windows, macOS)
    Absent, ///< nothing answers
    Open,
    Locked, ///< it will ask its user for the password
    LockedForGood, ///< it would have to ask, and has no program to ask with
};

/// Asks the Secret Service (freedesktop.org, 0.2) without opening a window. `context` owns the
/// question.
Async<KeyringState> probeKeyring(QObject *context);

} // namespace linchpin
