// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/groupchat/xccos.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMap>
#include <QSet>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>
#include <variant>

namespace linchpin::sip {

// The rooms of a Group Chat or Persistent Chat server: a dialog with the server that everybody
// knows tells which server has the rooms; a second one, with that, carries everything. Commands go
// one after the other. Pure. [MS-XCCOSIP], [MS-OCSPROT] 2.5.21

enum class GroupChatPhase {
    Idle,
    Looking, ///< our INVITE to the first server has no answer
    Asking, ///< it was asked which server has the rooms
    Entering, ///< our INVITE to that one has no answer
    Ready,
};

struct ChatRoom {
    QString name = {};
    bool joined = false;
    bool known = false; ///< we have been in: it is entered again until it is left or refused
    QSet<QString> members = {}; ///< addresses
    QSet<QString> managers = {};
    QDateTime last = {}; ///< the newest post we have seen in this session
    QStringList shown = {}; ///< ids of the newest ones, so that the history brings none again
    friend bool operator==(const ChatRoom &, const ChatRoom &) = default;
};

/// A message of ours on its way, in one or more posts.
struct ChatDraft {
    QString localId = {};
    QString channel = {};
    QStringList pieces = {}; ///< not handed over yet
    QList<QString> unseen = {}; ///< handed over; the server has not shown them to us yet
    QString id = {}; ///< of the first piece, once it was shown
    QDateTime at = {};
    quint32 envelope = 0; ///< of the piece under way
    bool inParts = false;
    bool settled = false; ///< the outcome was told; only echoes may still come
    friend bool operator==(const ChatDraft &, const ChatDraft &) = default;
};

struct ChatCommand {
    enum class Kind { Lookup, ServerInfo, Search, Join, History, Part, Post };
    Kind kind = Kind::Lookup;
    quint32 envelope = 0;
    QStringList channels = {};
    QString token = {}; ///< of the search; of the draft for a post
    QByteArray body = {};
    bool replied = false; ///< before the request itself was answered
    friend bool operator==(const ChatCommand &, const ChatCommand &) = default;
};

struct GroupChat {
    QString lookup = {}; ///< URI of the server to ask first
    QString self = {}; ///< our address
    GroupChatPhase phase = GroupChatPhase::Idle;
    QString server = {}; ///< whom we talk to
    quint32 envelope = 1; ///< of the next command; any start will do
    int messageLimit = 512; ///< characters in a post
    QMap<QString, ChatRoom> rooms = {}; ///< those we want to be in
    QList<ChatCommand> queue = {};
    std::optional<ChatCommand> underWay = {}; ///< sent; the request has no answer
    QList<ChatCommand> unanswered = {}; ///< taken by the server, which has not replied
    QList<ChatDraft> drafts = {};
    QMap<QString, QString> searches = {}; ///< words by token, not asked yet
    QStringList ownPieces = {}; ///< ids of posts that are parts of a message of ours
    int losses = 0; ///< dialogs lost since it last held for a while
};

// ---- inputs

struct ChatJoinRequested {
    QString channel = {};
};
struct ChatLeaveRequested {
    QString channel = {};
};
struct ChatSearchRequested {
    QString token = {};
    QString words = {};
};
struct ChatSendRequested {
    QString localId = {};
    QString channel = {};
    QString text = {};
    QDateTime now = {};
};
/// The answer to our INVITE.
struct ChatInviteAnswered {
    std::optional<Error> failure = {};
};
/// The final answer to the INFO that carried that envelope. @c gone: the server knows no such
/// dialog (481).
struct ChatInfoAnswered {
    quint32 envelope = 0;
    std::optional<Error> failure = {};
    bool gone = false;
};
struct ChatReceived {
    QByteArray body = {};
};
/// Nobody replied to that envelope in time; the time of a post ends when its echo is due.
struct ChatTimedOut {
    quint32 envelope = 0;
};
/// BYE, or an answer that says the dialog is gone.
struct ChatDialogEnded { };
/// The pause before connecting again is over.
struct ChatRetry { };
/// The dialog has held for a while.
struct ChatSteady { };
/// Signing out.
struct ChatClose { };

using GroupChatInput = std::variant<ChatJoinRequested, ChatLeaveRequested, ChatSearchRequested,
    ChatSendRequested, ChatInviteAnswered, ChatInfoAnswered, ChatReceived, ChatTimedOut,
    ChatDialogEnded, ChatRetry, ChatSteady, ChatClose>;

// ---- effects

struct ChatInvite {
    QString uri = {};
    friend bool operator==(const ChatInvite &, const ChatInvite &) = default;
};
struct ChatBye {
    friend bool operator==(const ChatBye &, const ChatBye &) = default;
};
struct ChatInfo {
    quint32 envelope = 0;
    QByteArray body = {};
    friend bool operator==(const ChatInfo &, const ChatInfo &) = default;
};
struct ChatWait { ///< then ChatTimedOut
    quint32 envelope = 0;
    std::chrono::seconds limit {};
    friend bool operator==(const ChatWait &, const ChatWait &) = default;
};
struct ChatRetryLater { ///< then ChatRetry
    std::chrono::seconds after {};
    friend bool operator==(const ChatRetryLater &, const ChatRetryLater &) = default;
};
/// We are in (again); the members are in `rooms`.
struct ChatJoined {
    ChatChannel channel = {};
    friend bool operator==(const ChatJoined &, const ChatJoined &) = default;
};
struct ChatJoinFailed {
    QString channel = {};
    Error why = {};
    friend bool operator==(const ChatJoinFailed &, const ChatJoinFailed &) = default;
};
/// Empty when that was our wish.
struct ChatLeft {
    QString channel = {};
    std::optional<Error> why = {};
    friend bool operator==(const ChatLeft &, const ChatLeft &) = default;
};
struct ChatMoved {
    QString channel = {};
    QString address = {};
    bool in = false;
    friend bool operator==(const ChatMoved &, const ChatMoved &) = default;
};
struct ChatShow {
    ChatPost post = {};
    QString originId = {}; ///< it is that message of ours
    bool old = false; ///< of the history
    bool missed = false; ///< of the history, but newer than what we have seen
    friend bool operator==(const ChatShow &, const ChatShow &) = default;
};
struct ChatSent {
    QString localId = {};
    QString id = {}; ///< empty where the server did not show it in time
    QDateTime at = {};
    friend bool operator==(const ChatSent &, const ChatSent &) = default;
};
struct ChatSendFailed {
    QString localId = {};
    Error why = {};
    friend bool operator==(const ChatSendFailed &, const ChatSendFailed &) = default;
};
struct ChatFound {
    QString token = {};
    QList<ChatChannel> channels = {};
    friend bool operator==(const ChatFound &, const ChatFound &) = default;
};
struct ChatSearchFailed {
    QString token = {};
    Error why = {};
    friend bool operator==(const ChatSearchFailed &, const ChatSearchFailed &) = default;
};
/// Which rooms we want to be in, or which posts are parts of ours, has changed.
struct ChatRemember {
    friend bool operator==(const ChatRemember &, const ChatRemember &) = default;
};

using GroupChatEffect = std::variant<ChatInvite, ChatBye, ChatInfo, ChatWait, ChatRetryLater,
    ChatJoined, ChatJoinFailed, ChatLeft, ChatMoved, ChatShow, ChatSent, ChatSendFailed, ChatFound,
    ChatSearchFailed, ChatRemember>;

QList<GroupChatEffect> stepGroupChat(GroupChat &chat, const GroupChatInput &input);

} // namespace linchpin::sip
