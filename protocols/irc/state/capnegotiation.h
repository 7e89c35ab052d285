// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/wire/ircserializer.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>

#include <optional>

namespace linchpin::irc {

/// What an `sts` capability asks of clients (IRCv3 sts).
struct StsPolicy {
    std::optional<quint16> port; ///< Over plain text: where TLS is.
    std::optional<qint64> seconds; ///< Over TLS: how long to insist on it.
};

/**
 * IRCv3 capability negotiation, version 302, with cap-notify.
 *
 * The first round lasts until isSettled(): everything wanted and offered was acknowledged or
 * refused. Who owns it sends `CAP END` itself, because SASL comes between.
 */
class CapNegotiation {
public:
    /// @p wanted are requested whenever the server offers them.
    explicit CapNegotiation(const QList<QByteArray> &wanted = {})
        : m_wanted(wanted)
    {
    }

    /// The opening line.
    static IrcCommand start() { return { "CAP", { "LS", "302" } }; }

    /// Takes one CAP message and says what to answer. Other messages are ignored.
    QList<IrcCommand> handle(const IrcMessage &message);

    bool isListed() const { return m_listed; } ///< The whole LS arrived.
    bool isSettled() const { return m_listed && m_asked.isEmpty(); }
    bool isOffered(const QByteArray &cap) const { return m_offered.contains(cap); }
    bool isEnabled(const QByteArray &cap) const { return m_enabled.contains(cap); }
    /// The value behind '=', or empty.
    QByteArray value(const QByteArray &cap) const { return m_offered.value(cap); }
    QList<QByteArray> enabled() const;
    /// The server's wish for TLS, when it has one.
    std::optional<StsPolicy> sts() const;

private:
    void offer(QByteArrayView list);
    QList<IrcCommand> request();

    QList<QByteArray> m_wanted;
    QHash<QByteArray, QByteArray> m_offered;
    QSet<QByteArray> m_enabled;
    QSet<QByteArray> m_asked; ///< Requested, not answered.
    QSet<QByteArray> m_refused;
    bool m_listed = false;
};

} // namespace linchpin::irc
