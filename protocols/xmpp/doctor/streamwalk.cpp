// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/doctor/streamwalk.h"

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

StreamWalk::StreamWalk(StreamVisit visit, SessionServices &services, QObject *parent)
    : QObject(parent)
    , m_visit(std::move(visit))
    , m_services(services)
    , m_probe(std::make_unique<XmppStreamProbe>())
{
}

StreamWalk::~StreamWalk()
{
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
    }
}

void StreamWalk::run(Done done)
{
    m_done = std::move(done);
    m_report.asServer = m_visit.server;
    m_services.connectTo(m_visit.endpoint)
        .then(this, [this](const Result<std::shared_ptr<Transport>> &transport) {
            if (!m_done) {
                if (transport) {
                    (*transport)->close();
                }
                return;
            }
            if (!transport) {
                m_report.error = transport.error();
                finish();
                return;
            }
            adopt(*transport);
        });
    // From the start: an address that swallows everything keeps connectTo() waiting for longer.
    m_limit = m_services.timer(m_visit.limit, [this] {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_report.timedOut = true;
                finish();
            },
            Qt::QueuedConnection);
    });
}

void StreamWalk::adopt(const std::shared_ptr<Transport> &transport)
{
    m_transport = transport;
    connect(transport.get(), &Transport::received, this, &StreamWalk::take);
    connect(transport.get(), &Transport::closed, this, [this](const Error &why) {
        if (!m_handshaking) { // else startTls() answers with it
            m_report.error = why;
            finish();
        }
    });
    m_report.stage = StreamReport::Stage::Greeting;
    if (m_visit.endpoint.security == Endpoint::Security::Tls) {
        m_report.secure = true;
        m_report.stage = StreamReport::Stage::Secured;
        m_report.tls = transport->tlsInfo();
    }
    openStream();
}

void StreamWalk::openStream()
{
    // A web server waits for the end of what it takes for a request; to XMPP it is white space.
    m_nudge = m_services.timer(m_visit.limit / 3, [this] {
        if (m_transport && facts().speaker == Speaker::Silent) {
            m_transport->write("\r\n\r\n"_ba);
        }
    });
    m_probe = std::make_unique<XmppStreamProbe>();
    m_transport->write(streamHeader(m_visit.to, m_visit.from, m_visit.server));
}

void StreamWalk::take(const QByteArray &bytes)
{
    facts() = m_probe->feed(bytes);
    advance();
}

void StreamWalk::advance()
{
    const StreamFacts &now = facts();
    if (m_asked && !m_report.secure) {
        if (now.proceed) {
            secure();
            return;
        }
    } else if (now.features) {
        if (!m_report.secure && now.startTls && m_visit.startTls) {
            m_asked = true;
            m_report.stage = StreamReport::Stage::Securing;
            m_transport->write(startTlsRequest());
            return;
        }
        m_report.stage = StreamReport::Stage::Done;
        finish();
        return;
    } else if (now.header && now.version.isEmpty()) {
        // A server from before RFC 3920 sends no features.
        m_report.stage = StreamReport::Stage::Done;
        finish();
        return;
    }
    if (m_probe->isOver()) {
        finish();
    }
}

void StreamWalk::secure()
{
    m_handshaking = true;
    m_transport->startTls(m_visit.certificateName).then(this, [this](const Result<void> &result) {
        m_handshaking = false;
        if (!m_done) {
            return;
        }
        if (!result) {
            m_report.error = result.error();
            finish();
            return;
        }
        m_report.secure = true;
        m_report.stage = StreamReport::Stage::Secured;
        m_report.tls = m_transport->tlsInfo();
        openStream();
    });
}

void StreamWalk::finish()
{
    // First of all: closing answers a handshake that is under way.
    const Done done = std::exchange(m_done, {});
    if (!done) {
        return;
    }
    m_limit.reset();
    m_nudge.reset();
    if (m_transport) {
        facts() = m_probe->finish();
        m_transport->disconnect(this);
        if (facts().header && !facts().ended) {
            m_transport->write("</stream:stream>"_ba);
        }
        m_transport->close();
        // Not let go of here: this may be one of its signals.
        QMetaObject::invokeMethod(
            this, [gone = std::exchange(m_transport, nullptr)] { }, Qt::QueuedConnection);
    }
    const StreamReport report = std::move(m_report); // who hears it may let go of us
    done(report);
}

} // namespace linchpin::xmpp
