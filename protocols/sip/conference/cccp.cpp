// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/conference/cccp.h"

#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

const auto kCccp = QStringView(u"urn:ietf:params:xml:ns:cccp");
const auto kExtensions = QStringView(u"http://schemas.microsoft.com/rtc/2005/08/cccpextensions");
const auto kInfo = QStringView(u"urn:ietf:params:xml:ns:conference-info");
const auto kInfoExtensions
    = QStringView(u"http://schemas.microsoft.com/rtc/2005/08/confinfoextensions");
const auto kInfoExtensions2008
    = QStringView(u"http://schemas.microsoft.com/rtc/2008/12/confinfoextensions");

template <class Fill> QByteArray request(const CccpHeader &header, Fill fill)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartDocument();
    writer.writeStartElement(u"request");
    writeAttribute(writer, u"xmlns", kCccp);
    writeAttribute(writer, u"xmlns:mscp", kExtensions);
    writeAttribute(writer, u"C3PVersion", u"1");
    writeAttribute(writer, u"to", header.to);
    writeAttribute(writer, u"from", header.from);
    writeAttribute(writer, u"requestId", qint64 { header.requestId });
    fill(writer);
    writer.writeEndElement();
    writer.writeEndDocument();
    return body.trimmed();
}

void writeConferenceKeys(QXmlStreamWriter &writer, const QString &focus)
{
    writer.writeEmptyElement(u"conferenceKeys");
    writeAttribute(writer, u"confEntity", focus);
}

void writeUserKeys(QXmlStreamWriter &writer, const QString &focus, const QString &user)
{
    writer.writeEmptyElement(u"userKeys");
    writeAttribute(writer, u"confEntity", focus);
    writeAttribute(writer, u"userEntity", user);
}

} // namespace

QByteArray buildAddConference(const CccpHeader &header, const NewConference &conference)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"addConference");
        writer.writeStartElement(u"ci:conference-info");
        writeAttribute(writer, u"xmlns:ci", kInfo);
        writeAttribute(writer, u"entity", u"");
        writeAttribute(writer, u"xmlns:msci", kInfoExtensions);
        writer.writeStartElement(u"ci:conference-description");
        writeTextElement(writer, u"ci:subject", conference.subject);
        writeTextElement(writer, u"msci:conference-id", conference.id);
        writeTextElement(writer, u"msci:expiry-time",
            conference.expires.toUTC().toString(u"yyyy-MM-ddTHH:mm:ss'Z'"_s));
        writeTextElement(writer, u"msci:admission-policy", u"openAuthenticated");
        writer.writeEndElement();
        writer.writeStartElement(u"msci:conference-view");
        // Without the others, guests could neither speak nor share.
        for (const QStringView medium : { QStringView(u"chat"), QStringView(u"audio-video"),
                 QStringView(u"applicationsharing") }) {
            writer.writeEmptyElement(u"msci:entity-view");
            writeAttribute(writer, u"entity", medium);
        }
        writer.writeEndElement();
        writer.writeEndElement();
        writer.writeEndElement();
    });
}

QByteArray buildAddUser(const CccpHeader &header, const QString &focus, const QString &endpoint)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"addUser");
        writeConferenceKeys(writer, focus);
        writer.writeStartElement(u"ci:user");
        writeAttribute(writer, u"xmlns:ci", kInfo);
        writeAttribute(writer, u"entity", header.from);
        writer.writeStartElement(u"ci:roles");
        writeTextElement(writer, u"ci:entry", u"attendee");
        writer.writeEndElement();
        writer.writeStartElement(u"ci:endpoint");
        writeAttribute(writer, u"entity", u"{%1}"_s.arg(endpoint));
        writeAttribute(writer, u"xmlns:msci", kInfoExtensions);
        // [MS-CONFBAS] 2.2.3.4: who does not say that it can wait is refused instead.
        writer.writeStartElement(u"msci:clientInfo");
        writer.writeEmptyElement(u"cis:separator");
        writeAttribute(writer, u"xmlns:cis", u"urn:ietf:params:xml:ns:conference-info-separator");
        writer.writeStartElement(u"msci2:lobby-capable");
        writeAttribute(writer, u"xmlns:msci2", kInfoExtensions2008);
        writer.writeCharacters(u"true"_s);
        writer.writeEndElement();
        writer.writeEndElement();
        writer.writeEndElement();
        writer.writeEndElement();
        writer.writeEndElement();
    });
}

