// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/contactbook.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr auto contactNamespace = "http://schemas.microsoft.com/winrtc/2002/11/sip"_L1;
constexpr int otherContacts = 1;
constexpr int maximumGroups = 64;

QString groupIds(const ContactBook::Contact &contact)
{
    QStringList ids;
    for (const int id : contact.groups) {
        ids += QString::number(id);
    }
    return ids.join(u' ');
}

QString contactElement(
    const QString &element, const QString &uri, const ContactBook::Contact &contact)
{
    return u"<%1 uri=\"%2\" name=\"%3\" groups=\"%4\" subscribed=\"%5\" externalURI=\"\"/>"_s.arg(
        element, escaped(uri), escaped(contact.name), groupIds(contact),
        contact.subscribed ? u"true"_s : u"false"_s);
}

QString withoutScheme(const QString &uri)
{
    const auto address = uri.trimmed().toLower();
    return address.startsWith("sip:"_L1) ? address.sliced(4) : address;
}

QByteArray soapAnswer(const QString &inner)
{
    return u"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:m=\"%1\"><s:Body>%2</s:Body></s:Envelope>"_s
        .arg(contactNamespace, inner)
        .toUtf8();
}

} // namespace

ContactBook::ContactBook()
    : m_groups({ { otherContacts, u"~"_s } })
{
}

int ContactBook::groupNamed(const QString &name)
{
    if (name.isEmpty()) {
        return otherContacts;
    }
    for (auto it = m_groups.cbegin(); it != m_groups.cend(); ++it) {
        if (it.value() == name) {
            return it.key();
        }
    }
    int id = otherContacts;
    while (m_groups.contains(id)) {
        ++id;
    }
    m_groups.insert(id, name);
    return id;
}

void ContactBook::seed(const QList<SeedContact> &contacts)
{
    for (const auto &seed : contacts) {
        Contact contact { .address = seed.address.toLower(), .name = seed.alias, .groups = {} };
        for (const auto &group : seed.groups) {
            contact.groups += groupNamed(group);
        }
        if (contact.groups.isEmpty()) {
            contact.groups += otherContacts;
        }
        m_contacts.insert(contact.address, contact);
    }
    ++m_deltaNumber;
}

void ContactBook::seedList(const QString &name, const QString &address)
{
    m_lists.insert(groupNamed(name), address);
    ++m_deltaNumber;
}

QString ContactBook::extensionOf(int group) const
{
    const QString list = m_lists.value(group);
    return list.isEmpty()
        ? QString()
        : u"<groupExtension groupType=\"dg\"><email>%1</email></groupExtension>"_s.arg(
              escaped(list));
}

QByteArray ContactBook::document() const
{
    QString out = u"<contactList deltaNum=\"%1\" xmlns=\"%2\"%3>"_s.arg(m_deltaNumber)
                      .arg(contactNamespace, m_frozen ? u" ucsmode=\"migrated\""_s : QString());
    for (auto it = m_groups.cbegin(); it != m_groups.cend(); ++it) {
        out += u"<group id=\"%1\" name=\"%2\" externalURI=\"\">%3</group>"_s.arg(it.key()).arg(
            escaped(it.value()), extensionOf(it.key()));
    }
    // The full list names people without "sip:", the deltas with it: seen of OCS, and clients rely
    // on it.
    for (const auto &contact : m_contacts) {
        out += contactElement(u"contact"_s, contact.address, contact);
    }
    return (out + "</contactList>"_L1).toUtf8();
}

QByteArray ContactBook::delta(const QString &inner)
{
    const int previous = m_deltaNumber++;
    return u"<contactDelta deltaNum=\"%1\" prevDeltaNum=\"%2\" xmlns=\"%3\">%4</contactDelta>"_s
        .arg(m_deltaNumber)
        .arg(previous)
        .arg(contactNamespace, inner)
        .toUtf8();
}

