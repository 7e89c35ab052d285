// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-sim-sip: the pool as a program, for hands-on work, the demonstration and tests in other
// processes.

#include "protocols/sip/simulator/democast.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTimer>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin::sip::sim;

namespace {

int signalPipe[2];

void onSignal(int)
{
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(signalPipe[0], &byte, 1);
}

/// Ends the program when standard input closes or on SIGTERM and SIGINT.
void quitWithParent(QCoreApplication &application)
{
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, signalPipe);
    auto *signals = new QSocketNotifier(signalPipe[1], QSocketNotifier::Read, &application);
    QObject::connect(signals, &QSocketNotifier::activated, &application, &QCoreApplication::quit);
    std::signal(SIGTERM, onSignal);
    std::signal(SIGINT, onSignal);

    auto *input = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, &application);
    QObject::connect(input, &QSocketNotifier::activated, &application, [input] {
        std::array<char, 512> buffer;
        if (::read(STDIN_FILENO, buffer.data(), buffer.size()) <= 0) {
            input->setEnabled(false);
            QCoreApplication::quit();
        }
    });
}

CertificateFault certificateFault(const QString &word)
{
    return word == u"not-yet-valid"  ? CertificateFault::NotYetValid
        : word == u"self-signed"     ? CertificateFault::SelfSigned
        : word == u"other-authority" ? CertificateFault::OtherAuthority
                                     : CertificateFault::None;
}

