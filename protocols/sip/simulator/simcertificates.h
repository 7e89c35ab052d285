// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QStringList>

#include <chrono>
#include <optional>
#include <utility>

namespace linchpin::sip::sim {

/// A throw-away authority and two certificates of one server, all PEM. Only for loopback.
struct SimCertificates {
    QByteArray authority; ///< what clients are told to trust
    QByteArray certificate; ///< valid from yesterday for 30 days
    QByteArray expiredCertificate; ///< the same names and key, ended yesterday
    QByteArray key; ///< RSA 2048 of the server
    QByteArray authorityKey;
};

/// Nothing only when OpenSSL itself fails. Names may be DNS names or IP addresses; all become
/// subjectAltNames.
std::optional<SimCertificates> makeCertificates(const QStringList &names);

/// A certificate of other names for the server's key; PEM, empty when OpenSSL fails.
QByteArray issueServerCertificate(const SimCertificates &authority, const QStringList &names);

/// What may be wrong with a server's certificate, beside its names and its end.
enum class CertificateFault : quint8 {
    None,
    NotYetValid, ///< from tomorrow on
    SelfSigned,
    OtherAuthority, ///< of one that nobody was told to trust
};

/// A certificate with that fault and its key, both PEM; empty when OpenSSL fails.
std::pair<QByteArray, QByteArray> makeFaultyCertificate(
    const SimCertificates &authority, const QStringList &names, CertificateFault fault);

/// A client certificate for the key of a PKCS#10 request (DER), issued by the authority whatever
/// name the request asks for; DER. Empty when the request cannot be read or its signature is wrong.
QByteArray issueCertificate(const SimCertificates &authority, const QByteArray &request,
    const QString &commonName, std::chrono::seconds lifetime);

/// Whom a client certificate (DER) was issued to; nothing when it is not of that authority or its
/// time is over.
std::optional<QString> holderOf(const SimCertificates &authority, const QByteArray &certificate);

} // namespace linchpin::sip::sim
