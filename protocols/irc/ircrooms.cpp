// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircrooms.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/state/hostmask.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

constexpr auto kAnswerLimit = 30s;
constexpr qsizetype kMostListed = 5000;
constexpr qsizetype kWhoLimit = 300; // larger channels are not asked who is away
constexpr auto kStateKey = "rooms"_L1;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::irc", text);
}

RoomRank rankOf(char mode)
{
    switch (mode) {
    case 'v':
        return RoomRank::Voice;
    case 'h':
        return RoomRank::HalfOperator;
    case 'o':
        return RoomRank::Operator;
    case 'a':
        return RoomRank::Admin;
    default:
        return RoomRank::Owner; // q, and what networks invented above it
    }
}

} // namespace

IrcRooms::IrcRooms(IrcLink &link)
    : m_link(link)
{
}

IrcRooms::~IrcRooms() = default;

// What the user asks for -----------------------------------------------------------------------

Async<void> IrcRooms::ask(
    const QByteArray &verb, const QString &channel, const QString &nick, const IrcCommand &command)
{
    if (!m_link.isOnline()) {
        return readyError<void>(makeError(u"not-online"_s));
    }
    if (!m_link.send(command)) {
        return readyError<void>(makeError(u"invalid-message"_s));
    }
    const Answer<void> answer;
    const std::shared_ptr<Timer> timer = m_link.services().timer(
        kAnswerLimit, [answer] { answer.fail(makeError(u"timed-out"_s)); });
    m_requests.append({ verb, channel, nick, answer, timer });
    return answer.future();
}

void IrcRooms::answer(const QByteArray &verb, const QString &channel, const QString &nick)
{
    for (qsizetype i = m_requests.size() - 1; i >= 0; --i) {
        const Request &request = m_requests[i];
        if (request.answer.isAnswered()) {
            m_requests.removeAt(i); // by its timer
        } else if (request.verb == verb && request.channel == channel
            && (nick.isEmpty() || request.nick == nick)) {
            const Answer<void> answer = request.answer;
            m_requests.removeAt(i);
            answer.give({});
        }
    }
}

Async<void> IrcRooms::join(const RoomAddress &room, const QString &, const QString &password)
{
    const auto name = normalizedChannel(room.value);
    if (!name) {
        return readyError<void>(name.error());
    }
    const QString folded = m_link.folded(*name);
    if (!password.isEmpty()) {
        m_keys.insert(folded, password);
    }
    if (const ChannelState *known = find(folded)) {
        Origin now;
        now.at = m_link.services().now();
        tellEverything(*known, now);
        return readyOk();
    }
    IrcCommand command { "JOIN", { m_link.encoded(*name) } };
    if (const QString key = m_keys.value(folded); !key.isEmpty()) {
        command.params.append(m_link.encoded(key));
    }
    return ask("JOIN", folded, {}, command);
}

Async<void> IrcRooms::leave(const RoomAddress &room, const QString &reason)
{
    const QString folded = m_link.folded(room.value);
    m_names.remove(folded);
    remember();
    if (!m_channels.contains(folded)) {
        return readyOk();
    }
    IrcCommand command { "PART", { m_link.encoded(room.value) } };
    if (!reason.isEmpty()) {
        command.params.append(m_link.encoded(reason));
    }
    return ask("PART", folded, {}, command);
}

Async<void> IrcRooms::invite(const RoomAddress &room, const ContactAddress &who, const QString &)
{
    const QString nick = splitAddress(who.value).nick;
    return ask("INVITE", m_link.folded(room.value), m_link.folded(nick),
        { "INVITE", { m_link.encoded(nick), m_link.encoded(room.value) } });
}

Async<void> IrcRooms::setTopic(const RoomAddress &room, const QString &topic)
{
    return ask("TOPIC", m_link.folded(room.value), {},
        { "TOPIC", { m_link.encoded(room.value), m_link.encoded(topic) } });
}

