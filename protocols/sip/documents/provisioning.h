// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QUrl>

namespace linchpin::sip {

/// Where the services around the pool are, as in-band provisioning tells
/// (vnd-microsoft-provisioning-v2, group ServerConfiguration). Only https.
struct ServicePlaces {
    QUrl groupExpansion; ///< address book web query and distribution lists ([MS-DLX]); may be
                         ///< invalid
    QUrl addressBook; ///< files of the address book, photos among them; may be invalid
    friend bool operator==(const ServicePlaces &, const ServicePlaces &) = default;

    /// Whether an address is at one of these services.
    bool contains(const QUrl &url) const;
};

/// @p remoteUser: we came in through an Edge server, and see the outside names only.
std::expected<ServicePlaces, DocumentError> parseServicePlaces(
    QByteArrayView body, bool remoteUser);

} // namespace linchpin::sip
