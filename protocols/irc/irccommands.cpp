// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/irccommands.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/ircsession.h"
#include "protocols/irc/state/hostmask.h"
#include "protocols/irc/wire/ctcp.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::irc {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::irc", text);
}

/// Takes the first word off @p rest.
QString takeWord(QString &rest)
{
    rest = rest.trimmed();
    const qsizetype space = rest.indexOf(u' ');
    const QString word = space < 0 ? rest : rest.first(space);
    rest = space < 0 ? QString() : rest.sliced(space + 1).trimmed();
    return word;
}

Async<QString> nothingToShow(const Async<void> &done)
{
    return QFuture<Result<void>>(done).then([](const Result<void> &result) -> Result<QString> {
        if (!result) {
            return std::unexpected(result.error());
        }
        return QString();
    });
}

Async<QString> usage(const QString &text)
{
    Error error = makeError(u"invalid-message"_s);
    error.code = u"usage"_s;
    error.title = tr("This command is written so: %1").arg(text);
    return readyError<QString>(error);
}

} // namespace

IrcCommands::IrcCommands(IrcSession &session)
    : m_session(session)
{
}

QList<CommandInfo> IrcCommands::commands() const
{
    return {
        { u"topic"_s, u"/topic [text]"_s, tr("Shows or sets the channel's topic.") },
        { u"part"_s, u"/part [#channel] [reason]"_s, tr("Leaves a channel.") },
        { u"kick"_s, u"/kick nick [reason]"_s, tr("Removes somebody from the channel.") },
        { u"ban"_s, u"/ban nick|mask"_s, tr("Keeps somebody out of the channel.") },
        { u"unban"_s, u"/unban mask"_s, tr("Lifts a ban.") },
        { u"invite"_s, u"/invite nick [#channel]"_s, tr("Invites somebody into the channel.") },
        { u"mode"_s, u"/mode [target] modes"_s,
            tr("Changes modes of the channel or of yourself.") },
        { u"op"_s, u"/op nick…"_s, tr("Makes people operators.") },
        { u"deop"_s, u"/deop nick…"_s, tr("Takes operator status away.") },
        { u"voice"_s, u"/voice nick…"_s, tr("Lets people speak in a moderated channel.") },
        { u"devoice"_s, u"/devoice nick…"_s, tr("Takes that away.") },
        { u"names"_s, u"/names"_s, tr("Lists who is in the channel.") },
        { u"nick"_s, u"/nick new-nick"_s, tr("Changes your nickname.") },
        { u"notice"_s, u"/notice target text"_s, tr("Sends a notice.") },
        { u"query"_s, u"/query nick text"_s, tr("Writes to somebody.") },
        { u"ctcp"_s, u"/ctcp nick request"_s, tr("Asks somebody's program: VERSION, PING, TIME.") },
        { u"whois"_s, u"/whois nick"_s, tr("Shows what the server knows of somebody.") },
        { u"away"_s, u"/away [reason]"_s, tr("Marks you as away, or back.") },
        { u"motd"_s, u"/motd"_s, tr("Shows the server's message of the day.") },
        { u"quote"_s, u"/quote line"_s, tr("Sends a line to the server as it is.") },
    };
}

Async<QString> IrcCommands::raw(const IrcCommand &command)
{
    if (!m_session.isOnline()) {
        return readyError<QString>(makeError(u"not-online"_s));
    }
    if (!m_session.send(command)) {
        return readyError<QString>(makeError(u"invalid-message"_s));
    }
    return ready<QString>(QString());
}

Async<QString> IrcCommands::modes(
    const QString &channel, char sign, char mode, const QStringList &nicks)
{
    const int atOnce = m_session.isupport().modesPerLine();
    Async<QString> last = ready<QString>(QString());
    for (qsizetype at = 0; at < nicks.size(); at += atOnce) {
        const QStringList some = nicks.sliced(at, std::min<qsizetype>(atOnce, nicks.size() - at));
        IrcCommand command { "MODE",
            { m_session.encoded(channel), QByteArray(1, sign) + QByteArray(some.size(), mode) } };
        for (const QString &nick : some) {
            command.params.append(m_session.encoded(nick));
        }
        last = raw(command);
    }
    return last;
}

Async<QString> IrcCommands::sendText(const QString &to, const QString &text, MessageKind kind)
{
    OutgoingMessage message;
    message.to = to;
    message.conversation
        = m_session.isupport().isChannel(to) ? ConversationKind::Room : ConversationKind::Person;
    message.kind = kind;
    message.body = RichText::fromPlain(text);
    return m_session.send(message).then([](const Result<SentMessage> &result) -> Result<QString> {
        if (!result) {
            return std::unexpected(result.error());
        }
        return QString();
    });
}