Async<void> IrcRooms::kick(const RoomAddress &room, const QString &nick, const QString &reason)
{
    IrcCommand command { "KICK", { m_link.encoded(room.value), m_link.encoded(nick) } };
    if (!reason.isEmpty()) {
        command.params.append(m_link.encoded(reason));
    }
    return ask("KICK", m_link.folded(room.value), m_link.folded(nick), command);
}

Async<QList<RoomListing>> IrcRooms::list(const QString &filter)
{
    if (!m_link.isOnline()) {
        return readyError<QList<RoomListing>>(makeError(u"not-online"_s));
    }
    m_listing.emplace();
    m_listing->filter = filter;
    IrcCommand command { "LIST" };
    // ELIST M: the server searches; elsewhere everything is sent and we choose.
    if (!filter.isEmpty() && !filter.contains(u' ')
        && m_link.isupport().value("ELIST").toUpper().contains('M')) {
        command.params.append(m_link.encoded(u'*' + filter + u'*'));
    }
    const auto future = m_listing->answer.future();
    m_link.send(command);
    return future;
}

void IrcRooms::enter(const QList<WantedChannel> &channels)
{
    QList<WantedChannel> wanted = channels;
    const auto stored = QJsonDocument::fromJson(m_link.services().state(kStateKey)).array();
    for (const auto &name : stored) {
        wanted.append({ name.toString(), {} });
    }
    for (const QString &name : std::as_const(m_names)) {
        wanted.append({ name, {} });
    }
    QSet<QString> done;
    QByteArray plain; // those without a key go together
    const auto flush = [&] {
        if (!plain.isEmpty()) {
            m_link.send({ "JOIN", { std::exchange(plain, {}) } });
        }
    };
    for (const WantedChannel &channel : std::as_const(wanted)) {
        const QString folded = m_link.folded(channel.name);
        if (!normalizedChannel(channel.name) || done.contains(folded)) {
            continue;
        }
        done.insert(folded);
        m_names.insert(folded, channel.name);
        const QString key = channel.key.isEmpty() ? m_keys.value(folded) : channel.key;
        const QByteArray name = m_link.encoded(channel.name);
        if (!key.isEmpty()) {
            m_keys.insert(folded, key);
            m_link.send({ "JOIN", { name, m_link.encoded(key) } });
            continue;
        }
        if (plain.size() + name.size() > 400) {
            flush();
        }
        plain += (plain.isEmpty() ? "" : ",") + name;
    }
    flush();
}

void IrcRooms::reset()
{
    m_channels.clear();
    m_requests.clear();
    m_listing.reset();
    m_asked.clear();
}

void IrcRooms::remember()
{
    QJsonArray names;
    for (const QString &name : std::as_const(m_names)) {
        names.append(name);
    }
    m_link.services().setState(kStateKey, QJsonDocument(names).toJson(QJsonDocument::Compact));
}

// What is told -----------------------------------------------------------------------------------

ChannelState *IrcRooms::find(QStringView name)
{
    const auto found = m_channels.find(m_link.folded(name));
    return found == m_channels.end() ? nullptr : &*found;
}

const ChannelState *IrcRooms::channel(QStringView name) const
{
    const auto found = m_channels.constFind(m_link.folded(name));
    return found == m_channels.cend() ? nullptr : &*found;
}

RoomMember IrcRooms::roomMember(const ChannelMember &member) const
{
    RoomMember shown;
    shown.nick = member.nick;
    shown.address = addressOf(member.nick);
    if (!member.signs.isEmpty()) {
        const qsizetype at = m_link.isupport().prefixSigns().indexOf(member.signs.front());
        shown.rank = at < 0 ? RoomRank::None : rankOf(m_link.isupport().prefixModes()[at]);
    }
    shown.presence.availability = member.away ? Availability::Away : Availability::Available;
    shown.self = m_link.isMe(member.nick);
    return shown;
}

RoomChange IrcRooms::changeOf(const ChannelState &channel, const Origin &origin) const
{
    RoomChange change;
    change.room = { addressOf(channel.name()) };
    change.at = origin.at;
    return change;
}

