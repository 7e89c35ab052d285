// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctorcodes.h"

#include "core/sdk/doctorcheck.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr const char *kContext = "linchpin::Doctor";

struct Code {
    QLatin1StringView code;
    QStringView step;
    Error::Kind kind;
    bool fatal; ///< trying again unchanged cannot help
    const char *title;
    const char *remedy;
};

using Kind = Error::Kind;

const Code kCodes[] = {
    { "name-not-found"_L1, DoctorStep::Name, Kind::Network, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server's name is not known."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check the spelling of the address and of the server's name. A name that is known only "
            "inside a company needs the company's network or VPN.") },
    { "no-srv-record"_L1, DoctorStep::Srv, Kind::NotFound, true,
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "The name service names no server for this address's domain."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check the address. If it is right, enter the server's name on the Advanced page; the "
            "administrator knows it.") },
    { "srv-target-missing"_L1, DoctorStep::Srv, Kind::Network, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The name service names a server for this domain, but that server's own name is not "
            "known."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Tell the domain's administrator that the SRV record points to a name without an "
            "address. Until then, a server set by hand may work.") },
    { "discovery-failed"_L1, DoctorStep::Discovery, Kind::NotFound, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The service could not be found automatically."),
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Enter the server's name on the account's Advanced page.") },
    { "refused"_L1, DoctorStep::Tcp, Kind::Network, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server does not accept connections there."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check server and port. The server may be down, or a firewall refuses the "
            "connection.") },
    { "timed-out"_L1, DoctorStep::Tcp, Kind::Timeout, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "There was no answer in time."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check server and port; a firewall that drops connections looks like this.") },
    { "unreachable"_L1, DoctorStep::Tcp, Kind::Network, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server cannot be reached from here."),
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Check the network connection and the VPN.") },
    { "proxy-refused"_L1, DoctorStep::Proxy, Kind::Network, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The proxy did not make the connection."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check the proxy's host and port on the Proxy page. Many proxies let only port 443 "
            "through.") },
    { "proxy-auth-required"_L1, DoctorStep::Proxy, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The proxy wants a login and password."),
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Enter the proxy's login and password on the Proxy page.") },
    { "not-tls"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server does not speak TLS on this port."),
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Check the port, or choose another connection type.") },
    { "tls-required"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The connection has to be encrypted."),
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Set the connection type to TLS or to automatic.") },
    { "tls-too-old"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server offers only outdated TLS versions."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The server's administrator has to update it. Lower the oldest TLS version for this "
            "account only if you must: such connections can be read by others.") },
    { "tls-handshake-failed"_L1, DoctorStep::Tls, Kind::Tls, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "No secure connection could be agreed on."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check server and port. Something between you and the server may break the connection "
            "open; the server's words below help its administrator.") },
    { "certificate-expired"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server's certificate has expired."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check this computer's clock; if it is right, the server's administrator has to renew "
            "the certificate.") },
    { "certificate-not-yet-valid"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server's certificate is not valid yet."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check this computer's clock; if it is right, tell the server's administrator.") },
    { "certificate-untrusted"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "The server's certificate is not from an authority you trust."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Set the file of your company's authority on the Advanced page, or compare the "
            "fingerprint with the administrator's and accept this certificate.") },
    { "certificate-name-mismatch"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server's certificate is for another name."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check the server's name; the certificate says which it goes by.") },
    { "certificate-weak"_L1, DoctorStep::Tls, Kind::Tls, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server's certificate or key is too weak."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The server's administrator has to install one with at least 2048 bits, signed with "
            "SHA-256.") },
    { "clock-wrong"_L1, DoctorStep::Clock, Kind::Network, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "This computer's clock is wrong."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Set date, time and time zone, best automatically over the network; then try again.") },
    { "wrong-protocol"_L1, DoctorStep::Protocol, Kind::Protocol, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Something else than a messaging server answers."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check server and port; leave both empty to have them found automatically.") },
    { "not-implemented"_L1, DoctorStep::Protocol, Kind::Unsupported, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server cannot do what is needed to sign in."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check that the server is of the kind the account expects (protocol and flavour).") },
    { "user-agent-rejected"_L1, DoctorStep::UserAgent, Kind::Forbidden, true,
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "The server lets in only certain programs, and not this one."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Leave User-Agent empty on the Advanced page to have it chosen automatically, or ask "
            "the administrator which client version is allowed.") },
    { "client-version-rejected"_L1, DoctorStep::UserAgent, Kind::Forbidden, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server does not accept this client version."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Leave User-Agent empty on the Advanced page to have it chosen automatically, or ask "
            "the administrator which client version is allowed.") },
    { "auth-scheme-unavailable"_L1, DoctorStep::AuthenticationSchemes, Kind::Authentication, true,
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "The server offers no way to sign in that this account may use."),
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Set the authentication scheme to automatic.") },
    { "wrong-password"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server does not accept the password."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Enter the password again. If the login differs from the address, set it too.") },
    { "account-disabled"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The account is disabled or locked."),
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Ask the administrator to enable the account.") },
    { "login-format"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server does not understand the login."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Write the login in the other form: DOMAIN\\user or user@domain. The one for "
            "e-mail or Windows usually is the right one.") },
    { "kerberos-no-ticket"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "There is no Kerberos ticket on this computer."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Sign in to the domain (\"kinit user@REALM\"), or switch single sign-on off and use "
            "the password.") },
    { "kerberos-no-realm"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Kerberos does not know the realm of this login or server."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Set the login as user@REALM, check krb5.conf, or use NTLM or TLS-DSK.") },
    { "single-sign-on-unavailable"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Single sign-on cannot be used here: the desktop has no credentials for it."),
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Switch single sign-on off and enter login and password.") },
    { "tls-dsk-cipher-rejected"_L1, DoctorStep::Authentication, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "TLS-DSK failed: the server and this computer have no cipher in common."),
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Set the authentication scheme to NTLM.") },
    { "certificate-provisioning-failed"_L1, DoctorStep::Authentication, Kind::Authentication, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The server's web service gave out no certificate for this account (TLS-DSK)."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Try again later, or set the authentication scheme to NTLM or Kerberos.") },
    { "web-ticket-failed"_L1, DoctorStep::Authentication, Kind::Authentication, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server's web service gave out no ticket."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Check login and password; try again later, or set the authentication scheme to "
            "NTLM.") },
    { "redirect-loop"_L1, DoctorStep::Registered, Kind::Protocol, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The servers keep sending us on to one another."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Tell the administrator. Until then, the name of the right server set by hand may "
            "work.") },
    { "elsewhere-signed-in"_L1, DoctorStep::Registered, Kind::Forbidden, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The server ended the session: this account is signed in at another place."),
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Sign out there, or sign in again here when you want to go on.") },
    { "nick-in-use"_L1, DoctorStep::Registered, Kind::Forbidden, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Somebody else has this nickname."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Choose another nickname, or enter some alternate ones on the Advanced page.") },
    { "banned"_L1, DoctorStep::Registered, Kind::Forbidden, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server has banned you or your network."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The server's words say why and whom to ask. Anonymising networks and proxies are "
            "often banned.") },
    { "sasl-required"_L1, DoctorStep::AuthenticationSchemes, Kind::Authentication, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "From your network the server lets in only people with a registered account."),
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "Enter the login and password of your account there (SASL).") },
    { "service-retired"_L1, DoctorStep::Settings, Kind::Unsupported, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "This service does not exist any more."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "No settings can help. The service's operator may say where its users went.") },
    { "federation-srv-missing"_L1, DoctorStep::FederationSrv, Kind::NotFound, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The domain has no record that tells other servers where to reach it."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The administrator has to add the SRV record for every SIP domain, under the SIP "
            "domain's own name.") },
    { "federation-port-closed"_L1, DoctorStep::FederationTcp, Kind::Network, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Other servers cannot connect to the domain's gate."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The administrator has to open the port (5269 for XMPP, 5061 for SIP) in the "
            "firewall.") },
    { "federation-certificate-mismatch"_L1, DoctorStep::FederationTls, Kind::Tls, true,
        QT_TRANSLATE_NOOP(
            "linchpin::Doctor", "The certificate of the domain's gate is not for its name."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The administrator has to install a certificate that carries the gateway's full "
            "name.") },
    { "federation-not-allowed"_L1, DoctorStep::FederationStream, Kind::Forbidden, true,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The domain does not talk to other domains."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "The administrator has to allow federation with the other domain, on both sides.") },
    { "server-fault"_L1, DoctorStep::Protocol, Kind::Protocol, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "The server reports a fault of its own."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Try again later. If it stays, the server's words below are for its administrator.") },
    { "unknown"_L1, DoctorStep::Protocol, Kind::Protocol, false,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "It does not work, for a reason not known so far."),
        QT_TRANSLATE_NOOP("linchpin::Doctor",
            "Copy the report and show it to the administrator or to us: it holds no secrets.") },
};

