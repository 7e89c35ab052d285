// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/simplepresence.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/simple/pidf.h"

#include <QCoreApplication>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

Q_LOGGING_CATEGORY(lcSimple, "linchpin.sip.simple", QtInfoMsg)

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SimplePresence)
};

constexpr std::size_t politeEnds = 200;
constexpr auto withdrawalLimit = 3s; // signing out should be quick
constexpr int atOnce = 20; // subscriptions begun together: a thousand contacts are no flood

/// Where the person can be asked for: an address of the list is a SIP address.
QByteArray uriOf(const QString &address)
{
    return uriFromAddress(address).toUtf8();
}

} // namespace

SimplePresence::SimplePresence(SipLink &link, const Presence &initial, Hooks hooks)
    : m_link(link)
    , m_hooks(std::move(hooks))
    , m_wanted(initial)
{
}

SimplePresence::~SimplePresence() = default;

void SimplePresence::start()
{
    step(pubinput::Changed {});
    watchWatchers();
}

void SimplePresence::close(std::function<void()> closed)
{
    m_queue.clear();
    if (m_watchers) {
        m_watchers->stop();
    }
    if (m_people.size() <= politeEnds) { // else the server notices by itself that we are gone
        for (const auto &[address, subscription] : m_people) {
            subscription->stop();
        }
    }
    m_closed = std::move(closed);
    m_publishTimer.reset();
    m_closeTimer = m_link.services().timer(withdrawalLimit, [this] { tellClosed(); });
    step(pubinput::Stop {});
}

void SimplePresence::tellClosed()
{
    if (const auto closed = std::exchange(m_closed, {})) {
        closed();
    }
}

// ---------------------------------------------------------------- own

void SimplePresence::setPresence(const Presence &presence, const Answer<void> &answer)
{
    m_wanted = presence;
    if (!m_publishing) {
        answer.give({}); // it holds here; that nobody sees it has been told
        return;
    }
    m_answers.append(answer);
    step(pubinput::Changed {});
}

void SimplePresence::step(const PublicationInput &input)
{
    for (const PublicationEffect &effect : m_publication.step(input)) {
        std::visit([this](const auto &e) { perform(e); }, effect);
    }
}

void SimplePresence::perform(const pubeffect::Publish &effect)
{
    const LocalIdentity &identity = m_link.identity();
    m_publishTimer.reset();
    Dialog once = Dialog::outgoing(identity.uri(), m_link.random());
    SipMessage request = once.request(identity, "PUBLISH"_ba, m_link.random());
    request.addHeader("Event"_ba, "presence"_ba);
    request.addHeader("Expires"_ba, QByteArray::number(effect.expires.count()));
    if (!effect.ifMatch.isEmpty()) {
        request.addHeader("SIP-If-Match"_ba, effect.ifMatch);
    }
    if (effect.withDocument) {
        request.setBody(kPidfType.toByteArray(),
            buildPidf({ QString::fromUtf8(identity.address), QString::fromLatin1(identity.epid),
                m_wanted, m_link.services().now() }));
    }
    m_link.send(request, [this, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock()) {
            step(pubinput::Answered { reply ? eventAnswer(*reply) : EventAnswer() });
        }
    });
}

void SimplePresence::perform(const pubeffect::StartTimer &effect)
{
    m_publishTimer = m_link.services().timer(effect.in, [this] { step(pubinput::TimerFired {}); });
}

void SimplePresence::perform(const pubeffect::Withdrawn &)
{
    tellClosed();
}

void SimplePresence::perform(const pubeffect::Published &)
{
    const QList<Answer<void>> answers = std::exchange(m_answers, {});
    m_link.tell(OwnPresenceChanged { m_wanted });
    for (const Answer<void> &answer : answers) {
        answer.give({});
    }
}

void SimplePresence::perform(const pubeffect::Failed &effect)
{
    qCInfo(lcSimple) << "presence was not published:" << effect.status;
    m_publishing = m_publishing && !effect.final;
    const QList<Answer<void>> answers = std::exchange(m_answers, {});
    if (effect.final) {
        noPresence(effect.status);
    }
    // It is tried again by itself, or never: there is nothing for the user to repeat.
    for (const Answer<void> &answer : answers) {
        answer.give({});
    }
}

void SimplePresence::noPresence(int status)
{
    if (!std::exchange(m_toldNone, true)) {
        m_link.tell(ServerNotice { ServerNotice::Severity::Information, u"presence-unavailable"_s,
            Text::tr("This server does not pass on who is there: contacts may look offline, "
                     "and you to them."),
            QString::number(status) });
    }
}

// ---------------------------------------------------------------- everybody else's

void SimplePresence::watch(const QStringList &addresses)
{
    for (const QString &address : addresses) {
        if (!m_people.contains(address) && !m_queue.contains(address)) {
            m_queue.enqueue(address);
        }
    }
    subscribeNext();
}

