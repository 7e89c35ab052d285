// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/webservices/rawxml.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QUrl>

namespace linchpin::sip {

/// A token a security service issued and for how long: SAML assertion or encrypted data, opaque.
struct SecurityToken {
    QByteArray element; ///< standalone, otherwise byte for byte as issued
    QByteArray id; ///< AssertionID; empty where it has none
    QByteArray created; ///< the two ends of its life, in the server's spelling
    QByteArray expires;
    QDateTime expiresAt; ///< UTC

    bool isFresh(const QDateTime &now) const { return expiresAt > now.addSecs(60); }
};

/// What the web services of Lync know somebody by, [MS-OCAUTHWS] 3.2. Secret: whoever has it is
/// the user until it expires.
struct WebTicket {
    SecurityToken token;
    QByteArray proofKey; ///< signs requests; empty for a bearer token
};

struct UsernamePassword {
    QString username;
    QString password;
};

/// WS-Trust 1.3 request for a web ticket. With Windows authentication the HTTP layer says who asks;
/// otherwise `token` does, in the security header.
struct TicketRequest {
    QUrl to; ///< the port of the ticket service
    QUrl appliesTo; ///< the service the ticket is for
    QString address; ///< sign-in address
    QByteArray entropy; ///< 32 random bytes
    QByteArray context; ///< any UUID
    QByteArray messageId; ///< another one
    QByteArray token; ///< SecurityToken::element, or empty
    QByteArray tokenCreated;
    QByteArray tokenExpires;
};
QByteArray buildTicketRequest(const TicketRequest &request);
/// With the proof key worked out of both sides' entropy.
std::expected<WebTicket, DocumentError> parseTicketAnswer(
    QByteArrayView document, const QByteArray &entropy);

/// WS-Trust 2005/02 request to a company's own token service (ADFS) or to the login service, with
/// name and password or with a token of the former. SOAP 1.2.
struct TokenRequest {
    QUrl to;
    QString appliesTo; ///< URI or URN
    QByteArray messageId;
    UsernamePassword user; ///< used where `token` is empty
    QByteArray token;
};
QByteArray buildTokenRequest(const TokenRequest &request);
std::expected<SecurityToken, DocumentError> parseTokenAnswer(QByteArrayView document);

/// Where a domain's own token service is (getuserrealm.srf), or an invalid URL when it has none.
std::expected<QUrl, DocumentError> parseRealm(QByteArrayView document);

/// P_SHA1 of RFC 2246 section 5 over both sides' entropy; WS-Trust 1.3 4.4.7.
QByteArray computedKey(const QByteArray &clientEntropy, const QByteArray &serverEntropy);

/// The security header of a request to a service: time stamp, token, and for a ticket with a proof
/// key an XML signature over the time stamp. Everything that is signed is written in exclusive
/// canonical form, so no canonicaliser is needed. WS-Security 1.0.
QByteArray securityHeader(const WebTicket &ticket);

inline constexpr auto ticketAction
    = "\"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue\"";

} // namespace linchpin::sip
