// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/xmpp/doctor/xmppstreamprobe.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace linchpin::xmpp {

/// Where to knock and how far to go.
struct StreamVisit {
    Endpoint endpoint; ///< Security::Tls for TLS from the first byte
    QString to; ///< the domain the stream is opened to
    QString from; ///< may be empty
    bool server = false; ///< as a server does (RFC 6120 §4.8.3)
    bool startTls = true; ///< STARTTLS where it is offered
    QString certificateName; ///< what the certificate must carry after STARTTLS
    std::chrono::milliseconds limit { 4000 }; ///< for the answers, once connected
};

/// How far it came and what was heard.
struct StreamReport {
    enum class Stage {
        Connecting, ///< no line; `error` says why
        Greeting, ///< the line stands, the first stream was not answered as it should
        Securing, ///< STARTTLS was asked for and failed
        Secured, ///< TLS stands, but the stream over it was not answered as it should
        Done, ///< features were read to the end
    };
    Stage stage = Stage::Connecting;
    std::optional<Error> error; ///< of connectTo(), startTls() or the line
    bool timedOut = false; ///< `limit` passed
    bool asServer = false; ///< we came as a server does
    StreamFacts plain; ///< before STARTTLS; empty with TLS from the first byte
    StreamFacts secured; ///< over TLS
    bool secure = false;
    TlsInfo tls;

    /// Of the stream that came last.
    const StreamFacts &facts() const { return secure ? secured : plain; }
};

/// Opens one XMPP stream, reads what is offered, goes on to TLS and says goodbye. Signs in to
/// nothing. Answers once; destroying it drops the answer.
class StreamWalk : public QObject {
    Q_OBJECT
public:
    /// No Async: GCC 14 sees uninitialised bytes in a std::expected of something so large.
    using Done = std::function<void(const StreamReport &report)>;

    StreamWalk(StreamVisit visit, SessionServices &services, QObject *parent = nullptr);
    ~StreamWalk() override;

    void run(Done done);

private:
    void adopt(const std::shared_ptr<Transport> &transport);
    void openStream();
    void take(const QByteArray &bytes);
    void advance();
    void secure();
    void finish();
    StreamFacts &facts() { return m_report.secure ? m_report.secured : m_report.plain; }

    StreamVisit m_visit;
    SessionServices &m_services;
    Done m_done; ///< empty once answered
    StreamReport m_report;
    std::unique_ptr<XmppStreamProbe> m_probe; ///< of the stream that came last
    std::shared_ptr<Transport> m_transport;
    std::unique_ptr<Timer> m_limit;
    std::unique_ptr<Timer> m_nudge;
    bool m_asked = false; ///< for STARTTLS
    bool m_handshaking = false;
};

} // namespace linchpin::xmpp
