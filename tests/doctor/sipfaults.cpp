// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong with OCS, Lync and plain SIP servers.

#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "tests/doctor/fault.h"

#include <QFile>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::test {

namespace {

using sip::sim::OcsPool;
using sip::sim::Profile;
using Manner = RudeServer::Manner;

const QString kDomain = u"litwareinc.test"_s;
const QString kAlice = u"alice@litwareinc.test"_s;
const QString kPassword = u"Zażółć🦄"_s;

/// A pool with one user, and the account for it.
struct Pool {
    FaultWorld &world;
    OcsPool &pool;
    FaultAccount account;

    void set(const QString &key, const QVariant &value) { account.settings.insert(key, value); }
    /// The server has to be found; Lync's autodiscover is not asked.
    void forgetServer()
    {
        for (const QString &key : { u"server"_s, u"port"_s, u"connection"_s }) {
            account.settings.remove(key);
        }
        set(u"flavour"_s, u"ocs2007"_s);
    }
    /// An SRV record that leads to this pool, or to another port of this machine.
    void announce(const QString &service, quint16 port, quint16 priority = 10) const
    {
        world.dns().addAddress(u"sip."_s + kDomain);
        world.dns().addService(service + u'.' + kDomain,
            { .target = u"sip."_s + kDomain, .port = port, .priority = priority });
    }
};

const sip::sim::SimCertificates &certificates()
{
    // RSA keys take their time; one set for all rows.
    static const auto made = sip::sim::makeCertificates(OcsPool::certificateNames(kDomain));
    if (!made) {
        qFatal("no certificates");
    }
    return *made;
}

Pool poolIn(FaultWorld &world, OcsPool::Options options = {})
{
    options.directory = world.folder();
    options.certificates = certificates();
    OcsPool &pool = world.make<OcsPool>(options, nullptr);
    pool.addUser(kAlice, u"LITWARE\\alice"_s, kPassword, u"Alice"_s);
    pool.addPerson(u"carol@litwareinc.test"_s, { .displayName = u"Carol Cole"_s });
    pool.setContacts(kAlice, { { u"carol@litwareinc.test"_s, {}, { u"Work"_s } } });
    if (const auto started = pool.start(); !started) {
        qFatal("%s", qPrintable(started.error()));
    }
    Pool made { world, pool, {} };
    made.account.settings = { { u"address"_s, kAlice }, { u"login"_s, u"LITWARE\\alice"_s },
        { u"server"_s, u"localhost"_s }, { u"port"_s, pool.tlsPort() },
        { u"connection"_s, u"tls"_s }, { u"ca-file"_s, pool.authorityFile() } };
    made.account.password = kPassword;
    return made;
}

using Spoil = std::function<void(Pool &)>;

/// Rows around a pool of its own each.
class Rows : public FaultRows {
public:
    Rows()
        : FaultRows(u"sip"_s)
    {
    }

