// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/messagesigner.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

bool sameScheme(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

/// The first header line of that name that belongs to the scheme.
std::optional<AuthHeader> findScheme(
    const SipMessage &message, QByteArrayView header, QByteArrayView scheme)
{
    for (const QByteArray &line : message.headerLines(header)) {
        if (auto parsed = parseAuthHeader(line); parsed && sameScheme(parsed->scheme, scheme)) {
            return *std::move(parsed);
        }
    }
    return std::nullopt;
}

QByteArray common(const SecurityParameters &p)
{
    QByteArray out = p.scheme + " qop=\"auth\"";
    if (!p.opaque.isEmpty()) {
        out += ", opaque=" + quoted(p.opaque);
    }
    return out + ", realm=" + quoted(p.realm) + ", targetname=" + quoted(p.targetName);
}

std::expected<void, SignatureProblem> check(AuthMechanism &mechanism, ReplayWindow &window,
    const SecurityParameters &parameters, const SipMessage &message, const QByteArray &random,
    const QByteArray &number, const QByteArray &signature)
{
    bool ok = false;
    const quint32 count = number.toUInt(&ok);
    if (signature.isEmpty() || !ok) {
        return std::unexpected(SignatureProblem::Missing);
    }
    // The parameters are those of the association, not those the message claims.
    const QByteArray buffer = signatureBuffer(parameters, random, number, message);
    if (!mechanism.verify(buffer, QByteArray::fromHex(signature))) {
        return std::unexpected(SignatureProblem::Wrong);
    }
    if (!window.accept(count)) {
        return std::unexpected(SignatureProblem::Replayed);
    }
    return {};
}

} // namespace

bool ReplayWindow::accept(quint32 number)
{
    if (number > m_highest) {
        const quint32 ahead = number - m_highest;
        if (ahead >= width) {
            m_seen.reset();
        } else {
            m_seen <<= ahead;
        }
        m_highest = number;
        m_seen.set(0);
        return true;
    }
    const quint32 behind = m_highest - number;
    if (number == 0 || behind >= width || m_seen.test(behind)) {
        return false;
    }
    m_seen.set(behind);
    return true;
}

MessageSigner::MessageSigner(
    std::unique_ptr<AuthMechanism> mechanism, RandomBytes random, Asker asker)
    : m_mechanism(std::move(mechanism))
    , m_scheme(m_mechanism->scheme())
    , m_mayBlock(m_mechanism->mayBlock())
    , m_random(std::move(random))
    , m_names(authHeaderNames(asker))
{
}

std::expected<RequestAuthenticator::Work, AuthError> MessageSigner::begin(
    const AuthHeader &challenge)
{
    const SipParameters &p = challenge.parameters;
    m_parameters.scheme = m_scheme;
    m_parameters.realm = p.value("realm");
    m_parameters.targetName = p.value("targetname");
    if (p.has("opaque")) {
        m_parameters.opaque = p.value("opaque");
    }
    if (p.has("version")) {
        bool ok = false;
        const int version = p.value("version").toInt(&ok);
        if (!ok || version < 2) {
            return std::unexpected(
                AuthError { AuthError::Code::Unsupported, u"unknown signature version"_s });
        }
        // Later versions are promised to understand 4, the last one specified.
        m_parameters.version = std::min(version, 4);
    }
    const auto token = QByteArray::fromBase64Encoding(
        p.value("gssapi-data"), QByteArray::AbortOnBase64DecodingErrors);
    if (!token) {
        return std::unexpected(
            AuthError { AuthError::Code::MalformedToken, u"gssapi-data is not Base64"_s });
    }
    m_working = true;
    return [mechanism = m_mechanism, bytes = *token] { return mechanism->step(bytes); };
}

void MessageSigner::finish(const QByteArray &token)
{
    m_working = false;
    m_pendingToken.reset();
    if (!token.isEmpty() || !m_mechanism->isComplete()) {
        m_pendingToken = token;
    }
}

