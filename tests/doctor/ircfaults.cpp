// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong with IRC servers: our simulator, InspIRCd and ngIRCd where they can be brought
// to it, a script where they cannot.

#include "protocols/irc/simulator/simserver.h"
#include "tests/doctor/fault.h"
#include "tests/doctor/scriptedserver.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

using irc::sim::SimOptions;
using irc::sim::SimServer;
using Given = std::optional<FaultAccount>;
using Script = ScriptedServer::Script;
using Then = ScriptedServer::Then;
using Manner = RudeServer::Manner;

struct Network {
    SimServer *server = nullptr;
    FaultAccount account;
};

Network networkIn(FaultWorld &world)
{
    SimOptions options;
    options.directory = world.folder();
    SimServer &server = world.make<SimServer>(options);
    server.addAccount("alice"_ba, "alice-pw"_ba);
    if (const auto started = server.start(); !started) {
        qFatal("%s", qPrintable(started.error()));
    }
    Network made;
    made.server = &server;
    made.account.settings = { { u"address"_s, u"alice@irc.sim.test"_s },
        { u"server"_s, u"localhost"_s }, { u"port"_s, server.tlsPort() },
        { u"connection"_s, u"tls"_s }, { u"ca-file"_s, server.authorityFile() },
        { u"nick"_s, u"alice"_s }, { u"login"_s, u"alice"_s }, { u"sasl"_s, u"auto"_s } };
    made.account.password = u"alice-pw"_s;
    return made;
}

PeerServer *peer(const QString &name, const QString &password = {})
{
    return sharedPeer(name, { u"PEER_IRC_PASSWORD="_s + password });
}

Given aliceAt(const PeerServer *server, int port, const QString &connection)
{
    if (!server) {
        return std::nullopt;
    }
    FaultAccount account;
    account.settings = { { u"address"_s, u"alice@irc.test"_s }, { u"server"_s, u"localhost"_s },
        { u"port"_s, server->port(port) }, { u"connection"_s, connection },
        { u"ca-file"_s, server->caFile() }, { u"nick"_s, u"alice"_s } };
    return account;
}

FaultAccount plainAccount(quint16 port, const QString &connection = u"plain"_s)
{
    FaultAccount account = localAccount(port, connection);
    account.settings.insert(u"nick"_s, u"alice"_s);
    return account;
}

class Rows : public FaultRows {
public:
    Rows()
        : FaultRows(u"irc"_s)
    {
    }

    /// Our simulator, spoilt.
    Fault &addSpoilt(const QString &name, const QString &code, QStringView step,
        const std::function<void(Network &)> &spoil)
    {
        return add(name, code, step, [spoil](FaultWorld &world) -> Given {
            Network network = networkIn(world);
            spoil(network);
            return network.account;
        });
    }
    /// A server without TLS that reads from a script.
    Fault &addScript(const QString &name, const QString &code, QStringView step,
        const Script &script, const QString &connection = u"plain"_s)
    {
        return add(name, code, step, [script, connection](FaultWorld &world) -> Given {
            return plainAccount(world.make<ScriptedServer>(script).port(), connection);
        });
    }
    /// What the server says when it throws us out.
    Fault &addError(const QString &name, const QString &code, const QByteArray &words)
    {
        return addScript(name, code, {},
            { { "USER ", "ERROR :Closing Link: " + words + "\r\n", Then::HangUp } });
    }
};

