// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/errors.h"

#include <QAbstractSocket>
#include <QCoreApplication>
#include <QXmppAuthenticationError.h>
#include <QXmppBindError.h>
#include <QXmppGlobal.h>
#include <QXmppSendResult.h>
#include <QXmppStreamError.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

using Kind = Error::Kind;
using Condition = QXmppStanza::Error::Condition;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::xmpp::errors", text);
}

Error make(Kind kind, const QString &code, const QString &title, const QString &detail,
    const QString &remedy = {}, bool fatal = false)
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = title;
    error.detail = detail;
    error.remedy = remedy;
    error.fatal = fatal;
    return error;
}

Error certificateError(const ConnectionTrouble &trouble)
{
    QStringList words;
    bool expired = false;
    bool early = false;
    bool name = false;
    bool weak = false;
    for (const QSslError &error : trouble.sslErrors) {
        words.append(error.errorString());
        switch (error.error()) {
        case QSslError::CertificateExpired:
            expired = true;
            break;
        case QSslError::CertificateNotYetValid:
            early = true;
            break;
        case QSslError::HostNameMismatch:
            name = true;
            break;
        case QSslError::CertificateSignatureFailed:
            weak = true;
            break;
        default:
            break;
        }
    }
    const QString finger = QString::fromLatin1(trouble.fingerprint.toHex());
    const QString detail
        = words.join(u"; "_s) + (finger.isEmpty() ? QString() : u" (SHA-256 %1)"_s.arg(finger));
    Error error;
    if (expired) {
        error = make(Kind::Tls, u"certificate-expired"_s,
            tr("The certificate of %1 has expired.").arg(trouble.host), detail,
            tr("Check this computer's clock; otherwise only the server's administrator can renew "
               "it."),
            true);
    } else if (early) {
        error = make(Kind::Tls, u"certificate-not-yet-valid"_s,
            tr("The certificate of %1 is not valid yet.").arg(trouble.host), detail,
            tr("Check this computer's clock."), true);
    } else if (name) {
        error = make(Kind::Tls, u"certificate-name-mismatch"_s,
            tr("The certificate of %1 is not for %2.").arg(trouble.host, trouble.domain), detail,
            tr("Check the address and the server name; somebody may be listening in."), true);
    } else if (weak) {
        error = make(Kind::Tls, u"certificate-weak"_s,
            tr("The certificate of %1 is not signed well enough.").arg(trouble.host), detail, {},
            true);
    } else {
        error = make(Kind::Tls, u"certificate-untrusted"_s,
            trouble.pinned
                ? tr("The certificate of %1 is not the one this account pins.").arg(trouble.host)
                : tr("The certificate of %1 is not signed by anyone trusted.").arg(trouble.host),
            detail,
            tr("Add the organisation's CA file, or pin this certificate after comparing its "
               "fingerprint with the administrator."),
            true);
        if (!finger.isEmpty()) {
            error.fix = { { u"pinned-certificate"_s, finger } };
        }
    }
    return error;
}

Error socketError(
    QAbstractSocket::SocketError code, const QString &words, const ConnectionTrouble &trouble)
{
    switch (code) {
    case QAbstractSocket::HostNotFoundError:
        return make(Kind::Network, u"name-not-found"_s,
            tr("There is no server called %1.").arg(trouble.host), words,
            tr("Check the address, or set the server by hand."));
    case QAbstractSocket::ConnectionRefusedError:
        return make(Kind::Network, u"refused"_s,
            tr("%1 does not accept connections.").arg(trouble.host), words,
            tr("Check server and port; the service may be down."));
    case QAbstractSocket::SocketTimeoutError:
        return timedOut(trouble);
    case QAbstractSocket::NetworkError:
        return make(
            Kind::Network, u"unreachable"_s, tr("%1 cannot be reached.").arg(trouble.host), words);
    case QAbstractSocket::ProxyAuthenticationRequiredError:
        return make(Kind::Network, u"proxy-auth-required"_s, tr("The proxy wants a password."),
            words, tr("Enter it on the account's Proxy page."), true);
    case QAbstractSocket::ProxyConnectionRefusedError:
    case QAbstractSocket::ProxyConnectionClosedError:
    case QAbstractSocket::ProxyConnectionTimeoutError:
    case QAbstractSocket::ProxyNotFoundError:
    case QAbstractSocket::ProxyProtocolError:
        return make(Kind::Network, u"proxy-refused"_s,
            tr("The proxy does not let the connection through."), words,
            tr("Check the account's Proxy page."));
    case QAbstractSocket::SslHandshakeFailedError:
        if (words.contains("wrong version number"_L1) || words.contains("packet length"_L1)) {
            return make(Kind::Tls, u"not-tls"_s,
                tr("%1 does not answer with TLS.").arg(trouble.host), words,
                tr("Choose STARTTLS as the connection type, or another port."), true);
        }
        if (words.contains("protocol version"_L1) || words.contains("unsupported protocol"_L1)) {
            return make(Kind::Tls, u"tls-too-old"_s,
                tr("%1 offers only outdated TLS.").arg(trouble.host), words,
                tr("The server's administrator has to update it."), true);
        }
        return make(Kind::Tls, u"tls-handshake-failed"_s,
            tr("No secure connection with %1 could be made.").arg(trouble.host), words);
    case QAbstractSocket::RemoteHostClosedError:
        break;
    default:
        break;
    }
    if (trouble.connected && !trouble.streamSeen && !trouble.online) {
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("%1 does not speak XMPP.").arg(trouble.host), words,
            tr("Check server, port and connection type."));
    }
    return make(Kind::Network, u"connection-closed"_s,
        tr("The connection to %1 was lost.").arg(trouble.host), words);
}

