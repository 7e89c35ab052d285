// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/traffic.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QString>

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

class QSslConfiguration;
class QTcpServer;
class QTcpSocket;

namespace linchpin::sip::sim {

struct WebRequest {
    QByteArray method;
    QByteArray target; ///< as in the request line
    QByteArray path; ///< without query
    QByteArray query;
    QByteArray host; ///< lower case, without port
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
    bool secure = false;
    quint64 connection = 0; ///< NTLM authenticates connections, not requests

    QByteArray header(QByteArrayView name) const;
};

struct WebResponse {
    int status = 200;
    QList<std::pair<QByteArray, QByteArray>> headers = {};
    QByteArray body = {};
};

/// The first whole request in `bytes`, which it takes away. Nothing yet: empty optional. What is
/// no HTTP, or too large (32 KiB of headers, 1 MiB of body): an error.
std::expected<std::optional<WebRequest>, QString> takeRequest(QByteArray &bytes);

/// A bounded HTTP/1.1 server on loopback, with keep-alive. One handler answers everything.
class HttpResponder : public QObject {
    Q_OBJECT
public:
    using Handler = std::function<WebResponse(const WebRequest &)>;

    explicit HttpResponder(Handler handler, QObject *parent = nullptr);
    ~HttpResponder() override;

    /// With TLS, or in the clear. The error is a sentence.
    std::expected<void, QString> listenSecure(const QSslConfiguration &configuration, quint16 port);
    std::expected<void, QString> listenClear(quint16 port);
    quint16 securePort() const;
    quint16 clearPort() const;
    const Traffic &traffic() const { return m_traffic; }
    void resetTraffic() { m_traffic = {}; }

Q_SIGNALS:
    void connectionEnded(quint64 connection);

private:
    void accept(QTcpServer &server, bool secure);
    void read(QTcpSocket &socket, quint64 number, bool secure);

    Handler m_handler;
    std::unique_ptr<QTcpServer> m_secure;
    std::unique_ptr<QTcpServer> m_clear;
    QHash<quint64, QByteArray> m_buffers;
    quint64 m_last = 0;
    Traffic m_traffic;
};

} // namespace linchpin::sip::sim
