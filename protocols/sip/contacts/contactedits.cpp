// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/contacts/contactedits.h"

#include "protocols/sip/contacts/contactlist.h"
#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/documents/sipaddress.h"

#include <QStringList>
#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

const QStringView kSoap = u"http://schemas.xmlsoap.org/soap/envelope/";
const QStringView kMethods = u"http://schemas.microsoft.com/winrtc/2002/11/sip";

template <class Fill> QByteArray envelope(Fill fill)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"s:Envelope");
    writeAttribute(writer, u"xmlns:s", kSoap);
    writeAttribute(writer, u"xmlns:m", kMethods);
    writer.writeStartElement(u"s:Body");
    fill(writer);
    writer.writeEndElement();
    writer.writeEndElement();
    return body;
}

QStringView aceType(SetAce::Type type)
{
    switch (type) {
    case SetAce::Type::User:
        return u"USER";
    case SetAce::Type::Domain:
        return u"DOMAIN";
    case SetAce::Type::All:
        break;
    }
    return u"ALL";
}

SetAce::Type aceType(QStringView word)
{
    if (word.compare(u"USER", Qt::CaseInsensitive) == 0) {
        return SetAce::Type::User;
    }
    return word.compare(u"DOMAIN", Qt::CaseInsensitive) == 0 ? SetAce::Type::Domain
                                                             : SetAce::Type::All;
}

std::optional<int> childNumber(const XmlElement &element, QStringView name)
{
    bool ok = false;
    const int value = element.childText(name).toInt(&ok);
    return ok ? std::optional(value) : std::nullopt;
}

std::optional<ContactEdit> parseMethod(const XmlElement &method)
{
    if (method.is(u"setContact")) {
        const SetContact edit { .address = addressFromUri(method.childText(u"URI")),
            .name = method.childText(u"displayName"),
            .groups = parseGroupIds(method.childText(u"groups")),
            .subscribed = xmlBool(method.childText(u"subscribed"), true),
            .externalUri = method.childText(u"externalURI") };
        return edit.address.isEmpty() ? std::nullopt : std::optional<ContactEdit>(edit);
    }
    if (method.is(u"deleteContact")) {
        const DeleteContact edit { addressFromUri(method.childText(u"URI")) };
        return edit.address.isEmpty() ? std::nullopt : std::optional<ContactEdit>(edit);
    }
    if (method.is(u"addGroup")) {
        const XmlElement *const extension = method.child(u"groupExtension");
        return AddGroup { method.childText(u"name"), method.childText(u"externalURI"),
            extension && extension->attribute(u"groupType") == u"dg"
                ? extension->childText(u"email").trimmed()
                : QString() };
    }
    if (method.is(u"modifyGroup")) {
        if (const auto id = childNumber(method, u"groupID")) {
            return ModifyGroup { *id, method.childText(u"name"), method.childText(u"externalURI") };
        }
    } else if (method.is(u"deleteGroup")) {
        if (const auto id = childNumber(method, u"groupID")) {
            return DeleteGroup { *id };
        }
    } else if (method.is(u"setACE")) {
        return SetAce { aceType(method.childText(u"type")), method.childText(u"mask"),
            method.childText(u"rights") };
    }
    return std::nullopt;
}

std::expected<XmlElement, DocumentError> soapBody(QByteArrayView body)
{
    auto root = parseXml(body);
    if (!root) {
        return root;
    }
    const XmlElement *inner = root->is(u"Envelope") ? root->child(u"Body") : nullptr;
    if (!inner) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a SOAP envelope"_s });
    }
    XmlElement found = *inner;
    return found;
}

} // namespace

