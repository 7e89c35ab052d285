// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"

#include <QList>
#include <QSslError>
#include <QXmppError.h>
#include <QXmppStanza.h>

/// What QXmpp and XMPP servers complain about, as Errors with the stable codes. Pure.
namespace linchpin::xmpp {

/// What was known of a connection when it failed; QXmpp's own word is often only "disconnected".
struct ConnectionTrouble {
    QString host; ///< host:port tried, for `detail`
    QString domain; ///< of the account
    QList<QSslError> sslErrors;
    QByteArray fingerprint; ///< SHA-256 of the certificate shown, raw; empty = none seen
    bool pinned = false; ///< the account pins another certificate
    bool streamSeen = false; ///< the peer spoke XMPP
    bool tlsMissing = false; ///< the peer offers no TLS though we need it
    bool directTls = false; ///< TLS from the first byte
    bool connected = false; ///< TCP stood
    bool online = false; ///< the session stood already
};

/// The reason for the end of a connection. `error` may be empty (QXmpp only said "disconnected").
Error connectionError(const QXmppError &error, const ConnectionTrouble &trouble);
/// A stanza error (RFC 6120 §8.3.3) as the answer to something we asked.
Error stanzaError(const QXmppStanza::Error &error);
/// Whatever a QXmpp task failed with.
Error taskError(const QXmppError &error);
/// Why a room did not let us in (XEP-0045 §7.2).
Error joinError(const QXmppStanza::Error &error, const QString &nick);

Error timedOut(const ConnectionTrouble &trouble);
Error notOffered(const QString &domain);
Error offline();
Error invalidAddress(const QString &address);

} // namespace linchpin::xmpp
