// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/serverassociation.h"

#include "protocols/sip/auth/gssmechanism.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/auth/tlsdsk.h"
#include "protocols/sip/simulator/simmessages.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

/// The alert of a TLS 1.0 server with no cipher suite in common, RFC 2246 7.2.
const QByteArray handshakeFailure = "\x15\x03\x01\x00\x02\x02\x28"_ba;
constexpr std::chrono::minutes toleratedSkew(5); // RFC 4120 8.2

const auto realm = "SIP Communications Service"_ba;

QByteArray randomBytes(int count)
{
    return QByteArray::fromHex(randomHex(count));
}

/// Do the names of an NTLM answer mean this account? People sign in as LITWARE\ben, ben,
/// ben@litwareinc.com.
bool namesAccount(const PoolUser &account, const QString &user, const QString &domain)
{
    const auto same
        = [](const QString &a, const QString &b) { return a.compare(b, Qt::CaseInsensitive) == 0; };
    const auto login = account.login.isEmpty() ? account.address : account.login;
    const auto loginUser = login.section(u'\\', -1);
    const auto loginDomain = login.contains(u'\\') ? login.section(u'\\', 0, 0) : QString();
    if (same(user, account.address) && domain.isEmpty()) {
        return true;
    }
    return same(user, loginUser)
        && (domain.isEmpty() || loginDomain.isEmpty() || same(domain, loginDomain));
}

/// The text both sides sign, [MS-SIPAE] 3.1.5.1. Written from the specification a second time,
/// apart from the client's, so that one mistake cannot hide in both.
QByteArray signatureText(const SipMessage &message, const QByteArray &scheme,
    const SipParameters &auth, bool server, int version)
{
    const auto from = addressHeader(message, "From");
    const auto to = addressHeader(message, "To");
    const auto cseq = parseCSeq(message.header("CSeq")).value_or(CSeq {});
    QByteArrayList groups { scheme, auth.value(server ? "srand" : "crand"),
        auth.value(server ? "snum" : "cnum"), auth.value("realm"), auth.value("targetname"),
        message.header("Call-ID"), QByteArray::number(cseq.number), cseq.method, from.uri,
        from.tag() };
    if (version >= 3) {
        groups += to.uri;
    }
    groups += to.tag();
    if (version >= 3) {
        QByteArray sip;
        QByteArray tel;
        auto identities = message.headerValues("P-Asserted-Identity");
        if (identities.isEmpty()) {
            identities = message.headerValues("P-Preferred-Identity");
        }
        for (const auto &identity : std::as_const(identities)) {
            const auto uri = parseNameAddress(identity).value_or(NameAddress {}).uri;
            auto &slot = uri.toLower().startsWith("tel:") ? tel : sip;
            slot = slot.isEmpty() ? uri : slot;
        }
        groups += sip;
        groups += tel;
    }
    groups += message.header("Expires");
    if (message.isResponse()) {
        groups += QByteArray::number(message.status);
    }
    return '<' + groups.join("><") + '>';
}

} // namespace

struct ServerAssociation::Pending {
    QByteArray scheme;
    std::unique_ptr<AuthMechanism> acceptor;
    /// The account whose credentials were shown, once the acceptor is complete; empty: none of
    /// ours.
    std::function<QString()> owner;
    QByteArray opaque;
    QString user;
};

struct ServerAssociation::Established {
    QByteArray scheme;
    std::unique_ptr<AuthMechanism> acceptor;
    QByteArray opaque;
    QString user;
    QSet<QByteArray> seenNumbers;
    quint32 number = 0;
};

ServerAssociation::ServerAssociation(PoolCore &core)
    : m_core(core)
{
}

ServerAssociation::~ServerAssociation() = default;

bool ServerAssociation::isReady() const
{
    return m_established != nullptr;
}

QString ServerAssociation::user() const
{
    return m_established ? m_established->user : QString();
}

