// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipself.h"

#include "core/sdk/protocolplugin.h"
#include "protocols/sip/presence/containers.h"
#include "protocols/sip/presence/subscriptions.h"
#include "protocols/sip/registration/sipfailures.h"

#include <QSysInfo>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr auto kRereadLimit = 10s;

/// What a wish for our own status means in the protocol's terms.
OwnState stateOf(const Presence &wanted)
{
    if (wanted.activity == OwnStatusWord::Automatic) {
        return {};
    }
    if (wanted.activity == OwnStatusWord::BeRightBack) {
        return { PresenceLevel::BeRightBack, {} };
    }
    if (wanted.activity == OwnStatusWord::OffWork) {
        return { PresenceLevel::Away, u"off-work"_s };
    }
    return { levelFromAvailability(wanted.availability), {} };
}

} // namespace

SipSelf::SipSelf(SipLink &link, const Presence &initial, std::function<void()> accessChanged)
    : m_link(link)
    , m_accessChanged(std::move(accessChanged))
    , m_wanted(initial)
{
}

void SipSelf::start()
{
    subscribe();
}

void SipSelf::subscribe()
{
    SipSubscription::Options self;
    self.event = "vnd-microsoft-roaming-self"_ba;
    self.accept = kRoamingSelfType.toByteArray();
    self.bodyType = kRoamingSelfType.toByteArray();
    self.body = buildRoamingSelfRequest();
    m_finished.clear();
    if (m_subscription) {
        m_finished.push_back(std::move(m_subscription));
    }
    m_subscription = std::make_unique<SipSubscription>(
        m_link, self, [this](const SipSubscription::Notification &n) { notified(n); },
        [this](int status) {
            // Ended by the server, not refused: ask again.
            if (status == 0) {
                subscribe();
            }
        });
    m_subscription->start();
}

bool SipSelf::receive(const SipMessage &request)
{
    for (SipSubscription *const one : { m_subscription.get(), m_reread.get() }) {
        if (one && one->owns(request)) {
            one->receive(request);
            return true;
        }
    }
    return false;
}

InstanceNumbers SipSelf::instances() const
{
    return instanceNumbers(m_link.identity().epid);
}

void SipSelf::notified(const SipSubscription::Notification &notification)
{
    const auto document = parseSelfDocument(notification.body);
    if (!document) {
        return;
    }
    m_data.apply(
        *document, notification.first ? SelfData::Scope::Everything : SelfData::Scope::Changes);
    if (!std::exchange(m_known, true)) {
        firstPublication();
    }
    if (document->containers) {
        m_accessChanged();
    }
    announceWatchers();
    announceOwn();
}

// ---------------------------------------------------------------- publishing

void SipSelf::firstPublication()
{
    sendFirstContainers();
    const LocalIdentity &identity = m_link.identity();
    const InstanceNumbers numbers = instances();
    const QString own = QString::fromUtf8(identity.address);
    QList<Publication> all = publishDevice(numbers, own, QString::fromLatin1(identity.instance()),
        QSysInfo::machineHostName(), m_link.services().now().toLocalTime().offsetFromUtc());
    all += machineState();
    const OwnState state = stateOf(m_wanted);
    // Available is what the machine says anyway: said by hand, it would outweigh the calendar.
    if (state.level != PresenceLevel::Available || m_data.userState()) {
        all += publishUserState(numbers, state);
    }
    if (!m_wanted.text.isEmpty()) {
        all += publishNote(m_wanted.text);
    }
    all += std::exchange(m_waitingCalendar, {});
    publish(all, {});
}

void SipSelf::setPresence(const Presence &presence, const Answer<void> &answer)
{
    const Presence before = std::exchange(m_wanted, presence);
    if (!m_known) {
        answer.give({}); // goes out with the first publication
        return;
    }
    QList<Publication> all = machineState();
    Presence idleApart = presence;
    idleApart.idleSince = before.idleSince;
    // What another device has chosen meanwhile is not undone because somebody touched a mouse.
    if (idleApart != before || presence.idleSince == before.idleSince) {
        all += publishUserState(instances(), stateOf(presence));
        if (presence.text != before.text || presence.text != m_data.note().text) {
            all += publishNote(presence.text);
        }
    }
    publish(all, answer);
}

/// What the keyboard says; sees to it that the next step of idleness is published in its time.
QList<Publication> SipSelf::machineState()
{
    m_idleTimer.reset();
    PresenceLevel level = PresenceLevel::Available;
    if (m_wanted.idleSince.isValid()) {
        const std::chrono::seconds idle(
            std::max<qint64>(m_wanted.idleSince.secsTo(m_link.services().now()), 0));
        level = machineLevel(idle);
        if (const auto next = untilNextMachineLevel(idle)) {
            m_idleTimer = m_link.services().timer(*next, [this] {
                const auto fired = std::move(m_idleTimer); // outlives what it runs
                publish(machineState(), {});
            });
        }
    }
    return publishMachineState(instances(), level);
}

void SipSelf::publishCalendar(const QList<Publication> &publications, const Answer<void> &answer)
{
    if (!m_known) {
        m_waitingCalendar += publications;
        answer.give({});
        return;
    }
    publish(publications, answer);
}

void SipSelf::publish(const QList<Publication> &publications, const Answer<void> &answer)
{
    m_queue.submit(publications);
    m_publishAnswers.append(answer);
    publishNext();
}

