// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/commandline.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/sdk/protocolplugin.h"

#include <QCoreApplication>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::CommandLine", text);
}

Error commandError(const QString &code, const QString &title, const QString &remedy = {})
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = code;
    error.title = title;
    error.remedy = remedy;
    return error;
}

struct OwnCommand {
    QString name;
    QString usage;
    QString help;
};

QList<OwnCommand> ownCommands()
{
    return {
        { u"me"_s, u"/me text"_s, tr("Say what you do: “/me waves”.") },
        { u"join"_s, u"/join room [password]"_s,
            tr("Enter a room: its name, or the link of a meeting.") },
        { u"leave"_s, u"/leave"_s, tr("Leave this room.") },
        { u"msg"_s, u"/msg somebody text"_s, tr("Write to somebody.") },
        { u"query"_s, u"/query somebody"_s, tr("Open a conversation with somebody.") },
        { u"help"_s, u"/help"_s, tr("List the commands.") },
    };
}

CommandFacet *facetOf(const Account *account)
{
    return account && account->state() == Account::State::Online && account->session()
        ? account->session()->commands()
        : nullptr;
}

Async<CommandOutcome> sendText(CommandContext context, const ConversationKey &to,
    const QString &text, MessageKind kind, const ConversationKey &open = {})
{
    return context.conversations.send(to, RichText::fromPlain(text), kind)
        .then([open](const Result<StoredMessage> &stored) -> Result<CommandOutcome> {
            if (!stored) {
                return std::unexpected(stored.error());
            }
            return CommandOutcome { .text = {}, .open = open };
        });
}

Result<ConversationKey> personKey(const Account *account, const QString &who)
{
    if (!account || !account->plugin()) {
        return std::unexpected(commandError(u"not-online"_s, tr("The account cannot be used.")));
    }
    const Result<QString> address = account->plugin()->normalizedAddress(who);
    if (!address) {
        return std::unexpected(address.error());
    }
    return ConversationKey { account->id(), *address, ConversationKind::Person };
}

Async<CommandOutcome> join(CommandContext context, const Account *account, const QString &arguments)
{
    const QString name = arguments.section(u' ', 0, 0);
    const QString password = arguments.section(u' ', 1).trimmed();
    if (!account || !account->plugin() || name.isEmpty()) {
        return readyError<CommandOutcome>(
            commandError(u"bad-command"_s, tr("Which room?"), u"/join room [password]"_s));
    }
    const auto enter = [&conversations = context.conversations, id = account->id(), password](
                           const RoomAddress &room) {
        const ConversationKey key { id, room.value, ConversationKind::Room };
        return conversations.join(id, room, {}, password)
            .then([key](const Result<void> &joined) -> Result<CommandOutcome> {
                if (!joined) {
                    return std::unexpected(joined.error());
                }
                return CommandOutcome { .text = {}, .open = key };
            });
    };
    return roomOfText(account, name)
        .then(&context.conversations,
            [enter](const Result<RoomAddress> &room) {
                return room ? enter(*room) : readyError<CommandOutcome>(room.error());
            })
        .unwrap();
}

QString helpText(CommandFacet *facet)
{
    QStringList lines;
    const QList<OwnCommand> own = ownCommands();
    for (const OwnCommand &command : own) {
        lines.append(u"%1 — %2"_s.arg(command.usage, command.help));
    }
    if (facet) {
        const QList<CommandInfo> theirs = facet->commands();
        for (const CommandInfo &command : theirs) {
            lines.append(u"%1 — %2"_s.arg(command.usage, command.help));
        }
    }
    return lines.join(u'\n');
}

} // namespace

TypedLine parseTypedLine(const QString &line)
{
    static const QRegularExpression kCommand(u"^/([A-Za-z][A-Za-z0-9_-]*)(?:\\s+(.*))?$"_s,
        QRegularExpression::DotMatchesEverythingOption);
    if (line.startsWith("//"_L1)) {
        return { {}, line.mid(1) };
    }
    const QRegularExpressionMatch match = kCommand.match(line);
    if (!match.hasMatch()) {
        return { {}, line };
    }
    return { match.captured(1).toLower(), match.captured(2) };
}

