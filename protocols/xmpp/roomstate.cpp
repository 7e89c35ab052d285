// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/roomstate.h"

#include "protocols/xmpp/translate.h"

#include <QCoreApplication>
#include <QXmppUtils.h>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

// Status codes of XEP-0045 §15.6.
constexpr int kSelf = 110;
constexpr int kBanned = 301;
constexpr int kRenamed = 303;
constexpr int kKicked = 307;
constexpr int kAffiliationLost = 321;
constexpr int kMembersOnly = 322;
constexpr int kShutdown = 332;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::xmpp::RoomState", text);
}

Error left(const QString &code, const QString &title, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.code = code;
    error.title = title;
    error.detail = detail;
    error.fatal = true;
    return error;
}

} // namespace

void RoomState::reset()
{
    m_joined = false;
    m_members.clear();
    m_renamed.clear();
}

RoomChange RoomState::complete(const QDateTime &now) const
{
    RoomChange change;
    change.room = { m_room };
    change.joined = true;
    change.members = m_members.values();
    change.at = now;
    return change;
}

RoomChange RoomState::leave(const QXmppPresence &presence, const QDateTime &now)
{
    RoomChange change;
    change.room = { m_room };
    change.at = now;
    change.joined = false;
    change.members = QList<RoomMember> {};
    const auto codes = presence.mucStatusCodes();
    const QString reason = presence.mucItem().reason();
    if (codes.contains(kBanned)) {
        change.why = left(u"banned"_s, tr("You were banned from the room."), reason);
    } else if (codes.contains(kKicked)) {
        change.why = left(u"kicked"_s, tr("You were put out of the room."), reason);
    } else if (codes.contains(kAffiliationLost) || codes.contains(kMembersOnly)) {
        change.why = left(u"members-only"_s, tr("Only members may stay in this room."), reason);
    } else if (codes.contains(kShutdown)) {
        change.why = left(u"server-fault"_s, tr("The room's server is being shut down."), reason);
        change.why->fatal = false;
    }
    reset();
    return change;
}

std::optional<RoomChange> RoomState::apply(const QXmppPresence &presence, const QDateTime &now)
{
    const QString nick = QXmppUtils::jidToResource(presence.from());
    if (nick.isEmpty()) {
        return std::nullopt;
    }
    const auto codes = presence.mucStatusCodes();
    RoomChange change;
    change.room = { m_room };
    change.at = now;

    if (presence.type() == QXmppPresence::Unavailable) {
        const QXmppMucItem item = presence.mucItem();
        const bool self = codes.contains(kSelf) || (m_joined && nick == m_nick);
        if (codes.contains(kRenamed) && !item.nick().isEmpty()) {
            if (self) {
                m_nick = item.nick();
            }
            m_renamed.insert(item.nick(), nick);
            m_members.remove(nick);
            if (!m_joined) {
                return std::nullopt;
            }
            change.removed = { nick };
            change.movements = { { .kind = RoomMovement::Kind::Renamed,
                .nick = nick,
                .newNick = item.nick(),
                .by = {},
                .reason = {} } };
            return change;
        }
        if (self) {
            return leave(presence, now);
        }
        if (!m_members.remove(nick) || !m_joined) {
            return std::nullopt;
        }
        change.removed = { nick };
        const auto kind = codes.contains(kBanned) ? RoomMovement::Kind::Banned
            : codes.contains(kKicked)             ? RoomMovement::Kind::Kicked
                                                  : RoomMovement::Kind::Left;
        change.movements = { { .kind = kind,
            .nick = nick,
            .newNick = {},
            .by = item.actor(),
            .reason = item.reason().isEmpty() ? presence.statusText() : item.reason() } };
        return change;
    }
    if (presence.type() != QXmppPresence::Available) {
        return std::nullopt;
    }

    RoomMember member = toMember(presence);
    member.self = codes.contains(kSelf) || (m_joined && nick == m_nick);
    const bool known = m_members.contains(nick);
    const bool renamed = m_renamed.remove(nick) > 0;
    if (known && m_members.value(nick) == member) {
        return std::nullopt;
    }
    m_members.insert(nick, member);
    if (codes.contains(kSelf) && !m_joined) {
        // Our own presence ends the list of those present (§7.2.2), and names us.
        m_nick = nick;
        m_joined = true;
        return complete(now);
    }
    if (!m_joined) {
        return std::nullopt;
    }
    change.upserted = { member };
    if (!known && !renamed) {
        change.movements = { { .kind = RoomMovement::Kind::Joined,
            .nick = nick,
            .newNick = {},
            .by = {},
            .reason = {} } };
    }
    return change;
}

} // namespace linchpin::xmpp