void IrcRooms::tell(RoomChange change)
{
    m_link.tell(RoomChanged { std::move(change) });
}

void IrcRooms::tellEverything(const ChannelState &channel, const Origin &origin)
{
    RoomChange change = changeOf(channel, origin);
    change.name = channel.name();
    change.joined = true;
    QList<RoomMember> members;
    for (const ChannelMember &member : channel.members()) {
        members.append(roomMember(member));
    }
    std::ranges::sort(members, [](const RoomMember &a, const RoomMember &b) {
        return a.rank != b.rank ? a.rank > b.rank : a.nick.compare(b.nick, Qt::CaseInsensitive) < 0;
    });
    change.members = members;
    change.topic = RoomTopic { channel.topic(), channel.topicBy(), channel.topicAt() };
    tell(change);
}

void IrcRooms::tellMember(const ChannelState &channel, QStringView nick, const Origin &origin)
{
    if (const ChannelMember *member = channel.member(nick)) {
        RoomChange change = changeOf(channel, origin);
        change.upserted.append(roomMember(*member));
        tell(change);
    }
}

template <class Change>
void IrcRooms::updateEverywhere(const Origin &origin, QStringView nick, Change change)
{
    for (ChannelState &channel : m_channels) {
        if (channel.update(nick, change)) {
            tellMember(channel, nick, origin);
        }
    }
}

// What the server says ---------------------------------------------------------------------------

bool IrcRooms::handle(const IrcMessage &message, const Origin &origin)
{
    if (const int numeric = message.numeric(); numeric >= 0) {
        return handleNumeric(message, origin, numeric);
    }
    if (message.is("JOIN")) {
        handleJoin(message, origin);
        return true;
    }
    if (message.is("PART")) {
        handlePart(message, origin);
        return true;
    }
    if (message.is("KICK")) {
        handleKick(message, origin);
        return true;
    }
    if (message.is("QUIT")) {
        handleQuit(message, origin);
    } else if (message.is("NICK")) {
        handleNick(message, origin);
    } else if (message.is("MODE")) {
        handleMode(message, origin);
    } else if (message.is("TOPIC")) {
        handleTopic(message, origin);
        return true;
    } else if (message.is("AWAY")) {
        updateEverywhere(origin, origin.nick,
            [away = !message.param(0).isEmpty()](ChannelMember &member) { member.away = away; });
    } else if (message.is("ACCOUNT")) {
        const QString account = m_link.decoded(message.param(0));
        for (ChannelState &channel : m_channels) {
            channel.update(origin.nick, [&](ChannelMember &member) {
                member.account = account == u'*' ? QString() : account;
            });
        }
    } else if (message.is("CHGHOST")) {
        for (ChannelState &channel : m_channels) {
            channel.update(origin.nick, [&](ChannelMember &member) {
                member.user = m_link.decoded(message.param(0));
                member.host = m_link.decoded(message.param(1));
            });
        }
    } else if (message.is("SETNAME")) {
        for (ChannelState &channel : m_channels) {
            channel.update(origin.nick,
                [&](ChannelMember &member) { member.realName = m_link.decoded(message.param(0)); });
        }
    } else if (message.is("INVITE")) {
        if (m_link.isMe(m_link.decoded(message.param(0)))) {
            RoomInvitation invitation;
            invitation.room = { addressOf(m_link.decoded(message.param(1))) };
            invitation.from = addressOf(origin.nick);
            m_link.tell(InvitationReceived { invitation });
            return true;
        }
    } else if (message.is("FAIL")) {
        return refuse(message);
    }
    return false;
}

