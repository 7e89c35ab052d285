// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/ticketmachine.h"

#include "protocols/sip/webservices/soapfault.h"
#include "protocols/sip/webservices/webanswer.h"

#include <QUrlQuery>
#include <QUuid>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr int mostRedirects = 5;
constexpr int entropySize = 32;
constexpr auto answerLimit = 30s;

bool isPasswordFault(const HttpReply &reply)
{
    const auto fault = parseFault(reply.body);
    return reply.status == 401
        || (fault
            && (fault->code.contains(u"FailedAuthentication"_s, Qt::CaseInsensitive)
                || fault->code.contains(u"InvalidSecurityToken"_s, Qt::CaseInsensitive)));
}

QUrl metadataOf(QUrl service)
{
    service.setPath(service.path() + u"/mex"_s);
    return service;
}

} // namespace

QByteArray randomUuid(const RandomBytes &random)
{
    QByteArray bytes = random(16);
    bytes[6] = char((quint8(bytes[6]) & 0x0fU) | 0x40U); // RFC 4122 4.4
    bytes[8] = char((quint8(bytes[8]) & 0x3fU) | 0x80U);
    return QUuid::fromRfc4122(bytes).toByteArray(QUuid::WithoutBraces);
}

TicketMachine::TicketMachine(WebIdentity identity, RandomBytes random)
    : m_identity(std::move(identity))
    , m_random(std::move(random))
{
}

QByteArray TicketMachine::uuid() const
{
    return randomUuid(m_random);
}

TicketStep TicketMachine::startForService(const QUrl &service, const QString &port)
{
    m_portName = port;
    return get(Phase::ServiceMetadata, metadataOf(service));
}

TicketStep TicketMachine::startForResource(const QUrl &ticketService, const QUrl &resource)
{
    m_resource = resource;
    return askTicketService(ticketService);
}

TicketStep TicketMachine::get(Phase phase, const QUrl &url)
{
    m_phase = phase;
    m_url = url;
    if (!isSecure(url)) {
        return webTicketFailed(url, u"not https"_s, false);
    }
    HttpRequest request;
    request.url = url;
    request.limit = answerLimit;
    if (!m_identity.userAgent.isEmpty()) {
        request.headers.append({ "User-Agent"_ba, m_identity.userAgent });
    }
    return request;
}

TicketStep TicketMachine::post(Phase phase, const QUrl &url, const QByteArray &body)
{
    TicketStep step = get(phase, url);
    if (auto *request = std::get_if<HttpRequest>(&step)) {
        request->method = "POST"_ba;
        request->body = body;
        if (phase == Phase::Company || phase == Phase::Login) {
            request->headers.append(
                { "Content-Type"_ba, "application/soap+xml; charset=utf-8"_ba });
        } else {
            request->headers.append({ "Content-Type"_ba, "text/xml; charset=utf-8"_ba });
            request->headers.append({ "SOAPAction"_ba, ticketAction });
            request->mayAuthenticate = phase == Phase::Windows;
        }
    }
    return step;
}

TicketStep TicketMachine::askTicketService(const QUrl &ticketService)
{
    return get(Phase::TicketMetadata, metadataOf(ticketService));
}

TicketStep TicketMachine::step(const Result<HttpReply> &answer)
{
    if (!answer) {
        return answer.error();
    }
    switch (m_phase) {
    case Phase::ServiceMetadata:
    case Phase::TicketMetadata:
    case Phase::Realm:
        if (isRedirect(*answer)) {
            return redirected(*answer);
        }
        return m_phase == Phase::ServiceMetadata ? serviceMetadata(*answer)
            : m_phase == Phase::TicketMetadata   ? ticketMetadata(*answer)
                                                 : realmAnswer(*answer);
    case Phase::Windows:
        return windowsAnswer(*answer);
    case Phase::Company:
        return companyAnswer(*answer);
    case Phase::Login: {
        const auto token = answer->status == 200 ? parseTokenAnswer(answer->body)
                                                 : std::unexpected(DocumentError {});
        if (token) {
            return askFederated(*token);
        }
        return webSecondFactor(m_url, webWords(*answer));
    }
    case Phase::Federated:
        return ticketAnswer(*answer);
    }
    return webTicketFailed(m_url, {}, false);
}

TicketStep TicketMachine::redirected(const HttpReply &reply)
{
    const QUrl target = m_url.resolved(QUrl::fromEncoded(headerOf(reply, "Location")));
    if (++m_redirects > mostRedirects || !isSecure(target)) {
        return webTicketFailed(m_url, webWords(reply), false);
    }
    return get(m_phase, target);
}

Error TicketMachine::failed(const HttpReply &reply) const
{
    const bool transient = reply.status >= 500 && !parseFault(reply.body);
    return webTicketFailed(m_url, webWords(reply), transient);
}

TicketStep TicketMachine::serviceMetadata(const HttpReply &reply)
{
    const auto metadata
        = reply.status == 200 ? parseMetadata(reply.body) : std::unexpected(DocumentError {});
    const ServicePort *port = metadata ? metadata->port(m_portName) : nullptr;
    if (port == nullptr || !port->issuer.isValid()) {
        return reply.status == 200
            ? webTicketFailed(m_url, u"no port %1 with an issuer"_s.arg(m_portName), false)
            : failed(reply);
    }
    m_resource = port->address;
    return askTicketService(port->issuer);
}