void addHealthy(Rows &rows)
{
    rows.add(u"InspIRCd"_s, {}, {},
        [](FaultWorld &) { return aliceAt(peer(u"inspircd"_s), 1, u"tls"_s); });
    rows.add(u"InspIRCd, STARTTLS"_s, {}, {},
        [](FaultWorld &) { return aliceAt(peer(u"inspircd"_s), 0, u"starttls"_s); });
    rows.add(u"InspIRCd, SASL"_s, {}, {}, [](FaultWorld &) {
        Given account = aliceAt(peer(u"inspircd"_s), 1, u"tls"_s);
        if (account) {
            account->password = u"alice-pw"_s;
        }
        return account;
    });
    rows.add(
        u"ngIRCd"_s, {}, {}, [](FaultWorld &) { return aliceAt(peer(u"ngircd"_s), 1, u"tls"_s); });
    rows.add(u"ngIRCd, not encrypted"_s, {}, {},
        [](FaultWorld &) { return aliceAt(peer(u"ngircd"_s), 0, u"plain"_s); });
    rows.add(u"moved to TLS by sts"_s, {}, {}, [](FaultWorld &world) -> Given {
        const Network network = networkIn(world);
        const auto &plain = world.make<ScriptedServer>(Script { { "CAP LS",
            ":irc.test CAP * LS :sts=port=" + QByteArray::number(network.server->tlsPort())
                + "\r\n" } });
        FaultAccount account = network.account;
        account.settings.insert(u"port"_s, plain.port());
        account.settings.insert(u"connection"_s, u"plain"_s);
        return account;
    });
}

void addPorts(Rows &rows)
{
    rows.add(u"plain text at InspIRCd's port for TLS"_s, u"tls-required"_s, DoctorStep::Tls,
            [](FaultWorld &) { return aliceAt(peer(u"inspircd"_s), 1, u"plain"_s); })
        .fix
        = { { u"connection"_s, u"tls"_s } };
    rows.add(u"plain text at ngIRCd's port for TLS"_s, u"tls-required"_s, DoctorStep::Tls,
            [](FaultWorld &) { return aliceAt(peer(u"ngircd"_s), 1, u"plain"_s); })
        .fix
        = { { u"connection"_s, u"tls"_s } };
    rows.add(u"TLS at ngIRCd's port without"_s, u"not-tls"_s, DoctorStep::Tls,
        [](FaultWorld &) { return aliceAt(peer(u"ngircd"_s), 0, u"tls"_s); });
    rows.add(u"TLS at InspIRCd's port without"_s, u"not-tls"_s, DoctorStep::Tls,
        [](FaultWorld &) { return aliceAt(peer(u"inspircd"_s), 0, u"tls"_s); });
    rows.add(u"STARTTLS at ngIRCd"_s, u"not-tls"_s, DoctorStep::Tls,
        [](FaultWorld &) { return aliceAt(peer(u"ngircd"_s), 0, u"starttls"_s); });
    rows.addScript(u"STARTTLS refused"_s, u"not-tls"_s, DoctorStep::Tls,
        { { "STARTTLS", ":irc.test 691 * :STARTTLS failure\r\n" } }, u"starttls"_s);
    rows.add(u"a web server"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return plainAccount(
                world.plainServer(Manner::Answers, "HTTP/1.1 400 Bad Request\r\n\r\n"_ba).port());
        });
    rows.add(u"an SSH server"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return plainAccount(
                world.plainServer(Manner::Speaks, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"_ba).port());
        });
    rows.add(u"an XMPP server"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return plainAccount(world
                    .plainServer(Manner::Answers,
                        "<?xml version='1.0'?><stream:stream xmlns:stream='http://"
                        "etherx.jabber.org/streams'><stream:error/>\r\n"_ba)
                    .port());
        });
    rows.add(u"silence without TLS"_s, u"timed-out"_s, {}, [](FaultWorld &world) -> Given {
        return plainAccount(world.plainServer(Manner::Silent).port());
    });
}

