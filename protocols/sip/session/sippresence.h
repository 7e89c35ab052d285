// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/presence/publication.h"
#include "protocols/sip/presence/selfdocument.h"
#include "protocols/sip/presence/subscriptions.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sipsubscription.h"

#include <QMap>
#include <QSet>

#include <functional>
#include <memory>
#include <vector>

namespace linchpin::sip {

/// Own presence and everybody else's: roaming-self, provisioning, publications, batched and single
/// presence subscriptions. Lives from sign-in to sign-out.
class SipPresence {
public:
    struct Hooks {
        /// A contact card came: name and details for the list.
        std::function<void(const QString &address, const ContactCard &card)> cardChanged;
        /// Access levels changed: who is blocked may be different.
        std::function<void()> blockedChanged;
    };

    SipPresence(SipLink &link, const Presence &initial, Hooks hooks);

    void start();
    /// A NOTIFY or BENOTIFY; false when it belongs to none of our subscriptions.
    bool receive(const SipMessage &request);

    void setPresence(const Presence &presence, const Answer<void> &answer);
    void watch(const QList<WatchedPerson> &people);
    void forget(const QString &address);

    bool isBlocked(const QString &address) const { return m_self.isBlocked(address); }
    void setBlocked(const QString &address, bool blocked, const Answer<void> &answer);
    void answerWatcher(const QString &address, bool allow, const Answer<void> &answer);

private:
    void subscribeSelf();
    void selfNotified(const SipSubscription::Notification &notification);
    void firstPublication();
    void publish(const QList<Publication> &publications, const Answer<void> &answer);
    void publishNext();
    void editContainers(const QList<ContainerEdit> &edits, const Answer<void> &answer);
    void announceWatchers();
    void announceOwn();

    void subscribePresence(
        const QList<WatchedPerson> &people, const QByteArray &target, bool batched);
    void presenceNotified(const SipSubscription::Notification &notification);
    void update(const PresenceUpdate &update);
    void drop(const SipSubscription *subscription);
    SipSubscription *add(std::unique_ptr<SipSubscription> subscription);

    SipLink &m_link;
    Hooks m_hooks;
    Presence m_wanted;
    SelfData m_self;
    PublicationQueue m_queue;
    QList<Answer<void>> m_publishAnswers;
    bool m_selfKnown = false;
    QMap<QString, PresenceUpdate> m_people;
    QSet<QString> m_watched;
    QSet<QString> m_asked; ///< watchers announced in this session
    std::optional<Presence> m_announced;
    std::vector<std::unique_ptr<SipSubscription>> m_subscriptions;
    std::vector<std::unique_ptr<SipSubscription>> m_finished; ///< destroyed outside their callbacks
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