TicketStep TicketMachine::ticketMetadata(const HttpReply &reply)
{
    const auto metadata
        = reply.status == 200 ? parseMetadata(reply.body) : std::unexpected(DocumentError {});
    if (!metadata) {
        return reply.status == 200 ? webTicketFailed(m_url, metadata.error().text, false)
                                   : failed(reply);
    }
    if (const ServicePort *windows = metadata->port(PortAuthentication::Windows)) {
        m_windows = *windows;
    }
    if (const ServicePort *federated = metadata->port(PortAuthentication::Token)) {
        m_federated = *federated;
    }
    return m_windows.address.isValid() ? askWindows() : askFederation();
}

TicketStep TicketMachine::askWindows()
{
    m_entropy = m_random(entropySize);
    TicketRequest request;
    request.to = m_windows.address;
    request.appliesTo = m_resource;
    request.address = m_identity.address;
    request.entropy = m_entropy;
    request.context = uuid();
    return post(Phase::Windows, m_windows.address, buildTicketRequest(request));
}

TicketStep TicketMachine::windowsAnswer(const HttpReply &reply)
{
    if (reply.status == 401) {
        const QByteArray offered = headerOf(reply, "WWW-Authenticate").toLower();
        if (offered.contains("ntlm") || offered.contains("negotiate")) {
            return webPasswordRefused(m_url, webWords(reply));
        }
    }
    // Windows ways that an administrator switched off still stand in the metadata.
    if (reply.status != 200 && !parseFault(reply.body) && m_federated.address.isValid()) {
        return askFederation();
    }
    return ticketAnswer(reply);
}

TicketStep TicketMachine::ticketAnswer(const HttpReply &reply)
{
    if (reply.status != 200 || parseFault(reply.body)) {
        return failed(reply);
    }
    auto ticket = parseTicketAnswer(reply.body, m_entropy);
    if (!ticket) {
        return webTicketFailed(m_url, ticket.error().text, false);
    }
    return TicketGrant { std::move(*ticket), m_resource };
}

TicketStep TicketMachine::askFederation()
{
    if (!m_federated.address.isValid()) {
        return webTicketFailed(m_url, u"no way to sign in that is known"_s, false);
    }
    // The policy may name a token service of WS-Trust; a page for browsers is of no use.
    if (m_federated.issuer.path().contains(u"/services/trust/"_s, Qt::CaseInsensitive)) {
        m_companyIsEnough = true;
        return askCompany(m_federated.issuer, m_federated.address.toString(QUrl::FullyEncoded));
    }
    QUrl url = m_identity.loginService;
    url.setPath(u"/getuserrealm.srf"_s);
    const bool isPrincipal = m_identity.user.username.contains(u'@');
    QUrlQuery query;
    query.addQueryItem(u"login"_s,
        QString::fromLatin1(
            QUrl::toPercentEncoding(isPrincipal ? m_identity.user.username : m_identity.address)));
    query.addQueryItem(u"xml"_s, u"1"_s);
    url.setQuery(query);
    return get(Phase::Realm, url);
}

TicketStep TicketMachine::realmAnswer(const HttpReply &reply)
{
    if (reply.status != 200) {
        return failed(reply);
    }
    const auto company = parseRealm(reply.body);
    if (!company) {
        return webTicketFailed(m_url, company.error().text, false);
    }
    return company->isValid() ? askCompany(*company, u"urn:federation:MicrosoftOnline"_s)
                              : askLogin();
}

TicketStep TicketMachine::askCompany(const QUrl &service, const QString &appliesTo)
{
    TokenRequest request;
    request.to = service;
    request.appliesTo = appliesTo;
    request.messageId = uuid();
    request.user = m_identity.user;
    return post(Phase::Company, service, buildTokenRequest(request));
}

TicketStep TicketMachine::companyAnswer(const HttpReply &reply)
{
    const auto token
        = reply.status == 200 ? parseTokenAnswer(reply.body) : std::unexpected(DocumentError {});
    if (token) {
        m_companyToken = *token;
        return m_companyIsEnough ? askFederated(*token) : askLogin();
    }
    if (isPasswordFault(reply)) {
        return webPasswordRefused(m_url, webWords(reply));
    }
    return webSecondFactor(m_url, webWords(reply));
}

TicketStep TicketMachine::askLogin()
{
    TokenRequest request;
    request.to = m_identity.loginService;
    request.to.setPath(u"/RST2.srf"_s);
    request.appliesTo = m_federated.address.toString(QUrl::FullyEncoded);
    request.messageId = uuid();
    request.user = m_identity.user;
    request.token = m_companyToken.element;
    return post(Phase::Login, request.to, buildTokenRequest(request));
}

TicketStep TicketMachine::askFederated(const SecurityToken &token)
{
    m_entropy = m_random(entropySize);
    TicketRequest request;
    request.to = m_federated.address;
    request.appliesTo = m_resource;
    request.address = m_identity.address;
    request.entropy = m_entropy;
    request.context = uuid();
    request.messageId = uuid();
    request.token = token.element;
    request.tokenCreated = token.created;
    request.tokenExpires = token.expires;
    return post(Phase::Federated, m_federated.address, buildTicketRequest(request));
}

} // namespace linchpin::sip
