// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QList>

#include <chrono>
#include <optional>

namespace linchpin::irc {

/// How fast lines may leave (RFC 2813 5.8: a server runs at most ten seconds ahead, two for each
/// line).
struct SendRate {
    int burst = 5; ///< Lines at once; 0 switches the brake off.
    std::chrono::milliseconds interval { 2000 }; ///< For one more.
};

/// A line with the message it belongs to, where its fate matters to somebody; 0 where not.
struct QueuedLine {
    QByteArray bytes;
    quint64 message = 0;

    friend bool operator==(const QueuedLine &, const QueuedLine &) = default;
};

/**
 * Holds lines back so that no server disconnects us for flooding: a token bucket, with the time
 * handed in.
 *
 * Urgent lines (PONG, QUIT, sign-in) overtake and never wait, but are paid for. Within a rank the
 * order stays.
 */
class SendQueue {
public:
    using Time = std::chrono::milliseconds; ///< Since any fixed moment; must not run backwards.
    enum class Rank { Urgent, Normal, Idle };

    explicit SendQueue(const SendRate &rate = {})
        : m_rate(rate)
        , m_tokens(rate.burst)
    {
    }

    void setRate(const SendRate &rate);
    void enqueue(const QByteArray &line, Rank rank, quint64 message = 0);
    /// The lines that may be written now.
    QList<QueuedLine> take(Time now);
    /// When take() will have something, or nothing when the queue is empty.
    std::optional<Time> nextAt() const;
    /// The server has digested everything sent so far (a PONG came back): a fresh burst is safe.
    void refill(Time now);
    void clear();
    qsizetype size() const { return m_urgent.size() + m_normal.size() + m_idle.size(); }

private:
    bool isBraked() const { return m_rate.burst > 0 && m_rate.interval.count() > 0; }
    void earn(Time now);

    SendRate m_rate;
    QList<QueuedLine> m_urgent;
    QList<QueuedLine> m_normal;
    QList<QueuedLine> m_idle;
    int m_tokens; ///< Below zero when urgent lines were sent on credit.
    std::optional<Time> m_earnedAt; ///< When the last token was earned.
};

} // namespace linchpin::irc