bool isRoomLink(const QString &text)
{
    return text.trimmed().startsWith("https://"_L1, Qt::CaseInsensitive);
}

Async<RoomAddress> roomOfText(const Account *account, const QString &text)
{
    if (!account || !account->plugin()) {
        return readyError<RoomAddress>(
            commandError(u"not-online"_s, tr("The account cannot be used.")));
    }
    const Result<QString> room = account->plugin()->normalizedRoom(text.trimmed());
    if (room) {
        return ready<RoomAddress>(RoomAddress { *room });
    }
    if (!isRoomLink(text)) {
        return readyError<RoomAddress>(room.error());
    }
    RoomFacet *const rooms = account->state() == Account::State::Online && account->session()
        ? account->session()->rooms()
        : nullptr;
    return rooms ? rooms->resolve(text.trimmed())
                 : readyError<RoomAddress>(
                       commandError(u"not-online"_s, tr("Links need the account to be online.")));
}

Async<CommandOutcome> runCommandLine(
    CommandContext context, const ConversationKey &in, const QString &line)
{
    const TypedLine typed = parseTypedLine(line);
    const bool room = in.kind == ConversationKind::Room;
    const Account *const account = context.accounts.account(in.account);
    if (typed.command.isEmpty()) {
        return sendText(context, in, typed.arguments, room ? MessageKind::Room : MessageKind::Chat);
    }
    if (typed.command == "me"_L1) {
        return typed.arguments.isEmpty()
            ? readyError<CommandOutcome>(
                  commandError(u"bad-command"_s, tr("What do you do?"), u"/me text"_s))
            : sendText(context, in, typed.arguments, MessageKind::Action);
    }
    CommandFacet *const facet = facetOf(account);
    if (typed.command == "help"_L1) {
        return ready<CommandOutcome>(CommandOutcome { .text = helpText(facet), .open = {} });
    }
    if (typed.command == "join"_L1) {
        return join(context, account, typed.arguments);
    }
    if ((typed.command == "leave"_L1 || typed.command == "part"_L1) && room
        && typed.arguments.isEmpty()) {
        return context.conversations.leave(in).then(
            [](const Result<void> &left) -> Result<CommandOutcome> {
                if (!left) {
                    return std::unexpected(left.error());
                }
                return CommandOutcome {};
            });
    }
    if (typed.command == "msg"_L1 || typed.command == "query"_L1) {
        const Result<ConversationKey> key = personKey(account, typed.arguments.section(u' ', 0, 0));
        if (!key) {
            return readyError<CommandOutcome>(key.error());
        }
        const QString text = typed.arguments.section(u' ', 1);
        return text.trimmed().isEmpty()
            ? ready<CommandOutcome>(CommandOutcome { .text = {}, .open = *key })
            : sendText(context, *key, text, MessageKind::Chat, *key);
    }
    if (facet) {
        const QList<CommandInfo> known = facet->commands();
        for (const CommandInfo &command : known) {
            if (command.name == typed.command) {
                return facet->run(typed.command, typed.arguments, in.with, in.kind)
                    .then([](const Result<QString> &text) -> Result<CommandOutcome> {
                        if (!text) {
                            return std::unexpected(text.error());
                        }
                        return CommandOutcome { .text = *text, .open = {} };
                    });
            }
        }
    } else if (account && account->state() != Account::State::Online) {
        return readyError<CommandOutcome>(
            commandError(u"not-online"_s, tr("Commands need the account to be online.")));
    }
    return readyError<CommandOutcome>(
        commandError(u"unknown-command"_s, tr("There is no command /%1.").arg(typed.command),
            tr("/help lists them. To send a text that begins with a slash, write two slashes.")));
}

QStringList commandNames(CommandContext context, const ConversationKey &in)
{
    QStringList names;
    const QList<OwnCommand> own = ownCommands();
    for (const OwnCommand &command : own) {
        names.append(command.name);
    }
    if (CommandFacet *const facet = facetOf(context.accounts.account(in.account))) {
        const QList<CommandInfo> theirs = facet->commands();
        for (const CommandInfo &command : theirs) {
            names.append(command.name);
        }
    }
    names.removeDuplicates();
    names.sort();
    return names;
}

} // namespace linchpin
