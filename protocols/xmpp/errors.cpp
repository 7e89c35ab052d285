// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/errors.h"

#include <QAbstractSocket>
#include <QCoreApplication>
#include <QDomDocument>
#include <QHash>
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

bool containsAny(const QString &text, std::initializer_list<QLatin1StringView> words)
{
    return std::ranges::any_of(
        words, [&](QLatin1StringView word) { return text.contains(word, Qt::CaseInsensitive); });
}

/// The worst first: what is worth nothing at all hides that it has expired as well.
enum class Doubt { Revoked, Weak, Untrusted, Name, Expired, Early };

Doubt doubtOf(const QSslError &error)
{
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return Doubt::Expired;
    case QSslError::CertificateNotYetValid:
        return Doubt::Early;
    case QSslError::HostNameMismatch:
        return Doubt::Name;
    case QSslError::CertificateRevoked:
    case QSslError::CertificateBlacklisted:
        return Doubt::Revoked;
    default:
        // Qt has no word for OpenSSL's X509_V_ERR_EE_KEY_TOO_SMALL and its sisters.
        return containsAny(error.errorString(), { "too weak"_L1, "too small"_L1 })
            ? Doubt::Weak
            : Doubt::Untrusted;
    }
}

Error doubtError(Doubt doubt, const ConnectionTrouble &trouble, const QString &detail)
{
    const auto stop = [&](const QString &code, const QString &title, const QString &remedy) {
        return make(Kind::Tls, code, title, detail, remedy, true);
    };
    switch (doubt) {
    case Doubt::Revoked:
        return stop(u"certificate-revoked"_s,
            tr("The certificate of %1 has been revoked.").arg(trouble.host),
            tr("Do not sign in; ask the server's administrator."));
    case Doubt::Weak:
        return stop(u"certificate-weak"_s,
            tr("The certificate of %1 is too weak.").arg(trouble.host),
            tr("The server's administrator has to install one with at least 2048 bits, signed "
               "with SHA-256."));
    case Doubt::Untrusted:
        return stop(u"certificate-untrusted"_s,
            tr("The certificate of %1 is not signed by anyone trusted.").arg(trouble.host),
            tr("Add the organisation's CA file, or pin this certificate after comparing its "
               "fingerprint with the administrator."));
    case Doubt::Name:
        return stop(u"certificate-name-mismatch"_s,
            tr("The certificate of %1 is not for %2.").arg(trouble.host, trouble.domain),
            tr("Check the address and the server name; somebody may be listening in."));
    case Doubt::Expired:
        return stop(u"certificate-expired"_s,
            tr("The certificate of %1 has expired.").arg(trouble.host),
            tr("Check this computer's clock; otherwise only the server's administrator can renew "
               "it."));
    case Doubt::Early:
        break;
    }
    return stop(u"certificate-not-yet-valid"_s,
        tr("The certificate of %1 is not valid yet.").arg(trouble.host),
        tr("Check this computer's clock."));
}

Error certificateError(const ConnectionTrouble &trouble)
{
    QStringList words;
    Doubt worst = Doubt::Early;
    for (const QSslError &error : trouble.sslErrors) {
        words.append(error.errorString());
        worst = std::min(worst, doubtOf(error));
    }
    const QString finger = QString::fromLatin1(trouble.fingerprint.toHex());
    const QString detail
        = words.join(u"; "_s) + (finger.isEmpty() ? QString() : u" (SHA-256 %1)"_s.arg(finger));
    if (trouble.pinned) {
        return make(Kind::Tls, u"certificate-pin-mismatch"_s,
            tr("The certificate of %1 is not the one this account pins. Somebody may be listening "
               "in.")
                .arg(trouble.host),
            detail.trimmed(),
            tr("Ask the server's administrator whether the certificate was changed, and only then "
               "pin the new one."),
            true);
    }
    Error error = doubtError(worst, trouble, detail);
    if (!finger.isEmpty() && worst == Doubt::Untrusted) {
        error.fix = { { u"pinned-certificate"_s, finger } };
    }
    return error;
}

