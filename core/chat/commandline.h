// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "core/sdk/result.h"
#include "core/sdk/room.h"

#include <QStringList>

namespace linchpin {

class Account;
class AccountManager;
class ConversationStore;

/// What somebody typed, taken apart. Pure.
struct TypedLine {
    QString command; ///< without the slash, lower case; empty = plain text
    QString arguments; ///< of a command; else the text itself
    friend bool operator==(const TypedLine &, const TypedLine &) = default;
};

/// "/topic New" → a command; "//etc/hosts" → the text "/etc/hosts"; anything else is text. A slash
/// in front of no word ("/ 2", "/usr/bin/env") is text too.
TypedLine parseTypedLine(const QString &line);

/// What a line came to.
struct CommandOutcome {
    QString text; ///< to be shown in the conversation, not sent; may be empty
    ConversationKey open; ///< to be opened; may be null
};

struct CommandContext {
    AccountManager &accounts;
    ConversationStore &conversations;
};

/// The room that was typed: its name, or a link for people (https://meet.…), where the account's
/// server is asked where it leads. Errors `invalid-address`, `not-online`, `not-a-room`.
Async<RoomAddress> roomOfText(const Account *account, const QString &text);
/// Whether the text may be such a link.
bool isRoomLink(const QString &text);

/// Carries out what was typed in conversation `in`: sends text and /me; /join, /leave, /msg,
/// /query, /help; everything else goes to the protocol. Errors `unknown-command`, `not-online`, and
/// whatever the command brings; then nothing was sent.
Async<CommandOutcome> runCommandLine(
    CommandContext context, const ConversationKey &in, const QString &line);

/// Names of all commands that can be typed there, sorted, without the slash.
QStringList commandNames(CommandContext context, const ConversationKey &in);

} // namespace linchpin
