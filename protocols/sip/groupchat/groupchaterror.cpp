// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/groupchat/groupchaterror.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::GroupChat)
};

} // namespace

Error groupChatRefusal(const ChatStatement &reply)
{
    Error error;
    error.detail = reply.words.isEmpty() ? QString::number(reply.code)
                                         : u"%1 %2"_s.arg(QString::number(reply.code), reply.words);
    if (reply.code == 401 || reply.code == 403) {
        error.kind = Error::Kind::Forbidden;
        error.code = u"group-chat-forbidden"_s;
        error.title = Text::tr("The chat server does not allow that.");
        error.remedy = Text::tr("A manager of the room can make you a member.");
    } else if (reply.code == 404) {
        error.kind = Error::Kind::NotFound;
        error.code = u"group-chat-no-room"_s;
        error.title = Text::tr("The chat server knows no such room.");
        error.remedy = Text::tr("Pick one from the server's list.");
    } else {
        error = groupChatTrouble(u"group-chat-refused"_s);
        error.detail = reply.words.isEmpty()
            ? QString::number(reply.code)
            : u"%1 %2"_s.arg(QString::number(reply.code), reply.words);
    }
    return error;
}

Error groupChatTrouble(const QString &code)
{
    Error error;
    error.code = code;
    if (code == "group-chat-silent"_L1) {
        error.kind = Error::Kind::Timeout;
        error.title = Text::tr("The chat server does not answer.");
        error.remedy = Text::tr("Try it again later.");
    } else if (code == "group-chat-disconnected"_L1) {
        error.kind = Error::Kind::Network;
        error.title = Text::tr("The connection to the chat server was lost.");
        error.remedy = Text::tr("It is tried again by itself.");
    } else if (code == "group-chat-not-in-room"_L1) {
        error.kind = Error::Kind::NotFound;
        error.title = Text::tr("You are not in this room.");
        error.remedy = Text::tr("Join it first.");
    } else {
        error.kind = Error::Kind::Forbidden;
        error.title = Text::tr("The chat server refused it.");
    }
    return error;
}

} // namespace linchpin::sip