/// OpenSSL's words for a handshake that did not come about.
Error handshakeError(const QString &words, const ConnectionTrouble &trouble)
{
    if (containsAny(words,
            { "key too small"_L1, "md too weak"_L1, "key too weak"_L1, "dh key too small"_L1 })) {
        return doubtError(Doubt::Weak, trouble, words);
    }
    if (containsAny(words,
            { "protocol version"_L1, "unsupported protocol"_L1, "no protocols available"_L1,
                "version too low"_L1 })) {
        return make(Kind::Tls, u"tls-too-old"_s,
            tr("%1 offers only outdated TLS.").arg(trouble.host), words,
            tr("The server's administrator has to update it."), true);
    }
    if (containsAny(words,
            { "wrong version number"_L1, "packet length"_L1, "unknown protocol"_L1,
                "http request"_L1, "record layer failure"_L1, "bad record type"_L1 })) {
        return tlsLater(trouble.host, words);
    }
    return make(Kind::Tls, u"tls-handshake-failed"_s,
        tr("No secure connection with %1 could be made.").arg(trouble.host), words,
        tr("Check server and port. Something between you and the server may break the connection "
           "open."));
}

/// Where the name service names no server, that is the cause worth telling.
Error withoutRecords(const Error &error, const ConnectionTrouble &trouble)
{
    return trouble.noRecords ? noRecords(trouble.domain, error) : error;
}

Error socketError(
    QAbstractSocket::SocketError code, const QString &words, const ConnectionTrouble &trouble)
{
    switch (code) {
    case QAbstractSocket::HostNotFoundError:
        if (!trouble.record.isEmpty()) {
            return targetMissing(trouble.host, trouble.record, words);
        }
        return make(Kind::Network, u"name-not-found"_s,
            tr("There is no server called %1.").arg(trouble.host), words,
            tr("Check the address, or set the server by hand."));
    case QAbstractSocket::ConnectionRefusedError:
        return withoutRecords(make(Kind::Network, u"refused"_s,
                                  tr("%1 does not accept connections.").arg(trouble.host), words,
                                  tr("Check server and port; the service may be down.")),
            trouble);
    case QAbstractSocket::SocketTimeoutError:
        return timedOut(trouble);
    case QAbstractSocket::NetworkError:
        return withoutRecords(
            make(Kind::Network, u"unreachable"_s, tr("%1 cannot be reached.").arg(trouble.host),
                words, tr("Check the network connection and the VPN.")),
            trouble);
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
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return handshakeError(words, trouble);
    default: // RemoteHostClosedError among them
        break;
    }
    if (trouble.heardTls) {
        return tlsFirst(trouble.host);
    }
    if (trouble.connected && trouble.heard && !trouble.streamSeen && !trouble.online) {
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("%1 does not speak XMPP.").arg(trouble.host), words,
            tr("Check server, port and connection type."));
    }
    if (trouble.connected && !trouble.streamSeen && !trouble.online) {
        return make(Kind::Network, u"server-fault"_s,
            tr("%1 takes the connection and hangs up without a word.").arg(trouble.host), words,
            tr("Check server, port and connection type; the service may be overloaded."));
    }
    if (!trouble.online) {
        return make(Kind::Network, u"server-fault"_s,
            tr("%1 hung up in the middle of signing in.").arg(trouble.host), words,
            tr("Try again later; if it stays so, tell the server's administrator."));
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
            tr("Check the part of the address after the @, and the server's name."), true);
    case StreamError::ResourceConstraint:
        return make(Kind::Network, u"server-fault"_s,
            tr("The server has no room for this connection now."), words, tr("Try again later."));
    case StreamError::NotAuthorized:
    case StreamError::PolicyViolation:
        return make(Kind::Forbidden, u"server-fault"_s,
            tr("The server ended the connection by its rules."), words,
            tr("Ask the server's administrator what the words mean."));
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
            tr("%1 and this program do not understand each other.").arg(trouble.host), words,
            tr("Check server and port: servers talk to each other on another port (5269)."));
    default:
        return make(Kind::Network, u"server-fault"_s, tr("The server ended the connection."), words,
            tr("Try again later; if it stays so, tell the server's administrator."));
    }
}

Error wrongPassword(const QString &detail)
{
    return make(Kind::Authentication, u"wrong-password"_s,
        tr("The server does not accept this user name and password."), detail,
        tr("Enter the password again; check the login."), true);
}

Error accountDisabled(const QString &detail)
{
    return make(Kind::Authentication, u"account-disabled"_s,
        tr("The account is disabled on the server."), detail, tr("Ask the server's administrator."),
        true);
}

