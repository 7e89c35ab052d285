// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/irc/state/sendqueue.h"
#include "protocols/irc/wire/ircframer.h"
#include "protocols/irc/wire/ircparser.h"

#include <QObject>

namespace linchpin::irc {

/**
 * One connection to a server: bytes to messages, lines held back by the send queue, and the watch
 * over a line that has gone silent. Lives on the main thread; knows nothing of what messages mean.
 */
class IrcConnection : public QObject {
    Q_OBJECT
public:
    explicit IrcConnection(SessionServices &services, QObject *parent = nullptr);
    ~IrcConnection() override;

    /// Answers by opened() or lost(). A connection before is dropped.
    void open(const Endpoint &endpoint);
    /// Answers by tlsStarted() or lost().
    void startTls(const QString &certificateName);
    /// Ends without a signal; what is queued is dropped.
    void drop();
    bool isOpen() const { return m_transport != nullptr; }

    void write(const QByteArray &line, SendQueue::Rank rank, quint64 message = 0);
    void setRate(const SendRate &rate) { m_queue.setRate(rate); }
    /// The server digested all that was written: see SendQueue::refill().
    void refill();
    void setFrameLimits(const FrameLimits &limits) { m_framer.setLimits(limits); }

    /// From now on a silent line is asked, and one that does not answer is lost.
    void watch();
    /// Asks at once and gives the answer @p limit.
    void probe(std::chrono::milliseconds limit);

Q_SIGNALS:
    void opened();
    void tlsStarted();
    /// The views die when the slot returns.
    void received(const linchpin::irc::IrcMessage &message);
    void garbled(const QByteArray &bytes);
    /// A line of this message was given to the transport.
    void written(quint64 message);
    void lost(const linchpin::Error &why);

private:
    void adopt(const std::shared_ptr<Transport> &transport);
    void takeBytes(const QByteArray &bytes);
    void flush();
    void lookAround();
    void lose(const Error &why);
    std::chrono::milliseconds sinceStart() const;

    SessionServices &m_services;
    std::shared_ptr<Transport> m_transport;
    IrcFramer m_framer;
    SendQueue m_queue;
    QDateTime m_started;
    QDateTime m_heard; ///< When bytes came last.
    std::unique_ptr<Timer> m_flushTimer;
    std::unique_ptr<Timer> m_watchTimer;
    bool m_asked = false; ///< The watch's PING is unanswered.
    bool m_heardAnything = false;
    quint64 m_generation = 0; ///< Rises with every open() and drop(): late answers are ignored.
};

} // namespace linchpin::irc
