// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/manualclock.h"

#include <map>

namespace linchpin::test {

class ManualClock::State {
public:
    struct Entry {
        quint64 id = 0;
        std::function<void()> fire;
    };
    QDateTime now;
    quint64 lastId = 0;
    std::multimap<QDateTime, Entry> entries; // equal times keep the order of insertion

    void fireNext()
    {
        const auto first = entries.begin();
        now = std::max(now, first->first);
        const std::function<void()> fire = std::move(first->second.fire);
        entries.erase(first);
        fire();
    }
};

class ManualClock::ManualTimer : public Timer {
public:
    ManualTimer(std::weak_ptr<State> state, quint64 id)
        : m_state(std::move(state))
        , m_id(id)
    {
    }
    ~ManualTimer() override
    {
        if (const auto state = m_state.lock()) {
            std::erase_if(
                state->entries, [this](const auto &entry) { return entry.second.id == m_id; });
        }
    }

private:
    std::weak_ptr<State> m_state;
    quint64 m_id;
};

ManualClock::ManualClock(const QDateTime &start)
    : m_state(std::make_shared<State>())
{
    m_state->now
        = start.isValid() ? start : QDateTime(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
}

ManualClock::~ManualClock() = default;

QDateTime ManualClock::now() const
{
    return m_state->now;
}

std::unique_ptr<Timer> ManualClock::timer(std::chrono::milliseconds in, std::function<void()> fire)
{
    const quint64 id = ++m_state->lastId;
    m_state->entries.emplace(
        m_state->now.addMSecs(in.count()), State::Entry { id, std::move(fire) });
    return std::make_unique<ManualTimer>(m_state, id);
}

void ManualClock::advance(std::chrono::milliseconds by)
{
    const std::shared_ptr<State> state = m_state;
    const QDateTime until = state->now.addMSecs(by.count());
    while (!state->entries.empty() && state->entries.begin()->first <= until) {
        state->fireNext();
    }
    state->now = std::max(state->now, until);
}

int ManualClock::timersPending() const
{
    return static_cast<int>(m_state->entries.size());
}

std::optional<std::chrono::milliseconds> ManualClock::nextIn() const
{
    if (m_state->entries.empty()) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(m_state->now.msecsTo(m_state->entries.begin()->first));
}

bool ManualClock::advanceToNext()
{
    if (m_state->entries.empty()) {
        return false;
    }
    m_state->fireNext();
    return true;
}

} // namespace linchpin::test
