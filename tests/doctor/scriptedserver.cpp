// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/doctor/scriptedserver.h"

#include <QRegularExpression>
#include <QSslSocket>

#include <utility>

namespace linchpin::test {

namespace {

QByteArray idIn(const QByteArray &heard)
{
    static const QRegularExpression kId(QStringLiteral("\\bid=[\"']([^\"']{1,80})[\"']"));
    return kId.match(QString::fromUtf8(heard)).captured(1).toUtf8();
}

} // namespace

struct ScriptedServer::Visitor {
    QSslSocket socket;
    QByteArray heard; ///< since the last line of the script
    qsizetype next = 0;
    bool going = false;
    std::unique_ptr<QTcpSocket> behind = nullptr; ///< who has the rest of the talk
};

ScriptedServer::ScriptedServer(
    Script script, const std::optional<QSslConfiguration> &tls, bool directTls)
    : m_script(std::move(script))
    , m_tls(tls)
    , m_directTls(directTls)
{
    if (!listen(QHostAddress::LocalHost)) {
        qFatal("no port on loopback");
    }
}

ScriptedServer::~ScriptedServer() = default;

void ScriptedServer::incomingConnection(qintptr descriptor)
{
    ++m_visits;
    Visitor *const visitor = m_visitors.emplace_back(std::make_unique<Visitor>()).get();
    QSslSocket &socket = visitor->socket;
    if (m_tls) {
        socket.setSslConfiguration(*m_tls);
    }
    socket.setSocketDescriptor(descriptor);
    connect(&socket, &QSslSocket::readyRead, this, [this, visitor] {
        const QByteArray bytes = visitor->socket.readAll();
        visitor->heard += bytes;
        m_heard += bytes;
        go(*visitor);
    });
    connect(&socket, &QSslSocket::encrypted, this, [this, visitor] { go(*visitor); });
    connect(&socket, &QSslSocket::errorOccurred, this, [visitor] {
        if (visitor->socket.state() == QAbstractSocket::ConnectedState) {
            visitor->socket.disconnectFromHost(); // a handshake that failed
        }
    });
    if (m_directTls) {
        socket.startServerEncryption();
    } else {
        go(*visitor);
    }
}

void ScriptedServer::forward(Visitor &visitor, quint16 port)
{
    visitor.behind = std::make_unique<QTcpSocket>();
    QTcpSocket *const behind = visitor.behind.get();
    connect(behind, &QTcpSocket::readyRead, this,
        [&visitor] { visitor.socket.write(visitor.behind->readAll()); });
    connect(behind, &QTcpSocket::disconnected, this,
        [&visitor] { visitor.socket.disconnectFromHost(); });
    connect(&visitor.socket, &QSslSocket::disconnected, behind,
        [behind] { behind->disconnectFromHost(); });
    behind->connectToHost(QHostAddress::LocalHost, port);
}

void ScriptedServer::go(Visitor &visitor)
{
    if (visitor.behind) {
        visitor.behind->write(std::exchange(visitor.heard, {}));
        return;
    }
    if (visitor.going) {
        return;
    }
    visitor.going = true;
    while (visitor.next < m_script.size()) {
        const Line &line = m_script.at(visitor.next);
        if (!line.awaits.isEmpty() && !visitor.heard.contains(line.awaits)) {
            break;
        }
        ++visitor.next;
        QByteArray words = line.says;
        words.replace("@ID@", idIn(std::exchange(visitor.heard, {})));
        visitor.socket.write(words);
        if (line.then == Then::StartTls) {
            visitor.socket.flush();
            visitor.socket.startServerEncryption();
            break; // the rest comes with what is heard over TLS
        }
        if (line.then == Then::Forward) {
            forward(visitor, line.forwardTo);
            break;
        }
        if (line.then == Then::HangUp) {
            visitor.socket.disconnectFromHost();
            break;
        }
    }
    visitor.going = false;
}

} // namespace linchpin::test
