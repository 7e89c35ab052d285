// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/authmechanism.h"

#include <QString>

#include <memory>
#include <optional>

namespace linchpin::sip {

/// Who signs in by the system's security library (GSS-API; on Windows it would be SSPI).
struct SystemCredentials {
    /// `user@REALM` for Kerberos, `DOMAIN\user` for NTLM; empty with Single Sign-On.
    QString principal;
    QString password;
    /// A user principal name that only the realm can resolve, RFC 6806 5.
    bool enterprise = false;

    /// The desktop's own ticket or session.
    bool isSingleSignOn() const { return principal.isEmpty(); }
};

/// What people type as login, for Kerberos: `ben@ad.litwareinc.com` gives ben@AD.LITWAREINC.COM,
/// `LITWARE\ben` ben@LITWARE, `ben` stays (the default realm), `ben\@ad.litwareinc.com` is an
/// enterprise name; nothing is the sign-in address.
SystemCredentials kerberosCredentials(
    const QString &login, const QString &signInAddress, const QString &password);

/// The host-based service of a challenge's targetname: "sip/pool.test" gives "sip@pool.test", a
/// bare host name is a SIP server's.
QByteArray hostBasedService(QByteArrayView targetName);

/// Kerberos, or NTLM with the system's credentials, through GSS-API: one token (NTLM: a challenge
/// and an answer), then MICs. [MS-SIPAE] 3.2.5.1, RFC 4121. step() asks the network.
class GssMechanism : public AuthMechanism {
public:
    enum class Kind { Kerberos, Ntlm };

    GssMechanism(Kind kind, SystemCredentials credentials, const QByteArray &targetName);
    ~GssMechanism() override;

    QByteArray scheme() const override;
    bool mayBlock() const override { return true; }
    std::expected<QByteArray, AuthError> step(const QByteArray &token) override;
    bool isComplete() const override;
    QDateTime expiry() const override;
    QByteArray sign(QByteArrayView bytes) override;
    bool verify(QByteArrayView bytes, QByteArrayView signature) override;

    /// Whether the system has a provider for it (NTLM needs gss-ntlmssp).
    static bool isInstalled(Kind kind);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// The server's side, for the simulator: the key of the service comes from a keytab file.
class GssAcceptor : public AuthMechanism {
public:
    GssAcceptor(GssMechanism::Kind kind, const QString &keytab);
    ~GssAcceptor() override;

    QByteArray scheme() const override;
    std::expected<QByteArray, AuthError> step(const QByteArray &token) override;
    bool isComplete() const override;
    QByteArray sign(QByteArrayView bytes) override;
    bool verify(QByteArrayView bytes, QByteArrayView signature) override;

    /// Who signed in, "ben@PEERS.TEST", once complete.
    QString principal() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace linchpin::sip
