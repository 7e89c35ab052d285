// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/transport.h"

namespace linchpin::test {

/// A Transport whose other end is the test: what the session wrote is taken, what the peer says is
/// fed. Nothing is asynchronous by itself.
class MemoryTransport : public Transport {
    Q_OBJECT
public:
    explicit MemoryTransport(Endpoint endpoint = {}, QObject *parent = nullptr);
    ~MemoryTransport() override;

    void write(const QByteArray &bytes) override;
    qint64 bytesPending() const override { return 0; }
    Async<void> startTls(const QString &certificateName) override;
    void close() override { m_closed = true; }
    TlsInfo tlsInfo() const override { return m_tlsInfo; }
    QString localAddress() const override { return m_localAddress; }
    quint16 localPort() const override { return m_localPort; }

    // The peer's side.
    const Endpoint &endpoint() const { return m_endpoint; }
    QByteArray written() const { return m_written; }
    QByteArray takeWritten() { return std::exchange(m_written, {}); }
    void feed(const QByteArray &bytes); ///< ignored once closed
    /// The line goes; without an error, an orderly end.
    void breakOff();
    void breakOff(const Error &why);
    bool isClosed() const { return m_closed; } ///< by either side
    bool isTls() const { return m_tls; }
    QString tlsName() const { return m_tlsName; } ///< of startTls()
    /// What startTls() answers from now on; success unless set.
    void setStartTlsResult(const Result<void> &result) { m_startTlsResult = result; }
    void setTlsInfo(const TlsInfo &info) { m_tlsInfo = info; }
    void setLocal(const QString &address, quint16 port);

Q_SIGNALS:
    void wrote(const QByteArray &bytes);

private:
    Endpoint m_endpoint;
    QByteArray m_written;
    Result<void> m_startTlsResult;
    TlsInfo m_tlsInfo;
    QString m_tlsName;
    QString m_localAddress = QStringLiteral("127.0.0.1");
    quint16 m_localPort = 40000;
    bool m_tls = false;
    bool m_closed = false;
};

} // namespace linchpin::test
