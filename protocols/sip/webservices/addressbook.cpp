// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/addressbook.h"

#include "protocols/sip/documents/sipaddress.h"

#include <algorithm>
#include <ranges>
#include <span>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype longestWords = 256;
// All of them are in the default attribute table of the address book service ([MS-ABS] 2.2).
constexpr auto wantedAttributes
    = "displayName,msRTCSIP-PrimaryUserAddress,title,telephoneNumber,homePhone,mobile,"
      "otherTelephone,mail,mailNickname,company,department,physicalDeliveryOfficeName,country,"
      "manager,groupType,photoRelPath,photoSize,photoHash";

QByteArray envelope(const WebTicket &ticket, const QByteArray &body)
{
    return "<?xml version=\"1.0\"?>\r\n"
           "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>"
        + securityHeader(ticket) + "</soap:Header><soap:Body>" + body
        + "</soap:Body></soap:Envelope>";
}

/// Attributes/Attribute with Name and Value, or with Values/string: the first counts, but for
/// telephones, of which there may be several.
PersonRecord recordIn(const XmlElement &entry)
{
    PersonRecord record;
    if (const XmlElement *attributes = entry.child(u"Attributes")) {
        for (const XmlElement &attribute : attributes->children) {
            const QString name = attribute.childText(u"Name");
            record.take(name, attribute.childText(u"Value"));
            if (const XmlElement *values = attribute.child(u"Values")) {
                // The first of several counts: taken last.
                for (const XmlElement &value :
                    values->children.first(std::min<qsizetype>(values->children.size(), 16))
                        | std::views::reverse) {
                    record.take(name, value.text);
                }
            }
        }
    }
    record.complete();
    return record;
}

void collectEntries(const XmlElement &from, QList<PersonRecord> &into)
{
    if (from.is(u"AbEntry")) {
        into.append(recordIn(from));
        return;
    }
    for (const XmlElement &child : from.children) {
        collectEntries(child, into);
    }
}

/// A member in the plain shape: an element whose children are named after what they say.
bool takeMember(const XmlElement &element, QList<PersonRecord> &into)
{
    static constexpr QStringView sipNames[] { u"msRTCSIP-PrimaryUserAddress", u"PrimaryUserAddress",
        u"SipUri", u"SipAddress", u"UserUri", u"Uri" };
    static constexpr QStringView mailNames[] { u"mail", u"EmailAddress", u"MailAddress",
        u"SmtpAddress", u"PrimarySmtpAddress", u"Email" };
    const auto first = [&element](std::span<const QStringView> names) {
        for (const QStringView name : names) {
            if (const QString text = element.childText(name); !text.isEmpty()) {
                return text;
            }
        }
        return QString();
    };
    PersonRecord record;
    record.take(u"uri", first(sipNames));
    record.take(u"mail", first(mailNames));
    if (record.address.isEmpty() && record.email.isEmpty()) {
        return false;
    }
    for (const XmlElement &child : element.children) {
        record.take(child.name, child.text);
    }
    if (record.name.isEmpty()) {
        record.take(u"displayName", element.childText(u"Name"));
    }
    record.group = record.group || element.is(u"Group") || element.is(u"DLGroup")
        || (record.address.isEmpty() && element.name.contains(u"Group", Qt::CaseInsensitive));
    record.complete();
    into.append(record);
    return true;
}

void collectMembers(const XmlElement &from, QList<PersonRecord> &into)
{
    if (from.is(u"AbEntry")) {
        into.append(recordIn(from));
        return;
    }
    if (takeMember(from, into)) {
        return;
    }
    for (const XmlElement &child : from.children) {
        collectMembers(child, into);
    }
}

/// The element of the answer inside a SOAP envelope.
std::expected<XmlElement, DocumentError> resultOf(
    QByteArrayView document, QStringView response, QStringView result)
{
    const auto root = parseXml(document);
    if (!root) {
        return std::unexpected(root.error());
    }
    const XmlElement *body = root->child(u"Body");
    const XmlElement *answer = body ? body->child(response) : nullptr;
    if (answer == nullptr) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no "_s + response.toString() });
    }
    const XmlElement *inside = answer->child(result);
    return inside ? *inside : XmlElement();
}

