// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/eventpublication.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

using std::chrono::seconds;

constexpr seconds shortestLife = 60s;
constexpr seconds longestLife = 24h;
constexpr seconds firstWait = 1min;
constexpr seconds longestWait = 1h;
constexpr int maximumAnew = 2;

} // namespace

EventPublication::EventPublication(seconds wanted)
    : m_wanted(wanted)
{
}

QList<PublicationEffect> EventPublication::step(const PublicationInput &input)
{
    if (m_over) {
        const bool stop = std::holds_alternative<pubinput::Stop>(input);
        return stop ? Effects { pubeffect::Withdrawn {} } : Effects {};
    }
    return std::visit([this](const auto &i) { return handle(i); }, input);
}

QList<PublicationEffect> EventPublication::publish()
{
    // A refresh goes without a document, RFC 3903 4.1; what is not there yet needs one.
    m_carried = m_changed || m_etag.isEmpty();
    m_changed = false;
    m_out = true;
    return { pubeffect::Publish { m_etag, m_carried, m_wanted } };
}

QList<PublicationEffect> EventPublication::handle(const pubinput::Changed &)
{
    m_changed = true;
    return m_out || m_stopping ? Effects {} : publish();
}

QList<PublicationEffect> EventPublication::later(int status, std::optional<seconds> after)
{
    m_etag.clear(); // it may be gone by then
    m_changed = true;
    const seconds own = std::min<seconds>(firstWait * (1 << std::min(m_failures, 6)), longestWait);
    ++m_failures;
    return { pubeffect::Failed { status, false },
        pubeffect::StartTimer { after ? std::clamp<seconds>(*after, 1s, longestLife) : own } };
}

QList<PublicationEffect> EventPublication::handle(const pubinput::Answered &input)
{
    const EventAnswer &answer = input.answer;
    if (!std::exchange(m_out, false)) {
        return {};
    }
    if (m_stopping) {
        if (answer.status >= 200 && answer.status < 300) {
            m_etag = answer.etag;
        }
        return withdraw();
    }
    if (answer.status >= 200 && answer.status < 300) {
        m_etag = answer.etag;
        m_anew = 0;
        m_failures = 0;
        if (m_changed) {
            return publish();
        }
        const seconds life
            = std::clamp(answer.expires.value_or(m_wanted), shortestLife, longestLife);
        const pubeffect::StartTimer refresh { life - std::min<seconds>(life / 2, 2min) };
        return m_carried ? Effects { pubeffect::Published {}, refresh } : Effects { refresh };
    }
    m_changed = m_changed || m_carried;
    if (answer.status == 412 && ++m_anew <= maximumAnew) {
        m_etag.clear();
        return publish();
    }
    if (answer.status == 423 && answer.minExpires && *answer.minExpires > m_wanted
        && *answer.minExpires <= longestLife) {
        m_wanted = *answer.minExpires;
        return publish();
    }
    if (answer.status == 412 || isPassing(answer.status)) {
        return later(answer.status, answer.retryAfter);
    }
    m_over = true;
    return { pubeffect::Failed { answer.status, true } };
}

QList<PublicationEffect> EventPublication::handle(const pubinput::TimerFired &)
{
    return m_out || m_stopping ? Effects {} : publish();
}

QList<PublicationEffect> EventPublication::handle(const pubinput::Stop &)
{
    // Only its answer tells the entity tag by which what is under way can be taken back.
    return std::exchange(m_stopping, true) || m_out ? Effects {} : withdraw();
}

QList<PublicationEffect> EventPublication::withdraw()
{
    if (m_etag.isEmpty() || m_withdrawing) {
        m_over = true;
        return { pubeffect::Withdrawn {} };
    }
    m_withdrawing = true;
    m_out = true;
    return { pubeffect::Publish { m_etag, false, 0s } };
}

} // namespace linchpin::sip
