// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/subscriptions.h"

#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/groupchatdesk.h"
#include "protocols/sip/simulator/simmessages.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr auto rosterType = "application/vnd-microsoft-roaming-contacts+xml";
constexpr auto selfType = "application/vnd-microsoft-roaming-self+xml";
constexpr auto categoriesType = "application/msrtc-event-categories+xml";

bool accepts(const SipMessage &request, QByteArrayView type)
{
    const auto values = request.headerValues("Accept");
    return std::ranges::any_of(values,
        [&](const QByteArray &v) { return v.trimmed().toLower().startsWith(type.toByteArray()); });
}

QByteArray pidf(const Presentity &presence)
{
    const int availability = presence.availability();
    const auto activity = availability >= 12000 ? "away"_L1
        : availability >= 6000                  ? "busy"_L1
                                                : QLatin1StringView();
    const auto activities = activity.isEmpty()
        ? QString()
        : u"<activities xmlns=\"urn:ietf:params:xml:ns:pidf:rpid\"><activity>%1</activity></activities>"_s
              .arg(activity);
    return u"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"pres:%1\"><tuple id=\"t1\"><status><basic>%2</basic>%3</status></tuple></presence>"_s
        .arg(escaped(presence.address()), availability >= 18000 ? u"closed"_s : u"open"_s,
            activities)
        .toUtf8();
}

} // namespace

Subscriptions::Subscriptions(PoolCore &core)
    : m_core(core)
{
}

void Subscriptions::handle(const SipMessage &request, Hop &from)
{
    const auto owner = addressIn(request, "From");
    const auto event = parseParameters(";" + request.header("Event"));
    const auto eventName
        = event && !event->items.isEmpty() ? event->items.first().name.toLower() : QByteArray();
    const auto callId = request.header("Call-ID");
    const auto toTag = addressHeader(request, "To").tag();
    const auto existing = std::ranges::find_if(m_subscriptions, [&](const Subscription &s) {
        return s.callId == callId && s.owner == owner && s.event == eventName;
    });
    if (!toTag.isEmpty() && existing == m_subscriptions.end()) {
        m_core.answer(request, from, 481);
        return;
    }

    Subscription fresh;
    const bool isNew = existing == m_subscriptions.end();
    auto &subscription = isNew ? fresh : *existing;
    auto response = responseTo(request, 200);
    const auto endpoints = m_core.endpointsOf(owner);
    const auto endpoint = std::ranges::find(endpoints, &from, &Endpoint::hop);
    if (isNew) {
        subscription = { .owner = owner,
            .instance = endpoint == endpoints.end() ? QString() : endpoint->instance,
            .hop = &from,
            .callId = callId,
            .event = eventName,
            .local = response.header("To"),
            .remote = request.header("From"),
            .target = {},
            .subject = addressIn(request, "To") };
    } else {
        response.setHeader("To", subscription.local);
    }
    const auto contact = addressHeader(request, "Contact").uri;
    subscription.target = contact.isEmpty()
        ? (endpoint == endpoints.end() ? request.uri : endpoint->contact)
        : contact;
    subscription.benotify = listsToken(request, "Supported", "ms-benotify");
    subscription.hop = &from;

    auto seconds = lifetime.count();
    bool given = false;
    const int wanted = request.header("Expires").trimmed().toInt(&given);
    if (given) {
        seconds = std::min<qint64>(seconds, wanted);
    }
    const bool oneShot = eventName.startsWith("vnd-microsoft-provisioning");
    const bool leaving = seconds == 0 && !oneShot;
    subscription.expires = QDateTime::currentDateTimeUtc().addSecs(seconds);

    const auto content = initialContent(subscription, request);
    if (!content) {
        auto refusal = responseTo(request, content.error());
        if (content.error() == 504) {
            refusal.addHeader("ms-diagnostics",
                "1008;reason=\"Unable to resolve DNS SRV record\";domain="
                    + quoted(subscription.subject.section(u'@', -1).toUtf8())
                    + ";source=" + quoted(m_core.fqdn.toUtf8()));
        } else if (content.error() == 404) {
            refusal.addHeader("ms-diagnostics",
                "1003;reason=\"User does not exist\";source=" + quoted(m_core.fqdn.toUtf8()));
        }
        from.deliver(refusal);
        return;
    }

    const auto state = seconds == 0 ? "terminated;expires=0"_ba
                                    : "active;expires=" + QByteArray::number(seconds);
    response.addHeader("Contact",
        '<' + ("sip:" + m_core.fqdn.toUtf8()) + ";transport=" + from.transport().toLower() + '>');
    response.addHeader("Expires", QByteArray::number(seconds));
    response.addHeader("Event", request.header("Event"));
    response.addHeader("subscription-state", state);
    const bool piggyback = listsToken(request, "Supported", "ms-piggyback-first-notify");
    if (piggyback && !content->body.isEmpty()) {
        response.addHeader("ms-piggyback-cseq", QByteArray::number(subscription.cseq));
        response.addHeader("Supported", "ms-benotify, ms-piggyback-first-notify");
        response.setBody(content->type, content->body);
    }
    from.deliver(response);
    if (!piggyback && !content->body.isEmpty()) {
        notify(subscription, *content, state);
    }
    if (leaving || oneShot) {
        if (!isNew) {
            m_subscriptions.erase(existing);
        }
    } else if (isNew) {
        m_subscriptions.append(subscription);
    }
}

