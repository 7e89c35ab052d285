// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArrayView>
#include <QList>
#include <QString>
#include <QUrl>

namespace linchpin::sip {

/// How a port of a web service wants to know who calls.
enum class PortAuthentication {
    Anonymous,
    Windows, ///< NTLM or Negotiate of HTTP
    Certificate, ///< a client certificate or an X.509 token
    Username, ///< WS-Security name and password
    Token, ///< one that another service (`issuer`) issued
};

/// A port of a service as its metadata describe it, [MS-OCAUTHWS] 2.2 and WS-Policy 1.2.
struct ServicePort {
    QString name;
    QUrl address; ///< where to send requests
    PortAuthentication authentication = PortAuthentication::Anonymous;
    QUrl issuer; ///< Token: who issues them; may be invalid
    bool signedRequests = false; ///< Token: requests carry a signature made with its proof key
};

struct ServiceMetadata {
    QList<ServicePort> ports;

    const ServicePort *port(QStringView name) const;
    const ServicePort *port(PortAuthentication authentication) const;
};

/// Reads what `GET service/mex` answers: WSDL with policies, bare or wrapped in wsx:Metadata. Ports
/// whose address is not https are left out: credentials are never sent there.
std::expected<ServiceMetadata, DocumentError> parseMetadata(QByteArrayView document);

inline constexpr auto certificatePort = u"CertProvisioningServiceWebTicketProof_SHA1";
inline constexpr auto addressBookPort = u"AddressBookWebTicketBearer";

} // namespace linchpin::sip
