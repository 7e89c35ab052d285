// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/conference/conferencemachine.h"

#include "protocols/sip/conference/conferenceaddress.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Conference)
};

class Stepper {
public:
    explicit Stepper(Conference &conference)
        : m_conference(conference)
    {
    }

    QList<ConferenceEffect> effects;

    void operator()(const ConfEnter &)
    {
        if (m_conference.phase == ConferencePhase::Out) {
            m_conference.state = {};
            m_conference.asked = false;
            m_conference.phase = ConferencePhase::EnteringFocus;
            effects.append(ConfInviteFocus {});
        }
    }

    void operator()(const ConfFocusAnswered &input)
    {
        if (m_conference.phase != ConferencePhase::EnteringFocus) {
            if (!input.failure) {
                effects.append(ConfHangUp {}); // we went before the answer came
            }
            return;
        }
        if (input.failure) {
            leave(input.failure, false);
            return;
        }
        m_conference.phase = ConferencePhase::Subscribing;
        effects.append(ConfSubscribe {});
    }

    void operator()(const ConfInfo &input)
    {
        if (m_conference.phase == ConferencePhase::Out
            || m_conference.phase == ConferencePhase::EnteringFocus) {
            return;
        }
        switch (applyConferenceInfo(
            m_conference.state, input.document, m_conference.focus, input.fresh)) {
        case InfoOutcome::Applied:
            break;
        case InfoOutcome::Gap:
            if (!m_conference.asked) {
                m_conference.asked = true;
                effects.append(ConfSubscribe {});
            }
            return;
        case InfoOutcome::Old:
        case InfoOutcome::Unusable:
            return;
        }
        m_conference.asked = false;
        if (m_conference.state.ended) {
            leave(conferenceLoss(u"conference-ended"_s), true);
            return;
        }
        follow();
    }

    void operator()(const ConfSubscriptionEnded &input)
    {
        if (m_conference.phase == ConferencePhase::Out
            || m_conference.phase == ConferencePhase::EnteringFocus) {
            return;
        }
        if (input.status == 0 && !m_conference.asked) {
            m_conference.asked = true; // once; a server that ends it again means it
            effects.append(ConfSubscribe {});
            return;
        }
        leave(conferenceLoss(u"conference-subscription"_s), true);
    }

    void operator()(const ConfChatAnswered &input)
    {
        if (m_conference.phase != ConferencePhase::EnteringChat) {
            return;
        }
        if (input.failure) {
            leave(input.failure, true);
            return;
        }
        m_conference.phase = ConferencePhase::In;
        effects.append(ConfEntered {});
        effects.append(ConfStateChanged {});
    }

    void operator()(const ConfChatEnded &)
    {
        if (m_conference.phase == ConferencePhase::In
            || m_conference.phase == ConferencePhase::EnteringChat) {
            leave(conferenceLoss(u"conference-disconnected"_s), true);
        }
    }

    void operator()(const ConfFocusEnded &)
    {
        if (m_conference.phase != ConferencePhase::Out) {
            leave(conferenceLoss(m_conference.phase == ConferencePhase::InLobby
                          ? u"conference-denied"_s
                          : u"conference-removed"_s),
                true);
        }
    }

    void operator()(const ConfLeave &)
    {
        if (m_conference.phase != ConferencePhase::Out) {
            leave(std::nullopt, true);
        }
    }

private:
    void leave(const std::optional<Error> &why, bool hangUp)
    {
        if (hangUp && m_conference.phase != ConferencePhase::EnteringFocus) {
            // Whoever was thrown out need not take himself out.
            effects.append(ConfHangUp { !why && isOnlyDevice() });
        }
        m_conference.phase = ConferencePhase::Out;
        effects.append(ConfLeft { why });
    }

    /// Taking the person out would end the conference on other devices of ours as well.
    bool isOnlyDevice() const
    {
        const ConferenceUser own = m_conference.state.users.value(m_conference.self);
        return std::ranges::count_if(own.endpoints,
                   [](const ConferenceEndpoint &e) { return e.sessionType == u"focus"; })
            <= 1
            && std::ranges::count_if(own.endpoints,
                   [](const ConferenceEndpoint &e) { return e.sessionType == u"chat"; })
            <= 1
            && !own.isConnected(u"audio-video");
    }

    void follow()
    {
        const ConferenceUser own = m_conference.state.users.value(m_conference.self);
        switch (m_conference.phase) {
        case ConferencePhase::Subscribing:
        case ConferencePhase::InLobby:
            if (own.isWaiting()) {
                if (m_conference.phase == ConferencePhase::Subscribing) {
                    m_conference.phase = ConferencePhase::InLobby;
                    effects.append(ConfWaiting {});
                }
                effects.append(ConfStateChanged {});
                return;
            }
            if (m_conference.phase == ConferencePhase::InLobby && own.entity.isEmpty()) {
                leave(conferenceLoss(u"conference-denied"_s), true);
                return;
            }
            m_conference.phase = ConferencePhase::EnteringChat;
            effects.append(ConfInviteChat {
                m_conference.state.mcus.value(u"chat"_s, mcuUri(m_conference.focus, u"chat"_s)) });
            return;
        case ConferencePhase::In:
            if (own.entity.isEmpty()) {
                leave(conferenceLoss(u"conference-removed"_s), true);
                return;
            }
            effects.append(ConfStateChanged {});
            return;
        case ConferencePhase::Out:
        case ConferencePhase::EnteringFocus:
        case ConferencePhase::EnteringChat:
            return; // told when we are in
        }
    }

    Conference &m_conference;
};

} // namespace

QList<ConferenceEffect> stepConference(Conference &conference, const ConferenceInput &input)
{
    Stepper stepper(conference);
    std::visit(stepper, input);
    return stepper.effects;
}

Error conferenceLoss(const QString &code)
{
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.code = code;
    if (code == "conference-ended"_L1) {
        error.kind = Error::Kind::NotFound;
        error.title = Text::tr("The group conversation was ended.");
    } else if (code == "conference-removed"_L1) {
        error.title = Text::tr("You were removed from the group conversation.");
    } else if (code == "conference-denied"_L1) {
        error.title = Text::tr("You were not let in.");
    } else if (code == "conference-subscription"_L1) {
        error.kind = Error::Kind::Protocol;
        error.title = Text::tr("The server no longer tells who is in the group conversation.");
        error.remedy = Text::tr("Join it again.");
    } else {
        error.kind = Error::Kind::Network;
        error.title = Text::tr("You have been disconnected from the group conversation.");
        error.remedy = Text::tr("Join it again.");
    }
    return error;
}

Error notInConference()
{
    return { .kind = Error::Kind::NotFound,
        .code = u"not-in-room"_s,
        .title = Text::tr("You are not in this group conversation."),
        .remedy = Text::tr("Join it again.") };
}

} // namespace linchpin::sip
