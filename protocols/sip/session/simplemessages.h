// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/message.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/simple/composing.h"
#include "protocols/sip/simple/cpim.h"
#include "protocols/sip/simple/seenmessages.h"

#include <QQueue>

#include <functional>
#include <map>
#include <memory>

namespace linchpin::sip {

/// Messages in page mode, RFC 3428: each a MESSAGE of its own outside any dialog. Typing (RFC
/// 3994), the wrapper of RFC 3862 and reports of RFC 5438 where others use them. Lives from sign-in
/// to sign-out.
class SimpleMessages {
public:
    /// @p isBlocked: whose messages are refused.
    SimpleMessages(SipLink &link, std::function<bool(const QString &)> isBlocked);
    ~SimpleMessages();

    Async<SentMessage> send(const OutgoingMessage &message);
    void setTyping(const QString &to, bool composing);
    /// A MESSAGE; always answered.
    void receive(const SipMessage &request);

private:
    struct Pending {
        OutgoingMessage message;
        Answer<SentMessage> answer;
    };
    struct Peer {
        QQueue<Pending> queue; ///< one is out at a time, so that they arrive in order
        bool sending = false;
        ComposingSender ownTyping;
        std::unique_ptr<Timer> repeatTyping;
        std::unique_ptr<Timer> theirTyping; ///< until it is over by itself
    };

    SipMessage newMessage(const QString &to) const;
    void sendNext(const QString &to);
    void answered(const QString &to, const SipReply &reply);
    void sendTyping(const QString &to, bool composing);
    void showTyping(const QString &from, const ComposingNotice &notice);
    void show(const SipMessage &request, const QByteArray &key, const QString &from,
        const CpimMessage &content);
    void report(const QString &to, const CpimMessage &message);
    void answer(const SipMessage &request, int status, const QByteArray &reason);

    SipLink &m_link;
    std::function<bool(const QString &)> m_isBlocked;
    std::map<QString, Peer> m_peers; ///< by address
    SeenMessages m_seen;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
