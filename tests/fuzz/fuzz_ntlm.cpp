// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// NTLM messages and challenges from the network: the client and the acceptor must survive them.

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/auth/ntlmmessages.h"
#include "tests/fuzz/fuzzcheck.h"

#include <QTimeZone>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace linchpin::sip;
using linchpin::fuzz::tried;

namespace {

void check(bool holds, const char *what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

QByteArray zeros(int count)
{
    return QByteArray(count, '\0');
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const QDateTime now(QDate(2026, 3, 2), QTime(8, 0), QTimeZone::UTC);
    const auto client = [&] {
        return std::make_unique<NtlmMechanism>(NtlmCredentials { .user = QStringLiteral("ben"),
                                                   .domain = QStringLiteral("LITWARE"),
                                                   .password = QStringLiteral("x"),
                                                   .workstation = QStringLiteral("w") },
            zeros, now);
    };

    const auto mechanism = client();
    tried(mechanism->step({}));
    if (const auto answer = mechanism->step(bytes)) {
        check(ntlm::parseAuthenticate(*answer).has_value(), "our own answer");
    }
    NtlmAcceptor acceptor(
        {}, [](const QString &, const QString &) { return std::optional(QStringLiteral("x")); },
        zeros, now);
    tried(acceptor.step({}));
    check(!acceptor.step(bytes) || acceptor.isComplete(), "acceptor");

    if (const auto pairs = ntlm::parseAvPairs(bytes)) {
        check(*ntlm::parseAvPairs(ntlm::serialize(*pairs)) == *pairs, "AV pairs");
    }
    if (const auto challenge = ntlm::parseChallenge(bytes)) {
        const auto again = ntlm::parseChallenge(ntlm::serialize(*challenge));
        check(again && again->targetInfo == challenge->targetInfo, "challenge");
    }
    if (const auto message = ntlm::parseAuthenticate(bytes)) {
        const auto again = ntlm::parseAuthenticate(ntlm::serialize(*message));
        check(again && again->ntResponse == message->ntResponse, "authenticate");
    }
    if (const auto header = parseAuthHeader(bytes)) {
        MessageSigner signer(client(), zeros);
        tried(signer.takeChallenge(*header));
        SipMessage request = SipMessage::request("REGISTER", "sip:x");
        signer.sign(request);
    }
    return 0;
}
