// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/tcptransport.h"

#include "core/net/neterrors.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QHostAddress>
#include <QSslCipher>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

/// Bytes before other events get a turn: some 200 short messages, about ten milliseconds of work.
constexpr qint64 kMostAtOnce = qint64 { 16 } << 10;
constexpr auto kGoodbyeLimit = 3s;
/// What the socket takes from the system while paused.
constexpr qint64 kHeldWhilePaused = qint64 { 64 } << 10;

QString versionName(QSsl::SslProtocol protocol)
{
    QT_WARNING_PUSH
    QT_WARNING_DISABLE_DEPRECATED
    switch (protocol) {
    case QSsl::TlsV1_3:
        return u"TLS 1.3"_s;
    case QSsl::TlsV1_2:
        return u"TLS 1.2"_s;
    case QSsl::TlsV1_1:
        return u"TLS 1.1"_s;
    case QSsl::TlsV1_0:
        return u"TLS 1.0"_s;
    default:
        return {};
    }
    QT_WARNING_POP
}

/// Lets a socket send what it still has and close, without anybody waiting for it.
void sayGoodbye(std::unique_ptr<QSslSocket> socket)
{
    QSslSocket *const s = socket.release();
    s->setParent(QCoreApplication::instance());
    if (s->state() == QAbstractSocket::UnconnectedState) {
        s->deleteLater();
        return;
    }
    QObject::connect(s, &QAbstractSocket::disconnected, s, &QObject::deleteLater);
    QTimer::singleShot(kGoodbyeLimit, s, [s] {
        s->abort();
        s->deleteLater();
    });
    s->disconnectFromHost();
}

} // namespace

TcpTransport::TcpTransport(std::unique_ptr<QSslSocket> socket, Endpoint endpoint, PeerTrust trust,
    Log log, std::chrono::milliseconds handshakeLimit)
    : m_socket(std::move(socket))
    , m_endpoint(std::move(endpoint))
    , m_trust(std::move(trust))
    , m_log(std::move(log))
{
    m_socket->setParent(nullptr);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    m_handshakeTimer.setSingleShot(true);
    m_handshakeTimer.setInterval(handshakeLimit);
    connect(&m_handshakeTimer, &QTimer::timeout, this,
        [this] { failTls(networkError(u"timed-out"_s, where(), u"no TLS handshake"_s)); });
    connect(m_socket.get(), &QIODevice::readyRead, this, &TcpTransport::takeTurn);
    connect(m_socket.get(), &QSslSocket::encrypted, this, &TcpTransport::onEncrypted);
    connect(m_socket.get(), &QSslSocket::sslErrors, this, &TcpTransport::onSslErrors);
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this, &TcpTransport::onError);
    connect(m_socket.get(), &QAbstractSocket::disconnected, this, &TcpTransport::onDisconnected);
    connect(m_socket.get(), &QIODevice::bytesWritten, this, [this] {
        if (bytesPending() == 0) {
            Q_EMIT drained(); // may destroy us
        }
    });
    if (m_socket->bytesAvailable() > 0) {
        QMetaObject::invokeMethod(this, &TcpTransport::takeTurn, Qt::QueuedConnection);
    }
    if (m_socket->state() != QAbstractSocket::ConnectedState) {
        QMetaObject::invokeMethod(this, &TcpTransport::onDisconnected, Qt::QueuedConnection);
    }
}

TcpTransport::~TcpTransport()
{
    TcpTransport::close();
}

QString TcpTransport::where() const
{
    return u"%1:%2"_s.arg(m_endpoint.host).arg(m_endpoint.port);
}

void TcpTransport::write(const QByteArray &bytes)
{
    if (!m_socket || m_finished || bytes.isEmpty()) {
        return;
    }
    if (m_log) {
        m_log(true, bytes);
    }
    m_socket->write(bytes);
}

qint64 TcpTransport::bytesPending() const
{
    return m_socket ? m_socket->bytesToWrite() + m_socket->encryptedBytesToWrite() : 0;
}

Async<void> TcpTransport::startTls(const QString &certificateName)
{
    if (!m_socket || m_finished || m_tlsAnswer || m_socket->isEncrypted()) {
        return readyError<void>(networkError(
            u"tls-handshake-failed"_s, where(), u"not connected, or already encrypted"_s));
    }
    m_certificateName = certificateName.isEmpty() ? m_endpoint.host : certificateName;
    m_tlsAnswer.emplace();
    const Async<void> future = m_tlsAnswer->future();
    // What came in clear text after the server's last word was put there by somebody else.
    m_socket->readAll();
    m_socket->setSslConfiguration(m_trust.policy.configuration(m_endpoint.alpn));
    m_socket->setPeerVerifyName(m_certificateName);
    m_handshakeTimer.start();
    m_socket->startClientEncryption();
    return future;
}

void TcpTransport::close()
{
    m_finished = true;
    m_handshakeTimer.stop();
    m_tlsAnswer.reset();
    if (m_socket) {
        m_socket->disconnect(this);
        sayGoodbye(std::move(m_socket));
    }
}

