// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/peertrust.h"
#include "core/sdk/transport.h"

#include <QPointer>
#include <QSslSocket>
#include <QTimer>

#include <functional>
#include <memory>

namespace linchpin {

/// A Transport over a connected QSslSocket: plain until startTls(). Judges certificates by the
/// account's policy and tells every byte to the account's wire log. Main thread. May be destroyed
/// from a slot of its own signals; the socket then says goodbye by itself.
class TcpTransport : public Transport {
    Q_OBJECT
public:
    using Log = std::function<void(bool outgoing, const QByteArray &bytes)>;

    /// `socket` is connected. `endpoint` as it was asked for.
    TcpTransport(std::unique_ptr<QSslSocket> socket, Endpoint endpoint, PeerTrust trust, Log log,
        std::chrono::milliseconds handshakeLimit = std::chrono::seconds(20));
    ~TcpTransport() override;

    void write(const QByteArray &bytes) override;
    qint64 bytesPending() const override;
    Async<void> startTls(const QString &certificateName) override;
    void close() override;
    TlsInfo tlsInfo() const override;
    QString localAddress() const override;
    quint16 localPort() const override;
    void setPaused(bool paused) override;

private:
    void takeTurn();
    void deliver();
    void onEncrypted();
    void onSslErrors(const QList<QSslError> &errors);
    std::optional<Error> judgePeer() const;
    void onError(QAbstractSocket::SocketError error);
    void onDisconnected();
    void failTls(const Error &error);
    void finish();
    QString where() const;

    std::unique_ptr<QSslSocket> m_socket; ///< null once closed
    Endpoint m_endpoint;
    PeerTrust m_trust;
    Log m_log;
    QTimer m_handshakeTimer;
    QString m_certificateName;
    std::optional<Answer<void>> m_tlsAnswer; ///< set during a handshake
    QList<QSslError> m_sslErrors; ///< of the handshake
    std::optional<Error> m_doubt; ///< of the certificate, in the handshake
    std::optional<Error> m_failure; ///< why the line broke
    bool m_finished = false;
    bool m_paused = false;
    bool m_endWaits = false; ///< the line ended while paused
    bool m_turnTaken = false; ///< what is there waits for the next turn of the event loop
};

} // namespace linchpin
