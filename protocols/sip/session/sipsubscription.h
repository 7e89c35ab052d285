// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/session/siplink.h"
#include "protocols/sip/transaction/dialog.h"

#include <functional>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// One SUBSCRIBE and what follows from it: refreshing, notifications in either form, the end.
/// [MS-SIP] 3.5 (BENOTIFY), [MS-SIPRE] (piggy-backed first notification, autoextend).
class SipSubscription {
public:
    struct Options {
        QByteArray event;
        QByteArray accept;
        QByteArray target; ///< Request-URI and To; empty = ourselves
        QByteArray bodyType;
        QByteArray body;
        QList<SipHeader> headers; ///< Require, further Supported
        bool oneShot = false; ///< Expires: 0, for provisioning
    };
    struct Notification {
        QByteArray contentType;
        QByteArray body;
        bool first = false; ///< of a new subscription: the whole state
    };
    using NotificationHandler = std::function<void(const Notification &)>;
    /// Refused, or ended by the server; the status is 0 when the server ended it.
    using EndHandler = std::function<void(int status)>;

    SipSubscription(SipLink &link, Options options, NotificationHandler notified, EndHandler ended);

    void start();
    /// Tells the server that nothing more is wanted; nothing is reported afterwards.
    void stop();
    /// Whether a NOTIFY or BENOTIFY belongs here.
    bool owns(const SipMessage &request) const;
    /// A NOTIFY has been answered already.
    void receive(const SipMessage &request);
    const Options &options() const { return m_options; }
    /// Nothing comes any more: refused, or a one-shot question that was answered.
    bool isOver() const { return m_over || (m_options.oneShot && !m_first); }

private:
    void subscribe();
    void answered(const SipReply &reply);
    void notify(const SipMessage &message);
    void schedule(std::chrono::seconds lifetime);

    SipLink &m_link;
    Options m_options;
    NotificationHandler m_notified;
    EndHandler m_ended;
    Dialog m_dialog;
    bool m_first = true;
    bool m_over = false;
    bool m_restarted = false; ///< after 481: once
    std::chrono::seconds m_lifetime { 0 };
    std::unique_ptr<Timer> m_refresh;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