std::expected<Subscriptions::Content, int> Subscriptions::initialContent(
    Subscription &subscription, const SipMessage &request)
{
    if (subscription.event == "presence") {
        return presenceContent(subscription, request);
    }
    auto *user = m_core.user(subscription.owner);
    if (!user || subscription.subject != subscription.owner) {
        return std::unexpected(403);
    }
    if (subscription.event == "vnd-microsoft-roaming-contacts") {
        return Content { rosterType, user->contacts.document() };
    }
    if (subscription.event == "vnd-microsoft-roaming-self") {
        return Content { selfType, user->presence.selfDocument() };
    }
    if (subscription.event == "vnd-microsoft-provisioning-v2") {
        return provisioning(request);
    }
    if (subscription.event == "vnd-microsoft-provisioning") {
        return Content { "application/vnd-microsoft-roaming-provisioning+xml",
            "<provision><user uri=\"" + user->address.toUtf8() + "\"/></provision>" };
    }
    if (subscription.event == "vnd-microsoft-roaming-acl") {
        return Content { "application/vnd-microsoft-roaming-acls+xml",
            "<ACLlist deltaNum=\"1\"><ACE type=\"ALL\" mask=\"\" rights=\"AP\"/></ACLlist>" };
    }
    if (subscription.event == "presence.wpending") {
        return Content { "text/xml+msrtc.wpending", "<watchers/>" };
    }
    return std::unexpected(489);
}

Subscriptions::Content Subscriptions::provisioning(const SipMessage &request) const
{
    QString out;
    const auto document = parseXml(request.body);
    const auto groups
        = document ? document->childrenNamed(u"provisioningGroup") : QList<XmlElement>();
    for (const auto &group : groups) {
        const auto name = group.attribute(u"name");
        if (name == "ServerConfiguration"_L1) {
            // Only what this pool really has: no relay.
            QString places = u"<dlxEnabled>false</dlxEnabled>"_s;
            if (!m_core.groupExpansion.isEmpty()) {
                places
                    = u"<absInternalServerUrl>%1</absInternalServerUrl><absExternalServerUrl>%1</absExternalServerUrl><dlxEnabled>true</dlxEnabled><dlxInternalUrl>%2</dlxInternalUrl><dlxExternalUrl>%2</dlxExternalUrl>"_s
                          .arg(escaped(QString::fromLatin1(m_core.addressBook)),
                              escaped(QString::fromLatin1(m_core.groupExpansion)));
            }
            out += u"<provisionGroup name=\"ServerConfiguration\">"_s + places
                + u"<ucPC2PCAVEncryption>SupportEncryption</ucPC2PCAVEncryption>"
                  "<ucPortRangeEnabled>false</ucPortRangeEnabled><ucEnableSipSecurityMode>High</"
                  "ucEnableSipSecurityMode>"
                  "<focusFactoryUri>%2</focusFactoryUri>"
                  "<organization>%1</organization></provisionGroup>"_s.arg(escaped(m_core.domain),
                      escaped(ConferenceDesk::factoryOf(addressIn(request, "From"))));
        } else if (name == "persistentChatConfiguration"_L1) {
            out += m_core.groupChat().provisioning();
        } else if (name == "meetingPolicy"_L1 || name == "ucPolicy"_L1) {
            out += u"<provisionGroup name=\"%1\"/>"_s.arg(escaped(name));
        }
    }
    return { "application/vnd-microsoft-roaming-provisioning-v2+xml",
        u"<provisionGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification\">%1</provisionGroupList>"_s
            .arg(out)
            .toUtf8() };
}

