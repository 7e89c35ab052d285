// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>
#include <QStringView>

namespace linchpin::irc {

/// Which characters of nicks and channel names are the same letter (ISUPPORT CASEMAPPING).
enum class CaseMapping {
    Ascii, ///< A-Z.
    Rfc1459, ///< A-Z and []\~ as the capitals of {}|^: RFC 1459 2.2, a Scandinavian keyboard's
             ///< heritage.
    StrictRfc1459, ///< The same without ~ and ^.
    Unicode, ///< "rfc7613" and "utf8mapping": Unicode case folding.
};

/// The mapping a server names; RFC 1459's when it names none or one we do not know.
CaseMapping caseMappingFromName(QStringView name);
/// The form under which names are compared and stored.
QString fold(QStringView name, CaseMapping mapping);
bool sameName(QStringView a, QStringView b, CaseMapping mapping);

} // namespace linchpin::irc
