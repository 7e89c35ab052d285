// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sippresence.h"

#include "protocols/sip/documents/provisioning.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/containers.h"
#include "protocols/sip/presence/presencenotification.h"
#include "protocols/sip/registration/sipfailures.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

const QByteArray presenceAccept
    = "application/rlmi+xml, multipart/related, text/xml+msrtc.pidf, "
      "application/msrtc-event-categories+xml, application/xpidf+xml, application/pidf+xml"_ba;

constexpr int kMaximumHops = 4; ///< of one person from pool to pool
constexpr qsizetype kMaximumGlances = 20;

quint32 actionId(SipLink &link)
{
    return link.random()(4).toHex().toUInt(nullptr, 16) & 0x7fffffff;
}

} // namespace

SipPresence::SipPresence(SipLink &link, const Presence &initial, Hooks hooks)
    : m_link(link)
    , m_hooks(std::move(hooks))
    , m_self(link, initial, [this] {
        if (m_hooks.blockedChanged) {
            m_hooks.blockedChanged();
        }
        m_link.tell(AccessChanged {});
    })
{
}

void SipPresence::start()
{
    if (!m_link.registration().hasCategories()) {
        if (m_hooks.provisioned) {
            m_hooks.provisioned({});
        }
        return; // LCS 2005 and plain SIP: nothing is kept about us there that we could read
    }
    SipSubscription::Options provisioning;
    provisioning.event = "vnd-microsoft-provisioning-v2"_ba;
    provisioning.accept = "application/vnd-microsoft-roaming-provisioning-v2+xml"_ba;
    provisioning.bodyType = kProvisioningType.toByteArray();
    provisioning.body = buildProvisioningRequest({ u"ServerConfiguration"_s, u"meetingPolicy"_s,
        u"persistentChatConfiguration"_s, u"ucPolicy"_s });
    provisioning.oneShot = true;
    const RegistrationInfo &server = m_link.registration();
    const QByteArray question
        = server.server + (server.remoteUser ? " outside\n" : " inside\n") + provisioning.body;
    const auto provisioned = [this](const QByteArray &body) {
        if (m_hooks.provisioned) {
            m_hooks.provisioned(body);
        }
    };
    SessionServices &services = m_link.services();
    if (const QByteArray kept = rememberedProvisioning(
            services.state(kProvisioningState.toString()), question, services.now());
        !kept.isEmpty()) {
        provisioned(kept);
    } else if (server.allows(provisioning.event)) {
        add(std::make_unique<SipSubscription>(
                m_link, provisioning,
                [provisioned, question, &services](const SipSubscription::Notification &n) {
                    services.setState(kProvisioningState.toString(),
                        rememberProvisioning(n.body, question, services.now()));
                    provisioned(n.body);
                },
                [provisioned](int) { provisioned({}); }))
            ->start();
    } else {
        provisioned({});
    }
    m_self.start();
}

SipSubscription *SipPresence::add(std::unique_ptr<SipSubscription> subscription)
{
    m_finished.clear();
    m_subscriptions.push_back(std::move(subscription));
    return m_subscriptions.back().get();
}

void SipPresence::drop(const SipSubscription *subscription)
{
    const auto found
        = std::ranges::find(m_subscriptions, subscription, [](const auto &s) { return s.get(); });
    if (found != m_subscriptions.end()) {
        m_finished.push_back(std::move(*found));
        m_subscriptions.erase(found);
    }
}

bool SipPresence::receive(const SipMessage &request)
{
    if (m_self.receive(request)) {
        return true;
    }
    const auto found = std::ranges::find_if(
        m_subscriptions, [&request](const auto &s) { return s->owns(request); });
    if (found == m_subscriptions.end()) {
        return false;
    }
    (*found)->receive(request);
    return true;
}

void SipPresence::setPresence(const Presence &presence, const Answer<void> &answer)
{
    if (!m_link.registration().hasCategories()) {
        answer.fail(requestFailure(SipMessage::response(501, "Not Implemented"_ba)));
        return;
    }
    m_self.setPresence(presence, answer);
}

void SipPresence::setBlocked(const QString &address, bool blocked, const Answer<void> &answer)
{
    m_self.setLevel({ ContainerMember::Type::User, address },
        blocked ? std::optional(container::Blocked) : std::nullopt, answer);
}

// ---------------------------------------------------------------- everybody else

void SipPresence::watch(const QList<WatchedPerson> &people)
{
    QList<WatchedPerson> fresh;
    for (const WatchedPerson &person : people) {
        // Somebody we only glanced at so far is a contact now: asked for anew, so that the server
        // hears of it, and kept.
        if (m_glanced.removeOne(person.address)) {
            m_watched.remove(person.address);
        }
        if (!m_watched.contains(person.address) && person.address.contains(u'@')) {
            m_watched.insert(person.address);
            fresh.append(person);
        }
    }
    if (m_link.registration().hasBatchedSubscribe()) {
        for (const QList<WatchedPerson> &batch : splitIntoBatches(fresh)) {
            subscribePresence(batch, {}, true);
        }
    } else {
        for (const WatchedPerson &person : std::as_const(fresh)) {
            subscribePresence({ person }, uriFromAddress(person.address).toUtf8(), false);
        }
    }
}

