// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/webticket.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr auto soap11 = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr auto soap12 = "http://www.w3.org/2003/05/soap-envelope";
constexpr auto wsaNamespace = "http://www.w3.org/2005/08/addressing";
constexpr auto wssExtension
    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr auto wssUtility
    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
constexpr auto saml11 = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
constexpr auto trust2005Issue = "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue";

std::unexpected<DocumentError> unexpectedDocument(const QString &why)
{
    return std::unexpected(DocumentError { DocumentError::Kind::Unexpected, why });
}

/// The answer's element, in the shapes of both versions of WS-Trust.
const XmlElement *answerIn(const XmlElement &envelope)
{
    const XmlElement *body = envelope.child(u"Body");
    if (body == nullptr) {
        return nullptr;
    }
    if (const XmlElement *collection = body->child(u"RequestSecurityTokenResponseCollection")) {
        body = collection;
    }
    return body->child(u"RequestSecurityTokenResponse");
}

/// A point in time as text that can be put between tags again.
bool isTime(const QByteArray &text)
{
    return text.size() <= 40 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || c == 'T' || c == 'Z' || c == ':' || c == '.' || c == '-'
            || c == '+';
    }) && QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs).isValid();
}

std::expected<SecurityToken, DocumentError> tokenIn(
    QByteArrayView document, const XmlElement &answer)
{
    const auto raw = cutChild(document, "RequestedSecurityToken");
    if (!raw) {
        return std::unexpected(raw.error());
    }
    SecurityToken token;
    token.element = raw->standalone();
    const XmlElement *lifetime = answer.child(u"Lifetime");
    if (lifetime != nullptr) {
        token.created = lifetime->childText(u"Created").toLatin1();
        token.expires = lifetime->childText(u"Expires").toLatin1();
    }
    if (!isTime(token.created) || !isTime(token.expires)) {
        return unexpectedDocument(u"no lifetime"_s);
    }
    token.expiresAt
        = QDateTime::fromString(QString::fromLatin1(token.expires), Qt::ISODateWithMs).toUTC();
    if (const XmlElement *requested = answer.child(u"RequestedSecurityToken");
        requested != nullptr && !requested->children.isEmpty()) {
        const XmlElement &element = requested->children.first();
        token.id = element.attribute(u"AssertionID").toUtf8();
        if (token.id.isEmpty()) {
            token.id = element.attribute(u"ID").toUtf8();
        }
    }
    return token;
}

QByteArray addressing(const QByteArray &to, const char *action, const QByteArray &messageId)
{
    return "<wsa:To>" + to
        + "</wsa:To><wsa:ReplyTo><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous"
          "</wsa:Address></wsa:ReplyTo><wsa:MessageID>uuid:"
        + messageId + "</wsa:MessageID><wsa:Action>" + action + "</wsa:Action>";
}

QByteArray timestamp(const QByteArray &created, const QByteArray &expires)
{
    return QByteArray("<wsu:Timestamp xmlns:wsu=\"") + wssUtility
        + "\" wsu:Id=\"timestamp\"><wsu:Created>" + created + "</wsu:Created><wsu:Expires>"
        + expires + "</wsu:Expires></wsu:Timestamp>";
}

QByteArray signatureOver(const QByteArray &element, const QByteArray &key)
{
    // Exclusive canonical form as it stands: no blanks, no empty-element tags, namespaces first.
    const QByteArray info
        = "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">"
          "<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">"
          "</CanonicalizationMethod>"
          "<SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\">"
          "</SignatureMethod><Reference URI=\"#timestamp\"><Transforms>"
          "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>"
          "</Transforms><DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\">"
          "</DigestMethod><DigestValue>"
        + QCryptographicHash::hash(element, QCryptographicHash::Sha1).toBase64()
        + "</DigestValue></Reference></SignedInfo>";
    return info + "<SignatureValue>"
        + QMessageAuthenticationCode::hash(info, key, QCryptographicHash::Sha1).toBase64()
        + "</SignatureValue>";
}

} // namespace

QByteArray computedKey(const QByteArray &clientEntropy, const QByteArray &serverEntropy)
{
    QByteArray key;
    QByteArray a = serverEntropy;
    while (!clientEntropy.isEmpty() && key.size() < clientEntropy.size()) {
        a = QMessageAuthenticationCode::hash(a, clientEntropy, QCryptographicHash::Sha1);
        key += QMessageAuthenticationCode::hash(
            a + serverEntropy, clientEntropy, QCryptographicHash::Sha1);
    }
    return key.first(clientEntropy.size());
}

