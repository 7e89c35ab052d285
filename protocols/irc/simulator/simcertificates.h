// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace linchpin::irc::sim {

/// A throw-away authority and two certificates of one server, all PEM. Only for loopback.
struct SimCertificates {
    QByteArray authority; ///< what clients are told to trust
    QByteArray certificate; ///< valid from yesterday for 30 days
    QByteArray expiredCertificate; ///< the same names and key, ended yesterday
    QByteArray key; ///< P-256 of the server
};

/// Nothing only when OpenSSL itself fails. Names may be DNS names or IP addresses; all become
/// subjectAltNames.
std::optional<SimCertificates> makeCertificates(const QStringList &names);

} // namespace linchpin::irc::sim
