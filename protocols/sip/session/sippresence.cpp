// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sippresence.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/containers.h"
#include "protocols/sip/presence/presencenotification.h"
#include "protocols/sip/registration/sipfailures.h"

#include <QSysInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

const QByteArray presenceAccept
    = "application/rlmi+xml, multipart/related, text/xml+msrtc.pidf, "
      "application/msrtc-event-categories+xml, application/xpidf+xml, application/pidf+xml"_ba;

quint32 actionId(SipLink &link)
{
    return link.random()(4).toHex().toUInt(nullptr, 16) & 0x7fffffff;
}

} // namespace

SipPresence::SipPresence(SipLink &link, const Presence &initial, Hooks hooks)
    : m_link(link)
    , m_hooks(std::move(hooks))
    , m_wanted(initial)
{
}

void SipPresence::start()
{
    if (!m_link.registration().hasCategories()) {
        return; // LCS 2005 and plain SIP: nothing is kept about us there that we could read
    }
    SipSubscription::Options provisioning;
    provisioning.event = "vnd-microsoft-provisioning-v2"_ba;
    provisioning.accept = "application/vnd-microsoft-roaming-provisioning-v2+xml"_ba;
    provisioning.bodyType = kProvisioningType.toByteArray();
    provisioning.body
        = buildProvisioningRequest({ u"ServerConfiguration"_s, u"meetingPolicy"_s, u"ucPolicy"_s });
    provisioning.oneShot = true;
    if (m_link.registration().allows(provisioning.event)) {
        // What it names (conference focus, relays, address book) has no user here yet; asking
        // for it makes the server treat us as a complete client.
        add(std::make_unique<SipSubscription>(
                m_link, provisioning, [](const auto &) { }, [](int) { }))
            ->start();
    }
    subscribeSelf();
}

void SipPresence::subscribeSelf()
{
    SipSubscription::Options self;
    self.event = "vnd-microsoft-roaming-self"_ba;
    self.accept = kRoamingSelfType.toByteArray();
    self.bodyType = kRoamingSelfType.toByteArray();
    self.body = buildRoamingSelfRequest();
    auto subscription = std::make_unique<SipSubscription>(
        m_link, self, [this](const SipSubscription::Notification &n) { selfNotified(n); },
        [this](int status) {
            // Ended by the server, not refused: ask again.
            if (status == 0) {
                subscribeSelf();
            }
        });
    add(std::move(subscription))->start();
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
    const auto found = std::ranges::find_if(
        m_subscriptions, [&request](const auto &s) { return s->owns(request); });
    if (found == m_subscriptions.end()) {
        return false;
    }
    (*found)->receive(request);
    return true;
}

// ---------------------------------------------------------------- ourselves

void SipPresence::selfNotified(const SipSubscription::Notification &notification)
{
    const auto document = parseSelfDocument(notification.body);
    if (!document) {
        return;
    }
    m_self.apply(
        *document, notification.first ? SelfData::Scope::Everything : SelfData::Scope::Changes);
    if (!std::exchange(m_selfKnown, true)) {
        firstPublication();
    }
    if (document->containers && m_hooks.blockedChanged) {
        m_hooks.blockedChanged();
    }
    announceWatchers();
    announceOwn();
}

void SipPresence::firstPublication()
{
    if (const QList<ContainerEdit> edits = m_self.firstContainerEdits(); !edits.isEmpty()) {
        editContainers(edits, {});
    }
    const LocalIdentity &identity = m_link.identity();
    const InstanceNumbers numbers = instanceNumbers(identity.epid);
    const QString own = QString::fromUtf8(identity.address);
    const PresenceLevel level = levelFromAvailability(m_wanted.availability);
    QList<Publication> all = publishDevice(numbers, own, QString::fromLatin1(identity.instance()),
        QSysInfo::machineHostName(), m_link.services().now().toLocalTime().offsetFromUtc());
    all += publishMachineState(numbers, PresenceLevel::Available);
    all += publishUserState(numbers, level);
    if (!m_wanted.text.isEmpty()) {
        all += publishNote(m_wanted.text);
    }
    publish(all, {});
}

void SipPresence::setPresence(const Presence &presence, const Answer<void> &answer)
{
    const bool newNote = presence.text != m_wanted.text;
    m_wanted = presence;
    if (!m_link.registration().hasCategories()) {
        answer.fail(requestFailure(SipMessage::response(501, "Not Implemented"_ba)));
        return;
    }
    if (!m_selfKnown) {
        answer.give({}); // goes out with the first publication
        return;
    }
    const InstanceNumbers numbers = instanceNumbers(m_link.identity().epid);
    QList<Publication> all
        = publishUserState(numbers, levelFromAvailability(presence.availability));
    if (newNote) {
        all += publishNote(presence.text);
    }
    publish(all, answer);
}

void SipPresence::publish(const QList<Publication> &publications, const Answer<void> &answer)
{
    m_queue.submit(publications);
    m_publishAnswers.append(answer);
    publishNext();
}

