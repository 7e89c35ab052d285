// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/registrationmachine.h"

#include "protocols/sip/discovery/retiredservice.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/wire/sipuri.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds answerLimit = 32s; // RFC 3261 17.1.2.2, timer F
constexpr milliseconds probeLimit = 10s;
constexpr milliseconds signOutLimit = 2s;
constexpr milliseconds retryDelay = 60s;
constexpr milliseconds longestRetryDelay = 30min;
constexpr milliseconds associationLifetime = 8h - 5min; // [MS-SIPAE] 3.1.2: at most eight hours
constexpr seconds refreshMargin = 30s;
constexpr seconds defaultLifetime = 600s;
constexpr int maximumRedirects = 5;
constexpr int maximumChallenges = 16; // TLS-DSK twice, Kerberos, NTLM; at a proxy, too
constexpr milliseconds certificateLimit = 60s;
constexpr milliseconds kerberosLimit = 20s;
constexpr milliseconds kerberosGuessLimit = 5s; // when nobody asked for Kerberos
constexpr seconds expiryMargin = 5min;
constexpr seconds shortestAssociation = 1min;
constexpr int maximumRetries = 6;

const QByteArray methods
    = "INVITE, MESSAGE, INFO, SUBSCRIBE, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, BENOTIFY"_ba;

const QByteArray plainMethods = "MESSAGE, NOTIFY, OPTIONS"_ba;
constexpr seconds plainKeepAlive = 110s; // NATs forget a silent connection after minutes

/// Our contact as a registrar that keeps no instances gives it back.
bool isOwnContact(const QByteArray &uri, const LocalIdentity &identity)
{
    const auto parsed = parseSipUri(uri);
    return parsed && parsed->host == identity.host && parsed->port == identity.port;
}

QSet<QByteArray> lowerSet(const QByteArrayList &values)
{
    QSet<QByteArray> set;
    for (const QByteArray &value : values) {
        set.insert(value.toLower());
    }
    return set;
}

seconds keepAliveOf(const SipMessage &response)
{
    const QByteArray value = response.header("ms-keep-alive");
    const auto parameters
        = parseParameters(value.sliced(std::max<qsizetype>(value.indexOf(';'), 0)));
    if (value.isEmpty() || !parameters) {
        return 0s;
    }
    const int timeout = parameters->value("timeout").toInt();
    return timeout > 0 ? seconds(std::clamp(timeout, 10, 3600)) : 0s;
}

/// How long an association made now may serve, given the end of its ticket or certificate.
milliseconds associationLeft(const QDateTime &expiry, const QDateTime &now)
{
    if (!expiry.isValid()) {
        return associationLifetime;
    }
    const milliseconds left = milliseconds(now.msecsTo(expiry)) - expiryMargin;
    return std::clamp<milliseconds>(left, shortestAssociation, associationLifetime);
}

/// What a redirect names, best first. A missing transport keeps the present one.
QList<Candidate> redirectTargets(const SipMessage &response, bool tlsNow)
{
    struct Weighed {
        Candidate candidate;
        double q;
    };
    QList<Weighed> found;
    for (const QByteArray &value : response.headerValues("Contact")) {
        const auto contact = parseNameAddress(value);
        const auto uri = contact ? parseSipUri(contact->uri) : std::unexpected(ParseError());
        if (!uri || !uri->scheme.startsWith("sip")) {
            continue;
        }
        const QByteArray transport = uri->parameters.value("transport").toLower();
        const bool tls = transport.isEmpty() ? tlsNow : transport == "tls";
        QByteArray host = uri->host;
        if (host.startsWith('[')) {
            host = host.sliced(1, host.size() - 2);
        }
        bool ok = false;
        const double q = contact->parameters.value("q").toDouble(&ok);
        found.append({ { QString::fromUtf8(host),
                           quint16(uri->port != 0 ? uri->port
                                   : tls          ? 5061
                                                  : 5060),
                           tls, Candidate::Source::Redirect },
            ok ? q : 1.0 });
    }
    std::ranges::stable_sort(found, std::greater(), &Weighed::q);
    QList<Candidate> list;
    for (const Weighed &w : found) {
        list.append(w.candidate);
    }
    return list;
}

} // namespace

