// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/contacts/contactlist.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/documents/sipaddress.h"

#include <QSet>
#include <QXmlStreamWriter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

const auto kNamespace = QStringView(u"http://schemas.microsoft.com/winrtc/2002/11/sip");
constexpr int kMaximumGroupId = 64;
constexpr qsizetype kMaximumName = 1024; // the server allows 256; more is somebody's attack

std::optional<int> parseId(QStringView text)
{
    bool ok = false;
    const int id = text.trimmed().toInt(&ok);
    return ok && id > 0 && id <= kMaximumGroupId ? std::optional(id) : std::nullopt;
}

QString name(const XmlElement &element)
{
    return element.attribute(u"name").left(kMaximumName);
}

std::optional<ContactGroup> parseGroup(const XmlElement &element)
{
    const auto id = parseId(element.attribute(u"id"));
    if (!id) {
        return std::nullopt;
    }
    ContactGroup group {
        .id = *id, .name = name(element), .externalUri = element.attribute(u"externalURI")
    };
    if (const XmlElement *extension = element.child(u"groupExtension");
        extension && extension->attribute(u"groupType").compare(u"dg", Qt::CaseInsensitive) == 0) {
        group.listAddress = extension->childText(u"email");
    }
    return group;
}

std::optional<ContactEntry> parseContact(const XmlElement &element)
{
    const QString address = addressFromUri(element.attribute(u"uri"));
    if (address.isEmpty()) {
        return std::nullopt;
    }
    return ContactEntry { .address = address,
        .name = name(element),
        .groups = parseGroupIds(element.attribute(u"groups")),
        .subscribed = xmlBool(element.attribute(u"subscribed"), true),
        .externalUri = element.attribute(u"externalURI") };
}

std::optional<QString> optionalAttribute(const XmlElement &element, QStringView key)
{
    const QString value = element.attribute(key);
    return value.isNull() ? std::nullopt : std::optional(value.left(kMaximumName));
}

std::optional<ContactChange> parseChange(const XmlElement &element)
{
    if (element.is(u"addedGroup")) {
        if (auto group = parseGroup(element)) {
            return GroupAdded { *group };
        }
    } else if (element.is(u"modifiedGroup")) {
        if (const auto id = parseId(element.attribute(u"id"))) {
            return GroupModified { *id, optionalAttribute(element, u"name"),
                optionalAttribute(element, u"externalURI") };
        }
    } else if (element.is(u"deletedGroup")) {
        if (const auto id = parseId(element.attribute(u"id"))) {
            return GroupDeleted { *id };
        }
    } else if (element.is(u"addedContact")) {
        if (auto contact = parseContact(element)) {
            return ContactAdded { *contact };
        }
    } else if (element.is(u"modifiedContact")) {
        const QString address = addressFromUri(element.attribute(u"uri"));
        if (!address.isEmpty()) {
            ContactModified change { .address = address,
                .name = optionalAttribute(element, u"name"),
                .externalUri = optionalAttribute(element, u"externalURI") };
            if (element.hasAttribute(u"groups")) {
                change.groups = parseGroupIds(element.attribute(u"groups"));
            }
            if (element.hasAttribute(u"subscribed")) {
                change.subscribed = xmlBool(element.attribute(u"subscribed"), true);
            }
            return change;
        }
    } else if (element.is(u"deletedContact")) {
        const QString address = addressFromUri(element.attribute(u"uri"));
        if (!address.isEmpty()) {
            return ContactDeleted { address };
        }
    }
    return std::nullopt; // unknown or unusable: the rest of the document still counts
}

void writeGroup(QXmlStreamWriter &writer, QStringView element, const ContactGroup &group)
{
    writer.writeStartElement(element);
    writeAttribute(writer, u"id", group.id);
    writeAttribute(writer, u"name", group.name);
    writeAttribute(writer, u"externalURI", group.externalUri);
    if (group.isDistributionList()) {
        writer.writeStartElement(u"groupExtension");
        writeAttribute(writer, u"groupType", u"dg");
        writeTextElement(writer, u"email", group.listAddress);
        writer.writeEndElement();
    }
    writer.writeEndElement();
}

void writeContact(
    QXmlStreamWriter &writer, QStringView element, const QString &uri, const ContactEntry &contact)
{
    writer.writeStartElement(element);
    writeAttribute(writer, u"uri", uri);
    writeAttribute(writer, u"name", contact.name);
    writeAttribute(writer, u"groups", writtenGroupIds(contact.groups));
    writeAttribute(writer, u"subscribed", contact.subscribed ? u"true" : u"false");
    writeAttribute(writer, u"externalURI", contact.externalUri);
    writer.writeEndElement();
}

