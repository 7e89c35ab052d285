// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/doctor/faultservers.h"

#include <QSslServer>
#include <QSslSocket>
#include <QTcpSocket>
#include <QtEndian>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

// RFC 1035 §3.2.2, RFC 3596, RFC 2782.
constexpr quint16 kTypeA = 1;
constexpr quint16 kTypeAaaa = 28;
constexpr quint16 kTypeSrv = 33;

QByteArray bigEndian(quint16 value)
{
    std::array<char, 2> bytes {};
    qToBigEndian(value, bytes.data());
    return { bytes.data(), 2 };
}

QByteArray wireName(const QString &name)
{
    QByteArray wire;
    const QList<QByteArray> labels = name.toLatin1().split('.');
    for (const QByteArray &label : labels) {
        if (!label.isEmpty()) { // "." is the root
            wire += static_cast<char>(label.size());
            wire += label;
        }
    }
    return wire + '\0';
}

/// One record about the name that was asked for (a pointer to it).
QByteArray record(quint16 type, const QByteArray &data)
{
    return "\xc0\x0c"_ba + bigEndian(type) + bigEndian(1) + bigEndian(0) + bigEndian(60)
        + bigEndian(static_cast<quint16>(data.size())) + data;
}

} // namespace

DnsZone::DnsZone()
{
    if (!m_socket.bind(QHostAddress::LocalHost)) {
        qFatal("no port for a name server");
    }
    connect(&m_socket, &QUdpSocket::readyRead, this, [this] {
        while (m_socket.hasPendingDatagrams()) {
            QByteArray question(m_socket.pendingDatagramSize(), '\0');
            QHostAddress from;
            quint16 port = 0;
            m_socket.readDatagram(question.data(), question.size(), &from, &port);
            const QByteArray answer = answerTo(question);
            if (!answer.isEmpty() && !m_silent) {
                m_socket.writeDatagram(answer, from, port);
            }
        }
    });
}

void DnsZone::addAddress(const QString &name, const QString &address)
{
    m_addresses[name.toLower()].append(QHostAddress(address));
}

void DnsZone::addService(const QString &name, const Service &service)
{
    m_services[name.toLower()].append(service);
}

QByteArray DnsZone::answerTo(const QByteArray &question)
{
    if (question.size() < 17) {
        return {};
    }
    QStringList labels;
    qsizetype at = 12;
    while (at < question.size() && question.at(at) != 0) {
        const auto length = static_cast<uchar>(question.at(at));
        labels.append(QString::fromLatin1(question.mid(at + 1, length)));
        at += length + 1;
    }
    if (at + 5 > question.size()) {
        return {};
    }
    const QString name = labels.join(u'.').toLower();
    const auto type = qFromBigEndian<quint16>(question.constData() + at + 1);
    m_asked.append(name);
    QByteArrayList records;
    const QList<QHostAddress> addresses = m_addresses.value(name);
    for (const QHostAddress &address : addresses) {
        if (type == kTypeA && address.protocol() == QAbstractSocket::IPv4Protocol) {
            const quint32 ipv4 = address.toIPv4Address();
            records.append(record(kTypeA,
                bigEndian(static_cast<quint16>(ipv4 >> 16U))
                    + bigEndian(static_cast<quint16>(ipv4 & 0xffffU))));
        } else if (type == kTypeAaaa && address.protocol() == QAbstractSocket::IPv6Protocol) {
            const Q_IPV6ADDR ipv6 = address.toIPv6Address();
            records.append(
                record(kTypeAaaa, { reinterpret_cast<const char *>(&ipv6), sizeof(ipv6) }));
        }
    }
    const QList<Service> services = m_services.value(name);
    for (const Service &service : services) {
        if (type == kTypeSrv) {
            records.append(record(kTypeSrv,
                bigEndian(service.priority) + bigEndian(service.weight) + bigEndian(service.port)
                    + wireName(service.target)));
        }
    }
    const bool known = m_addresses.contains(name) || m_services.contains(name);
    QByteArray answer = question.first(at + 5);
    answer[2] = static_cast<char>(0x81); // an answer, recursion as desired
    answer[3] = static_cast<char>(known ? 0x80 : 0x83); // NOERROR or NXDOMAIN
    answer.replace(6, 2, bigEndian(static_cast<quint16>(records.size())));
    answer.replace(8, 4, QByteArray(4, '\0'));
    return answer + records.join();
}