RegistrationMachine::RegistrationMachine(
    RegistrationConfig config, const MechanismFactory &mechanisms, RandomBytes random)
    : m_config(std::move(config))
    , m_random(std::move(random))
    , m_registrar(Asker::Registrar, m_config.auth, mechanisms, m_random)
    , m_proxy(Asker::Proxy, m_config.auth, mechanisms, m_random)
{
}

QString RegistrationMachine::serverName() const
{
    return u"%1:%2"_s.arg(m_candidate.host).arg(m_candidate.port);
}

QList<RegistrationEffect> RegistrationMachine::start()
{
    m_next = 0;
    m_attempts.clear();
    return tryNext({});
}

QList<RegistrationEffect> RegistrationMachine::step(const RegistrationInput &input)
{
    if (m_phase == Phase::Idle || m_phase == Phase::Ended) {
        return {};
    }
    return std::visit([this](const auto &i) { return handle(i); }, input);
}

QList<RegistrationEffect> RegistrationMachine::connectTo(const Candidate &candidate)
{
    m_phase = Phase::Connecting;
    m_candidate = candidate;
    m_answered = false;
    m_pendingNumber = 0;
    m_challenges = 0;
    const QString onlyDomain
        = candidate.tls ? QString() : QString::fromUtf8(m_config.identity.domain()).toLower();
    const AuthPlace place { .host = candidate.host,
        .onlyDomain = onlyDomain,
        .before = m_config.memory.schemeAt(candidate),
        .encrypted = candidate.tls,
        .openChosen = m_config.allowPlain };
    m_registrar.reset(place);
    m_proxy.reset(place);
    m_negotiating = false;
    ++m_negotiation;
    m_config.identity.gruu.clear();
    return { regeffect::Connect { candidate } };
}

/// Nobody needs to be asked there, or nobody should.
std::optional<Error> RegistrationMachine::objectionTo(const Candidate &candidate) const
{
    if (auto retired = retiredService(candidate.host)) {
        return retired;
    }
    const bool weaker = !candidate.tls && !m_config.allowPlain && m_config.memory.wasEncrypted();
    return weaker
        ? std::optional(noLongerEncrypted(u"%1:%2"_s.arg(candidate.host).arg(candidate.port)))
        : std::nullopt;
}

/// The next candidate, or the end: then the error that helps most is shown.
QList<RegistrationEffect> RegistrationMachine::tryNext(const Error &why)
{
    if (!why.code.isEmpty()) {
        m_attempts.append({ m_candidate, why });
    }
    while (m_next < m_config.candidates.size()) {
        const Candidate candidate = m_config.candidates.at(m_next++);
        if (const auto objection = objectionTo(candidate)) {
            m_attempts.append({ candidate, *objection });
            continue;
        }
        return connectTo(candidate);
    }
    Error error = verdict();
    // All of them are asked again next time: not before the most patient one wants it.
    for (const Attempt &other : std::as_const(m_attempts)) {
        error.retryAfter = std::max(error.retryAfter, other.error.retryAfter);
    }
    return fail(error);
}

/// The first of the servers that somebody named; a record that leads nowhere says less than a
/// server that is there, and the names we made up ourselves say nothing as long as nobody answers
/// there.
Error RegistrationMachine::verdict() const
{
    using enum Candidate::Source;
    const QString domain = QString::fromUtf8(m_config.identity.domain());
    const auto first = [this](const auto &fits) -> const Error * {
        const auto at = std::ranges::find_if(m_attempts, fits);
        return at == m_attempts.end() ? nullptr : &at->error;
    };
    const auto named = [](const Attempt &a) { return a.candidate.source != Guess; };
    const auto missing = [](const Attempt &a) { return a.error.code == u"name-not-found"_s; };
    if (const Error *retired
        = first([](const Attempt &a) { return a.error.code == u"service-retired"_s; })) {
        return *retired;
    }
    if (m_config.trouble && m_config.trouble->code == u"service-retired"_s) {
        return *m_config.trouble;
    }
    if (const Error *chosen = first([](const Attempt &a) {
            return a.candidate.source == Manual || a.candidate.source == Redirect;
        })) {
        return *chosen;
    }
    if (const Error *there = first([&](const Attempt &a) { return named(a) && !missing(a); })) {
        return *there;
    }
    const auto nowhere = std::ranges::find_if(
        m_attempts, [&](const Attempt &a) { return a.candidate.source == Srv && missing(a); });
    if (nowhere != m_attempts.end()) {
        return srvTargetMissing(nowhere->candidate.host, domain);
    }
    if (const Error *answered = first([](const Attempt &a) {
            return a.error.kind != Error::Kind::Network && a.error.kind != Error::Kind::Timeout;
        })) {
        return *answered;
    }
    return m_config.trouble ? *m_config.trouble : noServerFound(domain);
}

