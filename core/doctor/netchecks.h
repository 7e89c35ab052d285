// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/doctor/observedservices.h"

#include <QUrl>

class QSslCertificate;

namespace linchpin {

/// What the doctor asks of the world beside the account's services. Tests hand in their own.
struct DoctorWorld {
    /// The addresses of a host as literals, or `name-not-found`.
    std::function<Async<QStringList>(const QString &host)> addresses;
    /// Where the time of day may be asked (any HTTP server says it), for the server's host.
    std::function<QList<QUrl>(const QString &host)> clocks;
};

/// Names by the system (or LINCHPIN_DNS_SERVER), the time by the server's own port 80. `context`
/// outlives the world's use.
DoctorWorld realDoctorWorld(QObject *context);

/// More than that is no delay any more.
inline constexpr std::chrono::seconds kClockTolerance { 10 * 60 };

/// How far a clock is off (positive: ours is ahead), by the dates that servers told; nothing where
/// none did or it is right. The plain certificate dates do not count: they may be the fault.
std::optional<std::chrono::seconds> clockError(
    const QList<ObservedServices::Evidence::Date> &dates);

/// Host names a certificate is for (RFC 6125: SANs, else the common name), without wildcards.
QStringList namesOf(const QSslCertificate &certificate);

/// Recognises who answered by the first bytes it said unasked: "HTTP", "SSH", "SMTP", "IMAP",
/// "POP3", "FTP", "IRC", "XMPP"; empty where it cannot be told. Pure.
QString protocolOfBanner(const QByteArray &banner);

/// Finds out more about why a sign-in failed, from the evidence and, where that is not enough, by
/// asking once more: an SRV target without an address, a clock that is wrong, the names a
/// certificate is for, who answers in plain text at a TLS port. Answers the error itself where
/// there is nothing to add; within three seconds. `findings` are told through `report`.
Async<Error> refined(const Error &error, const SettingValues &settings, ObservedServices &services,
    const DoctorWorld &world, QObject *context, const std::function<void(const Finding &)> &report);

} // namespace linchpin
