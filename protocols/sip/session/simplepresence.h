// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/session/simplesubscription.h"
#include "protocols/sip/simple/eventpublication.h"
#include "protocols/sip/simple/watcherinfo.h"

#include <QQueue>
#include <QSet>

#include <map>

namespace linchpin::sip {

/// Own presence and everybody else's at a plain SIP server: PUBLISH (RFC 3903), a subscription for
/// each contact (RFC 3856), who watches us (RFC 3857). Lives from sign-in to sign-out.
class SimplePresence {
public:
    struct Hooks {
        /// Somebody would like to see our presence and waits for an answer.
        std::function<void(const PresenceWatcher &watcher)> asked;
        /// What has become of our wish to see somebody's.
        std::function<void(const QString &address, Subscription standing)> standing;
    };

    SimplePresence(SipLink &link, const Presence &initial, Hooks hooks);
    ~SimplePresence();

    void start();
    /// Takes the publication back and ends the subscriptions; answers are not waited for.
    /// Takes back what others know of us, then calls back, a few seconds later at most; perhaps
    /// before this returns.
    void close(std::function<void()> closed);
    /// Whether a NOTIFY belongs to one of our subscriptions.
    bool owns(const SipMessage &notify) const;
    /// One of ours that has been answered.
    void receive(const SipMessage &notify);

    void setPresence(const Presence &presence, const Answer<void> &answer);
    void watch(const QStringList &addresses);
    void forget(const QString &address);

private:
    void step(const PublicationInput &input);
    void perform(const pubeffect::Publish &effect);
    void perform(const pubeffect::StartTimer &effect);
    void perform(const pubeffect::Withdrawn &effect);
    void tellClosed();
    void perform(const pubeffect::Published &effect);
    void perform(const pubeffect::Failed &effect);

    void subscribeNext();
    SimpleSubscription *owner(const SipMessage &notify) const;
    SimpleSubscription &subscribe(const QString &address);
    void watchWatchers();
    void notified(const QString &address, const SubscriptionState &state,
        const QByteArray &contentType, const QByteArray &body);
    void lost(const QString &address, const subeffect::Lost &why);
    void tellPresence(const QString &address, const Presence &presence);
    void noPresence(int status);

    SipLink &m_link;
    Hooks m_hooks;
    Presence m_wanted;
    EventPublication m_publication;
    QList<Answer<void>> m_answers; ///< wait for the newest document to be taken
    bool m_publishing = true; ///< the server takes publications, as far as we know
    std::unique_ptr<Timer> m_publishTimer;
    std::unique_ptr<Timer> m_closeTimer;
    std::function<void()> m_closed; ///< who waits for the publication to be taken back
    std::map<QString, std::unique_ptr<SimpleSubscription>> m_people;
    std::unique_ptr<SimpleSubscription> m_watchers;
    QQueue<QString> m_queue; ///< to be subscribed to
    QSet<QString> m_asking; ///< whose first SUBSCRIBE has no answer yet
    bool m_toldNone = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
