// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircconnection.h"

#include "protocols/irc/ircerrors.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

constexpr auto kSilence = 90s; // before we ask whether the server is still there
constexpr auto kAnswer = 40s; // and how long it has for its answer

/// The start of a TLS alert or handshake: somebody expected TLS of us (RFC 8446 5.1).
bool looksLikeTls(const QByteArray &bytes)
{
    return bytes.size() >= 2 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 0x03;
}

} // namespace

IrcConnection::IrcConnection(SessionServices &services, QObject *parent)
    : QObject(parent)
    , m_services(services)
{
}

IrcConnection::~IrcConnection()
{
    drop();
}

std::chrono::milliseconds IrcConnection::sinceStart() const
{
    // The wall clock may be set back; the queue's time may not run backwards.
    return std::max(0ms, std::chrono::milliseconds(m_started.msecsTo(m_services.now())));
}

void IrcConnection::open(const Endpoint &endpoint)
{
    drop();
    m_framer = IrcFramer();
    m_started = m_services.now();
    m_heardAnything = false;
    const quint64 generation = m_generation;
    m_services.connectTo(endpoint).then(
        this, [this, generation](const Result<std::shared_ptr<Transport>> &result) {
            if (generation != m_generation) {
                if (result) {
                    (*result)->close();
                }
                return;
            }
            if (!result) {
                lose(result.error());
                return;
            }
            adopt(*result);
            Q_EMIT opened();
        });
}

void IrcConnection::adopt(const std::shared_ptr<Transport> &transport)
{
    m_transport = transport;
    m_heard = m_services.now();
    connect(transport.get(), &Transport::received, this, &IrcConnection::takeBytes);
    connect(transport.get(), &Transport::closed, this, [this](const Error &why) { lose(why); });
}

void IrcConnection::startTls(const QString &certificateName)
{
    if (!m_transport) {
        return;
    }
    const quint64 generation = m_generation;
    m_framer
        = IrcFramer(m_framer.limits()); // what came in clear text before TLS must not be believed
    m_transport->startTls(certificateName)
        .then(this, [this, generation](const Result<void> &result) {
            if (generation != m_generation) {
                return;
            }
            if (result) {
                Q_EMIT tlsStarted();
            } else {
                lose(result.error());
            }
        });
}

void IrcConnection::drop()
{
    ++m_generation;
    m_flushTimer.reset();
    m_watchTimer.reset();
    m_queue.clear();
    m_asked = false;
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
        // Not deleted here: we may be inside one of its signals.
        QMetaObject::invokeMethod(
            this, [gone = std::exchange(m_transport, nullptr)] { }, Qt::QueuedConnection);
    }
}

void IrcConnection::lose(const Error &why)
{
    drop();
    Q_EMIT lost(why);
}

void IrcConnection::takeBytes(const QByteArray &bytes)
{
    if (!std::exchange(m_heardAnything, true) && looksLikeTls(bytes)) {
        lose(makeError(u"tls-required"_s));
        return;
    }
    m_heard = m_services.now();
    m_asked = false;
    m_framer.feed(bytes);
    const quint64 generation = m_generation;
    while (generation == m_generation) {
        const auto frame = m_framer.next();
        if (!frame) {
            break;
        }
        if (!*frame) {
            Q_EMIT garbled(frame->error().reason.toString().toLatin1());
            continue;
        }
        const QByteArray line = (*frame)->toByteArray(); // the framer may move while it is handled
        const auto message = parseLine(line);
        if (message) {
            Q_EMIT received(*message);
        } else {
            Q_EMIT garbled(line);
        }
    }
}

void IrcConnection::write(const QByteArray &line, SendQueue::Rank rank, quint64 message)
{
    if (m_transport) {
        m_queue.enqueue(line, rank, message);
        flush();
    }
}

void IrcConnection::refill()
{
    m_queue.refill(sinceStart());
    flush();
}

void IrcConnection::flush()
{
    if (!m_transport) {
        return;
    }
    QByteArray bytes;
    QList<quint64> messages;
    const auto now = sinceStart();
    for (const QueuedLine &line : m_queue.take(now)) {
        bytes += line.bytes;
        if (line.message != 0) {
            messages.append(line.message);
        }
    }
    m_flushTimer.reset();
    if (const auto next = m_queue.nextAt()) {
        m_flushTimer = m_services.timer(std::max(1ms, *next - now), [this] { flush(); });
    }
    if (!bytes.isEmpty()) {
        m_transport->write(bytes);
    }
    for (const quint64 message : std::as_const(messages)) {
        Q_EMIT written(message);
    }
}

void IrcConnection::watch()
{
    m_asked = false;
    m_watchTimer = m_services.timer(kSilence, [this] { lookAround(); });
}

void IrcConnection::probe(std::chrono::milliseconds limit)
{
    if (!m_transport) {
        return;
    }
    m_asked = true;
    write("PING linchpin-alive\r\n", SendQueue::Rank::Urgent);
    m_watchTimer = m_services.timer(limit, [this] { lookAround(); });
}

void IrcConnection::lookAround()
{
    if (m_asked) {
        lose(makeError(u"timed-out"_s));
        return;
    }
    const auto silent = std::chrono::milliseconds(m_heard.msecsTo(m_services.now()));
    if (silent >= kSilence) {
        probe(kAnswer);
    } else {
        m_watchTimer = m_services.timer(kSilence - std::max(silent, 0ms), [this] { lookAround(); });
    }
}

} // namespace linchpin::irc
