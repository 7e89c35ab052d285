// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Headers and tokens of signing in: TLS-DSK from both sides, Digest, what people type as login for
// Kerberos. None may crash, and nothing that came is ever taken for a finished handshake.

#include "protocols/sip/auth/digest.h"
#include "protocols/sip/auth/gssmechanism.h"
#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/tlsdsk.h"
#include "protocols/sip/tests/throwawaycertificate.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

const ClientCertificate &certificate()
{
    static const ClientCertificate made = test::throwawayCertificate("pool.test");
    return made;
}

QByteArray zeros(int count)
{
    return QByteArray(count, '\0');
}

/// The bytes as the server's first flight, as its last, and as a client's hello.
void handshakes(const QByteArray &bytes)
{
    using enum TlsEngine::Versions;
    for (const TlsEngine::Versions versions : { From10To12, Only10 }) {
        TlsDskMechanism client(certificate(), versions);
        check(client.step({}).has_value(), "the hello");
        tried(client.step(bytes));
        tried(client.step(bytes));
        check(!client.isComplete(), "a handshake out of nothing");
        check(!client.verify("x", bytes.left(20)), "a signature without keys");
    }
    TlsDskMechanism server(TlsEngine::Options { .side = TlsEngine::Side::Server,
                               .certificate = certificate().certificate,
                               .privateKey = certificate().privateKey },
        QDateTime());
    tried(server.step(bytes));
    tried(server.step(bytes));
    check(!server.isComplete(), "a handshake out of nothing");
}

void headers(const QByteArray &bytes)
{
    SipMessage answer = SipMessage::response(200, "OK");
    answer.addHeader("Authentication-Info", bytes);
    answer.addHeader("Proxy-Authentication-Info", bytes);
    if (const auto challenge = parseAuthHeader(bytes)) {
        MessageSigner signer(
            std::make_unique<TlsDskMechanism>(certificate(), TlsEngine::Versions::From10To12),
            zeros);
        tried(signer.takeChallenge(*challenge));
        SipMessage request = SipMessage::request("REGISTER", "sip:x");
        signer.sign(request);
        tried(signer.verify(answer));

        tried(DigestAuthenticator::strength(*challenge));
        DigestAuthenticator digest(
            { QStringLiteral("ben"), QStringLiteral("x") }, zeros, Asker::Registrar);
        if (digest.takeChallenge(*challenge)) {
            digest.sign(request);
            tried(digest.verify(answer));
        }
        tried(hostBasedService(challenge->parameters.value("targetname")));
    }
    tried(kerberosCredentials(
        QString::fromUtf8(bytes), QStringLiteral("ben@litwareinc.test"), QStringLiteral("x")));
    tried(hostBasedService(bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    // The rest is a header; a handshake takes a thousand times as long.
    const bool isRecord = size > 0 && data[0] >= 0x14 && data[0] <= 0x17; // RFC 5246 6.2.1
    if (isRecord) {
        handshakes(bytes);
    } else {
        headers(bytes);
    }
    return 0;
}
