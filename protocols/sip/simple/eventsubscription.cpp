// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/eventsubscription.h"

#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipmessage.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

using std::chrono::seconds;

constexpr seconds shortestLife = 60s; // what a server may make us ask for at most this often
constexpr seconds longestLife = 24h;
constexpr seconds longestWait = 24h;
constexpr seconds firstWait = 30s;
constexpr seconds longestOwnWait = 1h;
constexpr int maximumRestarts = 2;

std::optional<seconds> secondsOf(const QByteArray &value)
{
    // "120 (in a meeting);duration=60": Retry-After may carry a comment, RFC 3261 20.33.
    qsizetype digits = 0;
    const QByteArray text = value.trimmed();
    while (digits < text.size() && digits < 9 && text.at(digits) >= '0' && text.at(digits) <= '9') {
        ++digits;
    }
    return digits > 0 ? std::optional(seconds(text.first(digits).toLongLong())) : std::nullopt;
}

} // namespace

SubscriptionState parseSubscriptionState(QByteArrayView value)
{
    SubscriptionState state;
    const QByteArray text = value.toByteArray();
    const qsizetype semicolon = text.indexOf(';');
    const QByteArray word = (semicolon < 0 ? text : text.first(semicolon)).trimmed().toLower();
    if (word == "pending") {
        state.kind = SubscriptionState::Kind::Pending;
    } else if (word == "terminated") {
        state.kind = SubscriptionState::Kind::Terminated;
    }
    const auto parameters = semicolon < 0 ? std::expected<SipParameters, ParseError>()
                                          : parseParameters(QByteArrayView(text).sliced(semicolon));
    if (parameters) {
        state.reason = parameters->value("reason").toLower();
        state.expires = secondsOf(parameters->value("expires"));
        state.retryAfter = secondsOf(parameters->value("retry-after"));
    }
    return state;
}

EventAnswer eventAnswer(const SipMessage &response)
{
    return { .status = response.status,
        .expires = secondsOf(response.header("Expires")),
        .minExpires = secondsOf(response.header("Min-Expires")),
        .retryAfter = secondsOf(response.header("Retry-After")),
        .etag = response.header("SIP-ETag").trimmed().left(256) };
}

bool isUnsupportedEvent(int status)
{
    return status == 405 || status == 420 || status == 489 || status == 501;
}

bool isPassing(int status)
{
    return status == 0 || status == 408 || status == 430 || status == 480 || status == 486
        || status == 491 || (status >= 500 && status < 600 && status != 501 && status != 505);
}

EventSubscription::EventSubscription(seconds wanted)
    : m_wanted(wanted)
{
}

QList<SubscriptionEffect> EventSubscription::step(const SubscriptionInput &input)
{
    if (m_phase == Phase::Over) {
        return {};
    }
    return std::visit([this](const auto &i) { return handle(i); }, input);
}

QList<SubscriptionEffect> EventSubscription::handle(const subinput::Start &)
{
    m_phase = Phase::Asking;
    m_established = false;
    return { subeffect::Subscribe { true, m_wanted } };
}

/// Somewhat early: half of a short life, two minutes of a long one.
QList<SubscriptionEffect> EventSubscription::refreshIn(seconds lifetime)
{
    const seconds life = std::clamp(lifetime, shortestLife, longestLife);
    return { subeffect::StartTimer { life - std::min<seconds>(life / 2, 2min) } };
}

QList<SubscriptionEffect> EventSubscription::over(subeffect::Lost why)
{
    m_phase = Phase::Over;
    why.final = true;
    return { why };
}

QList<SubscriptionEffect> EventSubscription::anew(const subeffect::Lost &why)
{
    if (++m_restarts > maximumRestarts) {
        return later(why, std::nullopt);
    }
    return handle(subinput::Start {});
}

QList<SubscriptionEffect> EventSubscription::later(
    const subeffect::Lost &why, std::optional<seconds> after)
{
    m_phase = Phase::Waiting;
    m_established = false;
    m_restarts = 0;
    const seconds own
        = std::min<seconds>(firstWait * (1 << std::min(m_failures, 5)), longestOwnWait);
    ++m_failures;
    return { why,
        subeffect::StartTimer { after ? std::clamp<seconds>(*after, 1s, longestWait) : own } };
}

QList<SubscriptionEffect> EventSubscription::handle(const subinput::Answered &input)
{
    const EventAnswer &answer = input.answer;
    if (m_phase == Phase::Stopping) {
        m_phase = Phase::Over;
        return {};
    }
    if (m_phase == Phase::Waiting) {
        return {}; // a NOTIFY was quicker and ended it
    }
    const subeffect::Lost why { answer.status, {}, false };
    if (answer.status >= 200 && answer.status < 300) {
        m_phase = Phase::Active;
        m_established = true;
        m_failures = 0;
        return refreshIn(answer.expires.value_or(m_wanted));
    }
    if (answer.status == 423 && answer.minExpires && *answer.minExpires > m_wanted
        && *answer.minExpires <= longestLife) {
        m_wanted = *answer.minExpires;
        return { subeffect::Subscribe { !m_established, m_wanted } };
    }
    if (answer.status == 481 && m_established) {
        return anew(why);
    }
    return isPassing(answer.status) ? later(why, answer.retryAfter) : over(why);
}

/// RFC 6665 4.1.3: what the reason of an end asks us to do.
QList<SubscriptionEffect> EventSubscription::handle(const subinput::Notified &input)
{
    const SubscriptionState &state = input.state;
    if (m_phase == Phase::Waiting || m_phase == Phase::Idle) {
        return {};
    }
    if (state.kind != SubscriptionState::Kind::Terminated) {
        if (m_phase == Phase::Stopping) {
            return {};
        }
        m_phase = Phase::Active;
        m_established = true;
        return state.expires ? refreshIn(*state.expires) : Effects {};
    }
    if (m_phase == Phase::Stopping) {
        m_phase = Phase::Over;
        return {};
    }
    const subeffect::Lost why { 0, state.reason, false };
    if (state.reason == "rejected" || state.reason == "noresource" || state.reason == "invariant") {
        return over(why);
    }
    if (state.reason == "deactivated" || state.reason == "timeout") {
        return anew(why);
    }
    return later(why, state.retryAfter); // probation, giveup, none
}

QList<SubscriptionEffect> EventSubscription::handle(const subinput::TimerFired &)
{
    if (m_phase == Phase::Waiting) {
        return handle(subinput::Start {});
    }
    if (m_phase == Phase::Active) {
        m_restarts = 0;
        return { subeffect::Subscribe { false, m_wanted } };
    }
    return {};
}

QList<SubscriptionEffect> EventSubscription::handle(const subinput::Stop &)
{
    const bool asked = m_phase == Phase::Active;
    m_phase = asked ? Phase::Stopping : Phase::Over;
    return asked ? Effects { subeffect::Subscribe { false, 0s } } : Effects {};
}

} // namespace linchpin::sip
