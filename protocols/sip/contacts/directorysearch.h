// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/contacts/personrecord.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <utility>

namespace linchpin::sip {

/// Rows of a directory search: attribute and value, all of which have to hold.
using SearchRows = QList<std::pair<QString, QString>>;

/// SOAP of a search by SERVICE ([MS-SIP] 2.2.1.5): at most @p most people.
QByteArray buildDirectorySearch(const SearchRows &rows, int most);

struct DirectoryAnswer {
    QList<PersonRecord> records = {};
    bool more = false; ///< the server has more than it told
};

/// The answer to it.
std::expected<DirectoryAnswer, DocumentError> parseDirectorySearch(QByteArrayView body);

/// What to ask for what somebody typed: the server compares single attributes, people type names in
/// either order, addresses and parts of them. At most four searches; none for empty text.
QList<SearchRows> searchesFor(const QString &typed);

} // namespace linchpin::sip
