// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

namespace linchpin::sip {

/// The form in which a person is remembered: "ann@litwareinc.com", all lower case, without scheme,
/// angle brackets, URI parameters or headers. Full contact lists write addresses without "sip:",
/// deltas and presence with it, federated PIDF with "pres:" or nothing; all give the same value.
/// A telephone contact keeps its scheme ("tel:+15550101"). Empty when there is nothing usable: what
/// could break out of a header line is nobody's address.
QString addressFromUri(QStringView uri);

/// "sip:ann@litwareinc.com" from an address; one that already carries a scheme is returned as it
/// is.
QString uriFromAddress(QStringView address);

/// The address with the characters escaped that a URI cannot carry, without scheme.
QString escapedAddress(QStringView address);

} // namespace linchpin::sip
