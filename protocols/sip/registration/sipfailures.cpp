// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/sipfailures.h"

#include "protocols/sip/wire/sipheader.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Failures)
};

constexpr std::array diagnosticHeaders { "ms-diagnostics", "ms-diagnostics-public" };

std::optional<Diagnostics> diagnosticsOf(const SipMessage &message)
{
    for (const char *header : diagnosticHeaders) {
        if (auto d = parseDiagnostics(message.header(header))) {
            return d;
        }
    }
    return std::nullopt;
}

int diagnosticId(const SipMessage &message)
{
    const auto d = diagnosticsOf(message);
    return d ? d->id : 0;
}

/// The text of `310 lcs.microsoft.com "…"`. RFC 3261 20.43.
QString warningText(const SipMessage &message)
{
    for (const QByteArray &value : message.headerValues("Warning")) {
        const qsizetype open = value.indexOf('"');
        if (open >= 0 && value.endsWith('"') && value.size() - open > 2) {
            return QString::fromUtf8(unquoted(QByteArrayView(value).sliced(open)));
        }
    }
    return {};
}

} // namespace

QString serverWords(const SipMessage &response)
{
    if (const QString warning = warningText(response); !warning.isEmpty()) {
        return warning;
    }
    for (const char *header : diagnosticHeaders) {
        const auto d = parseDiagnostics(response.header(header));
        if (d && !d->reason().isEmpty()) {
            return QString::fromUtf8(d->reason());
        }
    }
    return u"%1 %2"_s.arg(response.status).arg(QString::fromUtf8(response.reason)).trimmed();
}

bool isVersionRefusal(const SipMessage &response)
{
    const int id = diagnosticId(response);
    return response.status == 403
        && ((id >= 17000 && id <= 17003)
            || serverWords(response).contains(u"version of the client"_s, Qt::CaseInsensitive));
}

std::chrono::seconds retryAfter(const SipMessage &response)
{
    const QByteArray value = response.header("Retry-After").trimmed();
    qsizetype digits = 0;
    while (digits < value.size() && value.at(digits) >= '0' && value.at(digits) <= '9') {
        ++digits;
    }
    bool ok = false;
    const std::chrono::seconds wait(value.first(digits).toUInt(&ok));
    return ok ? std::min<std::chrono::seconds>(wait, std::chrono::hours(24))
              : std::chrono::seconds(0);
}

bool isServersOwnTrouble(const SipMessage &response)
{
    return response.status == 503 || response.status == 504;
}

Error signInFailure(const SipMessage &response, const QString &suggestedUserAgent)
{
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.code = u"server-fault"_s;
    error.detail = serverWords(response);
    error.fatal = true;
    const int id = diagnosticId(response);
    if (isVersionRefusal(response)) {
        error.code = u"user-agent-rejected"_s;
        error.title = Text::tr("The server does not accept this client version.");
        error.remedy = suggestedUserAgent.isEmpty()
            ? Text::tr("Ask the administrator which client versions are allowed and enter that "
                       "client's User-Agent in the account's advanced settings.")
            : Text::tr("Change the User-Agent in the account's advanced settings to one the server "
                       "knows, for example \"%1\".")
                  .arg(suggestedUserAgent);
        if (!suggestedUserAgent.isEmpty()) {
            error.fix.insert(u"user-agent"_s, suggestedUserAgent);
        }
        return error;
    }
    if (id == 4004) {
        error.kind = Error::Kind::Authentication;
        error.code = u"login-format"_s;
        error.title = Text::tr("The login does not belong to this sign-in address.");
        error.remedy = Text::tr("Enter the login the way your company uses it: DOMAIN\\user or "
                                "user@domain.");
        return error;
    }
    if (id == 4141) {
        error.code = u"account-disabled"_s;
        error.title = Text::tr("The administrator has disabled this account.");
        error.remedy = Text::tr("Ask the administrator to enable it.");
        return error;
    }
    if (response.status == 404) {
        error.kind = Error::Kind::NotFound;
        error.code = u"address-unknown"_s;
        error.title = Text::tr(
            "The server does not know this address, or it is not enabled for messaging.");
        error.remedy = Text::tr("Check the sign-in address; ask the administrator otherwise.");
        return error;
    }
    if (response.status == 403) {
        error.code = u"forbidden"_s;
        error.title = Text::tr("You have been rejected by the server.");
        error.remedy = id == 4003
            ? Text::tr("Sign in from inside the company network, or ask for remote access.")
            : Text::tr("Ask the administrator, quoting the server's words.");
        return error;
    }
    if (response.status == 501 || response.status == 405) {
        error.kind = Error::Kind::Unsupported;
        error.code = u"not-implemented"_s;
        error.title = Text::tr("The server does not do what a messaging server must.");
        error.remedy = Text::tr("Check the server name and port.");
        return error;
    }
    const auto wait = retryAfter(response);
    // Said with Retry-After these pass as well, RFC 3261 20.33; without it somebody has to act.
    const bool passes = wait.count() > 0
        && (response.status == 413 || response.status == 480 || response.status == 486);
    if (response.status >= 500 || passes) {
        error.kind = Error::Kind::Network;
        error.fatal = response.status >= 600;
        error.title = Text::tr("The service is not available at the moment.");
        if (wait.count() > 0) {
            error.remedy = Text::tr(
                "The server asks to try again in %n second(s).", nullptr, int(wait.count()));
            error.retryAfter = wait;
        }
        return error;
    }
    error.kind = Error::Kind::Protocol;
    error.title = Text::tr("The server refused to sign you in.");
    return error;
}