std::expected<Subscriptions::Content, int> Subscriptions::presenceContent(
    Subscription &subscription, const SipMessage &request)
{
    const auto document = parseXml(request.body);
    const auto *action = document ? document->find(u"action") : nullptr;
    if (!request.body.isEmpty() && !action) {
        return std::unexpected(400);
    }
    QSet<QString> categories;
    if (const auto *list = action ? action->child(u"categoryList") : nullptr) {
        for (const auto &category : list->children) {
            categories += category.attribute(u"name");
        }
    }
    if (categories.isEmpty()) {
        categories = { u"calendarData"_s, u"contactCard"_s, u"note"_s, u"state"_s };
    }
    subscription.categories = categories;

    QSet<QString> asked;
    if (const auto *list = action ? action->child(u"adhocList") : nullptr) {
        for (const auto &resource : list->children) {
            const auto address = addressOfUri(resource.attribute(u"uri").toUtf8());
            if (!address.contains(u'@')) {
                return std::unexpected(400);
            }
            asked += address;
            if (resource.child(u"context")) {
                follow(subscription.owner, address);
            }
        }
    }
    if (listsToken(request, "Require", "adhoclist")) {
        subscription.batched = true;
        subscription.pool = subscription.subject.contains(u'@') ? QString() : subscription.subject;
        if (action && action->attribute(u"name") == "unsubscribe"_L1) {
            subscription.resources -= asked;
            return Content {};
        }
        subscription.resources += asked;
        return batchContent(subscription, asked, categories, true);
    }

    auto *user = m_core.user(subscription.subject);
    if (!user) {
        return std::unexpected(subscription.subject.section(u'@', -1) == m_core.domain ? 404 : 504);
    }
    subscription.resources = { subscription.subject };
    if (accepts(request, categoriesType) || request.header("Accept").isEmpty()) {
        return Content { categoriesType,
            user->presence.watcherDocument(subscription.owner, categories) };
    }
    if (accepts(request, "application/pidf+xml")) {
        subscription.categories.clear(); // marks a plain RFC 3856 watcher
        return Content { "application/pidf+xml", pidf(user->presence) };
    }
    return std::unexpected(406);
}

Subscriptions::Content Subscriptions::batchContent(Subscription &subscription,
    const QSet<QString> &resources, const QSet<QString> &categories, bool full)
{
    const auto boundary = "0" + randomHex(12);
    QString list;
    QByteArray parts;
    int id = 0;
    for (const auto &address : resources) {
        const auto uri = u"sip:"_s + address;
        auto *user = m_core.user(address);
        if (user && user->pool != subscription.pool) {
            list
                += u"<resource uri=\"%1\"><instance id=\"%2\" state=\"resubscribe\" poolFqdn=\"%3\"/></resource>"_s
                       .arg(escaped(uri))
                       .arg(id)
                       .arg(escaped(user->pool.isEmpty() ? m_core.fqdn : user->pool));
        } else if (user) {
            list
                += u"<resource uri=\"%1\"><instance id=\"%2\" state=\"active\" cid=\"%3\"/></resource>"_s
                       .arg(escaped(uri))
                       .arg(id)
                       .arg(escaped(address));
            parts += "--" + boundary + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <"
                + address.toUtf8()
                + ">\r\nContent-Type: application/msrtc-event-categories+xml\r\n\r\n"
                + user->presence.watcherDocument(subscription.owner, categories) + "\r\n\r\n";
        } else if (address.section(u'@', -1) == m_core.domain) {
            list
                += u"<resource uri=\"%1\"><instance id=\"%2\" state=\"terminated\" reason=\"noresource\"/></resource>"_s
                       .arg(escaped(uri))
                       .arg(id);
        } else {
            list += u"<resource uri=\"%1\"><instance id=\"%2\" state=\"resubscribe\"/></resource>"_s
                        .arg(escaped(uri))
                        .arg(id);
        }
        ++id;
    }
    const auto rlmi
        = u"<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:%1\" version=\"%2\" fullState=\"%3\">%4</list>"_s
              .arg(escaped(subscription.owner))
              .arg(subscription.listVersion++)
              .arg(full ? u"true"_s : u"false"_s, list);
    // An empty line before every boundary: the MIME reader of libpurple 2.14 takes four bytes away
    // there.
    return { "multipart/related;type=\"application/rlmi+xml\";start=\"<resourceList>\";boundary="
            + boundary,
        "--" + boundary
            + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: "
              "<resourceList>\r\nContent-Type: application/rlmi+xml\r\n\r\n"
            + rlmi.toUtf8() + "\r\n\r\n" + parts + "--" + boundary + "--\r\n" };
}

