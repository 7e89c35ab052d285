// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/requestauthenticator.h"
#include "protocols/sip/auth/signaturebuffer.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipmessage.h"

#include <bitset>
#include <expected>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// Accepts each number once; remembers the last 256. [MS-SIPAE] 3.1.1 "sliding window".
class ReplayWindow {
public:
    /// False for a repeat and for what is older than the window.
    bool accept(quint32 number);

private:
    static constexpr size_t width = 256;
    quint32 m_highest = 0;
    std::bitset<width> m_seen; ///< bit n: m_highest - n was accepted
};

/// Client end of one security association of [MS-SIPAE]: answers challenges, signs what we send,
/// verifies what the server sends.
class MessageSigner : public RequestAuthenticator {
public:
    MessageSigner(std::unique_ptr<AuthMechanism> mechanism, RandomBytes random,
        Asker asker = Asker::Registrar);

    QByteArray scheme() const override { return m_scheme; }
    bool isEstablished() const override { return !m_working && m_mechanism->isComplete(); }
    bool mayBlock() const override { return m_mayBlock; }
    QDateTime expiry() const override { return m_mechanism->expiry(); }
    const SecurityParameters &parameters() const { return m_parameters; }

    std::expected<Work, AuthError> begin(const AuthHeader &challenge) override;
    void finish(const QByteArray &token) override;

    /// The handshake's token, the signature, or both.
    void sign(SipMessage &request) override;

    /// Provisional responses and challenges carry no signature; everything else must.
    std::expected<void, SignatureProblem> verify(const SipMessage &message) override;

private:
    std::shared_ptr<AuthMechanism> m_mechanism; ///< work under way holds it too
    QByteArray m_scheme;
    bool m_mayBlock = false;
    bool m_working = false; ///< between begin() and finish(): the mechanism is not to be touched
    RandomBytes m_random;
    AuthHeaderNames m_names;
    SecurityParameters m_parameters;
    std::optional<QByteArray> m_pendingToken;
    quint32 m_number = 0;
    ReplayWindow m_window;
};

/// Server end of the same, for the simulator: challenges, verifies requests, signs replies.
class ServerMessageSigner {
public:
    ServerMessageSigner(
        std::unique_ptr<AuthMechanism> acceptor, SecurityParameters parameters, RandomBytes random);

    bool isEstablished() const { return m_acceptor->isComplete(); }

    /// The WWW-Authenticate line that offers the scheme: no token yet, no opaque.
    QByteArray offer() const;
    /// Takes the token of an Authorization header. The value that comes back goes into the next
    /// WWW-Authenticate; it is empty when the handshake is complete.
    std::expected<QByteArray, AuthError> accept(const AuthHeader &authorization);
    /// Checks the signature in the Authorization header of a request.
    std::expected<void, SignatureProblem> verify(const SipMessage &request);
    /// Adds Authentication-Info to a response or to a request of the server.
    void sign(SipMessage &message);

private:
    std::unique_ptr<AuthMechanism> m_acceptor;
    SecurityParameters m_parameters;
    RandomBytes m_random;
    quint32 m_number = 0;
    ReplayWindow m_window;
};

} // namespace linchpin::sip
