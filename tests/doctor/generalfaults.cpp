// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong in the same way with every protocol: names, connections, proxies, TLS,
// certificates, the clock, somebody else at the port.

#include "tests/doctor/fault.h"

#include <QDateTime>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

using Manner = RudeServer::Manner;
using Given = std::optional<FaultAccount>;

/// An account at a server of ours at this port.
FaultAccount accountAt(const QString &protocol, quint16 port, const QString &host = u"localhost"_s)
{
    FaultAccount account = localAccount(port, u"tls"_s);
    account.settings.insert(u"server"_s, host);
    if (protocol == "irc"_L1) {
        account.settings.insert(u"nick"_s, u"alice"_s);
    }
    account.password = u"Zażółć-gęślą-jaźń"_s;
    return account;
}

FaultAccount behind(FaultAccount account, const TestProxy &proxy, const QString &type)
{
    account.settings.insert(u"proxy-type"_s, type);
    account.settings.insert(u"proxy-host"_s, u"127.0.0.1"_s);
    account.settings.insert(u"proxy-port"_s, proxy.port());
    return account;
}

HealthyPeer healthyPeer(const QString &protocol, FaultWorld &world)
{
    return protocol == "sip"_L1 ? healthySip(world)
        : protocol == "xmpp"_L1 ? healthyXmpp(world)
                                : healthyIrc(world);
}

/// A web server that tells that time.
QUrl clockAt(FaultWorld &world, const QDateTime &time)
{
    const QByteArray date
        = QLocale::c().toString(time.toUTC(), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s).toLatin1();
    const RudeServer &web = world.plainServer(Manner::Answers,
        "HTTP/1.1 200 OK\r\nDate: " + date + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return QUrl(u"http://127.0.0.1:%1/"_s.arg(web.port()));
}

/// Rows of one protocol.
class Rows : public FaultRows {
public:
    explicit Rows(const QString &protocol)
        : FaultRows(protocol)
        , m_protocol(protocol)
    {
    }

    Fault &add(const QString &name, const QString &code, QStringView step,
        const std::function<Given(FaultWorld &, const QString &protocol)> &arrange)
    {
        return FaultRows::add(
            name, code, step, [arrange, protocol = m_protocol](FaultWorld &world) {
                return arrange(world, protocol);
            });
    }
    /// A server whose certificate has a flaw.
    Fault &addCertificate(const QString &name, const QString &code, Flaw flaw)
    {
        return add(name, code, DoctorStep::Tls, [flaw](FaultWorld &world, const QString &protocol) {
            FaultCertificates &certificates = world.certificates();
            const quint16 port = flaw == Flaw::Weak
                ? world
                      .make<OpenSslServer>(
                          certificates.certificateFile(flaw), certificates.keyFile(flaw))
                      .port()
                : world.tlsServer(Manner::Silent, flaw).port();
            return accountAt(protocol, port);
        });
    }
    /// The protocol's own server, behind a proxy.
    void addProxy(
        const QString &name, const QString &code, TestProxy::Kind kind, TestProxy::Manner manner)
    {
        const QStringView step = code.isEmpty() ? QStringView() : DoctorStep::Proxy;
        add(name, code, step, [kind, manner](FaultWorld &world, const QString &protocol) {
            const HealthyPeer peer = healthyPeer(protocol, world);
            const TestProxy &proxy = world.make<TestProxy>(kind, manner);
            return behind(
                peer.account, proxy, kind == TestProxy::Kind::Http ? u"http"_s : u"socks5"_s);
        });
    }

private:
    QString m_protocol;
};

void addLines(Rows &rows)
{
    rows.add(u"healthy"_s, {}, {}, [](FaultWorld &world, const QString &protocol) {
        return healthyPeer(protocol, world).account;
    });
    rows.add(u"server's name unknown"_s, u"name-not-found"_s, DoctorStep::Name,
        [](FaultWorld &, const QString &protocol) {
            return accountAt(protocol, 5999, u"missing.litware.invalid"_s);
        });
    rows.add(u"nobody listens"_s, u"refused"_s, DoctorStep::Tcp,
        [](FaultWorld &, const QString &protocol) { return accountAt(protocol, closedPort()); });
    rows.add(u"packets are dropped"_s, u"timed-out"_s, DoctorStep::Tcp,
        [](FaultWorld &world, const QString &protocol) {
            return accountAt(protocol, world.make<BlackHole>().port(), u"127.0.0.1"_s);
        });
    rows.add(u"no way there"_s, u"unreachable"_s, DoctorStep::Tcp,
        [](FaultWorld &, const QString &protocol) {
            // The broadcast address of the loopback network: ENETUNREACH on every machine.
            return accountAt(protocol, 5999, u"127.255.255.255"_s);
        });
    rows.add(u"silence instead of TLS"_s, u"timed-out"_s, DoctorStep::Tls,
        [](FaultWorld &world, const QString &protocol) {
            return accountAt(protocol, world.plainServer(Manner::Silent).port());
        });
    rows.add(u"silence behind TLS"_s, u"timed-out"_s, DoctorStep::Protocol,
        [](FaultWorld &world, const QString &protocol) {
            return accountAt(protocol, world.tlsServer(Manner::Silent).port());
        });
}

void addStrangers(Rows &rows, const QString &own)
{
    // The protocol that listens to what is said there knows that it is not its own.
    const bool listens = own == "irc"_L1;
    rows.add(u"plain text at a TLS port"_s, listens ? u"wrong-protocol"_s : u"not-tls"_s,
        listens ? DoctorStep::Protocol : DoctorStep::Tls,
        [](FaultWorld &world, const QString &protocol) {
            return accountAt(protocol,
                world.plainServer(Manner::Answers, "what was that?\r\nwhat?\r\n"_ba).port());
        });
    rows.add(u"mail server at a TLS port"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world, const QString &protocol) {
            return accountAt(protocol,
                world.plainServer(Manner::Speaks, "220 mail.litware.test ESMTP\r\n"_ba).port());
        });
    rows.add(u"web server behind TLS"_s, u"wrong-protocol"_s, DoctorStep::Protocol,
        [](FaultWorld &world, const QString &protocol) {
            return accountAt(protocol,
                world
                    .tlsServer(Manner::Answers, Flaw::None,
                        "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\n"
                        "Connection: close\r\n\r\n"_ba)
                    .port());
        });
}

