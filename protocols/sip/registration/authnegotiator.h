// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/auth/clientcertificate.h"
#include "protocols/sip/auth/digest.h"
#include "protocols/sip/auth/requestauthenticator.h"

#include <QDateTime>
#include <QList>
#include <QUrl>

#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace linchpin::sip {

struct AuthConfig {
    QString scheme; ///< account setting: auto, ntlm, kerberos, tls-dsk, digest
    bool singleSignOn = false;
    /// Nobody answered for Kerberos lately: under `auto` it is not asked again.
    bool skipKerberos = false;
    bool hasCertificates = false; ///< TLS-DSK can be tried: somebody fetches certificates
    std::optional<DigestCredentials> digest; ///< Digest can be tried
};

/// What a mechanism of [MS-SIPAE] is made from.
struct MechanismRequest {
    QByteArray scheme; ///< as in the challenge
    QByteArray targetName;
    ClientCertificate certificate = {}; ///< TLS-DSK
    bool oldHello = false; ///< TLS-DSK: the server stumbled over the newer one
    /// TLS-DSK: the names one of which the server must prove, where nobody else vouches for it;
    /// empty on a connection that is TLS itself.
    QStringList provenNames = {};
};
/// The mechanism, or why it cannot be used here.
using MechanismFactory = std::function<std::expected<std::unique_ptr<AuthMechanism>, AuthError>(
    const MechanismRequest &request)>;

/// Why a scheme that the server offers was not used, or did not work.
struct SchemeFailure {
    QByteArray scheme;
    Error error;
    bool expected = false; ///< nothing to tell people about: no Kerberos outside the company
};

namespace authstep {
/// The request goes out again; sign() adds what there is to say.
struct Answer { };
/// Run it where nobody minds waiting, then negotiated().
struct Negotiate {
    RequestAuthenticator::Work work;
};
/// Then certificateReady() or certificateFailed().
struct NeedCertificate {
    QUrl service; ///< the provisioning service of the challenge
    bool renew = false; ///< the one at hand was refused: throw it away
};
/// No scheme is left.
struct Failed {
    Error error;
};
} // namespace authstep
using AuthStep = std::variant<authstep::Answer, authstep::Negotiate, authstep::NeedCertificate,
    authstep::Failed>;

/// The conversation about who we are with one asker: the strongest scheme that is offered, wanted
/// and possible, its handshake, and the next scheme when it fails. No password is sent twice. Pure:
/// challenges in, steps out.
class AuthNegotiator {
public:
    AuthNegotiator(Asker asker, AuthConfig config, MechanismFactory mechanisms, RandomBytes random);

    /// A 401 (407). `now` is when it came, UTC.
    AuthStep challenged(const SipMessage &response, const QDateTime &now);
    AuthStep negotiated(const AuthToken &token);
    AuthStep negotiationTimedOut();
    AuthStep certificateReady(const ClientCertificate &certificate);
    AuthStep certificateFailed(const Error &error);
    /// A Digest challenge to some other request: true when it was taken, and the request may be
    /// signed anew. Never for a nonce that is not stale: the password was wrong.
    bool takeDigest(const SipMessage &response);

    /// The server took what was said last: it holds from now on.
    void accept();
    /// A new handshake begins; the old security holds until accept().
    void restart();
    /// A new connection: nothing holds. With a domain, certificates are only fetched inside it:
    /// over a connection that anybody can write to, anybody could name the place to send a password
    /// to. `host` is what we connected to; then it has to prove a name of its own.
    void reset(const QString &onlyDomain, const QString &host = {});

    /// Adds our header to a request. While `handshaking` it is the running handshake's.
    void sign(SipMessage &request, bool handshaking);
    bool isHandshaking() const { return m_handshake != nullptr; }
    bool isEstablished() const { return m_signer != nullptr; }
    /// Everything that can vouch for a message: what holds, and a handshake that is through.
    QList<RequestAuthenticator *> witnesses() const;

    QByteArray scheme() const; ///< of what holds; empty if nothing
    QDateTime expiry() const; ///< of what holds; invalid if never
    /// What did not work on the way to what holds.
    const QList<SchemeFailure> &failures() const { return m_failures; }

private:
    std::optional<AuthHeader> offerOf(const QByteArray &scheme) const;
    AuthStep tryNext();
    std::optional<AuthStep> begin(const QByteArray &scheme, const AuthHeader &offer);
    AuthStep feed(const AuthHeader &challenge);
    MechanismRequest tlsDskRequest(const AuthHeader &offer) const;
    AuthStep make(const MechanismRequest &request, const AuthHeader &offer);
    AuthStep failed(const AuthError &error);
    AuthStep nextAfter(const Error &error, bool expected);
    AuthStep refused(const SipMessage &response);
    AuthStep needCertificate(bool renew);
    AuthStep giveUp(const Error &error) const;
    Error lastWord() const;

    Asker m_asker;
    AuthConfig m_config;
    MechanismFactory m_mechanisms;
    RandomBytes m_random;

    QList<AuthHeader> m_offers; ///< of the challenge that began all this
    QByteArray m_scheme; ///< being tried
    std::unique_ptr<RequestAuthenticator> m_handshake;
    std::unique_ptr<RequestAuthenticator> m_signer;
    QList<SchemeFailure> m_failures;
    QString m_onlyDomain;
    QString m_host;
    QDateTime m_now;
    QString m_words; ///< the server's, of the last challenge
    ClientCertificate m_certificate;
    bool m_waitingForCertificate = false;
    bool m_renewed = false; ///< a refused certificate is thrown away once
    bool m_oldHello = false;
};

} // namespace linchpin::sip
