// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/registration/authnegotiator.h"

#include <QDateTime>
#include <QString>

#include <functional>

namespace linchpin::sip {

/// Who signs in, as the account's settings say it.
struct SignIn {
    QString address; ///< sign-in address
    QString login; ///< as typed; may be empty
    QString password; ///< empty with Single Sign-On
    bool singleSignOn = false;
    /// Everything has to go through the account's own proxy: no Kerberos server may be asked.
    bool proxied = false;
    QString authorityFile = {}; ///< the account's `ca-file`; may be empty
    QString pinnedCertificate = {}; ///< `pinned-certificate`; may be empty
    QString workstation = {}; ///< NetBIOS name of this computer, for NTLM
};

/// The mechanisms of this computer for this account: NTLM by ourselves or, with Single Sign-On, by
/// the system; Kerberos by the system; TLS-DSK with the certificate of the request.
MechanismFactory signInMechanisms(
    const SignIn &who, const RandomBytes &random, std::function<QDateTime()> now);

/// For plain SIP servers: the login alone is the user name, as entered.
std::optional<DigestCredentials> digestCredentials(const SignIn &who);

} // namespace linchpin::sip