void addTls(Rows &rows, const QString &own)
{
    rows.add(u"nothing newer than TLS 1.0"_s, u"tls-too-old"_s, DoctorStep::Tls,
        [](FaultWorld &world, const QString &protocol) {
            RudeServer::Options options;
            options.tls = world.certificates().outdatedServer();
            return accountAt(protocol, world.make<RudeServer>(options).port());
        });
    rows.add(u"no handshake"_s, u"tls-handshake-failed"_s, DoctorStep::Tls,
        [](FaultWorld &world, const QString &protocol) {
            // An alert of RFC 8446 §6: fatal, handshake_failure.
            return accountAt(protocol,
                world.plainServer(Manner::Answers, "\x15\x03\x03\x00\x02\x02\x28"_ba.first(7))
                    .port());
        });
    rows.addCertificate(u"certificate expired"_s, u"certificate-expired"_s, Flaw::Expired);
    rows.addCertificate(u"certificate of the day after tomorrow"_s, u"certificate-not-yet-valid"_s,
        Flaw::NotYetValid);
    rows.addCertificate(u"self-signed certificate"_s, u"certificate-untrusted"_s, Flaw::SelfSigned);
    rows.addCertificate(u"certificate of a strange authority"_s, u"certificate-untrusted"_s,
        Flaw::ForeignAuthority);
    rows.addCertificate(u"certificate with a weak key"_s, u"certificate-weak"_s, Flaw::Weak);
    Fault &otherName = rows.addCertificate(
        u"certificate for another name"_s, u"certificate-name-mismatch"_s, Flaw::OtherName);
    otherName.remedy = u"mail.litware.test"_s;
    if (own == "xmpp"_L1) { // there the domain's name counts, not the server's
        otherName.fix = { { u"server"_s, QVariant() } };
    } else {
        otherName.fix = { { u"server"_s, u"mail.litware.test"_s } };
        Fault &known = rows.add(u"certificate for another name that is known"_s,
            u"certificate-name-mismatch"_s, DoctorStep::Tls,
            [](FaultWorld &world, const QString &protocol) {
                world.dns().addAddress(u"mail.litware.test"_s);
                return accountAt(protocol, world.tlsServer(Manner::Silent, Flaw::OtherName).port());
            });
        known.fix = { { u"server"_s, u"mail.litware.test"_s } };
        known.remedy = u"mail.litware.test"_s;
        // Whoever stands in between may have a good certificate for a name of his own.
        Fault &foreign = rows.add(u"certificate for a name of another domain"_s,
            u"certificate-name-mismatch"_s, DoctorStep::Tls,
            [](FaultWorld &world, const QString &protocol) {
                world.dns().addAddress(u"mail.litware.test"_s);
                FaultAccount account
                    = accountAt(protocol, world.tlsServer(Manner::Silent, Flaw::OtherName).port());
                account.settings.insert(u"address"_s, u"alice@contoso.test"_s);
                return account;
            });
        foreign.fix = { { u"server"_s, QVariant() } };
        foreign.remedy = u"mail.litware.test"_s;
    }
    rows.add(u"our clock is late"_s, u"clock-wrong"_s, DoctorStep::Clock,
        [](FaultWorld &world, const QString &protocol) {
            world.clocks = { clockAt(world, QDateTime::currentDateTimeUtc().addDays(4)) };
            return accountAt(protocol, world.tlsServer(Manner::Silent, Flaw::NotYetValid).port());
        });
    rows.add(u"our clock is early"_s, u"clock-wrong"_s, DoctorStep::Clock,
        [](FaultWorld &world, const QString &protocol) {
            world.clocks = { clockAt(world, QDateTime::currentDateTimeUtc().addDays(-20)) };
            return accountAt(protocol, world.tlsServer(Manner::Silent, Flaw::Expired).port());
        });
    rows.add(u"certificate expired and the clock is right"_s, u"certificate-expired"_s,
        DoctorStep::Tls, [](FaultWorld &world, const QString &protocol) {
            world.clocks = { clockAt(world, QDateTime::currentDateTimeUtc()) };
            return accountAt(protocol, world.tlsServer(Manner::Silent, Flaw::Expired).port());
        });
}

