// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The half of SimServer that begins when everybody is signed in: channels, text, presence.

#include "protocols/irc/simulator/simserver.h"
#include "protocols/irc/state/channelstate.h"

#include <QDateTime>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::irc::sim {

namespace {
constexpr auto kName = "irc.sim.test";
}

SimServer::Channel *SimServer::channel(const QByteArray &name)
{
    const auto found = m_channels.find(key(name));
    return found == m_channels.end() ? nullptr : &*found;
}

const SimServer::Channel *SimServer::channel(const QByteArray &name) const
{
    const auto found = m_channels.constFind(key(name));
    return found == m_channels.cend() ? nullptr : &*found;
}

qsizetype SimServer::indexOf(const Channel &channel, const User *user)
{
    const auto found = std::ranges::find_if(
        channel.members, [&](const auto &member) { return member.first.get() == user; });
    return found == channel.members.cend() ? -1 : found - channel.members.cbegin();
}

void SimServer::toChannel(const Channel &channel, const IrcCommand &command, const User *except)
{
    for (const auto &[member, sign] : QList(channel.members)) {
        if (member.get() != except) {
            send(member, command);
        }
    }
}

void SimServer::toNeighbours(const UserPtr &user, const IrcCommand &command, const QByteArray &cap)
{
    QSet<User *> told { user.get() };
    for (const Channel &channel : std::as_const(m_channels)) {
        if (indexOf(channel, user.get()) < 0) {
            continue;
        }
        for (const auto &[member, sign] : channel.members) {
            if (!told.contains(member.get()) && (cap.isEmpty() || member->caps.contains(cap))) {
                told.insert(member.get());
                send(member, command);
            }
        }
    }
}

void SimServer::tellMonitors(const UserPtr &user, bool online)
{
    for (const UserPtr &watcher : std::as_const(m_users)) {
        if (watcher->monitored.contains(key(user->nick))) {
            reply(watcher, online ? "730" : "731", { online ? user->mask() : user->nick });
        }
    }
}

void SimServer::handleText(const UserPtr &user, const IrcMessage &message)
{
    QList<IrcTag> clientTags;
    for (const IrcTag &tag : message.tags()) {
        if (tag.key.startsWith('+')) {
            clientTags.append(tag);
        }
    }
    deliver(user, message.verb.toByteArray().toUpper(), message.param(0).toByteArray(),
        message.param(1).toByteArray(), clientTags);
}

void SimServer::deliver(const UserPtr &from, const QByteArray &verb, const QByteArray &target,
    const QByteArray &text, const QList<IrcTag> &clientTags)
{
    IrcCommand command { verb, { target }, clientTags, from->mask() };
    const bool isTags = verb == "TAGMSG";
    if (!isTags) {
        command.params.append(text);
    }
    command.tags.append({ "msgid", "sim" + QByteArray::number(++m_messageCount) });
    const auto pass = [&](const UserPtr &to) {
        if (!isTags || to->caps.contains("message-tags")) {
            send(to, command);
        }
    };
    if (target.startsWith('#')) {
        const Channel *room = channel(target);
        if (!room) {
            reply(from, "403", { target, "No such channel" });
            return;
        }
        if (indexOf(*room, from.get()) < 0) {
            reply(from, "404", { target, "Cannot send to channel (no external messages)" });
            return;
        }
        for (const auto &[member, sign] : QList(room->members)) {
            if (member != from) {
                pass(member);
            }
        }
    } else {
        const UserPtr to = find(target);
        if (!to) {
            reply(from, "401", { target, "No such nick/channel" });
            return;
        }
        pass(to);
        if (!to->away.isEmpty() && verb == "PRIVMSG") {
            reply(from, "301", { to->nick, to->away });
        }
    }
    if (from->caps.contains("echo-message")) {
        pass(from);
    }
    if (!isTags && from->socket) {
        Q_EMIT said(from->nick, target, text);
    }
}

void SimServer::namesTo(const UserPtr &user, const Channel &channel)
{
    QByteArrayList names;
    for (const auto &[member, sign] : channel.members) {
        names.append(
            sign + (user->caps.contains("userhost-in-names") ? member->mask() : member->nick));
        if (names.size() == 5) { // several lines, as real servers send
            reply(user, "353", { "=", channel.name, std::exchange(names, {}).join(' ') });
        }
    }
    if (!names.isEmpty()) {
        reply(user, "353", { "=", channel.name, names.join(' ') });
    }
    reply(user, "366", { channel.name, "End of NAMES" });
}

