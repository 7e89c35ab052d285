// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/webservices/webticket.h"

#include <QByteArray>
#include <QString>

namespace linchpin::sip {

/// GetAndPublishCert of the Certificate Provisioning Service, [MS-OCAUTHWS] 3.1.4.1.
struct CertificateDemand {
    QString address; ///< sign-in address
    QByteArray deviceId; ///< the UUID of +sip.instance, without braces
    QByteArray request; ///< PKCS#10, DER
    QByteArray requestId; ///< any UUID
};
QByteArray buildCertificateDemand(const CertificateDemand &demand, const WebTicket &ticket);
/// The certificate, DER.
std::expected<QByteArray, DocumentError> parseCertificateAnswer(QByteArrayView document);

inline constexpr auto certificateAction
    = "\"http://schemas.microsoft.com/OCS/AuthWebServices/GetAndPublishCert\"";

} // namespace linchpin::sip
