// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/presence/presencenotification.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <expected>

namespace linchpin::sip {

/// Content-Type of a batched or single presence subscription on OCS 2007 and later.
inline constexpr QByteArrayView kCategoryListType = "application/msrtc-adrl-categorylist+xml";
/// Content-Type of the body that asks for one's own data.
inline constexpr QByteArrayView kRoamingSelfType = "application/vnd-microsoft-roaming-self+xml";
/// Content-Type of the body that asks for provisioning groups.
inline constexpr QByteArrayView kProvisioningType
    = "application/vnd-microsoft-roaming-provisioning-v2+xml";

/// One person to watch.
struct WatchedPerson {
    QString address = {};
    /// The user has just added this person: tells the server to notify the other side.
    bool isNew = false;
    friend bool operator==(const WatchedPerson &, const WatchedPerson &) = default;
};

/// The body of a batched SUBSCRIBE ([MS-PRES] 2.2.2.4.1): needs `Supported: adhoclist` from the
/// server. A single subscription is the same with one person. @p actionId is arbitrary.
QByteArray buildBatchSubscribe(
    const QString &ownAddress, const QList<WatchedPerson> &people, quint32 actionId);
QByteArray buildBatchUnsubscribe(
    const QString &ownAddress, const QStringList &addresses, quint32 actionId);

/// The server's side of it.
struct BatchSubscribe {
    QString ownAddress = {};
    bool subscribe = true;
    QList<WatchedPerson> people = {};
    QStringList categories = {};
    friend bool operator==(const BatchSubscribe &, const BatchSubscribe &) = default;
};
std::expected<BatchSubscribe, DocumentError> parseBatchSubscribe(QByteArrayView body);

/// How many people one batch names: a bigger request is split, so that one answer stays far below
/// the frame limit of the parser and one malformed address costs one batch.
inline constexpr int kBatchSize = 100;
QList<QList<WatchedPerson>> splitIntoBatches(
    const QList<WatchedPerson> &people, int size = kBatchSize);

/// Where to subscribe again, from the hints of a notification.
struct Resubscriptions {
    QMap<QString, QStringList> byPool = {}; ///< batched SUBSCRIBE addressed to that pool
    QStringList single = {}; ///< single SUBSCRIBE addressed to the person
    QStringList terminated = {}; ///< unknown or refusing; shown with unknown presence
    friend bool operator==(const Resubscriptions &, const Resubscriptions &) = default;
};
Resubscriptions resubscriptions(const QList<SubscriptionHint> &hints);

/// Request body of the roaming-self subscription.
QByteArray buildRoamingSelfRequest(
    const QStringList &parts = { QStringLiteral("categories"), QStringLiteral("containers"),
        QStringLiteral("subscribers") });
/// Request body of the provisioning subscription for these groups ("ServerConfiguration" …).
QByteArray buildProvisioningRequest(const QStringList &groups);

} // namespace linchpin::sip
