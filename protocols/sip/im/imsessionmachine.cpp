// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/imsessionmachine.h"

#include <algorithm>
#include <utility>

namespace linchpin::sip {
namespace {

constexpr qsizetype kRememberedMessages = 64;
constexpr qsizetype kMaximumDialogs = 4; // one for sending, the others of crossed invitations

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

bool isProvisional(int status)
{
    return status >= 100 && status < 200;
}

/// One step under way: handlers change the session and collect effects.
class Stepper {
public:
    explicit Stepper(ImSession session)
        : m_session(std::move(session))
    {
    }

    ImStep finish() { return { std::move(m_session), std::move(m_effects) }; }

    void operator()(const ImSendRequested &input)
    {
        m_session.queue.append(ImDraft { .localId = input.localId, .body = input.body });
        if (auto *inviting = phase<ImInviting>()) {
            inviting->closeWhenDone = false;
        } else if (auto *open = phase<ImEstablished>()) {
            open->closeWhenDone = false;
        } else if (phase<ImRinging>()) {
            acceptRinging(); // whoever answers is present
        }
        pump();
    }

    void operator()(const ImInviteAnswered &input)
    {
        if (isProvisional(input.answer.status)) {
            return;
        }
        auto *inviting = phase<ImInviting>();
        auto *open = phase<ImEstablished>();
        const bool isCurrent = inviting && inviting->invite == input.invite;
        const bool isCrossed = open && open->ownInvite && open->ownInvite->invite == input.invite;
        if (isSuccess(input.answer.status)) {
            effect(ImSendAck { input.dialog });
            if (isCurrent) {
                const ImInviting done = *inviting;
                m_session.phase
                    = ImEstablished { .dialog = input.dialog, .closeWhenDone = done.closeWhenDone };
                settleCarried(done, input.tookFirstMessage);
            } else if (isCrossed) {
                const ImInviting done = std::move(*open->ownInvite);
                open->ownInvite.reset();
                open->others.append(input.dialog);
                settleCarried(done, input.tookFirstMessage);
            } else if (!isKnown(input.dialog)) {
                // RFC 3261 13.2.2.4: another branch of a forked INVITE, or an answer after we gave
                // up. Acknowledge it and end it.
                effect(ImSendBye { input.dialog });
            }
        } else if (isCurrent) {
            effect(ImStopTimer { ImTimer::Invite });
            failEverything(input.answer);
            m_session.phase = ImIdle {};
        } else if (isCrossed) {
            const ImInviting done = std::move(*open->ownInvite);
            open->ownInvite.reset();
            settleCarried(done, false); // the other side's session carries it
        }
        pump();
    }

    void operator()(const ImMessageAnswered &input)
    {
        if (isProvisional(input.answer.status) || !m_session.inFlight
            || m_session.inFlight->localId != input.localId) {
            return;
        }
        effect(ImStopTimer { ImTimer::Message });
        ImDraft draft = std::move(*m_session.inFlight);
        m_session.inFlight.reset();
        if (isSuccess(input.answer.status)) {
            effect(ImDelivered { draft.localId });
        } else if (isStaleDialog(input.answer.status)) {
            dropPrimary();
            if (draft.repeated) {
                fail(draft, input.answer);
            } else {
                draft.repeated = true;
                m_session.queue.prepend(draft);
            }
        } else {
            fail(draft, input.answer);
        }
        pump();
    }

    void operator()(const ImInfoAnswered &input)
    {
        // A message under way finds out by itself, and must not be sent twice.
        const auto *open = phase<ImEstablished>();
        if (open && open->dialog == input.dialog && !m_session.inFlight
            && (input.status == 481 || input.status == 408)) {
            dropPrimary();
            pump();
        }
    }

    void operator()(const ImByeAnswered &)
    {
        if (phase<ImClosing>()) {
            effect(ImStopTimer { ImTimer::Bye });
            m_session.phase = ImIdle {};
            pump();
        }
    }

    void operator()(const ImTimedOut &input)
    {
        switch (input.timer) {
        case ImTimer::Invite:
            inviteTimedOut();
            break;
        case ImTimer::Message:
            messageTimedOut();
            break;
        case ImTimer::Accept:
            if (phase<ImRinging>()) {
                acceptRinging();
            }
            break;
        case ImTimer::Bye:
            if (phase<ImClosing>()) {
                m_session.phase = ImIdle {};
            }
            break;
        case ImTimer::TypingPause:
            if (auto *open = phase<ImEstablished>()) {
                open->typingPaused = false;
            }
            break;
        case ImTimer::PeerTyping:
            showTyping(false);
            break;
        }
        pump();
    }