/// What went wrong before it went right.
QList<RegistrationEffect> RegistrationMachine::remarks() const
{
    Effects effects;
    const auto useless = std::ranges::find_if(m_attempts,
        [](const Attempt &a) { return a.candidate.source != Candidate::Source::Guess; });
    if (useless != m_attempts.end()) {
        effects.append(regeffect::Remark { false, useless->error.code,
            anotherServer(useless->candidate.host, useless->error, serverName()),
            useless->error.detail });
    }
    if (m_registrar.renewedCertificate() && m_registrar.scheme() == "TLS-DSK") {
        effects.append(
            regeffect::Remark { false, u"certificate-refused"_s, certificateRenewed(), {} });
    }
    const auto skew = m_registrar.clockSkew();
    if (skew != seconds(0)) {
        effects.append(regeffect::Remark { false, u"clock-wrong"_s, clockMended(skew), {} });
    }
    if (const QByteArray before = m_registrar.weakenedFrom(); !before.isEmpty()) {
        effects.append(regeffect::Remark {
            true, u"auth-scheme-unavailable"_s, nowWeaker(before, m_registrar.scheme()), {} });
    }
    return effects;
}

QList<RegistrationEffect> RegistrationMachine::fail(const Error &error)
{
    m_phase = Phase::Ended;
    return { regeffect::Disconnect {}, regeffect::Failed { error } };
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Connected &input)
{
    if (m_phase != Phase::Connecting) {
        return {};
    }
    LocalIdentity &identity = m_config.identity;
    identity.host = input.host;
    identity.port = input.port;
    identity.transport = m_candidate.tls ? "tls"_ba : "tcp"_ba;
    identity.userAgent = m_config.userAgents.value(m_userAgent);
    identity.opaque = randomHex(m_random, 5);
    identity.plain = m_config.dialect == Dialect::Plain;
    m_dialog = Dialog::outgoing(identity.uri(), m_random);
    m_phase = Phase::Registering;
    return sendRegister(RegisterKind::Plain, answerLimit);
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::ConnectFailed &input)
{
    return m_phase == Phase::Connecting ? tryNext(input.error) : Effects {};
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Lost &input)
{
    if (m_phase == Phase::Leaving) {
        m_phase = Phase::Ended;
        return { regeffect::Disconnect {}, regeffect::SignedOut {} };
    }
    if (m_answered || m_phase == Phase::Registered) {
        return fail(input.error);
    }
    if (!m_candidate.tls && input.error.code == u"connection-closed"_s) {
        // What a TLS server does when it hears SIP in clear.
        return Effects { regeffect::Disconnect {} } + tryNext(perhapsTls(input.error));
    }
    return Effects { regeffect::Disconnect {} } + tryNext(input.error);
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Unreadable &input)
{
    return handle(reginput::Lost { foreignProtocol(input.error, serverName(), m_candidate.tls) });
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::TimerFired &input)
{
    switch (input.timer) {
    case RegistrationTimer::Answer:
        m_pendingNumber = 0;
        return handle(reginput::Lost { noAnswer(serverName()) });
    case RegistrationTimer::Negotiate:
        return negotiationTimedOut();
    case RegistrationTimer::Refresh:
    case RegistrationTimer::Retry:
        return m_phase == Phase::Registered ? sendRegister(RegisterKind::Signed, answerLimit)
                                            : Effects {};
    case RegistrationTimer::Reauthenticate:
        return handle(reginput::AssociationLost {});
    case RegistrationTimer::SignOut:
        if (m_phase == Phase::Leaving) {
            m_phase = Phase::Ended;
            return { regeffect::Disconnect {}, regeffect::SignedOut {} };
        }
        return {};
    }
    return {};
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Deregistered &input)
{
    if (m_phase != Phase::Registered || input.event == "preferred-registrar-change") {
        return {};
    }
    return fail(deregistered(input.event, input.words));
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::AssociationLost &)
{
    // An unsigned REGISTER brings a new challenge; the old association serves until it is answered.
    if (m_phase != Phase::Registered || !isAuthenticated() || m_reauthenticating) {
        return {};
    }
    m_reauthenticating = true;
    m_registrar.restart();
    return sendRegister(RegisterKind::Plain, answerLimit);
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Probe &)
{
    if (m_phase != Phase::Registered) {
        return {};
    }
    if (m_negotiating) {
        return {}; // its own timer looks after it
    }
    return m_pendingNumber != 0
        ? Effects { regeffect::StartTimer { RegistrationTimer::Answer, probeLimit } }
        : sendRegister(RegisterKind::Signed, probeLimit);
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::SignOut &)
{
    if (m_phase != Phase::Registered) {
        m_phase = Phase::Ended;
        return { regeffect::Disconnect {}, regeffect::SignedOut {} };
    }
    m_phase = Phase::Leaving;
    m_negotiating = false;
    Effects effects = sendRegister(RegisterKind::SignOut, signOutLimit);
    effects.removeLast(); // SignOut has a timer of its own
    effects.append(regeffect::StopTimer { RegistrationTimer::Answer });
    effects.append(regeffect::StartTimer { RegistrationTimer::SignOut, signOutLimit });
    return effects;
}

