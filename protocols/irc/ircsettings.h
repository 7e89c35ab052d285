// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"
#include "core/sdk/transport.h"
#include "protocols/irc/state/registrationmachine.h"
#include "protocols/irc/state/sendqueue.h"

namespace linchpin::irc {

/// The rows of an IRC account: keys of the `linchpinctl` contract.
SettingsSchema accountSchema();

/// `alice@irc.example.test` as nick and server name; the server is empty where there is no '@'.
struct IrcAddress {
    QString nick;
    QString server;
};
IrcAddress splitAddress(const QString &address);
/// Small letters, and only what can be a nick (with `@server` kept); `invalid-address` otherwise.
Result<QString> normalizedNick(const QString &address);
/// Small letters; "linchpin" becomes "#linchpin".
Result<QString> normalizedChannel(const QString &channel);

/// A channel to be in, with its key.
struct WantedChannel {
    QString name;
    QString key;
};

/// The values of an account, understood.
class IrcSettings {
public:
    explicit IrcSettings(const SettingValues &values);

    /// Where to try to connect, in this order; the next only when the one before is refused or has
    /// no TLS.
    struct Attempt {
        Endpoint endpoint;
        bool startTls = false;
    };
    QList<Attempt> attempts() const;
    /// TLS from the first byte, at this port.
    Attempt attemptWithTls(quint16 where) const;

    /// Where it was found (SettingOrigin::Found): tried first where nothing else leads there, and
    /// bound to by nobody.
    QString foundServer;
    quint16 foundPort = 0;
    QString foundConnection;

    QString server;
    quint16 port = 0;
    QString connection;
    QString nick;
    QStringList alternateNicks;
    QString login;
    QString userName;
    QString realName;
    QString encoding;
    QList<WantedChannel> channels;
    SaslChoice sasl = SaslChoice::Auto;
    QString nickServ; ///< The service to identify with; empty = none.
    bool hasClientCertificate = false;
    QStringList onConnect;
    SendRate rate;

private:
    QList<Attempt> usualAttempts() const;
    bool isLoopback() const;
};

} // namespace linchpin::irc