void SimServer::handleJoin(const UserPtr &user, const QByteArray &name)
{
    if (!name.startsWith('#') || name.size() < 2 || name.contains(' ')) {
        reply(user, "403", { name.isEmpty() ? "*"_ba : name, "No such channel" });
        return;
    }
    Channel &room = m_channels[key(name)];
    if (room.name.isEmpty()) {
        room.name = name;
    }
    if (indexOf(room, user.get()) >= 0) {
        return;
    }
    if (room.modes.contains('i') && !room.invited.contains(key(user->nick))) {
        reply(user, "473", { room.name, "Cannot join channel (+i)" });
        return;
    }
    room.members.append({ user, room.members.isEmpty() ? "@"_ba : QByteArray() });
    toChannel(room, { "JOIN", { room.name }, {}, user->mask() });
    if (!room.topic.isEmpty()) {
        reply(user, "332", { room.name, room.topic });
        reply(user, "333", { room.name, room.topicBy, QByteArray::number(room.topicAt) });
    }
    namesTo(user, room);
    Q_EMIT joined(user->nick, room.name);
}

void SimServer::handlePart(const UserPtr &user, const QByteArray &name, const QByteArray &reason)
{
    Channel *room = channel(name);
    if (!room || indexOf(*room, user.get()) < 0) {
        reply(user, room ? "442" : "403", { name, "You're not on that channel" });
        return;
    }
    IrcCommand command { "PART", { room->name }, {}, user->mask() };
    if (!reason.isEmpty()) {
        command.params.append(reason);
    }
    toChannel(*room, command);
    room->members.removeAt(indexOf(*room, user.get()));
    if (room->members.isEmpty()) {
        m_channels.remove(key(name));
    }
}

void SimServer::handleTopic(const UserPtr &user, const IrcMessage &message)
{
    Channel *room = channel(message.param(0).toByteArray());
    if (!room || indexOf(*room, user.get()) < 0) {
        reply(user, "442", { message.param(0).toByteArray(), "You're not on that channel" });
        return;
    }
    if (message.params.size() < 2) {
        reply(user, room->topic.isEmpty() ? "331" : "332",
            { room->name, room->topic.isEmpty() ? "No topic is set"_ba : room->topic });
        return;
    }
    if (room->modes.contains('t') && room->members[indexOf(*room, user.get())].second != "@") {
        reply(user, "482", { room->name, "You're not channel operator" });
        return;
    }
    setTopic(user->nick, room->name, message.param(1).toByteArray());
}

void SimServer::handleKick(const UserPtr &user, const IrcMessage &message)
{
    Channel *room = channel(message.param(0).toByteArray());
    const UserPtr victim = find(message.param(1).toByteArray());
    if (!room) {
        reply(user, "403", { message.param(0).toByteArray(), "No such channel" });
        return;
    }
    const qsizetype own = indexOf(*room, user.get());
    if (own < 0 || room->members[own].second != "@") {
        reply(user, "482", { room->name, "You're not channel operator" });
        return;
    }
    if (!victim || indexOf(*room, victim.get()) < 0) {
        reply(user, "441",
            { message.param(1).toByteArray(), room->name, "They aren't on that channel" });
        return;
    }
    toChannel(*room,
        { "KICK",
            { room->name, victim->nick,
                message.param(2).isEmpty() ? user->nick : message.param(2).toByteArray() },
            {}, user->mask() });
    room->members.removeAt(indexOf(*room, victim.get()));
}

void SimServer::handleMode(const UserPtr &user, const IrcMessage &message)
{
    const QByteArray name = message.param(0).toByteArray();
    Channel *room = channel(name);
    if (!room) {
        if (!name.startsWith('#')) {
            reply(user, "221", { "+i" });
        } else {
            reply(user, "403", { name, "No such channel" });
        }
        return;
    }
    if (message.params.size() < 2) {
        QByteArray letters = "+";
        for (const char mode : room->modes) {
            letters += mode;
        }
        reply(user, "324", { room->name, letters });
        return;
    }
    const qsizetype own = indexOf(*room, user.get());
    if (own < 0 || room->members[own].second != "@") {
        reply(user, "482", { room->name, "You're not channel operator" });
        return;
    }
    QStringList params;
    IrcCommand command { "MODE", { room->name, message.param(1).toByteArray() }, {}, user->mask() };
    for (qsizetype i = 2; i < message.params.size(); ++i) {
        params.append(QString::fromUtf8(message.params[i]));
        command.params.append(message.params[i].toByteArray());
    }
    for (const ModeChange &change :
        parseModes(QString::fromUtf8(message.param(1)), params, m_isupport)) {
        if (change.kind == ModeKind::Prefix) {
            const UserPtr who = find(change.param.toUtf8());
            if (const qsizetype at = who ? indexOf(*room, who.get()) : -1; at >= 0) {
                room->members[at].second = change.set
                    ? QByteArray(1, m_isupport.signForMode(change.mode))
                    : QByteArray();
            }
        } else if (change.kind == ModeKind::Never) {
            if (change.set) {
                room->modes.insert(change.mode);
            } else {
                room->modes.remove(change.mode);
            }
        }
    }
    toChannel(*room, command);
}

