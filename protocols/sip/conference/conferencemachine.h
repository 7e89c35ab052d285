// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/conference/conferenceinfo.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <variant>

namespace linchpin::sip {

// Being in a conference ([MS-CONFBAS] 3.4): INVITE to the focus, SUBSCRIBE to what it tells, INVITE
// to the MCU that carries the messages; all of them ended when we leave. Pure.

enum class ConferencePhase {
    Out,
    EnteringFocus, ///< our INVITE to the focus has no answer
    Subscribing, ///< in the focus; waiting for the whole state
    InLobby, ///< waiting until somebody lets us in
    EnteringChat, ///< our INVITE to the chat has no answer
    In,
};

struct Conference {
    QString focus = {}; ///< normalized
    QString self = {}; ///< our address
    ConferencePhase phase = ConferencePhase::Out;
    ConferenceState state = {};
    bool asked = false; ///< for the whole state, again
};

struct ConfEnter { };
struct ConfFocusAnswered {
    std::optional<Error> failure = {};
};
struct ConfInfo {
    QByteArray document = {};
    bool fresh = false; ///< of a new subscription
};
struct ConfSubscriptionEnded {
    int status = 0; ///< 0: by the server
};
struct ConfChatAnswered {
    std::optional<Error> failure = {};
};
/// BYE from the chat or the focus, or an answer that says they do not know us.
struct ConfChatEnded { };
struct ConfFocusEnded { };
struct ConfLeave { };

using ConferenceInput = std::variant<ConfEnter, ConfFocusAnswered, ConfInfo, ConfSubscriptionEnded,
    ConfChatAnswered, ConfChatEnded, ConfFocusEnded, ConfLeave>;

struct ConfInviteFocus {
    friend bool operator==(const ConfInviteFocus &, const ConfInviteFocus &) = default;
};
/// Also when the whole state is needed again.
struct ConfSubscribe {
    friend bool operator==(const ConfSubscribe &, const ConfSubscribe &) = default;
};
struct ConfInviteChat {
    QString uri = {};
    friend bool operator==(const ConfInviteChat &, const ConfInviteChat &) = default;
};
/// Ends whatever is open: chat, subscription, focus.
struct ConfHangUp {
    bool removeUser = false; ///< no other device of ours is in it: take the person out too
    friend bool operator==(const ConfHangUp &, const ConfHangUp &) = default;
};
struct ConfStateChanged { ///< tell what the roster says now
    friend bool operator==(const ConfStateChanged &, const ConfStateChanged &) = default;
};
struct ConfWaiting { ///< in the lobby
    friend bool operator==(const ConfWaiting &, const ConfWaiting &) = default;
};
struct ConfEntered {
    friend bool operator==(const ConfEntered &, const ConfEntered &) = default;
};
/// We are not in, or no longer; empty when that was our wish.
struct ConfLeft {
    std::optional<Error> why = {};
    friend bool operator==(const ConfLeft &, const ConfLeft &) = default;
};

using ConferenceEffect = std::variant<ConfInviteFocus, ConfSubscribe, ConfInviteChat, ConfHangUp,
    ConfStateChanged, ConfWaiting, ConfEntered, ConfLeft>;

QList<ConferenceEffect> stepConference(Conference &conference, const ConferenceInput &input);

/// Why somebody is out who did not leave. Codes: conference-ended, conference-removed,
/// conference-disconnected, conference-denied (from the lobby), conference-subscription.
Error conferenceLoss(const QString &code);
/// Whatever needs us to be in: `not-in-room`.
Error notInConference();

} // namespace linchpin::sip
