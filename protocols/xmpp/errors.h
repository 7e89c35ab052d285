// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"

#include <QList>
#include <QSslError>
#include <QXmppError.h>
#include <QXmppStanza.h>

#include <optional>

/// What QXmpp and XMPP servers complain about, as Errors with the stable codes. Pure.
namespace linchpin::xmpp {

/// What was known of a connection when it failed; QXmpp's own word is often only "disconnected".
struct ConnectionTrouble {
    QString host; ///< host:port tried, for `detail`
    QString domain; ///< of the account
    QList<QSslError> sslErrors;
    QByteArray fingerprint; ///< SHA-256 of the certificate shown, raw; empty = none seen
    bool pinned = false; ///< the account pins another certificate
    std::optional<Error> judged; ///< what the account's own rules said of the certificate
    QString record; ///< the SRV record that led here; empty = none did
    bool noRecords = false; ///< asked for SRV records, and there are none
    QString auth; ///< the mechanism set by hand; empty = automatic
    bool onlyScram = false; ///< PLAIN would have been refused: the server had SCRAM before
    bool knownTls = false; ///< the server had TLS before
    QString streamCondition; ///< of `<stream:error/>` (RFC 6120 §4.9.3); empty = none came
    QString saslCondition; ///< of `<failure/>` (RFC 6120 §6.5); empty = none came
    QStringList mechanisms; ///< that the server offered
    bool heard = false; ///< the peer said anything at all
    bool heardTls = false; ///< its first bytes were TLS, to a plain beginning of ours
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

/// The name of the condition in a SASL `<failure/>` (RFC 6120 §6.5, XEP-0388), or empty.
QString saslCondition(const QString &stanza);
/// The name of the condition in a `<stream:error/>`, or empty.
QString streamCondition(const QString &stanza);
/// The mechanisms in `<stream:features/>`; empty in every other stanza.
QStringList offeredMechanisms(const QString &stanza);

Error timedOut(const ConnectionTrouble &trouble);
/// A domain whose SRV record says that it has no XMPP (target ".").
Error notOffered(const QString &domain);
/// A domain without SRV records and without an XMPP server of its own name; `why` is what became of
/// trying that.
Error noRecords(const QString &domain, const Error &why);
/// The SRV record names a host without an address.
Error targetMissing(const QString &host, const QString &record, const QString &words);
/// The server offers only weaker ways to sign in than it did before; `offered` for the detail.
Error weakerThanBefore(const QString &offered);
/// The server lets nobody sign in without encryption, which the account has switched off.
Error tlsDemanded(const QString &where);
/// At this port TLS begins with the first byte, and the account begins without.
Error tlsFirst(const QString &where);
/// At this port TLS begins later (STARTTLS), and the account begins with it.
Error tlsLater(const QString &where, const QString &words);
Error offline();
Error invalidAddress(const QString &address);

} // namespace linchpin::xmpp