/// What such a server says to somebody who says nothing it knows.
QByteArray greeting(const QString &protocol)
{
    return protocol == u"xmpp" ? "<?xml version='1.0'?><stream:stream "
                                 "xmlns='jabber:client' xmlns:stream="
                                 "'http://etherx.jabber.org/streams'><stream:error/>"_ba
        : protocol == u"ssh"   ? "SSH-2.0-OpenSSH_9.9\r\n"_ba
        : protocol == u"smtp"  ? "220 mail.litwareinc.test ESMTP\r\n"_ba
        : protocol == u"imap"  ? "* OK IMAP4rev1 ready\r\n"_ba
        : protocol == u"irc"   ? ":irc.litwareinc.test 451 * :You have not registered\r\n"_ba
                               : QByteArray();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"A simulated Office Communications Server or Lync pool on loopback."_s);
    parser.addHelpOption();
    parser.addOptions({
        { u"demo"_s, u"Scripted people and one account to sign in with."_s },
        { u"dir"_s, u"Where ca.pem and received.jsonl go (a temporary one)."_s, u"directory"_s },
        { u"port"_s, u"TLS port, 0 for any."_s, u"port"_s, u"0"_s },
        { u"tcp-port"_s, u"TCP port, 0 for any."_s, u"port"_s, u"0"_s },
        { u"profile"_s, u"ocs2007r2, lync2010 or lync2013."_s, u"name"_s, u"ocs2007r2"_s },
        { u"behind-proxy"_s,
            u"Put the pool under its own names behind an HTTP proxy, to be found by address."_s },
        { u"plain"_s, u"Announce the TCP port instead of the TLS port."_s },
        { u"delay-ms"_s,
            u"How long scripted people think; 0: they answer at once and keep their moods."_s,
            u"ms"_s, u"1500"_s },
        { u"user"_s, u"A further account; may be given several times."_s,
            u"address,login,password,name"_s },
        { u"contacts"_s, u"That many further contacts of the demonstration's account."_s,
            u"number"_s, u"0"_s },
        { u"online"_s, u"How many of them are signed in."_s, u"number"_s, u"0"_s },
        { u"slow-ms"_s, u"The pool waits before everything it sends."_s, u"ms"_s },
        { u"only-user-agent"_s, u"Refuse clients whose User-Agent does not match."_s,
            u"pattern"_s },
        { u"cut-after"_s, u"Cut the connection after that many messages."_s, u"number"_s },
        { u"answer"_s, u"Answer requests so: 501, or 503:REGISTER."_s, u"status[:METHOD]"_s },
        { u"retry-after"_s, u"Retry-After header of --answer."_s, u"seconds"_s },
        { u"http"_s, u"Answer like a web server."_s },
        { u"corrupt-signatures"_s, u"Sign wrongly."_s },
        { u"expired-certificate"_s, u"Show a certificate that ended yesterday."_s },
        { u"foreign-certificate"_s, u"Show a certificate of another name."_s },
        { u"missing-signatures"_s, u"Sign nothing."_s },
        { u"certificate"_s, u"not-yet-valid, self-signed or other-authority."_s, u"fault"_s },
        { u"old-tls"_s, u"TLS 1.0 and nothing newer."_s },
        { u"no-common-cipher"_s, u"TLS with no cipher suite that clients have."_s },
        { u"mute"_s, u"Take connections and say nothing."_s },
        { u"speak"_s, u"Be a server of xmpp, ssh, smtp, imap or irc."_s, u"protocol"_s },
        { u"disable"_s, u"This account may not sign in; several times."_s, u"address"_s },
        { u"refuse-clock"_s, u"Say of everybody that the clock is wrong."_s },
        { u"refuse-identity"_s, u"Say that the login is somebody else's."_s },
        { u"refuse-web-tickets"_s, u"The web services give out no tickets."_s },
        { u"refuse-certificates"_s, u"The web services give out no certificates."_s },
        { u"rc4-only"_s, u"TLS-DSK with RC4 or not at all."_s },
        { u"clock-skew"_s, u"The pool's clock is that far ahead."_s, u"minutes"_s },
        { u"redirect"_s, u"Send clients there; several times: the best first."_s, u"host:port"_s },
        { u"redirect-loop"_s, u"Send clients to this pool itself."_s },
        { u"sign-out"_s,
            u"Sign people out a second after they came: unregistered (elsewhere), "
            "rejected (disabled) or deactivated (moved)."_s,
            u"event"_s },
        { u"schemes"_s, u"What the pool offers: NTLM, Kerberos, TLS-DSK."_s, u"list"_s },
        { u"keytab"_s, u"Where the key of sip/pool01.<domain> is, for Kerberos."_s, u"file"_s },
        { u"signature-version"_s, u"2, 3 or 4."_s, u"version"_s, u"4"_s },
    });
    parser.process(application);

    QTemporaryDir temporary;
    const auto directory = parser.isSet(u"dir"_s) ? parser.value(u"dir"_s) : temporary.path();
    const QString profile = parser.value(u"profile"_s);
    OcsPool pool({ .directory = directory,
                     .profile = profile == u"lync2013" ? Profile::Lync2013
                         : profile == u"lync2010"      ? Profile::Lync2010
                                                       : Profile::Ocs2007R2,
                     .expiredCertificate = parser.isSet(u"expired-certificate"_s),
                     .foreignCertificate = parser.isSet(u"foreign-certificate"_s),
                     .certificateFault = certificateFault(parser.value(u"certificate"_s)),
                     .oldTls = parser.isSet(u"old-tls"_s),
                     .noCommonCipher = parser.isSet(u"no-common-cipher"_s),
                     .tlsPort = parser.value(u"port"_s).toUShort(),
                     .tcpPort = parser.value(u"tcp-port"_s).toUShort(),
                     .behindProxy = parser.isSet(u"behind-proxy"_s) },
        nullptr);
    DemoCast cast(pool, std::chrono::milliseconds(parser.value(u"delay-ms"_s).toInt()));
    if (const int crowd = parser.value(u"contacts"_s).toInt(); crowd > 0) {
        pool.addCrowd(cast.account(), crowd, parser.value(u"online"_s).toInt());
    }
    const auto users = parser.values(u"user"_s);
    for (const auto &user : users) {
        const auto fields = user.split(u',');
        pool.addUser(fields.value(0), fields.value(1), fields.value(2), fields.value(3));
    }
    pool.setSignatureVersion(parser.value(u"signature-version"_s).toInt());
    pool.setKeytab(parser.value(u"keytab"_s));
    pool.setDelay(std::chrono::milliseconds(parser.value(u"slow-ms"_s).toInt()));
    pool.speakHttp(parser.isSet(u"http"_s));
    pool.corruptSignatures(parser.isSet(u"corrupt-signatures"_s));
    pool.omitSignatures(parser.isSet(u"missing-signatures"_s));
    pool.insistOnRc4(parser.isSet(u"rc4-only"_s));
    pool.stayMute(parser.isSet(u"mute"_s));
    pool.speak(greeting(parser.value(u"speak"_s)));
    pool.refuseClock(parser.isSet(u"refuse-clock"_s));
    if (parser.isSet(u"refuse-identity"_s)) {
        pool.refuseIdentity();
    }
    const QStringList disabled = parser.values(u"disable"_s);
    for (const QString &address : disabled) {
        pool.disable(address);
    }
    pool.setClockSkew(std::chrono::minutes(parser.value(u"clock-skew"_s).toInt()));
    if (parser.isSet(u"redirect"_s)) {
        pool.redirectTo(parser.values(u"redirect"_s));
    }
    if (parser.isSet(u"sign-out"_s)) {
        const auto event = parser.value(u"sign-out"_s).toLatin1();
        QObject::connect(&pool, &OcsPool::signedIn, &pool, [&pool, event](const QString &address) {
            QTimer::singleShot(std::chrono::seconds(1), &pool,
                [&pool, address, event] { pool.deregister(address, event); });
        });
    }
    if (parser.isSet(u"only-user-agent"_s)) {
        pool.refuseUserAgent(
            u"You are currently not using the recommended version of the client."_s,
            parser.value(u"only-user-agent"_s));
    }
    if (parser.isSet(u"cut-after"_s)) {
        pool.cutAfter(parser.value(u"cut-after"_s).toInt());
    }
    const auto answers = parser.values(u"answer"_s);
    for (const auto &answer : answers) {
        QList<linchpin::sip::SipHeader> headers;
        if (parser.isSet(u"retry-after"_s)) {
            headers.append({ "Retry-After", parser.value(u"retry-after"_s).toLatin1() });
        }
        pool.answer(
            answer.section(u':', 0, 0).toInt(), answer.section(u':', 1).toLatin1(), {}, headers);
    }
    if (const auto started = pool.start(); !started) {
        std::fprintf(stderr, "linchpin-sim-sip: %s\n", qUtf8Printable(started.error()));
        return 1;
    }
    if ((parser.isSet(u"refuse-web-tickets"_s) && !pool.refuseWebTickets())
        || (parser.isSet(u"refuse-certificates"_s) && !pool.refuseNewCertificates())) {
        std::fprintf(stderr, "linchpin-sim-sip: this profile has no web services\n");
        return 1;
    }
    if (parser.isSet(u"schemes"_s)) {
        pool.offerSchemes(parser.value(u"schemes"_s).toLatin1().split(','));
    }
    if (parser.isSet(u"redirect-loop"_s)) {
        pool.redirectTo({ u"localhost:%1"_s.arg(pool.tlsPort()) });
    }
    quitWithParent(application);

    const bool plain = parser.isSet(u"plain"_s);
    QJsonObject settings { { u"server"_s, u"localhost"_s },
        { u"port"_s, plain ? pool.tcpPort() : pool.tlsPort() },
        { u"connection"_s, plain ? u"plain"_s : u"tls"_s },
        { u"ca-file"_s, pool.authorityFile() } };
    if (pool.proxy()) {
        settings = { { u"proxy-type"_s, u"http"_s }, { u"proxy-host"_s, u"127.0.0.1"_s },
            { u"proxy-port"_s, pool.proxy()->port() }, { u"ca-file"_s, pool.authorityFile() } };
    }
    if (!pool.web()) {
        settings.insert(
            u"publish-calendar"_s, false); // nobody shall look for an Exchange elsewhere
    } else if (!pool.proxy()) {
        settings.insert(u"email-url"_s,
            u"https://localhost:%1/EWS/Exchange.asmx"_s.arg(pool.web()->securePort()));
    }
    QJsonObject ready { { u"ready"_s, true }, { u"protocol"_s, u"sip"_s },
        { u"address"_s, cast.account() }, { u"password"_s, cast.password() },
        { u"settings"_s, settings }, { u"partner"_s, cast.partner() },
        { u"tls-port"_s, pool.tlsPort() }, { u"tcp-port"_s, pool.tcpPort() },
        { u"dir"_s, directory } };
    if (pool.web()) {
        ready.insert(
            u"certificate-service"_s, QString::fromLatin1(pool.web()->certificateService()));
        ready.insert(u"autodiscover"_s, QString::fromLatin1(pool.web()->autodiscoverRoot()));
    }
    std::puts(QJsonDocument(ready).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    return QCoreApplication::exec();
}