    using FaultRows::add;
    Fault &add(const QString &name, const QString &code, QStringView step, const Spoil &spoil,
        const OcsPool::Options &options = {})
    {
        return add(
            name, code, step, [spoil, options](FaultWorld &world) -> std::optional<FaultAccount> {
                Pool pool = poolIn(world, options);
                spoil(pool);
                return pool.account;
            });
    }
};

void addHealthy(Rows &rows)
{
    rows.add(u"Lync 2010"_s, {}, {}, [](Pool &) { }, { .profile = Profile::Lync2010 });
    rows.add(u"Lync 2013"_s, {}, {}, [](Pool &) { }, { .profile = Profile::Lync2013 });
    rows.add(u"Lync 2013, TLS-DSK"_s, {}, {}, [](Pool &p) { p.set(u"auth"_s, u"tls-dsk"_s); },
        { .profile = Profile::Lync2013 });
    rows.add(u"found by its record"_s, {}, {}, [](Pool &p) {
        p.forgetServer();
        p.announce(u"_sipinternaltls._tcp"_s, p.pool.tlsPort());
    });
    rows.add(u"TCP, chosen"_s, {}, {}, [](Pool &p) {
        p.set(u"connection"_s, u"plain"_s);
        p.set(u"port"_s, p.pool.tcpPort());
    });
    rows.add(
        u"plain SIP: Kamailio"_s, {}, {}, [](FaultWorld &world) -> std::optional<FaultAccount> {
            auto &server = world.make<PeerServer>();
            if (!server.start(u"kamailio"_s)) {
                qWarning("%s", qPrintable(server.reason()));
                return std::nullopt;
            }
            FaultAccount account;
            account.settings
                = { { u"address"_s, u"alice@sip.test"_s }, { u"flavour"_s, u"standard"_s },
                      { u"server"_s, u"127.0.0.1"_s }, { u"port"_s, server.port(1) },
                      { u"connection"_s, u"tls"_s }, { u"ca-file"_s, server.caFile() } };
            account.password = u"alice-pw"_s;
            return account;
        });
}

void addMended(Rows &rows)
{
    rows.add(u"the first server is down, the second is not"_s, {}, {},
            [](Pool &p) {
                p.forgetServer();
                p.announce(u"_sipinternaltls._tcp"_s, closedPort(), 1);
                p.announce(u"_sipinternaltls._tcp"_s, p.pool.tlsPort(), 2);
            })
        .warnings
        = { u"refused"_s };
    rows.add(u"client version refused, another one taken"_s, {}, {},
            [](Pool &p) {
                p.pool.refuseUserAgent(
                    u"You are not using the recommended version."_s, u"/15\\."_s);
            })
        .warnings
        = { u"user-agent-rejected"_s };
    rows.add(u"clock twenty minutes behind the server's"_s, {}, {},
            [](Pool &p) { p.pool.setClockSkew(20min); })
        .warnings
        = { u"clock-wrong"_s };
    // It names no service for certificates: no key has to be made, which takes its time.
    rows.add(u"TLS-DSK fails, NTLM works"_s, {}, {},
            [](Pool &p) { p.pool.offerSchemes({ "TLS-DSK"_ba, "NTLM"_ba }); })
        .warnings
        = { u"certificate-provisioning-failed"_s };
}

void addDiscovery(Rows &rows)
{
    rows.add(u"no record at all"_s, u"no-srv-record"_s, {}, [](Pool &p) { p.forgetServer(); });
    rows.add(
        u"records of an XMPP server alone"_s, u"no-srv-record"_s, DoctorStep::Srv, [](Pool &p) {
            p.forgetServer();
            p.announce(u"_xmpp-client._tcp"_s, closedPort());
        });
    rows.add(
        u"record leads to a name that does not exist"_s, u"srv-target-missing"_s, {}, [](Pool &p) {
            p.forgetServer();
            p.world.dns().addService(
                u"_sip._tls."_s + kDomain, { .target = u"missing."_s + kDomain, .port = 443 });
        });
    rows.add(u"records that say no"_s, u"no-srv-record"_s, DoctorStep::Srv, [](Pool &p) {
        p.forgetServer();
        p.world.dns().addService(u"_sip._tls."_s + kDomain, { .target = u"."_s });
        p.world.dns().addAddress(u"sip."_s + kDomain); // would be tried without that record
    });
    rows.add(u"record leads to a port where nobody listens"_s, u"refused"_s, DoctorStep::Tcp,
        [](Pool &p) {
            p.forgetServer();
            p.announce(u"_sip._tls"_s, closedPort());
        });
    rows.add(u"Skype for Business Online"_s, u"service-retired"_s, {}, [](Pool &p) {
        p.forgetServer();
        p.world.dns().addService(
            u"_sip._tls."_s + kDomain, { .target = u"sipdir.online.lync.com"_s, .port = 443 });
    });
    rows.add(u"Skype for Business Online, entered by hand"_s, u"service-retired"_s, {},
        [](Pool &p) { p.set(u"server"_s, u"sipdir.online.lync.com"_s); });
    rows.add(u"discovery address of no use"_s, u"discovery-failed"_s, {}, [](Pool &p) {
        p.forgetServer();
        p.set(u"flavour"_s, u"lync"_s);
        p.set(u"discovery-url"_s, u"https://localhost:%1/"_s.arg(closedPort()));
    });
    rows.add(u"server by hand is dead, the records know better"_s, u"refused"_s, DoctorStep::Srv,
            [](Pool &p) {
                p.announce(u"_sip._tls"_s, p.pool.tlsPort());
                p.set(u"port"_s, closedPort());
            })
        .fix
        = { { u"server"_s, u""_s }, { u"port"_s, 0 } };
    rows.add(u"the servers send us round and round"_s, u"redirect-loop"_s, {},
        [](Pool &p) { p.pool.redirectTo({ u"localhost:%1"_s.arg(p.pool.tlsPort()) }); });
}

void addConnection(Rows &rows)
{
    rows.add(u"TLS at the port without"_s, u"not-tls"_s, {},
        [](Pool &p) { p.set(u"port"_s, p.pool.tcpPort()); });
    rows.add(u"no TLS at the port with"_s, u"tls-required"_s, {},
            [](Pool &p) { p.set(u"connection"_s, u"plain"_s); })
        .fix
        = { { u"connection"_s, u"tls"_s } };
    rows.add(u"certificate of another authority"_s, u"certificate-untrusted"_s, DoctorStep::Tls,
        [](Pool &) { }, { .certificateFault = sip::sim::CertificateFault::OtherAuthority });
    rows.add(u"pool with TLS 1.0 alone"_s, u"tls-too-old"_s, DoctorStep::Tls, [](Pool &) { },
        { .oldTls = true });
    rows.add(u"pool with RC4 alone"_s, u"tls-handshake-failed"_s, DoctorStep::Tls, [](Pool &) { },
        { .noCommonCipher = true });
    rows.add(u"a web server in the pool's place"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](Pool &p) { p.pool.speakHttp(true); });
    rows.add(u"an XMPP server in the pool's place"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](Pool &p) { p.pool.speak("<?xml version='1.0'?><stream:stream>\r\n"_ba); });
    rows.add(u"the pool says nothing"_s, u"timed-out"_s, DoctorStep::Protocol,
        [](Pool &p) { p.pool.stayMute(true); });
}

