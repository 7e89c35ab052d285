// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
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

/// Under which key an account keeps the answer between two sign-ins.
inline constexpr QStringView kProvisioningState = u"provisioning";
/// Provisioning is asked for once at sign-in and says the same for months: an answer to the same
/// question (server, side of the firewall, groups asked for) holds for eight hours. Nothing for
/// what is too large to be kept.
QByteArray rememberProvisioning(
    const QByteArray &body, const QByteArray &question, const QDateTime &now);
/// The kept answer to that question; empty where there is none, or an old one.
QByteArray rememberedProvisioning(
    const QByteArray &kept, const QByteArray &question, const QDateTime &now);

} // namespace linchpin::sip
