// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>
#include <QStringList>

#include <expected>
#include <variant>

namespace linchpin::sip {

// What a client and a Group Chat or Persistent Chat server say to each other, in INFO requests of
// one dialog: commands one way, replies and notices the other, posts both ways. [MS-XCCOSIP]

inline constexpr QByteArrayView kXccosType = "text/plain";
inline constexpr QStringView kXccosNamespace = u"urn:parlano:xml:ns:xccos";

// ---- commands. The envelope's number comes back in the reply.

/// Which server has the rooms; asked of the server that everybody knows (cmd:requri).
QByteArray buildChatLookup(quint32 envelope);
QByteArray buildChatServerInfo(quint32 envelope, const QString &domain);
/// Rooms by name; everything that may be seen where @p words is empty.
QByteArray buildChatSearch(quint32 envelope, const QString &words);
/// cmd:join for one room, cmd:bjoin for several (normalized URIs).
QByteArray buildChatJoin(quint32 envelope, const QStringList &channels);
/// The last @p count posts of a room (cmd:bccontext).
QByteArray buildChatHistory(quint32 envelope, const QString &channel, int count);
QByteArray buildChatPart(quint32 envelope, const QString &channel);

/// Something written in a room.
struct ChatPost {
    QString channel = {}; ///< normalized URI
    QString author = {}; ///< address
    QString text = {}; ///< lines end with "\n"
    QDateTime at = {}; ///< UTC, the server's; invalid where it did not say
    QString id = {}; ///< the same whenever the server shows it again
    friend bool operator==(const ChatPost &, const ChatPost &) = default;
};
QByteArray buildChatPost(quint32 envelope, const ChatPost &post);

// ---- what comes

struct ChatUser {
    QString id = {}; ///< by which the groups of the same reply name them
    QString address = {};
    QStringList channels = {}; ///< notices: where they came in
    QStringList managed = {}; ///< those of them that they manage
    friend bool operator==(const ChatUser &, const ChatUser &) = default;
};

struct ChatChannel {
    QString uri = {}; ///< normalized
    QString name = {};
    QString description = {};
    QString topic = {};
    int members = -1; ///< of a search; -1 where it was not told
    QStringList people = {}; ///< ids of users who are in, of a reply to joining
    QStringList managers = {}; ///< those of them that manage it
    QStringList addresses = {}; ///< of users that a notice names
    QList<ChatPost> history = {};
    friend bool operator==(const ChatChannel &, const ChatChannel &) = default;
};

/// A reply (rpl:…) or a notice (ntc:…).
struct ChatStatement {
    bool isReply = false;
    QString what = {}; ///< what follows the colon: "bjoin"; lower case
    QString envelope = {}; ///< of the command that is answered
    int code = 0; ///< of the answer; 200 is good. 0 where there was none
    QString words = {}; ///< the server's, with the code
    QList<ChatUser> users = {};
    QList<ChatChannel> channels = {};
    QString server = {}; ///< of rpl:requri: a sip: URI
    int messageLimit = 0; ///< of rpl:getserverinfo: characters in a post; 0 where not told
    friend bool operator==(const ChatStatement &, const ChatStatement &) = default;

    bool isGood() const { return code >= 200 && code < 300; }
};

using ChatItem = std::variant<ChatStatement, ChatPost>;

/// Everything in one document, in order; what is not understood is left out.
std::expected<QList<ChatItem>, DocumentError> parseXccos(QByteArrayView body);

/// Text in pieces of at most @p limit UTF-16 units, broken where lines or words end if possible,
/// never inside what a reader sees as one character (unless that alone is longer).
QStringList splitPost(const QString &text, int limit);

} // namespace linchpin::sip