void SimplePresence::subscribeNext()
{
    while (m_asking.size() < atOnce && !m_queue.isEmpty()) {
        const QString address = m_queue.dequeue();
        m_asking.insert(address);
        subscribe(address).start();
    }
}

SimpleSubscription &SimplePresence::subscribe(const QString &address)
{
    SimpleSubscription::Options options;
    options.event = "presence"_ba;
    options.accept = "application/pidf+xml, application/rlmi+xml, multipart/related"_ba;
    options.target = uriOf(address);
    SimpleSubscription::Handlers handlers;
    handlers.notified = [this, address](const SubscriptionState &state, const QByteArray &type,
                            const QByteArray &body) { notified(address, state, type, body); };
    handlers.lost = [this, address](const subeffect::Lost &why) { lost(address, why); };
    handlers.answered = [this, address] {
        if (m_asking.remove(address)) {
            subscribeNext();
        }
    };
    auto &place = m_people[address];
    place = std::make_unique<SimpleSubscription>(m_link, options, handlers);
    return *place;
}

void SimplePresence::forget(const QString &address)
{
    m_queue.removeAll(address);
    const auto found = m_people.find(address);
    if (found == m_people.end()) {
        return;
    }
    const auto subscription = std::move(found->second);
    m_people.erase(found);
    subscription->stop();
    m_asking.remove(address);
    subscribeNext();
}

SimpleSubscription *SimplePresence::owner(const SipMessage &notify) const
{
    if (m_watchers && m_watchers->owns(notify)) {
        return m_watchers.get();
    }
    for (const auto &[address, subscription] : m_people) {
        if (subscription->owns(notify)) {
            return subscription.get();
        }
    }
    return nullptr;
}

bool SimplePresence::owns(const SipMessage &notify) const
{
    return owner(notify) != nullptr;
}

void SimplePresence::receive(const SipMessage &notify)
{
    if (SimpleSubscription *subscription = owner(notify)) {
        subscription->receive(notify);
    }
}

void SimplePresence::tellPresence(const QString &address, const Presence &presence)
{
    if (!address.isEmpty()) {
        m_link.tell(PresenceChanged { { address }, presence });
    }
}

void SimplePresence::notified(const QString &address, const SubscriptionState &state,
    const QByteArray &contentType, const QByteArray &body)
{
    if (state.kind == SubscriptionState::Kind::Pending) {
        m_hooks.standing(address, Subscription::Pending);
        return; // what comes with it is a placeholder, RFC 3856 6.6.1
    }
    if (state.kind == SubscriptionState::Kind::Active) {
        m_hooks.standing(address, Subscription::Both);
    }
    if (body.isEmpty()) {
        return;
    }
    const auto read = parsePresenceBody(contentType, body);
    if (!read) {
        qCWarning(lcSimple).noquote() << "presence was ignored:" << read.error().text;
        return;
    }
    if (!read->isList) {
        // The server vouches for the subscription, not for the entity: it is the one asked for.
        for (const PersonPresence &person : read->people) {
            tellPresence(address, person.presence);
        }
        return;
    }
    for (const SubscriptionHint &resource : read->resources) {
        if (resource.kind == SubscriptionHint::Kind::Terminated) {
            tellPresence(resource.address, {});
        }
    }
    for (const PersonPresence &person : read->people) {
        tellPresence(person.address, person.presence);
    }
}

void SimplePresence::lost(const QString &address, const subeffect::Lost &why)
{
    qCInfo(lcSimple).noquote() << "presence of a contact ended:" << why.status << why.reason
                               << (why.final ? "for good" : "for now");
    tellPresence(address, {});
    if (!why.final) {
        return;
    }
    if (isUnsupportedEvent(why.status)) {
        noPresence(why.status);
        if (!m_publishing) {
            m_queue.clear(); // neither way: nobody else need be asked about
        }
        return;
    }
    m_hooks.standing(address, Subscription::None);
}

// ---------------------------------------------------------------- who watches us

void SimplePresence::watchWatchers()
{
    SimpleSubscription::Options options;
    options.event = "presence.winfo"_ba;
    options.accept = "application/watcherinfo+xml"_ba;
    options.target = m_link.identity().uri();
    SimpleSubscription::Handlers handlers;
    handlers.notified = [this](
                            const SubscriptionState &, const QByteArray &, const QByteArray &body) {
        const auto info = parseWatcherInfo(body);
        for (const PresenceWatcher &watcher : info ? info->watchers : QList<PresenceWatcher>()) {
            // "waiting": it gave up waiting, and would still like to know. RFC 3857 4.7.1.
            if (watcher.status == PresenceWatcher::Status::Pending
                || watcher.status == PresenceWatcher::Status::Waiting) {
                m_hooks.asked(watcher);
            }
        }
    };
    // Few servers offer it, and nobody misses it where they do not.
    handlers.lost = [](const subeffect::Lost &) { };
    handlers.answered = [] { };
    m_watchers = std::make_unique<SimpleSubscription>(m_link, options, handlers);
    m_watchers->start();
}

} // namespace linchpin::sip
