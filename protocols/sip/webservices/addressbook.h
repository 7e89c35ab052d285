// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/contacts/directorysearch.h"
#include "protocols/sip/webservices/webticket.h"

#include <QByteArray>
#include <QString>

#include <expected>

namespace linchpin::sip {

/// What the address book web query of Lync is asked for ([MS-ABS], with the ticket of [MS-OCAUTHWS]
/// in the header).
struct AddressBookQuery {
    enum class Kind {
        Anywhere, ///< names, addresses and companies that begin with the words
        Fields, ///< the rows, all of which have to hold
    };
    Kind kind = Kind::Anywhere;
    QString words = {}; ///< Anywhere
    SearchRows rows = {}; ///< Fields
    int most = 100;
};
QByteArray buildAddressBookQuery(const AddressBookQuery &query, const WebTicket &ticket);
std::expected<DirectoryAnswer, DocumentError> parseAddressBookAnswer(QByteArrayView body, int most);

/// The members of a distribution group by its e-mail address ([MS-DLX] QueryDLMembers).
QByteArray buildMembersQuery(const QString &group, int most, const WebTicket &ticket);
std::expected<DirectoryAnswer, DocumentError> parseMembersAnswer(QByteArrayView body, int most);

/// Value of the header X-MS-WebTicket ([MS-OCAUTHWS] 2.2.1): for what is fetched by GET.
QByteArray webTicketHeader(const WebTicket &ticket);

/// Where a photo of the address book is, or an invalid URL: a path cannot lead away from @p files.
QUrl addressBookPhoto(const QUrl &files, const QString &path);

/// Whether the bytes begin like a picture that can be shown (JPEG, PNG, GIF), and are not too many.
bool isPhoto(const QByteArray &bytes);

inline constexpr auto searchAction = "\"DistributionListExpander/IAddressBook/SearchAbEntry\"";
inline constexpr auto membersAction = "\"DistributionListExpander/IDLX/QueryDLMembers\"";
inline constexpr qsizetype kLargestPhoto = qsizetype { 1 } << 20; ///< bytes; ContactCard::photo

} // namespace linchpin::sip
