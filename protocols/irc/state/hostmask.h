// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/state/casemapping.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace linchpin::irc {

/// The parts of a message source; empty where the source has none.
struct Hostmask {
    QByteArrayView nick; ///< Or a server's name.
    QByteArrayView user;
    QByteArrayView host;
};

/// Takes nick[!user][@host] apart (RFC 1459 2.3.1); views into @p source.
Hostmask splitHostmask(QByteArrayView source);

/// Whether @p text matches @p mask, where '*' stands for any characters and '?' for one. In time
/// proportional to the product of the lengths at worst, however many stars a peer sends.
bool matchesMask(QStringView text, QStringView mask, CaseMapping mapping);

/// The mask for banning somebody: *!*@host when the host is known, nick!*@* otherwise; a mask stays
/// itself.
QString banMask(const QString &nickOrMask, const QString &host);

/// Whether a server may hand out @p host as a client's or its own name: labels of letters, digits
/// and inner hyphens, at least one dot (ircdocs parser-tests, validate-hostname).
bool isValidHostname(QByteArrayView host);

} // namespace linchpin::irc
