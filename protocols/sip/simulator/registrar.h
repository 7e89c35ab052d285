// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"

#include <QTimer>

namespace linchpin::sip::sim {

/// REGISTER of authenticated clients: GRUU, several end points a user, expiry, sign-out.
/// [MS-SIPREGE] 3.2.
class Registrar : public QObject {
    Q_OBJECT
public:
    explicit Registrar(PoolCore &core);

    void handle(const SipMessage &request, Hop &from);
    /// registration-notify to every end point of the user, which then is signed out.
    /// event: unregistered, rejected, deactivated. [MS-SIPREGE] 3.2.
    void deregister(const QString &user, const QByteArray &event, const QByteArray &reason);

    /// "sip:user@domain;opaque=user:epid:…;gruu" for an end point: Base64url of the instance UUID
    /// as a little-endian GUID and two zero bytes. [MS-SIPRE] 4.4; seen of OCS 2007 R2.
    static QByteArray gruu(const QString &user, const QString &instance);
    /// The UUID an epid has to come with, [MS-SIPRE] 3.5 and [MS-SIPAE] 3.3.5.2.
    static QString instanceForEpid(const QByteArray &epid);

private:
    void expire();
    void scheduleExpiry();

    PoolCore &m_core;
    QTimer m_timer;
};

} // namespace linchpin::sip::sim