void MessageSigner::sign(SipMessage &request)
{
    const bool handshake = m_pendingToken.has_value();
    const bool signature = isEstablished() && (!handshake || m_parameters.version > 3);
    if (!handshake && !signature) {
        return;
    }
    QByteArray value = common(m_parameters);
    if (handshake) {
        value += ", gssapi-data=" + quoted(m_pendingToken->toBase64());
        if (m_parameters.version > 2) {
            value += ", version=" + QByteArray::number(m_parameters.version);
        }
        m_pendingToken.reset();
    }
    if (signature) {
        const QByteArray random = m_random(4).toHex();
        const QByteArray number = QByteArray::number(++m_number);
        const QByteArray mac
            = m_mechanism->sign(signatureBuffer(m_parameters, random, number, request));
        value += ", crand=" + quoted(random) + ", cnum=" + quoted(number)
            + ", response=" + quoted(mac.toHex());
    }
    request.removeHeader(m_names.credentials);
    request.addHeader(m_names.credentials.toByteArray(), value);
}

std::expected<void, SignatureProblem> MessageSigner::verify(const SipMessage &message)
{
    if (message.isResponse()
        && (message.status < 200 || message.status == 401 || message.status == 407)) {
        return {};
    }
    const auto info = findScheme(message, m_names.info, m_scheme);
    if (!info) {
        return std::unexpected(SignatureProblem::Missing);
    }
    const SipParameters &p = info->parameters;
    const auto checked = check(*m_mechanism, m_window, m_parameters, message, p.value("srand"),
        p.value("snum"), p.value("rspauth"));
    if (checked && m_parameters.opaque.isEmpty()) {
        // Kerberos is through with one token: no challenge has named the association yet.
        m_parameters.opaque = p.value("opaque");
    }
    return checked;
}

ServerMessageSigner::ServerMessageSigner(
    std::unique_ptr<AuthMechanism> acceptor, SecurityParameters parameters, RandomBytes random)
    : m_acceptor(std::move(acceptor))
    , m_parameters(std::move(parameters))
    , m_random(std::move(random))
{
    m_parameters.scheme = m_acceptor->scheme();
    if (m_parameters.opaque.isEmpty()) {
        m_parameters.opaque = m_random(4).toHex().toUpper();
    }
}

QByteArray ServerMessageSigner::offer() const
{
    QByteArray out = m_parameters.scheme + " realm=" + quoted(m_parameters.realm)
        + ", targetname=" + quoted(m_parameters.targetName);
    if (m_parameters.version > 2) {
        out += ", version=" + QByteArray::number(m_parameters.version);
    }
    return out;
}

std::expected<QByteArray, AuthError> ServerMessageSigner::accept(const AuthHeader &authorization)
{
    const auto token = QByteArray::fromBase64Encoding(
        authorization.parameters.value("gssapi-data"), QByteArray::AbortOnBase64DecodingErrors);
    if (!token) {
        return std::unexpected(
            AuthError { AuthError::Code::MalformedToken, u"gssapi-data is not Base64"_s });
    }
    auto answer = m_acceptor->step(*token);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (m_acceptor->isComplete() && answer->isEmpty()) {
        return QByteArray();
    }
    QByteArray out = m_parameters.scheme + " opaque=" + quoted(m_parameters.opaque)
        + ", gssapi-data=" + quoted(answer->toBase64()) + ", targetname="
        + quoted(m_parameters.targetName) + ", realm=" + quoted(m_parameters.realm);
    if (m_parameters.version > 2) {
        out += ", version=" + QByteArray::number(m_parameters.version);
    }
    return out;
}

std::expected<void, SignatureProblem> ServerMessageSigner::verify(const SipMessage &request)
{
    const auto header = findScheme(request, "Authorization", m_parameters.scheme);
    if (!header) {
        return std::unexpected(SignatureProblem::Missing);
    }
    const SipParameters &p = header->parameters;
    return check(*m_acceptor, m_window, m_parameters, request, p.value("crand"), p.value("cnum"),
        p.value("response"));
}

void ServerMessageSigner::sign(SipMessage &message)
{
    const QByteArray random = m_random(4).toHex();
    const QByteArray number = QByteArray::number(++m_number);
    const QByteArray mac = m_acceptor->sign(signatureBuffer(m_parameters, random, number, message));
    message.removeHeader("Authentication-Info");
    message.addHeader("Authentication-Info"_ba,
        m_parameters.scheme + " rspauth=" + quoted(mac.toHex().toUpper())
            + ", srand=" + quoted(random) + ", snum=" + quoted(number)
            + ", opaque=" + quoted(m_parameters.opaque) + ", qop=\"auth\", targetname="
            + quoted(m_parameters.targetName) + ", realm=" + quoted(m_parameters.realm));
}

} // namespace linchpin::sip
