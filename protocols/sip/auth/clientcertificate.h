// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QUrl>

namespace linchpin::sip {

/// What the client proves itself with in TLS-DSK, [MS-SIPAE] 3.2.5.3: made by the server's
/// certificate provisioning service for one account on one device. The key is a secret.
struct ClientCertificate {
    QByteArray certificate; ///< DER
    QByteArray privateKey; ///< PKCS#8, DER, not encrypted
    QDateTime notAfter; ///< UTC; the association made with it ends then at the latest

    bool isNull() const { return certificate.isEmpty() || privateKey.isEmpty(); }
};

/// Where TLS-DSK gets its certificate from: a kept one, or the web services.
class CertificateSource {
public:
    CertificateSource() = default;
    CertificateSource(const CertificateSource &) = delete;
    CertificateSource &operator=(const CertificateSource &) = delete;
    virtual ~CertificateSource() = default;

    /// `stsUri` is the sts-uri of the server's challenge, the certificate provisioning service.
    /// With `renew` the server has refused the kept certificate: it is thrown away and a new one
    /// fetched. Errors say which step of the way failed; an unfinished answer is Cancelled when
    /// the source is destroyed.
    virtual Async<ClientCertificate> certificate(const QUrl &stsUri, bool renew) = 0;
};

} // namespace linchpin::sip
