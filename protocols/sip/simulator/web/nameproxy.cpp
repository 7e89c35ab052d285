// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/web/nameproxy.h"

#include "protocols/sip/simulator/web/httpresponder.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

NameProxy::NameProxy(QObject *parent)
    : QObject(parent)
    , m_server(std::make_unique<QTcpServer>())
{
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *client = m_server->nextPendingConnection()) {
            connect(client, &QTcpSocket::readyRead, this, [this, client] { read(*client); });
            connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
        }
    });
}

NameProxy::~NameProxy() = default;

bool NameProxy::start(quint16 port)
{
    return m_server->listen(QHostAddress::LocalHost, port);
}

quint16 NameProxy::port() const
{
    return m_server->serverPort();
}

void NameProxy::map(const QString &name, quint16 port, quint16 localPort)
{
    m_targets.insert(u"%1:%2"_s.arg(name.toLower()).arg(port), localPort);
}

void NameProxy::read(QTcpSocket &client)
{
    QByteArray bytes = client.peek(qsizetype { 64 } * 1024);
    const qsizetype before = bytes.size();
    const auto taken = takeRequest(bytes);
    if (!taken) {
        client.abort();
        return;
    }
    const std::optional<WebRequest> &request = *taken;
    if (!request) {
        return;
    }
    client.skip(before - bytes.size());
    const bool tunnel = request->method == "CONNECT";
    const QUrl url = tunnel ? QUrl(u"https://"_s + QString::fromLatin1(request->target))
                            : QUrl(QString::fromLatin1(request->target));
    const QString wanted = u"%1:%2"_s.arg(url.host().toLower()).arg(url.port(tunnel ? 443 : 80));
    m_asked.append(wanted);
    const quint16 target = m_targets.value(wanted);
    if (target == 0) {
        client.write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: "
                     "close\r\n\r\n");
        client.disconnectFromHost();
        return;
    }
    client.disconnect(this); // from here on it is a pipe
    auto *server = new QTcpSocket(&client);
    const auto join = [](QTcpSocket *from, QTcpSocket *to) {
        connect(from, &QTcpSocket::readyRead, to, [from, to] { to->write(from->readAll()); });
        connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
    };
    QByteArray first;
    if (!tunnel) {
        first = request->method + ' ' + url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority)
            + " HTTP/1.1\r\nHost: " + url.host().toLatin1() + "\r\nConnection: close\r\n";
        for (const auto &[name, value] : request->headers) {
            const QByteArray lower = name.toLower();
            if (lower != "host" && lower != "connection" && !lower.startsWith("proxy-")) {
                first += name + ": " + value + "\r\n";
            }
        }
        first += "\r\n" + request->body;
    }
    connect(server, &QTcpSocket::connected, &client, [&client, server, first, tunnel] {
        if (tunnel) {
            client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        }
        server->write(first + client.readAll());
    });
    join(&client, server);
    join(server, &client);
    server->connectToHost(QHostAddress(QHostAddress::LocalHost), target);
}

} // namespace linchpin::sip::sim
