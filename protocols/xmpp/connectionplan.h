// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"
#include "protocols/xmpp/knownserver.h"

#include <QNetworkProxy>
#include <QSsl>
#include <QXmppConfiguration.h>

/// From an account's settings to the servers to try and to QXmpp's configuration. Pure.
namespace linchpin::xmpp {

/// How a connection is secured; the words of the `connection` setting.
enum class Security {
    Auto, ///< TLS always: STARTTLS or from the first byte, whichever the server offers
    StartTls,
    Tls, ///< from the first byte
    Plain, ///< no encryption; only ever by hand
};

struct ConnectionSettings {
    QString address; ///< bare JID
    QString login; ///< user name; empty = the address' local part
    QString server; ///< empty = found by DNS
    quint16 port = 0;
    Security security = Security::Auto;
    QString auth; ///< `auto` or a SASL mechanism
    QString resource;
    int priority = 5;
    QStringList rooms; ///< to be joined: `room@service` or `room@service/nick`
    QString caFile;
    QByteArray pin; ///< raw SHA-256; empty = none
    QSsl::SslProtocol oldestTls = QSsl::TlsV1_2OrLater;
    KnownServer known; ///< not a setting: what the last sign-in taught
    QStringList brokenMechanisms; ///< offered by the server, but it could not do them

    QString domain() const;
};

ConnectionSettings connectionSettings(const SettingValues &values);

/// One server to try.
struct Candidate {
    QString host;
    quint16 port = 0;
    bool directTls = false;
    QString record = {}; ///< the SRV record it comes from; empty = set by hand or guessed
    friend bool operator==(const Candidate &, const Candidate &) = default;
};

/// Whether DNS has to be asked (XEP-0368: `_xmpps-client._tcp` and `_xmpp-client._tcp`).
bool needsLookup(const ConnectionSettings &settings);
/// The servers in the order to try them. Records are in the order of RFC 2782; both kinds are
/// merged by priority. An empty list means that the domain says it has no XMPP (target ".").
QList<Candidate> candidates(const ConnectionSettings &settings, const QList<ServiceRecord> &direct,
    const QList<ServiceRecord> &startTls);

/// The SASL mechanisms QXmpp knows, strongest first.
QStringList saslMechanisms();
/// Those of them that the account may use: the one set by hand; else all, but PLAIN only over TLS,
/// and nothing weaker than SCRAM where the server is known to have it.
QStringList allowedMechanisms(const ConnectionSettings &settings);
QXmppConfiguration configuration(const ConnectionSettings &settings, const Candidate &candidate,
    const QString &password, const QNetworkProxy &proxy);
QNetworkProxy toNetworkProxy(const ProxySettings &proxy, const Candidate &candidate);

} // namespace linchpin::xmpp