void IrcRooms::handleJoin(const IrcMessage &message, const Origin &origin)
{
    for (const QByteArray &raw : message.param(0).toByteArray().split(',')) {
        const QString name = m_link.decoded(raw);
        const QString folded = m_link.folded(name);
        ChannelMember member;
        member.nick = origin.nick;
        member.user = origin.user;
        member.host = origin.host;
        if (message.params.size() > 2) { // extended-join
            const QString account = m_link.decoded(message.param(1));
            member.account = account == u'*' ? QString() : account;
            member.realName = m_link.decoded(message.param(2));
        }
        if (m_link.isMe(origin.nick)) {
            ChannelState channel(name, m_link.isupport().caseMapping());
            channel.join(member);
            m_channels.insert(folded, channel); // told when NAMES is complete
            continue;
        }
        ChannelState *channel = find(name);
        if (!channel || !channel->join(member)) {
            continue;
        }
        RoomChange change = changeOf(*channel, origin);
        change.upserted.append(roomMember(member));
        change.movements.append({ RoomMovement::Kind::Joined, member.nick, {}, {}, {} });
        tell(change);
    }
}

void IrcRooms::leaveNow(const QString &folded)
{
    m_channels.remove(folded);
    m_names.remove(folded);
    m_asked.remove(folded);
    remember();
}

void IrcRooms::handlePart(const IrcMessage &message, const Origin &origin)
{
    const QString folded = m_link.folded(m_link.decoded(message.param(0)));
    ChannelState *channel = find(folded);
    if (!channel) {
        return;
    }
    RoomChange change = changeOf(*channel, origin);
    change.movements.append(
        { RoomMovement::Kind::Left, origin.nick, {}, {}, m_link.decoded(message.param(1)) });
    if (m_link.isMe(origin.nick)) {
        change.joined = false;
        leaveNow(folded);
        tell(change);
        answer("PART", folded);
        return;
    }
    channel->part(origin.nick);
    change.removed.append(origin.nick);
    tell(change);
}

void IrcRooms::handleKick(const IrcMessage &message, const Origin &origin)
{
    const QString folded = m_link.folded(m_link.decoded(message.param(0)));
    const QString nick = m_link.decoded(message.param(1));
    const QString reason = m_link.decoded(message.param(2));
    ChannelState *channel = find(folded);
    if (!channel) {
        return;
    }
    RoomChange change = changeOf(*channel, origin);
    change.movements.append({ RoomMovement::Kind::Kicked, nick, {}, origin.nick, reason });
    if (m_link.isMe(nick)) {
        Error why;
        why.kind = Error::Kind::Forbidden;
        why.code = u"kicked"_s;
        why.title = tr("%1 has removed you from %2.").arg(origin.nick, channel->name());
        why.detail = reason;
        change.joined = false;
        change.why = why;
        leaveNow(folded);
        tell(change);
        return;
    }
    const ChannelMember *member = channel->member(nick);
    change.removed.append(member ? member->nick : nick);
    channel->part(nick);
    tell(change);
    answer("KICK", folded, m_link.folded(nick));
}

void IrcRooms::handleQuit(const IrcMessage &message, const Origin &origin)
{
    const QString reason = m_link.decoded(message.param(0));
    for (ChannelState &channel : m_channels) {
        if (channel.part(origin.nick)) {
            RoomChange change = changeOf(channel, origin);
            change.removed.append(origin.nick);
            change.movements.append({ RoomMovement::Kind::Quit, origin.nick, {}, {}, reason });
            tell(change);
        }
    }
}

void IrcRooms::handleNick(const IrcMessage &message, const Origin &origin)
{
    const QString to = m_link.decoded(message.param(0));
    for (ChannelState &channel : m_channels) {
        if (channel.rename(origin.nick, to)) {
            RoomChange change = changeOf(channel, origin);
            change.removed.append(origin.nick);
            change.upserted.append(roomMember(*channel.member(to)));
            change.movements.append({ RoomMovement::Kind::Renamed, origin.nick, to, {}, {} });
            tell(change);
        }
    }
}

