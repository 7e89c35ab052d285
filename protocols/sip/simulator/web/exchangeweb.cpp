// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/web/exchangeweb.h"

#include "protocols/sip/simulator/subscriptions.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr auto messagesNamespace
    = "http://schemas.microsoft.com/exchange/services/2006/messages"_L1;
constexpr auto typesNamespace = "http://schemas.microsoft.com/exchange/services/2006/types"_L1;
constexpr auto soapNamespace = "http://schemas.xmlsoap.org/soap/envelope/"_L1;
const auto servicePath = "/EWS/Exchange.asmx"_ba;
const auto autodiscoverPath = "/autodiscover/autodiscover.xml"_ba;

WebResponse xml(const QString &body, int status = 200)
{
    return { .status = status,
        .headers = { { "Content-Type"_ba, "text/xml; charset=utf-8"_ba } },
        .body = body.toUtf8() };
}

QString envelope(const QString &body)
{
    return u"<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"%1\"><s:Header><h:ServerVersionInfo xmlns:h=\"%2\" MajorVersion=\"15\" MinorVersion=\"0\"/></s:Header><s:Body xmlns:m=\"%3\" xmlns:t=\"%2\">%4</s:Body></s:Envelope>"_s
        .arg(soapNamespace, typesNamespace, messagesNamespace, body);
}

WebResponse fault(const QString &code, const QString &words)
{
    return xml(
        envelope(
            u"<s:Fault><faultcode xmlns:a=\"%1\">a:%2</faultcode><faultstring>%3</faultstring><detail><e:ResponseCode xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">%2</e:ResponseCode></detail></s:Fault>"_s
                .arg(typesNamespace, code, escaped(words))),
        500);
}

QString succeeded(const QString &operation, const QString &inside = {})
{
    return u"<m:%1Response ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>%2</m:%1Response>"_s
        .arg(operation, inside);
}

QString refused(const QString &operation, const QString &code)
{
    return u"<m:%1Response ResponseClass=\"Error\"><m:MessageText>The specified object was not found or has changed: %2.</m:MessageText><m:ResponseCode>%2</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:%1Response>"_s
        .arg(operation, code);
}

QString changeKey(const Mailbox::Group &group)
{
    return u"EQ%1"_s.arg(group.version);
}

QString groupElement(const Mailbox::Group &group, QStringView prefix)
{
    QString members;
    for (const QString &id : group.members) {
        members += u"<t:ItemId Id=\"%1\" ChangeKey=\"EQ\"/>"_s.arg(escaped(id));
    }
    if (!members.isEmpty()) {
        members = u"<t:MemberCorrelationKey>%1</t:MemberCorrelationKey>"_s.arg(members);
    }
    const QString mail = group.mail.isEmpty()
        ? QString()
        : u"<t:SmtpAddress>%1</t:SmtpAddress>"_s.arg(escaped(group.mail));
    return u"<%1:ImGroup><t:DisplayName>%2</t:DisplayName><t:GroupType>IPM.DistList.MOC.%3</t:GroupType><t:ExchangeStoreId Id=\"%4\" ChangeKey=\"%5\"/>%6%7</%1:ImGroup>"_s
        .arg(prefix.toString(), escaped(group.name), group.type, escaped(group.id),
            changeKey(group), members, mail);
}

QString personElement(const Mailbox::Person &person, QStringView prefix)
{
    // What the directory knows of the same person comes with it, and a hidden item.
    return u"<%1:Persona><t:PersonaId Id=\"PERSONA-%2\"/><t:DisplayName>%3</t:DisplayName><t:ImAddress>sip:%4</t:ImAddress><t:Attributions><t:Attribution><t:Id>0</t:Id><t:SourceId Id=\"GAL-%2\" ChangeKey=\"EQ\"/><t:DisplayName>GAL</t:DisplayName><t:IsWritable>false</t:IsWritable><t:IsQuickContact>false</t:IsQuickContact><t:IsHidden>false</t:IsHidden></t:Attribution><t:Attribution><t:Id>1</t:Id><t:SourceId Id=\"HIDDEN-%2\" ChangeKey=\"EQ\"/><t:DisplayName>Lync</t:DisplayName><t:IsWritable>true</t:IsWritable><t:IsQuickContact>true</t:IsQuickContact><t:IsHidden>true</t:IsHidden></t:Attribution><t:Attribution><t:Id>2</t:Id><t:SourceId Id=\"%2\" ChangeKey=\"EQ\"/><t:DisplayName>Lync</t:DisplayName><t:IsWritable>true</t:IsWritable><t:IsQuickContact>true</t:IsQuickContact><t:IsHidden>false</t:IsHidden></t:Attribution></t:Attributions></%1:Persona>"_s
        .arg(prefix.toString(), escaped(person.id), escaped(person.name), escaped(person.address));
}