QByteArray buildDeleteUser(const CccpHeader &header, const QString &focus, const QString &user)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"deleteUser");
        writeUserKeys(writer, focus, user);
        writer.writeEndElement();
    });
}

QByteArray buildModifyUserRoles(
    const CccpHeader &header, const QString &focus, const QString &user, bool presenter)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"modifyUserRoles");
        writeUserKeys(writer, focus, user);
        writer.writeStartElement(u"user-roles");
        writeAttribute(writer, u"xmlns", kInfo);
        writeTextElement(writer, u"entry", presenter ? u"presenter" : u"attendee");
        writer.writeEndElement();
        writer.writeEndElement();
    });
}

QByteArray buildModifyConferenceLock(const CccpHeader &header, const QString &focus, bool locked)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"modifyConferenceLock");
        writeConferenceKeys(writer, focus);
        writeTextElement(writer, u"locked", locked ? u"true" : u"false");
        writer.writeEndElement();
    });
}

QByteArray buildDeleteConference(const CccpHeader &header, const QString &focus)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"deleteConference");
        writeConferenceKeys(writer, focus);
        writer.writeEndElement();
    });
}

QByteArray buildModifyEndpointMedia(
    const CccpHeader &header, const QString &focus, const MediaKey &key, bool muted)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"modifyEndpointMedia");
        writeAttribute(writer, u"mscp:mcuUri", key.mcu);
        writer.writeEmptyElement(u"mediaKeys");
        writeAttribute(writer, u"confEntity", focus);
        writeAttribute(writer, u"userEntity", key.user);
        writeAttribute(writer, u"endpointEntity", key.endpoint);
        writeAttribute(writer, u"mediaId", key.media);
        writer.writeStartElement(u"ci:media");
        writeAttribute(writer, u"xmlns:ci", kInfo);
        writeAttribute(writer, u"id", key.media);
        writeTextElement(writer, u"ci:type", u"audio");
        writeTextElement(writer, u"ci:status", muted ? u"recvonly" : u"sendrecv");
        writer.writeStartElement(u"media-ingress-filter");
        writeAttribute(writer, u"xmlns", kInfoExtensions);
        writer.writeCharacters(muted ? u"block"_s : u"unblock"_s);
        writer.writeEndElement();
        writer.writeEndElement();
        writer.writeEndElement();
    });
}

QByteArray buildSetLobbyAccess(const CccpHeader &header, const QString &focus, const QString &user)
{
    return request(header, [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"setLobbyAccess");
        writeConferenceKeys(writer, focus);
        writeTextElement(writer, u"userEntity", user);
        writeTextElement(writer, u"access", u"granted");
        writer.writeEndElement();
    });
}

std::expected<CccpResponse, DocumentError> parseCccpResponse(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"response")) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a C3P response"_s });
    }
    CccpResponse response;
    const QString code = root->attribute(u"code").trimmed().toLower();
    response.code = code == u"success" ? CccpResponse::Code::Success
        : code == u"pending"           ? CccpResponse::Code::Pending
                                       : CccpResponse::Code::Failure;
    response.requestId = root->attribute(u"requestId").toUInt();
    response.reason = root->attribute(u"reason").left(256);
    if (response.code == CccpResponse::Code::Failure && response.reason.isEmpty()) {
        // The command's own element may say more than "requestFailed".
        for (const XmlElement &command : root->children) {
            response.reason = command.attribute(u"reason").left(256);
        }
    }
    if (const XmlElement *info = root->find(u"addConference/conference-info")) {
        response.conference = info->attribute(u"entity").left(2048);
    }
    return response;
}

} // namespace linchpin::sip