Async<QString> IrcCommands::run(
    const QString &name, const QString &arguments, const QString &in, ConversationKind conversation)
{
    QString rest = arguments.trimmed();
    const QString verb = name.toLower();
    const ISupport &isupport = m_session.isupport();
    // "/kick #other nick" as well as "/kick nick" typed in a channel.
    QString channel = conversation == ConversationKind::Room ? in : QString();
    static const QStringList kChannelVerbs { u"topic"_s, u"part"_s, u"leave"_s, u"kick"_s, u"ban"_s,
        u"unban"_s, u"op"_s, u"deop"_s, u"voice"_s, u"devoice"_s, u"names"_s };
    if (kChannelVerbs.contains(verb)) {
        if (isupport.isChannel(rest)) {
            channel = takeWord(rest);
        }
        if (channel.isEmpty()) {
            return usage(u"/%1 #channel …"_s.arg(verb));
        }
    }
    const ChannelState *state = m_session.channel(channel);

    if (verb == "topic"_L1) {
        if (rest.isEmpty()) {
            return ready<QString>(state ? state->topic() : QString());
        }
        return nothingToShow(m_session.rooms()->setTopic({ channel }, rest));
    }
    if (verb == "join"_L1) {
        const QString room = takeWord(rest);
        return nothingToShow(m_session.rooms()->join({ room }, {}, rest));
    }
    if (verb == "part"_L1 || verb == "leave"_L1) {
        return nothingToShow(m_session.rooms()->leave({ channel }, rest));
    }
    if (verb == "kick"_L1) {
        const QString nick = takeWord(rest);
        return nick.isEmpty() ? usage(u"/kick nick [reason]"_s)
                              : nothingToShow(m_session.rooms()->kick({ channel }, nick, rest));
    }
    if (verb == "ban"_L1 || verb == "unban"_L1) {
        const QString who = takeWord(rest);
        if (who.isEmpty()) {
            return usage(u"/%1 nick"_s.arg(verb));
        }
        const ChannelMember *member = state ? state->member(who) : nullptr;
        const QString mask = banMask(who, member ? member->host : QString());
        return modes(channel, verb == "ban"_L1 ? '+' : '-', 'b', { mask });
    }
    static const QHash<QString, std::pair<char, char>> kRanks { { u"op"_s, { '+', 'o' } },
        { u"deop"_s, { '-', 'o' } }, { u"voice"_s, { '+', 'v' } }, { u"devoice"_s, { '-', 'v' } } };
    if (const auto rank = kRanks.constFind(verb); rank != kRanks.cend()) {
        return modes(channel, rank->first, rank->second, rest.split(u' ', Qt::SkipEmptyParts));
    }
    if (verb == "names"_L1) {
        QStringList names;
        if (state) {
            for (const ChannelMember &member : state->members()) {
                names.append(QString::fromLatin1(
                                 member.signs.first(std::min<qsizetype>(1, member.signs.size())))
                    + member.nick);
            }
        }
        names.sort(Qt::CaseInsensitive);
        return ready<QString>(names.join(u' '));
    }
    if (verb == "invite"_L1) {
        const QString nick = takeWord(rest);
        const QString room = rest.isEmpty() ? channel : rest;
        if (nick.isEmpty() || room.isEmpty()) {
            return usage(u"/invite nick [#channel]"_s);
        }
        return nothingToShow(m_session.rooms()->invite({ room }, { nick }, {}));
    }
    if (verb == "mode"_L1) {
        IrcCommand command { "MODE" };
        QStringList words = rest.split(u' ', Qt::SkipEmptyParts);
        if (words.isEmpty() || words.first().startsWith(u'+') || words.first().startsWith(u'-')) {
            words.prepend(channel.isEmpty() ? m_session.ownNick() : channel);
        }
        for (const QString &word : std::as_const(words)) {
            command.params.append(m_session.encoded(word));
        }
        return raw(command);
    }
    if (verb == "nick"_L1) {
        return rest.isEmpty() ? usage(u"/nick new-nick"_s)
                              : raw({ "NICK", { m_session.encoded(takeWord(rest)) } });
    }
    if (verb == "msg"_L1 || verb == "query"_L1 || verb == "notice"_L1) {
        const QString to = takeWord(rest);
        if (to.isEmpty() || rest.isEmpty()) {
            return usage(u"/%1 target text"_s.arg(verb));
        }
        return sendText(to, rest, verb == "notice"_L1 ? MessageKind::Notice : MessageKind::Chat);
    }
    if (verb == "me"_L1) {
        return sendText(in, rest, MessageKind::Action);
    }
    if (verb == "ctcp"_L1) {
        const QString to = takeWord(rest);
        const QString request = takeWord(rest).toUpper();
        if (to.isEmpty() || request.isEmpty()) {
            return usage(u"/ctcp nick request"_s);
        }
        if (request == "PING"_L1 && rest.isEmpty()) {
            rest = QString::number(m_session.services().now().toMSecsSinceEpoch());
        }
        return raw({ "PRIVMSG",
            { m_session.encoded(to),
                makeCtcp(m_session.encoded(request), m_session.encoded(rest)) } });
    }
    if (verb == "whois"_L1) {
        const QString nick = takeWord(rest);
        return m_session.directory()
            ->card({ nick.isEmpty() ? in : nick })
            .then([](const Result<ContactCard> &card) -> Result<QString> {
                if (!card) {
                    return std::unexpected(card.error());
                }
                QStringList lines;
                for (const auto &[label, value] : card->fields) {
                    lines.append(label + u": "_s + value);
                }
                return lines.join(u'\n');
            });
    }
    if (verb == "away"_L1 || verb == "back"_L1) {
        Presence presence;
        presence.availability = rest.isEmpty() ? Availability::Available : Availability::Away;
        presence.text = rest;
        return nothingToShow(m_session.setPresence(presence));
    }
    if (verb == "motd"_L1) {
        return ready<QString>(m_session.messageOfTheDay());
    }
    if (verb == "quote"_L1 || verb == "raw"_L1) {
        return nothingToShow(m_session.raw()->sendRaw(m_session.encoded(rest)));
    }
    Error unknown = makeError(u"invalid-message"_s);
    unknown.code = u"unknown-command"_s;
    unknown.title = tr("There is no command /%1.").arg(name);
    return readyError<QString>(unknown);
}

} // namespace linchpin::irc
