// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"

#include <QByteArrayView>
#include <QUrl>

#include <optional>

namespace linchpin::sip {

/// What a web service said went wrong.
struct SoapFault {
    QString code; ///< faultcode or Code/Value, without its prefix
    QString words; ///< the most telling text of it, in the server's words
    int id = 0; ///< ErrorId of Ms-Diagnostics-Fault ([MS-OCER]); 0 = none
};

/// Reads SOAP 1.1 faults (faultstring, Ms-Diagnostics-Fault of [MS-OCAUTHWS] 2.2.4.1) and SOAP 1.2
/// faults (Reason/Text, internalerror of the login service). Nothing when the document is no fault.
std::optional<SoapFault> parseFault(QByteArrayView document);

/// Whether a service refused the web ticket: 401, or a fault that names the security token
/// (WS-Security 1.0 section 12: FailedAuthentication, InvalidSecurityToken; MessageExpired).
bool isTicketRefusal(const HttpReply &reply);

/// The server's words for an answer that is none we can use: its fault, else status and reason.
QString webWords(const HttpReply &reply);

// Errors of the way to a certificate. The codes are those of the connection doctor.

/// `web-ticket-failed`; `wrong-password` where the server refused name and password.
Error webTicketFailed(const QUrl &service, const QString &words, bool transient);
Error webPasswordRefused(const QUrl &service, const QString &words);
/// Name and password are not enough: there is a second factor or an interactive page.
Error webSecondFactor(const QUrl &service, const QString &words);
/// `certificate-provisioning-failed`.
Error certificateFailed(const QUrl &service, const QString &words, bool transient);
/// The TLS-DSK challenge named no service, or one that is not https.
Error noCertificateService(const QString &uri);

} // namespace linchpin::sip