void Subscriptions::notify(
    Subscription &subscription, const Content &content, const QByteArray &state) const
{
    if (!subscription.hop) {
        return;
    }
    const QByteArray method = subscription.benotify ? "BENOTIFY" : "NOTIFY";
    auto message = SipMessage::request(method, subscription.target);
    message.addHeader("Via",
        "SIP/2.0/" + subscription.hop->transport() + ' ' + m_core.fqdn.toUtf8() + ";branch=z9hG4bK"
            + randomHex(10));
    message.addHeader("Max-Forwards", "70");
    message.addHeader("From", subscription.local);
    message.addHeader("To", subscription.remote);
    message.addHeader("Call-ID", subscription.callId);
    message.addHeader("CSeq", QByteArray::number(++subscription.cseq) + ' ' + method);
    message.addHeader("Event", subscription.event);
    const auto left
        = std::max<qint64>(QDateTime::currentDateTimeUtc().secsTo(subscription.expires), 0);
    message.addHeader("subscription-state",
        state.isEmpty() ? "active;expires=" + QByteArray::number(left) : state);
    if (subscription.batched) {
        message.addHeader("Require", "eventlist");
    }
    message.setBody(content.type, content.body);
    subscription.hop->deliver(message);
}

void Subscriptions::presenceTouched(
    const QString &userAddress, const QSet<QString> &categories, const QString &exceptInstance)
{
    auto *user = m_core.user(userAddress);
    if (!user) {
        return;
    }
    for (auto &subscription : m_subscriptions) {
        if (subscription.event == "vnd-microsoft-roaming-self" && subscription.owner == userAddress
            && (exceptInstance.isEmpty() || subscription.instance != exceptInstance)) {
            notify(subscription, { selfType, user->presence.selfDocument(categories) });
        }
        if (subscription.event != "presence" || !subscription.resources.contains(userAddress)
            || (subscription.batched && subscription.pool != user->pool)) {
            continue;
        }
        if (subscription.categories.isEmpty()) {
            notify(subscription, { "application/pidf+xml", pidf(user->presence) });
            continue;
        }
        const auto wanted = subscription.categories & categories;
        if (wanted.isEmpty()) {
            continue;
        }
        notify(subscription,
            subscription.batched
                ? batchContent(subscription, { userAddress }, wanted, false)
                : Content {
                      categoriesType, user->presence.watcherDocument(subscription.owner, wanted) });
    }
}

void Subscriptions::containersTouched(const QString &userAddress)
{
    auto *user = m_core.user(userAddress);
    if (!user) {
        return;
    }
    for (auto &subscription : m_subscriptions) {
        if (subscription.event == "vnd-microsoft-roaming-self"
            && subscription.owner == userAddress) {
            notify(subscription, { selfType, user->presence.containersDocument() });
        }
    }
    // Watchers may see more or less now.
    for (auto &subscription : m_subscriptions) {
        if (subscription.event == "presence" && subscription.resources.contains(userAddress)
            && !subscription.categories.isEmpty()) {
            notify(subscription,
                subscription.batched
                    ? batchContent(subscription, { userAddress }, subscription.categories, false)
                    : Content { categoriesType,
                          user->presence.watcherDocument(
                              subscription.owner, subscription.categories) });
        }
    }
}

void Subscriptions::subscribersTouched(const QString &userAddress)
{
    auto *user = m_core.user(userAddress);
    for (auto &subscription : m_subscriptions) {
        if (user && subscription.event == "vnd-microsoft-roaming-self"
            && subscription.owner == userAddress) {
            notify(subscription, { selfType, user->presence.subscribersDocument() });
        }
    }
}

void Subscriptions::follow(const QString &watcher, const QString &subject)
{
    auto *user = m_core.user(subject);
    auto *follower = m_core.user(watcher);
    if (user && follower && watcher != subject
        && user->presence.addSubscriber(watcher, follower->presence.card().displayName)) {
        subscribersTouched(subject);
    }
}

void Subscriptions::contactsTouched(const QString &userAddress, const QByteArrayList &deltas)
{
    for (auto &subscription : m_subscriptions) {
        if (subscription.event == "vnd-microsoft-roaming-contacts"
            && subscription.owner == userAddress) {
            for (const auto &delta : deltas) {
                notify(subscription, { rosterType, delta });
            }
        }
    }
}

void Subscriptions::endpointGone(const QString &user, const QString &instance)
{
    m_subscriptions.removeIf(
        [&](const Subscription &s) { return s.owner == user && s.instance == instance; });
}

void Subscriptions::hopGone(Hop *hop)
{
    m_subscriptions.removeIf([&](const Subscription &s) { return s.hop == hop; });
}

} // namespace linchpin::sip::sim
