// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/sipfailures.h"

#include "protocols/sip/registration/securitymemory.h"
#include "protocols/sip/wire/foreignprotocol.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Failures)
};

/// "TLS-DSK" of any spelling.
QString properName(const QByteArray &scheme)
{
    const QByteArray upper = scheme.toUpper();
    return upper == "KERBEROS" ? u"Kerberos"_s
        : upper == "DIGEST"    ? u"Digest"_s
                               : QString::fromLatin1(upper);
}

} // namespace

Error schemeUnavailable(const QByteArrayList &offered, const QString &wanted)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"auth-scheme-unavailable"_s;
    error.fatal = true;
    error.detail = QString::fromLatin1(offered.join(", "));
    const bool automaticHelps
        = wanted != u"auto"_s && std::ranges::any_of(offered, [&wanted](const QByteArray &scheme) {
              return strengthOf(scheme) > 0 && QString::fromLatin1(scheme).toLower() != wanted;
          });
    if (automaticHelps) {
        error.title = Text::tr("This server cannot be used with the authentication scheme chosen.");
        error.remedy = Text::tr("Set the authentication scheme to automatic.");
        error.fix.insert(u"auth"_s, u"auto"_s);
    } else {
        error.title = Text::tr(
            "The server offers no authentication scheme that works here (it offers: %1).")
                          .arg(offered.isEmpty() ? Text::tr("none") : error.detail);
        error.remedy = Text::tr("Ask the administrator to allow NTLM.");
    }
    return error;
}

Error handshakeFailed(const QByteArray &scheme, const QString &why)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"auth-scheme-unavailable"_s;
    error.fatal = true;
    error.title = Text::tr("Signing in with %1 failed half-way.").arg(QString::fromLatin1(scheme));
    error.detail = why;
    error.remedy
        = Text::tr("Try another authentication scheme in the account's advanced settings.");
    return error;
}

Error mechanismFailed(const QByteArray &scheme, const AuthError &why, bool singleSignOn)
{
    Error error = handshakeFailed(scheme, why.detail);
    const auto say = [&error](const QString &code, const QString &title, const QString &remedy) {
        error.code = code;
        error.title = title;
        error.remedy = remedy;
    };
    using enum AuthError::Code;
    switch (why.code) {
    case WrongCredentials:
        say(u"wrong-password"_s,
            Text::tr("The login or the password is wrong (%1).").arg(QString::fromLatin1(scheme)),
            Text::tr("Check the password and the login; some companies want DOMAIN\\user."));
        break;
    case AccountUnusable:
        say(u"account-disabled"_s,
            Text::tr("The account is disabled or locked, or its password has to be changed."),
            Text::tr("Sign in to Windows or your company's portal with it, or ask the "
                     "administrator."));
        break;
    case NoTicket:
        say(u"kerberos-no-ticket"_s,
            Text::tr("There is no valid Kerberos ticket on this computer."),
            singleSignOn
                ? Text::tr("Log on to your company's network (or run kinit), or switch Single "
                           "Sign-On off and enter a password.")
                : Text::tr("Log on to your company's network, or set the authentication scheme to "
                           "automatic."));
        break;
    case NoRealm:
        say(u"kerberos-no-realm"_s, Text::tr("Kerberos does not know where to ask for this login."),
            Text::tr("Enter the login as user@domain, with the domain of your company's Windows "
                     "network, or set the authentication scheme to automatic."));
        break;
    case Unreachable:
        error.kind = Error::Kind::Network;
        error.fatal = false;
        say(u"kerberos-unreachable"_s,
            Text::tr("The company's Kerberos server cannot be reached from here."),
            Text::tr("Connect to the company's network or VPN, or set the authentication scheme to "
                     "automatic."));
        break;
    case UnknownUser:
        say(u"login-format"_s, Text::tr("The Kerberos server does not know this login."),
            Text::tr("Enter the login the way your company uses it: DOMAIN\\user or "
                     "user@domain."));
        break;
    case UnknownService:
        say(u"kerberos-service-unknown"_s,
            Text::tr("The Kerberos server does not know this messaging server."),
            Text::tr("Set the authentication scheme to automatic; the administrator has to "
                     "register the service principal."));
        break;
    case ClockSkew:
        say(u"clock-wrong"_s,
            Text::tr("This computer's clock differs too much from the Kerberos server's."),
            Text::tr("Set this computer's clock and time zone."));
        break;
    case NotInstalled:
        say(u"single-sign-on-unavailable"_s,
            Text::tr("%1 without a password is not available on this computer.")
                .arg(QString::fromLatin1(scheme)),
            Text::tr("Switch Single Sign-On off and enter a password."));
        break;
    case CipherRejected:
        say(u"tls-dsk-cipher-rejected"_s,
            Text::tr("The server and this program have no encryption in common for TLS-DSK."),
            Text::tr("Old servers may allow only RC4, which is broken and which no system of today "
                     "has. Ask the administrator to allow AES cipher suites, or set the "
                     "authentication scheme to NTLM or Kerberos."));
        break;
    case ServerUntrusted:
        error.kind = Error::Kind::Tls;
        say(u"tls-dsk-server-untrusted"_s,
            Text::tr("The connection is not encrypted, and the server could not prove that it is "
                     "the right one."),
            Text::tr("Set the connection type to TLS, or name the company's certificate authority "
                     "in the account's settings."));
        break;
    case CertificateRefused:
        say(u"certificate-refused"_s,
            Text::tr("The server does not accept the certificate it gave this account."),
            Text::tr("Try again later; ask the administrator when it goes on like this."));
        break;
    case MalformedToken:
        error.kind = Error::Kind::Protocol;
        say(u"server-fault"_s,
            Text::tr("What the server sent for signing in with %1 cannot be read.")
                .arg(QString::fromLatin1(scheme)),
            Text::tr("Try another authentication scheme in the account's advanced settings."));
        break;
    case Unsupported:
    case OutOfOrder:
    case Refused:
        break;
    }
    return error;
}

