// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/tlsdsk.h"

#include <QMessageAuthenticationCode>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype keySize = 32;
constexpr qsizetype clientKeyAt = 64;
constexpr qsizetype serverKeyAt = 96;

/// Takes the same time wherever the difference is.
bool sameBytes(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size()) {
        return false;
    }
    unsigned char difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i) {
        difference |= uchar(a[i]) ^ uchar(b[i]);
    }
    return difference == 0;
}

} // namespace

TlsDskKeys tlsDskKeys(QByteArrayView keyBlock, QCryptographicHash::Algorithm hash)
{
    return { .hash = hash,
        .client = keyBlock.sliced(clientKeyAt, keySize).toByteArray(),
        .server = keyBlock.sliced(serverKeyAt, keySize).toByteArray() };
}

QByteArray tlsDskSignature(const TlsDskKeys &keys, const QByteArray &key, QByteArrayView bytes)
{
    return QMessageAuthenticationCode::hash(bytes, key, keys.hash);
}

TlsDskMechanism::TlsDskMechanism(ClientCertificate certificate, TlsEngine::Versions versions,
    std::optional<TlsEngine::ServerTrust> trust)
    : TlsDskMechanism(TlsEngine::Options { .side = TlsEngine::Side::Client,
                          .versions = versions,
                          .certificate = std::move(certificate.certificate),
                          .privateKey = std::move(certificate.privateKey),
                          .trust = std::move(trust) },
          certificate.notAfter)
{
}

TlsDskMechanism::TlsDskMechanism(TlsEngine::Options options, const QDateTime &expiry)
    : m_options(std::move(options))
    , m_expiry(expiry)
{
}

QByteArray TlsDskMechanism::scheme() const
{
    return "TLS-DSK"_ba;
}

std::expected<QByteArray, AuthError> TlsDskMechanism::step(const QByteArray &token)
{
    const auto fail = [this](AuthError error) {
        m_phase = Phase::Failed;
        return std::unexpected(std::move(error));
    };
    const bool client = m_options.side == TlsEngine::Side::Client;
    if (m_phase == Phase::Start) {
        auto engine = TlsEngine::create(m_options);
        if (!engine) {
            return fail(engine.error());
        }
        m_engine = *std::move(engine);
        m_phase = Phase::Hello;
    } else if (m_phase == Phase::Complete || m_phase == Phase::Failed) {
        return fail({ AuthError::Code::OutOfOrder, u"the handshake is over"_s });
    } else if (client && token.isEmpty()) {
        // The server begins anew: it did not like what it got last.
        return fail(m_phase == Phase::Hello
                ? AuthError { AuthError::Code::CipherRejected,
                      u"the server did not answer the TLS hello"_s }
                : AuthError { AuthError::Code::CertificateRefused,
                      u"the server did not accept the client certificate"_s });
    } else if (client) {
        m_phase = Phase::Proof;
    }
    auto answer = m_engine->step(token);
    if (!answer) {
        return fail(answer.error());
    }
    if (m_engine->isComplete()) {
        const QByteArray block = m_engine->keyBlock();
        if (block.isEmpty()) {
            return fail({ AuthError::Code::Unsupported, u"no keys come out of this TLS"_s });
        }
        m_keys = tlsDskKeys(block, m_engine->hash());
        m_phase = Phase::Complete;
    } else if (answer->isEmpty()) {
        return fail({ AuthError::Code::MalformedToken, u"half a TLS flight"_s });
    }
    return answer;
}

QByteArray TlsDskMechanism::sign(QByteArrayView bytes)
{
    if (!isComplete()) {
        return {};
    }
    const bool client = m_options.side == TlsEngine::Side::Client;
    return tlsDskSignature(m_keys, client ? m_keys.client : m_keys.server, bytes);
}

bool TlsDskMechanism::verify(QByteArrayView bytes, QByteArrayView signature)
{
    if (!isComplete() || signature.isEmpty()) {
        return false;
    }
    const bool client = m_options.side == TlsEngine::Side::Client;
    return sameBytes(
        tlsDskSignature(m_keys, client ? m_keys.server : m_keys.client, bytes), signature);
}

QByteArray TlsDskMechanism::peerCertificate() const
{
    return m_engine ? m_engine->peerCertificate() : QByteArray();
}

QByteArray TlsDskMechanism::protocol() const
{
    return m_engine ? m_engine->protocol() : QByteArray();
}

} // namespace linchpin::sip
