// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/requestauthenticator.h"

namespace linchpin::sip {

AuthHeaderNames authHeaderNames(Asker asker)
{
    return asker == Asker::Registrar
        ? AuthHeaderNames { "WWW-Authenticate", "Authorization", "Authentication-Info" }
        : AuthHeaderNames { "Proxy-Authenticate", "Proxy-Authorization",
              "Proxy-Authentication-Info" };
}

int challengeStatus(Asker asker)
{
    return asker == Asker::Registrar ? 401 : 407;
}

std::expected<void, AuthError> RequestAuthenticator::takeChallenge(const AuthHeader &challenge)
{
    const auto work = begin(challenge);
    if (!work) {
        return std::unexpected(work.error());
    }
    const AuthToken token = (*work)();
    if (!token) {
        return std::unexpected(token.error());
    }
    finish(*token);
    return {};
}

} // namespace linchpin::sip
