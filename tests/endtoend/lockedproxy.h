// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <atomic>

namespace linchpin::test {

/// An HTTP proxy for CONNECT that wants a login and password (Basic). In a thread of its own, so
/// that a test may wait for processes meanwhile.
class LockedProxy {
public:
    LockedProxy(const QByteArray &login, const QByteArray &password)
        : m_credentials((login + ':' + password).toBase64())
        , m_server(new QTcpServer)
    {
        m_server->moveToThread(&m_thread);
        // Sockets and server end where they live.
        QObject::connect(&m_thread, &QThread::finished, m_server, &QObject::deleteLater);
        m_thread.start();
        QMetaObject::invokeMethod(
            m_server,
            [this] {
                m_server->listen(QHostAddress::LocalHost);
                m_port = m_server->serverPort();
                QObject::connect(m_server, &QTcpServer::newConnection, m_server, [this] {
                    while (QTcpSocket *const client = m_server->nextPendingConnection()) {
                        QObject::connect(client, &QTcpSocket::readyRead, client,
                            [this, client] { read(client); });
                    }
                });
            },
            Qt::BlockingQueuedConnection);
    }
    ~LockedProxy()
    {
        m_thread.quit();
        m_thread.wait();
    }
    LockedProxy(const LockedProxy &) = delete;
    LockedProxy &operator=(const LockedProxy &) = delete;

    quint16 port() const { return m_port; }
    int tunnels() const { return m_tunnels; } ///< opened with the right password

private:
    void read(QTcpSocket *client)
    {
        if (QTcpSocket *const server = m_tunnel.value(client)) {
            server->write(client->readAll());
            return;
        }
        QByteArray &head = m_heads[client];
        head += client->readAll();
        if (!head.contains("\r\n\r\n")) {
            return;
        }
        const QByteArray request = std::exchange(head, {});
        if (!request.contains(m_credentials)) {
            client->write("HTTP/1.1 407 Proxy Authentication Required\r\n"
                          "Proxy-Authenticate: Basic realm=\"canary\"\r\n"
                          "Content-Length: 0\r\n\r\n");
            return;
        }
        const QByteArrayList target = request.split(' ').value(1).split(':');
        auto *const server = new QTcpSocket(client);
        m_tunnel.insert(client, server);
        QObject::connect(server, &QTcpSocket::connected, client, [this, client] {
            ++m_tunnels;
            client->write("HTTP/1.1 200 OK\r\n\r\n");
        });
        QObject::connect(server, &QTcpSocket::readyRead, client,
            [client, server] { client->write(server->readAll()); });
        QObject::connect(
            server, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
        QObject::connect(
            client, &QTcpSocket::disconnected, server, &QTcpSocket::disconnectFromHost);
        server->connectToHost(QString::fromLatin1(target.value(0)), target.value(1).toUShort());
    }

    QByteArray m_credentials;
    QThread m_thread;
    QTcpServer *m_server; ///< of the thread
    quint16 m_port = 0;
    QHash<QTcpSocket *, QByteArray> m_heads;
    QHash<QTcpSocket *, QTcpSocket *> m_tunnel;
    std::atomic<int> m_tunnels = 0;
};

} // namespace linchpin::test