Error noProvisioningService(const QString &address)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"certificate-provisioning-failed"_s;
    error.fatal = true;
    error.title = Text::tr("The server does not say where to get a certificate for TLS-DSK.");
    error.detail = address;
    error.remedy = Text::tr("Set the authentication scheme to automatic, NTLM or Kerberos.");
    return error;
}

Error provisioningTimedOut()
{
    Error error;
    error.kind = Error::Kind::Timeout;
    error.code = u"certificate-provisioning-failed"_s;
    error.title = Text::tr("The service that gives out certificates did not answer in time.");
    error.remedy
        = Text::tr("Try again later, or choose NTLM or Kerberos as authentication scheme.");
    return error;
}

Error badSignature(bool missing)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"bad-signature"_s;
    error.title = missing
        ? Text::tr("The server's answer carried no signature; the connection was closed.")
        : Text::tr("The server's answer carried a wrong signature; the connection was closed.");
    error.remedy
        = Text::tr("If this happens again, somebody may be tampering with the connection.");
    return error;
}

Error noAnswer(const QString &server)
{
    Error error;
    error.kind = Error::Kind::Timeout;
    error.code = u"timed-out"_s;
    error.title = Text::tr("The server %1 did not answer in time.").arg(server);
    error.remedy = Text::tr("Check server and port; what listens there may be no SIP server.");
    return error;
}

Error foreignProtocol(const ParseError &problem, const QString &server, bool tls)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"wrong-protocol"_s;
    error.fatal = true;
    error.detail = QString::fromLatin1(problem.excerpt.left(60)).section(u'\n', 0, 0).trimmed();
    const ForeignProtocol foreign = foreignProtocolOf(problem.excerpt);
    if (!tls && foreign == ForeignProtocol::Tls) {
        error.code = u"tls-required"_s;
        error.detail = problem.detail;
        error.title = Text::tr("%1 expects an encrypted connection.").arg(server);
        error.remedy = Text::tr("Set the connection type to TLS.");
        error.fix.insert(u"connection"_s, u"tls"_s);
    } else if (foreign != ForeignProtocol::Unknown && foreign != ForeignProtocol::Tls) {
        error.title = Text::tr("The server %1 answered in %2, not SIP.")
                          .arg(server, QString::fromLatin1(nameOf(foreign)));
        error.remedy = foreign == ForeignProtocol::Xmpp
            ? Text::tr("This is an XMPP server: set the account up as XMPP, or check the server "
                       "name and port.")
            : Text::tr("Check the server name and port; leave the server empty to have it found "
                       "automatically.");
    } else if (problem.code == ParseError::Code::WrongProtocol) {
        error.title = Text::tr("What answers at %1 is not a SIP server.").arg(server);
        error.remedy = Text::tr("Check the server name and port.");
    } else {
        error.code = u"server-fault"_s;
        error.fatal = false;
        error.title = Text::tr("The server %1 sent something unreadable.").arg(server);
        error.detail = problem.detail;
        error.remedy = Text::tr("Check the server name and port.");
    }
    return error;
}

