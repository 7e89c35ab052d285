// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/authmechanism.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

namespace linchpin::sip {

/// Who signs in, split the way NTLM wants it.
struct NtlmCredentials {
    QString user;
    QString domain; ///< may be empty
    QString password; ///< any UTF-16 text, of any length
    QString workstation; ///< sent upper case; may be empty
};

/// What people type as login: `ben`, `LITWARE\ben`, `LITWARE/ben`, `ben@ad.litwareinc.com`, or
/// nothing (then the sign-in address). `ben\@ad.litwareinc.com` is the user principal name spelled
/// with an escape. The password and workstation stay empty.
NtlmCredentials splitLogin(const QString &login, const QString &signInAddress);

/// Client side of connectionless NTLM, [MS-NLMP] 3.1.5.2, NTLMv2 with extended session security
/// only. The first token is empty; the server's challenge is answered with one token, and that is
/// all. The password is forgotten as soon as the handshake is complete.
class NtlmMechanism : public AuthMechanism {
public:
    struct Options {
        QByteArray channelBindings; ///< 16 bytes MD5 of the bindings; empty = send none
        QString targetName; ///< service principal name; empty = send none
        /// A MIC is sent when the server's challenge has a timestamp ([MS-NLMP] 3.1.5.2.1).
        bool allowMic = true;
        quint32 sequence = 100; ///< sequence number of every signature
    };

    NtlmMechanism(NtlmCredentials credentials, RandomBytes random, const QDateTime &now)
        : NtlmMechanism(std::move(credentials), std::move(random), now, Options())
    {
    }
    NtlmMechanism(
        NtlmCredentials credentials, RandomBytes random, const QDateTime &now, Options options);
    ~NtlmMechanism() override;

    QByteArray scheme() const override;
    std::expected<QByteArray, AuthError> step(const QByteArray &token) override;
    bool isComplete() const override { return m_phase == Phase::Complete; }
    QByteArray sign(QByteArrayView bytes) override;
    bool verify(QByteArrayView bytes, QByteArrayView signature) override;

private:
    enum class Phase { Start, Challenged, Complete, Failed };

    std::expected<QByteArray, AuthError> answer(const QByteArray &token);

    Phase m_phase = Phase::Start;
    NtlmCredentials m_credentials;
    RandomBytes m_random;
    QDateTime m_now;
    Options m_options;
    QByteArray m_clientSignKey;
    QByteArray m_clientSealKey;
    QByteArray m_serverSignKey;
    QByteArray m_serverSealKey;
};

} // namespace linchpin::sip
