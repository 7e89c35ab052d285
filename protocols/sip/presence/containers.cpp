// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/containers.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

struct TypeWord {
    ContainerMember::Type type;
    QStringView word;
};
constexpr TypeWord kTypes[] = {
    { ContainerMember::Type::User, u"user" },
    { ContainerMember::Type::Domain, u"domain" },
    { ContainerMember::Type::SameEnterprise, u"sameEnterprise" },
    { ContainerMember::Type::Federated, u"federated" },
    { ContainerMember::Type::PublicCloud, u"publicCloud" },
    { ContainerMember::Type::Everyone, u"everyone" },
};

QStringView wordOf(ContainerMember::Type type)
{
    for (const TypeWord &entry : kTypes) {
        if (entry.type == type) {
            return entry.word;
        }
    }
    return u"user";
}

std::optional<ContainerMember> makeMember(const QString &type, const QString &value)
{
    for (const TypeWord &entry : kTypes) {
        if (entry.word.compare(type, Qt::CaseInsensitive) != 0) {
            continue;
        }
        ContainerMember member { .type = entry.type };
        if (entry.type == ContainerMember::Type::User) {
            member.value = addressFromUri(value);
        } else if (entry.type == ContainerMember::Type::Domain) {
            member.value = value.trimmed().toLower();
        }
        const bool needsValue = entry.type == ContainerMember::Type::User
            || entry.type == ContainerMember::Type::Domain;
        return needsValue && member.value.isEmpty() ? std::nullopt : std::optional(member);
    }
    return std::nullopt; // a kind of a later server: kept by it, not shown by us
}

std::optional<int> containerId(const XmlElement &element)
{
    const qint64 id = element.number(u"id", -1);
    return id >= 0 && id <= 0x7fffffff ? std::optional(int(id)) : std::nullopt;
}

} // namespace

std::optional<Container> parseContainer(const XmlElement &element)
{
    const auto id = containerId(element);
    if (!id) {
        return std::nullopt;
    }
    Container result { .id = *id, .version = element.counter(u"version") };
    for (const XmlElement &child : element.children) {
        if (child.is(u"member")) {
            // Notifications put the value inside, edits in an attribute.
            const QString value
                = child.hasAttribute(u"value") ? child.attribute(u"value") : child.text.trimmed();
            if (const auto member = makeMember(child.attribute(u"type"), value)) {
                result.members.append(*member);
            }
        }
    }
    return result;
}

void writeContainer(QXmlStreamWriter &writer, const Container &value)
{
    writer.writeStartElement(u"container");
    writeAttribute(writer, u"id", value.id);
    writeAttribute(writer, u"version", value.version);
    for (const ContainerMember &member : value.members) {
        writer.writeStartElement(u"member");
        writeAttribute(writer, u"type", wordOf(member.type));
        if (!member.value.isEmpty()) {
            writer.writeCharacters(cleanXmlText(member.value));
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
}

QByteArray buildSetContainerMembers(const QList<ContainerEdit> &edits)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"setContainerMembers");
    writeAttribute(
        writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/container-management");
    QList<int> written;
    for (const ContainerEdit &first : edits) {
        if (written.contains(first.container)) {
            continue; // one element a container, with all its edits
        }
        written.append(first.container);
        writer.writeStartElement(u"container");
        writeAttribute(writer, u"id", first.container);
        writeAttribute(writer, u"version", first.version);
        for (const ContainerEdit &edit : edits) {
            if (edit.container != first.container) {
                continue;
            }
            writer.writeEmptyElement(u"member");
            writeAttribute(writer, u"action", edit.add ? u"add" : u"remove");
            writeAttribute(writer, u"type", wordOf(edit.member.type));
            if (!edit.member.value.isEmpty()) {
                writeAttribute(writer, u"value", edit.member.value);
            }
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    return body;
}

std::expected<QList<ContainerEdit>, DocumentError> parseSetContainerMembers(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"setContainerMembers")) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a container edit"_s });
    }
    QList<ContainerEdit> edits;
    for (const XmlElement &element : root->children) {
        const auto id = containerId(element);
        if (!element.is(u"container") || !id) {
            continue;
        }
        const int version = element.counter(u"version");
        for (const XmlElement &child : element.children) {
            const auto member = makeMember(child.attribute(u"type"), child.attribute(u"value"));
            if (child.is(u"member") && member) {
                edits.append(ContainerEdit {
                    *id, version, child.attribute(u"action") != u"remove", *member });
            }
        }
    }
    return edits;
}

QByteArray buildSetSubscribers(const QStringList &acknowledged)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"setSubscribers");
    writeAttribute(
        writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/presence-subscribers");
    for (const QString &address : acknowledged) {
        writer.writeEmptyElement(u"subscriber");
        writeAttribute(writer, u"user", address);
        writeAttribute(writer, u"acknowledged", u"true");
    }
    writer.writeEndElement();
    return body;
}

std::expected<QStringList, DocumentError> parseSetSubscribers(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"setSubscribers")) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a subscriber edit"_s });
    }
    QStringList addresses;
    for (const XmlElement &child : root->children) {
        const QString address = addressFromUri(child.attribute(u"user"));
        if (child.is(u"subscriber") && xmlBool(child.attribute(u"acknowledged"))
            && !address.isEmpty()) {
            addresses.append(address);
        }
    }
    return addresses;
}

} // namespace linchpin::sip
