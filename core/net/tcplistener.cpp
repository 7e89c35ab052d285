// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/tcplistener.h"

#include "core/net/tcptransport.h"

#include <QCoreApplication>
#include <QNetworkInterface>
#include <QNetworkProxy>
#include <QTcpServer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kMostWaiting = 8; ///< that nobody has taken up; more are turned away

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::TcpListener)
};

class TcpListener : public Listener {
public:
    TcpListener() { m_server.setProxy(QNetworkProxy::NoProxy); }

    bool start(quint16 port) { return m_server.begin(this, port); }

    quint16 port() const override { return m_server.serverPort(); }

    QStringList addresses() const override
    {
        return reachableAddresses(QNetworkInterface::allAddresses());
    }

    QString systemWords() const { return m_server.errorString(); }

private:
    class Server : public QTcpServer {
    public:
        bool begin(TcpListener *owner, quint16 port)
        {
            m_owner = owner;
            setMaxPendingConnections(kMostWaiting);
            return QTcpServer::listen(QHostAddress::Any, port);
        }

    protected:
        void incomingConnection(qintptr descriptor) override
        {
            auto socket = std::make_unique<QSslSocket>();
            if (!socket->setSocketDescriptor(descriptor)) {
                return;
            }
            Endpoint endpoint;
            endpoint.host = socket->peerAddress().toString();
            endpoint.port = socket->peerPort();
            endpoint.security = Endpoint::Security::Plain;
            endpoint.logged = false;
            Q_EMIT m_owner->arrived(std::make_shared<TcpTransport>(
                std::move(socket), endpoint, PeerTrust {}, TcpTransport::Log()));
        }

    private:
        TcpListener *m_owner = nullptr;
    };

    Server m_server;
};

int rank(const QHostAddress &address)
{
    const bool old = address.protocol() == QAbstractSocket::IPv4Protocol;
    if (address.isLoopback()) {
        return old ? 4 : 5;
    }
    if (old) {
        return address.isPrivateUse() ? 1 : 0;
    }
    return address.isPrivateUse() ? 3 : 2;
}

} // namespace

QStringList reachableAddresses(const QList<QHostAddress> &own)
{
    QList<QHostAddress> usable;
    std::ranges::copy_if(own, std::back_inserter(usable), [](const QHostAddress &address) {
        return !address.isNull() && !address.isLinkLocal() && !address.isMulticast();
    });
    std::ranges::stable_sort(usable, {}, rank);
    const bool more
        = std::ranges::any_of(usable, [](const QHostAddress &a) { return !a.isLoopback(); });
    QStringList literals;
    for (const QHostAddress &address : std::as_const(usable)) {
        if (!more || !address.isLoopback()) {
            literals.append(address.toString());
        }
    }
    return literals;
}

Result<std::shared_ptr<Listener>> listenTcp(
    const ProxySettings &proxy, quint16 firstPort, quint16 lastPort)
{
    if (proxy.type == ProxySettings::Type::Http || proxy.type == ProxySettings::Type::Socks5) {
        return std::unexpected(Error { .kind = Error::Kind::Unsupported,
            .code = u"behind-proxy"_s,
            .title = Text::tr("This account uses a proxy, so that nobody can connect to this "
                              "computer directly."),
            .remedy = Text::tr("Ask the other person to send by another way, or switch the proxy "
                               "of the account off.") });
    }
    auto listener = std::make_shared<TcpListener>();
    for (int port = firstPort; port <= std::max(firstPort, lastPort); ++port) {
        if (listener->start(quint16(port))) {
            return listener;
        }
    }
    return std::unexpected(Error { .kind = Error::Kind::Network,
        .code = u"no-free-port"_s,
        .title = Text::tr("No port of this computer is free for the other side to connect to."),
        .detail = u"%1-%2: %3"_s.arg(firstPort).arg(lastPort).arg(listener->systemWords()) });
}

} // namespace linchpin