    void operator()(const ImInviteReceived &input)
    {
        if (!input.isImSession) {
            effect(ImAnswer { input.transaction, 488 });
            return;
        }
        if (auto *ringing = phase<ImRinging>()) {
            if (ringing->dialog.callId == input.dialog.callId) {
                ringing->transaction = input.transaction;
                ringing->dialog = input.dialog;
                return; // sent again; it rings already
            }
            acceptRinging(); // somebody who invites twice waits for an answer
        }
        if (m_session.delayAccept && (phase<ImIdle>() || phase<ImClosing>())
            && m_session.queue.isEmpty()) {
            effect(ImStopTimer { ImTimer::Bye });
            m_session.phase
                = ImRinging { .dialog = input.dialog, .transaction = input.transaction };
            effect(ImAnswer { input.transaction, 180 });
            effect(ImStartTimer { ImTimer::Accept, kImAcceptDelay });
            phase<ImRinging>()->shown = showFirst(input);
            return;
        }
        // The text is shown before the 200 promises that it was.
        const bool shown = showFirst(input);
        effect(ImAnswer { input.transaction, 200, shown });
        adopt(input.dialog);
        pump();
    }

    void operator()(const ImMessageReceived &input)
    {
        // An unknown dialog is no reason to lose what somebody wrote.
        effect(ImAnswer { input.message.transaction, show(input.message) });
    }

    void operator()(const ImTypingReceived &input)
    {
        effect(ImAnswer { input.transaction, 200 });
        if (input.active) {
            effect(ImStartTimer { ImTimer::PeerTyping, input.lifetime });
        } else if (m_session.peerTyping) {
            effect(ImStopTimer { ImTimer::PeerTyping });
        }
        showTyping(input.active);
    }

    void operator()(const ImByeReceived &input)
    {
        if (const auto *ringing = phase<ImRinging>();
            ringing && ringing->dialog.callId == input.dialog.callId) {
            effect(ImAnswer { input.transaction, 200 });
            stopRinging(487);
            return;
        }
        auto *open = phase<ImEstablished>();
        if (!open || !isKnown(input.dialog)) {
            // Crossed with our own BYE, or of a session that is long gone.
            effect(ImAnswer { input.transaction, phase<ImClosing>() ? 200 : 481 });
            return;
        }
        effect(ImAnswer { input.transaction, 200 });
        if (open->dialog == input.dialog) {
            dropPrimary(); // a message under way keeps waiting for its own answer
        } else {
            open->others.removeAll(input.dialog);
        }
        clearTyping();
        pump();
    }

    void operator()(const ImCancelReceived &input)
    {
        const auto *ringing = phase<ImRinging>();
        if (ringing && ringing->dialog.callId == input.dialog.callId) {
            effect(ImAnswer { input.transaction, 200 });
            stopRinging(487); // another device took it
            return;
        }
        // RFC 3261 9.2: too late for a session that was accepted.
        effect(ImAnswer { input.transaction, hasCall(input.dialog.callId) ? 200 : 481 });
    }

    void operator()(const ImTypingRequested &input)
    {
        auto *open = phase<ImEstablished>();
        if (!open) {
            return; // before a session there is nobody to tell
        }
        if (input.active && !open->typingPaused) {
            open->typingPaused = true;
            open->typingAnnounced = true;
            effect(ImSendTyping { open->dialog, true });
            effect(ImStartTimer { ImTimer::TypingPause, kImTypingPause });
        } else if (!input.active && open->typingAnnounced) {
            open->typingAnnounced = false;
            open->typingPaused = false;
            effect(ImStopTimer { ImTimer::TypingPause });
            effect(ImSendTyping { open->dialog, false });
        }
    }

    void operator()(const ImUserPresent &)
    {
        if (phase<ImRinging>()) {
            acceptRinging();
        }
    }

    void operator()(const ImCloseRequested &)
    {
        if (auto *inviting = phase<ImInviting>()) {
            inviting->closeWhenDone = true; // what was typed still goes out
        } else if (phase<ImRinging>()) {
            stopRinging(480); // leaves it to the other devices
        } else if (auto *open = phase<ImEstablished>()) {
            open->closeWhenDone = true;
            pump();
        }
    }

