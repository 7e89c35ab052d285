// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/mimebody.h"
#include "protocols/sip/presence/categories.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>

namespace linchpin::sip {

/// One `resource` of a resource list (RFC 4662, application/rlmi+xml) whose presence is not in the
/// same notification.
struct SubscriptionHint {
    enum class Kind {
        Active, ///< subscribed here; its presence is a part of the body or follows
        Resubscribe, ///< ask elsewhere: the pool named, or the person directly when none is
        Terminated, ///< unknown, or refused
    };
    QString address = {};
    Kind kind = Kind::Active;
    QString poolFqdn = {}; ///< for Resubscribe only; empty: single subscription to the person
    QString reason = {}; ///< the server's word for a termination; may be empty
    friend bool operator==(const SubscriptionHint &, const SubscriptionHint &) = default;
};

/// What one notification of the `presence` event says, whatever its format.
struct PresenceNotification {
    QList<PresenceUpdate> updates = {}; ///< at most one an address and part, in document order
    QList<SubscriptionHint> hints = {};
    int skippedParts = 0; ///< parts that could not be read; the others still count
    friend bool operator==(const PresenceNotification &, const PresenceNotification &) = default;
};

/// Parses a presence body by its Content-Type: multipart/related of resource lists and categories,
/// application/msrtc-event-categories+xml, application/rlmi+xml, text/xml+msrtc.pidf,
/// application/pidf+xml, application/xpidf+xml. An error only when nothing could be read.
std::expected<PresenceNotification, DocumentError> parsePresenceNotification(
    QByteArrayView contentType, QByteArrayView body);

/// Resource list, as a server writes it.
QByteArray buildResourceList(const QString &listAddress, const QList<SubscriptionHint> &resources,
    int version = 0, bool fullState = false);
QList<SubscriptionHint> parseResourceList(const XmlElement &list);

/// A whole batched notification: resource list first, then one part a person.
/// @p boundary must not occur in the documents.
QByteArray buildBatchedNotification(const QString &listAddress,
    const QList<SubscriptionHint> &resources, const QList<CategoriesDocument> &people,
    const QByteArray &boundary);

} // namespace linchpin::sip