/// Kerberos names the service, the others the host. [MS-SIPAE] 2.2.1.
QByteArray ServerAssociation::targetName(const QByteArray &scheme) const
{
    return (scheme == "Kerberos" ? "sip/"_ba : QByteArray()) + m_core.fqdn.toUtf8();
}

QByteArray ServerAssociation::versionText() const
{
    return m_core.signatureVersion > 2 ? ", version=" + QByteArray::number(m_core.signatureVersion)
                                       : QByteArray();
}

SipMessage ServerAssociation::challenge(const SipMessage &request)
{
    auto response = responseTo(request, 401);
    response.addHeader("Date",
        QLocale::c()
            .toString(QDateTime::currentDateTimeUtc().addDuration(m_core.faults.clockSkew),
                u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s)
            .toLatin1());
    for (const auto &scheme : std::as_const(m_core.schemes)) {
        auto value = scheme + " realm=" + quoted(realm)
            + ", targetname=" + quoted(targetName(scheme)) + versionText();
        if (scheme == "TLS-DSK" && !m_core.certificateService.isEmpty()) {
            value += ", sts-uri=" + quoted(m_core.certificateService);
        }
        response.addHeader("WWW-Authenticate", value);
    }
    return response;
}

SipMessage ServerAssociation::refuse(const SipMessage &request)
{
    m_pending.reset();
    auto response = challenge(request);
    const QByteArray source = ";source=" + quoted(m_core.fqdn.toUtf8());
    response.addHeader("ms-diagnostics",
        m_core.faults.refuseClock
            ? "1013;reason=\"Significant time skew detected during authentication\"" + source
            : "1000;reason=\"Final handshake failed\"" + source
                + ";HRESULT=\"0xC3E93EC3(SIP_E_AUTH_UNAUTHORIZED)\"");
    return response;
}

std::optional<SipMessage> ServerAssociation::check(const SipMessage &request)
{
    const auto authorization = parseAuthHeader(request.header("Authorization"));
    const bool hasToken = authorization && authorization->parameters.has("gssapi-data");
    if (m_pending && m_pending->acceptor->isComplete() && authorization && !hasToken
        && authorization->parameters.value("opaque") == m_pending->opaque) {
        promote(); // TLS-DSK: the client has heard our Finished
    }
    if (m_established && authorization && !hasToken) {
        if (addressIn(request, "From") != m_established->user) {
            auto response = responseTo(request, 403);
            response.addHeader("ms-diagnostics",
                "4004;reason=\"Credentials provided are not authorized to act as specified from "
                "URI\";source="
                    + quoted(m_core.fqdn.toUtf8()));
            return response;
        }
        if (verify(request)) {
            return std::nullopt;
        }
        m_core.complain(u"wrong signature on %1"_s.arg(QString::fromLatin1(request.method)));
        return challenge(request);
    }
    if (request.method != "REGISTER") {
        if (m_established) {
            m_core.complain(u"%1 without a signature"_s.arg(QString::fromLatin1(request.method)));
        }
        return challenge(request);
    }
    return handshake(request);
}