void writeChange(QXmlStreamWriter &writer, const ContactModified &change)
{
    writer.writeStartElement(u"modifiedContact");
    writeAttribute(writer, u"uri", uriFromAddress(change.address));
    if (change.name) {
        writeAttribute(writer, u"name", *change.name);
    }
    if (change.groups) {
        writeAttribute(writer, u"groups", writtenGroupIds(*change.groups));
    }
    if (change.subscribed) {
        writeAttribute(writer, u"subscribed", *change.subscribed ? u"true" : u"false");
    }
    if (change.externalUri) {
        writeAttribute(writer, u"externalURI", *change.externalUri);
    }
    writer.writeEndElement();
}

void writeChange(QXmlStreamWriter &writer, const GroupModified &change)
{
    writer.writeStartElement(u"modifiedGroup");
    writeAttribute(writer, u"id", change.id);
    if (change.name) {
        writeAttribute(writer, u"name", *change.name);
    }
    if (change.externalUri) {
        writeAttribute(writer, u"externalURI", *change.externalUri);
    }
    writer.writeEndElement();
}

} // namespace

QList<int> parseGroupIds(QStringView text)
{
    QList<int> ids;
    for (const QStringView word : text.tokenize(u' ', Qt::SkipEmptyParts)) {
        if (const auto id = parseId(word); id && !ids.contains(*id)) {
            ids.append(*id);
        }
    }
    return ids;
}

QString writtenGroupIds(const QList<int> &ids)
{
    QStringList words;
    for (const int id : ids) {
        words.append(QString::number(id));
    }
    return words.join(u' ');
}

std::expected<ContactDocument, DocumentError> parseContactDocument(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (root->is(u"contactList")) {
        ContactListDocument document { .deltaNumber = root->counter(u"deltaNum"),
            .ucsMode = root->attribute(u"ucsMode") };
        for (const XmlElement &element : root->children) {
            if (element.is(u"group")) {
                if (auto group = parseGroup(element)) {
                    document.groups.append(*group);
                }
            } else if (element.is(u"contact")) {
                if (auto contact = parseContact(element)) {
                    document.contacts.append(*contact);
                }
            }
        }
        return document;
    }
    if (root->is(u"contactDelta")) {
        ContactDeltaDocument document { .deltaNumber = root->counter(u"deltaNum"),
            .previousDelta = root->counter(u"prevDeltaNum") };
        for (const XmlElement &element : root->children) {
            if (auto change = parseChange(element)) {
                document.changes.append(*change);
            }
        }
        return document;
    }
    return std::unexpected(DocumentError {
        DocumentError::Kind::Unexpected, u"not a contact list: %1"_s.arg(root->name) });
}

QByteArray buildContactList(const ContactListDocument &document)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"contactList");
    writeAttribute(writer, u"deltaNum", document.deltaNumber);
    if (!document.ucsMode.isEmpty()) {
        writeAttribute(writer, u"ucsmode", document.ucsMode);
    }
    writeAttribute(writer, u"xmlns", kNamespace);
    for (const ContactGroup &group : document.groups) {
        writeGroup(writer, u"group", group);
    }
    for (const ContactEntry &contact : document.contacts) {
        writeContact(writer, u"contact", escapedAddress(contact.address), contact);
    }
    writer.writeEndElement();
    return body;
}

QByteArray buildContactDelta(const ContactDeltaDocument &document)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"contactDelta");
    writeAttribute(writer, u"deltaNum", document.deltaNumber);
    writeAttribute(writer, u"prevDeltaNum", document.previousDelta);
    writeAttribute(writer, u"xmlns", kNamespace);
    for (const ContactChange &change : document.changes) {
        std::visit(
            Overloaded { [&](const GroupAdded &c) { writeGroup(writer, u"addedGroup", c.group); },
                [&](const GroupModified &c) { writeChange(writer, c); },
                [&](const GroupDeleted &c) {
                    writer.writeEmptyElement(u"deletedGroup");
                    writeAttribute(writer, u"id", c.id);
                },
                [&](const ContactAdded &c) {
                    writeContact(
                        writer, u"addedContact", uriFromAddress(c.contact.address), c.contact);
                },
                [&](const ContactModified &c) { writeChange(writer, c); },
                [&](const ContactDeleted &c) {
                    writer.writeEmptyElement(u"deletedContact");
                    writeAttribute(writer, u"uri", uriFromAddress(c.address));
                } },
            change);
    }
    writer.writeEndElement();
    return body;
}