Error perhapsTls(Error error)
{
    error.remedy = Text::tr(
        "Perhaps this port expects an encrypted connection: set the connection type to TLS.");
    error.fix.insert(u"connection"_s, u"tls"_s);
    return error;
}

Error srvTargetMissing(const QString &host, const QString &domain)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"srv-target-missing"_s;
    error.title
        = Text::tr("The server that DNS names for %1 does not exist: %2.").arg(domain, host);
    error.detail = host;
    error.remedy = Text::tr("Inside the company's network or VPN the name may be known; otherwise "
                            "the administrator has to mend the SRV record.");
    return error;
}

Error discoveryFailed(const QString &domain, const QString &words)
{
    Error error;
    error.kind = Error::Kind::Network;
    error.code = u"discovery-failed"_s;
    error.title = Text::tr("The server for %1 could not be looked up.").arg(domain);
    error.detail = words;
    error.remedy = Text::tr("Check the network connection, or enter the server's name in the "
                            "account's advanced settings.");
    return error;
}

Error weakerScheme(const QByteArray &before, const QByteArray &now, const QByteArrayList &offered)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"auth-scheme-unavailable"_s;
    error.fatal = true;
    error.title = Text::tr("Signing in to this server used to go by %1; now there is nothing "
                           "better than %2, which is weaker. It was not tried.")
                      .arg(properName(before), properName(now));
    error.detail = QString::fromLatin1(offered.join(", "));
    error.remedy = Text::tr("Somebody may be listening in. Where the administrator says that it "
                            "has to be so, choose %1 as authentication scheme.")
                       .arg(properName(now));
    return error; // never lowered by a button
}

Error withoutWeaker(Error error, const QByteArray &weaker)
{
    error.remedy += (error.remedy.isEmpty() ? u""_s : u" "_s)
        + Text::tr("%1 was not tried: it is weaker than what worked before.")
              .arg(properName(weaker));
    error.fix.clear();
    return error;
}

Error openPassword(const QString &server)
{
    Error error;
    error.kind = Error::Kind::Tls;
    error.code = u"not-tls"_s;
    error.fatal = true;
    error.title = Text::tr("The server %1 wants the password in a form that others on the network "
                           "can guess at, and the connection is not encrypted.")
                      .arg(server);
    error.remedy = Text::tr("Nothing was sent. Ask for a server with TLS; set the connection type "
                            "to TCP only on a network you trust.");
    return error;
}

Error noLongerEncrypted(const QString &server)
{
    Error error;
    error.kind = Error::Kind::Tls;
    error.code = u"not-tls"_s;
    error.fatal = true;
    error.title = Text::tr("Signing in used to be encrypted; now only a way without encryption is "
                           "offered. It was not taken.");
    error.detail = server;
    error.remedy = Text::tr("Somebody may be listening in. Where the administrator says that it "
                            "has to be so, set the connection type to TCP.");
    return error;
}

QString anotherServer(const QString &useless, const Error &why, const QString &server)
{
    return Text::tr("%1 was of no use (%2) Signed in at %3.").arg(useless, why.title, server);
}

QString certificateRenewed()
{
    return Text::tr("The server no longer took the certificate kept for signing in; a new one was "
                    "fetched.");
}