QByteArray buildTicketRequest(const TicketRequest &request)
{
    QByteArray header;
    if (!request.token.isEmpty()) {
        header = "<soap:Header>"
            + addressing(xmlEscaped(request.to.toString(QUrl::FullyEncoded)),
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue", request.messageId)
            + "<wsse:Security>" + timestamp(request.tokenCreated, request.tokenExpires)
            + request.token + "</wsse:Security></soap:Header>";
    }
    // The mixture of WS-Trust versions is what servers expect ([MS-OCAUTHWS] 3.2.4.1.1.1).
    return QByteArray("<?xml version=\"1.0\"?>\r\n<soap:Envelope xmlns:soap=\"") + soap11
        + "\" xmlns:auth=\"http://schemas.xmlsoap.org/ws/2006/12/authorization\" xmlns:wsa=\""
        + wsaNamespace
        + "\" xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\""
          " xmlns:wst=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\" xmlns:wsse=\""
        + wssExtension + "\" xmlns:wsu=\"" + wssUtility + "\">" + header
        + "<soap:Body><wst:RequestSecurityToken Context=\"" + request.context + "\"><wst:TokenType>"
        + saml11
        + "</wst:TokenType><wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue"
          "</wst:RequestType><wsp:AppliesTo><wsa:EndpointReference><wsa:Address>"
        + xmlEscaped(request.appliesTo.toString(QUrl::FullyEncoded))
        + "</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><wst:Claims "
          "Dialect=\"urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims\">"
          "<auth:ClaimType Uri=\"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri\" "
          "Optional=\"false\"><auth:Value>sip:"
        + xmlEscaped(request.address)
        + "</auth:Value></auth:ClaimType></wst:Claims><wst:Entropy><wst:BinarySecret>"
        + request.entropy.toBase64()
        + "</wst:BinarySecret></wst:Entropy>"
          "<wst:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey"
          "</wst:KeyType></wst:RequestSecurityToken></soap:Body></soap:Envelope>";
}

std::expected<WebTicket, DocumentError> parseTicketAnswer(
    QByteArrayView document, const QByteArray &entropy)
{
    const auto envelope = parseXml(document);
    if (!envelope) {
        return std::unexpected(envelope.error());
    }
    const XmlElement *answer = answerIn(*envelope);
    if (answer == nullptr) {
        return unexpectedDocument(u"no RequestSecurityTokenResponse"_s);
    }
    auto token = tokenIn(document, *answer);
    if (!token) {
        return std::unexpected(token.error());
    }
    WebTicket ticket { std::move(*token), {} };
    if (const XmlElement *secret = answer->find(u"Entropy/BinarySecret")) {
        const QByteArray theirs = QByteArray::fromBase64(secret->text.toLatin1());
        if (theirs.isEmpty() || theirs.size() > 256) {
            return unexpectedDocument(u"no usable entropy"_s);
        }
        ticket.proofKey = computedKey(entropy, theirs);
    } else if (const XmlElement *proof = answer->find(u"RequestedProofToken/BinarySecret")) {
        ticket.proofKey = QByteArray::fromBase64(proof->text.toLatin1()); // theirs alone
    }
    return ticket;
}

QByteArray buildTokenRequest(const TokenRequest &request)
{
    const QByteArray credentials = !request.token.isEmpty() ? request.token
                                                            : "<wsse:UsernameToken><wsse:Username>"
            + xmlEscaped(request.user.username) + "</wsse:Username><wsse:Password>"
            + xmlEscaped(request.user.password) + "</wsse:Password></wsse:UsernameToken>";
    return QByteArray("<?xml version=\"1.0\"?>\r\n<soap:Envelope xmlns:soap=\"") + soap12
        + "\" xmlns:wst=\"http://schemas.xmlsoap.org/ws/2005/02/trust\" xmlns:wsa=\"" + wsaNamespace
        + "\" xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\" xmlns:wsse=\""
        + wssExtension + "\"><soap:Header>"
        + addressing(
            xmlEscaped(request.to.toString(QUrl::FullyEncoded)), trust2005Issue, request.messageId)
        + "<wsse:Security>" + credentials
        + "</wsse:Security></soap:Header><soap:Body><wst:RequestSecurityToken><wst:RequestType>"
          "http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType><wsp:AppliesTo>"
          "<wsa:EndpointReference><wsa:Address>"
        + xmlEscaped(request.appliesTo)
        + "</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><wst:KeyType>"
          "http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey</wst:KeyType>"
          "</wst:RequestSecurityToken></soap:Body></soap:Envelope>";
}

std::expected<SecurityToken, DocumentError> parseTokenAnswer(QByteArrayView document)
{
    const auto envelope = parseXml(document);
    if (!envelope) {
        return std::unexpected(envelope.error());
    }
    const XmlElement *answer = answerIn(*envelope);
    if (answer == nullptr) {
        return unexpectedDocument(u"no RequestSecurityTokenResponse"_s);
    }
    return tokenIn(document, *answer);
}

std::expected<QUrl, DocumentError> parseRealm(QByteArrayView document)
{
    const auto root = parseXml(document);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"RealmInfo")) {
        return unexpectedDocument(u"no RealmInfo"_s);
    }
    const QUrl url(root->childText(u"STSAuthURL"));
    return url.scheme() == "https"_L1 && !url.host().isEmpty() ? url : QUrl();
}

QByteArray securityHeader(const WebTicket &ticket)
{
    const QByteArray stamp = timestamp(ticket.token.created, ticket.token.expires);
    QByteArray header = QByteArray("<wsse:Security xmlns:wsse=\"") + wssExtension + "\">" + stamp
        + ticket.token.element;
    if (!ticket.proofKey.isEmpty()) {
        header += "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">"
            + signatureOver(stamp, ticket.proofKey)
            + "<KeyInfo><wsse:SecurityTokenReference wsse:TokenType=\"" + saml11
            + "\"><wsse:KeyIdentifier ValueType=\"http://docs.oasis-open.org/wss/"
              "oasis-wss-saml-token-profile-1.0#SAMLAssertionID\">"
            + xmlEscaped(QString::fromUtf8(ticket.token.id))
            + "</wsse:KeyIdentifier></wsse:SecurityTokenReference></KeyInfo></Signature>";
    }
    return header + "</wsse:Security>";
}

} // namespace linchpin::sip