void addAnswers(Rows &rows)
{
    rows.add(u"501"_s, u"not-implemented"_s, DoctorStep::Protocol,
        [](Pool &p) { p.pool.answer(501, "REGISTER"_ba); });
    rows.add(u"503"_s, u"server-fault"_s, {}, [](Pool &p) { p.pool.beBusy(90s); });
    rows.add(u"400"_s, u"unknown"_s, {}, [](Pool &p) { p.pool.answer(400, "REGISTER"_ba); });
    rows.add(u"404"_s, u"address-unknown"_s, {},
        [](Pool &p) { p.set(u"address"_s, u"nobody@litwareinc.test"_s); });
    rows.add(u"wrong signatures"_s, u"bad-signature"_s, {},
        [](Pool &p) { p.pool.corruptSignatures(true); });
    rows.add(
        u"no signatures"_s, u"bad-signature"_s, {}, [](Pool &p) { p.pool.omitSignatures(true); });
    rows.add(u"signed in elsewhere"_s, u"elsewhere-signed-in"_s, {}, [](Pool &p) {
        OcsPool &pool = p.pool;
        QObject::connect(
            &pool, &OcsPool::signedIn, &pool,
            [&pool](const QString &address) {
                pool.deregister(address, "unregistered"_ba, "Signed in elsewhere"_ba);
            },
            Qt::QueuedConnection);
    });
    rows.add(u"client version by hand refused"_s, u"user-agent-rejected"_s, DoctorStep::UserAgent,
            [](Pool &p) {
                p.set(u"user-agent"_s, u"Linchpin/0.1"_s);
                p.pool.refuseUserAgent(
                    u"You are currently not using the recommended version of the client."_s,
                    u"/15\\."_s);
            })
        .fix
        = { { u"user-agent"_s, u"UCCAPI/15.0.4420.1017 OC/15.0.4420.1017"_s } };
    rows.add(u"every client version refused"_s, u"client-version-rejected"_s, DoctorStep::UserAgent,
        [](Pool &p) {
            p.pool.refuseUserAgent(
                u"You are currently not using the recommended version of the client."_s,
                u"never"_s);
        });
}