    void operator()(const ImConnectionLost &)
    {
        for (const ImTimer timer : { ImTimer::Invite, ImTimer::Message, ImTimer::Accept,
                 ImTimer::Bye, ImTimer::TypingPause }) {
            effect(ImStopTimer { timer });
        }
        const SipFailure lost { .status = kConnectionLost };
        if (m_session.inFlight) {
            fail(*m_session.inFlight, lost);
            m_session.inFlight.reset();
        }
        failEverything(lost);
        clearTyping();
        m_session.phase = ImIdle {};
    }

private:
    template <class T> T *phase() { return std::get_if<T>(&m_session.phase); }
    void effect(ImEffect what) { m_effects.append(std::move(what)); }

    void fail(const ImDraft &draft, const SipFailure &failure)
    {
        effect(ImFailed { draft.localId, deliveryError(failure, m_session.peerName) });
    }

    /// All that waits for a session which does not come about.
    void failEverything(const SipFailure &failure)
    {
        if (auto *inviting = phase<ImInviting>(); inviting && inviting->carried) {
            fail(*inviting->carried, failure);
            inviting->carried.reset();
        } else if (auto *open = phase<ImEstablished>();
            open && open->ownInvite && open->ownInvite->carried) {
            fail(*open->ownInvite->carried, failure);
            open->ownInvite.reset();
        }
        const QList<ImDraft> waiting = std::exchange(m_session.queue, {});
        for (const ImDraft &draft : waiting) {
            fail(draft, failure);
        }
    }

    /// The first message of an INVITE that was answered: delivered with it, or still to be sent.
    void settleCarried(const ImInviting &done, bool delivered)
    {
        effect(ImStopTimer { ImTimer::Invite });
        if (!done.carried) {
            return;
        }
        if (delivered) {
            effect(ImDelivered { done.carried->localId });
        } else {
            m_session.queue.prepend(*done.carried);
        }
    }

    /// Sends what can be sent now: one message at a time, so that they arrive in order.
    void pump()
    {
        if (phase<ImIdle>() && !m_session.inFlight && !m_session.queue.isEmpty()) {
            const ImDraft first = m_session.queue.takeFirst();
            m_session.phase = ImInviting { .invite = ++m_session.inviteCount, .carried = first };
            effect(ImSendInvite { m_session.inviteCount, first });
            effect(ImStartTimer { ImTimer::Invite, kImAnswerTimeout });
            return;
        }
        auto *open = phase<ImEstablished>();
        if (!open) {
            return;
        }
        while (!m_session.inFlight && !m_session.queue.isEmpty()) {
            const ImDraft draft = m_session.queue.takeFirst();
            effect(ImSendMessage { open->dialog, draft });
            if (std::exchange(open->typingPaused, false)) {
                effect(ImStopTimer { ImTimer::TypingPause });
            }
            open->typingAnnounced = false; // the message itself says that writing is over
            if (m_session.peerNeverAnswers) {
                effect(ImDelivered { draft.localId });
                continue;
            }
            m_session.inFlight = draft;
            m_session.heardSinceSend = false;
            effect(ImStartTimer { ImTimer::Message, kImAnswerTimeout });
        }
        if (open->closeWhenDone && !m_session.inFlight && !open->ownInvite) {
            effect(ImSendBye { open->dialog });
            for (const ImDialogId &other : std::as_const(open->others)) {
                effect(ImSendBye { other });
            }
            clearTyping();
            m_session.phase = ImClosing {};
            effect(ImStartTimer { ImTimer::Bye, kImByeTimeout });
        }
    }

    /// The dialog we send in is gone: go on in another one, or begin anew.
    void dropPrimary()
    {
        auto *open = phase<ImEstablished>();
        if (!open) {
            return;
        }
        open->typingAnnounced = false;
        if (std::exchange(open->typingPaused, false)) {
            effect(ImStopTimer { ImTimer::TypingPause });
        }
        if (!open->others.isEmpty()) {
            open->dialog = open->others.takeLast();
        } else if (open->ownInvite) {
            ImInviting inviting = *open->ownInvite;
            inviting.closeWhenDone = open->closeWhenDone;
            m_session.phase = inviting;
        } else {
            m_session.phase = ImIdle {};
        }
    }