void RegistrationMachine::addMicrosoftHeaders(SipMessage &m) const
{
    const LocalIdentity &id = m_config.identity;
    m.addHeader("Contact"_ba,
        "<sip:" + id.host + ':' + QByteArray::number(id.port) + ";transport=" + id.transport
            + ";ms-opaque=" + id.opaque + ">;methods=\"" + methods
            + "\";proxy=replace;+sip.instance=\"<urn:uuid:" + id.instance() + ">\"");
    m.addHeader("Supported"_ba,
        "gruu-10, adhoclist, msrtc-event-categories, com.microsoft.msrtc.presence"_ba);
    m.addHeader("Event"_ba, "registration"_ba);
    m.addHeader("Allow-Events"_ba, "presence"_ba);
    m.addHeader("ms-keep-alive"_ba, "UAC;hop-hop=yes"_ba);
}

/// RFC 3261 10.2; the instance of RFC 5626 4.1 tells our devices apart, and this one from the
/// connection it had before.
void RegistrationMachine::addPlainHeaders(SipMessage &m) const
{
    const LocalIdentity &id = m_config.identity;
    m.addHeader("Contact"_ba, id.contact() + ";+sip.instance=\"<urn:uuid:" + id.instance() + ">\"");
    m.addHeader("Allow"_ba, plainMethods);
    m.addHeader("Allow-Events"_ba, "presence"_ba);
    m.addHeader("Supported"_ba, "path"_ba);
    m.addHeader("Expires"_ba, QByteArray::number(m_wanted.count()));
}

/// Whether nothing in the registrar's answer comes from Microsoft. LCS 2005 knows none of the newer
/// extensions, but has events and headers of its own.
bool RegistrationMachine::looksPlain(const SipMessage &response) const
{
    const QByteArray scheme = m_registrar.isEstablished() ? m_registrar.scheme() : m_proxy.scheme();
    if (!scheme.isEmpty() && scheme != "Digest") {
        return false;
    }
    const auto isTheirs = [](const QByteArray &word) {
        return word.startsWith("ms-") || word.startsWith("msrtc-")
            || word.startsWith("com.microsoft.") || word.startsWith("vnd-microsoft-")
            || word == "adhoclist" || word == "gruu-10";
    };
    return std::ranges::none_of(m_info.supported, isTheirs)
        && std::ranges::none_of(m_info.allowEvents, isTheirs) && !m_info.server.startsWith("RTC/")
        && !response.hasHeader("ms-keep-alive") && !response.hasHeader("presence-state")
        && !response.hasHeader("ms-user-logon-data");
}

