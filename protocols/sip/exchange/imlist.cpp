// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/imlist.h"

#include "protocols/sip/documents/sipaddress.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

const QString kSchema = u"Exchange2013"_s;
constexpr qsizetype kMaximumPeople = 5000;
constexpr qsizetype kMaximumGroups = 500;
constexpr qsizetype kMaximumField = 1024;

ItemId itemId(const XmlElement *element)
{
    return element ? ItemId { element->attribute(u"Id").left(kMaximumField),
        element->attribute(u"ChangeKey").left(kMaximumField) }
                   : ItemId {};
}

EwsElement idElement(const QString &name, const ItemId &id)
{
    EwsElement element = messageElement(name);
    element.attributes = { { u"Id"_s, id.id } };
    if (!id.changeKey.isEmpty()) {
        element.attributes.append({ u"ChangeKey"_s, id.changeKey });
    }
    return element;
}

ImGroup::Kind kindOf(const QString &type)
{
    using Kind = ImGroup::Kind;
    const QString last = type.section(u'.', -1).toLower();
    return last == "othercontacts"_L1 ? Kind::Other
        : last == "favorites"_L1      ? Kind::Favorites
        : last == "tagged"_L1         ? Kind::Tagged
        : last == "dg"_L1             ? Kind::DistributionList
                                      : Kind::User;
}

ImGroup groupFrom(const XmlElement &element)
{
    ImGroup group { .id = itemId(element.child(u"ExchangeStoreId")),
        .name = element.childText(u"DisplayName").left(kMaximumField),
        .kind = kindOf(element.childText(u"GroupType")),
        .listAddress = element.childText(u"SmtpAddress").left(kMaximumField) };
    if (const XmlElement *const members = element.child(u"MemberCorrelationKey")) {
        for (const XmlElement &member : members->children) {
            if (member.is(u"ItemId") && group.members.size() < kMaximumPeople) {
                group.members.append(member.attribute(u"Id").left(kMaximumField));
            }
        }
    }
    return group;
}

/// Which of the items behind somebody is the one of the contact list: not hidden, and made there.
ItemId editableId(const XmlElement &persona)
{
    const XmlElement *const all = persona.child(u"Attributions");
    if (!all) {
        return {};
    }
    for (const XmlElement &one : all->children) {
        if (!xmlBool(one.childText(u"IsHidden")) && xmlBool(one.childText(u"IsQuickContact"))) {
            return itemId(one.child(u"SourceId"));
        }
    }
    return {};
}

ImPerson personFrom(const XmlElement &element)
{
    return { .address = addressFromUri(element.childText(u"ImAddress").left(kMaximumField)),
        .name = element.childText(u"DisplayName").left(kMaximumField),
        .id = editableId(element) };
}

} // namespace

const ImPerson *ImList::person(QStringView address) const
{
    const auto found = std::ranges::find_if(people, [&](const ImPerson &one) {
        return address.compare(one.address, Qt::CaseInsensitive) == 0;
    });
    return found == people.cend() ? nullptr : &*found;
}

const ImGroup *ImList::group(QStringView name) const
{
    const auto found = std::ranges::find_if(groups, [&](const ImGroup &one) {
        return name.isEmpty() ? one.kind == ImGroup::Kind::Other
                              : one.isPlace() && one.kind != ImGroup::Kind::Other
                && name.compare(one.name, Qt::CaseInsensitive) == 0;
    });
    return found == groups.cend() ? nullptr : &*found;
}

const ImGroup *ImList::distributionList(QStringView address) const
{
    const auto found = std::ranges::find_if(groups, [&](const ImGroup &one) {
        return one.kind == ImGroup::Kind::DistributionList
            && address.compare(one.listAddress, Qt::CaseInsensitive) == 0;
    });
    return found == groups.cend() ? nullptr : &*found;
}

bool ImList::isMember(const ImPerson &person, const ImGroup &group) const
{
    return !person.id.isEmpty() && group.members.contains(person.id.id);
}

ContactListDocument contactDocument(const ImList &list)
{
    ContactListDocument out;
    constexpr int others = 1;
    out.groups.append({ .id = others, .name = u"~"_s });
    QList<const ImGroup *> places; // of the ids from 2 on
    for (const ImGroup &group : list.groups) {
        const bool isList = group.kind == ImGroup::Kind::DistributionList;
        if (group.kind == ImGroup::Kind::Other || !(group.isPlace() || isList)) {
            continue;
        }
        places.append(&group);
        out.groups.append({ .id = others + int(places.size()),
            .name = group.name,
            .listAddress = isList ? group.listAddress : QString() });
    }
    for (const ImPerson &person : list.people) {
        ContactEntry entry { .address = person.address, .name = person.name };
        for (qsizetype i = 0; i < places.size(); ++i) {
            if (list.isMember(person, *places.at(i))) {
                entry.groups.append(others + 1 + int(i));
            }
        }
        if (entry.groups.isEmpty()) {
            entry.groups.append(others);
        }
        out.contacts.append(entry);
    }
    return out;
}

