// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/state/isupport.h"
#include "protocols/irc/wire/ircserializer.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>

namespace linchpin::irc {

/// Somebody in a channel.
struct ChannelMember {
    QString nick = {};
    QByteArray signs = {}; ///< Rank signs, highest first ("@+").
    QString user = {};
    QString host = {};
    QString account = {}; ///< Services account, empty when unknown or none.
    QString realName = {};
    bool away = false;

    friend bool operator==(const ChannelMember &, const ChannelMember &) = default;
};

/// One change of a MODE line.
struct ModeChange {
    bool set = true;
    char mode = '\0';
    QString param; ///< Empty when the mode has none.
    ModeKind kind = ModeKind::Never;

    friend bool operator==(const ModeChange &, const ModeChange &) = default;
};

/// Takes "+ov-k alice bob key" apart by what the server's ISUPPORT says of each letter (RFC 2811
/// 4).
QList<ModeChange> parseModes(
    const QString &letters, const QStringList &params, const ISupport &isupport);

/**
 * What we know of one channel we are in: topic, modes, members with their ranks.
 *
 * Pure: the session decodes the wire and calls. Names are compared by the server's CASEMAPPING; a
 * server may not make it grow past kMostMembers.
 */
class ChannelState {
public:
    static constexpr qsizetype kMostMembers = 100'000;

    ChannelState() = default;
    ChannelState(QString name, CaseMapping mapping)
        : m_name(std::move(name))
        , m_mapping(mapping)
    {
    }

    const QString &name() const { return m_name; }
    const QString &topic() const { return m_topic; }
    const QString &topicBy() const { return m_topicBy; }
    QDateTime topicAt() const { return m_topicAt; }
    void setTopic(const QString &topic) { m_topic = topic; }
    void setTopicOrigin(const QString &by, const QDateTime &at);

    const ChannelMember *member(QStringView nick) const;
    QList<ChannelMember> members() const { return m_members.values(); }
    qsizetype memberCount() const { return m_members.size(); }
    bool hasMember(QStringView nick) const { return member(nick) != nullptr; }

    /// Adds or replaces; false when the channel is full.
    bool join(const ChannelMember &member);
    bool part(QStringView nick);
    bool rename(QStringView from, const QString &to);
    /// Calls @p change on the member, if there is one, and says so.
    template <class Change> bool update(QStringView nick, Change change)
    {
        const auto found = m_members.find(fold(nick, m_mapping));
        if (found == m_members.end()) {
            return false;
        }
        change(*found);
        return true;
    }

    /// One word of RPL_NAMREPLY: signs, nick and, with userhost-in-names, !user@host. The list
    /// replaces the members when endOfNames() comes.
    void addName(const QString &word, const ISupport &isupport);
    /// Whether a list was being gathered.
    bool endOfNames();

    void apply(const ModeChange &change, const ISupport &isupport);
    bool hasMode(char mode) const { return m_modes.contains(mode); }
    /// "+klnt secret 30": as a user would type it; the key only for who asks for it.
    QString modeText(bool withKey) const;
    QString key() const { return m_modes.value('k'); }

private:
    QString m_name;
    CaseMapping m_mapping = CaseMapping::Rfc1459;
    QString m_topic;
    QString m_topicBy;
    QDateTime m_topicAt;
    QHash<QString, ChannelMember> m_members; ///< By folded nick.
    std::optional<QHash<QString, ChannelMember>> m_gathered;
    QMap<char, QString> m_modes; ///< Without lists and ranks.
};

} // namespace linchpin::irc
