// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/randombytes.h"
#include "protocols/sip/wire/sipmessage.h"

namespace linchpin::sip {

/// RFC 3261 22.2: a request that is repeated with credentials has a new number and branch. Inside a
/// dialog only the dialog can give it one, or must take note of it (see SimpleSubscription).
bool canBeNumberedAnew(const SipMessage &request);
void numberAnew(SipMessage &request, const RandomBytes &random);

/// A request that somebody waits for an answer to, and that says where the answer goes.
bool isAnswerable(const SipMessage &message);

} // namespace linchpin::sip
