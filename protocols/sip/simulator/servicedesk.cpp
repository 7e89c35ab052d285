// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/servicedesk.h"

#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/simulator/subscriptions.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

ServiceDesk::ServiceDesk(PoolCore &core)
    : m_core(core)
{
}

void ServiceDesk::handle(const SipMessage &request, Hop &from)
{
    const auto address = addressIn(request, "From");
    auto *user = m_core.user(address);
    const auto type = request.header("Content-Type").split(';').first().trimmed().toLower();
    const auto document = parseXml(request.body);
    if (!user) {
        m_core.answer(request, from, 403);
        return;
    }
    if (!document) {
        auto response = responseTo(request, 400);
        response.addHeader("ms-diagnostics",
            "4001;reason=\"XML parse failure\";source=" + quoted(m_core.fqdn.toUtf8()));
        from.deliver(response);
        return;
    }
    const auto endpoints = m_core.endpointsOf(address);
    const auto endpoint = std::ranges::find(endpoints, &from, &Endpoint::hop);
    const auto instance = endpoint == endpoints.end() ? QString() : endpoint->instance;

    if (type == "application/msrtc-category-publish+xml") {
        const auto outcome
            = user->presence.publish(*document, instance, QDateTime::currentDateTimeUtc());
        auto response = responseTo(request, outcome.status);
        if (outcome.status == 200) {
            response.setBody("application/vnd-microsoft-roaming-self+xml", outcome.body);
        } else if (!outcome.body.isEmpty()) {
            response.setBody("application/msrtc-fault+xml", outcome.body);
        }
        from.deliver(response);
        if (outcome.status == 200) {
            m_core.presenceTouched(address, outcome.touched, instance);
        }
    } else if (type == "application/msrtc-setcontainermembers+xml") {
        const auto outcome = user->presence.setContainerMembers(*document);
        auto response = responseTo(request, outcome.status);
        if (!outcome.body.isEmpty()) {
            response.setBody("application/msrtc-fault+xml", outcome.body);
        }
        from.deliver(response);
        if (outcome.status == 200) {
            m_core.subscriptions().containersTouched(address);
        }
    } else if (type == "application/msrtc-presence-setsubscriber+xml") {
        const auto outcome = user->presence.setSubscribers(*document);
        m_core.answer(request, from, outcome.status);
        m_core.subscriptions().subscribersTouched(address);
    } else if (type == "application/soap+xml") {
        soap(request, from, *user, *document);
    } else {
        m_core.answer(request, from, 415);
    }
}

void ServiceDesk::soap(
    const SipMessage &request, Hop &from, PoolUser &user, const XmlElement &document)
{
    if (document.find(u"directorySearch")) {
        if (!m_core.searchesBySip) {
            m_core.answer(request, from, 405);
            return;
        }
        auto response = responseTo(request, 200);
        response.setBody("application/SOAP+xml", search(document));
        from.deliver(response);
        return;
    }
    const auto edit = user.contacts.apply(document);
    auto response = responseTo(request, edit.status);
    if (!edit.body.isEmpty()) {
        response.setBody("application/SOAP+xml", edit.body);
    }
    // The editor hears of its own change too, as with OCS, and before the answer: pidgin-sipe
    // counts deltaNum up by itself when it sends the next edit, and a notification that comes later
    // would set it back.
    m_core.subscriptions().contactsTouched(user.address, edit.deltas);
    from.deliver(response);
}

QByteArray ServiceDesk::search(const XmlElement &document) const
{
    const auto *search = document.find(u"directorySearch");
    const auto limitText = search ? search->childText(u"maxResults").trimmed() : QString();
    const int limit = limitText.isEmpty() ? 100 : limitText.toInt();
    const auto *array = document.find(u"Array");
    QString rows;
    int count = 0;
    bool more = false;
    for (const auto &person : m_core.users()) {
        const auto &card = person.presence.card();
        const auto matches = [&](const XmlElement &row) {
            const auto attribute = row.attribute(u"attrib");
            auto value = row.attribute(u"value");
            if (attribute == "mail"_L1 || attribute == "msRTCSIP-PrimaryUserAddress"_L1) {
                return person.address.contains(value.remove("sip:"_L1), Qt::CaseInsensitive);
            }
            if (attribute == "company"_L1) {
                return card.company.contains(value, Qt::CaseInsensitive);
            }
            if (attribute == "givenName"_L1 || attribute == "sn"_L1
                || attribute == "displayName"_L1) {
                return card.displayName.contains(value, Qt::CaseInsensitive);
            }
            return false;
        };
        if (!array || !std::ranges::all_of(array->children, matches)) {
            continue;
        }
        if (count == limit) {
            more = true;
            break;
        }
        ++count;
        rows
            += u"<m:row m:uri=\"sip:%1\" m:displayName=\"%2\" m:title=\"%3\" m:office=\"%4\" m:phone=\"%5\" m:company=\"%6\" m:city=\"\" m:state=\"\" m:country=\"\" m:email=\"%1\"/>"_s
                   .arg(escaped(person.address), escaped(card.displayName), escaped(card.title),
                       escaped(card.office), escaped(card.phone), escaped(card.company));
    }
    return u"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
           u"xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><s:Body>"
           "<m:directorySearch><m:moreAvailable>%1</m:moreAvailable></m:directorySearch><m:Array>%2</m:Array></s:Body></s:Envelope>"_s
               .arg(more ? u"true"_s : u"false"_s, rows)
               .toUtf8();
}

} // namespace linchpin::sip::sim