/// [MS-SIPREGE] 2.2.1 and 3.1.4: all REGISTERs of a connection share Call-ID and count on.
QList<RegistrationEffect> RegistrationMachine::sendRegister(RegisterKind kind, milliseconds limit)
{
    const LocalIdentity &id = m_config.identity;
    SipMessage m = m_dialog.request(id, "REGISTER"_ba, m_random);
    m.uri = "sip:" + id.domain();
    m.setHeader("To"_ba, '<' + id.uri() + '>');
    if (m_config.dialect == Dialect::Plain) {
        addPlainHeaders(m);
    } else {
        addMicrosoftHeaders(m);
    }
    if (kind == RegisterKind::SignOut) {
        m.setHeader("Expires"_ba, "0"_ba);
    }
    // RFC 3261 22.3: both headers where both ask; neither signature covers the other.
    m_registrar.sign(m, kind == RegisterKind::Plain);
    m_proxy.sign(m, m_proxy.isHandshaking());
    m_pendingNumber = m_dialog.number();
    return { regeffect::Send { m }, regeffect::StartTimer { RegistrationTimer::Answer, limit } };
}

bool RegistrationMachine::isRegistrar(const SipMessage &response) const
{
    const auto cseq = parseCSeq(response.header("CSeq"));
    return cseq && cseq->number == m_pendingNumber && m_pendingNumber != 0
        && response.header("Call-ID") == m_dialog.callId();
}

std::expected<void, SignatureProblem> RegistrationMachine::verify(const SipMessage &message) const
{
    std::optional<SignatureProblem> problem;
    for (RequestAuthenticator *witness : m_registrar.witnesses() + m_proxy.witnesses()) {
        const auto verified = witness->verify(message);
        if (witness->scheme() == "Digest") {
            // It vouches for nothing, so it is no excuse for a signature that another one misses;
            // but a server's own proof that is wrong is somebody else's.
            if (!verified) {
                return verified;
            }
            continue;
        }
        if (verified) {
            return {};
        }
        // A repeat was signed by the right one; a missing header says least.
        if (!problem || verified.error() == SignatureProblem::Replayed
            || *problem == SignatureProblem::Missing) {
            problem = verified.error();
        }
    }
    return problem ? std::expected<void, SignatureProblem>(std::unexpect, *problem)
                   : std::expected<void, SignatureProblem>();
}

void RegistrationMachine::sign(SipMessage &request)
{
    m_registrar.sign(request, false);
    m_proxy.sign(request, false);
}

bool RegistrationMachine::takeDigest(const SipMessage &response)
{
    return (m_phase == Phase::Registered || m_phase == Phase::Leaving)
        && (response.status == 401 ? m_registrar : m_proxy).takeDigest(response);
}

/// Only what an association covers must be signed. An unsigned refusal is believed: it can do no
/// more harm than cutting the line; an unsigned 2xx or redirect is not.
std::optional<Error> RegistrationMachine::signatureProblem(const SipMessage &response) const
{
    if (response.status == 401 || response.status == 407) {
        return std::nullopt;
    }
    const auto verified = verify(response);
    const bool missing = !verified && verified.error() == SignatureProblem::Missing;
    return verified || (missing && response.status >= 400) ? std::nullopt
                                                           : std::optional(badSignature(missing));
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Response &input)
{
    const SipMessage &response = input.message;
    if (!isRegistrar(response) || !response.isFinal()) {
        return {};
    }
    m_answered = true;
    if (m_phase == Phase::Leaving) {
        if (!std::exchange(m_leftTwice, true) && takeDigest(response)) {
            // The nonce was stale, as it is after a while: the registration would stay behind.
            return { sendRegister(RegisterKind::SignOut, signOutLimit).first() };
        }
        m_phase = Phase::Ended;
        return { regeffect::StopTimer { RegistrationTimer::SignOut }, regeffect::Disconnect {},
            regeffect::SignedOut {} };
    }
    m_pendingNumber = 0;
    const Effects stop { regeffect::StopTimer { RegistrationTimer::Answer } };
    if (const auto problem = signatureProblem(response)) {
        return stop + fail(*problem);
    }
    if (response.status < 300) {
        return stop + registered(response, input.receivedAt);
    }
    if (response.status == 401 || response.status == 407) {
        return stop + challenged(response, input.receivedAt);
    }
    if (response.status < 400) {
        return stop + redirected(response);
    }
    return stop + refused(response);
}