QString bare(const QString &address)
{
    const QString lower = address.trimmed().toLower();
    return lower.startsWith("sip:"_L1) ? lower.sliced(4) : lower;
}

/// Times without a zone are in the zone of the request; ours have to be UTC.
QDateTime timeOf(const XmlElement *element)
{
    const QString text = element ? element->text.trimmed() : QString();
    return QDateTime::fromString(text.endsWith(u'Z') ? text : text + u'Z', Qt::ISODate).toUTC();
}

QString written(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-ddTHH:mm:ss"_s);
}

} // namespace

ExchangeWeb::ExchangeWeb(PoolCore &core)
    : m_core(core)
{
}

QString ExchangeWeb::newId(const QString &kind)
{
    return u"AAMk%1%2"_s.arg(kind).arg(++m_lastId);
}

void ExchangeWeb::migrate(const QString &user)
{
    PoolUser *const owner = m_core.user(user);
    if (!owner) {
        return;
    }
    Mailbox &box = mailbox(user);
    box.groups = { { newId(u"G"_s), 1, u"Other Contacts"_s, u"OtherContacts"_s, {} },
        { newId(u"G"_s), 1, u"Favorites"_s, u"Favorites"_s, {} },
        { newId(u"G"_s), 1, u"Tagged"_s, u"Tagged"_s, {} } };
    QMap<int, qsizetype> places;
    for (auto it = owner->contacts.groups().cbegin(); it != owner->contacts.groups().cend(); ++it) {
        if (it.value() == "~"_L1) {
            places.insert(it.key(), 0);
            continue;
        }
        places.insert(it.key(), box.groups.size());
        box.groups.append({ newId(u"G"_s), 1, it.value(), u"UserGroup"_s, {} });
    }
    for (const ContactBook::Contact &contact : owner->contacts.contacts()) {
        const PoolUser *const known = m_core.user(contact.address);
        const QString name = !contact.name.isEmpty() ? contact.name
            : known                                  ? known->presence.card().displayName
                                                     : contact.address;
        box.people.append({ newId(u"P"_s), contact.address, name });
        for (const int group : contact.groups) {
            box.groups[places.value(group)].members.append(box.people.last().id);
        }
    }
    owner->contacts.freeze();
}

QStringList ExchangeWeb::contactsOf(const QString &user)
{
    QStringList out;
    const Mailbox &box = mailbox(user);
    for (const Mailbox::Group &group : box.groups) {
        QStringList members;
        for (const Mailbox::Person &person : box.people) {
            if (group.members.contains(person.id)) {
                members.append(person.address);
            }
        }
        if (!members.isEmpty()) {
            members.sort();
            out.append(group.name + ": "_L1 + members.join(", "_L1));
        }
    }
    out.sort();
    return out;
}

void ExchangeWeb::addPerson(const QString &user, const QString &address, const QString &groupName)
{
    Mailbox &box = mailbox(user);
    box.people.append({ newId(u"P"_s), address, address.section(u'@', 0, 0) });
    for (Mailbox::Group &one : box.groups) {
        if (one.name == groupName) {
            one.members.append(box.people.last().id);
            ++one.version;
        }
    }
    changed(user);
}

void ExchangeWeb::touch(const QString &user, const QString &groupName)
{
    for (Mailbox::Group &one : mailbox(user).groups) {
        one.version += one.name == groupName ? 1 : 0;
    }
}

bool ExchangeWeb::isAutodiscover(const WebRequest &request)
{
    return request.path.compare(autodiscoverPath, Qt::CaseInsensitive) == 0;
}

bool ExchangeWeb::isMine(const WebRequest &request) const
{
    return isAutodiscover(request) || request.path.compare(servicePath, Qt::CaseInsensitive) == 0;
}

