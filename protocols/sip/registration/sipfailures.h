// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/auth/authmechanism.h"
#include "protocols/sip/registration/registerrefusal.h"
#include "protocols/sip/wire/siperror.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArrayList>
#include <QDateTime>
#include <QString>

#include <chrono>

namespace linchpin::sip {

// Everything that goes wrong in this protocol, as errors that explain themselves. The codes are
// those of docs/doctor; the server's own words stand in `detail`, untouched.

/// `wanted` is the account's setting (`kerberos` …), or `auto`.
Error schemeUnavailable(const QByteArrayList &offered, const QString &wanted);
Error handshakeFailed(const QByteArray &scheme, const QString &why);
/// What a mechanism of our own side says. Codes: kerberos-no-ticket, kerberos-no-realm,
/// kerberos-unreachable, kerberos-service-unknown, login-format, clock-wrong, wrong-password,
/// account-disabled, single-sign-on-unavailable, tls-dsk-cipher-rejected, tls-dsk-server-untrusted,
/// certificate-refused, server-fault, auth-scheme-unavailable.
Error mechanismFailed(const QByteArray &scheme, const AuthError &why, bool singleSignOn);
/// TLS-DSK is offered without (or with an unusable) address to fetch a certificate from.
Error noProvisioningService(const QString &address);
Error provisioningTimedOut();
/// `missing`: the answer carried none though it had to.
Error badSignature(bool missing = false);
Error noAnswer(const QString &server);
Error foreignProtocol(const ParseError &problem, const QString &server, bool tls);
/// The line was cut before a word was said: with the guess that the port wants TLS.
Error perhapsTls(Error error);
Error noServerFound(const QString &domain);
/// An SRV record leads to a name that does not exist.
Error srvTargetMissing(const QString &host, const QString &domain);
/// Nothing could be asked, or what answered was of no use.
Error discoveryFailed(const QString &domain, const QString &words);
/// Under `auto`, at a server where a stronger scheme worked before.
Error weakerScheme(const QByteArray &before, const QByteArray &now, const QByteArrayList &offered);
/// A stronger scheme failed, and the weaker one was left alone for that.
Error withoutWeaker(Error error, const QByteArray &weaker);
/// Digest over a connection that anybody can listen to, when nobody chose such a connection.
Error openPassword(const QString &server);
/// Under `auto`, where signing in was encrypted before.
Error noLongerEncrypted(const QString &server);
// What was mended, or is not what it was: sentences for a notice.
QString anotherServer(const QString &useless, const Error &why, const QString &server);
QString certificateRenewed();
/// `ahead`: how far the server's clock is ahead of ours.
QString clockMended(std::chrono::seconds ahead);
QString nowWeaker(const QByteArray &before, const QByteArray &now);

/// No connection to a web service that TLS-DSK needs.
Error webServiceUnreachable(const Error &why);
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
