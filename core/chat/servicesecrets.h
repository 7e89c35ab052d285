// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/richtext.h"

#include <QString>

namespace linchpin {

/// Passwords that people type into conversations: to the services of chat networks (NickServ,
/// ChanServ, Q, AuthServ, X) and behind /join. They are sent as they are and kept blotted out.
/// Pure.

/// What is kept of a message to `with`; the same where there is nothing to hide.
RichText withoutServiceSecrets(const QString &with, const RichText &body);
/// What is kept of a line that is being typed in a conversation with `with`: as much of it as holds
/// no password.
QString draftToKeep(const QString &with, const QString &draft);

} // namespace linchpin