ContactList::Difference ContactList::apply(const ContactListDocument &document)
{
    Difference difference;
    QMap<int, ContactGroup> groups;
    for (const ContactGroup &group : document.groups) {
        groups.insert(group.id, group);
    }
    QMap<QString, ContactEntry> contacts;
    for (const ContactEntry &contact : document.contacts) {
        contacts.insert(contact.address, contact);
    }
    difference.groupsChanged = groups != m_groups;
    for (const ContactEntry &contact : std::as_const(contacts)) {
        const auto known = m_contacts.constFind(contact.address);
        // A renamed group renames a column of everybody in it, so all are reported then.
        if (known == m_contacts.cend() || *known != contact || difference.groupsChanged) {
            difference.changed.append(contact);
        }
    }
    for (const ContactEntry &old : std::as_const(m_contacts)) {
        if (!contacts.contains(old.address)) {
            difference.removed.append(old.address);
        }
    }
    m_groups = std::move(groups);
    m_contacts = std::move(contacts);
    m_delta = document.deltaNumber;
    m_editNumber = 0;
    m_migrated = document.isMigrated();
    return difference;
}

std::expected<ContactList::Difference, ContactList::Refusal> ContactList::apply(
    const ContactDeltaDocument &document)
{
    if (document.deltaNumber > 0 && document.deltaNumber == m_delta) {
        return Difference {}; // sent again; [MS-SIP] counts every change
    }
    if (document.deltaNumber <= 0 || document.previousDelta != m_delta) {
        return std::unexpected(Refusal::MissedDelta);
    }
    Difference difference;
    QSet<QString> touched;
    const auto forget = [&](const QString &address) {
        if (m_contacts.remove(address) > 0) {
            touched.remove(address);
            difference.removed.append(address);
        }
    };
    const auto put = [&](const ContactEntry &contact) {
        m_contacts.insert(contact.address, contact);
        difference.removed.removeAll(contact.address);
        touched.insert(contact.address);
    };
    const auto touchMembers = [&](int group) {
        difference.groupsChanged = true;
        for (const ContactEntry &contact : std::as_const(m_contacts)) {
            if (contact.groups.contains(group)) {
                touched.insert(contact.address);
            }
        }
    };
    for (const ContactChange &change : document.changes) {
        std::visit(Overloaded { [&](const GroupAdded &c) {
                                   m_groups.insert(c.group.id, c.group);
                                   touchMembers(c.group.id);
                               },
                       [&](const GroupModified &c) {
                           ContactGroup group = m_groups.value(c.id, ContactGroup { .id = c.id });
                           group.name = c.name.value_or(group.name);
                           group.externalUri = c.externalUri.value_or(group.externalUri);
                           m_groups.insert(c.id, group);
                           touchMembers(c.id);
                       },
                       [&](const GroupDeleted &c) {
                           touchMembers(c.id);
                           m_groups.remove(c.id);
                           for (ContactEntry &contact : m_contacts) {
                               contact.groups.removeAll(c.id);
                           }
                       },
                       [&](const ContactAdded &c) { put(c.contact); },
                       [&](const ContactModified &c) {
                           ContactEntry contact
                               = m_contacts.value(c.address, ContactEntry { .address = c.address });
                           contact.name = c.name.value_or(contact.name);
                           contact.groups = c.groups.value_or(contact.groups);
                           contact.subscribed = c.subscribed.value_or(contact.subscribed);
                           contact.externalUri = c.externalUri.value_or(contact.externalUri);
                           put(contact);
                       },
                       [&](const ContactDeleted &c) { forget(c.address); } },
            change);
    }
    for (const ContactEntry &contact : std::as_const(m_contacts)) {
        if (touched.contains(contact.address)) {
            difference.changed.append(contact);
        }
    }
    m_delta = document.deltaNumber;
    return difference;
}

QStringList ContactList::groupNames(const ContactEntry &contact) const
{
    QStringList names;
    for (const int id : contact.groups) {
        const auto group = m_groups.constFind(id);
        const QString name = group != m_groups.cend() ? group->name
            : m_groups.isEmpty()                      ? u"~"_s
                                                      : m_groups.first().name;
        if (!names.contains(name)) {
            names.append(name);
        }
    }
    if (names.isEmpty()) {
        names.append(u"~"_s);
    }
    return names;
}

std::optional<int> ContactList::groupId(QStringView name) const
{
    for (const ContactGroup &group : m_groups) {
        if (group.name.compare(name, Qt::CaseInsensitive) == 0) {
            return group.id;
        }
    }
    return std::nullopt;
}

int ContactList::rootGroupId() const
{
    return groupId(u"~").value_or(1);
}

} // namespace linchpin::sip