void SipSelf::publishNext()
{
    const auto next = m_queue.next(m_data);
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
                m_data.apply(*document, SelfData::Scope::Changes);
                announceOwn();
            }
            m_queue.accepted();
        } else if (const auto fault = parsePublicationFault(reply->body);
            reply->status == 409 && fault) {
            if (m_queue.refused(*fault, m_data) == PublicationQueue::Outcome::GivenUp) {
                failAll(requestFailure(*reply));
            }
        } else {
            failAll(requestFailure(*reply));
        }
        publishNext();
    });
}

void SipSelf::announceOwn()
{
    const auto aggregate = m_data.aggregateState();
    if (!aggregate) {
        return;
    }
    Presence own;
    own.availability = availabilityFromLevel(aggregate->level);
    const auto chosen = m_data.userState();
    if (own.availability == Availability::Offline
        || (chosen && chosen->level == PresenceLevel::Offline)) {
        own.availability = Availability::Invisible; // we are signed in, whatever others see
    }
    own.activity = aggregate->activity();
    own.text = m_data.note().text;
    if (m_announced != own) {
        m_announced = own;
        m_link.tell(OwnPresenceChanged { own });
    }
}

// ---------------------------------------------------------------- who sees what

void SipSelf::announceWatchers()
{
    for (const Watcher &watcher : m_data.unacknowledged()) {
        if (!m_asked.contains(watcher.address)) {
            m_asked.insert(watcher.address);
            m_link.tell(SubscriptionAsked { { watcher.address }, watcher.displayName, {} });
        }
    }
}

void SipSelf::answerWatcher(const QString &address, bool allow, const Answer<void> &answer)
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
                setLevel({ ContainerMember::Type::User, address }, container::Blocked, answer);
            }
        });
}

void SipSelf::sendEdits(const QList<ContainerEdit> &edits, SipReplyHandler handler)
{
    SipMessage request = newRequest(m_link, "SERVICE"_ba);
    request.setBody(
        "application/msrtc-setcontainermembers+xml"_ba, buildSetContainerMembers(edits));
    m_link.send(request, std::move(handler));
}

void SipSelf::sendFirstContainers()
{
    const QList<ContainerEdit> edits = m_data.firstContainerEdits();
    if (edits.isEmpty()) {
        return;
    }
    sendEdits(edits, [this, edits, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock() && reply && reply->status < 300 && m_data.takeEdits(edits)) {
            m_accessChanged();
        }
    });
}

void SipSelf::setLevel(
    const ContainerMember &member, std::optional<int> container, const Answer<void> &answer)
{
    m_changes.push_back({ member, container, answer });
    nextChange();
}

void SipSelf::nextChange()
{
    if (m_changing || m_changes.empty()) {
        return;
    }
    const LevelChange &change = m_changes.front();
    const QList<ContainerEdit> edits = m_data.editsToMove(change.member, change.container);
    m_changing = true;
    if (edits.isEmpty()) {
        changeDone({});
        return;
    }
    sendEdits(edits, [this, edits, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock()) {
            changeAnswered(edits, reply);
        }
    });
}

void SipSelf::changeAnswered(const QList<ContainerEdit> &edits, const SipReply &reply)
{
    if (!reply) {
        changeDone(std::unexpected(reply.error()));
    } else if (reply->status < 300) {
        // The notification says the same, but may come after the next change was sent.
        if (m_data.takeEdits(edits)) {
            m_accessChanged();
        }
        changeDone({});
    } else if (reply->status == 409 && !m_changes.front().repeated) {
        m_changes.front().repeated = true;
        readAgain(requestFailure(*reply));
    } else {
        changeDone(std::unexpected(requestFailure(*reply)));
    }
}

void SipSelf::changeDone(const Result<void> &result)
{
    const Answer<void> answer = m_changes.front().answer;
    m_changes.pop_front();
    m_changing = false;
    const auto alive = std::weak_ptr(m_alive);
    answer.give(result);
    if (alive.lock()) {
        nextChange();
    }
}

void SipSelf::readAgain(const Error &conflict)
{
    const auto finish = [this](const Result<void> &read) {
        m_rereadLimit.reset();
        if (m_reread) {
            m_finished.push_back(std::move(m_reread));
        }
        if (!read) {
            changeDone(read);
            return;
        }
        m_changing = false;
        nextChange();
    };
    SipSubscription::Options question;
    question.event = "vnd-microsoft-roaming-self"_ba;
    question.accept = kRoamingSelfType.toByteArray();
    question.bodyType = kRoamingSelfType.toByteArray();
    question.body = buildRoamingSelfRequest({ u"containers"_s });
    question.oneShot = true;
    m_finished.clear();
    m_reread = std::make_unique<SipSubscription>(
        m_link, question,
        [this, finish](const SipSubscription::Notification &notification) {
            const auto document = parseSelfDocument(notification.body);
            if (!m_reread || !document || !document->containers) {
                return;
            }
            SelfDocument containers;
            containers.containers = document->containers;
            m_data.apply(containers, SelfData::Scope::Everything);
            m_accessChanged();
            finish({});
        },
        [finish, conflict](int) { finish(std::unexpected(conflict)); });
    m_rereadLimit = m_link.services().timer(kRereadLimit, [this, finish, conflict] {
        const auto fired = std::move(m_rereadLimit);
        finish(std::unexpected(conflict));
    });
    m_reread->start();
}

} // namespace linchpin::sip
