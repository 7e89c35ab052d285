// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/serverassociation.h"
#include "protocols/sip/wire/sipframer.h"

#include <QObject>
#include <QTcpSocket>

#include <memory>

namespace linchpin::sip::sim {

/// One client connection: frames, security, faults.
class PoolConnection : public QObject, public Hop {
    Q_OBJECT
public:
    /// Takes the socket as its child; it must be connected (and encrypted when isTls).
    PoolConnection(QTcpSocket *socket, bool isTls, int number, PoolCore &core, QObject *parent);
    ~PoolConnection() override;

    void deliver(const SipMessage &message) override;
    QByteArray transport() const override { return m_tls ? "TLS" : "TCP"; }
    QByteArray reachableContact(const QByteArray &uri) const override;

    /// Cuts without a word.
    void cut();

Q_SIGNALS:
    void finished();

private:
    void readAll();
    void receive(SipMessage message);
    void write(const QByteArray &bytes);
    void end();

    QTcpSocket *m_socket;
    bool m_tls;
    int m_number;
    PoolCore &m_core;
    SipFramer m_framer;
    ServerAssociation m_association;
    bool m_ended = false;
    bool m_wroteSomething = false;
};

} // namespace linchpin::sip::sim
