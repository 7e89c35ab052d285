// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/stspolicies.h"

#include <QStringList>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::irc {

namespace {

constexpr qint64 kLongest = qint64 { 10 } * 365 * 24 * 3600;
constexpr qsizetype kLargestState = qsizetype { 16 } * 1024;

} // namespace

QString StsPolicies::stateKey()
{
    return u"sts"_s;
}

/// A line each: host, port, seconds since the epoch.
StsPolicies StsPolicies::fromState(const QByteArray &state)
{
    StsPolicies policies;
    if (state.size() > kLargestState) {
        return policies;
    }
    for (const QString &line : QString::fromUtf8(state).split(u'\n')) {
        const QStringList words = line.split(u' ');
        bool hasPort = false;
        bool hasTime = false;
        const int port = words.value(1).toInt(&hasPort);
        const qint64 until = words.value(2).toLongLong(&hasTime);
        if (words.size() == 3 && !words.constFirst().isEmpty() && hasPort && hasTime && port > 0
            && port < 65536 && policies.m_rules.size() < kMost) {
            policies.m_rules.append({ words.constFirst(), static_cast<quint16>(port),
                QDateTime::fromSecsSinceEpoch(until, QTimeZone::UTC) });
        }
    }
    return policies;
}

QByteArray StsPolicies::toState() const
{
    QStringList lines;
    for (const StsRule &rule : m_rules) {
        lines.append(
            u"%1 %2 %3"_s.arg(rule.host).arg(rule.port).arg(rule.until.toSecsSinceEpoch()));
    }
    return lines.join(u'\n').toUtf8();
}

std::optional<StsRule> StsPolicies::find(const QString &host, const QDateTime &now) const
{
    const auto found = std::ranges::find_if(m_rules, [&](const StsRule &rule) {
        return rule.host.compare(host, Qt::CaseInsensitive) == 0 && rule.until > now;
    });
    return found == m_rules.end() ? std::nullopt : std::optional(*found);
}

void StsPolicies::set(const QString &host, quint16 port, qint64 seconds, const QDateTime &now)
{
    const QString name = host.toLower();
    m_rules.removeIf([&](const StsRule &rule) { return rule.host == name || rule.until <= now; });
    if (seconds <= 0 || port == 0 || name.isEmpty() || name.contains(u' ')) {
        return;
    }
    m_rules.append({ name, port, now.addSecs(std::min(seconds, kLongest)) });
    if (m_rules.size() > kMost) {
        m_rules.removeFirst();
    }
}

} // namespace linchpin::irc
