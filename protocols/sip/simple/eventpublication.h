// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simple/eventsubscription.h"

namespace linchpin::sip {

namespace pubinput {
/// There is something (new) to publish; the caller keeps the document.
struct Changed { };
struct Answered {
    EventAnswer answer;
};
struct TimerFired { };
/// What is published is taken back; Withdrawn follows.
struct Stop { };
} // namespace pubinput
using PublicationInput
    = std::variant<pubinput::Changed, pubinput::Answered, pubinput::TimerFired, pubinput::Stop>;

namespace pubeffect {
struct Publish {
    QByteArray ifMatch = {}; ///< SIP-If-Match; empty: a new publication
    bool withDocument = true; ///< else it is refreshed, or taken away
    std::chrono::seconds expires { 0 };
    friend bool operator==(const Publish &, const Publish &) = default;
};
/// There is one timer; a new one replaces the old.
struct StartTimer {
    std::chrono::seconds in { 0 };
    friend bool operator==(const StartTimer &, const StartTimer &) = default;
};
/// The server has the newest document.
struct Published {
    friend bool operator==(const Published &, const Published &) = default;
};
/// Unless `final` it is tried again by and by.
struct Failed {
    int status = 0;
    bool final = false;
    friend bool operator==(const Failed &, const Failed &) = default;
};
/// After Stop: nothing of ours is at the server any more, as far as it answers.
struct Withdrawn {
    friend bool operator==(const Withdrawn &, const Withdrawn &) = default;
};
} // namespace pubeffect
using PublicationEffect = std::variant<pubeffect::Publish, pubeffect::StartTimer,
    pubeffect::Published, pubeffect::Failed, pubeffect::Withdrawn>;

/// Own event state at the server, RFC 3903: entity tags, refreshing, 412 (gone there: published
/// anew), 423 (for longer). One PUBLISH at a time. Pure: inputs in, effects out, in order.
class EventPublication {
public:
    explicit EventPublication(std::chrono::seconds wanted = std::chrono::hours(1));

    QList<PublicationEffect> step(const PublicationInput &input);

private:
    using Effects = QList<PublicationEffect>;

    Effects handle(const pubinput::Changed &);
    Effects handle(const pubinput::Answered &input);
    Effects handle(const pubinput::TimerFired &);
    Effects handle(const pubinput::Stop &);
    Effects publish();
    Effects withdraw();
    Effects later(int status, std::optional<std::chrono::seconds> after);

    std::chrono::seconds m_wanted;
    QByteArray m_etag;
    bool m_changed = false; ///< the server has not got the newest document
    bool m_out = false; ///< a PUBLISH has no answer yet
    bool m_carried = false; ///< it carries a document
    bool m_stopping = false;
    bool m_withdrawing = false; ///< what is out takes it back
    bool m_over = false;
    int m_anew = 0; ///< 412 in a row
    int m_failures = 0; ///< in a row
};

} // namespace linchpin::sip
