// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QHash>
#include <QHostAddress>
#include <QObject>
#include <QProcess>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QUdpSocket>

#include <array>
#include <functional>

class QSslServer;

namespace linchpin::test {

/// A name server on loopback that knows what it was told. Everything else does not exist.
class DnsZone : public QObject {
    Q_OBJECT
public:
    struct Service {
        QString target;
        quint16 port = 0;
        quint16 priority = 10;
        quint16 weight = 10;
    };

    DnsZone();
    quint16 port() const { return m_socket.localPort(); }
    void addAddress(const QString &name, const QString &address = QStringLiteral("127.0.0.1"));
    void addService(const QString &name, const Service &service);
    void setSilent(bool silent) { m_silent = silent; } ///< questions are not answered at all
    QStringList asked() const { return m_asked; } ///< names, in order

private:
    QByteArray answerTo(const QByteArray &question);

    QUdpSocket m_socket;
    QHash<QString, QList<QHostAddress>> m_addresses;
    QHash<QString, QList<Service>> m_services;
    QStringList m_asked;
    bool m_silent = false;
};

/// A server that does one thing wrong, in plain text or behind TLS.
class RudeServer : public QObject {
    Q_OBJECT
public:
    enum class Manner {
        Silent, ///< takes connections and says nothing
        Speaks, ///< says its words at once
        Answers, ///< says its words to the first thing it hears
        Closes, ///< ends each connection at once
        ClosesLater, ///< ends each connection at the first thing it hears
    };
    struct Options {
        Manner manner = Manner::Silent;
        QByteArray words = {};
        /// Behind TLS with this; null: in plain text.
        std::optional<QSslConfiguration> tls = std::nullopt;
    };
    explicit RudeServer(const Options &options);
    ~RudeServer() override;
    quint16 port() const;

private:
    void greet(QTcpSocket *socket);

    Options m_options;
    std::unique_ptr<QTcpServer> m_server;
};

/// A TLS server of OpenSSL's own (`openssl s_server`), for what Qt's does not do: a weak key.
class OpenSslServer {
public:
    OpenSslServer(const QString &certificateFile, const QString &keyFile);
    OpenSslServer(const OpenSslServer &) = delete;
    OpenSslServer &operator=(const OpenSslServer &) = delete;
    ~OpenSslServer();
    quint16 port() const { return m_port; }

private:
    QProcess m_process;
    quint16 m_port;
};

/// A port whose connections are never made: its queue is full, packets are dropped as by a
/// firewall.
class BlackHole {
public:
    BlackHole();
    BlackHole(const BlackHole &) = delete;
    BlackHole &operator=(const BlackHole &) = delete;
    ~BlackHole();
    quint16 port() const { return m_port; }

private:
    std::array<int, 5> m_sockets { -1, -1, -1, -1, -1 };
    quint16 m_port = 0;
};

/// A proxy on loopback, HTTP (CONNECT) or SOCKS5 (RFC 1928).
class TestProxy : public QObject {
    Q_OBJECT
public:
    enum class Kind { Http, Socks5 };
    enum class Manner {
        Helps,
        Refuses, ///< 403, or "not allowed by ruleset"
        WantsPassword, ///< and knows none
        Silent,
        NoProxy, ///< answers like a mail server
    };
    TestProxy(Kind kind, Manner manner);
    quint16 port() const { return m_server.serverPort(); }
    QStringList asked() const { return m_asked; } ///< "host:port", in order
    /// Names that the proxy knows; all others are this machine's or nobody's.
    void addName(const QString &name) { m_names.append(name); }

private:
    void read(QTcpSocket *client);
    void readHttp(QTcpSocket *client);
    void readSocks(QTcpSocket *client);
    void forward(QTcpSocket *client, const QString &host, quint16 port, const QByteArray &yes,
        const QByteArray &no);

    Kind m_kind;
    Manner m_manner;
    QTcpServer m_server;
    QHash<QTcpSocket *, QByteArray> m_heard;
    QHash<QTcpSocket *, bool> m_greeted;
    QStringList m_asked;
    QStringList m_names;
};

/// A port where nobody listens.
quint16 closedPort();

} // namespace linchpin::test