void addSigningIn(Rows &rows)
{
    rows.addSpoilt(u"wrong password"_s, u"wrong-password"_s, DoctorStep::Authentication,
        [](Network &network) { network.account.password = u"something else"_s; });
    rows.add(u"wrong password, InspIRCd with SASL"_s, u"wrong-password"_s,
        DoctorStep::Authentication, [](FaultWorld &) {
            Given account = aliceAt(peer(u"inspircd"_s), 1, u"tls"_s);
            if (account) {
                account->password = u"something else"_s;
            }
            return account;
        });
    rows.add(u"InspIRCd's own password is wrong"_s, u"wrong-password"_s, DoctorStep::Authentication,
        [](FaultWorld &) {
            Given account = aliceAt(peer(u"inspircd"_s, u"server-pw"_s), 1, u"tls"_s);
            if (account) {
                account->settings.insert(u"sasl"_s, u"none"_s);
                account->password = u"something else"_s;
            }
            return account;
        });
    rows.add(u"ngIRCd's own password is missing"_s, u"wrong-password"_s, DoctorStep::Authentication,
        [](FaultWorld &) { return aliceAt(peer(u"ngircd"_s, u"server-pw"_s), 1, u"tls"_s); });
    rows.addSpoilt(u"SASL is a must"_s, u"sasl-required"_s, {}, [](Network &network) {
        network.server->requireSasl(true);
        network.account.password.clear();
    });
    rows.addSpoilt(u"mechanism that the server does not have"_s, u"auth-scheme-unavailable"_s,
            DoctorStep::AuthenticationSchemes,
            [](Network &network) {
                network.server->setCaps({ "sasl=PLAIN" });
                network.account.settings.insert(u"sasl"_s, u"scram-sha-256"_s);
            })
        .fix
        = { { u"sasl"_s, u"auto"_s } };
    rows.addSpoilt(u"no mechanism for passwords"_s, u"auth-scheme-unavailable"_s,
        DoctorStep::AuthenticationSchemes,
        [](Network &network) { network.server->setCaps({ "sasl=ECDSA-NIST256P-CHALLENGE" }); });
    rows.add(u"account locked"_s, u"account-disabled"_s, {}, [](FaultWorld &world) -> Given {
        FaultAccount account = plainAccount(world
                .make<ScriptedServer>(Script { { "CAP LS", ":irc.test CAP * LS :sasl=PLAIN\r\n" },
                    { "CAP REQ", ":irc.test CAP * ACK :sasl\r\n" },
                    { "AUTHENTICATE",
                        ":irc.test 902 * :You must use a nick assigned to you\r\n" } })
                .port());
        account.password = u"alice-pw"_s;
        return account;
    });
    rows.addSpoilt(u"banned"_s, u"banned"_s, DoctorStep::Registered,
        [](Network &network) { network.server->ban("You are not welcome here"_ba); });
    rows.addError(u"K-line"_s, u"banned"_s, "alice (K-Lined)");
    rows.addError(u"Z-line of InspIRCd"_s, u"banned"_s, "(alice@127.0.0.1) [Z-lined: open proxy]");
    rows.addError(u"came back too fast"_s, u"throttled"_s,
        "[127.0.0.1] (Throttled: Reconnecting too fast) - Email staff@irc.test");
    rows.addError(u"too many from here"_s, u"too-many-connections"_s,
        "127.0.0.1 (Too many host connections (local))");
    rows.addError(u"TLS demanded by UnrealIRCd"_s, u"tls-required"_s,
        "alice[127.0.0.1] (Insecure connection. Please reconnect using TLS.)");
    rows.addError(
        u"SASL demanded by Solanum"_s, u"sasl-required"_s, "127.0.0.1 (SASL access only)");
    rows.addError(u"shutting down"_s, u"server-fault"_s, "alice (Server shutdown)");
    const QByteArray taken = ":irc.test 433 * alice :Nickname is already in use\r\n";
    rows.addScript(u"every nickname is taken"_s, u"nick-in-use"_s, {},
        { { "NICK ", taken }, { "NICK ", taken }, { "NICK ", taken }, { "NICK ", taken },
            { "NICK ", taken }, { "NICK ", taken } });
    rows.addScript(u"nickname not allowed"_s, u"login-format"_s, {},
        { { "NICK ", ":irc.test 432 * alice :Erroneous nickname\r\n" } });
    rows.addSpoilt(u"cut in the middle"_s, u"server-fault"_s, {},
        [](Network &network) { network.server->cutAfter(2); });
    rows.addScript(u"never lets us in"_s, u"timed-out"_s, {},
        { { "CAP LS", ":irc.test NOTICE * :*** Looking up your hostname...\r\n" } });
}

} // namespace

HealthyPeer healthyIrc(FaultWorld &world)
{
    const Network network = networkIn(world);
    return { network.account, network.server->tlsPort() };
}

QList<Fault> ircFaults()
{
    Rows rows;
    addHealthy(rows);
    addPorts(rows);
    addSigningIn(rows);
    return rows.take();
}

} // namespace linchpin::test