Error passwordExpired(const QString &detail)
{
    return make(Kind::Authentication, u"wrong-password"_s, tr("The password has expired."), detail,
        tr("Change it at the provider."), true);
}

Error encryptionRequired(const QString &detail)
{
    Error error
        = make(Kind::Tls, u"tls-required"_s, tr("The server takes passwords only over TLS."),
            detail, tr("Choose an encrypted connection type."), true);
    error.fix = { { u"connection"_s, u"auto"_s } };
    return error;
}

Error noMechanism(const QString &words, const ConnectionTrouble &trouble)
{
    const QString offered = trouble.mechanisms.join(u", "_s);
    const QString detail = offered.isEmpty() ? words : offered;
    const bool weaker
        = trouble.mechanisms.contains("PLAIN"_L1) || trouble.mechanisms.contains("DIGEST-MD5"_L1);
    if (trouble.onlyScram && weaker && trouble.auth.isEmpty()) {
        return weakerThanBefore(detail);
    }
    Error error = make(Kind::Authentication, u"auth-scheme-unavailable"_s,
        trouble.auth.isEmpty()
            ? tr("The server offers none of the ways to sign in that this account allows.")
            : tr("The server does not offer %1.").arg(trouble.auth),
        detail,
        trouble.auth.isEmpty() ? tr("Ask the server's administrator which way to sign in is meant "
                                    "for programs like this one.")
                               : tr("Set the authentication scheme to automatic."),
        true);
    if (!trouble.auth.isEmpty()) {
        error.fix = { { u"auth"_s, u"auto"_s } };
    }
    return error;
}

Error serverTrouble(const QString &detail)
{
    return make(Kind::Network, u"server-fault"_s,
        tr("The server cannot check passwords at the moment."), detail, tr("Try again later."));
}

/// By the server's own condition, which is finer than what QXmpp makes of it (RFC 6120 §6.5).
std::optional<Error> saslError(const QString &words, const ConnectionTrouble &trouble)
{
    const QString &condition = trouble.saslCondition;
    const QString detail = words.isEmpty() ? condition : u"%1: %2"_s.arg(condition, words);
    if (condition.isEmpty()) {
        return std::nullopt;
    }
    if (condition == "account-disabled"_L1) {
        return accountDisabled(detail);
    }
    if (condition == "credentials-expired"_L1) {
        return passwordExpired(detail);
    }
    if (condition == "encryption-required"_L1) {
        return encryptionRequired(detail);
    }
    if (condition == "invalid-mechanism"_L1 || condition == "mechanism-too-weak"_L1) {
        return noMechanism(detail, trouble);
    }
    if (condition == "invalid-authzid"_L1) {
        return make(Kind::Authentication, u"login-format"_s,
            tr("The server does not understand the login."), detail,
            tr("Leave the login empty, or enter only the part of the address before the @."), true);
    }
    if (condition == "temporary-auth-failure"_L1) {
        return serverTrouble(detail);
    }
    if (condition == "malformed-request"_L1 || condition == "incorrect-encoding"_L1
        || condition == "aborted"_L1 || condition == "bad-protocol"_L1) {
        return make(Kind::Authentication, u"server-fault"_s,
            tr("The server did not understand how this program signs in."), detail,
            tr("Try another authentication scheme on the Advanced page."), true);
    }
    return wrongPassword(detail); // not-authorized, and what somebody invented
}

Error authenticationError(
    const QXmpp::AuthenticationError &error, const QString &words, const ConnectionTrouble &trouble)
{
    using Type = QXmpp::AuthenticationError::Type;
    if (const auto said = saslError(error.text, trouble)) {
        return *said;
    }
    const QString detail = error.text.isEmpty() ? words : error.text;
    switch (error.type) {
    case Type::NotAuthorized:
        return wrongPassword(detail);
    case Type::AccountDisabled:
        return accountDisabled(detail);
    case Type::CredentialsExpired:
        return passwordExpired(detail);
    case Type::EncryptionRequired:
        return encryptionRequired(detail);
    case Type::MechanismMismatch:
        return noMechanism(detail, trouble);
    case Type::ProcessingError:
        return make(Kind::Authentication, u"server-fault"_s,
            tr("The server could not prove that it knows the password."), detail,
            tr("This may not be your server. Ask its administrator."));
    case Type::RequiredTasks:
        return make(Kind::Unsupported, u"auth-scheme-unavailable"_s,
            tr("The server asks for steps this program does not know."), detail, {}, true);
    }
    return make(Kind::Authentication, u"unknown"_s, tr("Signing in failed."), detail);
}

