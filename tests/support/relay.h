// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QTcpServer>
#include <QTcpSocket>

#include <memory>

namespace linchpin::test {

/// A wire between a client and a server on loopback that a test can cut: both ends then see their
/// connection die without a word, as when a laptop leaves its network.
class Relay {
public:
    explicit Relay(quint16 target)
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this, target] {
            while (QTcpSocket *client = m_server.nextPendingConnection()) {
                auto *server = new QTcpSocket(client);
                server->connectToHost(QHostAddress(QHostAddress::LocalHost), target);
                const auto join = [](QTcpSocket *from, QTcpSocket *to) {
                    QObject::connect(from, &QTcpSocket::readyRead, to,
                        [from, to] { to->write(from->readAll()); });
                    QObject::connect(
                        from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
                };
                QObject::connect(server, &QTcpSocket::connected, client, [client, server] {
                    server->write(client->readAll()); // what came meanwhile
                });
                join(client, server);
                join(server, client);
            }
        });
    }

    quint16 port() const { return m_server.serverPort(); }

    void cut()
    {
        const auto sockets = m_server.findChildren<QTcpSocket *>();
        for (QTcpSocket *socket : sockets) {
            socket->abort();
        }
    }

private:
    QTcpServer m_server;
};

} // namespace linchpin::test
