// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/registration/authnegotiator.h"
#include "protocols/sip/registration/securitymemory.h"
#include "protocols/sip/transaction/dialog.h"
#include "protocols/sip/transaction/localidentity.h"
#include "protocols/sip/wire/siperror.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QDateTime>
#include <QSet>

#include <chrono>
#include <optional>
#include <variant>

namespace linchpin::sip {

/// What the registrar told in its 200, [MS-SIPREGE] 3.2.
struct RegistrationInfo {
    QByteArray server; ///< Server header, "RTC/3.5"
    std::chrono::seconds lifetime { 0 };
    std::chrono::seconds keepAlive { 0 }; ///< 0 = the server wants none
    QSet<QByteArray> supported; ///< lower case
    QSet<QByteArray> allowEvents; ///< lower case
    bool remoteUser = false; ///< came in through an Edge server
    bool plain = false; ///< no extensions of Microsoft's: SIP/SIMPLE as in the RFCs

    /// Categories and containers (OCS 2007 and later), not the documents of LCS 2005.
    bool hasCategories() const { return supported.contains("msrtc-event-categories"); }
    bool hasBatchedSubscribe() const { return supported.contains("adhoclist"); }
    bool allows(const QByteArray &event) const { return allowEvents.contains(event.toLower()); }
};

/// Which SIP is spoken with the server.
enum class Dialect : quint8 {
    Auto, ///< whatever the registrar's answer shows
    Microsoft,
    Plain,
};

struct RegistrationConfig {
    LocalIdentity identity; ///< connection fields are filled in when connected
    /// The User-Agent to begin with, then those to try when the server refuses a version.
    QByteArrayList userAgents;
    /// Named in the remedy when all of them were refused; may be empty.
    QByteArray suggestedUserAgent;
    AuthConfig auth;
    bool allowPlain = false; ///< the user chose unencrypted connections
    Dialect dialect = Dialect::Auto;
    QList<Candidate> candidates;
    /// What looking for servers met, told where none of the candidates is of use.
    std::optional<Error> trouble = {};
    /// What signing in was like before.
    SecurityMemory memory = {};
};

enum class RegistrationTimer { Answer, Negotiate, Refresh, Reauthenticate, Retry, SignOut };

namespace reginput {
struct Connected {
    QByteArray host; ///< our end; IPv6 in brackets
    quint16 port = 0;
};
/// No connection could be made.
struct ConnectFailed {
    Error error;
};
/// The connection ended by itself.
struct Lost {
    Error error;
};
/// What came over the connection is no SIP.
struct Unreadable {
    ParseError error;
};
/// A response with CSeq method REGISTER.
struct Response {
    SipMessage message;
    QDateTime receivedAt; ///< UTC
};
struct TimerFired {
    RegistrationTimer timer = RegistrationTimer::Answer;
};
/// NOTIFY or BENOTIFY of registration-notify.
struct Deregistered {
    QByteArray event;
    QString words;
};
/// What regeffect::Negotiate gave.
struct Negotiated {
    int id = 0;
    AuthToken token;
};
struct CertificateReady {
    int id = 0;
    ClientCertificate certificate;
};
struct CertificateFailed {
    int id = 0;
    Error error;
};
/// A signed request came back with 401: the server has lost the security association.
struct AssociationLost { };
/// Is the line still alive? Answer soon.
struct Probe { };
struct SignOut { };
} // namespace reginput
using RegistrationInput = std::variant<reginput::Connected, reginput::ConnectFailed, reginput::Lost,
    reginput::Unreadable, reginput::Response, reginput::TimerFired, reginput::Deregistered,
    reginput::Negotiated, reginput::CertificateReady, reginput::CertificateFailed,
    reginput::AssociationLost, reginput::Probe, reginput::SignOut>;

namespace regeffect {
struct Connect {
    Candidate candidate;
};
struct Disconnect { };
struct Send {
    SipMessage request; ///< complete, signed where it must be
};
struct StartTimer { ///< replaces one of the same name
    RegistrationTimer timer = RegistrationTimer::Answer;
    std::chrono::milliseconds in { 0 };
};
struct StopTimer {
    RegistrationTimer timer = RegistrationTimer::Answer;
};
/// The server asked for credentials.
struct Authenticating { };
/// Run the work off the main thread (it may wait for a Kerberos server), then Negotiated. The work
/// keeps alive what it needs; its result may be dropped.
struct Negotiate {
    int id = 0;
    RequestAuthenticator::Work work;
};
/// Then CertificateReady or CertificateFailed.
struct NeedCertificate {
    int id = 0;
    QUrl service; ///< the certificate provisioning service
    bool renew = false; ///< the kept one was refused
};
/// A stronger scheme was offered, but did not work; this one did.
struct FellBack {
    QByteArray scheme;
    QList<SchemeFailure> failures;
};
struct Registered {
    bool first = false; ///< begin subscriptions and publications
    bool renewed = false; ///< the server had lost us: do them again
    bool reauthenticated = false; ///< what waited for a new association can go out
};
/// Over; Disconnect went before.
struct Failed {
    Error error;
};
/// Over as wished.
struct SignedOut { };
/// Something was mended on the way, or is not what it was: one line for people, and the server's
/// words.
struct Remark {
    bool warning = false;
    QString code;
    QString text; ///< translated
    QString words;
};
/// The server took this User-Agent after it had refused another.
struct UserAgentLearned {
    QByteArray userAgent;
    QString refusal; ///< the server's words for the one before
};
} // namespace regeffect
using RegistrationEffect = std::variant<regeffect::Connect, regeffect::Disconnect, regeffect::Send,
    regeffect::StartTimer, regeffect::StopTimer, regeffect::Authenticating, regeffect::Registered,
    regeffect::Negotiate, regeffect::NeedCertificate, regeffect::FellBack, regeffect::Failed,
    regeffect::SignedOut, regeffect::UserAgentLearned, regeffect::Remark>;

/// The way to being registered and staying so, [MS-SIPREGE] and [MS-SIPAE]: candidates one after
/// the other, REGISTER, challenge rounds (of the registrar, and of a proxy in between), signed
/// REGISTER, refresh, re-authentication, redirects, signing out. No socket and no clock: inputs in,
/// effects out, in the order to carry them out.
class RegistrationMachine {
public:
    enum class Phase { Idle, Connecting, Registering, Registered, Leaving, Ended };

