// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipconnection.h"

#include "protocols/sip/wire/sipparser.h"

#include <QLoggingCategory>

#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

Q_LOGGING_CATEGORY(lcConnection, "linchpin.sip.connection", QtInfoMsg)

} // namespace

SipConnection::SipConnection(SessionServices &services, Hooks hooks)
    : m_services(services)
    , m_hooks(std::move(hooks))
{
}

SipConnection::~SipConnection()
{
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
    }
}

void SipConnection::open(const Candidate &candidate)
{
    close();
    qCDebug(lcConnection) << "trying" << candidate.host << candidate.port;
    m_framer = SipFramer();
    Endpoint endpoint;
    endpoint.host = candidate.host;
    endpoint.port = candidate.port;
    endpoint.security = candidate.tls ? Endpoint::Security::Tls : Endpoint::Security::Plain;
    m_services.connectTo(endpoint).then(
        this, [this, line = m_line](const Result<std::shared_ptr<Transport>> &result) {
            if (line != m_line) {
                return;
            }
            if (!result) {
                m_hooks.happened(reginput::ConnectFailed { result.error() });
                return;
            }
            m_transport = *result;
            connect(m_transport.get(), &Transport::received, this, &SipConnection::read);
            connect(m_transport.get(), &Transport::closed, this,
                [this](const Error &why) { m_hooks.happened(reginput::Lost { why }); });
            m_hooks.happened(reginput::Connected {
                hostLiteral(m_transport->localAddress()), m_transport->localPort() });
        });
}

void SipConnection::close()
{
    ++m_line;
    m_interval = 0s;
    m_keepAlive.reset();
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
        // It may be what called us: it goes when the event loop comes round.
        QMetaObject::invokeMethod(this, [old = std::move(m_transport)] { }, Qt::QueuedConnection);
        m_transport.reset();
    }
}

void SipConnection::write(const SipMessage &message)
{
    write(serialize(message));
}

void SipConnection::write(const QByteArray &bytes)
{
    if (m_transport) {
        m_lastWrite = m_services.now();
        m_transport->write(bytes);
    }
}

void SipConnection::keepAlive(std::chrono::seconds interval)
{
    m_interval = interval;
    keepAliveDue();
}

void SipConnection::keepAliveDue()
{
    if (m_interval <= 0s) {
        m_keepAlive.reset();
        return;
    }
    // [MS-CONMGMT] 3.4.5; somewhat earlier than the server waits.
    const std::chrono::milliseconds due = m_interval * 9 / 10;
    const auto silent = std::chrono::milliseconds(m_lastWrite.msecsTo(m_services.now()));
    if (silent >= due) {
        write("\r\n\r\n"_ba);
    }
    const auto left = silent >= due ? due : due - silent;
    m_keepAlive = m_services.timer(left, [this] { keepAliveDue(); });
}

void SipConnection::read(const QByteArray &bytes)
{
    m_framer.feed(bytes);
    const int line = m_line;
    while (line == m_line) {
        const auto frame = m_framer.next();
        if (!frame) {
            m_hooks.happened(reginput::Unreadable { frame.error() });
            return;
        }
        const std::optional<QByteArray> &whole = *frame;
        if (!whole) {
            return;
        }
        const auto message = parseMessage(*whole);
        if (!message) {
            // The frame was whole: what follows it can still be read.
            qCWarning(lcConnection).noquote() << "a message was ignored:" << message.error().detail;
            continue;
        }
        m_hooks.received(*message);
    }
}

} // namespace linchpin::sip