void SimServer::handleWho(const UserPtr &user, const QByteArray &mask)
{
    const auto tell = [&](const QByteArray &where, const UserPtr &who, const QByteArray &sign) {
        reply(user, "352",
            { where, who->user, who->host, kName, who->nick,
                (who->away.isEmpty() ? "H" : "G") + sign, "0 " + who->realName });
    };
    if (const Channel *room = channel(mask)) {
        for (const auto &[member, sign] : room->members) {
            tell(room->name, member, sign);
        }
    } else if (const UserPtr one = find(mask)) {
        tell("*", one, {});
    } else if (mask.contains('*')) {
        for (const UserPtr &someone : std::as_const(m_users)) {
            if (key(someone->nick).contains(key(mask).replace('*', ""))) {
                tell("*", someone, {});
            }
        }
    }
    reply(user, "315", { mask, "End of WHO" });
}

void SimServer::handleWhois(const UserPtr &user, const QByteArray &nick)
{
    const UserPtr who = find(nick);
    if (!who) {
        reply(user, "401", { nick, "No such nick" });
    } else {
        reply(user, "311", { who->nick, who->user, who->host, "*", who->realName });
        QByteArrayList rooms;
        for (const Channel &room : std::as_const(m_channels)) {
            if (const qsizetype at = indexOf(room, who.get()); at >= 0) {
                rooms.append(room.members[at].second + room.name);
            }
        }
        if (!rooms.isEmpty()) {
            reply(user, "319", { who->nick, rooms.join(' ') });
        }
        if (!who->away.isEmpty()) {
            reply(user, "301", { who->nick, who->away });
        }
    }
    reply(user, "318", { nick, "End of WHOIS" });
}

void SimServer::handleMonitor(const UserPtr &user, const IrcMessage &message)
{
    const bool add = message.param(0) == "+";
    for (const QByteArray &nick : message.param(1).toByteArray().split(',')) {
        if (!add) {
            user->monitored.remove(key(nick));
            continue;
        }
        user->monitored.insert(key(nick));
        const UserPtr there = find(nick);
        reply(user, there ? "730" : "731", { there ? there->mask() : nick });
    }
}

// People of script -------------------------------------------------------------------------------

void SimServer::addPerson(const QByteArray &nick, const QByteArray &realName)
{
    const UserPtr person = std::make_shared<User>();
    person->nick = nick;
    person->user = nick.toLower();
    person->realName = realName;
    person->registered = true;
    m_users.append(person);
    tellMonitors(person, true);
}

void SimServer::join(const QByteArray &nick, const QByteArray &name)
{
    if (const UserPtr person = find(nick)) {
        handleJoin(person, name);
    }
}

void SimServer::part(const QByteArray &nick, const QByteArray &name, const QByteArray &reason)
{
    if (const UserPtr person = find(nick)) {
        handlePart(person, name, reason);
    }
}

void SimServer::say(const QByteArray &nick, const QByteArray &target, const QByteArray &text)
{
    if (const UserPtr person = find(nick)) {
        deliver(person, "PRIVMSG", target, text, {});
    }
}

void SimServer::act(const QByteArray &nick, const QByteArray &target, const QByteArray &text)
{
    say(nick, target, "\1ACTION " + text + '\1');
}

void SimServer::type(const QByteArray &nick, const QByteArray &target, bool composing)
{
    if (const UserPtr person = find(nick)) {
        deliver(person, "TAGMSG", target, {}, { { "+typing", composing ? "active" : "done" } });
    }
}

void SimServer::setTopic(const QByteArray &nick, const QByteArray &name, const QByteArray &topic)
{
    const UserPtr person = find(nick);
    Channel *room = channel(name);
    if (person && room) {
        room->topic = topic;
        room->topicBy = person->mask();
        room->topicAt = QDateTime::currentSecsSinceEpoch();
        toChannel(*room, { "TOPIC", { room->name, topic }, {}, person->mask() });
    }
}

void SimServer::setAway(const QByteArray &nick, const QByteArray &text)
{
    const UserPtr person = find(nick);
    if (!person || person->away == text) {
        return;
    }
    person->away = text;
    const IrcCommand command { "AWAY", text.isEmpty() ? QByteArrayList() : QByteArrayList { text },
        {}, person->mask() };
    toNeighbours(person, command, "away-notify");
}

bool SimServer::isIn(const QByteArray &nick, const QByteArray &name) const
{
    const UserPtr person = find(nick);
    const Channel *room = channel(name);
    return person && room && indexOf(*room, person.get()) >= 0;
}

} // namespace linchpin::irc::sim
