// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/channelstate.h"

#include "protocols/irc/state/hostmask.h"

#include <algorithm>

namespace linchpin::irc {

using namespace Qt::StringLiterals;

QList<ModeChange> parseModes(
    const QString &letters, const QStringList &params, const ISupport &isupport)
{
    QList<ModeChange> changes;
    bool set = true;
    qsizetype nextParam = 0;
    const auto take = [&] { return nextParam < params.size() ? params[nextParam++] : QString(); };
    for (const QChar letter : letters) {
        if (letter == u'+' || letter == u'-') {
            set = letter == u'+';
            continue;
        }
        if (letter.unicode() >= 0x80) {
            continue;
        }
        ModeChange change { set, char(letter.unicode()), {},
            isupport.modeKind(char(letter.unicode())) };
        switch (change.kind) {
        case ModeKind::List:
        case ModeKind::Always:
        case ModeKind::Prefix:
            change.param = take();
            break;
        case ModeKind::WhenSet:
            if (set) {
                change.param = take();
            }
            break;
        case ModeKind::Never:
            break;
        }
        changes.append(change);
    }
    return changes;
}

void ChannelState::setTopicOrigin(const QString &by, const QDateTime &at)
{
    m_topicBy = by;
    m_topicAt = at;
}

const ChannelMember *ChannelState::member(QStringView nick) const
{
    const auto found = m_members.constFind(fold(nick, m_mapping));
    return found == m_members.cend() ? nullptr : &*found;
}

bool ChannelState::join(const ChannelMember &member)
{
    const QString key = fold(member.nick, m_mapping);
    if (m_members.size() >= kMostMembers && !m_members.contains(key)) {
        return false;
    }
    m_members.insert(key, member);
    if (m_gathered && m_gathered->size() < kMostMembers) {
        m_gathered->insert(key, member); // joined between two lines of the list
    }
    return true;
}

bool ChannelState::part(QStringView nick)
{
    const QString key = fold(nick, m_mapping);
    if (m_gathered) {
        m_gathered->remove(key);
    }
    return m_members.remove(key);
}

bool ChannelState::rename(QStringView from, const QString &to)
{
    const auto move = [&](QHash<QString, ChannelMember> &members) {
        const auto found = members.find(fold(from, m_mapping));
        if (found == members.end()) {
            return false;
        }
        ChannelMember member = *found;
        members.erase(found);
        member.nick = to;
        members.insert(fold(to, m_mapping), member);
        return true;
    };
    if (m_gathered) {
        move(*m_gathered);
    }
    return move(m_members);
}

void ChannelState::addName(const QString &word, const ISupport &isupport)
{
    if (!m_gathered) {
        m_gathered.emplace();
    }
    qsizetype at = 0;
    ChannelMember member;
    while (at < word.size() && isupport.isSign(word[at].unicode())) {
        member.signs += char(word[at++].unicode());
    }
    const QString rest = word.sliced(at);
    const qsizetype bang = rest.indexOf(u'!');
    const qsizetype host = rest.indexOf(u'@', std::max<qsizetype>(bang, 0));
    member.nick = bang >= 0 ? rest.first(bang) : rest;
    if (bang >= 0 && host > bang) {
        member.user = rest.sliced(bang + 1, host - bang - 1);
        member.host = rest.sliced(host + 1);
    }
    if (member.nick.isEmpty() || m_gathered->size() >= kMostMembers) {
        return;
    }
    // What NAMES does not say but we know already stays.
    if (const ChannelMember *known = this->member(member.nick)) {
        member.user = member.user.isEmpty() ? known->user : member.user;
        member.host = member.host.isEmpty() ? known->host : member.host;
        member.account = known->account;
        member.realName = known->realName;
        member.away = known->away;
    }
    m_gathered->insert(fold(member.nick, m_mapping), member);
}

bool ChannelState::endOfNames()
{
    if (!m_gathered) {
        return false;
    }
    m_members = std::move(*m_gathered);
    m_gathered.reset();
    return true;
}

void ChannelState::apply(const ModeChange &change, const ISupport &isupport)
{
    switch (change.kind) {
    case ModeKind::List:
        return;
    case ModeKind::Prefix: {
        const char sign = isupport.signForMode(change.mode);
        if (sign == '\0') {
            return;
        }
        const auto update = [&](ChannelMember &member) {
            member.signs.replace(QByteArray(1, sign), "");
            if (change.set) {
                member.signs += sign;
            }
            std::ranges::sort(
                member.signs, {}, [&](char c) { return isupport.prefixSigns().indexOf(c); });
        };
        this->update(change.param, update);
        if (m_gathered) {
            const auto found = m_gathered->find(fold(change.param, m_mapping));
            if (found != m_gathered->end()) {
                update(*found);
            }
        }
        return;
    }
    case ModeKind::Always:
    case ModeKind::WhenSet:
    case ModeKind::Never:
        if (change.set) {
            m_modes.insert(change.mode, change.param);
        } else {
            m_modes.remove(change.mode);
        }
        return;
    }
}

QString ChannelState::modeText(bool withKey) const
{
    QString letters = u"+"_s;
    QString params;
    for (auto mode = m_modes.cbegin(); mode != m_modes.cend(); ++mode) {
        letters += QLatin1Char(mode.key());
        if (!mode->isEmpty()) {
            params += u' ' + (mode.key() == 'k' && !withKey ? u"*"_s : *mode);
        }
    }
    return letters.size() == 1 ? QString() : letters + params;
}

} // namespace linchpin::irc
