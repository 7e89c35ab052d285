// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace linchpin::xmpp {

/// What the account's server was able to do when it was signed in to: what is less than that is
/// refused, because somebody on the way may have taken it out. Kept with the account's state.
struct KnownServer {
    bool tls = false; ///< the line was encrypted
    bool scram = false; ///< the server proved that it knows the password (RFC 5802)

    static QString stateKey();
    /// Words it does not know are ignored.
    static KnownServer fromState(const QByteArray &state);
    QByteArray toState() const;
    friend bool operator==(const KnownServer &, const KnownServer &) = default;
};

} // namespace linchpin::xmpp