/// One element of what came, which may be several stanzas and parts of a stream at once; null where
/// it is not there as a whole.
QDomElement elementIn(const QString &text, const QString &name)
{
    const qsizetype from = text.indexOf(u'<' + name);
    const QString end = u"</%1>"_s.arg(name);
    const qsizetype to = from < 0 ? -1 : text.indexOf(end, from);
    if (to < 0) {
        return {};
    }
    QDomDocument document;
    const QString whole = u"<x xmlns='jabber:client' "
                          "xmlns:stream='http://etherx.jabber.org/streams'>%1</x>"_s.arg(
                              QStringView(text).sliced(from, to + end.size() - from));
    return document.setContent(whole, QDomDocument::ParseOption::UseNamespaceProcessing)
        ? document.documentElement().firstChildElement()
        : QDomElement();
}

/// Its first child that is no `<text/>`.
QString conditionIn(const QDomElement &root)
{
    for (QDomElement child = root.firstChildElement(); !child.isNull();
        child = child.nextSiblingElement()) {
        if (child.localName() != "text"_L1) {
            return child.localName().left(64);
        }
    }
    return {};
}

/// Only those that are told apart; QXmpp gives up on a stream error it did not expect then.
std::optional<QXmpp::StreamError> knownStreamError(const QString &condition)
{
    using QXmpp::StreamError;
    static const QHash<QString, StreamError> kKnown { { u"conflict"_s, StreamError::Conflict },
        { u"host-unknown"_s, StreamError::HostUnknown }, { u"host-gone"_s, StreamError::HostGone },
        { u"not-authorized"_s, StreamError::NotAuthorized },
        { u"policy-violation"_s, StreamError::PolicyViolation },
        { u"connection-timeout"_s, StreamError::ConnectionTimeout },
        { u"system-shutdown"_s, StreamError::SystemShutdown }, { u"reset"_s, StreamError::Reset },
        { u"resource-constraint"_s, StreamError::ResourceConstraint } };
    const auto found = kKnown.constFind(condition);
    return found == kKnown.cend() ? std::nullopt : std::optional(*found);
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
    if (trouble.judged) {
        return *trouble.judged;
    }
    if (!trouble.sslErrors.isEmpty() || trouble.pinned) {
        return certificateError(trouble);
    }
    if (trouble.tlsMissing) {
        return make(Kind::Tls, u"tls-required"_s,
            trouble.knownTls ? tr("%1 offered encryption before and does not any more. Somebody on "
                                  "the way may be taking it out.")
                                   .arg(trouble.host)
                             : tr("%1 offers no encryption.").arg(trouble.host),
            error.description,
            tr("Ask the server's administrator for TLS; sending passwords unencrypted has to be "
               "allowed by hand."),
            true);
    }
    if (const auto said = knownStreamError(trouble.streamCondition)) {
        return streamError(*said,
            error.description.isEmpty() ? trouble.streamCondition : error.description, trouble);
    }
    if (const auto socket = error.value<QAbstractSocket::SocketError>()) {
        return socketError(*socket, error.description, trouble);
    }
    if (const auto stream = error.value<QXmpp::StreamError>()) {
        return streamError(*stream, error.description, trouble);
    }
    if (const auto authentication = error.value<QXmpp::AuthenticationError>()) {
        return authenticationError(*authentication, error.description, trouble);
    }
    if (const auto bind = error.value<QXmpp::BindError>()) {
        if (bind->stanzaError.condition() == Condition::Conflict) {
            return streamError(QXmpp::StreamError::Conflict, wordsOf(bind->stanzaError), trouble);
        }
        if (bind->stanzaError.condition() == Condition::ResourceConstraint) {
            return make(Kind::Forbidden, u"elsewhere-signed-in"_s,
                tr("The account is signed in on too many devices."), wordsOf(bind->stanzaError),
                tr("Sign out on another device."));
        }
        return make(Kind::Protocol, u"server-fault"_s,
            tr("The server took the password but opened no session."), wordsOf(bind->stanzaError),
            tr("Leave the resource empty on the Advanced page; else tell the server's "
               "administrator."));
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
    if (trouble.connected && trouble.heard && !trouble.streamSeen && !trouble.online) {
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("%1 does not speak XMPP.").arg(trouble.host), {},
            tr("Check server, port and connection type."));
    }
    if (trouble.streamSeen && !trouble.online) {
        return make(Kind::Timeout, u"timed-out"_s,
            tr("%1 stopped answering in the middle of signing in.").arg(trouble.host), {},
            tr("The service may be overloaded: try again later."));
    }
    if (trouble.connected && !trouble.online) {
        return make(Kind::Timeout, u"timed-out"_s,
            tr("%1 takes the connection but does not answer.").arg(trouble.host), {},
            tr("Check server, port and connection type."));
    }
    return withoutRecords(
        make(Kind::Timeout, u"timed-out"_s, tr("%1 does not answer.").arg(trouble.host), {},
            tr("Check server and port, and whether a firewall is in between.")),
        trouble);
}