QString clockMended(std::chrono::seconds ahead)
{
    const int minutes
        = int(std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(ahead)).count());
    return ahead.count() > 0
        ? Text::tr("This computer's clock is %n minute(s) behind the server's; signed in with the "
                   "server's time.",
              nullptr, minutes)
        : Text::tr("This computer's clock is %n minute(s) ahead of the server's; signed in with "
                   "the server's time.",
              nullptr, minutes);
}

QString nowWeaker(const QByteArray &before, const QByteArray &now)
{
    return Text::tr("Signing in to this server went by %1 before; now it went by %2, which is "
                    "weaker. Outside of the company's network that is usual.")
        .arg(properName(before), properName(now));
}

Error webServiceUnreachable(const Error &why)
{
    Error error = why;
    error.code = u"web-ticket-failed"_s;
    error.title = Text::tr("The server's web service, which signing in with TLS-DSK needs, cannot "
                           "be reached.");
    error.detail = why.detail.isEmpty() ? why.code : u"%1 (%2)"_s.arg(why.detail, why.code);
    error.remedy = Text::tr("Try again later; choosing NTLM or Kerberos as authentication scheme "
                            "may do without the web service.");
    return error;
}

Error noServerFound(const QString &domain)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"no-srv-record"_s;
    error.fatal = true;
    error.title = Text::tr("No messaging server could be found for %1.").arg(domain);
    error.remedy = Text::tr(
        "Check the address, or enter the server's name in the account's advanced settings.");
    return error;
}

Error redirectLoop(const QString &server)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"redirect-loop"_s;
    error.title = Text::tr("The servers keep sending us on to another server.");
    error.detail = server;
    error.remedy = Text::tr("The administrator has to look at the pool; another server entered by "
                            "hand may do.");
    return error;
}

Error refusedRedirect(const QString &server)
{
    Error error;
    error.kind = Error::Kind::Tls;
    error.code = u"redirect-refused"_s;
    error.fatal = true;
    error.title = Text::tr("The server wants us to continue without encryption; that was refused.");
    error.detail = server;
    error.remedy = Text::tr("Set the connection type to TCP only on a network you trust.");
    return error;
}

Error deregistered(const QByteArray &event, const QString &words)
{
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.detail = words.isEmpty() ? QString::fromLatin1(event) : words;
    if (event == "unregistered") {
        error.code = u"elsewhere-signed-in"_s;
        error.fatal = true;
        error.title = Text::tr("You have been signed out: you are signed in at another place.");
        error.remedy = Text::tr("Sign in again here when you want to continue here.");
    } else if (event == "rejected") {
        error.code = u"account-disabled"_s;
        error.fatal = true;
        error.title = Text::tr("The server has signed you out: the account is disabled.");
        error.remedy = Text::tr("Ask the administrator to enable it.");
    } else {
        error.kind = Error::Kind::Network;
        error.code = u"server-moved"_s;
        error.title = Text::tr("Your account has moved to another server.");
        error.remedy = Text::tr("Signing in again finds the new one.");
    }
    return error;
}

Error requestFailure(const SipMessage &response)
{
    Error error;
    error.kind = response.status == 403 ? Error::Kind::Forbidden
        : response.status == 404        ? Error::Kind::NotFound
                                        : Error::Kind::Protocol;
    error.code = response.status == 403 ? u"forbidden"_s
        : response.status == 404        ? u"address-unknown"_s
        : response.status == 501        ? u"not-implemented"_s
                                        : u"server-fault"_s;
    error.title = Text::tr("The server refused the request.");
    error.detail = serverWords(response);
    return error;
}

Error requestTimeout()
{
    Error error;
    error.kind = Error::Kind::Timeout;
    error.code = u"timed-out"_s;
    error.title = Text::tr("The server did not answer the request.");
    return error;
}

Error notSignedIn()
{
    Error error;
    error.kind = Error::Kind::Network;
    error.code = u"not-signed-in"_s;
    error.title = Text::tr("This account is not signed in.");
    return error;
}

Error closed()
{
    Error error;
    error.kind = Error::Kind::Cancelled;
    error.code = u"cancelled"_s;
    error.title = Text::tr("The account was signed out.");
    return error;
}

} // namespace linchpin::sip
