// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/presence.h"
#include "protocols/sip/documents/xmlelement.h"
#include "protocols/sip/presence/presencenotification.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>

namespace linchpin::sip {

inline constexpr QByteArrayView kPidfType = "application/pidf+xml";

/// What one presence document says about one person.
struct PersonPresence {
    QString address = {};
    Presence presence = {};
    friend bool operator==(const PersonPresence &, const PersonPresence &) = default;
};

/// A PIDF document (RFC 3863) with the person of RFC 4479 and activities, notes and idleness of
/// RPID (RFC 4480). Of several tuples the most reachable one counts.
std::expected<PersonPresence, DocumentError> parsePidfDocument(QByteArrayView body);

struct OwnPidf {
    QString address = {}; ///< ours
    QString id = {}; ///< of this device: the same for every publication; letters and digits
    Presence presence = {};
    QDateTime now = {}; ///< UTC
};
/// What we publish. Invisible and offline are closed, with no note.
QByteArray buildPidf(const OwnPidf &own);

/// A body of the `presence` event: one document, or those of a resource list (RFC 4662:
/// multipart/related with application/rlmi+xml in front).
struct PresenceBody {
    QList<PersonPresence> people = {};
    QList<SubscriptionHint> resources = {}; ///< of a list: who is in it, and in which state
    bool isList = false;
    friend bool operator==(const PresenceBody &, const PresenceBody &) = default;
};
/// An error only when nothing can be read.
std::expected<PresenceBody, DocumentError> parsePresenceBody(
    QByteArrayView contentType, QByteArrayView body);

} // namespace linchpin::sip
