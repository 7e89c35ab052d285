// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/certificateservice.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype lineLength = 76; // MIME Base64, RFC 2045
constexpr qsizetype largestCertificate = qsizetype { 16 } * 1024;

QByteArray base64Lines(const QByteArray &bytes)
{
    const QByteArray text = bytes.toBase64();
    QByteArray lines;
    for (qsizetype at = 0; at < text.size(); at += lineLength) {
        lines += text.sliced(at, qMin(lineLength, text.size() - at)) + "\r\n";
    }
    return lines;
}

} // namespace

QByteArray buildCertificateDemand(const CertificateDemand &demand, const WebTicket &ticket)
{
    return "<?xml version=\"1.0\"?>\r\n"
           "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
           "xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/"
           "oasis-200401-wss-wssecurity-secext-1.0.xsd\"><soap:Header>"
        + securityHeader(ticket)
        + "</soap:Header><soap:Body>"
          "<GetAndPublishCert xmlns=\"http://schemas.microsoft.com/OCS/AuthWebServices/\" "
          // With the slash at the end, unlike WS-Trust itself: what the service's schema says.
          "xmlns:wst=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512/\" "
          "xmlns:wstep=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment\" DeviceId=\"{"
        + demand.deviceId + "}\" Entity=\"" + xmlEscaped(demand.address)
        + "\"><wst:RequestSecurityToken>"
          "<wst:TokenType>http://docs.oasis-open.org/wss/2004/01/"
          "oasis-200401-wss-x509-token-profile-1.0#X509v3</wst:TokenType>"
          "<wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue"
          "</wst:RequestType><wsse:BinarySecurityToken "
          "ValueType=\"http://schemas.microsoft.com/OCS/AuthWebServices.xsd#PKCS10\" "
          "EncodingType=\"http://docs.oasis-open.org/wss/2004/01/"
          "oasis-200401-wss-wssecurity-secext-1.0.xsd#Base64Binary\">\r\n"
        + base64Lines(demand.request) + "</wsse:BinarySecurityToken><wstep:RequestID>"
        + demand.requestId
        + "</wstep:RequestID></wst:RequestSecurityToken></GetAndPublishCert>"
          "</soap:Body></soap:Envelope>";
}

std::expected<QByteArray, DocumentError> parseCertificateAnswer(QByteArrayView document)
{
    const auto envelope = parseXml(document);
    if (!envelope) {
        return std::unexpected(envelope.error());
    }
    const XmlElement *token = envelope->find(
        u"Body/GetAndPublishCertResponse/RequestSecurityTokenResponse/RequestedSecurityToken/"
        "BinarySecurityToken");
    QByteArray der = token ? QByteArray::fromBase64(token->text.toLatin1()) : QByteArray();
    if (der.isEmpty() || der.size() > largestCertificate) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no certificate"_s });
    }
    return der;
}

} // namespace linchpin::sip
