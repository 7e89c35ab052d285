// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/ntlm.h"

#include "protocols/sip/auth/ntlmcrypto.h"
#include "protocols/sip/auth/ntlmmessages.h"
#include "protocols/sip/auth/rc4.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

namespace Flag = ntlm::Flag;

// Sealing is left out: SIP signs and never seals.
constexpr quint32 requiredFlags = Flag::Unicode | Flag::Sign | Flag::Datagram | Flag::Ntlm
    | Flag::AlwaysSign | Flag::ExtendedSessionSecurity | Flag::Identify | Flag::TargetInfo
    | Flag::KeyExchange;
constexpr quint32 offeredFlags
    = requiredFlags | Flag::RequestTarget | Flag::Version | Flag::Key128 | Flag::Key56;

// Windows Server 2003 SP2, NTLMSSP revision 15: what Communicator 2007 R2 sent. Servers log it
// only.
const QByteArray clientVersion("\x05\x02\xce\x0e\0\0\0\x0f", 8);

void wipe(QString &secret)
{
    secret.fill(u'\0');
    secret.clear();
}

} // namespace

NtlmCredentials splitLogin(const QString &login, const QString &signInAddress)
{
    const QString name = login.trimmed().isEmpty() ? signInAddress.trimmed() : login.trimmed();
    if (const qsizetype escape = name.indexOf(u"\\@"); escape > 0) {
        return {
            .user = QString(name).remove(escape, 1), .domain = {}, .password = {}, .workstation = {}
        };
    }
    for (const QChar separator : { u'\\', u'/' }) {
        if (const qsizetype at = name.indexOf(separator); at > 0) {
            return { .user = name.sliced(at + 1),
                .domain = name.first(at),
                .password = {},
                .workstation = {} };
        }
    }
    return { .user = name, .domain = {}, .password = {}, .workstation = {} };
}

NtlmMechanism::NtlmMechanism(
    NtlmCredentials credentials, RandomBytes random, const QDateTime &now, Options options)
    : m_credentials(std::move(credentials))
    , m_random(std::move(random))
    , m_now(now)
    , m_options(std::move(options))
{
}

NtlmMechanism::~NtlmMechanism()
{
    wipe(m_credentials.password);
}

QByteArray NtlmMechanism::scheme() const
{
    return "NTLM"_ba;
}

std::expected<QByteArray, AuthError> NtlmMechanism::step(const QByteArray &token)
{
    if (m_phase == Phase::Start && token.isEmpty()) {
        m_phase = Phase::Challenged;
        return QByteArray();
    }
    if (m_phase != Phase::Challenged) {
        return std::unexpected(
            AuthError { AuthError::Code::OutOfOrder, u"NTLM has no further step"_s });
    }
    auto result = answer(token);
    m_phase = result ? Phase::Complete : Phase::Failed;
    wipe(m_credentials.password);
    return result;
}

std::expected<QByteArray, AuthError> NtlmMechanism::answer(const QByteArray &token)
{
    const auto challenge = ntlm::parseChallenge(token);
    if (!challenge) {
        return std::unexpected(challenge.error());
    }
    quint32 flags = (challenge->flags & offeredFlags) | Flag::RequestTarget;
    if (const quint32 missing = requiredFlags & ~flags; missing != 0) {
        return std::unexpected(AuthError { AuthError::Code::Unsupported,
            u"the server's NTLM lacks flags 0x%1"_s.arg(missing, 8, 16, QChar(u'0')) });
    }
    if ((flags & Flag::Key128) != 0) {
        flags &= ~Flag::Key56;
    }
    auto pairs = ntlm::parseAvPairs(challenge->targetInfo);
    if (!pairs) {
        return std::unexpected(pairs.error());
    }
    const auto timestamp = ntlm::find(*pairs, ntlm::AvId::Timestamp);
    if (timestamp && timestamp->size() != 8) {
        return std::unexpected(AuthError {
            AuthError::Code::MalformedToken, u"the challenge's timestamp is not 8 bytes"_s });
    }
    const bool withMic = timestamp && m_options.allowMic;
    bool changed = false;
    if (withMic) {
        quint32 avFlags = 2; // [MS-NLMP] 2.2.2.1: a MIC is in the message
        QByteArray bytes(4, '\0');
        const auto old = ntlm::find(*pairs, ntlm::AvId::Flags);
        if (old && old->size() == 4) {
            avFlags |= qFromLittleEndian<quint32>(old->constData());
        }
        qToLittleEndian(avFlags, bytes.data());
        pairs->removeIf([](const ntlm::AvPair &p) { return p.id == ntlm::AvId::Flags; });
        pairs->append({ ntlm::AvId::Flags, bytes });
        changed = true;
    }
    if (!m_options.channelBindings.isEmpty()) {
        pairs->append({ ntlm::AvId::ChannelBindings, m_options.channelBindings });
        changed = true;
    }
    if (!m_options.targetName.isEmpty()) {
        pairs->append({ ntlm::AvId::TargetName, ntlm::utf16(m_options.targetName) });
        changed = true;
    }

    const QByteArray key
        = ntlm::ntowfv2(m_credentials.user, m_credentials.domain, m_credentials.password);
    const QByteArray clientChallenge = m_random(8);
    const quint64 time
        = timestamp ? qFromLittleEndian<quint64>(timestamp->constData()) : ntlm::fileTime(m_now);
    const QByteArray blob = ntlm::clientBlob(
        time, clientChallenge, changed ? ntlm::serialize(*pairs) : challenge->targetInfo);
    const QByteArray proof = ntlm::ntProof(key, challenge->serverChallenge, blob);
    const QByteArray exported = m_random(16);

    ntlm::Authenticate message;
    message.flags = flags;
    message.version = clientVersion;
    message.domain = ntlm::utf16(m_credentials.domain);
    message.user = ntlm::utf16(m_credentials.user);
    message.workstation = ntlm::utf16(ntlm::windowsUpper(m_credentials.workstation));
    message.ntResponse = proof + blob;
    // [MS-NLMP] 3.1.5.1.2: no LM response of any worth when the server gave the time.
    message.lmResponse = timestamp
        ? QByteArray(24, '\0')
        : ntlm::lmv2Response(key, challenge->serverChallenge, clientChallenge);
    message.encryptedSessionKey = rc4(ntlm::sessionBaseKey(key, proof), exported);
    if (withMic) {
        message.mic = QByteArray(ntlm::micSize, '\0');
    }
    QByteArray out = ntlm::serialize(message);
    if (withMic) {
        // Connectionless: there was no NEGOTIATE message, it counts as empty.
        out.replace(ntlm::micOffset, ntlm::micSize, ntlm::hmacMd5(exported, token + out));
    }
    m_clientSignKey = ntlm::signKey(exported, ntlm::Side::Client);
    m_serverSignKey = ntlm::signKey(exported, ntlm::Side::Server);
    m_clientSealKey = ntlm::sealKey(exported, ntlm::Side::Client, flags);
    m_serverSealKey = ntlm::sealKey(exported, ntlm::Side::Server, flags);
    return out;
}

QByteArray NtlmMechanism::sign(QByteArrayView bytes)
{
    return isComplete()
        ? ntlm::signature(m_clientSignKey, m_clientSealKey, bytes, m_options.sequence)
        : QByteArray();
}

bool NtlmMechanism::verify(QByteArrayView bytes, QByteArrayView signature)
{
    return isComplete()
        && ntlm::signature(m_serverSignKey, m_serverSealKey, bytes, m_options.sequence)
        == signature;
}

} // namespace linchpin::sip
