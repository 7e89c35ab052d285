// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/ntlmacceptor.h"

#include "protocols/sip/auth/ntlmcrypto.h"
#include "protocols/sip/auth/rc4.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype proofSize = 16;
constexpr qsizetype smallestBlob = 32; // [MS-NLMP] 2.2.2.7: head and end-of-list pair
constexpr qsizetype sessionKeySize = 16;
constexpr qsizetype timeInBlob = 8;
constexpr quint64 ticksPerSecond = 10'000'000; // [MS-DTYP] 2.3.3

AuthError wrong(const QString &detail)
{
    return { AuthError::Code::WrongCredentials, detail };
}

} // namespace

NtlmAcceptor::NtlmAcceptor(
    Options options, PasswordLookup passwords, RandomBytes random, const QDateTime &now)
    : m_options(std::move(options))
    , m_passwords(std::move(passwords))
    , m_random(std::move(random))
    , m_now(now)
{
}

QByteArray NtlmAcceptor::scheme() const
{
    return "NTLM"_ba;
}

std::expected<QByteArray, AuthError> NtlmAcceptor::step(const QByteArray &token)
{
    if (m_phase == Phase::Start && token.isEmpty()) {
        m_phase = Phase::Challenged;
        return makeChallenge();
    }
    if (m_phase != Phase::Challenged) {
        return std::unexpected(
            AuthError { AuthError::Code::OutOfOrder, u"NTLM has no further step"_s });
    }
    const auto checked = check(token);
    m_phase = checked ? Phase::Complete : Phase::Failed;
    if (!checked) {
        return std::unexpected(checked.error());
    }
    return QByteArray();
}

QByteArray NtlmAcceptor::makeChallenge()
{
    using ntlm::AvId;
    QList<ntlm::AvPair> pairs { { AvId::NetbiosDomain, ntlm::utf16(m_options.netbiosDomain) },
        { AvId::NetbiosComputer, ntlm::utf16(m_options.netbiosComputer) },
        { AvId::DnsDomain, ntlm::utf16(m_options.dnsDomain) },
        { AvId::DnsComputer, ntlm::utf16(m_options.dnsComputer) } };
    if (m_options.sendTimestamp) {
        QByteArray ticks(8, '\0');
        qToLittleEndian(ntlm::fileTime(m_now), ticks.data());
        pairs.append({ AvId::Timestamp, ticks });
    }
    m_serverChallenge = m_random(8);
    ntlm::Challenge challenge;
    challenge.flags
        = m_options.connectionOriented ? m_options.flags & ~ntlm::Flag::Datagram : m_options.flags;
    challenge.serverChallenge = m_serverChallenge;
    challenge.targetInfo = ntlm::serialize(pairs);
    challenge.version = QByteArray("\x05\x02\xce\x0e\0\0\0\x0f", 8);
    m_challengeToken = ntlm::serialize(challenge);
    return m_challengeToken;
}

std::expected<void, AuthError> NtlmAcceptor::check(const QByteArray &token)
{
    const auto message = ntlm::parseAuthenticate(token);
    if (!message) {
        return std::unexpected(message.error());
    }
    m_user = ntlm::fromUtf16(message->user);
    m_domain = ntlm::fromUtf16(message->domain);
    m_workstation = ntlm::fromUtf16(message->workstation);
    m_clientSentMic = message->mic.has_value();
    const bool hasKey = message->encryptedSessionKey.size() == sessionKeySize;
    if (message->ntResponse.size() < proofSize + smallestBlob
        || (!hasKey && !m_options.connectionOriented)) {
        return std::unexpected(
            AuthError { AuthError::Code::Unsupported, u"the answer is not NTLMv2"_s });
    }
    const std::optional<QString> password = m_passwords(m_user, m_domain);
    if (!password) {
        return std::unexpected(wrong(u"no such account"_s));
    }
    const QByteArray key = ntlm::ntowfv2(m_user, m_domain, *password);
    const QByteArray proof = message->ntResponse.first(proofSize);
    const QByteArray blob = message->ntResponse.sliced(proofSize);
    if (ntlm::ntProof(key, m_serverChallenge, blob) != proof) {
        return std::unexpected(wrong(u"the password does not match"_s));
    }
    if (m_options.tolerance) {
        const quint64 theirs = qFromLittleEndian<quint64>(blob.constData() + timeInBlob);
        const quint64 ours = ntlm::fileTime(m_now);
        const quint64 apart = theirs > ours ? theirs - ours : ours - theirs;
        if (apart > quint64(m_options.tolerance->count()) * ticksPerSecond) {
            return std::unexpected(wrong(u"the clocks differ"_s));
        }
    }
    const QByteArray base = ntlm::sessionBaseKey(key, proof);
    const QByteArray exported = hasKey ? rc4(base, message->encryptedSessionKey) : base;
    if (const std::optional<QByteArray> &mic = message->mic) {
        QByteArray blank = token;
        blank.replace(ntlm::micOffset, ntlm::micSize, QByteArray(ntlm::micSize, '\0'));
        if (ntlm::hmacMd5(exported, m_challengeToken + blank) != *mic) {
            return std::unexpected(wrong(u"the message integrity code does not match"_s));
        }
    }
    m_clientSignKey = ntlm::signKey(exported, ntlm::Side::Client);
    m_serverSignKey = ntlm::signKey(exported, ntlm::Side::Server);
    m_clientSealKey = ntlm::sealKey(exported, ntlm::Side::Client, message->flags);
    m_serverSealKey = ntlm::sealKey(exported, ntlm::Side::Server, message->flags);
    return {};
}

QByteArray NtlmAcceptor::sign(QByteArrayView bytes)
{
    return isComplete()
        ? ntlm::signature(m_serverSignKey, m_serverSealKey, bytes, m_options.sequence)
        : QByteArray();
}

bool NtlmAcceptor::verify(QByteArrayView bytes, QByteArrayView signature)
{
    return isComplete()
        && ntlm::signature(m_clientSignKey, m_clientSealKey, bytes, m_options.sequence)
        == signature;
}

} // namespace linchpin::sip
