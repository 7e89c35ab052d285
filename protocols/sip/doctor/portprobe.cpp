// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/doctor/portprobe.h"

#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/transaction/localidentity.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

PortProbe::PortProbe(
    SessionServices &services, ProbeQuestion question, Handler handler, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_question(std::move(question))
    , m_handler(std::move(handler))
{
}

PortProbe::~PortProbe()
{
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
    }
}

void PortProbe::start(std::chrono::milliseconds limit)
{
    m_limit = m_services.timer(limit, [this] {
        ProbeAnswer silence;
        silence.failure = noAnswer(u"%1:%2"_s.arg(m_question.host).arg(m_question.port));
        finish(silence);
    });
    Endpoint endpoint;
    endpoint.host = m_question.host;
    endpoint.port = m_question.port;
    endpoint.security = m_question.tls ? Endpoint::Security::Tls : Endpoint::Security::Plain;
    m_services.connectTo(endpoint).then(
        this, [this](const Result<std::shared_ptr<Transport>> &result) {
            if (m_over) {
                return;
            }
            if (result) {
                connected(*result);
                return;
            }
            ProbeAnswer answer;
            answer.failure = result.error();
            finish(answer);
        });
}

void PortProbe::connected(const std::shared_ptr<Transport> &transport)
{
    m_transport = transport;
    connect(m_transport.get(), &Transport::received, this, [this](const QByteArray &bytes) {
        if (const auto answer = m_over ? std::nullopt : readProbe(m_framer, bytes)) {
            finish(*answer);
        }
    });
    connect(m_transport.get(), &Transport::closed, this, [this](const Error &why) {
        ProbeAnswer answer;
        answer.failure = why;
        finish(answer);
    });
    const auto random = [this](int count) { return m_services.randomBytes(count); };
    m_transport->write(probeRequest(
        m_question, hostLiteral(m_transport->localAddress()), m_transport->localPort(), random));
}

/// The line, or the clock, is what called us: the rest happens when the event loop comes round.
void PortProbe::finish(const ProbeAnswer &answer)
{
    if (std::exchange(m_over, true)) {
        return;
    }
    QMetaObject::invokeMethod(
        this,
        [this, answer] {
            m_limit.reset();
            if (m_transport) {
                m_transport->disconnect(this);
                m_transport->close();
                m_transport.reset();
            }
            std::exchange(m_handler, nullptr)(answer);
        },
        Qt::QueuedConnection);
}

} // namespace linchpin::sip
