// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/conversation.h"

#include "core/history/messagerow.h"

#include <algorithm>

namespace linchpin {

namespace {

/// The order of a member list: the highest rank first, then nicks without regard to case.
bool stands(const RoomMember &a, const RoomMember &b)
{
    if (a.rank != b.rank) {
        return a.rank > b.rank;
    }
    const int order = a.nick.compare(b.nick, Qt::CaseInsensitive);
    return order != 0 ? order < 0 : a.nick < b.nick;
}

} // namespace

Conversation::Conversation(ConversationSummary summary, QObject *parent)
    : QObject(parent)
    , m_summary(std::move(summary))
{
}

Conversation::~Conversation() = default;

QString Conversation::ownNick() const
{
    const auto own = std::ranges::find(m_members, true, &RoomMember::self);
    return m_joined && own != m_members.end() ? own->nick : QString();
}

QStringList Conversation::typing() const
{
    QStringList who(m_typing.begin(), m_typing.end());
    who.sort(Qt::CaseInsensitive);
    return who;
}

bool Conversation::removeMember(const QString &nick)
{
    const auto found = std::ranges::find(m_members, nick, &RoomMember::nick);
    if (found == m_members.end()) {
        return false;
    }
    m_members.erase(found);
    return true;
}

void Conversation::insertMember(const RoomMember &member)
{
    m_members.insert(std::ranges::upper_bound(m_members, member, stands), member);
}

void Conversation::applyRoom(const RoomChange &change)
{
    bool membersDiffer = false;
    if (change.members) {
        QList<RoomMember> next = *change.members;
        std::ranges::sort(next, stands);
        membersDiffer = next != m_members;
        m_members = std::move(next);
    }
    for (const RoomMember &member : change.upserted) {
        removeMember(member.nick);
        insertMember(member);
        membersDiffer = true;
    }
    for (const QString &nick : change.removed) {
        membersDiffer = removeMember(nick) || membersDiffer;
        setTyping(nick, false);
    }
    bool joinedDiffers = false;
    if (change.joined) {
        joinedDiffers = m_joined != *change.joined || m_whyLeft != change.why;
        m_joined = *change.joined;
        m_whyLeft = m_joined ? std::nullopt : change.why;
        if (!m_joined) {
            membersDiffer = membersDiffer || !m_members.isEmpty();
            m_members.clear();
        }
    }
    const bool topicDiffers = change.topic && *change.topic != m_topic;
    if (change.topic) {
        m_topic = *change.topic;
    }
    const bool modesDiffer = (change.modes && *change.modes != m_modes)
        || (change.locked && change.locked != m_locked) || (change.link && *change.link != m_link);
    m_modes = change.modes.value_or(m_modes);
    m_locked = change.locked ? change.locked : m_locked;
    m_link = change.link.value_or(m_link);
    if (membersDiffer) {
        Q_EMIT membersChanged();
    }
    if (topicDiffers || modesDiffer) {
        Q_EMIT topicChanged();
    }
    if (joinedDiffers) {
        Q_EMIT joinedChanged();
    }
}

void Conversation::setTyping(const QString &who, bool composing)
{
    constexpr qsizetype kMost = 100;
    if (composing ? m_typing.contains(who) || m_typing.size() >= kMost : !m_typing.remove(who)) {
        return;
    }
    if (composing) {
        m_typing.insert(who);
    }
    Q_EMIT typingChanged();
}

void Conversation::setOffline()
{
    if (!m_typing.isEmpty()) {
        m_typing.clear();
        Q_EMIT typingChanged();
    }
    if (m_joined) {
        RoomChange change;
        change.joined = false;
        applyRoom(change);
    }
}

void Conversation::setSummary(const ConversationSummary &summary)
{
    if (summary != m_summary) {
        m_summary = summary;
        Q_EMIT summaryChanged();
    }
}

void Conversation::noteStored(const StoredMessage &message, int unread, int mentions)
{
    ConversationSummary next = m_summary;
    next.unread = unread;
    next.mentions = mentions;
    if (message.kind != MessageKind::System) {
        if (!next.lastAt.isValid() || message.sentAt >= next.lastAt) {
            next.lastAt = message.sentAt;
            next.lastExcerpt = excerptOf(message.body.plain());
            next.lastDirection = message.direction;
        }
        if (message.direction == Direction::Out
            && (next.readUpTo.id.isNull() || next.readUpTo.sentAt < message.sentAt)) {
            next.readUpTo = placeOf(message); // who answers has read, as the history has it
        }
    }
    setSummary(next);
}

} // namespace linchpin
