// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/auth/clientcertificate.h"
#include "protocols/sip/auth/digest.h"
#include "protocols/sip/auth/requestauthenticator.h"
#include "protocols/sip/registration/loginformat.h"

#include <QDateTime>
#include <QList>
#include <QUrl>

#include <chrono>
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
    QString login = {}; ///< as typed; to tell what is wrong with it
    QString address = {}; ///< sign-in address
};

/// The server that asks, and what is known of it.
struct AuthPlace {
    QString host = {}; ///< what we connected to
    /// Certificates are only fetched inside of it, and the server has to prove a name of its own:
    /// over a connection that anybody can write to, anybody could name the place to send a password
    /// to. Empty: the connection vouches for the server.
    QString onlyDomain = {};
    QByteArray before = {}; ///< the scheme that worked there; under `auto` nothing weaker is taken
    bool encrypted = true;
    bool openChosen = false; ///< the user wants it unencrypted
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
    /// The server's time, where it differs from ours by more than is tolerated; else invalid.
    QDateTime serverTime = {};
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
    /// A new connection: nothing holds.
    void reset(const AuthPlace &place);

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
    /// A certificate was refused, thrown away and fetched anew.
    bool renewedCertificate() const { return m_renewed; }
    /// How far the server's clock is ahead of ours; 0 where it is tolerated, or nobody said.
    std::chrono::seconds clockSkew() const { return m_skew; }
    /// The stronger scheme that worked at this server before; empty while nothing is lost.
    QByteArray weakenedFrom() const { return m_weakenedFrom; }

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
    QByteArrayList offeredSchemes() const;
    std::optional<Error> objectionTo(const QByteArray &scheme) const;
    void lookAt(const SipMessage &response, const QList<AuthHeader> &offers);

    Asker m_asker;
    AuthConfig m_config;
    MechanismFactory m_mechanisms;
    RandomBytes m_random;

    QList<AuthHeader> m_offers; ///< of the challenge that began all this
    QByteArray m_scheme; ///< being tried
    std::unique_ptr<RequestAuthenticator> m_handshake;
    std::unique_ptr<RequestAuthenticator> m_signer;
    QList<SchemeFailure> m_failures;
    AuthPlace m_place;
    QDateTime m_now;
    QDateTime m_serverTime; ///< of the last challenge that told it
    std::chrono::seconds m_skew { 0 };
    bool m_timed = false; ///< the mechanism was made when the server's time was known
    std::optional<WindowsDomain> m_windows; ///< of the server, as NTLM told it
    QByteArray m_weakenedFrom;
    QString m_words; ///< the server's, of the last challenge
    ClientCertificate m_certificate;
    bool m_waitingForCertificate = false;
    bool m_renewed = false; ///< a refused certificate is thrown away once
    bool m_oldHello = false;
};

} // namespace linchpin::sip
