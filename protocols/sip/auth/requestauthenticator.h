// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/authmechanism.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QDateTime>

#include <expected>
#include <functional>

namespace linchpin::sip {

/// Who wants to know who we are: the registrar (401) or a proxy in between (407). Each has
/// security of its own, in headers of its own. RFC 3261 22.2 and 22.3, [MS-SIPAE] 2.2.
enum class Asker { Registrar, Proxy };

struct AuthHeaderNames {
    QByteArrayView challenge;
    QByteArrayView credentials;
    QByteArrayView info;
};
AuthHeaderNames authHeaderNames(Asker asker);
/// 401 or 407.
int challengeStatus(Asker asker);

enum class SignatureProblem {
    Missing, ///< a message that must be signed is not
    Wrong,
    Replayed,
};

using AuthToken = std::expected<QByteArray, AuthError>;

/// The client's answers to one asker, in one scheme.
class RequestAuthenticator {
public:
    /// What it takes to answer; may wait for the network where mayBlock() says so. Keeps alive
    /// what it needs.
    using Work = std::function<AuthToken()>;

    RequestAuthenticator() = default;
    RequestAuthenticator(const RequestAuthenticator &) = delete;
    RequestAuthenticator &operator=(const RequestAuthenticator &) = delete;
    virtual ~RequestAuthenticator() = default;

    virtual QByteArray scheme() const = 0;
    /// Nothing more has to be heard: what sign() adds from now on says who we are.
    virtual bool isEstablished() const = 0;
    virtual bool mayBlock() const { return false; }
    virtual QDateTime expiry() const { return {}; }

    /// Reads a challenge of our scheme. Run the work, hand its result to finish(); the next sign()
    /// carries the answer.
    virtual std::expected<Work, AuthError> begin(const AuthHeader &challenge) = 0;
    virtual void finish(const QByteArray &token) = 0;
    /// Both in one, where nobody minds waiting.
    std::expected<void, AuthError> takeChallenge(const AuthHeader &challenge);

    /// Adds our header, replacing an old one. Every other header must be final.
    virtual void sign(SipMessage &request) = 0;
    /// Checks a response, or a request of the server, once isEstablished().
    virtual std::expected<void, SignatureProblem> verify(const SipMessage &message) = 0;
};

} // namespace linchpin::sip