ContactBook::Edit ContactBook::apply(const XmlElement &envelope)
{
    const auto *body = envelope.find(u"Body");
    if (!body || body->children.isEmpty()) {
        return { .status = 400 };
    }
    const auto &operation = body->children.first();
    if (m_frozen) {
        return { .status = 403 };
    }
    if (operation.childText(u"deltaNum").trimmed().toInt() != m_deltaNumber) {
        return { .status = 409 };
    }

    if (operation.name == "setContact"_L1) {
        const auto address = withoutScheme(operation.childText(u"URI"));
        if (!address.contains(u'@')) {
            return { .status = 400 };
        }
        Contact contact {
            .address = address, .name = operation.childText(u"displayName"), .groups = {}
        };
        contact.subscribed = operation.childText(u"subscribed").trimmed() != "false"_L1;
        const auto ids
            = operation.childText(u"groups").simplified().split(u' ', Qt::SkipEmptyParts);
        for (const auto &id : ids) {
            if (!m_groups.contains(id.toInt())) {
                return { .status = 404 };
            }
            contact.groups += id.toInt();
        }
        if (contact.groups.isEmpty()) {
            contact.groups += otherContacts;
        }
        const bool known = m_contacts.contains(address);
        m_contacts.insert(address, contact);
        return { .deltas = { delta(contactElement(known ? u"modifiedContact"_s : u"addedContact"_s,
                     "sip:"_L1 + address, contact)) } };
    }
    if (operation.name == "deleteContact"_L1) {
        const auto address = withoutScheme(operation.childText(u"URI"));
        if (m_contacts.remove(address) == 0) {
            return { .status = 404 };
        }
        return { .deltas = { delta(u"<deletedContact uri=\"sip:%1\"/>"_s.arg(escaped(address))) } };
    }
    if (operation.name == "addGroup"_L1) {
        const auto name = operation.childText(u"name");
        if (name.isEmpty() || m_groups.size() >= maximumGroups) {
            return { .status = 400 };
        }
        const int id = groupNamed(name);
        const auto *const extension = operation.child(u"groupExtension");
        if (extension && m_keepsLists && extension->attribute(u"groupType") == u"dg") {
            m_lists.insert(id, extension->childText(u"email").trimmed());
        }
        return { .body
            = soapAnswer(u"<m:addGroup><m:groupID>%1</m:groupID></m:addGroup>"_s.arg(id)),
            .deltas = { delta(
                u"<addedGroup id=\"%1\" name=\"%2\" externalURI=\"\">%3</addedGroup>"_s.arg(id).arg(
                    escaped(name), extensionOf(id))) } };
    }
    const int group = operation.childText(u"groupID").trimmed().toInt();
    if (operation.name != "modifyGroup"_L1 && operation.name != "deleteGroup"_L1) {
        return { .status = 400 };
    }
    if (group == otherContacts || !m_groups.contains(group)) {
        return { .status = 404 };
    }
    if (operation.name == "modifyGroup"_L1) {
        m_groups[group] = operation.childText(u"name");
        return { .deltas
            = { delta(u"<modifiedGroup id=\"%1\" name=\"%2\" externalURI=\"\"/>"_s.arg(group).arg(
                escaped(m_groups[group]))) } };
    }
    // Two deltas, as OCS sends them: first the members leave the group, then the group goes.
    Edit edit;
    QString moved;
    for (auto &contact : m_contacts) {
        if (contact.groups.removeAll(group) > 0) {
            if (contact.groups.isEmpty()) {
                contact.groups += otherContacts;
            }
            moved += contactElement(u"modifiedContact"_s, "sip:"_L1 + contact.address, contact);
        }
    }
    if (!moved.isEmpty()) {
        edit.deltas += delta(moved);
    }
    m_groups.remove(group);
    m_lists.remove(group);
    edit.deltas += delta(u"<deletedGroup id=\"%1\"/>"_s.arg(group));
    return edit;
}

} // namespace linchpin::sip::sim
