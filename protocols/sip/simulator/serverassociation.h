// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"

#include <QSet>

#include <memory>
#include <optional>

namespace linchpin::sip::sim {

/// The server's half of a security association: the handshake (NTLM, Kerberos, TLS-DSK) in REGISTER
/// and 401, then the signatures of every message. [MS-SIPAE] 3.3; connectionless NTLM of [MS-NLMP]
/// 3.2.5.2.
class ServerAssociation {
public:
    explicit ServerAssociation(PoolCore &core);
    ~ServerAssociation();

    /// Nothing when the request may go on; otherwise what to answer.
    std::optional<SipMessage> check(const SipMessage &request);
    bool isReady() const;
    QString user() const;
    /// Adds Authentication-Info; call it last. Does nothing before the association is complete.
    void sign(SipMessage &message);

private:
    struct Established;
    struct Pending;

    QByteArray targetName(const QByteArray &scheme) const;
    QByteArray versionText() const;
    SipMessage challenge(const SipMessage &request);
    SipMessage refuse(const SipMessage &request);
    std::unique_ptr<Pending> begin(const QByteArray &scheme, const PoolUser &account);
    std::unique_ptr<Established> promote();
    std::optional<SipMessage> handshake(const SipMessage &request);
    bool verify(const SipMessage &request);

    PoolCore &m_core;
    std::unique_ptr<Pending> m_pending;
    std::unique_ptr<Established> m_established;
};

} // namespace linchpin::sip::sim