WebResponse ExchangeWeb::handle(const WebRequest &request, const QString &user)
{
    if (isAutodiscover(request)) {
        return autodiscover(request, user);
    }
    const auto document = parseXml(request.body);
    const XmlElement *const body = document ? document->child(u"Body") : nullptr;
    if (!document || !body || body->children.size() != 1
        || document->namespaceUri != soapNamespace) {
        complain(u"no SOAP"_s);
        return fault(u"ErrorInvalidRequest"_s, u"The request is invalid."_s);
    }
    const XmlElement &call = body->children.first();
    if (call.namespaceUri != messagesNamespace) {
        complain(u"%1 of another namespace"_s.arg(call.name));
        return fault(u"ErrorSchemaValidation"_s, u"The request failed schema validation."_s);
    }
    const QByteArray action = request.header("SOAPAction");
    const QString operationName
        = call.name.endsWith("Request"_L1) ? call.name.chopped(7) : call.name;
    if (!action.isEmpty()
        && action
            != '"' + QByteArray(messagesNamespace.latin1()) + '/' + operationName.toLatin1()
                + '"') {
        complain(u"%1 with the action %2"_s.arg(call.name, QString::fromLatin1(action)));
    }
    m_operations.append(operationName);
    return operation(call, mailbox(user), user);
}

WebResponse ExchangeWeb::autodiscover(const WebRequest &request, const QString &user)
{
    const auto document = parseXml(request.body);
    const XmlElement *const wanted = document ? document->find(u"EMailAddress") : nullptr;
    if (request.method != "POST" || !wanted) {
        complain(u"an odd autodiscover request"_s);
        return { .status = 400 };
    }
    m_operations.append(u"autodiscover"_s);
    QString account;
    if (!movedTo.isEmpty() && bare(wanted->text) != movedTo) {
        account = u"<Action>redirectAddr</Action><RedirectAddr>%1</RedirectAddr>"_s.arg(
            escaped(movedTo));
    } else {
        const QString url = u"https://%1%2"_s.arg(host, QString::fromLatin1(servicePath));
        account
            = u"<AccountType>email</AccountType><Action>settings</Action><Protocol><Type>EXCH</Type><Server>mail</Server><ASUrl>%1</ASUrl><EwsUrl>%1</EwsUrl><OOFUrl>%1</OOFUrl></Protocol>"_s
                  .arg(url);
    }
    return xml(
        u"<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\"><Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\"><User><DisplayName>%1</DisplayName><LegacyDN>/o=Litware/cn=%1</LegacyDN></User><Account>%2</Account></Response></Autodiscover>"_s
            .arg(escaped(user), account));
}

WebResponse ExchangeWeb::operation(const XmlElement &call, Mailbox &mailbox, const QString &user)
{
    if (call.name == "GetUserAvailabilityRequest"_L1) {
        return xml(envelope(availability(call, mailbox, user)));
    }
    if (call.name == "GetUserOofSettingsRequest"_L1) {
        return xml(envelope(outOfOffice(mailbox)));
    }
    if (call.name == "GetImItemList"_L1) {
        return xml(envelope(itemList(mailbox)));
    }
    if (call.name == "GetUserPhoto"_L1) { // nobody has one here
        return xml(envelope(refused(call.name, u"ErrorItemNotFound"_s)));
    }
    const QString answer = edit(call, mailbox);
    if (answer.isEmpty()) {
        complain(u"an unknown operation %1"_s.arg(call.name));
        return fault(u"ErrorSchemaValidation"_s, u"The request failed schema validation."_s);
    }
    if (answer.contains("\"Success\""_L1)) {
        changed(user);
    }
    return xml(envelope(answer));
}

