// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/authnegotiator.h"

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/registration/securitymemory.h"
#include "protocols/sip/registration/sipfailures.h"

#include <QLocale>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

/// Strongest first. The setting's words are the same in lower case.
constexpr const char *knownSchemes[] = { "TLS-DSK", "Kerberos", "NTLM", "Digest" };

QDateTime dateOf(const SipMessage &message)
{
    QDateTime date = QLocale::c().toDateTime(
        QString::fromLatin1(message.header("Date")), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    date.setTimeZone(QTimeZone::UTC);
    return date;
}

constexpr std::chrono::minutes toleratedSkew { 5 }; // RFC 4120 8.2

bool same(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

QList<AuthHeader> offersIn(const SipMessage &response, Asker asker)
{
    QList<AuthHeader> offers;
    for (const QByteArray &line : response.headerLines(authHeaderNames(asker).challenge)) {
        if (auto header = parseAuthHeader(line)) {
            offers.append(*std::move(header));
        }
    }
    return offers;
}

/// The strongest offer of that scheme (servers send one line for each algorithm of Digest).
std::optional<AuthHeader> bestOffer(const QList<AuthHeader> &offers, QByteArrayView scheme)
{
    std::optional<AuthHeader> best;
    for (const AuthHeader &offer : offers) {
        if (same(offer.scheme, scheme)
            && (!best
                || DigestAuthenticator::strength(offer) > DigestAuthenticator::strength(*best))) {
            best = offer;
        }
    }
    return best;
}

/// Outside the company's network Kerberos does not work, and that is as it should be.
bool isOrdinary(AuthError::Code code)
{
    using enum AuthError::Code;
    return code == NoTicket || code == NoRealm || code == Unreachable || code == UnknownUser
        || code == NotInstalled;
}

} // namespace

AuthNegotiator::AuthNegotiator(
    Asker asker, AuthConfig config, MechanismFactory mechanisms, RandomBytes random)
    : m_asker(asker)
    , m_config(std::move(config))
    , m_mechanisms(std::move(mechanisms))
    , m_random(std::move(random))
{
}

std::optional<AuthHeader> AuthNegotiator::offerOf(const QByteArray &scheme) const
{
    return bestOffer(m_offers, scheme);
}

/// What a challenge tells beside the challenge.
void AuthNegotiator::lookAt(const SipMessage &response, const QList<AuthHeader> &offers)
{
    m_words = serverWords(response);
    if (const QDateTime time = dateOf(response); time.isValid()) {
        m_serverTime = time;
        const std::chrono::seconds ahead(m_now.secsTo(time));
        m_skew = std::chrono::abs(ahead) > toleratedSkew ? ahead : std::chrono::seconds(0);
    }
    const auto ntlm = bestOffer(offers, "NTLM");
    const QByteArray token
        = ntlm ? QByteArray::fromBase64(ntlm->parameters.value("gssapi-data")) : QByteArray();
    if (!token.isEmpty()) {
        m_windows = windowsDomainOf(token);
    }
}

AuthStep AuthNegotiator::challenged(const SipMessage &response, const QDateTime &now)
{
    m_now = now;
    const QList<AuthHeader> offers = offersIn(response, m_asker);
    lookAt(response, offers);
    if (m_handshake && m_handshake->isEstablished()) {
        return refused(response);
    }
    if (m_handshake) {
        if (const auto next = bestOffer(offers, m_scheme)) {
            return feed(*next);
        }
        return failed({ AuthError::Code::Refused, u"the server broke off"_s });
    }
    m_offers = offers;
    return tryNext();
}

/// The security was complete on our side, and the server asks again.
AuthStep AuthNegotiator::refused(const SipMessage &response)
{
    if (same(m_scheme, "Digest")) {
        const auto offer = bestOffer(offersIn(response, m_asker), "Digest");
        if (offer && same(offer->parameters.value("stale"), "true")) {
            return feed(*offer);
        }
    }
    if (same(m_scheme, "TLS-DSK") && !m_renewed) {
        return needCertificate(true);
    }
    const bool typed = same(m_scheme, "NTLM") && !m_config.singleSignOn;
    const Credentials shown { .scheme = m_scheme,
        .otherLogin = typed && m_windows && !m_config.address.isEmpty()
            ? loginInDomain(m_config.login, m_config.address, *m_windows).value_or(QString())
            : QString(),
        .inServerTime = (typed && m_timed) || same(m_scheme, "Digest") };
    const Error error = credentialsRefused(response, shown, dateOf(response), m_now);
    if (same(m_scheme, "NTLM") || same(m_scheme, "Digest")) {
        // Never the same password twice by ourselves: accounts get locked.
        return giveUp(error);
    }
    return nextAfter(error, false);
}

AuthStep AuthNegotiator::tryNext()
{
    for (const char *name : knownSchemes) {
        const QByteArray scheme(name);
        const bool wanted = m_config.scheme == u"auto"_s
            ? !(m_config.skipKerberos && scheme == "Kerberos")
            : m_config.scheme == QString::fromLatin1(scheme).toLower();
        const bool tried = std::ranges::any_of(
            m_failures, [&scheme](const SchemeFailure &f) { return f.scheme == scheme; });
        if (const auto offer = offerOf(scheme); wanted && !tried && offer) {
            if (const auto objection = objectionTo(scheme)) {
                m_scheme.clear();
                return authstep::Failed { *objection };
            }
            if (auto step = begin(scheme, *offer)) {
                return *std::move(step);
            }
        }
    }
    m_scheme.clear();
    return giveUp(lastWord());
}

/// What signing in with this scheme would cost that it did not cost before. Through TLS with a
/// proven certificate nobody in between can have taken Kerberos off the list: it is missing
/// outside of the company, as a rule; that is told, and goes on. TLS-DSK is offered everywhere.
std::optional<Error> AuthNegotiator::objectionTo(const QByteArray &scheme) const
{
    if (scheme == "Digest" && !m_config.digest) {
        return std::nullopt; // it is not tried anyway
    }
    if (scheme == "Digest" && !m_place.encrypted && !m_place.openChosen) {
        return openPassword(m_place.host);
    }
    const bool weaker = strengthOf(scheme) < strengthOf(m_place.before);
    const bool harmless
        = m_place.encrypted && scheme != "Digest" && !same(m_place.before, "TLS-DSK");
    if (m_config.scheme != u"auto"_s || !weaker || harmless) {
        return std::nullopt;
    }
    if (m_failures.isEmpty()) {
        return weakerScheme(m_place.before, scheme, offeredSchemes());
    }
    const AuthStep last = giveUp(lastWord());
    const auto *failed = std::get_if<authstep::Failed>(&last);
    return failed != nullptr ? std::optional(withoutWeaker(failed->error, scheme)) : std::nullopt;
}

/// Nothing when this scheme is no way for this account; that is no failure of it.
std::optional<AuthStep> AuthNegotiator::begin(const QByteArray &scheme, const AuthHeader &offer)
{
    m_scheme = scheme;
    if (scheme == "Digest") {
        if (!m_config.digest) {
            return std::nullopt;
        }
        m_handshake = std::make_unique<DigestAuthenticator>(*m_config.digest, m_random, m_asker);
        return feed(offer);
    }
    if (scheme == "TLS-DSK") {
        return m_config.hasCertificates ? std::optional(needCertificate(false)) : std::nullopt;
    }
    return make({ .scheme = scheme,
                    .targetName = offer.parameters.value("targetname"),
                    .serverTime = m_skew == std::chrono::seconds(0) ? QDateTime() : m_serverTime },
        offer);
}

AuthStep AuthNegotiator::needCertificate(bool renew)
{
    m_handshake.reset();
    m_renewed = m_renewed || renew;
    const auto offer = offerOf(m_scheme);
    const QUrl service(QString::fromUtf8(offer ? offer->parameters.value("sts-uri") : QByteArray()),
        QUrl::StrictMode);
    const QString host = service.host().toLower();
    const bool inside = m_place.onlyDomain.isEmpty() || host == m_place.onlyDomain
        || host.endsWith(u'.' + m_place.onlyDomain);
    if (service.scheme() != u"https"_s || host.isEmpty() || !inside) {
        return nextAfter(noProvisioningService(service.toString()), false);
    }
    m_waitingForCertificate = true;
    return authstep::NeedCertificate { service, renew };
}

AuthStep AuthNegotiator::certificateReady(const ClientCertificate &certificate)
{
    const auto offer = offerOf(m_scheme);
    if (!std::exchange(m_waitingForCertificate, false) || !offer) {
        return giveUp(lastWord());
    }
    m_certificate = certificate;
    return make(tlsDskRequest(*offer), *offer);
}

MechanismRequest AuthNegotiator::tlsDskRequest(const AuthHeader &offer) const
{
    MechanismRequest request { .scheme = m_scheme,
        .targetName = offer.parameters.value("targetname"),
        .certificate = m_certificate,
        .oldHello = m_oldHello };
    if (!m_place.onlyDomain.isEmpty()) {
        request.provenNames.append(m_place.host);
        // A name that came over the open line counts only inside the domain we want to be in.
        const QString named = QString::fromUtf8(request.targetName).toLower();
        if (named == m_place.onlyDomain || named.endsWith(u'.' + m_place.onlyDomain)) {
            request.provenNames.append(named);
        }
    }
    return request;
}

AuthStep AuthNegotiator::certificateFailed(const Error &error)
{
    m_waitingForCertificate = false;
    if (error.code == u"wrong-password"_s || error.code == u"account-disabled"_s
        || error.kind == Error::Kind::Cancelled) {
        return giveUp(error); // other schemes would send the same password
    }
    const bool unreachable
        = (error.kind == Error::Kind::Network || error.kind == Error::Kind::Timeout)
        && error.code != u"certificate-provisioning-failed"_s
        && error.code != u"web-ticket-failed"_s;
    return nextAfter(unreachable ? webServiceUnreachable(error) : error, false);
}

AuthStep AuthNegotiator::make(const MechanismRequest &request, const AuthHeader &offer)
{
    m_timed = m_serverTime.isValid();
    auto mechanism = m_mechanisms(request);
    if (!mechanism) {
        return failed(mechanism.error());
    }
    m_handshake = std::make_unique<MessageSigner>(*std::move(mechanism), m_random, m_asker);
    return feed(offer);
}

AuthStep AuthNegotiator::feed(const AuthHeader &challenge)
{
    const auto work = m_handshake->begin(challenge);
    if (!work) {
        return failed(work.error());
    }
    if (m_handshake->mayBlock()) {
        return authstep::Negotiate { *work };
    }
    return negotiated((*work)());
}

AuthStep AuthNegotiator::negotiated(const AuthToken &token)
{
    if (!m_handshake) {
        return giveUp(lastWord());
    }
    if (!token) {
        return failed(token.error());
    }
    m_handshake->finish(*token);
    return authstep::Answer {};
}

AuthStep AuthNegotiator::negotiationTimedOut()
{
    if (std::exchange(m_waitingForCertificate, false)) {
        return nextAfter(provisioningTimedOut(), false);
    }
    return failed({ AuthError::Code::Unreachable, u"no answer in time"_s });
}

AuthStep AuthNegotiator::failed(const AuthError &error)
{
    m_handshake.reset();
    if (m_scheme == "TLS-DSK") {
        if (error.code == AuthError::Code::CertificateRefused && !m_renewed) {
            return needCertificate(true);
        }
        const auto offer = offerOf(m_scheme);
        if (error.code == AuthError::Code::CipherRejected && !m_oldHello && offer) {
            m_oldHello = true;
            return make(tlsDskRequest(*offer), *offer);
        }
    }
    const Error words = mechanismFailed(m_scheme, error, m_config.singleSignOn);
    if (error.code == AuthError::Code::WrongCredentials
        || error.code == AuthError::Code::AccountUnusable) {
        return giveUp(words);
    }
    const bool expected = m_config.scheme == u"auto"_s && !m_config.singleSignOn
        && m_scheme == "Kerberos" && isOrdinary(error.code);
    return nextAfter(words, expected);
}

AuthStep AuthNegotiator::nextAfter(const Error &error, bool expected)
{
    m_handshake.reset();
    m_failures.append({ m_scheme, error, expected });
    return tryNext();
}

/// The error that helps most: a scheme that failed although it should have worked, the strongest
/// first; the others stand in its detail.
Error AuthNegotiator::lastWord() const
{
    if (m_failures.isEmpty()) {
        const QByteArrayList names = offeredSchemes();
        Error error = schemeUnavailable(names, m_config.scheme);
        error.detail = names.isEmpty() ? m_words : error.detail;
        return error;
    }
    const auto telling
        = std::ranges::find_if(m_failures, [](const SchemeFailure &f) { return !f.expected; });
    return telling != m_failures.end() ? telling->error : m_failures.first().error;
}

QByteArrayList AuthNegotiator::offeredSchemes() const
{
    QByteArrayList names;
    for (const AuthHeader &offer : m_offers) {
        if (!names.contains(offer.scheme)) {
            names.append(offer.scheme);
        }
    }
    return names;
}

AuthStep AuthNegotiator::giveUp(const Error &error) const
{
    Error whole = error;
    for (const SchemeFailure &failure : m_failures) {
        if (failure.error != error) {
            whole.detail += (whole.detail.isEmpty() ? u""_s : u"\n"_s)
                + QString::fromLatin1(failure.scheme) + u": "_s + failure.error.title
                + (failure.error.detail.isEmpty() ? u""_s : u" ("_s + failure.error.detail + u')');
        }
    }
    const bool otherWays = std::ranges::any_of(m_offers, [this](const AuthHeader &offer) {
        return QString::fromLatin1(offer.scheme).toLower() != m_config.scheme;
    });
    if (m_config.scheme != u"auto"_s && otherWays && error.code != u"wrong-password"_s
        && error.code != u"account-disabled"_s) {
        whole.fix.insert(u"auth"_s, u"auto"_s);
    }
    return authstep::Failed { whole };
}

bool AuthNegotiator::takeDigest(const SipMessage &response)
{
    if (response.status != challengeStatus(m_asker) || !m_config.digest
        || (m_config.scheme != u"auto"_s && m_config.scheme != u"digest"_s)) {
        return false;
    }
    const auto offer = bestOffer(offersIn(response, m_asker), "Digest");
    if (!offer || DigestAuthenticator::strength(*offer) == 0
        || (m_signer && !same(m_signer->scheme(), "Digest"))) {
        return false;
    }
    if (!m_signer) {
        m_signer = std::make_unique<DigestAuthenticator>(*m_config.digest, m_random, m_asker);
    }
    return m_signer->takeChallenge(*offer).has_value();
}

void AuthNegotiator::accept()
{
    if (m_handshake && m_handshake->isEstablished()) {
        m_signer = std::move(m_handshake);
        const bool weaker = strengthOf(m_signer->scheme()) < strengthOf(m_place.before);
        m_weakenedFrom = weaker && m_config.scheme == u"auto"_s ? m_place.before : QByteArray();
    }
    m_handshake.reset();
    m_certificate = {};
}

void AuthNegotiator::restart()
{
    m_handshake.reset();
    m_offers.clear();
    m_scheme.clear();
    m_failures.clear();
    m_certificate = {};
    m_waitingForCertificate = false;
    m_renewed = false;
    m_oldHello = false;
}

void AuthNegotiator::reset(const AuthPlace &place)
{
    restart();
    m_place = place;
    m_signer.reset();
    m_serverTime = {};
    m_skew = std::chrono::seconds(0);
    m_windows.reset();
    m_weakenedFrom.clear();
}

void AuthNegotiator::sign(SipMessage &request, bool handshaking)
{
    if (handshaking && m_handshake) {
        m_handshake->sign(request);
    } else if (!handshaking && m_signer) {
        m_signer->sign(request);
    }
}

QList<RequestAuthenticator *> AuthNegotiator::witnesses() const
{
    QList<RequestAuthenticator *> list;
    if (m_handshake && m_handshake->isEstablished()) {
        list.append(m_handshake.get());
    }
    if (m_signer) {
        list.append(m_signer.get());
    }
    return list;
}

QByteArray AuthNegotiator::scheme() const
{
    return m_signer ? m_signer->scheme() : QByteArray();
}

QDateTime AuthNegotiator::expiry() const
{
    return m_signer ? m_signer->expiry() : QDateTime();
}

} // namespace linchpin::sip
