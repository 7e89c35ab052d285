// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/authmechanism.h"
#include "protocols/sip/auth/ntlmmessages.h"

#include <QDateTime>

#include <chrono>
#include <optional>

namespace linchpin::sip {

/// Server side of NTLM, connectionless unless told otherwise: challenges, checks an NTLMv2 response
/// against a known password, then signs as the server. For the simulator and for testing the
/// client.
class NtlmAcceptor : public AuthMechanism {
public:
    struct Options {
        QString netbiosDomain = QStringLiteral("LITWARE");
        QString netbiosComputer = QStringLiteral("OCS01");
        QString dnsDomain = QStringLiteral("litwareinc.test");
        QString dnsComputer = QStringLiteral("ocs01.litwareinc.test");
        bool sendTimestamp = false; ///< as newer Windows does; makes clients send a MIC
        quint32 flags = 0xe29882f3; ///< what OCS 2007 R2 offers
        quint32 sequence = 100;
        /// As over HTTP: no datagrams, and clients that sign nothing bring no session key.
        bool connectionOriented = false;
        /// How far the client's time may be off ours; nothing: nobody looks at it.
        std::optional<std::chrono::seconds> tolerance = {};
    };

    /// The password of an account, or nothing when there is no such account. Names as the client
    /// sent them.
    using PasswordLookup
        = std::function<std::optional<QString>(const QString &user, const QString &domain)>;

    NtlmAcceptor(
        Options options, PasswordLookup passwords, RandomBytes random, const QDateTime &now);

    QByteArray scheme() const override;
    /// An empty token gives the challenge; the client's answer gives an empty token and completes,
    /// or fails with WrongCredentials.
    std::expected<QByteArray, AuthError> step(const QByteArray &token) override;
    bool isComplete() const override { return m_phase == Phase::Complete; }
    QByteArray sign(QByteArrayView bytes) override;
    bool verify(QByteArrayView bytes, QByteArrayView signature) override;

    /// Who signed in (or tried to), once the client's answer was readable.
    QString user() const { return m_user; }
    QString domain() const { return m_domain; }
    QString workstation() const { return m_workstation; }
    bool clientSentMic() const { return m_clientSentMic; }

private:
    enum class Phase { Start, Challenged, Complete, Failed };

    QByteArray makeChallenge();
    std::expected<void, AuthError> check(const QByteArray &token);

    Options m_options;
    PasswordLookup m_passwords;
    RandomBytes m_random;
    QDateTime m_now;
    Phase m_phase = Phase::Start;
    QByteArray m_challengeToken;
    QByteArray m_serverChallenge;
    QString m_user;
    QString m_domain;
    QString m_workstation;
    bool m_clientSentMic = false;
    QByteArray m_clientSignKey;
    QByteArray m_clientSealKey;
    QByteArray m_serverSignKey;
    QByteArray m_serverSealKey;
};

} // namespace linchpin::sip