/// Codes beyond the contract that sessions and services use: only where they stand.
struct Place {
    QLatin1StringView code;
    QStringView step;
};

const Place kPlaces[] = {
    { "invalid-setting"_L1, DoctorStep::Settings },
    { "invalid-address"_L1, DoctorStep::Settings },
    { "dns-failed"_L1, DoctorStep::Name },
    { "connection-failed"_L1, DoctorStep::Tcp },
    { "connection-closed"_L1, DoctorStep::Protocol },
    { "http-failed"_L1, DoctorStep::Discovery },
    { "certificate-revoked"_L1, DoctorStep::Tls },
    { "certificate-pin-mismatch"_L1, DoctorStep::Tls },
    { "no-password"_L1, DoctorStep::Authentication },
    { "authentication-failed"_L1, DoctorStep::Authentication },
    { "certificate-refused"_L1, DoctorStep::Authentication },
    { "bad-signature"_L1, DoctorStep::Authentication },
    { "kerberos-unreachable"_L1, DoctorStep::Authentication },
    { "kerberos-service-unknown"_L1, DoctorStep::Authentication },
    { "tls-dsk-server-untrusted"_L1, DoctorStep::Authentication },
    { "address-unknown"_L1, DoctorStep::Registered },
    { "server-moved"_L1, DoctorStep::Registered },
    { "redirect-refused"_L1, DoctorStep::Registered },
};

