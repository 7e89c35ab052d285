// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/message.h"
#include "core/sdk/richtext.h"
#include "protocols/sip/im/deliveryerror.h"
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/session/siplink.h"

// What messages to one person and messages in conferences have in common.

namespace linchpin::sip {

inline constexpr QLatin1StringView kActionPrefix { "/me " };

/// Unique on the wire: a message is known by its call and number.
QByteArray messageKey(const SipMessage &message);
QByteArray transactionKey(const SipMessage &request);
/// The tag of From or To.
QByteArray tagOf(const SipMessage &message, QByteArrayView header);
/// Whether Supported lists that option.
bool supports(const SipMessage &message, QByteArrayView option);
/// How a request went, for deliveryError().
SipFailure failureOf(const SipReply &reply);
QByteArray phraseOf(int status);

/// The answer to "what can you do": our methods, and what we read.
void describeOwnIm(SipMessage &ok, const LocalIdentity &identity);

/// What somebody wrote; `kind` becomes Action where it begins with "/me ".
RichText richText(const ImText &text, MessageKind *kind);

} // namespace linchpin::sip