std::optional<SipMessage> ServerAssociation::handshake(const SipMessage &request)
{
    const auto address = addressIn(request, "From");
    const auto *account = m_core.user(address);
    if (!account) {
        auto response = responseTo(request, 404);
        response.addHeader("ms-diagnostics",
            "4005;reason=\"Destination URI either not enabled for SIP or does not exist\";source="
                + quoted(m_core.fqdn.toUtf8()));
        return response;
    }
    const auto authorization = parseAuthHeader(request.header("Authorization"));
    const auto scheme = std::ranges::find_if(m_core.schemes, [&](const QByteArray &offered) {
        return authorization && authorization->scheme.compare(offered, Qt::CaseInsensitive) == 0;
    });
    if (scheme == m_core.schemes.end()) {
        m_pending.reset();
        return challenge(request);
    }
    const auto opaque = authorization->parameters.value("opaque");
    if (!opaque.isEmpty()
        && (!m_pending || m_pending->user != address || m_pending->opaque != opaque
            || m_pending->scheme != *scheme || m_pending->acceptor->isComplete())) {
        m_core.complain(u"a token that belongs to no challenge"_s);
        return challenge(request);
    }
    if (opaque.isEmpty()) {
        m_pending = begin(*scheme, *account);
    }
    const auto token = QByteArray::fromBase64(authorization->parameters.value("gssapi-data"));
    const auto answer = m_core.faults.rc4Only && *scheme == "TLS-DSK"
        ? std::expected<QByteArray, AuthError>(handshakeFailure)
        : m_pending->acceptor->step(token);
    if (!answer) {
        m_core.refusals += QString::fromLatin1(*scheme) + u": "_s + answer.error().detail;
        return refuse(request);
    }
    // NTLM carries the client's time, and looks at it by itself.
    const bool skewed = m_core.faults.refuseClock
        || (*scheme == "Kerberos" && std::chrono::abs(m_core.faults.clockSkew) > toleratedSkew);
    if (m_pending->acceptor->isComplete() && skewed) {
        m_core.refusals += QString::fromLatin1(*scheme) + u": clocks differ"_s;
        return refuse(request);
    }
    if (m_pending->acceptor->isComplete() && m_pending->owner() != address) {
        m_core.refusals += QString::fromLatin1(*scheme) + u": not of "_s + address;
        return refuse(request);
    }
    if (!m_pending->acceptor->isComplete() || !answer->isEmpty()) {
        auto response = challenge(request);
        response.removeHeader("WWW-Authenticate");
        response.addHeader("WWW-Authenticate",
            *scheme + " opaque=" + quoted(m_pending->opaque) + ", gssapi-data=\""
                + answer->toBase64() + "\", targetname=" + quoted(targetName(*scheme))
                + ", realm=" + quoted(realm) + versionText());
        return response;
    }
    if (m_core.faults.disabled.contains(address)) {
        m_pending.reset();
        auto response = responseTo(request, 403);
        response.addHeader("ms-diagnostics-public",
            "4141;reason=\"User disabled\";source=" + quoted(m_core.fqdn.toUtf8()));
        return response;
    }
    auto previous = promote();
    // From version 4 on the request that ends the handshake is signed already.
    if (m_core.signatureVersion > 3 && !verify(request)) {
        m_established = std::move(previous);
        m_core.complain(u"wrong signature on the last REGISTER of the handshake"_s);
        return challenge(request);
    }
    return std::nullopt;
}

std::unique_ptr<ServerAssociation::Pending> ServerAssociation::begin(
    const QByteArray &scheme, const PoolUser &account)
{
    auto pending = std::make_unique<Pending>();
    pending->scheme = scheme;
    pending->opaque = randomHex(4).toUpper();
    pending->user = account.address.toLower();
    if (scheme == "Kerberos") {
        auto acceptor = std::make_unique<GssAcceptor>(GssMechanism::Kind::Kerberos, m_core.keytab);
        pending->owner = [&kerberos = *acceptor, account] {
            const auto user = kerberos.principal().section(u'@', 0, 0);
            return namesAccount(account, user, {}) ? account.address.toLower() : QString();
        };
        pending->acceptor = std::move(acceptor);
    } else if (scheme == "TLS-DSK") {
        auto acceptor = std::make_unique<TlsDskMechanism>(
            TlsEngine::Options { .side = TlsEngine::Side::Server,
                .versions
                = m_core.oldTlsOnly ? TlsEngine::Versions::Only10 : TlsEngine::Versions::From10To12,
                .certificate = m_core.certificate,
                .privateKey = m_core.privateKey,
                .accepts =
                    [&core = m_core](const QByteArray &certificate) {
                        return core.certificateHolder
                            && !core.certificateHolder(certificate).isEmpty();
                    } },
            QDateTime());
        pending->owner = [&core = m_core, &tls = *acceptor] {
            return core.certificateHolder(tls.peerCertificate()).toLower();
        };
        pending->acceptor = std::move(acceptor);
    } else {
        NtlmAcceptor::Options options;
        options.dnsDomain = m_core.domain;
        options.dnsComputer = m_core.fqdn;
        options.netbiosComputer = m_core.fqdn.section(u'.', 0, 0).toUpper();
        options.netbiosDomain = account.login.contains(u'\\')
            ? account.login.section(u'\\', 0, 0).toUpper()
            : m_core.domain.section(u'.', 0, 0).toUpper();
        options.tolerance = toleratedSkew;
        const auto passwords
            = [account](const QString &user, const QString &domain) -> std::optional<QString> {
            return namesAccount(account, user, domain) ? std::optional(account.password)
                                                       : std::nullopt;
        };
        pending->acceptor = std::make_unique<NtlmAcceptor>(options, passwords, randomBytes,
            QDateTime::currentDateTimeUtc().addDuration(m_core.faults.clockSkew));
        pending->owner = [account] { return account.address.toLower(); };
    }
    return pending;
}