void IrcRooms::handleMode(const IrcMessage &message, const Origin &origin)
{
    ChannelState *channel = find(m_link.decoded(message.param(0)));
    if (!channel) {
        return;
    }
    QStringList params;
    for (qsizetype i = 2; i < message.params.size(); ++i) {
        params.append(m_link.decoded(message.params[i]));
    }
    RoomChange change = changeOf(*channel, origin);
    const QString before = channel->modeText(false);
    QStringList touched;
    const auto changes = parseModes(m_link.decoded(message.param(1)), params, m_link.isupport());
    for (const ModeChange &mode : changes) {
        channel->apply(mode, m_link.isupport());
        if (mode.kind == ModeKind::Prefix) {
            touched.append(mode.param);
        }
    }
    for (const QString &nick : std::as_const(touched)) {
        if (const ChannelMember *member = channel->member(nick)) {
            change.upserted.append(roomMember(*member));
        }
    }
    if (const QString after = channel->modeText(false); after != before) {
        change.modes = after;
    }
    if (!change.upserted.isEmpty() || change.modes) {
        tell(change);
    }
}

void IrcRooms::handleTopic(const IrcMessage &message, const Origin &origin)
{
    const QString name = m_link.decoded(message.param(0));
    ChannelState *channel = find(name);
    if (!channel) {
        return;
    }
    channel->setTopic(m_link.decoded(message.param(1)));
    channel->setTopicOrigin(origin.nick, origin.at);
    RoomChange change = changeOf(*channel, origin);
    change.topic = RoomTopic { channel->topic(), origin.nick, origin.at };
    tell(change);
    answer("TOPIC", m_link.folded(name));
}

bool IrcRooms::handleNumeric(const IrcMessage &message, const Origin &origin, int numeric)
{
    switch (numeric) {
    case 331: // RPL_NOTOPIC
    case 332: // RPL_TOPIC
        if (ChannelState *channel = find(m_link.decoded(message.param(1)))) {
            channel->setTopic(numeric == 332 ? m_link.decoded(message.param(2)) : QString());
        }
        return true;
    case 333: // RPL_TOPICWHOTIME
        if (ChannelState *channel = find(m_link.decoded(message.param(1)))) {
            const QDateTime at = QDateTime::fromSecsSinceEpoch(
                message.param(3).toByteArray().toLongLong(), QTimeZone::UTC);
            const QByteArrayView by = splitHostmask(message.param(2)).nick;
            channel->setTopicOrigin(m_link.decoded(by), at);
        }
        return true;
    case 353: // RPL_NAMREPLY
        if (ChannelState *channel = find(m_link.decoded(message.param(2)))) {
            for (const QByteArray &word : message.last().toByteArray().split(' ')) {
                if (!word.isEmpty()) {
                    channel->addName(m_link.decoded(word), m_link.isupport());
                }
            }
        }
        return true;
    case 366: { // RPL_ENDOFNAMES
        const QString folded = m_link.folded(m_link.decoded(message.param(1)));
        ChannelState *channel = find(folded);
        if (!channel) {
            return true;
        }
        channel->endOfNames();
        m_names.insert(folded, channel->name());
        remember();
        tellEverything(*channel, origin);
        const QByteArray name = m_link.encoded(channel->name());
        m_link.send({ "MODE", { name } }, SendQueue::Rank::Idle);
        if (m_link.hasCap("away-notify") && channel->memberCount() <= kWhoLimit) {
            m_asked.insert(folded);
            m_link.send({ "WHO", { name } }, SendQueue::Rank::Idle);
        }
        answer("JOIN", folded);
        return true;
    }
    case 324: // RPL_CHANNELMODEIS
        if (ChannelState *channel = find(m_link.decoded(message.param(1)))) {
            QStringList params;
            for (qsizetype i = 3; i < message.params.size(); ++i) {
                params.append(m_link.decoded(message.params[i]));
            }
            const auto changes
                = parseModes(m_link.decoded(message.param(2)), params, m_link.isupport());
            for (const ModeChange &mode : changes) {
                channel->apply(mode, m_link.isupport());
            }
            RoomChange change = changeOf(*channel, origin);
            change.modes = channel->modeText(false);
            tell(change);
        }
        return true;
    case 352: // RPL_WHOREPLY
        handleWhoReply(message, origin);
        return false; // the contacts read it too
    case 315: // RPL_ENDOFWHO
        return m_asked.remove(m_link.folded(m_link.decoded(message.param(1))));
    case 341: // RPL_INVITING: some servers swap nick and channel
        for (const auto &[nick, channel] : { std::pair { 1, 2 }, std::pair { 2, 1 } }) {
            answer("INVITE", m_link.folded(m_link.decoded(message.param(channel))),
                m_link.folded(m_link.decoded(message.param(nick))));
        }
        return true;
    case 322: // RPL_LIST
        if (m_listing && m_listing->rooms.size() < kMostListed) {
            RoomListing room;
            room.name = m_link.decoded(message.param(1));
            room.room = { addressOf(room.name) };
            room.members = message.param(2).toByteArray().toInt();
            room.topic = m_link.decoded(message.param(3));
            if (m_listing->filter.isEmpty()
                || room.name.contains(m_listing->filter, Qt::CaseInsensitive)
                || room.topic.contains(m_listing->filter, Qt::CaseInsensitive)) {
                m_listing->rooms.append(room);
            }
        }
        return m_listing.has_value();
    case 323: // RPL_LISTEND
        if (const std::optional<Listing> done = std::exchange(m_listing, std::nullopt)) {
            done->answer.give(done->rooms);
            return true;
        }
        return false;
    default:
        return numeric >= 400 && numeric < 600 && refuse(message);
    }
}