DirectoryAnswer answerOf(const QList<PersonRecord> &found, int most)
{
    RecordList unique;
    unique.add(found);
    return { .records = unique.records(), .more = most > 0 && found.size() >= most };
}

} // namespace

QByteArray buildAddressBookQuery(const AddressBookQuery &query, const WebTicket &ticket)
{
    QByteArray search;
    if (query.kind == AddressBookQuery::Kind::Anywhere) {
        search = "<BasicSearch><SearchList>c,company,displayName,givenName,mail,mailNickname,"
                 "msRTCSIP-PrimaryUserAddress,sn</SearchList><Value>"
            + xmlEscaped(query.words.left(longestWords))
            + "</Value><Verb>BeginsWith</Verb></BasicSearch>";
    } else {
        search = "<ChangeSearch xmlns:q1=\"DistributionListExpander\" "
                 "soapenc:arrayType=\"q1:AbEntryRequest.ChangeSearchQuery["
            + QByteArray::number(query.rows.size()) + "]\">";
        for (const auto &[attribute, value] : query.rows) {
            search += "<AbEntryRequest.ChangeSearchQuery><SearchOn>" + xmlEscaped(attribute)
                + "</SearchOn><Value>" + xmlEscaped(value.left(longestWords))
                + "</Value></AbEntryRequest.ChangeSearchQuery>";
        }
        search += "</ChangeSearch>";
    }
    return envelope(ticket,
        "<SearchAbEntry xmlns=\"DistributionListExpander\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\"><AbEntryRequest>"
            + search + "<Metadata><FromDialPad>false</FromDialPad><MaxResultNum>"
            + QByteArray::number(query.most) + "</MaxResultNum><ReturnList>" + wantedAttributes
            + "</ReturnList></Metadata></AbEntryRequest></SearchAbEntry>");
}

std::expected<DirectoryAnswer, DocumentError> parseAddressBookAnswer(QByteArrayView body, int most)
{
    const auto result = resultOf(body, u"SearchAbEntryResponse", u"SearchAbEntryResult");
    if (!result) {
        return std::unexpected(result.error());
    }
    QList<PersonRecord> found;
    collectEntries(*result, found);
    return answerOf(found, most);
}

QByteArray buildMembersQuery(const QString &group, int most, const WebTicket &ticket)
{
    return envelope(ticket,
        "<QueryDLMembers xmlns=\"DistributionListExpander\"><mailNickname>"
            + xmlEscaped(group.left(longestWords)) + "</mailNickname><maxMembers>"
            + QByteArray::number(most) + "</maxMembers></QueryDLMembers>");
}

std::expected<DirectoryAnswer, DocumentError> parseMembersAnswer(QByteArrayView body, int most)
{
    const auto result = resultOf(body, u"QueryDLMembersResponse", u"QueryDLMembersResult");
    if (!result) {
        return std::unexpected(result.error());
    }
    QList<PersonRecord> found;
    for (const XmlElement &child : result->children) {
        collectMembers(child, found);
    }
    return answerOf(found, most);
}

QByteArray webTicketHeader(const WebTicket &ticket)
{
    return "opaque=" + ticket.token.element.toBase64();
}

QUrl addressBookPhoto(const QUrl &files, const QString &path)
{
    const bool odd = std::ranges::any_of(path, [](QChar c) {
        return c.unicode() < 0x21 || c.unicode() > 0x7e || c == u'\\' || c == u'?' || c == u'#'
            || c == u'%' || c == u':';
    });
    if (!files.isValid() || path.isEmpty() || odd || path.contains(u".."_s) || path.size() > 512) {
        return {};
    }
    QUrl url = files;
    QString base = files.path();
    while (base.endsWith(u'/')) {
        base.chop(1);
    }
    url.setPath(base + (path.startsWith(u'/') ? QString() : u"/"_s) + path);
    return url;
}

bool isPhoto(const QByteArray &bytes)
{
    return bytes.size() <= kLargestPhoto
        && (bytes.startsWith("\xff\xd8\xff") || bytes.startsWith("\x89PNG\r\n\x1a\n")
            || bytes.startsWith("GIF8"));
}

} // namespace linchpin::sip
