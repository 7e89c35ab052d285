// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong with XMPP servers: Prosody and ejabberd where they can be brought to it, a
// script where they cannot.

#include "protocols/xmpp/simulator/xmppsimulator.h"
#include "tests/doctor/fault.h"
#include "tests/doctor/scriptedserver.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

using xmpp::simulator::XmppSimulator;

namespace {

using Given = std::optional<FaultAccount>;
using Line = ScriptedServer::Line;
using Script = ScriptedServer::Script;
using Then = ScriptedServer::Then;
using Manner = RudeServer::Manner;

const QString kAuto = u"auto"_s;
const QString kStartTls = u"starttls"_s;

// What servers say ------------------------------------------------------------------------------

QByteArray stream()
{
    return "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
           "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='litware.test' "
           "version='1.0'>";
}

QByteArray featuresOf(const QByteArray &inside)
{
    return stream() + "<stream:features>" + inside + "</stream:features>";
}

QByteArray mechanisms(const QByteArrayList &names)
{
    return "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>"
        + names.join("</mechanism><mechanism>") + "</mechanism></mechanisms>";
}

QByteArray tlsOffer()
{
    return "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
}

/// Up to the encrypted stream that offers `names`.
Script upToMechanisms(const QByteArrayList &names)
{
    return { { "<stream:stream", featuresOf(tlsOffer()) },
        { "<starttls", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", Then::StartTls },
        { "<stream:stream", featuresOf(mechanisms(names)) } };
}

QByteArray saslFailure(const QByteArray &condition, const QByteArray &words = {})
{
    return "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><" + condition + "/>"
        + (words.isEmpty() ? QByteArray() : "<text>" + words + "</text>") + "</failure>";
}

// Accounts --------------------------------------------------------------------------------------

FaultAccount withPassword(FaultAccount account)
{
    account.password = u"Zażółć-gęślą-jaźń"_s;
    return account;
}

FaultAccount accountAt(quint16 port)
{
    return withPassword(localAccount(port, kAuto));
}

/// One domain for all servers, so that the accounts are the same.
PeerServer *peer(const QString &name)
{
    return sharedPeer(name, { u"PEER_XMPP_DOMAIN=alpha.test"_s });
}

Given aliceAt(const QString &server, int port = 0, const QString &connection = kAuto)
{
    const PeerServer *const there = peer(server);
    if (!there) {
        return std::nullopt;
    }
    FaultAccount account = localAccount(there->port(port), connection);
    account.settings.insert(u"address"_s, u"alice@alpha.test"_s);
    account.settings.insert(u"ca-file"_s, there->caFile());
    account.password = u"alice-pw"_s;
    return account;
}

/// The same with the servers found by the name service.
Given foundAt(FaultWorld &world, const QString &server,
    const QList<std::pair<QString, DnsZone::Service>> &services)
{
    Given account = aliceAt(server);
    if (account) {
        account->settings.remove(u"server"_s);
        account->settings.remove(u"port"_s);
        for (const auto &[name, service] : services) {
            world.dns().addService(name + u".alpha.test"_s, service);
        }
    }
    return account;
}

// Rows ------------------------------------------------------------------------------------------

class Rows : public FaultRows {
public:
    Rows()
        : FaultRows(u"xmpp"_s)
    {
    }

    /// A server that reads from a script.
    Fault &addScript(const QString &name, const QString &code, QStringView step,
        const Script &script, const QString &connection = kAuto)
    {
        return add(name, code, step, [script, connection](FaultWorld &world) {
            const auto &server
                = world.make<ScriptedServer>(script, world.certificates().server(Flaw::None));
            return withPassword(localAccount(server.port(), connection));
        });
    }
    /// STARTTLS ends at such a certificate.
    void addCertificate(const QString &name, const QString &code, Flaw flaw)
    {
        add(name, code, DoctorStep::Tls, [flaw](FaultWorld &world) {
            const auto &server = world.make<ScriptedServer>(
                upToMechanisms({ "PLAIN" }), world.certificates().server(flaw));
            return accountAt(server.port());
        });
    }
    /// Behind the encrypted stream, what the server says to our password.
    Fault &addAnswer(
        const QString &name, const QString &code, const QByteArray &answer, Then then = Then::GoOn)
    {
        Script script = upToMechanisms({ "PLAIN" });
        script.append(Line { "<auth", answer, then });
        return addScript(name, code, {}, script);
    }
    void addStreamFault(const QString &name, const QString &code, const QByteArray &condition)
    {
        addScript(name, code, {},
            { { "<stream:stream",
                stream() + "<stream:error><" + condition
                    + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
                      "</stream:stream>",
                Then::HangUp } });
    }
};

void addHealthy(Rows &rows)
{
    rows.add(u"Prosody, STARTTLS"_s, {}, {}, [](FaultWorld &) { return aliceAt(u"prosody"_s); });
    rows.add(u"Prosody, TLS from the first byte"_s, {}, {},
        [](FaultWorld &) { return aliceAt(u"prosody"_s, 1, u"tls"_s); });
    rows.add(u"ejabberd"_s, {}, {}, [](FaultWorld &) { return aliceAt(u"ejabberd"_s); });
    rows.add(u"found by its SRV record"_s, {}, {}, [](FaultWorld &world) {
        const PeerServer *const server = peer(u"prosody"_s);
        return server ? foundAt(world, u"prosody"_s,
                            { { u"_xmpp-client._tcp"_s, { u"localhost"_s, server->port() } } })
                      : std::nullopt;
    });
    rows.add(u"found by its SRV record for direct TLS"_s, {}, {}, [](FaultWorld &world) {
        const PeerServer *const server = peer(u"prosody"_s);
        return server ? foundAt(world, u"prosody"_s,
                            { { u"_xmpps-client._tcp"_s, { u"localhost"_s, server->port(1) } } })
                      : std::nullopt;
    });
    rows.add(u"the first of two servers is down"_s, {}, {},
            [](FaultWorld &world) {
                const PeerServer *const server = peer(u"prosody"_s);
                return server
                    ? foundAt(world, u"prosody"_s,
                          { { u"_xmpp-client._tcp"_s, { u"localhost"_s, closedPort(), 1 } },
                              { u"_xmpp-client._tcp"_s, { u"localhost"_s, server->port(), 2 } } })
                    : std::nullopt;
            })
        .warnings
        = { u"refused"_s };
}

void addNames(Rows &rows)
{
    rows.add(u"SRV target without an address"_s, u"srv-target-missing"_s, DoctorStep::Name,
        [](FaultWorld &world) -> Given {
            world.dns().addService(
                u"_xmpp-client._tcp.litware.test"_s, { u"gone.litware.test"_s, 5222 });
            FaultAccount account = accountAt(0);
            account.settings.remove(u"server"_s);
            account.settings.remove(u"port"_s);
            return account;
        });
    rows.add(u"SRV records that say no"_s, u"no-srv-record"_s, DoctorStep::Srv,
        [](FaultWorld &world) -> Given {
            world.dns().addService(u"_xmpp-client._tcp.litware.test"_s, { .target = u"."_s });
            world.dns().addAddress(u"litware.test"_s); // would be tried without that record
            FaultAccount account = accountAt(0);
            account.settings.remove(u"server"_s);
            account.settings.remove(u"port"_s);
            return account;
        });
    rows.add(u"no SRV record and nobody there"_s, u"no-srv-record"_s, DoctorStep::Srv,
        [](FaultWorld &) -> Given {
            FaultAccount account = accountAt(0);
            account.settings.remove(u"server"_s);
            account.settings.remove(u"port"_s);
            account.settings.insert(u"address"_s, u"alice@localhost"_s);
            return account;
        });
    rows.add(u"domain unknown"_s, u"name-not-found"_s, DoctorStep::Name, [](FaultWorld &) -> Given {
        FaultAccount account = accountAt(0);
        account.settings.remove(u"server"_s);
        account.settings.remove(u"port"_s);
        account.settings.insert(u"address"_s, u"alice@missing.litware.invalid"_s);
        return account;
    });
    rows.add(u"the server of another domain"_s, u"name-not-found"_s, DoctorStep::Protocol,
        [](FaultWorld &) {
            Given account = aliceAt(u"prosody"_s);
            if (account) {
                account->settings.insert(u"address"_s, u"alice@other.test"_s);
            }
            return account;
        });
}

void addWrongPorts(Rows &rows)
{
    rows.add(u"TLS from the first byte at the port of STARTTLS"_s, u"not-tls"_s, DoctorStep::Tls,
            [](FaultWorld &) { return aliceAt(u"prosody"_s, 0, u"tls"_s); })
        .fix
        = { { u"connection"_s, kStartTls } };
    rows.add(u"STARTTLS at the port of TLS"_s, u"tls-required"_s, DoctorStep::Tls,
            [](FaultWorld &) { return aliceAt(u"prosody"_s, 1, kStartTls); })
        .fix
        = { { u"connection"_s, u"tls"_s } };
    rows.add(u"the port of servers"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &) { return aliceAt(u"prosody"_s, 2); });
    rows.add(u"a web server"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return accountAt(
                world.plainServer(Manner::Answers, "HTTP/1.1 400 Bad Request\r\n\r\n"_ba).port());
        });
    rows.add(u"an SSH server"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return accountAt(
                world.plainServer(Manner::Speaks, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"_ba).port());
        });
    rows.add(u"an IRC server"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return accountAt(world
                    .plainServer(Manner::Answers, ":irc.test 451 * :You have not registered\r\n"_ba)
                    .port());
        });
    rows.add(u"silence"_s, u"timed-out"_s, DoctorStep::Protocol, [](FaultWorld &world) -> Given {
        return accountAt(world.plainServer(Manner::Silent).port());
    });
    rows.add(u"hangs up at once"_s, u"server-fault"_s, DoctorStep::Protocol,
        [](FaultWorld &world) -> Given {
            return accountAt(world.plainServer(Manner::Closes).port());
        });
}

