// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/session/simplemessages.h"
#include "protocols/sip/session/simplepresence.h"
#include "protocols/sip/session/simpleroster.h"

namespace linchpin::sip {

/// All that a session does at a server that knows nothing of Microsoft's extensions: SIP/SIMPLE.
/// Made when that is found out; lives as long as the session.
class SimpleParts : private TypingFacet {
public:
    explicit SimpleParts(SipLink &link);
    ~SimpleParts() override;

    /// Signed in, or known to the server again after it had lost us.
    void start(const Presence &initial);
    /// Signing out: what the server keeps for us is taken back. Calls back when that is done, or
    /// has taken too long; perhaps before this returns.
    void close(std::function<void()> closed);
    void stop();
    bool isRunning() const { return m_presence != nullptr; }

    Async<SentMessage> send(const OutgoingMessage &message);
    Async<void> setPresence(const Presence &presence);
    /// Any request from the server; answered here.
    void receive(const SipMessage &request);

    RosterFacet *roster() { return &m_roster; }
    TypingFacet *typing() { return this; }

private:
    void setTyping(const QString &to, ConversationKind conversation, bool composing) override;
    void answer(const SipMessage &request, int status, const QByteArray &reason);

    SipLink &m_link;
    SimpleRoster m_roster;
    std::unique_ptr<SimplePresence> m_presence;
    std::unique_ptr<SimpleMessages> m_messages;
};

} // namespace linchpin::sip