void addAuthentication(Rows &rows)
{
    const auto authentication = DoctorStep::Authentication;
    rows.add(u"wrong password"_s, u"wrong-password"_s, authentication,
        [](Pool &p) { p.account.password = u"something else"_s; });
    rows.add(u"account disabled"_s, u"account-disabled"_s, authentication,
        [](Pool &p) { p.pool.disable(kAlice); });
    rows.add(u"login of somebody else"_s, u"login-format"_s, authentication,
        [](Pool &p) { p.pool.refuseIdentity(); });
    rows.add(u"login of another Windows domain"_s, u"login-format"_s, authentication,
            [](Pool &p) { p.set(u"login"_s, u"CONTOSO\\alice"_s); })
        .fix
        = { { u"login"_s, u"LITWARE\\alice"_s } };
    rows.add(u"clock refused"_s, u"clock-wrong"_s, {}, [](Pool &p) { p.pool.refuseClock(true); });
    rows.add(u"Kerberos wanted, not offered"_s, u"auth-scheme-unavailable"_s,
            DoctorStep::AuthenticationSchemes, [](Pool &p) { p.set(u"auth"_s, u"kerberos"_s); })
        .fix
        = { { u"auth"_s, u"auto"_s } };
    rows.add(u"nothing offered that works"_s, u"auth-scheme-unavailable"_s,
        DoctorStep::AuthenticationSchemes, [](Pool &p) { p.pool.offerSchemes({ "Basic"_ba }); });
    const OcsPool::Options lync { .profile = Profile::Lync2013 };
    const auto tlsDsk = [](const std::function<void(OcsPool &)> &spoil) {
        return [spoil](Pool &p) {
            p.set(u"auth"_s, u"tls-dsk"_s);
            spoil(p.pool);
        };
    };
    rows.add(u"TLS-DSK with RC4 alone"_s, u"tls-dsk-cipher-rejected"_s, authentication,
        tlsDsk([](OcsPool &pool) { pool.insistOnRc4(true); }), lync);
    rows.add(u"no web ticket"_s, u"web-ticket-failed"_s, authentication,
        tlsDsk([](OcsPool &pool) { pool.refuseWebTickets(); }), lync);
    rows.add(u"no certificate"_s, u"certificate-provisioning-failed"_s, authentication,
        tlsDsk([](OcsPool &pool) { pool.refuseNewCertificates(); }), lync);
    rows.add(
        u"wrong password at the web service"_s, u"wrong-password"_s, authentication,
        [](Pool &p) {
            p.set(u"auth"_s, u"tls-dsk"_s);
            p.account.password = u"something else"_s;
        },
        lync);
}

PeerServer *kdc()
{
    return sharedPeer(u"krb5"_s);
}

/// A pool that offers Kerberos, and a desktop with or without a ticket.
void addKerberos(Rows &rows, const QString &name, const QString &code, const Spoil &spoil)
{
    rows.add(name, code, {}, [spoil](FaultWorld &world) -> std::optional<FaultAccount> {
        const PeerServer *const server = kdc();
        if (server == nullptr) {
            return std::nullopt;
        }
        world.setEnvironment("KRB5_CONFIG"_ba, (server->dataDir() + u"/krb5.conf"_s).toLocal8Bit());
        world.setEnvironment(
            "KRB5CCNAME"_ba, "FILE:" + (world.folder() + u"/tickets"_s).toLocal8Bit());
        world.setEnvironment(
            "KRB5_KTNAME"_ba, (server->dataDir() + u"/service.keytab"_s).toLocal8Bit());
        world.setEnvironment("KRB5_CLIENT_KTNAME"_ba, "FILE:/nonexistent"_ba);
        Pool pool = poolIn(world);
        pool.pool.offerSchemes({ "Kerberos"_ba });
        pool.pool.setKeytab(server->dataDir() + u"/service.keytab"_s);
        pool.set(u"auth"_s, u"kerberos"_s);
        pool.set(u"login"_s, u"alice@peers.test"_s);
        pool.account.password = u"alice-pw"_s;
        spoil(pool);
        return pool.account;
    });
}

void addKerberos(Rows &rows)
{
    addKerberos(rows, u"Kerberos with a password"_s, {}, [](Pool &) { });
    addKerberos(rows, u"Single Sign-On with a ticket"_s, {}, [](Pool &p) {
        p.set(u"single-sign-on"_s, true);
        kdc()->run(
            u"kinit"_s, { u"-k"_s, u"-t"_s, kdc()->dataDir() + u"/client.keytab"_s, u"alice"_s });
    });
    addKerberos(rows, u"Single Sign-On without a ticket"_s, u"kerberos-no-ticket"_s,
        [](Pool &p) { p.set(u"single-sign-on"_s, true); });
    addKerberos(rows, u"Kerberos of a realm nobody knows"_s, u"kerberos-no-realm"_s,
        [](Pool &p) { p.set(u"login"_s, u"LITWARE\\alice"_s); });
    addKerberos(rows, u"Kerberos with a wrong password"_s, u"wrong-password"_s,
        [](Pool &p) { p.account.password = u"something else"_s; });
    addKerberos(rows, u"Kerberos for a login it does not know"_s, u"login-format"_s,
        [](Pool &p) { p.set(u"login"_s, u"nobody@peers.test"_s); });
    addKerberos(rows, u"Kerberos with a locked account"_s, u"account-disabled"_s, [](Pool &p) {
        p.set(u"login"_s, u"locked@peers.test"_s);
        p.account.password = u"locked-pw"_s;
    });
    addKerberos(rows, u"Kerberos, and the server's clock is off"_s, u"clock-wrong"_s,
        [](Pool &p) { p.pool.setClockSkew(20min); });
}

