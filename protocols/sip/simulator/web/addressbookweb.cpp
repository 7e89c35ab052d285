// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/web/addressbookweb.h"

#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/xmlelement.h"

#include <QCryptographicHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

using Attributes = QList<std::pair<QString, QString>>;

Attributes attributesOf(PoolCore &core, const PoolUser &user)
{
    const PersonCard &card = user.presence.card();
    Attributes all { { u"displayName"_s, card.displayName },
        { u"givenName"_s, card.displayName.section(u' ', 0, 0) },
        { u"sn"_s, card.displayName.section(u' ', 1) },
        { u"msRTCSIP-PrimaryUserAddress"_s, u"sip:"_s + user.address }, { u"mail"_s, user.address },
        { u"mailNickname"_s, user.address.section(u'@', 0, 0) }, { u"title"_s, card.title },
        { u"company"_s, card.company }, { u"department"_s, card.department },
        { u"physicalDeliveryOfficeName"_s, card.office }, { u"telephoneNumber"_s, card.phone },
        { u"photoRelPath"_s, photoPath(core, user.address) } };
    if (!card.manager.isEmpty()) {
        all.append({ u"manager"_s, u"CN=%1,OU=People,DC=litwareinc,DC=test"_s.arg(card.manager) });
    }
    if (!card.photo.isEmpty()) {
        all.append({ u"photoHash"_s,
            QString::fromLatin1(
                QCryptographicHash::hash(card.photo, QCryptographicHash::Sha1).toHex()) });
    }
    return all;
}

Attributes attributesOf(const DistributionGroup &group)
{
    return { { u"displayName"_s, group.name }, { u"mail"_s, group.address },
        { u"mailNickname"_s, group.address.section(u'@', 0, 0) }, { u"groupType"_s, u"2"_s } };
}

bool begins(const Attributes &attributes, QStringView name, const QString &with)
{
    return std::ranges::any_of(attributes, [&](const auto &attribute) {
        return attribute.first.compare(name, Qt::CaseInsensitive) == 0
            && attribute.second.startsWith(with, Qt::CaseInsensitive);
    });
}

/// Telephones stand in a list of values, as they do where there are several.
QString entryXml(const Attributes &attributes, const QString &wanted)
{
    QString out = u"<AbEntry><Attributes>"_s;
    for (const auto &[name, value] : attributes) {
        if (value.isEmpty() || !wanted.split(u',').contains(name)) {
            continue;
        }
        out += name == u"telephoneNumber"_s
            ? u"<Attribute><Name>%1</Name><Values><string>%2</string></Values></Attribute>"_s.arg(
                  name, escaped(value))
            : u"<Attribute><Name>%1</Name><Value>%2</Value></Attribute>"_s.arg(
                  name, escaped(value));
    }
    return out + u"</Attributes></AbEntry>"_s;
}

WebResponse soap(const QString &body)
{
    return { .headers = { { "Content-Type"_ba, "text/xml; charset=utf-8"_ba } },
        .body = u"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>%1"
                "</s:Body></s:Envelope>"_s.arg(body)
                    .toUtf8() };
}

bool matches(const XmlElement &request, const Attributes &attributes)
{
    if (const XmlElement *basic = request.find(u"BasicSearch")) {
        const QStringList names = basic->childText(u"SearchList").split(u',');
        const QString value = basic->childText(u"Value");
        return !value.isEmpty() && std::ranges::any_of(names, [&](const QString &name) {
            return begins(attributes, name, value);
        });
    }
    const XmlElement *change = request.find(u"ChangeSearch");
    return change && !change->children.isEmpty()
        && std::ranges::all_of(change->children, [&](const XmlElement &query) {
               return begins(attributes, query.childText(u"SearchOn"), query.childText(u"Value"));
           });
}

WebResponse search(PoolCore &core, const XmlElement &request)
{
    const XmlElement *metadata = request.find(u"Metadata");
    const QString wanted = metadata ? metadata->childText(u"ReturnList") : QString();
    const int limit = metadata ? metadata->childText(u"MaxResultNum").toInt() : 0;
    QString entries;
    int count = 0;
    const auto take = [&](const Attributes &attributes) {
        if (count < limit && matches(request, attributes)) {
            ++count;
            entries += entryXml(attributes, wanted);
        }
    };
    for (const PoolUser &user : std::as_const(core.users())) {
        take(attributesOf(core, user));
    }
    for (const DistributionGroup &group : std::as_const(core.groups)) {
        take(attributesOf(group));
    }
    return soap(u"<SearchAbEntryResponse xmlns=\"DistributionListExpander\"><SearchAbEntryResult>"
                "<Items>%1</Items></SearchAbEntryResult></SearchAbEntryResponse>"_s.arg(entries));
}

WebResponse members(PoolCore &core, const XmlElement &query)
{
    const QString wanted = query.childText(u"mailNickname");
    const int limit = query.childText(u"maxMembers").toInt();
    const auto group = std::ranges::find_if(core.groups, [&](const DistributionGroup &candidate) {
        return candidate.address.compare(wanted, Qt::CaseInsensitive) == 0
            || candidate.address.section(u'@', 0, 0).compare(wanted, Qt::CaseInsensitive) == 0;
    });
    if (group == core.groups.end()) {
        return LyncWeb::fault11("No such distribution list."_ba, 0);
    }
    QString entries;
    for (const QString &address :
        group->members.first(std::min<qsizetype>(group->members.size(), std::max(limit, 0)))) {
        if (const PoolUser *user = core.user(address)) {
            entries += entryXml(attributesOf(core, *user),
                u"displayName,msRTCSIP-PrimaryUserAddress,mail,title,department,company"_s);
        }
    }
    return soap(u"<QueryDLMembersResponse xmlns=\"DistributionListExpander\">"
                "<QueryDLMembersResult><Items>%1</Items></QueryDLMembersResult>"
                "</QueryDLMembersResponse>"_s.arg(entries));
}

} // namespace

WebResponse answerGroupExpansion(PoolCore &core, const WebRequest &request)
{
    const auto document = parseXml(request.body);
    const XmlElement *body = document ? document->child(u"Body") : nullptr;
    const QByteArray action = request.header("SOAPAction");
    if (const XmlElement *wanted = body ? body->child(u"SearchAbEntry") : nullptr;
        wanted && action.contains("/IAddressBook/SearchAbEntry")) {
        return search(core, *wanted);
    }
    if (const XmlElement *wanted = body ? body->child(u"QueryDLMembers") : nullptr;
        wanted && action.contains("/QueryDLMembers")) {
        return members(core, *wanted);
    }
    return LyncWeb::fault11("The message cannot be processed."_ba, 0);
}

QString photoPath(PoolCore &core, const QString &address)
{
    const PoolUser *user = core.user(address);
    return user && !user->presence.card().photo.isEmpty() ? u"photos/"_s + address + u".jpg"_s
                                                          : QString();
}

WebResponse answerPhoto(PoolCore &core, const QByteArray &name)
{
    const QString address = QString::fromUtf8(name).section(u".jpg"_s, 0, 0);
    const PoolUser *user = core.user(address);
    if (!user || user->presence.card().photo.isEmpty()) {
        return { .status = 404 };
    }
    return { .headers = { { "Content-Type"_ba, "image/jpeg"_ba } },
        .body = user->presence.card().photo };
}

} // namespace linchpin::sip::sim
