// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>

namespace linchpin::sip {

/// Somebody who watches our presence, or would like to. RFC 3858 4.3.
struct PresenceWatcher {
    enum class Status { Pending, Active, Waiting, Terminated };
    QString id = {}; ///< of the subscription
    QString address = {};
    QString name = {}; ///< display-name; may be empty
    Status status = Status::Active;
    QString event = {}; ///< why the status changed: "subscribe", "approved" …
    friend bool operator==(const PresenceWatcher &, const PresenceWatcher &) = default;
};

/// application/watcherinfo+xml: those of the presence package, at most a thousand.
struct WatcherInfo {
    quint32 version = 0;
    bool full = false; ///< the whole list, not what has changed
    QList<PresenceWatcher> watchers = {};
    friend bool operator==(const WatcherInfo &, const WatcherInfo &) = default;
};
std::expected<WatcherInfo, DocumentError> parseWatcherInfo(QByteArrayView body);

} // namespace linchpin::sip
