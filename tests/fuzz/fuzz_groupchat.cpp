// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a chat server says: none of it may crash, and a post that was understood must survive being
// written and read again. Then the same words to somebody who is entering a room; a zero byte
// begins the next of them.

#include "protocols/sip/groupchat/channeladdress.h"
#include "protocols/sip/groupchat/groupchatmachine.h"
#include "protocols/sip/groupchat/xccos.h"
#include "tests/fuzz/fuzzcheck.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

void documents(QByteArrayView data)
{
    tried(chatProvisioning(data));
    const QString text = QString::fromUtf8(data.first(std::min<qsizetype>(data.size(), 512)));
    if (const auto channel = normalizedChannel(text)) {
        check(normalizedChannel(*channel) == channel, "normalized channel");
    }
    for (const int limit : { 1, 7, 512 }) {
        QString all;
        for (const QString &piece : splitPost(text, limit)) {
            check(piece.size() <= limit, "length of a piece");
            all += piece;
        }
        QString spoken = text;
        check(all.remove(u' ').remove(u'\n') == spoken.remove(u' ').remove(u'\n'), "pieces");
    }
    const auto items = parseXccos(data);
    if (!items) {
        return;
    }
    for (const ChatItem &item : *items) {
        if (const auto *post = std::get_if<ChatPost>(&item)) {
            const auto again = parseXccos(buildChatPost(1, *post));
            check(again && again->size() == 1, "post written again");
            const auto *second = std::get_if<ChatPost>(&again->first());
            check(second && second->channel == post->channel && second->author == post->author
                    && second->text == post->text && second->at == post->at,
                "post read again");
        }
    }
}

void conversation(QByteArrayView data)
{
    const QString room = u"ma-chan://litwareinc.test/1"_s;
    GroupChat chat;
    chat.lookup = u"sip:ocschat@litwareinc.test"_s;
    chat.self = u"ben@litwareinc.test"_s;
    tried(stepGroupChat(chat, ChatJoinRequested { room }));
    tried(stepGroupChat(chat, ChatSearchRequested { u"s"_s, {} }));
    tried(stepGroupChat(chat, ChatInviteAnswered {}));
    int turn = 0;
    for (const QByteArray &body : data.toByteArray().split('\0')) {
        if (chat.underWay) {
            tried(stepGroupChat(chat, ChatInfoAnswered { chat.underWay->envelope, {}, false }));
        }
        tried(stepGroupChat(chat, ChatReceived { body }));
        if (chat.phase == GroupChatPhase::Entering) {
            tried(stepGroupChat(chat, ChatInviteAnswered {}));
        }
        tried(stepGroupChat(
            chat, ChatSendRequested { QString::number(++turn), room, u"one two"_s, {} }));
        if (turn > 32) {
            break;
        }
    }
    tried(stepGroupChat(chat, ChatClose {}));
    check(chat.drafts.isEmpty() && !chat.underWay, "everybody was answered");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    documents(bytes);
    conversation(bytes);
    return 0;
}