/// What has been agreed on holds from now on; gives what held before.
std::unique_ptr<ServerAssociation::Established> ServerAssociation::promote()
{
    auto previous = std::exchange(m_established, std::make_unique<Established>());
    m_established->scheme = m_pending->scheme;
    m_established->acceptor = std::move(m_pending->acceptor);
    m_established->opaque = m_pending->opaque;
    m_established->user = m_pending->user;
    m_pending.reset();
    return previous;
}

bool ServerAssociation::verify(const SipMessage &request)
{
    const auto authorization = parseAuthHeader(request.header("Authorization"));
    // Who needs one token only learns the name of the association from our first answer.
    const bool nameless = authorization && m_established->seenNumbers.isEmpty()
        && !authorization->parameters.has("opaque");
    if (!authorization
        || (!nameless && authorization->parameters.value("opaque") != m_established->opaque)) {
        return false;
    }
    const auto number = authorization->parameters.value("cnum");
    if (number.isEmpty() || m_established->seenNumbers.contains(number)) {
        m_core.complain(u"cnum %1 again"_s.arg(QString::fromLatin1(number)));
        return false;
    }
    m_established->seenNumbers += number;
    const auto text = signatureText(
        request, m_established->scheme, authorization->parameters, false, m_core.signatureVersion);
    return m_established->acceptor->verify(
        text, QByteArray::fromHex(authorization->parameters.value("response")));
}

void ServerAssociation::sign(SipMessage &message)
{
    // 1xx are never signed, a 401 begins something new.
    if (!m_established || m_core.faults.omitSignatures
        || (message.isResponse() && (message.status < 200 || message.status == 401))) {
        return;
    }
    SipParameters auth;
    auth.set("realm", realm);
    const auto target = targetName(m_established->scheme);
    auth.set("targetname", target);
    auth.set("srand", randomHex(4).toUpper());
    auth.set("snum", QByteArray::number(++m_established->number));
    auto signature = m_established->acceptor
                         ->sign(signatureText(
                             message, m_established->scheme, auth, true, m_core.signatureVersion))
                         .toHex();
    if (m_core.faults.corruptSignatures && !signature.isEmpty()) {
        signature.back() = signature.back() == '0' ? '1' : '0';
    }
    message.setHeader("Authentication-Info",
        m_established->scheme + " rspauth=" + quoted(signature.toUpper())
            + ", srand=" + quoted(auth.value("srand")) + ", snum=" + quoted(auth.value("snum"))
            + ", opaque=" + quoted(m_established->opaque)
            + ", qop=\"auth\", targetname=" + quoted(target) + ", realm=" + quoted(realm));
}

} // namespace linchpin::sip::sim
