// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/clientcertificate.h"
#include "protocols/sip/auth/tlsengine.h"

namespace linchpin::sip {

/// The signing keys of TLS-DSK, [MS-SIPAE] 3.2.5.1: cut out of the EAP key block of RFC 2716.
struct TlsDskKeys {
    QCryptographicHash::Algorithm hash = QCryptographicHash::Sha1;
    QByteArray client; ///< signs what the client sends
    QByteArray server;
};
TlsDskKeys tlsDskKeys(QByteArrayView keyBlock, QCryptographicHash::Algorithm hash);
/// HMAC with the suite's hash: 20 bytes with SHA-1.
QByteArray tlsDskSignature(const TlsDskKeys &keys, const QByteArray &key, QByteArrayView bytes);

/// TLS-DSK of [MS-SIPAE]: a TLS handshake in gssapi-data, in which the client proves itself with a
/// certificate; then signatures with keys exported from it. Both sides.
class TlsDskMechanism : public AuthMechanism {
public:
    /// The client's side. `trust` as in TlsEngine::Options.
    TlsDskMechanism(ClientCertificate certificate, TlsEngine::Versions versions,
        std::optional<TlsEngine::ServerTrust> trust = {});
    /// Either side, as the options say. `expiry` is the end of the client's certificate.
    TlsDskMechanism(TlsEngine::Options options, const QDateTime &expiry);

    QByteArray scheme() const override;
    std::expected<QByteArray, AuthError> step(const QByteArray &token) override;
    bool isComplete() const override { return m_phase == Phase::Complete; }
    QDateTime expiry() const override { return m_expiry; }
    QByteArray sign(QByteArrayView bytes) override;
    bool verify(QByteArrayView bytes, QByteArrayView signature) override;

    /// Once complete; empty before.
    QByteArray peerCertificate() const;
    QByteArray protocol() const;

private:
    enum class Phase { Start, Hello, Proof, Complete, Failed };

    TlsEngine::Options m_options;
    QDateTime m_expiry;
    std::unique_ptr<TlsEngine> m_engine;
    TlsDskKeys m_keys;
    Phase m_phase = Phase::Start;
};

} // namespace linchpin::sip