RudeServer::RudeServer(const Options &options)
    : m_options(options)
{
    if (options.tls) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(*options.tls);
        m_server = std::move(server);
    } else {
        m_server = std::make_unique<QTcpServer>();
    }
    if (!m_server->listen(QHostAddress::LocalHost)) {
        qFatal("no port for a server");
    }
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *const socket = m_server->nextPendingConnection()) {
            greet(socket);
        }
    });
}

RudeServer::~RudeServer() = default;

quint16 RudeServer::port() const
{
    return m_server->serverPort();
}

void RudeServer::greet(QTcpSocket *socket)
{
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    const auto hear = [this, socket] {
        const bool first = socket->property("heard").isNull();
        socket->setProperty("heard", true);
        socket->readAll();
        if (first && m_options.manner == Manner::Answers) {
            socket->write(m_options.words);
        } else if (m_options.manner == Manner::ClosesLater) {
            socket->disconnectFromHost();
        }
    };
    connect(socket, &QTcpSocket::readyRead, socket, hear);
    if (m_options.manner == Manner::Speaks) {
        socket->write(m_options.words);
    } else if (m_options.manner == Manner::Closes) {
        socket->disconnectFromHost();
    } else if (socket->bytesAvailable() > 0) {
        hear();
    }
}

OpenSslServer::OpenSslServer(const QString &certificateFile, const QString &keyFile)
    : m_port(closedPort())
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(u"openssl"_s,
        { u"s_server"_s, u"-accept"_s, u"127.0.0.1:%1"_s.arg(m_port), u"-cert"_s, certificateFile,
            u"-key"_s, keyFile, u"-cipher"_s, u"DEFAULT:@SECLEVEL=0"_s });
    QByteArray said;
    while (!said.contains("ACCEPT")) {
        if (!m_process.waitForReadyRead(10000)) {
            qFatal("openssl s_server: %s", said.constData());
        }
        said += m_process.readAll();
    }
}

OpenSslServer::~OpenSslServer()
{
    m_process.kill();
    m_process.waitForFinished();
}

BlackHole::BlackHole()
{
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto *const generic = reinterpret_cast<sockaddr *>(&address);
    m_sockets[0] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(m_sockets[0], generic, size) != 0 || ::listen(m_sockets[0], 0) != 0
        || ::getsockname(m_sockets[0], generic, &size) != 0) {
        qFatal("no port for a black hole");
    }
    m_port = ntohs(address.sin_port);
    for (std::size_t i = 1; i < m_sockets.size(); ++i) {
        m_sockets.at(i) = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        // Answers EINPROGRESS.
        [[maybe_unused]] const int answer = ::connect(m_sockets.at(i), generic, size);
    }
}

BlackHole::~BlackHole()
{
    for (const int socket : m_sockets) {
        if (socket >= 0) {
            ::close(socket);
        }
    }
}

TestProxy::TestProxy(Kind kind, Manner manner)
    : m_kind(kind)
    , m_manner(manner)
{
    if (!m_server.listen(QHostAddress::LocalHost)) {
        qFatal("no port for a proxy");
    }
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *const client = m_server.nextPendingConnection()) {
            connect(client, &QTcpSocket::disconnected, this, [this, client] {
                m_heard.remove(client);
                m_greeted.remove(client);
                client->deleteLater();
            });
            if (m_manner == Manner::NoProxy) {
                client->write("220 mail.litware.test ESMTP\r\n");
            }
            connect(client, &QTcpSocket::readyRead, this, [this, client] { read(client); });
        }
    });
}

void TestProxy::read(QTcpSocket *client)
{
    if (m_manner == Manner::Silent || m_manner == Manner::NoProxy) {
        client->readAll();
        return;
    }
    m_heard[client] += client->readAll();
    if (m_kind == Kind::Http) {
        readHttp(client);
    } else {
        readSocks(client);
    }
}