    /// A dialog the other side opened becomes the one to send in: it is surely alive.
    void adopt(const ImDialogId &dialog)
    {
        if (auto *open = phase<ImEstablished>()) {
            const auto sameCall
                = [&dialog](const ImDialogId &known) { return known.callId == dialog.callId; };
            open->others.removeIf(sameCall);
            if (!sameCall(open->dialog)) {
                open->others.append(open->dialog);
            }
            open->dialog = dialog;
            while (open->others.size() >= kMaximumDialogs) {
                effect(ImSendBye { open->others.takeFirst() });
            }
            return;
        }
        if (const auto *inviting = phase<ImInviting>()) {
            // Both invited at once. Refusing either could leave two clients without a session, so
            // both stand: we send in theirs and hear in both.
            const ImInviting own = *inviting;
            m_session.phase = ImEstablished {
                .dialog = dialog, .ownInvite = own, .closeWhenDone = own.closeWhenDone
            };
            return;
        }
        if (phase<ImClosing>()) {
            effect(ImStopTimer { ImTimer::Bye });
        }
        m_session.phase = ImEstablished { .dialog = dialog };
    }

    void acceptRinging()
    {
        const ImRinging ringing = *phase<ImRinging>();
        effect(ImStopTimer { ImTimer::Accept });
        effect(ImAnswer { ringing.transaction, 200, ringing.shown });
        m_session.phase = ImEstablished { .dialog = ringing.dialog };
    }

    void stopRinging(int status)
    {
        effect(ImStopTimer { ImTimer::Accept });
        effect(ImAnswer { phase<ImRinging>()->transaction, status });
        m_session.phase = ImIdle {};
    }

    bool isKnown(const ImDialogId &dialog)
    {
        const auto *open = phase<ImEstablished>();
        return open && (open->dialog == dialog || open->others.contains(dialog));
    }

    bool hasCall(const QByteArray &callId)
    {
        const auto *open = phase<ImEstablished>();
        return open
            && (open->dialog.callId == callId
                || std::ranges::contains(open->others, callId, &ImDialogId::callId));
    }

    bool showFirst(const ImInviteReceived &input)
    {
        return input.firstMessage && show(*input.firstMessage) == 200;
    }

    /// Shows a message once; the status to answer it with.
    int show(const ImIncoming &message)
    {
        if (!message.text) {
            switch (message.text.error()) {
            case ImBodyError::Unsupported:
                return 415;
            case ImBodyError::TooLarge:
                return 413;
            case ImBodyError::Malformed:
                return 400;
            }
        }
        m_session.heardSinceSend = true;
        if (!message.messageKey.isEmpty()) {
            if (m_session.seenMessages.contains(message.messageKey)) {
                return 200;
            }
            m_session.seenMessages.append(message.messageKey);
            while (m_session.seenMessages.size() > kRememberedMessages) {
                m_session.seenMessages.removeFirst();
            }
        }
        clearTyping();
        effect(ImShowMessage { *message.text, message.messageKey });
        return 200;
    }

    void showTyping(bool active)
    {
        if (m_session.peerTyping != active) {
            m_session.peerTyping = active;
            effect(ImShowTyping { active });
        }
    }

    void clearTyping()
    {
        if (m_session.peerTyping) {
            effect(ImStopTimer { ImTimer::PeerTyping });
            showTyping(false);
        }
    }

    void inviteTimedOut()
    {
        if (const auto *inviting = phase<ImInviting>()) {
            effect(ImSendCancel { inviting->invite });
            failEverything({ .status = kNoAnswer });
            m_session.phase = ImIdle {};
        } else if (auto *open = phase<ImEstablished>(); open && open->ownInvite) {
            const ImInviting own = std::move(*open->ownInvite);
            open->ownInvite.reset();
            effect(ImSendCancel { own.invite });
            settleCarried(own, false);
        }
    }

    void messageTimedOut()
    {
        if (!m_session.inFlight) {
            return;
        }
        const ImDraft draft = std::move(*m_session.inFlight);
        m_session.inFlight.reset();
        if (m_session.heardSinceSend) {
            m_session.peerNeverAnswers = true;
            effect(ImDelivered { draft.localId });
        } else {
            fail(draft, { .status = kNoAnswer });
        }
    }

    ImSession m_session;
    QList<ImEffect> m_effects;
};

} // namespace

ImStep step(ImSession session, const ImInput &input)
{
    Stepper stepper(std::move(session));
    std::visit(stepper, input);
    return stepper.finish();
}

} // namespace linchpin::sip
