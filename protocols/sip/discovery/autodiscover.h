// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/documents/xmlelement.h"

#include <QByteArrayView>
#include <QUrl>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// One answer of Lync's autodiscover service, [MS-OCDISCWS] 2.2.4: what we use of it.
struct AutodiscoverAnswer {
    enum class Access { Unknown, Internal, External };
    Access access = Access::Unknown; ///< on which side the server sees us
    QUrl redirect; ///< ask there instead; any scheme
    QUrl user; ///< the resource that names the servers
    std::optional<SrvTarget> internalServer; ///< SipClientInternalAccess, TLS
    std::optional<SrvTarget> externalServer; ///< SipClientExternalAccess, TLS

    /// The servers to try, best first; only those of our side when the server says which it is.
    QList<SrvTarget> servers() const;
};

/// Reads the XML form and both JSON forms (Lync's own and the one of UCWA).
std::expected<AutodiscoverAnswer, DocumentError> parseAutodiscover(QByteArrayView document);

} // namespace linchpin::sip
