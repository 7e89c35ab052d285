// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/im/deliveryerror.h"
#include "protocols/sip/im/imbody.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QList>
#include <QString>

#include <chrono>
#include <expected>
#include <optional>
#include <variant>

namespace linchpin::sip {

// One conversation of two people over SIP: INVITE, 200, ACK, then MESSAGE both ways in the dialog,
// BYE. Pure: step() takes a state and an input and gives the next state and what to do. The session
// makes requests of the effects, keeps the transactions, and reports what comes back.

/// A dialog as this machine tells them apart. Answers of a forked INVITE share the Call-ID.
struct ImDialogId {
    QByteArray callId = {};
    QByteArray remoteTag = {};
    friend bool operator==(const ImDialogId &, const ImDialogId &) = default;
};

/// A message on its way out.
struct ImDraft {
    QString localId = {};
    ImWireBody body = {};
    bool repeated = false; ///< has been sent once into a dialog that turned out to be gone
    friend bool operator==(const ImDraft &, const ImDraft &) = default;
};

enum class ImTimer {
    Invite, ///< no final answer to our INVITE
    Message, ///< no answer to our MESSAGE
    Accept, ///< another device had its chance to take the invitation
    Bye, ///< no answer to our BYE
    TypingPause, ///< how seldom we say that the user writes
    PeerTyping, ///< the other side has not repeated that it writes
};

inline constexpr std::chrono::seconds kImAnswerTimeout { 60 };
inline constexpr std::chrono::seconds kImAcceptDelay { 10 };
inline constexpr std::chrono::seconds kImByeTimeout { 5 };
inline constexpr std::chrono::seconds kImTypingPause { 5 };

// ---- states

/// No dialog; the next message opens one.
struct ImIdle {
    friend bool operator==(const ImIdle &, const ImIdle &) = default;
};
/// Our INVITE is out.
struct ImInviting {
    int invite = 0; ///< number of the SendInvite
    std::optional<ImDraft> carried = {}; ///< the first message, inside the INVITE
    bool closeWhenDone = false;
    friend bool operator==(const ImInviting &, const ImInviting &) = default;
};
/// The other side's INVITE waits for another device of ours to take it.
struct ImRinging {
    ImDialogId dialog = {};
    QByteArray transaction = {};
    bool shown = false; ///< its first message was shown
    friend bool operator==(const ImRinging &, const ImRinging &) = default;
};
struct ImEstablished {
    ImDialogId dialog = {}; ///< where we send
    QList<ImDialogId> others = {}; ///< where messages may come from as well, after a glare
    std::optional<ImInviting> ownInvite = {}; ///< unanswered when the other side's came across it
    bool closeWhenDone = false;
    bool typingAnnounced = false; ///< the other side was told that the user writes
    bool typingPaused = false; ///< and need not be told again yet
    friend bool operator==(const ImEstablished &, const ImEstablished &) = default;
};
/// Our BYE is out.
struct ImClosing {
    friend bool operator==(const ImClosing &, const ImClosing &) = default;
};

using ImPhase = std::variant<ImIdle, ImInviting, ImRinging, ImEstablished, ImClosing>;

/// Everything remembered about one conversation.
struct ImSession {
    ImPhase phase = ImIdle {};
    QList<ImDraft> queue = {}; ///< not sent yet
    std::optional<ImDraft> inFlight = {}; ///< sent as MESSAGE, not answered
    int inviteCount = 0;
    QByteArrayList seenMessages = {}; ///< Call-ID and CSeq of the last ones, against repeats
    bool peerTyping = false;
    bool heardSinceSend = false; ///< the other side wrote after our last MESSAGE
    /// LCS 2005 peers never answer a MESSAGE; learnt when they write back all the same.
    bool peerNeverAnswers = false;
    QString peerName = {}; ///< for error sentences
    /// Other devices of ours are signed in: let them take an invitation first.
    bool delayAccept = false;
    friend bool operator==(const ImSession &, const ImSession &) = default;
};

// ---- inputs

struct ImSendRequested {
    QString localId = {};
    ImWireBody body = {};
};
/// A response to our INVITE; provisional ones do nothing.
struct ImInviteAnswered {
    int invite = 0;
    ImDialogId dialog = {};
    SipFailure answer = {}; ///< its status; the rest matters from 300 on
    bool tookFirstMessage = false; ///< `Supported: ms-text-format` in the 200
};
struct ImMessageAnswered {
    QString localId = {};
    SipFailure answer = {};
};
/// A response to our typing INFO.
struct ImInfoAnswered {
    ImDialogId dialog = {};
    int status = 0;
};
struct ImByeAnswered { };
struct ImTimedOut {
    ImTimer timer = ImTimer::Invite;
};
/// What somebody wrote, as the session read it.
struct ImIncoming {
    QByteArray transaction = {}; ///< to answer it
    ImDialogId dialog = {};
    QByteArray messageKey = {}; ///< Call-ID and CSeq
    std::expected<ImText, ImBodyError> text = {};
};
struct ImInviteReceived {
    QByteArray transaction = {};
    ImDialogId dialog = {};
    bool isImSession = true; ///< its SDP has IM media; otherwise 488
    std::optional<ImIncoming> firstMessage = {}; ///< of ms-text-format
};
struct ImMessageReceived {
    ImIncoming message = {};
};
struct ImTypingReceived {
    QByteArray transaction = {};
    ImDialogId dialog = {};
    bool active = false;
    std::chrono::seconds lifetime { 15 };
};
struct ImByeReceived {
    QByteArray transaction = {};
    ImDialogId dialog = {};
};
struct ImCancelReceived {
    QByteArray transaction = {}; ///< of the CANCEL itself
    ImDialogId dialog = {};
};
struct ImTypingRequested {
    bool active = false;
};
/// The user looks at the conversation: an invitation need not wait.
struct ImUserPresent { };
struct ImCloseRequested { };
struct ImConnectionLost { };

using ImInput = std::variant<ImSendRequested, ImInviteAnswered, ImMessageAnswered, ImInfoAnswered,
    ImByeAnswered, ImTimedOut, ImInviteReceived, ImMessageReceived, ImTypingReceived, ImByeReceived,
    ImCancelReceived, ImTypingRequested, ImUserPresent, ImCloseRequested, ImConnectionLost>;

// ---- effects

struct ImSendInvite {
    int invite = 0;
    std::optional<ImDraft> first = {}; ///< for the ms-text-format header
    friend bool operator==(const ImSendInvite &, const ImSendInvite &) = default;
};
struct ImSendCancel {
    int invite = 0;
    friend bool operator==(const ImSendCancel &, const ImSendCancel &) = default;
};
struct ImSendAck {
    ImDialogId dialog = {};
    friend bool operator==(const ImSendAck &, const ImSendAck &) = default;
};
struct ImSendMessage {
    ImDialogId dialog = {};
    ImDraft draft = {};
    friend bool operator==(const ImSendMessage &, const ImSendMessage &) = default;
};
struct ImSendTyping {
    ImDialogId dialog = {};
    bool active = false;
    friend bool operator==(const ImSendTyping &, const ImSendTyping &) = default;
};
struct ImSendBye {
    ImDialogId dialog = {};
    friend bool operator==(const ImSendBye &, const ImSendBye &) = default;
};
/// Answer a request. A 200 to INVITE carries the SDP answer, and `Supported: ms-text-format` with
/// @c tookFirstMessage.
struct ImAnswer {
    QByteArray transaction = {};
    int status = 200;
    bool tookFirstMessage = false;
    friend bool operator==(const ImAnswer &, const ImAnswer &) = default;
};
struct ImDelivered {
    QString localId = {};
    friend bool operator==(const ImDelivered &, const ImDelivered &) = default;
};
struct ImFailed {
    QString localId = {};
    Error error = {};
    friend bool operator==(const ImFailed &, const ImFailed &) = default;
};
struct ImShowMessage {
    ImText text = {};
    QByteArray messageKey = {};
    friend bool operator==(const ImShowMessage &, const ImShowMessage &) = default;
};
struct ImShowTyping {
    bool active = false;
    friend bool operator==(const ImShowTyping &, const ImShowTyping &) = default;
};
struct ImStartTimer {
    ImTimer timer = ImTimer::Invite;
    std::chrono::seconds after {};
    friend bool operator==(const ImStartTimer &, const ImStartTimer &) = default;
};
struct ImStopTimer {
    ImTimer timer = ImTimer::Invite;
    friend bool operator==(const ImStopTimer &, const ImStopTimer &) = default;
};

using ImEffect
    = std::variant<ImSendInvite, ImSendCancel, ImSendAck, ImSendMessage, ImSendTyping, ImSendBye,
        ImAnswer, ImDelivered, ImFailed, ImShowMessage, ImShowTyping, ImStartTimer, ImStopTimer>;

struct ImStep {
    ImSession next = {};
    QList<ImEffect> effects = {}; ///< to be carried out in this order
};

/// The whole behaviour.
ImStep step(ImSession session, const ImInput &input);

} // namespace linchpin::sip