QList<RegistrationEffect> RegistrationMachine::challenged(
    const SipMessage &response, const QDateTime &now)
{
    if (++m_challenges > maximumChallenges) {
        return fail(handshakeFailed(asking().scheme(), u"the server kept asking"_s));
    }
    const Asker asker = response.status == 401 ? Asker::Registrar : Asker::Proxy;
    if (asker == Asker::Registrar) {
        m_proxy.accept(); // the request came past it
        if (m_phase == Phase::Registered && !m_registrar.isHandshaking()) {
            m_registrar.restart();
            m_reauthenticating = true;
        }
    } else if (m_proxy.isEstablished() && !m_proxy.isHandshaking()) {
        m_proxy.restart();
    }
    m_asker = asker;
    Effects effects;
    if (m_phase == Phase::Registering) {
        effects.append(regeffect::Authenticating {});
    }
    return effects + apply(asking().challenged(response, now));
}

QList<RegistrationEffect> RegistrationMachine::apply(const AuthStep &step)
{
    m_negotiating = false;
    if (std::holds_alternative<authstep::Answer>(step)) {
        return sendRegister(RegisterKind::Plain, answerLimit);
    }
    if (const auto *failed = std::get_if<authstep::Failed>(&step)) {
        return fail(failed->error);
    }
    m_negotiating = true;
    ++m_negotiation;
    if (const auto *negotiate = std::get_if<authstep::Negotiate>(&step)) {
        const bool asked = m_config.auth.singleSignOn || m_config.auth.scheme != u"auto"_s;
        return { regeffect::StartTimer {
                     RegistrationTimer::Negotiate, asked ? kerberosLimit : kerberosGuessLimit },
            regeffect::Negotiate { m_negotiation, negotiate->work } };
    }
    const auto &need = std::get<authstep::NeedCertificate>(step);
    return { regeffect::StartTimer { RegistrationTimer::Negotiate, certificateLimit },
        regeffect::NeedCertificate { m_negotiation, need.service, need.renew } };
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::Negotiated &input)
{
    if (!m_negotiating || input.id != m_negotiation) {
        return {};
    }
    return Effects { regeffect::StopTimer { RegistrationTimer::Negotiate } }
    + apply(asking().negotiated(input.token));
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::CertificateReady &input)
{
    if (!m_negotiating || input.id != m_negotiation) {
        return {};
    }
    return Effects { regeffect::StopTimer { RegistrationTimer::Negotiate } }
    + apply(asking().certificateReady(input.certificate));
}

QList<RegistrationEffect> RegistrationMachine::handle(const reginput::CertificateFailed &input)
{
    if (!m_negotiating || input.id != m_negotiation) {
        return {};
    }
    return Effects { regeffect::StopTimer { RegistrationTimer::Negotiate } }
    + apply(asking().certificateFailed(input.error));
}

QList<RegistrationEffect> RegistrationMachine::negotiationTimedOut()
{
    return m_negotiating ? apply(asking().negotiationTimedOut()) : Effects {};
}