void addEncryption(Rows &rows)
{
    const Script stripped { { "<stream:stream", featuresOf(mechanisms({ "PLAIN" })) } };
    rows.addScript(u"STARTTLS stripped"_s, u"tls-required"_s, DoctorStep::Tls, stripped);
    rows.addScript(u"STARTTLS stripped, asked for by name"_s, u"tls-required"_s, DoctorStep::Tls,
        stripped, kStartTls);
    rows.addScript(u"STARTTLS refused"_s, u"tls-required"_s, DoctorStep::Tls,
        { { "<stream:stream", featuresOf(tlsOffer()) },
            { "<starttls", "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", Then::HangUp } });
    rows.addScript(u"no TLS behind STARTTLS"_s, u"not-tls"_s, DoctorStep::Tls,
        { { "<stream:stream", featuresOf(tlsOffer()) },
            { "<starttls", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
            { "\x16\x03", "what was that?\r\nwhat?\r\n" } });
    rows.add(u"encryption switched off at a server that wants it"_s, u"tls-required"_s,
            DoctorStep::Tls, [](FaultWorld &) { return aliceAt(u"prosody"_s, 0, u"plain"_s); })
        .fix
        = { { u"connection"_s, kAuto } };
    rows.addCertificate(
        u"STARTTLS, certificate expired"_s, u"certificate-expired"_s, Flaw::Expired);
    rows.addCertificate(u"STARTTLS, certificate for another name"_s, u"certificate-name-mismatch"_s,
        Flaw::OtherName);
    rows.addCertificate(
        u"STARTTLS, self-signed certificate"_s, u"certificate-untrusted"_s, Flaw::SelfSigned);
}

void addSigningIn(Rows &rows)
{
    rows.add(
        u"wrong password"_s, u"wrong-password"_s, DoctorStep::Authentication, [](FaultWorld &) {
            Given account = aliceAt(u"prosody"_s);
            if (account) {
                account->password = u"something else"_s;
            }
            return account;
        });
    rows.add(u"wrong password, ejabberd"_s, u"wrong-password"_s, DoctorStep::Authentication,
        [](FaultWorld &) {
            Given account = aliceAt(u"ejabberd"_s);
            if (account) {
                account->password = u"something else"_s;
            }
            return account;
        });
    rows.add(u"nobody of that name"_s, u"wrong-password"_s, DoctorStep::Authentication,
        [](FaultWorld &) {
            Given account = aliceAt(u"prosody"_s);
            if (account) {
                account->settings.insert(u"address"_s, u"nobody@alpha.test"_s);
            }
            return account;
        });
    rows.add(u"mechanism that the server does not have"_s, u"auth-scheme-unavailable"_s,
            DoctorStep::AuthenticationSchemes,
            [](FaultWorld &) {
                Given account = aliceAt(u"prosody"_s);
                if (account) {
                    account->settings.insert(u"auth"_s, u"DIGEST-MD5"_s);
                }
                return account;
            })
        .fix
        = { { u"auth"_s, kAuto } };
    rows.addScript(u"no mechanism for passwords"_s, u"auth-scheme-unavailable"_s,
        DoctorStep::AuthenticationSchemes, upToMechanisms({ "GSSAPI", "EXTERNAL" }));
    rows.addAnswer(u"account disabled"_s, u"account-disabled"_s,
        saslFailure("account-disabled", "Call the helpdesk"));
    rows.addAnswer(u"password expired"_s, u"wrong-password"_s, saslFailure("credentials-expired"));
    rows.addAnswer(u"login not understood"_s, u"login-format"_s, saslFailure("invalid-authzid"));
    rows.addAnswer(u"the password database is away"_s, u"server-fault"_s,
        saslFailure("temporary-auth-failure"));
    rows.addAnswer(u"hangs up at the password"_s, u"server-fault"_s, {}, Then::HangUp);
    rows.addAnswer(u"silence at the password"_s, u"timed-out"_s, {});
    Script twice = upToMechanisms({ "PLAIN" });
    twice.append(Line { "<auth", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>" });
    twice.append(
        Line { "<stream:stream", featuresOf("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>") });
    twice.append(Line { "<bind",
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
        "</stream:stream>",
        Then::HangUp });
    rows.addScript(u"signed in elsewhere"_s, u"elsewhere-signed-in"_s, {}, twice);
    rows.addStreamFault(u"against the server's rules"_s, u"server-fault"_s, "policy-violation");
    rows.addStreamFault(u"being restarted"_s, u"server-fault"_s, "system-shutdown");
}

void addFederation(Rows &rows)
{
    const auto add = [&rows](const QString &name, const QString &code, QStringView step,
                         const std::function<quint16(FaultWorld &)> &port) {
        rows.add(name, code, step,
                [port](FaultWorld &world) -> Given {
                    if (const quint16 there = port(world); there != 0) {
                        world.dns().addService(
                            u"_xmpp-server._tcp.litware.test"_s, { u"localhost"_s, there });
                    }
                    return accountAt(5222);
                })
            .domain
            = true;
    };
    const QByteArray server = "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
                              "xmlns:db='jabber:server:dialback' "
                              "xmlns:stream='http://etherx.jabber.org/streams' id='s1' "
                              "version='1.0'>";
    const auto gateway = [server](FaultWorld &world, Flaw flaw) {
        return world
            .make<ScriptedServer>(
                Script { { "<stream:stream",
                             server + "<stream:features>" + tlsOffer() + "</stream:features>" },
                    { "<starttls", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
                        Then::StartTls },
                    { "<stream:stream", server + "<stream:features/>" } },
                world.certificates().server(flaw))
            .port();
    };
    add(u"federation, no record"_s, u"federation-srv-missing"_s, DoctorStep::FederationSrv,
        [](FaultWorld &) { return quint16(0); });
    add(u"federation, port closed"_s, u"federation-port-closed"_s, DoctorStep::FederationTcp,
        [](FaultWorld &) { return closedPort(); });
    add(u"federation, a web server"_s, u"wrong-protocol"_s, DoctorStep::FederationStream,
        [](FaultWorld &world) {
            return world.plainServer(Manner::Answers, "HTTP/1.1 400 Bad Request\r\n\r\n"_ba).port();
        });
    add(u"federation, certificate for another name"_s, u"federation-certificate-mismatch"_s,
        DoctorStep::FederationTls,
        [gateway](FaultWorld &world) { return gateway(world, Flaw::OtherName); });
    add(u"federation, certificate expired"_s, u"certificate-expired"_s, DoctorStep::FederationTls,
        [gateway](FaultWorld &world) { return gateway(world, Flaw::Expired); });
    add(u"federation, self-signed certificate"_s, u"certificate-untrusted"_s,
        DoctorStep::FederationTls,
        [gateway](FaultWorld &world) { return gateway(world, Flaw::SelfSigned); });
    add(u"federation, certificate with a weak key"_s, u"certificate-weak"_s,
        DoctorStep::FederationTls, [server](FaultWorld &world) {
            FaultCertificates &weak = world.certificates();
            const quint16 behind = world
                                       .make<OpenSslServer>(weak.certificateFile(Flaw::Weak),
                                           weak.keyFile(Flaw::Weak))
                                       .port();
            return world
                .make<ScriptedServer>(
                    Script { { "<stream:stream",
                                 server + "<stream:features>" + tlsOffer() + "</stream:features>" },
                        { "<starttls", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
                            Then::Forward, behind } })
                .port();
        });
    rows.add(u"federation, a record that says no"_s, u"federation-not-allowed"_s,
            DoctorStep::FederationSrv,
            [](FaultWorld &world) -> Given {
                world.dns().addService(u"_xmpp-server._tcp.litware.test"_s, { .target = u"."_s });
                return accountAt(5222);
            })
        .domain
        = true;
    for (const QString &google : { u"gmail.com"_s, u"googlemail.com"_s }) {
        rows.add(u"federation with "_s + google, u"federation-srv-missing"_s,
                DoctorStep::FederationSrv,
                [google](FaultWorld &) -> Given {
                    FaultAccount account = accountAt(5222);
                    account.settings.insert(u"address"_s, u"alice@"_s + google);
                    return account;
                })
            .domain
            = true;
    }
    add(u"federation, domain not enabled"_s, u"federation-not-allowed"_s,
        DoctorStep::FederationStream, [](FaultWorld &) {
            const PeerServer *const prosody = peer(u"prosody"_s); // which serves alpha.test alone
            return prosody ? prosody->port(2) : quint16(0);
        });
}

} // namespace

HealthyPeer healthyXmpp(FaultWorld &world)
{
    XmppSimulator &server = world.make<XmppSimulator>(std::chrono::milliseconds(0));
    if (const QString trouble = server.start(world.folder(), 0); !trouble.isEmpty()) {
        qFatal("%s", qPrintable(trouble));
    }
    HealthyPeer peer;
    peer.port = server.port();
    peer.account.settings
        = { { u"address"_s, QString(XmppSimulator::userName() + u'@' + XmppSimulator::domain()) },
              { u"server"_s, u"localhost"_s }, { u"port"_s, server.port() },
              { u"connection"_s, u"starttls"_s }, { u"ca-file"_s, server.caFile() } };
    peer.account.password = XmppSimulator::password();
    return peer;
}

QList<Fault> xmppFaults()
{
    Rows rows;
    addHealthy(rows);
    addNames(rows);
    addWrongPorts(rows);
    addEncryption(rows);
    addSigningIn(rows);
    addFederation(rows);
    return rows.take();
}

} // namespace linchpin::test
