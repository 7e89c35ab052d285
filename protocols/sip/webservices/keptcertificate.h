// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/clientcertificate.h"

#include <QDateTime>
#include <QUrl>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// A certificate as it is kept between sign-ins: whose it is and who issued it, so that it is never
/// shown to another server or under another address.
struct KeptCertificate {
    ClientCertificate certificate;
    QDateTime notBefore; ///< UTC
    QString address;
    QUrl service; ///< the provisioning service

    bool isFor(const QString &wantedAddress, const QUrl &wantedService) const;
    /// Good for another hour at least.
    bool isUsable(const QDateTime &now) const;
    /// So near its end that a new one should be fetched while this one still works: the last
    /// eighth of its life.
    bool isDue(const QDateTime &now) const;

    /// One line of text for the secret store, key included.
    QString toSecret() const;
    static std::optional<KeptCertificate> fromSecret(const QString &secret);
    /// Reads the dates out of the certificate. Nothing when it is none or the key does not fit.
    static std::optional<KeptCertificate> make(const QByteArray &certificate,
        const QByteArray &privateKey, const QString &address, const QUrl &service);
};

/// A fresh RSA key and a request for a certificate with it.
struct KeyAndRequest {
    QByteArray privateKey; ///< PKCS#8, DER
    QByteArray request; ///< PKCS#10, DER
};
/// Made by QCA; takes a good part of a second, so call it in a pool thread, while a
/// QCA::Initializer lives. The error is a sentence for the log.
std::expected<KeyAndRequest, QString> makeKeyAndRequest(const QString &commonName);

} // namespace linchpin::sip