QList<RegistrationEffect> RegistrationMachine::registered(
    const SipMessage &response, const QDateTime &now)
{
    m_challenges = 0;
    m_retries = 0;
    regeffect::Registered done;
    done.first = m_phase != Phase::Registered;
    done.reauthenticated = m_phase == Phase::Registered && m_reauthenticating;
    m_reauthenticating = false;
    m_registrar.accept();
    m_proxy.accept();
    const QByteArray action = response.header("presence-state").toLower();
    done.renewed = !done.first && (action.contains("added") || action.contains("fixed"));

    m_info.server = response.header("Server");
    m_info.supported = lowerSet(response.headerValues("Supported"));
    m_info.allowEvents = lowerSet(response.headerValues("Allow-Events"));
    m_info.remoteUser = response.header("ms-user-logon-data").toLower().contains("remoteuser");
    m_info.keepAlive = keepAliveOf(response);
    m_info.plain = m_config.dialect == Dialect::Plain
        || (m_config.dialect == Dialect::Auto && looksPlain(response));
    m_config.identity.plain = m_info.plain;
    if (m_info.plain && m_info.keepAlive == 0s) {
        m_info.keepAlive = plainKeepAlive; // the way through NATs; RFC 5626 3.5.1
    }
    seconds lifetime(response.header("Expires").toLongLong());
    const QByteArray instance = m_config.identity.instance();
    for (const QByteArray &value : response.headerValues("Contact")) {
        const auto contact = parseNameAddress(value);
        const bool ours = contact
            && (contact->parameters.value("+sip.instance").toLower().contains(instance)
                || (m_info.plain && isOwnContact(contact->uri, m_config.identity)));
        if (ours) {
            if (const QByteArray gruu = contact->parameters.value("gruu"); !gruu.isEmpty()) {
                m_config.identity.gruu = gruu;
            }
            if (lifetime <= 0s) {
                lifetime = seconds(contact->parameters.value("expires").toLongLong());
            }
        }
    }
    m_info.lifetime
        = lifetime > 0s ? std::clamp(lifetime, seconds(30s), seconds(24h)) : defaultLifetime;

    Effects effects;
    if (done.first && m_userAgent > 0) {
        effects.append(regeffect::UserAgentLearned { m_config.identity.userAgent, m_refusal });
    }
    if (done.first) {
        effects += remarks();
    }
    if (done.first && !m_registrar.failures().isEmpty()) {
        effects.append(regeffect::FellBack { m_registrar.scheme(), m_registrar.failures() });
    }
    m_phase = Phase::Registered;
    effects.append(done);
    const seconds margin = std::min(refreshMargin, m_info.lifetime / 2);
    effects.append(regeffect::StartTimer { RegistrationTimer::Refresh, m_info.lifetime - margin });
    if (isAuthenticated() && (done.first || done.reauthenticated)) {
        effects.append(regeffect::StartTimer {
            RegistrationTimer::Reauthenticate, associationLeft(m_registrar.expiry(), now) });
    }
    return effects;
}

QList<RegistrationEffect> RegistrationMachine::redirected(const SipMessage &response)
{
    QList<Candidate> targets = redirectTargets(response, m_candidate.tls);
    if (targets.isEmpty()) {
        return fail(signInFailure(response, {}));
    }
    if (++m_redirects > maximumRedirects) {
        return fail(redirectLoop(serverName()));
    }
    if (!m_config.allowPlain) {
        const Candidate first = targets.first();
        targets.removeIf([](const Candidate &c) { return !c.tls; });
        if (targets.isEmpty()) {
            return fail(refusedRedirect(first.host));
        }
    }
    m_config.candidates = targets;
    m_attempts.clear();
    m_next = 0;
    return Effects { regeffect::Disconnect {} } + tryNext({});
}

QList<RegistrationEffect> RegistrationMachine::refused(const SipMessage &response)
{
    if (m_phase == Phase::Registered && response.status >= 500 && response.status < 600
        && ++m_retries <= maximumRetries) {
        m_registrar.restart();
        m_reauthenticating = false;
        const milliseconds asked = std::min<milliseconds>(retryAfter(response), longestRetryDelay);
        return { regeffect::StartTimer {
            RegistrationTimer::Retry, asked > 0ms ? asked : retryDelay } };
    }
    if (m_phase == Phase::Registering && isServersOwnTrouble(response)) {
        // RFC 3263 4.3: the next server of the pool may do better.
        const Error trouble = signInFailure(response, {});
        return Effects { regeffect::Disconnect {} } + tryNext(trouble);
    }
    const auto least = response.header("Min-Expires").toLongLong();
    if (response.status == 423 && m_config.dialect == Dialect::Plain && least > m_wanted.count()
        && seconds(least) <= 24h) {
        m_wanted = seconds(least); // RFC 3261 10.2.8
        return sendRegister(RegisterKind::Signed, answerLimit);
    }
    if (isVersionRefusal(response) && m_phase == Phase::Registering) {
        m_refusal = serverWords(response);
        if (m_userAgent + 1 < m_config.userAgents.size()) {
            ++m_userAgent;
            return Effects { regeffect::Disconnect {} } + connectTo(m_candidate);
        }
    }
    const bool allTried = m_config.userAgents.size() > 1;
    return fail(signInFailure(
        response, allTried ? QString() : QString::fromUtf8(m_config.suggestedUserAgent)));
}

} // namespace linchpin::sip
