// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace linchpin::sip {

enum class ConnectionChoice { Auto, Tls, Plain };

/// One place to try to sign in.
struct Candidate {
    enum class Source { Manual, Remembered, Autodiscover, Srv, Guess, Redirect };
    QString host;
    quint16 port = 0;
    bool tls = true;
    Source source = Source::Manual;
    friend bool operator==(const Candidate &, const Candidate &) = default;
};

/// What the account says about the server.
struct ServerSettings {
    QString domain; ///< right side of the sign-in address
    QString server; ///< "host", "host:port", "[v6]:port", "v6"; empty = find it
    quint16 port = 0; ///< 0 = default; wins over a port in `server`
    ConnectionChoice connection = ConnectionChoice::Auto;
};

struct SrvTarget {
    QString host;
    quint16 port = 0;
};

/// SRV names in the order they are to be tried; none with a manual server. OCS 2007 R2 deployment
/// guide: _sipinternaltls, _sipinternal, _sip._tls; _sip._tcp is the addition of RFC 3263.
QStringList srvNames(const ServerSettings &settings);

/// Where to try to sign in, best first: a server set by hand is the only one (at the usual ports,
/// where none was given); otherwise what Lync's
/// autodiscover named (TLS), what the SRV records name, then the usual host names. `records` holds
/// what was found under srvNames(), already ordered by priority and weight. Host names that are
/// known to stand for services nobody should sign in to (the federation record) are never asked
/// for. None where all that was found says that there is no such service (target ".", RFC 2782).
QList<Candidate> candidates(const ServerSettings &settings,
    const QMap<QString, QList<SrvTarget>> &records, const QList<SrvTarget> &autodiscovered = {});

/// Where signing in worked, to begin with the next time: kept with the account. Empty for what need
/// not be remembered, or must not be (a redirect).
QByteArray rememberedServer(const ServerSettings &settings, const Candidate &candidate);
/// Nothing when it was remembered under other settings.
std::optional<Candidate> fromRemembered(const ServerSettings &settings, const QByteArray &kept);

} // namespace linchpin::sip
