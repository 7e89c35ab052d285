// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <chrono>

namespace linchpin::sip {

// What a registrar's refusals mean, as errors that explain themselves.

/// The server's reason: quoted text of Warning, then the reason of ms-diagnostics, of
/// ms-diagnostics-public, then status code and phrase.
QString serverWords(const SipMessage &response);

/// Whether a refusal is the client version filter's ([MS-OCER] ids 17001 to 17003, or its words).
bool isVersionRefusal(const SipMessage &response);

/// Seconds of Retry-After, at most a day; 0 where there is none. RFC 3261 20.33.
std::chrono::seconds retryAfter(const SipMessage &response);
/// Another server of the pool may well answer: 503, 504. RFC 3263 4.3.
bool isServersOwnTrouble(const SipMessage &response);

/// A final answer to REGISTER other than 2xx, 3xx and 401. `suggestedUserAgent` goes into the
/// remedy of a refused client version; empty when everything known has been tried.
Error signInFailure(const SipMessage &response, const QString &suggestedUserAgent);
/// What the server refused.
struct Credentials {
    QByteArray scheme;
    /// The login in the server's own Windows domain, where the one shown names another; or empty.
    QString otherLogin = {};
    /// They carried the server's time, not ours: the clock is no excuse.
    bool inServerTime = false;
};
/// The same credentials came back refused. `serverTime` is the answer's Date, invalid if none.
Error credentialsRefused(const SipMessage &response, const Credentials &shown,
    const QDateTime &serverTime, const QDateTime &now);

} // namespace linchpin::sip