QString ExchangeWeb::availability(
    const XmlElement &call, const Mailbox &mailbox, const QString &user)
{
    const XmlElement *const window = call.find(u"TimeWindow");
    const QDateTime start = timeOf(window ? window->child(u"StartTime") : nullptr);
    const QDateTime end = timeOf(window ? window->child(u"EndTime") : nullptr);
    const XmlElement *const step = call.find(u"MergedFreeBusyIntervalInMinutes");
    const int minutes = step ? step->text.toInt() : 30;
    const XmlElement *const zone = call.find(u"TimeZone");
    const XmlElement *const whose = call.find(u"Address");
    if (!zone || zone->childText(u"Bias") != "0"_L1 || !start.isValid() || !(start < end)
        || start.daysTo(end) > 62 || minutes < 5 || !whose
        || bare(whose->text).section(u'@', 0, 0) != user.section(u'@', 0, 0)) {
        complain(u"an odd question for free and busy times"_s);
        return u"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray><m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Error\"><m:MessageText>Invalid.</m:MessageText><m:ResponseCode>ErrorInvalidParameter</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse></m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"_s;
    }
    QString digits;
    for (QDateTime slot = start; slot < end; slot = slot.addSecs(qint64 { minutes } * 60)) {
        const QDateTime after = slot.addSecs(qint64 { minutes } * 60);
        int worst = 0;
        for (const Mailbox::Meeting &meeting : mailbox.meetings) {
            if (meeting.start < after && slot < meeting.end) {
                worst = qMax(worst,
                    int(QStringList({ u"Free"_s, u"Tentative"_s, u"Busy"_s, u"OOF"_s })
                            .indexOf(meeting.type)));
            }
        }
        digits += QString::number(worst);
    }
    QString events;
    for (const Mailbox::Meeting &meeting : mailbox.meetings) {
        if (meeting.start < end && start < meeting.end) {
            events
                += u"<t:CalendarEvent><t:StartTime>%1</t:StartTime><t:EndTime>%2</t:EndTime><t:BusyType>%3</t:BusyType><t:CalendarEventDetails><t:ID>1</t:ID><t:Subject>Zażółć</t:Subject><t:Location>Kraków</t:Location><t:IsMeeting>true</t:IsMeeting></t:CalendarEventDetails></t:CalendarEvent>"_s
                       .arg(written(meeting.start), written(meeting.end), meeting.type);
        }
    }
    return u"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray><m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>DetailedMerged</t:FreeBusyViewType><t:MergedFreeBusy>%1</t:MergedFreeBusy><t:CalendarEventArray>%2</t:CalendarEventArray><t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><t:WorkingPeriodArray><t:WorkingPeriod><t:DayOfWeek>Monday Tuesday Wednesday Thursday Friday</t:DayOfWeek><t:StartTimeInMinutes>480</t:StartTimeInMinutes><t:EndTimeInMinutes>1020</t:EndTimeInMinutes></t:WorkingPeriod></t:WorkingPeriodArray></t:WorkingHours></m:FreeBusyView></m:FreeBusyResponse></m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"_s
        .arg(digits, events);
}

QString ExchangeWeb::outOfOffice(const Mailbox &mailbox) const
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    return u"<m:GetUserOofSettingsResponse><m:ResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><t:OofSettings><t:OofState>%1</t:OofState><t:ExternalAudience>All</t:ExternalAudience><t:Duration><t:StartTime>%2</t:StartTime><t:EndTime>%3</t:EndTime></t:Duration><t:InternalReply><t:Message>%4%5</t:Message></t:InternalReply><t:ExternalReply><t:Message/></t:ExternalReply></t:OofSettings><m:AllowExternalOof>All</m:AllowExternalOof></m:GetUserOofSettingsResponse>"_s
        .arg(mailbox.oofState, written(mailbox.oofStart.isValid() ? mailbox.oofStart : now),
            written(mailbox.oofEnd.isValid() ? mailbox.oofEnd : now.addDays(1)),
            QString(QChar::ByteOrderMark), escaped(mailbox.oofText));
}

QString ExchangeWeb::itemList(const Mailbox &mailbox) const
{
    QString groups;
    for (const Mailbox::Group &group : mailbox.groups) {
        groups += groupElement(group, u"t");
    }
    QString people;
    for (const Mailbox::Person &person : mailbox.people) {
        people += personElement(person, u"t");
    }
    return succeeded(u"GetImItemList"_s,
        u"<m:ImItemList><t:Groups>%1</t:Groups><t:Personas>%2</t:Personas></m:ImItemList>"_s.arg(
            groups, people));
}

Mailbox::Group *ExchangeWeb::group(Mailbox &mailbox, const XmlElement *id, QString &problem) const
{
    const auto found = std::ranges::find_if(mailbox.groups,
        [&](const Mailbox::Group &one) { return id && one.id == id->attribute(u"Id"); });
    if (found == mailbox.groups.end()) {
        problem = u"ErrorItemNotFound"_s;
        return nullptr;
    }
    if (strictKeys && id->attribute(u"ChangeKey") != changeKey(*found)) {
        problem = u"ErrorIrresolvableConflict"_s;
        return nullptr;
    }
    return &*found;
}