Error streamError(QXmpp::StreamError code, const QString &words, const ConnectionTrouble &trouble)
{
    using QXmpp::StreamError;
    switch (code) {
    case StreamError::Conflict:
        return make(Kind::Forbidden, u"elsewhere-signed-in"_s,
            tr("This account signed in elsewhere with the same resource."), words,
            tr("Give this device a resource of its own."), true);
    case StreamError::HostUnknown:
    case StreamError::HostGone:
        return make(Kind::NotFound, u"name-not-found"_s,
            tr("%1 does not serve %2.").arg(trouble.host, trouble.domain), words,
            tr("Check the address and the server name."), true);
    case StreamError::NotAuthorized:
    case StreamError::PolicyViolation:
        return make(Kind::Forbidden, u"server-fault"_s,
            tr("The server ended the connection by its rules."), words);
    case StreamError::ConnectionTimeout:
        return make(Kind::Timeout, u"timed-out"_s,
            tr("The server ended the connection because nothing came from here."), words);
    case StreamError::SystemShutdown:
    case StreamError::Reset:
        return make(Kind::Network, u"server-fault"_s, tr("The server is being restarted."), words);
    case StreamError::BadFormat:
    case StreamError::NotWellFormed:
    case StreamError::InvalidXml:
    case StreamError::RestrictedXml:
    case StreamError::InvalidNamespace:
    case StreamError::UnsupportedVersion:
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("%1 and this program do not understand each other.").arg(trouble.host), words);
    default:
        return make(
            Kind::Network, u"server-fault"_s, tr("The server ended the connection."), words);
    }
}

Error authenticationError(const QXmpp::AuthenticationError &error, const QString &words)
{
    using Type = QXmpp::AuthenticationError::Type;
    const QString detail = error.text.isEmpty() ? words : error.text;
    switch (error.type) {
    case Type::NotAuthorized:
        return make(Kind::Authentication, u"wrong-password"_s,
            tr("The server does not accept this user name and password."), detail,
            tr("Enter the password again; check the login."), true);
    case Type::AccountDisabled:
        return make(Kind::Authentication, u"account-disabled"_s,
            tr("The account is disabled on the server."), detail,
            tr("Ask the server's administrator."), true);
    case Type::CredentialsExpired:
        return make(Kind::Authentication, u"wrong-password"_s, tr("The password has expired."),
            detail, tr("Change it at the provider."), true);
    case Type::EncryptionRequired:
        return make(Kind::Tls, u"tls-required"_s, tr("The server takes passwords only over TLS."),
            detail, tr("Choose an encrypted connection type."), true);
    case Type::MechanismMismatch:
        return make(Kind::Authentication, u"auth-scheme-unavailable"_s,
            tr("The server offers none of the ways to sign in that this account allows."), detail,
            tr("Set the authentication scheme to automatic."), true);
    case Type::ProcessingError:
        return make(Kind::Authentication, u"server-fault"_s,
            tr("The server could not prove that it knows the password."), detail);
    case Type::RequiredTasks:
        return make(Kind::Unsupported, u"auth-scheme-unavailable"_s,
            tr("The server asks for steps this program does not know."), detail, {}, true);
    }
    return make(Kind::Authentication, u"unknown"_s, tr("Signing in failed."), detail);
}

