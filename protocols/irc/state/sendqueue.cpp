// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/sendqueue.h"

#include <algorithm>

namespace linchpin::irc {

void SendQueue::setRate(const SendRate &rate)
{
    m_rate = rate;
    m_tokens = rate.burst;
    m_earnedAt.reset();
}

void SendQueue::enqueue(const QByteArray &line, Rank rank, quint64 message)
{
    switch (rank) {
    case Rank::Urgent:
        m_urgent.append({ line, message });
        break;
    case Rank::Normal:
        m_normal.append({ line, message });
        break;
    case Rank::Idle:
        m_idle.append({ line, message });
        break;
    }
}

void SendQueue::earn(Time now)
{
    if (!m_earnedAt) {
        m_earnedAt = now;
        return;
    }
    if (now <= *m_earnedAt) {
        return;
    }
    const auto earned = (now - *m_earnedAt) / m_rate.interval;
    if (earned <= 0) {
        return;
    }
    *m_earnedAt += earned * m_rate.interval;
    m_tokens = int(std::min<qint64>(m_rate.burst, m_tokens + earned));
    if (m_tokens == m_rate.burst) {
        m_earnedAt = now;
    }
}

QList<QueuedLine> SendQueue::take(Time now)
{
    QList<QueuedLine> lines = std::exchange(m_urgent, {});
    if (!isBraked()) {
        lines += std::exchange(m_normal, {});
        lines += std::exchange(m_idle, {});
        return lines;
    }
    earn(now);
    // On credit, but bounded: a flood of PINGs must not silence us for minutes.
    m_tokens = std::max<int>(-m_rate.burst, m_tokens - int(lines.size()));
    for (QList<QueuedLine> *queue : { &m_normal, &m_idle }) {
        const qsizetype count = std::min<qsizetype>(queue->size(), std::max(m_tokens, 0));
        lines += queue->first(count);
        queue->remove(0, count);
        m_tokens -= int(count);
    }
    return lines;
}

std::optional<SendQueue::Time> SendQueue::nextAt() const
{
    if (size() == 0) {
        return std::nullopt;
    }
    if (!isBraked() || !m_urgent.isEmpty() || m_tokens > 0 || !m_earnedAt) {
        return m_earnedAt.value_or(Time(0));
    }
    return *m_earnedAt + (1 - m_tokens) * m_rate.interval;
}

void SendQueue::refill(Time now)
{
    m_tokens = m_rate.burst;
    m_earnedAt = now;
}

void SendQueue::clear()
{
    m_urgent.clear();
    m_normal.clear();
    m_idle.clear();
}

} // namespace linchpin::irc