struct Step {
    QStringView step;
    const char *title;
};

const Step kSteps[] = {
    { DoctorStep::Settings, QT_TRANSLATE_NOOP("linchpin::Doctor", "Settings") },
    { DoctorStep::Srv, QT_TRANSLATE_NOOP("linchpin::Doctor", "Server of the domain") },
    { DoctorStep::Discovery, QT_TRANSLATE_NOOP("linchpin::Doctor", "Automatic discovery") },
    { DoctorStep::Name, QT_TRANSLATE_NOOP("linchpin::Doctor", "Server's name") },
    { DoctorStep::Proxy, QT_TRANSLATE_NOOP("linchpin::Doctor", "Proxy") },
    { DoctorStep::Tcp, QT_TRANSLATE_NOOP("linchpin::Doctor", "Connection") },
    { DoctorStep::Tls, QT_TRANSLATE_NOOP("linchpin::Doctor", "Secure connection") },
    { DoctorStep::Clock, QT_TRANSLATE_NOOP("linchpin::Doctor", "Clock") },
    { DoctorStep::Protocol, QT_TRANSLATE_NOOP("linchpin::Doctor", "Kind of server") },
    { DoctorStep::AuthenticationSchemes, QT_TRANSLATE_NOOP("linchpin::Doctor", "Ways to sign in") },
    { DoctorStep::Authentication, QT_TRANSLATE_NOOP("linchpin::Doctor", "Login and password") },
    { DoctorStep::UserAgent, QT_TRANSLATE_NOOP("linchpin::Doctor", "Program accepted") },
    { DoctorStep::Registered, QT_TRANSLATE_NOOP("linchpin::Doctor", "Signed in") },
    { DoctorStep::Contacts, QT_TRANSLATE_NOOP("linchpin::Doctor", "Contact list") },
    { DoctorStep::Presence, QT_TRANSLATE_NOOP("linchpin::Doctor", "Presence") },
    { DoctorStep::Message, QT_TRANSLATE_NOOP("linchpin::Doctor", "Message to yourself") },
    { DoctorStep::FederationSrv,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Federation: records of the domain") },
    { DoctorStep::FederationTcp, QT_TRANSLATE_NOOP("linchpin::Doctor", "Federation: connection") },
    { DoctorStep::FederationStream,
        QT_TRANSLATE_NOOP("linchpin::Doctor", "Federation: the gate answers") },
    { DoctorStep::FederationTls, QT_TRANSLATE_NOOP("linchpin::Doctor", "Federation: certificate") },
};

const Code *codeOf(const QString &code)
{
    const auto *const found = std::ranges::find(kCodes, code, &Code::code);
    return found == std::end(kCodes) ? nullptr : found;
}

QString translated(const char *text)
{
    return QCoreApplication::translate(kContext, text);
}

} // namespace

QStringList doctorCodes()
{
    QStringList codes;
    for (const Code &code : kCodes) {
        codes.append(code.code);
    }
    return codes;
}

QString stepOfCode(const QString &code, const QString &otherwise)
{
    if (const Code *const known = codeOf(code); known && code != "unknown"_L1) {
        return known->step.toString();
    }
    const auto *const place = std::ranges::find(kPlaces, code, &Place::code);
    return place == std::end(kPlaces) ? otherwise : place->step.toString();
}

QString titleOfCode(const QString &code)
{
    const Code *const known = codeOf(code);
    return known ? translated(known->title) : QString();
}

QString remedyOfCode(const QString &code)
{
    const Code *const known = codeOf(code);
    return known ? translated(known->remedy) : QString();
}

Error doctorError(const QString &code, const QString &detail)
{
    Error error;
    error.code = code;
    error.detail = detail;
    if (const Code *const known = codeOf(code)) {
        error.kind = known->kind;
        error.fatal = known->fatal;
    }
    return completedError(error);
}

Error completedError(Error error)
{
    if (error.code.isEmpty()) {
        error.code = u"unknown"_s;
    }
    if (error.title.isEmpty()) {
        error.title = titleOfCode(codeOf(error.code) ? error.code : u"unknown"_s);
    }
    if (error.remedy.isEmpty()) {
        error.remedy = remedyOfCode(error.code);
    }
    // What lowers security is no matter of one click: a certificate is looked at first.
    for (const QString &key : { u"pinned-certificate"_s, u"minimum-tls"_s, u"ca-file"_s }) {
        error.fix.remove(key);
    }
    if (error.fix.value(u"connection"_s).toString() == "plain"_L1) {
        error.fix.remove(u"connection"_s);
    }
    return error;
}

QString titleOfStep(const QString &step)
{
    const auto *const found = std::ranges::find(kSteps, QStringView(step), &Step::step);
    return found == std::end(kSteps) ? step : translated(found->title);
}

QStringList doctorSteps()
{
    QStringList steps;
    for (const Step &step : kSteps) {
        steps.append(step.step.toString());
    }
    return steps;
}

} // namespace linchpin
