// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/conference/conferenceroster.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

void ConferenceRoster::clear()
{
    m_nicks.clear();
    m_members.clear();
    m_told = false;
    m_subject.clear();
    m_locked = false;
    m_link.clear();
}

QString ConferenceRoster::freeNick(const QString &address, const QString &name) const
{
    const QString wanted = name.isEmpty() ? address : name;
    const auto taken = [this, &address](const QString &nick) {
        return std::ranges::any_of(m_nicks.asKeyValueRange(), [&](const auto &entry) {
            return entry.first != address && entry.second.compare(nick, Qt::CaseInsensitive) == 0;
        });
    };
    return taken(wanted) ? u"%1 (%2)"_s.arg(wanted, address) : wanted;
}

QString ConferenceRoster::nickOf(const QString &address) const
{
    return m_nicks.value(address, address);
}

QString ConferenceRoster::addressOf(const QString &nick) const
{
    return m_nicks.key(nick);
}

RoomChange ConferenceRoster::update(const ConferenceState &state, const QString &room)
{
    RoomChange change;
    change.room = { room };
    QMap<QString, RoomMember> now;
    for (const auto &[address, user] : state.users.asKeyValueRange()) {
        const bool waiting = user.isWaiting();
        if (!waiting && !user.isConnected()) {
            continue; // invited, or on the way out
        }
        RoomMember member;
        member.address = address;
        member.rank = user.presenter ? RoomRank::Operator : RoomRank::None;
        member.self = address == m_self;
        member.waiting = waiting;
        member.muted = user.muted();
        now.insert(address, member);
    }
    m_nicks.removeIf([&now](const auto &entry) { return !now.contains(entry.key()); });
    for (const auto &[address, member] : now.asKeyValueRange()) {
        const QString before = m_nicks.value(address);
        const QString name = state.users.value(address).name;
        QString &nick = m_nicks[address];
        // A late display name replaces the bare address, nothing else does.
        if (before.isEmpty() || (before == address && !name.isEmpty())) {
            nick = freeNick(address, name);
        }
        member.nick = nick;
        const auto known = m_members.constFind(address);
        if (!m_told || member.self) {
            continue;
        }
        if (known == m_members.constEnd() || (known->waiting && !member.waiting)) {
            if (!member.waiting) {
                change.movements.append({ .kind = RoomMovement::Kind::Joined, .nick = nick });
            }
        } else if (known->nick != nick) {
            change.movements.append(
                { .kind = RoomMovement::Kind::Renamed, .nick = known->nick, .newNick = nick });
        }
    }
    for (const auto &[address, member] : m_members.asKeyValueRange()) {
        if (m_told && !now.contains(address) && !member.self && !member.waiting) {
            change.movements.append({ .kind = RoomMovement::Kind::Left, .nick = member.nick });
        }
    }
    if (!m_told || now != m_members) {
        change.members = now.values();
    }
    if (state.subject != m_subject || (!m_told && !state.subject.isEmpty())) {
        change.topic = RoomTopic { .text = state.subject };
        change.name = state.subject;
    }
    if (!m_told || state.isLocked() != m_locked) {
        change.locked = state.isLocked();
    }
    if (state.link != m_link) {
        change.link = state.link;
    }
    m_members = now;
    m_subject = state.subject;
    m_locked = state.isLocked();
    m_link = state.link;
    m_told = true;
    return change;
}

} // namespace linchpin::sip