EwsRequest buildGetImItemList()
{
    return buildEwsRequest(u"GetImItemList"_s, messageElement(u"GetImItemList"_s), kSchema);
}

std::expected<ImList, EwsFault> parseImItemList(QByteArrayView body)
{
    const auto response = ewsResponse(body, u"GetImItemListResponse");
    if (!response) {
        return std::unexpected(response.error());
    }
    ImList list;
    const XmlElement *const items = response->child(u"ImItemList");
    if (const XmlElement *const groups = items ? items->child(u"Groups") : nullptr) {
        for (const XmlElement &element : groups->children) {
            if (element.is(u"ImGroup") && list.groups.size() < kMaximumGroups) {
                list.groups.append(groupFrom(element));
            }
        }
    }
    if (const XmlElement *const people = items ? items->child(u"Personas") : nullptr) {
        for (const XmlElement &element : people->children) {
            const ImPerson person = personFrom(element);
            if (element.is(u"Persona") && person.address.contains(u'@')
                && list.people.size() < kMaximumPeople) {
                list.people.append(person);
            }
        }
    }
    return list;
}

EwsRequest buildAddImGroup(const QString &name)
{
    return buildEwsRequest(u"AddImGroup"_s,
        messageElement(u"AddImGroup"_s, { messageElement(u"DisplayName"_s, name) }), kSchema);
}

std::expected<ImGroup, EwsFault> parseAddedImGroup(QByteArrayView body)
{
    const auto response = ewsResponse(body, u"AddImGroupResponse");
    if (!response) {
        return std::unexpected(response.error());
    }
    const XmlElement *const group = response->child(u"ImGroup");
    if (!group || groupFrom(*group).id.isEmpty()) {
        return std::unexpected(EwsFault { u"unreadable"_s, u"no ImGroup"_s });
    }
    return groupFrom(*group);
}

EwsRequest buildAddNewImContact(const QString &address, const QString &name, const ItemId &group)
{
    QList<EwsElement> parts { messageElement(u"ImAddress"_s, address) };
    if (!name.isEmpty()) {
        parts.append(messageElement(u"DisplayName"_s, name));
    }
    if (!group.isEmpty()) {
        parts.append(idElement(u"GroupId"_s, group));
    }
    return buildEwsRequest(
        u"AddNewImContactToGroup"_s, messageElement(u"AddNewImContactToGroup"_s, parts), kSchema);
}

std::expected<ImPerson, EwsFault> parseAddedImContact(QByteArrayView body)
{
    const auto response = ewsResponse(body, u"AddNewImContactToGroupResponse");
    if (!response) {
        return std::unexpected(response.error());
    }
    const XmlElement *const persona = response->child(u"Persona");
    if (!persona) {
        return std::unexpected(EwsFault { u"unreadable"_s, u"no Persona"_s });
    }
    return personFrom(*persona);
}

EwsRequest buildAddImContact(const ItemId &person, const ItemId &group)
{
    return buildEwsRequest(u"AddImContactToGroup"_s,
        messageElement(u"AddImContactToGroup"_s,
            { idElement(u"ContactId"_s, person), idElement(u"GroupId"_s, group) }),
        kSchema);
}

EwsRequest buildRemoveImContact(const ItemId &person, const ItemId &group)
{
    return buildEwsRequest(u"RemoveImContactFromGroup"_s,
        messageElement(u"RemoveImContactFromGroup"_s,
            { idElement(u"ContactId"_s, person), idElement(u"GroupId"_s, group) }),
        kSchema);
}

EwsRequest buildRemoveFromImList(const ItemId &person)
{
    return buildEwsRequest(u"RemoveContactFromImList"_s,
        messageElement(u"RemoveContactFromImList"_s, { idElement(u"ContactId"_s, person) }),
        kSchema);
}

EwsRequest buildAddDistributionList(const QString &address, const QString &name)
{
    return buildEwsRequest(u"AddDistributionGroupToImList"_s,
        messageElement(u"AddDistributionGroupToImList"_s,
            { messageElement(u"SmtpAddress"_s, address),
                messageElement(u"DisplayName"_s, name.isEmpty() ? address : name) }),
        kSchema);
}

EwsRequest buildRemoveDistributionList(const ItemId &group)
{
    return buildEwsRequest(u"RemoveDistributionGroupFromImList"_s,
        messageElement(u"RemoveDistributionGroupFromImList"_s, { idElement(u"GroupId"_s, group) }),
        kSchema);
}

std::expected<void, EwsFault> parseImDone(QByteArrayView body, const QString &operation)
{
    const auto response = ewsResponse(body, u"%1Response"_s.arg(operation));
    return response ? std::expected<void, EwsFault>() : std::unexpected(response.error());
}

} // namespace linchpin::sip