const Mailbox::Person *ExchangeWeb::person(const Mailbox &mailbox, const XmlElement *id)
{
    const auto found = std::ranges::find_if(mailbox.people,
        [&](const Mailbox::Person &one) { return id && one.id == id->attribute(u"Id"); });
    return found == mailbox.people.end() ? nullptr : &*found;
}

QString ExchangeWeb::edit(const XmlElement &call, Mailbox &mailbox)
{
    QString problem;
    if (call.name == "AddImGroup"_L1) {
        const QString name = call.childText(u"DisplayName");
        if (name.isEmpty()) {
            return refused(call.name, u"ErrorInvalidRequest"_s);
        }
        mailbox.groups.append({ newId(u"G"_s), 1, name, u"UserGroup"_s, {} });
        return succeeded(call.name, groupElement(mailbox.groups.last(), u"m"));
    }
    if (call.name == "AddDistributionGroupToImList"_L1) {
        const QString mail = bare(call.childText(u"SmtpAddress"));
        if (!mail.contains(u'@') || call.childText(u"DisplayName").isEmpty()) {
            return refused(call.name, u"ErrorInvalidRequest"_s);
        }
        mailbox.groups.append(
            { newId(u"G"_s), 1, call.childText(u"DisplayName"), u"DG"_s, {}, mail });
        return succeeded(call.name, groupElement(mailbox.groups.last(), u"m"));
    }
    if (call.name == "RemoveDistributionGroupFromImList"_L1) {
        const Mailbox::Group *const list = group(mailbox, call.child(u"GroupId"), problem);
        if (!list || list->type != "DG"_L1) {
            return refused(call.name, list ? u"ErrorAccessDenied"_s : problem);
        }
        const QString id = list->id;
        mailbox.groups.removeIf([&](const Mailbox::Group &one) { return one.id == id; });
        return succeeded(call.name);
    }
    if (call.name == "AddNewImContactToGroup"_L1) {
        Mailbox::Group *place = &mailbox.groups.first(); // the others
        if (const XmlElement *const id = call.child(u"GroupId")) {
            place = group(mailbox, id, problem);
        }
        const QString address = bare(call.childText(u"ImAddress"));
        const bool known = std::ranges::any_of(
            mailbox.people, [&](const Mailbox::Person &one) { return one.address == address; });
        if (!place || known || !address.contains(u'@')) {
            return refused(call.name, place ? u"ErrorInvalidImContactId"_s : problem);
        }
        const PoolUser *const user = m_core.user(address);
        const QString given = call.childText(u"DisplayName");
        mailbox.people.append({ newId(u"P"_s), address,
            !given.isEmpty() ? given
                : user       ? user->presence.card().displayName
                             : address });
        place->members.append(mailbox.people.last().id);
        ++place->version;
        return succeeded(call.name, personElement(mailbox.people.last(), u"m"));
    }
    if (call.name == "AddImContactToGroup"_L1 || call.name == "RemoveImContactFromGroup"_L1) {
        const bool add = call.name.startsWith("Add"_L1);
        const Mailbox::Person *const who = person(mailbox, call.child(u"ContactId"));
        Mailbox::Group *const place = group(mailbox, call.child(u"GroupId"), problem);
        if (!who || !place || place->members.contains(who->id) == add) {
            return refused(call.name, place ? u"ErrorItemNotFound"_s : problem);
        }
        if (add) {
            place->members.append(who->id);
        } else {
            place->members.removeAll(who->id);
        }
        ++place->version;
        return succeeded(call.name);
    }
    if (call.name == "RemoveContactFromImList"_L1) {
        const Mailbox::Person *const who = person(mailbox, call.child(u"ContactId"));
        if (!who) {
            return refused(call.name, u"ErrorItemNotFound"_s);
        }
        const QString id = who->id;
        mailbox.people.removeIf([&](const Mailbox::Person &one) { return one.id == id; });
        for (Mailbox::Group &one : mailbox.groups) {
            one.version += one.members.removeAll(id) > 0 ? 1 : 0;
        }
        return succeeded(call.name);
    }
    return {};
}

/// The pool learns of it and tells the end points of the user, with its frozen copy.
void ExchangeWeb::changed(const QString &user)
{
    if (PoolUser *const owner = m_core.user(user)) {
        owner->contacts.touch();
        m_core.subscriptions().contactsTouched(owner->address, { owner->contacts.document() });
    }
}

} // namespace linchpin::sip::sim