void SipPresence::glance(const QString &address)
{
    const QString person = addressFromUri(address);
    if (m_watched.contains(person) || !person.contains(u'@')
        || person == addressFromUri(QString::fromUtf8(m_link.identity().address))) {
        return;
    }
    m_glanced.append(person);
    m_watched.insert(person);
    // One dialog a person, even where the server takes lists: it can be ended by itself.
    subscribePresence({ { person, false } }, uriFromAddress(person).toUtf8(), false);
    while (m_glanced.size() > kMaximumGlances) {
        const QString oldest = m_glanced.takeFirst();
        const QByteArray target = uriFromAddress(oldest).toUtf8();
        forget(oldest);
        const auto found = std::ranges::find_if(m_subscriptions,
            [&target](const auto &one) { return one->options().target == target; });
        if (found != m_subscriptions.end()) {
            (*found)->stop();
            drop(found->get());
        }
    }
}

std::optional<PresenceUpdate> SipPresence::known(const QString &address) const
{
    const auto found = m_people.constFind(address);
    return found == m_people.cend() ? std::nullopt : std::optional(*found);
}

void SipPresence::forget(const QString &address)
{
    m_watched.remove(address);
    m_people.remove(address);
    m_hops.remove(address);
}

void SipPresence::subscribePresence(
    const QList<WatchedPerson> &people, const QByteArray &target, bool batched)
{
    SipSubscription::Options options;
    options.event = "presence"_ba;
    options.accept = presenceAccept;
    options.target = target;
    if (batched) {
        options.headers.append({ "Require"_ba, "adhoclist, categoryList"_ba });
        options.headers.append({ "Supported"_ba, "eventlist"_ba });
    }
    if (m_link.registration().hasCategories()) {
        options.bodyType = kCategoryListType.toByteArray();
        options.body = buildBatchSubscribe(
            QString::fromUtf8(m_link.identity().address), people, actionId(m_link));
    }
    const auto self = std::make_shared<SipSubscription *>(nullptr);
    auto subscription = std::make_unique<SipSubscription>(
        m_link, options, [this](const SipSubscription::Notification &n) { presenceNotified(n); },
        [this, self, people, batched, elsewhere = !target.isEmpty()](int status) {
            // One malformed address spoils a batch; a pool may be gone or not speak to us: then ask
            // for each by itself.
            if (batched && status != 0 && (people.size() > 1 || elsewhere)) {
                for (const WatchedPerson &person : people) {
                    subscribePresence({ person }, uriFromAddress(person.address).toUtf8(), false);
                }
            } else {
                for (const WatchedPerson &person : people) {
                    PresenceUpdate unknown;
                    unknown.address = person.address;
                    unknown.state = PresenceState();
                    update(unknown);
                }
            }
            drop(*self);
        });
    *self = subscription.get();
    add(std::move(subscription))->start();
}

void SipPresence::presenceNotified(const SipSubscription::Notification &notification)
{
    const auto parsed = parsePresenceNotification(notification.contentType, notification.body);
    if (!parsed) {
        return;
    }
    for (const PresenceUpdate &one : parsed->updates) {
        update(one);
    }
    const Resubscriptions again = resubscriptions(parsed->hints);
    QStringList nowhere = again.terminated;
    // Pools may name each other in a circle, and a person may be sent back to the same place.
    const auto mayAsk = [this, &nowhere](const QString &address) {
        const bool good = m_watched.contains(address) && ++m_hops[address] <= kMaximumHops;
        if (!good) {
            nowhere.append(address);
        }
        return good;
    };
    for (auto pool = again.byPool.begin(); pool != again.byPool.end(); ++pool) {
        QList<WatchedPerson> people;
        for (const QString &address : pool.value()) {
            if (mayAsk(address)) {
                people.append({ address, false });
            }
        }
        for (const QList<WatchedPerson> &batch : splitIntoBatches(people)) {
            subscribePresence(batch, "sip:" + pool.key().toUtf8(), true);
        }
    }
    for (const QString &address : again.single) {
        if (mayAsk(address)) {
            subscribePresence({ { address, false } }, uriFromAddress(address).toUtf8(), false);
        }
    }
    for (const QString &address : std::as_const(nowhere)) {
        PresenceUpdate unknown;
        unknown.address = address;
        unknown.state = PresenceState();
        update(unknown);
    }
}

void SipPresence::update(const PresenceUpdate &newer)
{
    if (!m_watched.contains(newer.address)) {
        return;
    }
    PresenceUpdate &known = m_people[newer.address];
    known.address = newer.address;
    const QDateTime time = m_link.services().now();
    const Presence before = known.toPresence(time);
    const bool first = !known.state;
    known.merge(newer);
    const Presence now = known.toPresence(time);
    if (first || now != before) {
        m_link.tell(PresenceChanged { { newer.address }, now });
    }
    if (newer.card && known.card && m_hooks.cardChanged) {
        m_hooks.cardChanged(newer.address, *known.card);
    }
}

} // namespace linchpin::sip
