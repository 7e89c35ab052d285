// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/sip/webservices/servicemetadata.h"
#include "protocols/sip/webservices/webticket.h"
#include "protocols/sip/wire/randombytes.h"

#include <variant>

namespace linchpin::sip {

/// Who asks the web services, and as what program.
struct WebIdentity {
    QString address; ///< sign-in address
    UsernamePassword user; ///< for token services of a company; Windows ways are HTTP's business
    QByteArray userAgent; ///< the account's; empty = none
    /// The service that knows which company's token service a domain has, and issues tokens itself.
    /// Asked solely where the ticket service takes no Windows authentication.
    QUrl loginService { QStringLiteral("https://login.microsoftonline.com") };
};

/// A ticket and where it is good.
struct TicketGrant {
    WebTicket ticket;
    QUrl service; ///< the port that requests go to
};

/// Send this request and bring the answer; or the ticket; or why there is none.
using TicketStep = std::variant<HttpRequest, TicketGrant, Error>;

/// The way to a web ticket, [MS-OCAUTHWS] 3.2 and WS-Trust: metadata of the service, metadata of
/// the ticket service, then a request that HTTP authenticates (NTLM, Negotiate), or one with a
/// token of the company's own token service (ADFS) or of the login service. One request at a time,
/// https alone. No socket, no clock.
class TicketMachine {
public:
    TicketMachine(WebIdentity identity, RandomBytes random);

    /// For a port of a service that tells by its metadata who issues tickets.
    TicketStep startForService(const QUrl &service, const QString &port);
    /// For a resource whose ticket service is known (X-MS-WebTicketURL of autodiscover).
    TicketStep startForResource(const QUrl &ticketService, const QUrl &resource);
    /// The answer to the request before, or why none came.
    TicketStep step(const Result<HttpReply> &answer);

private:
    enum class Phase { ServiceMetadata, TicketMetadata, Windows, Realm, Company, Login, Federated };

    TicketStep get(Phase phase, const QUrl &url);
    TicketStep post(Phase phase, const QUrl &url, const QByteArray &body);
    TicketStep askTicketService(const QUrl &ticketService);
    TicketStep askWindows();
    TicketStep askFederation();
    TicketStep askCompany(const QUrl &service, const QString &appliesTo);
    TicketStep askLogin();
    TicketStep askFederated(const SecurityToken &token);
    TicketStep redirected(const HttpReply &reply);
    TicketStep serviceMetadata(const HttpReply &reply);
    TicketStep ticketMetadata(const HttpReply &reply);
    TicketStep windowsAnswer(const HttpReply &reply);
    TicketStep realmAnswer(const HttpReply &reply);
    TicketStep companyAnswer(const HttpReply &reply);
    TicketStep ticketAnswer(const HttpReply &reply);
    Error failed(const HttpReply &reply) const;
    QByteArray uuid() const;

    WebIdentity m_identity;
    RandomBytes m_random;
    Phase m_phase = Phase::ServiceMetadata;
    QUrl m_url; ///< of the request that is out
    int m_redirects = 0;
    QString m_portName;
    QUrl m_resource; ///< what the ticket is for
    ServicePort m_windows; ///< ports of the ticket service; address invalid = none
    ServicePort m_federated;
    bool m_companyIsEnough = false; ///< its token goes straight to the ticket service
    SecurityToken m_companyToken;
    QByteArray m_entropy;
};

/// A random UUID out of random bytes, as text without braces.
QByteArray randomUuid(const RandomBytes &random);

} // namespace linchpin::sip
