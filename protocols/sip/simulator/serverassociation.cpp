// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/serverassociation.h"

#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/simulator/simmessages.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

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
QByteArray signatureText(
    const SipMessage &message, const SipParameters &auth, bool server, int version)
{
    const auto from = addressHeader(message, "From");
    const auto to = addressHeader(message, "To");
    const auto cseq = parseCSeq(message.header("CSeq")).value_or(CSeq {});
    QByteArrayList groups { "NTLM", auth.value(server ? "srand" : "crand"),
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
    std::unique_ptr<NtlmAcceptor> acceptor;
    QByteArray opaque;
    QString user;
};

struct ServerAssociation::Established {
    std::unique_ptr<NtlmAcceptor> acceptor;
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

SipMessage ServerAssociation::challenge(const SipMessage &request)
{
    auto response = responseTo(request, 401);
    response.addHeader("Date",
        QLocale::c()
            .toString(QDateTime::currentDateTimeUtc(), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s)
            .toLatin1());
    auto value = "NTLM realm=" + quoted(realm) + ", targetname=" + quoted(m_core.fqdn.toUtf8());
    if (m_core.signatureVersion > 2) {
        value += ", version=" + QByteArray::number(m_core.signatureVersion);
    }
    response.addHeader("WWW-Authenticate", value);
    return response;
}

std::optional<SipMessage> ServerAssociation::check(const SipMessage &request)
{
    const auto authorization = parseAuthHeader(request.header("Authorization"));
    const bool hasToken = authorization && authorization->parameters.has("gssapi-data");
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
    if (!authorization || authorization->scheme.compare("NTLM", Qt::CaseInsensitive) != 0) {
        m_pending.reset();
        return challenge(request);
    }
    const auto token = QByteArray::fromBase64(authorization->parameters.value("gssapi-data"));
    if (token.isEmpty()) {
        NtlmAcceptor::Options options;
        options.dnsDomain = m_core.domain;
        options.dnsComputer = m_core.fqdn;
        options.netbiosComputer = m_core.fqdn.section(u'.', 0, 0).toUpper();
        options.netbiosDomain = m_core.domain.section(u'.', 0, 0).toUpper();
        const auto passwords = [account = *account](const QString &user,
                                   const QString &domain) -> std::optional<QString> {
            return namesAccount(account, user, domain) ? std::optional(account.password)
                                                       : std::nullopt;
        };
        m_pending
            = std::make_unique<Pending>(Pending { std::make_unique<NtlmAcceptor>(options, passwords,
                                                      randomBytes, QDateTime::currentDateTimeUtc()),
                randomHex(4).toUpper(), address });
        const auto answer = m_pending->acceptor->step({});
        if (!answer) {
            return responseTo(request, 500);
        }
        auto response = challenge(request);
        auto value = "NTLM opaque=" + quoted(m_pending->opaque) + ", gssapi-data=\""
            + answer->toBase64() + "\", targetname=" + quoted(m_core.fqdn.toUtf8())
            + ", realm=" + quoted(realm);
        if (m_core.signatureVersion > 2) {
            value += ", version=" + QByteArray::number(m_core.signatureVersion);
        }
        response.setHeader("WWW-Authenticate", value);
        return response;
    }
    if (!m_pending || m_pending->user != address
        || authorization->parameters.value("opaque") != m_pending->opaque) {
        m_core.complain(u"an NTLM answer that belongs to no challenge"_s);
        return challenge(request);
    }
    const auto pending = std::exchange(m_pending, nullptr);
    if (const auto done = pending->acceptor->step(token); !done) {
        auto response = challenge(request);
        response.addHeader("ms-diagnostics",
            "1000;reason=\"Final handshake failed\";source=" + quoted(m_core.fqdn.toUtf8())
                + ";HRESULT=\"0xC3E93EC3(SIP_E_AUTH_UNAUTHORIZED)\"");
        return response;
    }
    auto previous = std::exchange(m_established, std::make_unique<Established>());
    m_established->acceptor = std::move(pending->acceptor);
    m_established->opaque = pending->opaque;
    m_established->user = address;
    // From version 4 on the request that ends the handshake is signed already.
    if (m_core.signatureVersion > 3 && !verify(request)) {
        m_established = std::move(previous);
        m_core.complain(u"wrong signature on the last REGISTER of the handshake"_s);
        return challenge(request);
    }
    return std::nullopt;
}

bool ServerAssociation::verify(const SipMessage &request)
{
    const auto authorization = parseAuthHeader(request.header("Authorization"));
    if (!authorization || authorization->parameters.value("opaque") != m_established->opaque) {
        return false;
    }
    const auto number = authorization->parameters.value("cnum");
    if (number.isEmpty() || m_established->seenNumbers.contains(number)) {
        m_core.complain(u"cnum %1 again"_s.arg(QString::fromLatin1(number)));
        return false;
    }
    m_established->seenNumbers += number;
    const auto text
        = signatureText(request, authorization->parameters, false, m_core.signatureVersion);
    return m_established->acceptor->verify(
        text, QByteArray::fromHex(authorization->parameters.value("response")));
}

void ServerAssociation::sign(SipMessage &message)
{
    // 1xx are never signed, a 401 begins something new.
    if (!m_established
        || (message.isResponse() && (message.status < 200 || message.status == 401))) {
        return;
    }
    SipParameters auth;
    auth.set("realm", realm);
    auth.set("targetname", m_core.fqdn.toUtf8());
    auth.set("srand", randomHex(4).toUpper());
    auth.set("snum", QByteArray::number(++m_established->number));
    auto signature
        = m_established->acceptor->sign(signatureText(message, auth, true, m_core.signatureVersion))
              .toHex();
    if (m_core.faults.corruptSignatures && !signature.isEmpty()) {
        signature.back() = signature.back() == '0' ? '1' : '0';
    }
    message.setHeader("Authentication-Info",
        "NTLM rspauth=" + quoted(signature.toUpper()) + ", srand=" + quoted(auth.value("srand"))
            + ", snum=" + quoted(auth.value("snum")) + ", opaque=" + quoted(m_established->opaque)
            + ", qop=\"auth\", targetname=" + quoted(m_core.fqdn.toUtf8())
            + ", realm=" + quoted(realm));
}

} // namespace linchpin::sip::sim