void SipPresence::publishNext()
{
    const auto next = m_queue.next(m_self);
    if (!next) {
        if (m_queue.isIdle()) {
            for (const Answer<void> &answer : std::exchange(m_publishAnswers, {})) {
                answer.give({});
            }
        }
        return;
    }
    SipMessage request = newRequest(m_link, "SERVICE"_ba);
    request.setBody(kPublishType.toByteArray(),
        buildPublish(QString::fromUtf8(m_link.identity().address), *next));
    m_link.send(request, [this, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (!alive.lock()) {
            return;
        }
        const auto failAll = [this](const Error &error) {
            m_queue.failed();
            for (const Answer<void> &answer : std::exchange(m_publishAnswers, {})) {
                answer.fail(error);
            }
        };
        if (!reply) {
            failAll(reply.error());
            return;
        }
        if (reply->status < 300) {
            if (const auto document = parseSelfDocument(reply->body)) {
                m_self.apply(*document, SelfData::Scope::Changes);
                announceOwn();
            }
            m_queue.accepted();
        } else if (const auto fault = parsePublicationFault(reply->body);
            reply->status == 409 && fault) {
            if (m_queue.refused(*fault, m_self) == PublicationQueue::Outcome::GivenUp) {
                failAll(requestFailure(*reply));
            }
        } else {
            failAll(requestFailure(*reply));
        }
        publishNext();
    });
}

void SipPresence::announceOwn()
{
    const auto aggregate = m_self.aggregateState();
    if (!aggregate) {
        return;
    }
    Presence own;
    own.availability = availabilityFromLevel(aggregate->level);
    const auto chosen = m_self.userState();
    if (own.availability == Availability::Offline
        || (chosen && chosen->level == PresenceLevel::Offline)) {
        own.availability = Availability::Invisible; // we are signed in, whatever others see
    }
    own.activity = aggregate->activity();
    own.text = m_self.note().text;
    if (m_announced != own) {
        m_announced = own;
        m_link.tell(OwnPresenceChanged { own });
    }
}

void SipPresence::announceWatchers()
{
    for (const Watcher &watcher : m_self.unacknowledged()) {
        if (!m_asked.contains(watcher.address)) {
            m_asked.insert(watcher.address);
            m_link.tell(SubscriptionAsked { { watcher.address }, watcher.displayName, {} });
        }
    }
}

void SipPresence::editContainers(const QList<ContainerEdit> &edits, const Answer<void> &answer)
{
    SipMessage request = newRequest(m_link, "SERVICE"_ba);
    request.setBody(
        "application/msrtc-setcontainermembers+xml"_ba, buildSetContainerMembers(edits));
    m_link.send(request, [answer](const SipReply &reply) {
        if (!reply) {
            answer.fail(reply.error());
        } else if (reply->status >= 300) {
            answer.fail(requestFailure(*reply));
        } else {
            answer.give({});
        }
    });
}

void SipPresence::setBlocked(const QString &address, bool blocked, const Answer<void> &answer)
{
    const QList<ContainerEdit> edits
        = m_self.editsToMove(address, blocked ? std::optional(container::Blocked) : std::nullopt);
    if (edits.isEmpty()) {
        answer.give({});
        return;
    }
    editContainers(edits, answer);
}

void SipPresence::answerWatcher(const QString &address, bool allow, const Answer<void> &answer)
{
    SipMessage request = newRequest(m_link, "SERVICE"_ba);
    request.setBody(
        "application/msrtc-presence-setsubscriber+xml"_ba, buildSetSubscribers({ address }));
    m_link.send(request,
        [this, alive = std::weak_ptr(m_alive), address, allow, answer](const SipReply &reply) {
            if (!reply) {
                answer.fail(reply.error());
            } else if (reply->status >= 300) {
                answer.fail(requestFailure(*reply));
            } else if (allow || !alive.lock()) {
                answer.give({});
            } else {
                // There is no "no" in the protocol: who must not see us is put with the blocked.
                setBlocked(address, true, answer);
            }
        });
}

// ---------------------------------------------------------------- everybody else

void SipPresence::watch(const QList<WatchedPerson> &people)
{
    QList<WatchedPerson> fresh;
    for (const WatchedPerson &person : people) {
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

void SipPresence::forget(const QString &address)
{
    m_watched.remove(address);
    m_people.remove(address);
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
        [this, self, people, batched](int status) {
            if (batched && status == 400 && people.size() > 1) {
                // One malformed address spoils a batch: ask for each by itself.
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
    for (auto pool = again.byPool.begin(); pool != again.byPool.end(); ++pool) {
        QList<WatchedPerson> people;
        for (const QString &address : pool.value()) {
            people.append({ address, false });
        }
        subscribePresence(people, "sip:" + pool.key().toUtf8(), true);
    }
    for (const QString &address : again.single) {
        subscribePresence({ { address, false } }, uriFromAddress(address).toUtf8(), false);
    }
    for (const QString &address : again.terminated) {
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
    const Presence before = known.toPresence();
    const bool first = !known.state;
    known.merge(newer);
    const Presence now = known.toPresence();
    if (first || now != before) {
        m_link.tell(PresenceChanged { { newer.address }, now });
    }
    if (newer.card && m_hooks.cardChanged) {
        m_hooks.cardChanged(newer.address, *known.card);
    }
}

} // namespace linchpin::sip
