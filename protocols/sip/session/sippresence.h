// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/presence/subscriptions.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sipself.h"
#include "protocols/sip/session/sipsubscription.h"

#include <QHash>
#include <QMap>
#include <QSet>

#include <functional>
#include <memory>
#include <vector>

namespace linchpin::sip {

/// Own presence (through SipSelf) and everybody else's: provisioning, batched and single presence
/// subscriptions. Lives from sign-in to sign-out.
class SipPresence {
public:
    struct Hooks {
        /// A contact card came: name and details for the list.
        std::function<void(const QString &address, const ContactCard &card)> cardChanged;
        /// Access levels changed: who is blocked may be different.
        std::function<void()> blockedChanged;
        /// What provisioning answered; empty when it did not.
        std::function<void(const QByteArray &body)> provisioned;
    };

    SipPresence(SipLink &link, const Presence &initial, Hooks hooks);

    void start();
    /// A NOTIFY or BENOTIFY; false when it belongs to none of our subscriptions.
    bool receive(const SipMessage &request);

    void setPresence(const Presence &presence, const Answer<void> &answer);
    void watch(const QList<WatchedPerson> &people);
    void forget(const QString &address);
    /// Somebody who is no contact talks to us: their presence for a while, the newest twenty such
    /// people.
    void glance(const QString &address);

    /// What was told of somebody watched so far.
    std::optional<PresenceUpdate> known(const QString &address) const;

    /// What the server keeps about ourselves.
    SipSelf &self() { return m_self; }
    bool isBlocked(const QString &address) const { return m_self.data().isBlocked(address); }
    void setBlocked(const QString &address, bool blocked, const Answer<void> &answer);

private:
    void subscribePresence(
        const QList<WatchedPerson> &people, const QByteArray &target, bool batched);
    void presenceNotified(const SipSubscription::Notification &notification);
    void update(const PresenceUpdate &newer);
    void drop(const SipSubscription *subscription);
    SipSubscription *add(std::unique_ptr<SipSubscription> subscription);

    SipLink &m_link;
    Hooks m_hooks;
    SipSelf m_self;
    QMap<QString, PresenceUpdate> m_people;
    QSet<QString> m_watched;
    QStringList m_glanced; ///< those of m_watched that are no contacts, oldest first
    QHash<QString, int> m_hops; ///< how often somebody was to be asked for elsewhere
    std::vector<std::unique_ptr<SipSubscription>> m_subscriptions;
    std::vector<std::unique_ptr<SipSubscription>> m_finished; ///< destroyed outside their callbacks
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