void addProxies(Rows &rows)
{
    using Kind = TestProxy::Kind;
    rows.addProxy(u"through an HTTP proxy"_s, {}, Kind::Http, TestProxy::Manner::Helps);
    rows.addProxy(u"through a SOCKS5 proxy"_s, {}, Kind::Socks5, TestProxy::Manner::Helps);
    rows.addProxy(
        u"HTTP proxy refuses"_s, u"proxy-refused"_s, Kind::Http, TestProxy::Manner::Refuses);
    rows.addProxy(
        u"SOCKS5 proxy refuses"_s, u"proxy-refused"_s, Kind::Socks5, TestProxy::Manner::Refuses);
    rows.addProxy(u"HTTP proxy wants a password"_s, u"proxy-auth-required"_s, Kind::Http,
        TestProxy::Manner::WantsPassword);
    rows.addProxy(u"SOCKS5 proxy wants a password"_s, u"proxy-auth-required"_s, Kind::Socks5,
        TestProxy::Manner::WantsPassword);
    rows.addProxy(
        u"a mail server as proxy"_s, u"proxy-refused"_s, Kind::Http, TestProxy::Manner::NoProxy);
    rows.add(u"no proxy there"_s, u"proxy-refused"_s, DoctorStep::Proxy,
        [](FaultWorld &world, const QString &protocol) {
            HealthyPeer peer = healthyPeer(protocol, world);
            peer.account.settings.insert(u"proxy-type"_s, u"socks5"_s);
            peer.account.settings.insert(u"proxy-host"_s, u"127.0.0.1"_s);
            peer.account.settings.insert(u"proxy-port"_s, closedPort());
            return peer.account;
        });
    rows.add(u"proxy without a name"_s, u"invalid-setting"_s, {},
        [](FaultWorld &, const QString &protocol) {
            FaultAccount account = accountAt(protocol, 5999);
            account.settings.insert(u"proxy-type"_s, u"http"_s);
            return account;
        });
}

/// Services that have ended are known by their domain; nothing is connected to.
void addEnded(Rows &rows)
{
    rows.add(u"Google Talk has ended"_s, u"service-retired"_s, DoctorStep::Settings,
        [](FaultWorld &, const QString &) {
            FaultAccount account;
            account.settings = { { u"address"_s, u"alice@gmail.com"_s } };
            account.password = u"Zażółć-gęślą-jaźń"_s;
            return account;
        });
}

} // namespace

QList<Fault> generalFaults(const QString &protocol)
{
    Rows rows(protocol);
    if (protocol == "xmpp"_L1) {
        addEnded(rows);
    }
    addLines(rows);
    addStrangers(rows, protocol);
    addTls(rows, protocol);
    addProxies(rows);
    return rows.take();
}

} // namespace linchpin::test