QByteArray buildContactEdit(const ContactEdit &edit, int deltaNumber)
{
    return envelope([&](QXmlStreamWriter &writer) {
        const auto field = [&writer](QStringView name, const QString &text) {
            writeTextElement(writer, u"m:%1"_s.arg(name), text);
        };
        std::visit(Overloaded { [&](const SetContact &e) {
                                   writer.writeStartElement(u"m:setContact");
                                   field(u"displayName", e.name);
                                   field(u"groups", writtenGroupIds(e.groups));
                                   field(u"subscribed", e.subscribed ? u"true"_s : u"false"_s);
                                   field(u"URI", uriFromAddress(e.address));
                                   field(u"externalURI", e.externalUri);
                               },
                       [&](const DeleteContact &e) {
                           writer.writeStartElement(u"m:deleteContact");
                           field(u"URI", uriFromAddress(e.address));
                       },
                       [&](const AddGroup &e) {
                           writer.writeStartElement(u"m:addGroup");
                           field(u"name", e.name);
                           field(u"externalURI", e.externalUri);
                           if (!e.listAddress.isEmpty()) {
                               writer.writeStartElement(u"m:groupExtension");
                               writeAttribute(writer, u"groupType", u"dg");
                               field(u"email", e.listAddress);
                               writer.writeEndElement();
                           }
                       },
                       [&](const ModifyGroup &e) {
                           writer.writeStartElement(u"m:modifyGroup");
                           field(u"groupID", QString::number(e.id));
                           field(u"name", e.name);
                           field(u"externalURI", e.externalUri);
                       },
                       [&](const DeleteGroup &e) {
                           writer.writeStartElement(u"m:deleteGroup");
                           field(u"groupID", QString::number(e.id));
                       },
                       [&](const SetAce &e) {
                           writer.writeStartElement(u"m:setACE");
                           field(u"type", aceType(e.type).toString());
                           field(u"mask", e.mask);
                           field(u"rights", e.rights);
                       } },
            edit);
        field(u"deltaNum", QString::number(deltaNumber));
        writer.writeEndElement();
    });
}

std::expected<ContactEditRequest, DocumentError> parseContactEdit(QByteArrayView body)
{
    const auto soap = soapBody(body);
    if (!soap) {
        return std::unexpected(soap.error());
    }
    for (const XmlElement &method : soap->children) {
        if (auto edit = parseMethod(method)) {
            return ContactEditRequest { std::move(*edit),
                childNumber(method, u"deltaNum").value_or(0) };
        }
    }
    return std::unexpected(
        DocumentError { DocumentError::Kind::Unexpected, u"not a contact list edit"_s });
}

std::expected<ContactEditReply, DocumentError> parseContactEditReply(QByteArrayView body)
{
    ContactEditReply reply;
    if (body.trimmed().isEmpty()) {
        return reply; // every operation but addGroup may be answered by the status alone
    }
    const auto soap = soapBody(body);
    if (!soap) {
        return std::unexpected(soap.error());
    }
    for (const XmlElement &element : soap->children) {
        if (element.is(u"Fault")) {
            reply.faultCode = element.childText(u"faultcode");
            reply.faultText = element.childText(u"faultstring");
            if (reply.faultCode.isEmpty()) {
                reply.faultCode = u"fault"_s;
            }
            continue;
        }
        if (const auto id = childNumber(element, u"groupID")) {
            reply.groupId = id;
        }
        if (const auto delta = childNumber(element, u"deltaNum")) {
            reply.deltaNumber = delta;
        }
    }
    return reply;
}

QByteArray buildAddGroupReply(int groupId)
{
    return envelope([groupId](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"m:addGroup");
        writeTextElement(writer, u"m:groupID", QString::number(groupId));
        writer.writeEndElement();
    });
}

QByteArray buildContactEditFault(const QString &code, const QString &text)
{
    return envelope([&](QXmlStreamWriter &writer) {
        writer.writeStartElement(u"s:Fault");
        writeTextElement(writer, u"faultcode", code);
        writeTextElement(writer, u"faultstring", text);
        writer.writeEndElement();
    });
}

} // namespace linchpin::sip