QString conditionWord(Condition condition)
{
    switch (condition) {
    case Condition::BadRequest:
        return u"bad-request"_s;
    case Condition::Conflict:
        return u"conflict"_s;
    case Condition::FeatureNotImplemented:
        return u"feature-not-implemented"_s;
    case Condition::Forbidden:
        return u"forbidden"_s;
    case Condition::Gone:
        return u"gone"_s;
    case Condition::InternalServerError:
        return u"internal-server-error"_s;
    case Condition::ItemNotFound:
        return u"item-not-found"_s;
    case Condition::JidMalformed:
        return u"jid-malformed"_s;
    case Condition::NotAcceptable:
        return u"not-acceptable"_s;
    case Condition::NotAllowed:
        return u"not-allowed"_s;
    case Condition::NotAuthorized:
        return u"not-authorized"_s;
    case Condition::RecipientUnavailable:
        return u"recipient-unavailable"_s;
    case Condition::Redirect:
        return u"redirect"_s;
    case Condition::RegistrationRequired:
        return u"registration-required"_s;
    case Condition::RemoteServerNotFound:
        return u"remote-server-not-found"_s;
    case Condition::RemoteServerTimeout:
        return u"remote-server-timeout"_s;
    case Condition::ResourceConstraint:
        return u"resource-constraint"_s;
    case Condition::ServiceUnavailable:
        return u"service-unavailable"_s;
    case Condition::SubscriptionRequired:
        return u"subscription-required"_s;
    case Condition::UnexpectedRequest:
        return u"unexpected-request"_s;
    case Condition::PolicyViolation:
        return u"policy-violation"_s;
    default:
        return u"undefined-condition"_s;
    }
}

QString wordsOf(const QXmppStanza::Error &error)
{
    const QString word = conditionWord(error.condition());
    return error.text().isEmpty() ? word : word + u": "_s + error.text();
}

} // namespace

Error connectionError(const QXmppError &error, const ConnectionTrouble &trouble)
{
    if (!trouble.sslErrors.isEmpty() || trouble.pinned) {
        return certificateError(trouble);
    }
    if (trouble.tlsMissing) {
        return make(Kind::Tls, u"tls-required"_s, tr("%1 offers no encryption.").arg(trouble.host),
            error.description,
            tr("Ask the server's administrator for TLS; sending passwords unencrypted has to be "
               "allowed by hand."),
            true);
    }
    if (const auto socket = error.value<QAbstractSocket::SocketError>()) {
        return socketError(*socket, error.description, trouble);
    }
    if (const auto stream = error.value<QXmpp::StreamError>()) {
        return streamError(*stream, error.description, trouble);
    }
    if (const auto authentication = error.value<QXmpp::AuthenticationError>()) {
        return authenticationError(*authentication, error.description);
    }
    if (const auto bind = error.value<QXmpp::BindError>()) {
        if (bind->stanzaError.condition() == Condition::Conflict) {
            return streamError(QXmpp::StreamError::Conflict, wordsOf(bind->stanzaError), trouble);
        }
        if (bind->stanzaError.condition() == Condition::ResourceConstraint) {
            return make(Kind::Forbidden, u"elsewhere-signed-in"_s,
                tr("The account is signed in on too many devices."), wordsOf(bind->stanzaError));
        }
        return stanzaError(bind->stanzaError);
    }
    if (error.holdsType<QXmpp::TimeoutError>()) {
        return timedOut(trouble);
    }
    return socketError(QAbstractSocket::RemoteHostClosedError, error.description, trouble);
}