void IrcRooms::handleWhoReply(const IrcMessage &message, const Origin &origin)
{
    // <me> <channel> <user> <host> <server> <nick> <flags> :<hops> <real name>
    const QString nick = m_link.decoded(message.param(5));
    ChannelState *channel = find(m_link.decoded(message.param(1)));
    if (!channel) {
        return;
    }
    const bool away = message.param(6).contains('G');
    bool changed = false;
    channel->update(nick, [&](ChannelMember &member) {
        changed = member.away != away;
        member.away = away;
        member.user = m_link.decoded(message.param(2));
        member.host = m_link.decoded(message.param(3));
        const QByteArrayView last = message.last();
        const qsizetype space = last.indexOf(' ');
        member.realName = space < 0 ? QString() : m_link.decoded(last.sliced(space + 1));
    });
    if (changed) {
        tellMember(*channel, nick, origin);
    }
}

/// Finds the request a refusal belongs to by the channel or the nick it names.
bool IrcRooms::refuse(const IrcMessage &message)
{
    const int numeric = message.numeric();
    QStringList named;
    for (qsizetype i = 1; i + 1 < message.params.size(); ++i) {
        named.append(m_link.folded(m_link.decoded(message.params[i])));
    }
    for (qsizetype i = 0; i < m_requests.size(); ++i) {
        const Request request = m_requests[i];
        if (request.answer.isAnswered()) {
            continue;
        }
        const bool channelNamed = named.contains(request.channel);
        const bool nickNamed = !request.nick.isEmpty() && named.contains(request.nick);
        if (!channelNamed && !nickNamed) {
            continue;
        }
        m_requests.removeAt(i);
        const QString target = channelNamed ? request.channel : request.nick;
        const Error error = refusalError(numeric, target, m_link.decoded(message.last()));
        if (request.verb == "JOIN") {
            m_names.remove(request.channel);
            remember();
        }
        request.answer.fail(error);
        return true;
    }
    // Joined without being asked just now: at sign-in, from the account's list.
    static constexpr int kJoinRefusals[] = { 403, 405, 471, 473, 474, 475, 476, 477, 479 };
    if (std::ranges::contains(kJoinRefusals, numeric)) {
        const QString folded = named.value(0);
        if (const auto wanted = m_names.constFind(folded);
            wanted != m_names.cend() && !m_channels.contains(folded)) {
            RoomChange change;
            change.room = { addressOf(*wanted) };
            change.at = m_link.services().now();
            change.joined = false;
            change.why = refusalError(numeric, *wanted, m_link.decoded(message.last()));
            tell(change);
            return true;
        }
    }
    return false;
}

} // namespace linchpin::irc
