// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/auth/authmechanism.h"
#include "protocols/sip/wire/siperror.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArrayList>
#include <QDateTime>
#include <QString>

#include <chrono>

namespace linchpin::sip {

// Everything that goes wrong in this protocol, as errors that explain themselves. The codes are
// those of docs/doctor; the server's own words stand in `detail`, untouched.

/// The server's reason: quoted text of Warning, then the reason of ms-diagnostics, of
/// ms-diagnostics-public, then status code and phrase.
QString serverWords(const SipMessage &response);

/// Whether a refusal is the client version filter's ([MS-OCER] ids 17000 to 17003, or its words).
bool isVersionRefusal(const SipMessage &response);

/// Seconds of Retry-After, at most a day; 0 where there is none. RFC 3261 20.33.
std::chrono::seconds retryAfter(const SipMessage &response);
/// Another server of the pool may well answer: 503, 504. RFC 3263 4.3.
bool isServersOwnTrouble(const SipMessage &response);

/// A final answer to REGISTER other than 2xx, 3xx and 401. `suggestedUserAgent` goes into the
/// remedy of a refused client version; empty when there is none to suggest.
Error signInFailure(const SipMessage &response, const QString &suggestedUserAgent);
/// The same credentials came back refused. `serverTime` is the answer's Date, invalid if none.
Error credentialsRefused(const SipMessage &response, const QByteArray &scheme,
    const QDateTime &serverTime, const QDateTime &now);
/// `wanted` is the account's setting (`kerberos` …), or `auto`.
Error schemeUnavailable(const QByteArrayList &offered, const QString &wanted);
Error handshakeFailed(const QByteArray &scheme, const QString &why);
/// What a mechanism of our own side says. Codes: kerberos-no-ticket, kerberos-no-realm,
/// kerberos-unreachable, kerberos-service-unknown, clock-wrong, wrong-password, account-disabled,
/// single-sign-on-unavailable, tls-dsk-cipher-rejected, certificate-refused, authentication-failed.
Error mechanismFailed(const QByteArray &scheme, const AuthError &why, bool singleSignOn);
/// TLS-DSK is offered without (or with an unusable) address to fetch a certificate from.
Error noProvisioningService(const QString &address);
Error provisioningTimedOut();
/// `missing`: the answer carried none though it had to.
Error badSignature(bool missing = false);
Error noAnswer(const QString &server);
Error foreignProtocol(const ParseError &error, const QString &server, bool tls);
/// The line was cut before a word was said: with the guess that the port wants TLS.
Error perhapsTls(Error error);
Error noServerFound(const QString &domain);
Error redirectLoop(const QString &server);
Error refusedRedirect(const QString &server);
/// registration-notify: unregistered, rejected, deactivated. [MS-SIPREGE] 3.2.
Error deregistered(const QByteArray &event, const QString &words);

/// Any other request (contact list, presence) that was refused.
Error requestFailure(const SipMessage &response);
Error requestTimeout();
Error notSignedIn();
Error closed();

} // namespace linchpin::sip
