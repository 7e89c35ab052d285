// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace linchpin::irc {

/// A server that wants to be reached over TLS only, until then (IRCv3 sts).
struct StsRule {
    QString host; ///< Small letters.
    quint16 port = 0; ///< Where TLS is from the first byte.
    QDateTime until; ///< UTC.
    friend bool operator==(const StsRule &, const StsRule &) = default;
};

/**
 * The sts policies of one account, as kept with its state. Pure.
 *
 * Only a policy that came over TLS is believed for longer than the connection; whoever sits on the
 * way could write one into clear text.
 */
class StsPolicies {
public:
    static constexpr qsizetype kMost = 16;

    /// What cannot be read is left out.
    static StsPolicies fromState(const QByteArray &state);
    QByteArray toState() const;
    static QString stateKey();

    std::optional<StsRule> find(const QString &host, const QDateTime &now) const;
    /// For @p seconds from @p now; 0 takes the policy back. More than ten years are ten years.
    void set(const QString &host, quint16 port, qint64 seconds, const QDateTime &now);
    const QList<StsRule> &all() const { return m_rules; }

    friend bool operator==(const StsPolicies &, const StsPolicies &) = default;

private:
    QList<StsRule> m_rules; ///< The oldest first.
};

} // namespace linchpin::irc
