// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/web/httpresponder.h"

#include <QSslConfiguration>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr qsizetype largestHead = qsizetype { 32 } << 10;
constexpr qsizetype largestBody = qsizetype { 1 } << 20;

QByteArray phrase(int status)
{
    switch (status) {
    case 200:
        return "OK"_ba;
    case 302:
        return "Found"_ba;
    case 400:
        return "Bad Request"_ba;
    case 401:
        return "Unauthorized"_ba;
    case 404:
        return "Not Found"_ba;
    case 405:
        return "Method Not Allowed"_ba;
    case 503:
        return "Service Unavailable"_ba;
    default:
        return status >= 500 ? "Internal Server Error"_ba : "Status"_ba;
    }
}

QByteArray serialized(const WebResponse &response)
{
    QByteArray out = "HTTP/1.1 " + QByteArray::number(response.status) + ' '
        + phrase(response.status) + "\r\nServer: Microsoft-IIS/8.5\r\n";
    for (const auto &[name, value] : response.headers) {
        out += name + ": " + value + "\r\n";
    }
    return out + "Content-Length: " + QByteArray::number(response.body.size()) + "\r\n\r\n"
        + response.body;
}

} // namespace

QByteArray WebRequest::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0) {
            return value;
        }
    }
    return {};
}

std::expected<std::optional<WebRequest>, QString> takeRequest(QByteArray &bytes)
{
    const qsizetype headEnd = bytes.indexOf("\r\n\r\n");
    if (headEnd < 0 || headEnd > largestHead) {
        if (bytes.size() > largestHead) {
            return std::unexpected(u"too many headers"_s);
        }
        return std::optional<WebRequest>();
    }
    const QByteArrayList lines = bytes.first(headEnd).split('\n');
    const QByteArrayList first = lines.first().trimmed().split(' ');
    if (first.size() != 3 || !first.at(2).startsWith("HTTP/1.")) {
        return std::unexpected(u"no HTTP: %1"_s.arg(QString::fromLatin1(lines.first())));
    }
    WebRequest request;
    request.method = first.at(0);
    request.target = first.at(1);
    const qsizetype question = request.target.indexOf('?');
    request.path = question < 0 ? request.target : request.target.first(question);
    request.query = question < 0 ? QByteArray() : request.target.sliced(question + 1);
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const QByteArray line = lines.at(i).trimmed();
        const qsizetype colon = line.indexOf(':');
        if (colon > 0) {
            request.headers.append({ line.first(colon), line.sliced(colon + 1).trimmed() });
        }
    }
    const QByteArray host = request.header("Host").toLower();
    request.host = host.first(host.indexOf(':') < 0 ? host.size() : host.indexOf(':'));
    bool ok = true;
    const QByteArray lengthText = request.header("Content-Length");
    const qint64 length = lengthText.isEmpty() ? 0 : lengthText.toLongLong(&ok);
    if (!ok || length < 0 || length > largestBody
        || !request.header("Transfer-Encoding").isEmpty()) {
        return std::unexpected(u"a body of an odd size"_s);
    }
    if (bytes.size() < headEnd + 4 + length) {
        return std::optional<WebRequest>();
    }
    request.body = bytes.sliced(headEnd + 4, length);
    bytes.remove(0, headEnd + 4 + length);
    return request;
}

HttpResponder::HttpResponder(Handler handler, QObject *parent)
    : QObject(parent)
    , m_handler(std::move(handler))
{
}

HttpResponder::~HttpResponder()
{
    // Sockets that go with them say goodbye: while everything else is still there.
    m_secure.reset();
    m_clear.reset();
}

std::expected<void, QString> HttpResponder::listenSecure(
    const QSslConfiguration &configuration, quint16 port)
{
    auto server = std::make_unique<QSslServer>();
    server->setSslConfiguration(configuration);
    m_secure = std::move(server);
    connect(m_secure.get(), &QTcpServer::pendingConnectionAvailable, this,
        [this] { accept(*m_secure, true); });
    if (!m_secure->listen(QHostAddress::LocalHost, port)) {
        return std::unexpected(m_secure->errorString());
    }
    return {};
}

std::expected<void, QString> HttpResponder::listenClear(quint16 port)
{
    m_clear = std::make_unique<QTcpServer>();
    connect(m_clear.get(), &QTcpServer::pendingConnectionAvailable, this,
        [this] { accept(*m_clear, false); });
    if (!m_clear->listen(QHostAddress::LocalHost, port)) {
        return std::unexpected(m_clear->errorString());
    }
    return {};
}

quint16 HttpResponder::securePort() const
{
    return m_secure ? m_secure->serverPort() : 0;
}

quint16 HttpResponder::clearPort() const
{
    return m_clear ? m_clear->serverPort() : 0;
}

void HttpResponder::accept(QTcpServer &server, bool secure)
{
    while (QTcpSocket *socket = server.nextPendingConnection()) {
        const quint64 number = ++m_last;
        ++m_traffic.connections;
        connect(socket, &QTcpSocket::readyRead, this,
            [this, socket, number, secure] { read(*socket, number, secure); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket, number] {
            m_buffers.remove(number);
            Q_EMIT connectionEnded(number);
            socket->deleteLater();
        });
        if (socket->bytesAvailable() > 0) {
            read(*socket, number, secure);
        }
    }
}

void HttpResponder::read(QTcpSocket &socket, quint64 number, bool secure)
{
    QByteArray &buffer = m_buffers[number];
    const QByteArray bytes = socket.readAll();
    m_traffic.received += bytes.size();
    buffer += bytes;
    while (!buffer.isEmpty()) {
        auto taken = takeRequest(buffer);
        if (!taken) {
            socket.write(serialized({ .status = 400 }));
            socket.disconnectFromHost();
            return;
        }
        std::optional<WebRequest> &request = *taken;
        if (!request) {
            return;
        }
        request->secure = secure;
        request->connection = number;
        const QByteArray answer = serialized(m_handler(*request));
        ++m_traffic.answered;
        m_traffic.sent += answer.size();
        socket.write(answer);
        if (request->header("Connection").toLower() == "close") {
            socket.disconnectFromHost();
            return;
        }
    }
}

} // namespace linchpin::sip::sim
