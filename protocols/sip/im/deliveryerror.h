// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"

#include <QByteArray>
#include <QString>

namespace linchpin::sip {

/// Why a MESSAGE or an INVITE did not get through, as it stands in the response.
struct SipFailure {
    int status = 0; ///< 0: no answer in time; -1: the connection was lost
    QByteArray reasonPhrase = {};
    QByteArray warning = {}; ///< Warning header value; may be empty
    /// ms-diagnostics, else ms-diagnostics-public value ([MS-OCER] 2.2.1); may be empty
    QByteArray diagnostics = {};
    friend bool operator==(const SipFailure &, const SipFailure &) = default;
};

/// The status a SipFailure carries when nothing came back at all.
inline constexpr int kNoAnswer = 0;
inline constexpr int kConnectionLost = -1;

/// What to tell the user: a stable code, a sentence, the server's words, a remedy. @p name is how
/// the recipient is called on screen. Codes: recipient-offline, recipient-silent,
/// recipient-unknown, recipient-busy, recipient-declined, message-blocked, message-not-allowed,
/// message-too-long, message-type-unsupported, federation-not-allowed, federation-unreachable,
/// service-unavailable, not-signed-in, delivery-timeout, connection-lost, cancelled,
/// delivery-failed.
Error deliveryError(const SipFailure &failure, const QString &name);

/// The dialog is gone, and a new session may still deliver the message: 408, 480 and 481.
bool isStaleDialog(int status);

/// The server's own words, of the Warning, the diagnostics or the reason phrase, in that order.
QString serverWords(const SipFailure &failure);

} // namespace linchpin::sip