Error stanzaError(const QXmppStanza::Error &error)
{
    const QString words = wordsOf(error);
    switch (error.condition()) {
    case Condition::ServiceUnavailable:
        return make(Kind::NotFound, u"service-unavailable"_s,
            tr("The message cannot be delivered, or this is not offered there."), words);
    case Condition::RecipientUnavailable:
        return make(Kind::NotFound, u"recipient-unavailable"_s,
            tr("The recipient cannot be reached now."), words);
    case Condition::ItemNotFound:
    case Condition::Gone:
        return make(Kind::NotFound, u"not-found"_s, tr("There is nobody and nothing there."), words,
            tr("Check the address."));
    case Condition::JidMalformed:
        return make(Kind::NotFound, u"invalid-address"_s, tr("This is no valid address."), words,
            tr("Check the address."));
    case Condition::RemoteServerNotFound:
        return make(Kind::NotFound, u"remote-server-not-found"_s,
            tr("The other person's server cannot be found."), words, tr("Check the address."));
    case Condition::RemoteServerTimeout:
        return make(Kind::Timeout, u"timed-out"_s, tr("The other person's server does not answer."),
            words, tr("Try again later."));
    case Condition::Forbidden:
    case Condition::NotAllowed:
    case Condition::NotAuthorized:
    case Condition::RegistrationRequired:
    case Condition::SubscriptionRequired:
        return make(
            Kind::Forbidden, u"not-allowed"_s, tr("The server does not allow this."), words);
    case Condition::NotAcceptable:
        return make(
            Kind::Forbidden, u"not-allowed"_s, tr("The other side does not accept this."), words);
    case Condition::FeatureNotImplemented:
        return make(
            Kind::Unsupported, u"not-implemented"_s, tr("The server does not offer this."), words);
    case Condition::PolicyViolation:
    case Condition::ResourceConstraint:
        return make(Kind::Forbidden, u"server-busy"_s, tr("The server refuses this for now."),
            words, tr("Try again later."));
    default:
        return make(Kind::Protocol, u"server-fault"_s, tr("The server reports a fault."), words);
    }
}

Error taskError(const QXmppError &error)
{
    if (const auto stanza = error.value<QXmppStanza::Error>()) {
        return stanzaError(*stanza);
    }
    if (error.holdsType<QXmpp::SendError>() || error.holdsType<QXmpp::TimeoutError>()) {
        return make(Kind::Network, u"connection-closed"_s,
            tr("The connection ended before the server answered."), error.description);
    }
    return make(Kind::Protocol, u"server-fault"_s, tr("The server's answer makes no sense."),
        error.description);
}

Error joinError(const QXmppStanza::Error &error, const QString &nick)
{
    const QString words = wordsOf(error);
    switch (error.condition()) {
    case Condition::NotAuthorized:
        return make(Kind::Authentication, u"room-password"_s, tr("The room wants a password."),
            words, tr("Enter the room's password."), true);
    case Condition::Forbidden:
        return make(
            Kind::Forbidden, u"banned"_s, tr("You are banned from this room."), words, {}, true);
    case Condition::ItemNotFound:
        return make(Kind::NotFound, u"room-not-found"_s, tr("There is no such room."), words,
            tr("Check the room's address."), true);
    case Condition::NotAllowed:
        return make(Kind::Forbidden, u"not-allowed"_s,
            tr("This room does not exist and may not be created here."), words, {}, true);
    case Condition::NotAcceptable:
        return make(Kind::Forbidden, u"nick-reserved"_s,
            tr("The room wants you to use the name you registered there."), words, {}, true);
    case Condition::RegistrationRequired:
        return make(Kind::Forbidden, u"members-only"_s, tr("Only members may enter this room."),
            words, tr("Ask the room's owner."), true);
    case Condition::Conflict:
        return make(Kind::Forbidden, u"nick-in-use"_s,
            tr("Somebody in the room is called %1 already.").arg(nick), words,
            tr("Choose another name."), true);
    case Condition::ServiceUnavailable:
        return make(Kind::Forbidden, u"room-full"_s, tr("The room is full."), words,
            tr("Try again later."));
    case Condition::RemoteServerNotFound:
        return make(Kind::NotFound, u"remote-server-not-found"_s,
            tr("The room's server cannot be found."), words, tr("Check the room's address."), true);
    default:
        return stanzaError(error);
    }
}

Error timedOut(const ConnectionTrouble &trouble)
{
    if (trouble.connected && !trouble.streamSeen && !trouble.online) {
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("%1 does not speak XMPP.").arg(trouble.host), {},
            tr("Check server, port and connection type."));
    }
    return make(Kind::Timeout, u"timed-out"_s, tr("%1 does not answer.").arg(trouble.host), {},
        tr("Check server and port, and whether a firewall is in between."));
}

Error notOffered(const QString &domain)
{
    return make(Kind::NotFound, u"discovery-failed"_s, tr("%1 offers no XMPP service.").arg(domain),
        u"SRV target \".\""_s, tr("Check the address, or set the server by hand."), true);
}

Error offline()
{
    return make(Kind::Network, u"offline"_s, tr("The account is not signed in."), {});
}

Error invalidAddress(const QString &address)
{
    return make(Kind::NotFound, u"invalid-address"_s, tr("This is no XMPP address."), address,
        tr("An XMPP address looks like name@example.org."), true);
}

} // namespace linchpin::xmpp
