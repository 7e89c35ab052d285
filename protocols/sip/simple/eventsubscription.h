// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <chrono>
#include <optional>
#include <variant>

namespace linchpin::sip {

class SipMessage;

/// The Subscription-State of a NOTIFY. RFC 6665 8.2.3.
struct SubscriptionState {
    enum class Kind {
        Active,
        Pending, ///< nobody has decided yet whether we may see it
        Terminated,
    };
    Kind kind = Kind::Active;
    QByteArray reason = {}; ///< lower case; with Terminated
    std::optional<std::chrono::seconds> expires = {};
    std::optional<std::chrono::seconds> retryAfter = {};
    friend bool operator==(const SubscriptionState &, const SubscriptionState &) = default;
};
/// An absent or unknown word counts as active: somebody notifies us.
SubscriptionState parseSubscriptionState(QByteArrayView value);

/// What the final answer to a SUBSCRIBE or PUBLISH says about time.
struct EventAnswer {
    int status = 0; ///< 0: nobody answered
    std::optional<std::chrono::seconds> expires = {};
    std::optional<std::chrono::seconds> minExpires = {}; ///< with 423
    std::optional<std::chrono::seconds> retryAfter = {};
    QByteArray etag = {}; ///< SIP-ETag, with PUBLISH
    friend bool operator==(const EventAnswer &, const EventAnswer &) = default;
};
EventAnswer eventAnswer(const SipMessage &response);
/// The server (or the other side) does not know the event package, or the method at all.
bool isUnsupportedEvent(int status);
/// It may work later, unchanged.
bool isPassing(int status);

namespace subinput {
struct Start { };
struct Answered {
    EventAnswer answer;
};
struct Notified {
    SubscriptionState state;
};
struct TimerFired { };
struct Stop { };
} // namespace subinput
using SubscriptionInput = std::variant<subinput::Start, subinput::Answered, subinput::Notified,
    subinput::TimerFired, subinput::Stop>;

namespace subeffect {
struct Subscribe {
    bool anew = false; ///< in a new dialog
    std::chrono::seconds expires { 0 };
    friend bool operator==(const Subscribe &, const Subscribe &) = default;
};
/// There is one timer; a new one replaces the old.
struct StartTimer {
    std::chrono::seconds in { 0 };
    friend bool operator==(const StartTimer &, const StartTimer &) = default;
};
/// Nothing is known any more. Unless `final`, it is asked for again by and by.
struct Lost {
    int status = 0; ///< of the refusal; 0 = ended by a NOTIFY, or no answer
    QByteArray reason = {};
    bool final = false;
    friend bool operator==(const Lost &, const Lost &) = default;
};
} // namespace subeffect
using SubscriptionEffect
    = std::variant<subeffect::Subscribe, subeffect::StartTimer, subeffect::Lost>;

/// One subscription of ours, RFC 6665 4.1: asked for, refreshed, begun again when the notifier ends
/// it for a while, given up when it will not have us. Pure: inputs in, effects out, in order.
class EventSubscription {
public:
    explicit EventSubscription(std::chrono::seconds wanted = std::chrono::hours(1));

    QList<SubscriptionEffect> step(const SubscriptionInput &input);
    bool isOver() const { return m_phase == Phase::Over; }

private:
    enum class Phase { Idle, Asking, Active, Waiting, Stopping, Over };
    using Effects = QList<SubscriptionEffect>;

    Effects handle(const subinput::Start &);
    Effects handle(const subinput::Answered &input);
    Effects handle(const subinput::Notified &input);
    Effects handle(const subinput::TimerFired &);
    Effects handle(const subinput::Stop &);
    Effects refreshIn(std::chrono::seconds lifetime);
    Effects anew(const subeffect::Lost &why);
    Effects later(const subeffect::Lost &why, std::optional<std::chrono::seconds> after);
    Effects over(subeffect::Lost why);

    std::chrono::seconds m_wanted;
    Phase m_phase = Phase::Idle;
    bool m_established = false;
    int m_restarts = 0; ///< in a row: a server that ends everything is not asked all day
    int m_failures = 0; ///< in a row
};

} // namespace linchpin::sip