Error noRecords(const QString &domain, const Error &why)
{
    Error error = make(why.kind, u"no-srv-record"_s,
        tr("The name service names no XMPP server for %1, and none answers there.").arg(domain),
        u"_xmpp-client._tcp.%1; %2: %3"_s.arg(domain, why.code, why.detail),
        tr("Check the part of the address after the @. If it is right, enter the server's name on "
           "the Advanced page."));
    error.fatal = why.fatal;
    return error;
}

Error targetMissing(const QString &host, const QString &record, const QString &words)
{
    return make(Kind::Network, u"srv-target-missing"_s,
        tr("The name service names %1 as the server, but that name has no address.").arg(host),
        words.isEmpty() ? record : u"%1: %2"_s.arg(record, words),
        tr("Tell the domain's administrator that the SRV record points to a name without an "
           "address. Until then, a server set by hand may work."));
}

Error weakerThanBefore(const QString &offered)
{
    return make(Kind::Authentication, u"auth-scheme-unavailable"_s,
        tr("The server could sign you in without learning your password before, and now wants the "
           "password itself."),
        offered,
        tr("Nothing secret was sent. Somebody may stand between you and the server. Ask its "
           "administrator, and only if the change was meant, choose the scheme by hand on the "
           "Advanced page."),
        true);
}

Error tlsDemanded(const QString &where)
{
    Error error = make(Kind::Tls, u"tls-required"_s,
        tr("%1 lets nobody sign in without encryption.").arg(where), u"<starttls><required/>"_s,
        tr("Set the connection type to automatic."), true);
    error.fix = { { u"connection"_s, u"auto"_s } };
    return error;
}

Error tlsFirst(const QString &where)
{
    Error error
        = make(Kind::Tls, u"tls-required"_s, tr("%1 wants TLS from the first byte.").arg(where), {},
            tr("Set the connection type to TLS from the start."), true);
    error.fix = { { u"connection"_s, u"tls"_s } };
    return error;
}

Error tlsLater(const QString &where, const QString &words)
{
    Error error = make(Kind::Tls, u"not-tls"_s, tr("%1 does not answer with TLS.").arg(where),
        words, tr("Choose STARTTLS as the connection type, or another port."), true);
    error.fix = { { u"connection"_s, u"starttls"_s } };
    return error;
}

QString saslCondition(const QString &stanza)
{
    const QDomElement root = elementIn(stanza, u"failure"_s);
    const QString space = root.namespaceURI();
    return space == "urn:ietf:params:xml:ns:xmpp-sasl"_L1 || space == "urn:xmpp:sasl:2"_L1
        ? conditionIn(root)
        : QString();
}

QString streamCondition(const QString &stanza)
{
    return conditionIn(elementIn(stanza, u"stream:error"_s));
}

QStringList offeredMechanisms(const QString &stanza)
{
    constexpr qsizetype kMost = 32;
    QStringList found;
    const QDomElement root = elementIn(stanza, u"mechanisms"_s);
    if (root.namespaceURI() != "urn:ietf:params:xml:ns:xmpp-sasl"_L1) {
        return found;
    }
    for (QDomElement child = root.firstChildElement(); !child.isNull() && found.size() < kMost;
        child = child.nextSiblingElement()) {
        if (child.localName() == "mechanism"_L1) {
            found.append(child.text().trimmed().left(64));
        }
    }
    return found;
}

Error notOffered(const QString &domain)
{
    return make(Kind::NotFound, u"no-srv-record"_s, tr("%1 offers no XMPP service.").arg(domain),
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