Error credentialsRefused(const SipMessage &response, const QByteArray &scheme,
    const QDateTime &serverTime, const QDateTime &now)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.detail = serverWords(response);
    error.fatal = true;
    const auto skew = serverTime.isValid() ? std::chrono::seconds(std::abs(serverTime.secsTo(now)))
                                           : std::chrono::seconds(0);
    if (skew > std::chrono::minutes(5)) {
        error.code = u"clock-wrong"_s;
        error.title = Text::tr(
            "Signing in failed, and the clock differs from the server's by %n minute(s).", nullptr,
            int(std::chrono::duration_cast<std::chrono::minutes>(skew).count()));
        error.remedy = Text::tr("Set this computer's clock and time zone.");
        return error;
    }
    if (diagnosticId(response) == 4004) {
        return signInFailure(response, {});
    }
    if (scheme == "Kerberos") {
        error.code = u"authentication-failed"_s;
        error.title = Text::tr("The server did not accept the Kerberos ticket.");
        error.remedy = Text::tr("Set the authentication scheme to automatic, or check that the "
                                "ticket belongs to this account.");
        return error;
    }
    if (scheme == "TLS-DSK") {
        error.code = u"certificate-refused"_s;
        error.title = Text::tr("The server does not accept the certificate it gave this account.");
        error.remedy
            = Text::tr("Try again later; ask the administrator when it goes on like this.");
        return error;
    }
    error.code = u"wrong-password"_s;
    error.title = Text::tr("The server did not accept the login or the password (%1).")
                      .arg(QString::fromLatin1(scheme));
    error.remedy = Text::tr("Check the password and the login; some companies want DOMAIN\\user.");
    return error;
}

Error schemeUnavailable(const QByteArrayList &offered, const QString &wanted)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"auth-scheme-unavailable"_s;
    error.fatal = true;
    error.detail = QString::fromLatin1(offered.join(", "));
    if (wanted != u"auto"_s && wanted != u"ntlm"_s && offered.contains("NTLM"_ba)) {
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
    error.code = u"authentication-failed"_s;
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
    return error;
}

Error foreignProtocol(const ParseError &problem, const QString &server, bool tls)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"wrong-protocol"_s;
    error.fatal = true;
    error.detail = QString::fromLatin1(problem.excerpt.left(60)).section(u'\n', 0, 0).trimmed();
    const QByteArray &seen = problem.excerpt;
    if (!tls && seen.size() >= 2 && (seen[0] == 0x15 || seen[0] == 0x16) && seen[1] == 0x03) {
        error.code = u"tls-required"_s;
        error.detail = problem.detail;
        error.title = Text::tr("%1 expects an encrypted connection.").arg(server);
        error.remedy = Text::tr("Set the connection type to TLS.");
        error.fix.insert(u"connection"_s, u"tls"_s);
    } else if (seen.left(5).toUpper() == "HTTP/") {
        error.title = Text::tr("The server %1 answered in HTTP, not SIP.").arg(server);
        error.remedy = Text::tr("Check the server name and port; leave the server empty to have it "
                                "found automatically.");
    } else if (problem.code == ParseError::Code::WrongProtocol) {
        error.title = Text::tr("What answers at %1 is not a SIP server.").arg(server);
        error.remedy = Text::tr("Check the server name and port.");
    } else {
        error.code = u"server-fault"_s;
        error.fatal = false;
        error.title = Text::tr("The server %1 sent something unreadable.").arg(server);
        error.detail = problem.detail;
    }
    return error;
}

Error perhapsTls(Error error)
{
    error.remedy = Text::tr(
        "Perhaps this port expects an encrypted connection: set the connection type to TLS.");
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
