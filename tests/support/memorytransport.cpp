// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/memorytransport.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

MemoryTransport::MemoryTransport(Endpoint endpoint, QObject *parent)
    : Transport(parent)
    , m_endpoint(std::move(endpoint))
    , m_tls(m_endpoint.security == Endpoint::Security::Tls)
{
    if (m_tls) {
        m_tlsInfo.version = u"TLS 1.3"_s;
        m_tlsInfo.cipher = u"TLS_AES_256_GCM_SHA384"_s;
    }
}

MemoryTransport::~MemoryTransport() = default;

void MemoryTransport::write(const QByteArray &bytes)
{
    if (m_closed) {
        return;
    }
    m_written += bytes;
    Q_EMIT wrote(bytes);
}

Async<void> MemoryTransport::startTls(const QString &certificateName)
{
    m_tlsName = certificateName;
    if (m_startTlsResult) {
        m_tls = true;
        m_tlsInfo.version = u"TLS 1.3"_s;
    }
    return ready<void>(m_startTlsResult);
}

void MemoryTransport::feed(const QByteArray &bytes)
{
    if (!m_closed) {
        Q_EMIT received(bytes);
    }
}

void MemoryTransport::breakOff()
{
    Error why;
    why.kind = Error::Kind::Network;
    why.code = u"connection-closed"_s;
    why.title = u"The server closed the connection."_s;
    breakOff(why);
}

void MemoryTransport::breakOff(const Error &why)
{
    if (!m_closed) {
        m_closed = true;
        Q_EMIT closed(why);
    }
}

void MemoryTransport::setLocal(const QString &address, quint16 port)
{
    m_localAddress = address;
    m_localPort = port;
}

} // namespace linchpin::test
