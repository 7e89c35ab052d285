// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace linchpin::sip {

/// The Windows domain of a server, as it calls itself in an NTLM challenge.
struct WindowsDomain {
    QString netbios; ///< "LITWARE"
    QString dns; ///< "ad.litwareinc.com"; may be empty
    friend bool operator==(const WindowsDomain &, const WindowsDomain &) = default;
};

/// Of a CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2, AV pairs 2 and 4); nothing when it cannot be read or
/// tells no domain.
std::optional<WindowsDomain> windowsDomainOf(const QByteArray &ntlmChallenge);

/// How the login would be spelled in the server's own domain ("LITWARE\ben") when it names another
/// one; nothing where it fits, or names none. `login` as typed, empty for the sign-in address.
std::optional<QString> loginInDomain(
    const QString &login, const QString &signInAddress, const WindowsDomain &domain);

} // namespace linchpin::sip
