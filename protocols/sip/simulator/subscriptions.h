// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"

#include <chrono>
#include <expected>

namespace linchpin::sip::sim {

/// SUBSCRIBE, and every NOTIFY and BENOTIFY of the pool: a user's own data (roaming events,
/// provisioning) and other people's presence, one by one or in a batch. [MS-SIP] 3.5,
/// [MS-PRES] 3.4, [MS-SIPRE].
class Subscriptions {
public:
    explicit Subscriptions(PoolCore &core);

    void handle(const SipMessage &request, Hop &from);

    void presenceTouched(
        const QString &user, const QSet<QString> &categories, const QString &exceptInstance);
    /// After a change of access levels: own end points learn the containers, watchers what they see
    /// now.
    void containersTouched(const QString &user);
    void subscribersTouched(const QString &user);
    void contactsTouched(const QString &user, const QByteArrayList &deltas);

    void endpointGone(const QString &user, const QString &instance);
    void hopGone(Hop *hop);

    std::chrono::seconds lifetime { 28800 };

private:
    struct Subscription {
        QString owner;
        QString instance;
        Hop *hop = nullptr;
        QByteArray callId;
        QByteArray event; ///< lower case
        QByteArray local; ///< our side as a From value, tag included
        QByteArray remote;
        QByteArray target;
        quint32 cseq = 1;
        QDateTime expires = {};
        bool benotify = false;
        bool batched = false;
        QString subject = {}; ///< single subscriptions
        QString pool = {}; ///< the pool it was addressed to; empty: ours
        QSet<QString> resources = {};
        QSet<QString> categories = {};
        int listVersion = 0;
    };
    struct Content {
        QByteArray type;
        QByteArray body;
    };

    /// What the first notification says, or the status to refuse with.
    std::expected<Content, int> initialContent(
        Subscription &subscription, const SipMessage &request);
    std::expected<Content, int> presenceContent(
        Subscription &subscription, const SipMessage &request);
    Content batchContent(Subscription &subscription, const QSet<QString> &resources,
        const QSet<QString> &categories, bool full);
    Content provisioning(const SipMessage &request) const;
    void notify(
        Subscription &subscription, const Content &content, const QByteArray &state = {}) const;
    void follow(const QString &watcher, const QString &subject);

    PoolCore &m_core;
    QList<Subscription> m_subscriptions;
};

} // namespace linchpin::sip::sim
