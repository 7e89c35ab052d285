// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/tcpconnector.h"

#include "core/net/hostresolver.h"
#include "core/net/neterrors.h"
#include "core/net/proxychoice.h"

#include <QNetworkProxy>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// One connectTcp(); deletes itself when it has answered.
class TcpConnector : public QObject {
public:
    TcpConnector(ConnectOptions options, QObject *parent)
        : QObject(parent)
        , m_options(std::move(options))
    {
        m_limit.setSingleShot(true);
        m_stagger.setSingleShot(true);
        connect(&m_limit, &QTimer::timeout, this,
            [this] { fail(networkError(u"timed-out"_s, where(), m_words.join("; "_L1))); });
        connect(&m_stagger, &QTimer::timeout, this, &TcpConnector::tryNext);
    }

    ~TcpConnector() override
    {
        // Giving up a handshake answers at once, to an object that is half gone.
        m_failed = true;
        m_transport.reset();
    }

    Async<std::shared_ptr<Transport>> start()
    {
        const auto future = m_answer.future();
        m_limit.start(m_options.limit);
        const Endpoint &endpoint = m_options.endpoint;
        proxyFor(m_options.proxy, endpoint.host, endpoint.port, this)
            .then(this, [this](const Result<QNetworkProxy> &proxy) { onProxy(*proxy); });
        return future;
    }

private:
    QString where() const
    {
        return u"%1:%2"_s.arg(m_options.endpoint.host).arg(m_options.endpoint.port);
    }

    void onProxy(const QNetworkProxy &proxy)
    {
        m_proxy = proxy;
        if (proxy.type() != QNetworkProxy::NoProxy) {
            m_targets.append(m_options.endpoint.host); // the proxy looks the name up
            tryNext();
            return;
        }
        resolveHost(m_options.endpoint.host, m_options.nameServer, this)
            .then(this, [this](const Result<QList<QHostAddress>> &addresses) {
                if (!addresses) {
                    fail(addresses.error());
                    return;
                }
                for (const QHostAddress &address : *addresses) {
                    m_targets.append(address.toString());
                }
                tryNext();
            });
    }

    void tryNext()
    {
        if (m_done || m_targets.isEmpty()) {
            return;
        }
        const QString target = m_targets.takeFirst();
        auto *const socket = new QSslSocket(this);
        m_attempts.append(socket);
        socket->setProxy(m_proxy);
        connect(socket, &QAbstractSocket::connected, this, [this, socket] { onConnected(socket); });
        connect(socket, &QAbstractSocket::errorOccurred, this,
            [this, socket, target](
                QAbstractSocket::SocketError error) { onFailed(socket, target, error); });
        if (!m_targets.isEmpty()) {
            m_stagger.start(m_options.stagger);
        }
        socket->connectToHost(target, m_options.endpoint.port);
    }

    void onFailed(QSslSocket *socket, const QString &target, QAbstractSocket::SocketError error)
    {
        if (m_done || !m_attempts.removeOne(socket)) {
            return;
        }
        const QString words = socket->errorString();
        socket->disconnect(this);
        socket->deleteLater();
        m_words.append(target == m_options.endpoint.host ? words : target + u": "_s + words);
        Error failure = errorOf(error, where(), m_words.join("; "_L1));
        if (failure.code == "connection-closed"_L1 && m_proxy.type() != QNetworkProxy::NoProxy) {
            failure = networkError(u"proxy-refused"_s, where(), words);
        }
        // A server that refuses says more than an address family without a route.
        if (!m_failure || m_failure->code == "unreachable"_L1) {
            m_failure = failure;
        }
        if (!m_targets.isEmpty()) {
            tryNext();
        } else if (m_attempts.isEmpty()) {
            m_failure->detail = u"%1: %2"_s.arg(where(), m_words.join("; "_L1));
            fail(*m_failure);
        }
    }

    void onConnected(QSslSocket *socket)
    {
        if (m_done || !m_attempts.removeOne(socket)) {
            return;
        }
        m_done = true;
        m_stagger.stop();
        dropAttempts();
        socket->disconnect(this);
        m_transport = std::make_shared<TcpTransport>(std::unique_ptr<QSslSocket>(socket),
            m_options.endpoint, m_options.trust, m_options.log, m_options.limit);
        if (m_options.endpoint.security == Endpoint::Security::Plain) {
            succeed();
            return;
        }
        m_transport->startTls(m_options.endpoint.certificateName)
            .then(this, [this](const Result<void> &result) {
                if (result) {
                    succeed();
                } else {
                    fail(result.error());
                }
            });
    }

    void dropAttempts()
    {
        for (QSslSocket *const socket : std::as_const(m_attempts)) {
            socket->disconnect(this);
            socket->abort();
            socket->deleteLater();
        }
        m_attempts.clear();
    }

    void succeed()
    {
        m_limit.stop();
        deleteLater();
        m_answer.give(std::shared_ptr<Transport>(std::move(m_transport)));
    }

    void fail(const Error &error)
    {
        if (m_failed) {
            return; // giving up the handshake below answers that it was cancelled
        }
        m_failed = true;
        m_done = true;
        m_limit.stop();
        m_stagger.stop();
        dropAttempts();
        m_transport.reset();
        deleteLater();
        m_answer.fail(error);
    }

    ConnectOptions m_options;
    Answer<std::shared_ptr<Transport>> m_answer;
    QNetworkProxy m_proxy;
    QStringList m_targets;
    QList<QSslSocket *> m_attempts; // children of this
    std::shared_ptr<TcpTransport> m_transport;
    QStringList m_words;
    std::optional<Error> m_failure;
    QTimer m_limit;
    QTimer m_stagger;
    bool m_done = false;
    bool m_failed = false;
};

} // namespace

Async<std::shared_ptr<Transport>> connectTcp(const ConnectOptions &options, QObject *context)
{
    auto *const connector = new TcpConnector(options, context);
    return connector->start();
}

} // namespace linchpin