void TestProxy::readHttp(QTcpSocket *client)
{
    const QByteArray heard = m_heard.value(client);
    if (!heard.contains("\r\n\r\n")) {
        return;
    }
    m_heard.remove(client);
    const QString target = QString::fromLatin1(heard.split(' ').value(1));
    m_asked.append(target);
    if (m_manner == Manner::Refuses) {
        client->write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        client->disconnectFromHost();
    } else if (m_manner == Manner::WantsPassword) {
        client->write("HTTP/1.1 407 Proxy Authentication Required\r\n"
                      "Proxy-Authenticate: Basic realm=\"litware\"\r\n"
                      "Content-Length: 0\r\nConnection: close\r\n\r\n");
        client->disconnectFromHost();
    } else {
        forward(client, target.section(u':', 0, -2),
            static_cast<quint16>(target.section(u':', -1).toUInt()),
            "HTTP/1.1 200 Connection established\r\n\r\n"_ba,
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"_ba);
    }
}

void TestProxy::readSocks(QTcpSocket *client)
{
    const QByteArray heard = m_heard.value(client);
    if (!m_greeted.value(client)) {
        if (heard.size() < 3) {
            return;
        }
        m_heard.remove(client);
        if (m_manner == Manner::WantsPassword) {
            client->write("\x05\xff"_ba); // none of your ways
            client->disconnectFromHost();
            return;
        }
        m_greeted.insert(client, true);
        client->write("\x05\x00"_ba.first(2));
        return;
    }
    if (heard.size() < 7) {
        return;
    }
    const int type = static_cast<uchar>(heard.at(3));
    QString host;
    qsizetype at = 4;
    if (type == 1 && heard.size() >= 10) {
        host = QHostAddress(qFromBigEndian<quint32>(heard.constData() + 4)).toString();
        at = 8;
    } else if (type == 3 && heard.size() >= 7 + heard.at(4)) {
        host = QString::fromLatin1(heard.mid(5, heard.at(4)));
        at = 5 + heard.at(4);
    } else {
        return;
    }
    const auto port = qFromBigEndian<quint16>(heard.constData() + at);
    m_heard.remove(client);
    m_asked.append(u"%1:%2"_s.arg(host).arg(port));
    const auto reply = [](char code) {
        return "\x05"_ba + code + "\x00\x01\x00\x00\x00\x00\x00\x00"_ba.first(8);
    };
    if (m_manner == Manner::Refuses) {
        client->write(reply(2)); // not allowed by ruleset
        client->disconnectFromHost();
    } else {
        forward(client, host, port, reply(0), reply(5));
    }
}

void TestProxy::forward(QTcpSocket *client, const QString &host, quint16 port,
    const QByteArray &yes, const QByteArray &no)
{
    const bool here = host == "localhost"_L1 || QHostAddress(host).isLoopback()
        || m_names.contains(host, Qt::CaseInsensitive);
    if (!here) {
        client->write(no);
        client->disconnectFromHost();
        return;
    }
    auto *const server = new QTcpSocket(client);
    client->disconnect(this);
    connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    connect(server, &QTcpSocket::connected, client, [client, server, yes] {
        client->write(yes);
        connect(client, &QTcpSocket::readyRead, server,
            [client, server] { server->write(client->readAll()); });
        server->write(client->readAll());
    });
    connect(server, &QTcpSocket::readyRead, client,
        [client, server] { client->write(server->readAll()); });
    connect(server, &QTcpSocket::errorOccurred, client, [client, no, server] {
        if (server->state() != QAbstractSocket::ConnectedState && server->bytesAvailable() == 0
            && server->property("up").isNull()) {
            client->write(no);
        }
        client->disconnectFromHost();
    });
    connect(server, &QTcpSocket::connected, server, [server] { server->setProperty("up", true); });
    server->connectToHost(QHostAddress(QHostAddress::LocalHost), port);
}

quint16 closedPort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost)) {
        qFatal("no free port");
    }
    return server.serverPort();
}

} // namespace linchpin::test