TlsInfo TcpTransport::tlsInfo() const
{
    TlsInfo info;
    if (m_socket && m_socket->isEncrypted()) {
        info.version = versionName(m_socket->sessionProtocol());
        info.cipher = m_socket->sessionCipher().name();
        info.certificate = m_socket->peerCertificate().toDer();
        info.sha256 = m_socket->peerCertificate().digest(QCryptographicHash::Sha256);
    }
    return info;
}

QString TcpTransport::localAddress() const
{
    return m_socket ? m_socket->localAddress().toString() : QString();
}

quint16 TcpTransport::localPort() const
{
    return m_socket ? m_socket->localPort() : 0;
}

void TcpTransport::setPaused(bool paused)
{
    if (!m_socket || m_finished || m_paused == paused) {
        return;
    }
    m_paused = paused;
    m_socket->setReadBufferSize(paused ? kHeldWhilePaused : 0);
    if (!paused) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (std::exchange(m_endWaits, false)) {
                    finish();
                } else if (m_socket && m_socket->bytesAvailable() > 0) {
                    takeTurn();
                }
            },
            Qt::QueuedConnection);
    }
}

/// Once for each turn of the event loop: TLS says readyRead() again and again within one, as long
/// as there is something to decrypt, and a flood would hold the window.
void TcpTransport::takeTurn()
{
    if (m_turnTaken) {
        return;
    }
    m_turnTaken = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_turnTaken = false;
            if (m_socket && !m_tlsAnswer && !m_paused && m_socket->bytesAvailable() > 0) {
                takeTurn();
            }
        },
        Qt::QueuedConnection);
    deliver();
}

void TcpTransport::deliver()
{
    if (!m_socket || m_finished || m_tlsAnswer || m_paused) {
        return;
    }
    const QByteArray bytes = m_socket->read(kMostAtOnce);
    if (bytes.isEmpty()) {
        return;
    }
    if (m_log) {
        m_log(false, bytes);
    }
    Q_EMIT received(bytes); // may destroy us
}

std::optional<Error> TcpTransport::judgePeer() const
{
    return m_trust.judge(m_sslErrors, m_socket->peerCertificateChain(),
        { m_endpoint.host, m_endpoint.port, m_certificateName });
}

void TcpTransport::onSslErrors(const QList<QSslError> &errors)
{
    m_sslErrors = errors;
    m_doubt = judgePeer();
    if (!m_doubt) {
        m_socket->ignoreSslErrors(errors);
    }
}

void TcpTransport::onEncrypted()
{
    if (!m_tlsAnswer) {
        return;
    }
    // Asked before with errors it said yes; without errors nobody asked it yet.
    if (m_sslErrors.isEmpty()) {
        if (const auto doubt = judgePeer()) {
            failTls(*doubt);
            return;
        }
    }
    m_handshakeTimer.stop();
    const Answer<void> answer = *m_tlsAnswer;
    m_tlsAnswer.reset();
    answer.give({});
}

void TcpTransport::failTls(const Error &error)
{
    if (!m_tlsAnswer) {
        return;
    }
    const Answer<void> answer = *m_tlsAnswer;
    close();
    answer.fail(error);
}

void TcpTransport::onError(QAbstractSocket::SocketError error)
{
    if (m_finished) {
        return;
    }
    const QString words = m_socket->errorString();
    if (m_tlsAnswer) {
        if (m_doubt) {
            failTls(*m_doubt);
        } else if (error == QAbstractSocket::SslHandshakeFailedError
            || error == QAbstractSocket::SslInternalError
            || error == QAbstractSocket::SslInvalidUserDataError
            || error == QAbstractSocket::RemoteHostClosedError) {
            failTls(handshakeError(where(), words));
        } else {
            failTls(errorOf(error, where(), words));
        }
        return;
    }
    if (!m_failure) {
        m_failure = errorOf(error, where(), words);
    }
    // Most errors bring disconnected() by themselves; those that do not must not hang.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_socket && m_socket->state() == QAbstractSocket::UnconnectedState) {
                finish();
            }
        },
        Qt::QueuedConnection);
}

void TcpTransport::onDisconnected()
{
    if (m_tlsAnswer) {
        failTls(
            m_doubt ? *m_doubt : handshakeError(where(), u"the server closed the connection"_s));
        return;
    }
    finish();
}

void TcpTransport::finish()
{
    if (m_finished || !m_socket) {
        return;
    }
    // What came before the end is delivered before the end.
    const QPointer<TcpTransport> guard(this);
    while (guard && m_socket && !m_finished && !m_paused && m_socket->bytesAvailable() > 0) {
        deliver();
    }
    if (!guard || m_finished) {
        return;
    }
    if (m_paused) {
        m_endWaits = true;
        return;
    }
    const Error why = m_failure.value_or(networkError(u"connection-closed"_s, where(), {}));
    close();
    Q_EMIT closed(why);
}

} // namespace linchpin