    RegistrationMachine(
        RegistrationConfig config, const MechanismFactory &mechanisms, RandomBytes random);

    QList<RegistrationEffect> start();
    QList<RegistrationEffect> step(const RegistrationInput &input);

    Phase phase() const { return m_phase; }
    const RegistrationInfo &info() const { return m_info; }
    /// With our end of the connection and, once registered, the GRUU.
    const LocalIdentity &identity() const { return m_config.identity; }
    /// The server wanted credentials: requests are signed, and answers have to be.
    bool isAuthenticated() const { return m_registrar.isEstablished() || m_proxy.isEstablished(); }
    /// Adds what says who we are to everything but REGISTER. All other headers must be final.
    void sign(SipMessage &request);
    /// Whether a message is what the server sent. Nothing is wrong without an association.
    std::expected<void, SignatureProblem> verify(const SipMessage &message) const;
    /// A 401 or 407 to a request of another method that only needs signing anew (Digest).
    bool takeDigest(const SipMessage &response);
    const Candidate &candidate() const { return m_candidate; }
    /// What holds: the registrar's scheme, or a proxy's; empty where nobody asked.
    QByteArray scheme() const
    {
        return m_registrar.isEstablished() ? m_registrar.scheme() : m_proxy.scheme();
    }
    QString serverName() const;

private:
    using Effects = QList<RegistrationEffect>;
    enum class RegisterKind { Plain, Signed, SignOut };

    Effects handle(const reginput::Connected &input);
    Effects handle(const reginput::ConnectFailed &input);
    Effects handle(const reginput::Lost &input);
    Effects handle(const reginput::Unreadable &input);
    Effects handle(const reginput::Response &input);
    Effects handle(const reginput::TimerFired &input);
    Effects handle(const reginput::Deregistered &input);
    Effects handle(const reginput::Negotiated &input);
    Effects handle(const reginput::CertificateReady &input);
    Effects handle(const reginput::CertificateFailed &input);
    Effects handle(const reginput::AssociationLost &input);
    Effects handle(const reginput::Probe &input);
    Effects handle(const reginput::SignOut &input);

    /// A server that was of no use.
    struct Attempt {
        Candidate candidate;
        Error error;
    };

    Effects tryNext(const Error &why);
    std::optional<Error> objectionTo(const Candidate &candidate) const;
    Error verdict() const;
    Effects remarks() const;
    Effects connectTo(const Candidate &candidate);
    Effects sendRegister(RegisterKind kind, std::chrono::milliseconds limit);
    Effects challenged(const SipMessage &response, const QDateTime &now);
    Effects apply(const AuthStep &step);
    Effects negotiationTimedOut();
    AuthNegotiator &asking() { return m_asker == Asker::Registrar ? m_registrar : m_proxy; }
    Effects registered(const SipMessage &response, const QDateTime &now);
    Effects redirected(const SipMessage &response);
    Effects refused(const SipMessage &response);
    void addMicrosoftHeaders(SipMessage &m) const;
    void addPlainHeaders(SipMessage &m) const;
    bool looksPlain(const SipMessage &response) const;
    Effects fail(const Error &error);
    bool isRegistrar(const SipMessage &response) const;
    std::optional<Error> signatureProblem(const SipMessage &response) const;

    RegistrationConfig m_config;
    RandomBytes m_random;

    Phase m_phase = Phase::Idle;
    qsizetype m_next = 0; ///< index into candidates
    Candidate m_candidate;
    bool m_answered = false; ///< a SIP answer came from this candidate: no further ones are tried
    QList<Attempt> m_attempts;
    int m_redirects = 0;
    qsizetype m_userAgent = 0;
    QString m_refusal;

    Dialog m_dialog;
    quint32 m_pendingNumber = 0; ///< CSeq of the REGISTER that is out; 0 = none
    int m_challenges = 0; ///< 401 in a row
    int m_retries = 0; ///< of a refresh that met 5xx
    AuthNegotiator m_registrar;
    AuthNegotiator m_proxy;
    Asker m_asker = Asker::Registrar; ///< with whom the conversation is going on
    int m_negotiation = 0; ///< counts what is asked of the outside; older answers are ignored
    bool m_negotiating = false;
    RegistrationInfo m_info;
    std::chrono::seconds m_wanted { 3600 }; ///< asked for where the server is known to be plain
    bool m_reauthenticating = false;
    bool m_leftTwice = false; ///< signing out was challenged, and said again
};

} // namespace linchpin::sip