/// NTLM with the logon of a desktop that has none: either nobody is logged on, or the part of the
/// system for it (gss-ntlmssp) is missing. Which parts there are is read once a process.
void addWindowsLogon(Rows &rows)
{
    const auto withLogon = [](const QByteArray &name, const QByteArray &value) {
        return [name, value](Pool &p) {
            p.world.setEnvironment(name, value);
            p.set(u"auth"_s, u"ntlm"_s);
            p.set(u"single-sign-on"_s, true);
            p.account.password.clear();
        };
    };
    rows.add(u"Single Sign-On by NTLM, nobody is logged on"_s, u"single-sign-on-unavailable"_s,
        DoctorStep::Authentication, withLogon("NTLM_USER_FILE"_ba, "/nonexistent"_ba));
    rows.add(u"Single Sign-On by NTLM, not installed"_s, u"single-sign-on-unavailable"_s,
            DoctorStep::Authentication, withLogon("GSS_MECH_CONFIG"_ba, "/dev/null"_ba))
        .ownProcess
        = true;
}

void addFederation(Rows &rows)
{
    const auto domainOf = [&rows](const QString &address, const QString &name, const QString &code,
                              const std::function<void(FaultWorld &)> &arrange) -> Fault & {
        Fault &fault = rows.add(
            name, code, {}, [address, arrange](FaultWorld &world) -> std::optional<FaultAccount> {
                arrange(world);
                FaultAccount account;
                account.settings = { { u"address"_s, address },
                    { u"ca-file"_s, world.certificates().authorityFile() } };
                return account;
            });
        fault.domain = true;
        return fault;
    };
    const auto domain = [domainOf](const QString &name, const QString &code,
                            const std::function<void(FaultWorld &)> &arrange) {
        domainOf(u"alice@litware.test"_s, name, code, arrange);
    };
    const auto announce = [](FaultWorld &world, quint16 port) {
        world.dns().addAddress(u"edge.litware.test"_s);
        world.dns().addService(u"_sipfederationtls._tcp.litware.test"_s,
            { .target = u"edge.litware.test"_s, .port = port });
    };
    domain(u"no federation record"_s, u"federation-srv-missing"_s, [](FaultWorld &) { });
    domain(u"federation port closed"_s, u"federation-port-closed"_s,
        [announce](FaultWorld &world) { announce(world, closedPort()); });
    domain(u"federation certificate of another name"_s, u"federation-certificate-mismatch"_s,
        [announce](FaultWorld &world) {
            announce(world, world.tlsServer(Manner::Silent, Flaw::OtherName).port());
        });
    domain(u"federation certificate with a weak key"_s, u"certificate-weak"_s,
        [announce](FaultWorld &world) {
            FaultCertificates &weak = world.certificates();
            announce(world,
                world
                    .make<OpenSslServer>(weak.certificateFile(Flaw::Weak), weak.keyFile(Flaw::Weak))
                    .port());
        });
    domain(u"federation record that says no"_s, u"federation-not-allowed"_s, [](FaultWorld &world) {
        world.dns().addService(u"_sipfederationtls._tcp.litware.test"_s, { .target = u"."_s });
    });
    // Google's people have two names, which the administrator has to know.
    for (const QString &google : { u"gmail.com"_s, u"googlemail.com"_s }) {
        domainOf(u"alice@"_s + google, u"federation with "_s + google, u"federation-srv-missing"_s,
            [](FaultWorld &) { })
            .warnings
            = { u"federation-not-allowed"_s };
    }
}

} // namespace

HealthyPeer healthySip(FaultWorld &world)
{
    const Pool pool = poolIn(world);
    return { pool.account, pool.pool.tlsPort() };
}

QList<Fault> sipFaults()
{
    Rows rows;
    addHealthy(rows);
    addMended(rows);
    addDiscovery(rows);
    addConnection(rows);
    addAnswers(rows);
    addAuthentication(rows);
    addKerberos(rows);
    addWindowsLogon(rows);
    addFederation(rows);
    return rows.take();
}

} // namespace linchpin::test
