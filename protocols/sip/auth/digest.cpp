// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/digest.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Algorithm {
    const char *name;
    QCryptographicHash::Algorithm hash;
    bool session;
    int strength;
};

constexpr Algorithm algorithms[] = {
    { "md5", QCryptographicHash::Md5, false, 1 },
    { "md5-sess", QCryptographicHash::Md5, true, 2 },
    { "sha-256", QCryptographicHash::Sha256, false, 3 },
    { "sha-256-sess", QCryptographicHash::Sha256, true, 4 },
};

const Algorithm *algorithmOf(const SipParameters &challenge)
{
    QByteArray name = challenge.value("algorithm").toLower();
    if (name.isEmpty()) {
        name = "md5"_ba;
    }
    const auto *found
        = std::ranges::find_if(algorithms, [&name](const Algorithm &a) { return name == a.name; });
    return found == std::end(algorithms) ? nullptr : found;
}

constexpr qsizetype rememberedUris = 256;

enum class Qop : quint8 { None, Auth, Other };

Qop qopOf(const SipParameters &challenge)
{
    if (challenge.value("qop").isEmpty()) {
        return Qop::None;
    }
    const QByteArrayList offered = splitCommaList(challenge.value("qop").toLower());
    return offered.contains("auth"_ba) ? Qop::Auth : Qop::Other;
}

QByteArray hexHash(QCryptographicHash::Algorithm algorithm, const QByteArrayList &parts)
{
    return QCryptographicHash::hash(parts.join(':'), algorithm).toHex();
}

} // namespace

QByteArray digestResponse(const DigestInput &in)
{
    QByteArray a1 = hexHash(in.hash, { in.user, in.realm, in.password });
    if (in.session) {
        // RFC 7616 3.4.2: the inner hash in hex, as everybody does it (erratum of RFC 2617).
        a1 = hexHash(in.hash, { a1, in.nonce, in.clientNonce });
    }
    const QByteArray a2 = hexHash(in.hash, { in.method, in.uri });
    return in.withQop ? hexHash(in.hash, { a1, in.nonce, in.count, in.clientNonce, "auth"_ba, a2 })
                      : hexHash(in.hash, { a1, in.nonce, a2 });
}

DigestAuthenticator::DigestAuthenticator(
    DigestCredentials credentials, RandomBytes random, Asker asker)
    : m_credentials(std::move(credentials))
    , m_random(std::move(random))
    , m_names(authHeaderNames(asker))
{
}

DigestAuthenticator::~DigestAuthenticator()
{
    m_credentials.password.fill(u'\0');
}

int DigestAuthenticator::strength(const AuthHeader &challenge)
{
    const Algorithm *algorithm = algorithmOf(challenge.parameters);
    const bool usable = algorithm != nullptr && qopOf(challenge.parameters) != Qop::Other
        && !challenge.parameters.value("nonce").isEmpty();
    return usable ? algorithm->strength : 0;
}

QByteArray DigestAuthenticator::scheme() const
{
    return "Digest"_ba;
}

std::expected<RequestAuthenticator::Work, AuthError> DigestAuthenticator::begin(
    const AuthHeader &challenge)
{
    if (strength(challenge) == 0) {
        return std::unexpected(AuthError { AuthError::Code::Unsupported,
            u"the server wants a form of Digest that is not spoken here: "_s
                + QString::fromLatin1(challenge.parameters.value("algorithm") + ' '
                    + challenge.parameters.value("qop")) });
    }
    m_challenge = challenge.parameters;
    m_clientNonce = m_random(8).toHex(); // as long as the nonce: "-sess" keys hang on both
    m_count = 0;
    m_uris.clear();
    return [] { return AuthToken(QByteArray()); };
}

/// Everything but method and URI.
DigestInput DigestAuthenticator::input() const
{
    const SipParameters challenge = m_challenge.value_or(SipParameters {});
    const Algorithm *algorithm = algorithmOf(challenge);
    return {
        .hash = algorithm->hash,
        .session = algorithm->session,
        .user = m_credentials.user.toUtf8(),
        .password = m_credentials.password.toUtf8(),
        .realm = challenge.value("realm"),
        .nonce = challenge.value("nonce"),
        .clientNonce = m_clientNonce,
        .count = QByteArray::number(m_count, 16).rightJustified(8, '0'),
        .withQop = qopOf(challenge) == Qop::Auth,
    };
}

/// RFC 7616 3.5: the server knows the password, too. What belongs to a request or a nonce that is
/// not remembered any more proves nothing either way.
bool DigestAuthenticator::isProven(const SipParameters &info) const
{
    const QByteArray count = info.value("nc").toLower();
    const auto uri = m_uris.constFind(count);
    if (!info.has("rspauth") || uri == m_uris.constEnd() || info.value("cnonce") != m_clientNonce
        || info.value("qop").toLower() != "auth") {
        return true;
    }
    DigestInput proof = input();
    proof.count = count;
    proof.uri = *uri;
    return digestResponse(proof) == info.value("rspauth").toLower();
}

void DigestAuthenticator::sign(SipMessage &request)
{
    request.removeHeader(m_names.credentials);
    if (!m_challenge) {
        return;
    }
    const SipParameters &challenge = *m_challenge;
    const Algorithm *algorithm = algorithmOf(challenge);
    if (algorithm == nullptr) {
        return;
    }
    ++m_count;
    DigestInput input = this->input();
    input.method = request.method;
    input.uri = request.uri;
    const bool withQop = input.withQop;
    if (m_uris.size() >= rememberedUris) {
        m_uris.clear();
    }
    m_uris.insert(input.count, input.uri);
    QByteArray value = "Digest username=" + quoted(input.user) + ", realm=" + quoted(input.realm)
        + ", nonce=" + quoted(input.nonce) + ", uri=" + quoted(input.uri)
        + ", response=" + quoted(digestResponse(input));
    if (challenge.has("algorithm")) {
        value += ", algorithm=" + challenge.value("algorithm");
    }
    if (withQop) {
        value += ", qop=auth, nc=" + input.count;
    }
    if (withQop || input.session) {
        value += ", cnonce=" + quoted(input.clientNonce);
    }
    if (challenge.has("opaque")) {
        value += ", opaque=" + quoted(challenge.value("opaque"));
    }
    request.addHeader(m_names.credentials.toByteArray(), value);
}

std::expected<void, SignatureProblem> DigestAuthenticator::verify(const SipMessage &message)
{
    // RFC 7616 3.5: the server may hand out its next nonce before the old one is stale. The header
    // has no scheme of its own, so it is read as bare parameters.
    const QByteArray info = message.header(m_names.info);
    if (!info.isEmpty() && m_challenge) {
        if (const auto header = parseAuthHeader("Digest "_ba + info)) {
            if (!isProven(header->parameters)) {
                return std::unexpected(SignatureProblem::Wrong);
            }
            if (const QByteArray next = header->parameters.value("nextnonce"); !next.isEmpty()) {
                m_challenge->set("nonce"_ba, next);
                m_clientNonce = m_random(8).toHex();
                m_count = 0;
                m_uris.clear();
            }
        }
    }
    return {};
}

} // namespace linchpin::sip
