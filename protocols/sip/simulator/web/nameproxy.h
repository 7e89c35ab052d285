// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

class QTcpServer;
class QTcpSocket;

namespace linchpin::sip::sim {

/// An HTTP proxy on loopback behind which the names of the pool exist: CONNECT and plain requests
/// to "name:port" go to a port of this machine, every other name to nowhere. So a client is tried
/// with nothing but an address, and seen not to ask anybody else.
class NameProxy : public QObject {
    Q_OBJECT
public:
    explicit NameProxy(QObject *parent = nullptr);
    ~NameProxy() override;

    bool start(quint16 port = 0);
    quint16 port() const;
    void map(const QString &name, quint16 port, quint16 localPort);
    /// "name:port" in the order they were asked for.
    QStringList asked() const { return m_asked; }

private:
    void read(QTcpSocket &client);

    std::unique_ptr<QTcpServer> m_server;
    QHash<QString, quint16> m_targets;
    QStringList m_asked;
};

} // namespace linchpin::sip::sim
