// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/groupchat/groupchatmachine.h"

#include "protocols/sip/groupchat/channeladdress.h"
#include "protocols/sip/groupchat/chatroomrecord.h"
#include "protocols/sip/groupchat/groupchaterror.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

using Kind = ChatCommand::Kind;

constexpr int historyLength = 25; ///< as pidgin-sipe asks for
constexpr auto replyLimit = 30s;
constexpr auto echoLimit = 5s;
constexpr qsizetype mostDrafts = 200;
constexpr qsizetype mostUnanswered = 200;
constexpr qsizetype rememberedPieces = 200;
constexpr qsizetype mostSettled = 32; ///< messages whose echo may still come
constexpr qsizetype mostMembers = 20000;
constexpr int shortestLimit = 16; ///< a smaller size of a post is nonsense
constexpr int longestLimit = 1 << 16;
constexpr std::array<std::chrono::seconds, 3> pauses { 1s, 30s, 300s };

QString sameLines(const QString &text)
{
    QString usual = text;
    usual.replace("\r\n"_L1, "\n"_L1);
    return usual.trimmed();
}

class Step {
public:
    explicit Step(GroupChat &chat)
        : m_chat(chat)
    {
    }

    QList<GroupChatEffect> effects;

    void operator()(const ChatJoinRequested &input)
    {
        if (m_chat.rooms[input.channel].joined) {
            return;
        }
        if (m_chat.phase == GroupChatPhase::Ready && !isJoining(input.channel)) {
            join({ input.channel });
        }
        connect();
    }

    void operator()(const ChatLeaveRequested &input)
    {
        const auto room = m_chat.rooms.constFind(input.channel);
        if (room == m_chat.rooms.constEnd()) {
            return;
        }
        const bool joined = room->joined;
        m_chat.rooms.erase(room);
        effects.append(ChatRemember {});
        giveUpDrafts(input.channel);
        if (m_chat.phase == GroupChatPhase::Ready && (joined || isJoining(input.channel))) {
            ask(Kind::Part, { input.channel }, {},
                [&](quint32 envelope) { return buildChatPart(envelope, input.channel); });
        }
        effects.append(ChatLeft { input.channel, std::nullopt });
        pump();
    }

    void operator()(const ChatSearchRequested &input)
    {
        if (m_chat.phase == GroupChatPhase::Ready) {
            search(input.token, input.words);
        } else {
            m_chat.searches.insert(input.token, input.words);
            connect();
        }
    }

    void operator()(const ChatSendRequested &input)
    {
        const auto room = m_chat.rooms.constFind(input.channel);
        if (room == m_chat.rooms.constEnd()
            || (!room->joined && m_chat.phase == GroupChatPhase::Ready && !isJoining(input.channel))
            || m_chat.drafts.size() >= mostDrafts) {
            effects.append(
                ChatSendFailed { input.localId, groupChatTrouble(u"group-chat-not-in-room"_s) });
            return;
        }
        ChatDraft draft;
        draft.localId = input.localId;
        draft.channel = input.channel;
        draft.at = input.now;
        draft.pieces = splitPost(input.text, m_chat.messageLimit);
        draft.inParts = draft.pieces.size() > 1;
        m_chat.drafts.append(draft);
        post();
        connect();
    }

    void operator()(const ChatInviteAnswered &input)
    {
        if (input.failure) {
            fail(*input.failure);
            return;
        }
        if (m_chat.phase == GroupChatPhase::Looking) {
            m_chat.phase = GroupChatPhase::Asking;
            ask(Kind::Lookup, {}, {}, [](quint32 envelope) { return buildChatLookup(envelope); });
        } else if (m_chat.phase == GroupChatPhase::Entering) {
            ready();
        }
    }

    void operator()(const ChatInfoAnswered &input)
    {
        if (!m_chat.underWay || m_chat.underWay->envelope != input.envelope) {
            return;
        }
        const ChatCommand command = std::move(*m_chat.underWay);
        m_chat.underWay.reset();
        if (input.gone) {
            m_chat.queue.prepend(command); // it was not taken; what survives a loss is kept there
            lost();
            return;
        }
        if (command.kind == Kind::Post && !input.failure) {
            taken(command);
        } else if (command.replied) {
            // The reply was faster; it counts.
        } else if (input.failure || m_chat.unanswered.size() >= mostUnanswered) {
            refused(command, input.failure.value_or(groupChatTrouble(u"group-chat-silent"_s)));
        } else {
            m_chat.unanswered.append(command);
            effects.append(ChatWait { command.envelope, replyLimit });
        }
        pump();
        post();
    }

    void operator()(const ChatReceived &input)
    {
        const auto items = parseXccos(input.body);
        if (!items) {
            return;
        }
        for (const ChatItem &item : *items) {
            if (m_chat.phase == GroupChatPhase::Idle) {
                return;
            }
            if (const auto *written = std::get_if<ChatPost>(&item)) {
                show(*written);
            } else {
                heard(std::get<ChatStatement>(item));
            }
        }
        pump();
        post();
    }

    void operator()(const ChatTimedOut &input)
    {
        const auto waiting
            = std::ranges::find(m_chat.unanswered, input.envelope, &ChatCommand::envelope);
        if (waiting != m_chat.unanswered.end()) {
            const ChatCommand command = std::move(*waiting);
            m_chat.unanswered.erase(waiting);
            refused(command, groupChatTrouble(u"group-chat-silent"_s));
            return;
        }
        // A post was taken but not shown: the server's word that it took it has to do.
        for (ChatDraft &draft : m_chat.drafts) {
            if (draft.envelope == input.envelope && draft.pieces.isEmpty() && !draft.settled) {
                settle(draft);
                break;
            }
        }
        forgetSettled();
    }

    void operator()(const ChatDialogEnded &) { lost(); }

    void operator()(const ChatRetry &)
    {
        if (!m_chat.rooms.isEmpty() || !m_chat.drafts.isEmpty()) {
            connect();
        }
    }

    void operator()(const ChatSteady &) { m_chat.losses = 0; }

    void operator()(const ChatClose &)
    {
        if (m_chat.phase == GroupChatPhase::Asking || m_chat.phase == GroupChatPhase::Ready) {
            effects.append(ChatBye {});
        }
        m_chat.phase = GroupChatPhase::Idle;
        failWaiting(groupChatTrouble(u"group-chat-disconnected"_s));
        dropCommands();
    }

private:
    // ---- the dialog

    void connect()
    {
        if (m_chat.phase == GroupChatPhase::Idle) {
            m_chat.phase = GroupChatPhase::Looking;
            m_chat.server = m_chat.lookup;
            effects.append(ChatInvite { m_chat.lookup });
        }
    }

    void ready()
    {
        m_chat.phase = GroupChatPhase::Ready;
        const QString domain = m_chat.self.section(u'@', 1);
        ask(Kind::ServerInfo, {}, {},
            [&](quint32 envelope) { return buildChatServerInfo(envelope, domain); });
        if (!m_chat.rooms.isEmpty()) {
            join(m_chat.rooms.keys());
        }
        const auto searches = std::exchange(m_chat.searches, {});
        for (auto it = searches.constBegin(); it != searches.constEnd(); ++it) {
            search(it.key(), it.value());
        }
    }

    /// No dialog can be had: everybody who waits hears why.
    void fail(const Error &why)
    {
        m_chat.phase = GroupChatPhase::Idle;
        failWaiting(why);
        dropCommands();
        if (!m_chat.rooms.isEmpty()) {
            retryLater();
        }
    }

    void failWaiting(const Error &why)
    {
        for (ChatDraft &draft : m_chat.drafts) {
            if (!draft.settled && draft.pieces.isEmpty() && draft.envelope != 0
                && !isQueued(draft.envelope)) {
                settle(draft); // all of it was taken
            } else if (!draft.settled) {
                draft.settled = true;
                effects.append(ChatSendFailed { draft.localId, why });
            }
        }
        m_chat.drafts.clear();
        for (auto it = m_chat.rooms.begin(); it != m_chat.rooms.end();) {
            if (std::exchange(it->joined, false)) {
                effects.append(ChatLeft { it.key(), why });
            } else {
                effects.append(ChatJoinFailed { it.key(), why });
            }
            it->members.clear();
            it->managers.clear();
            it = it->known ? std::next(it) : m_chat.rooms.erase(it);
        }
        effects.append(ChatRemember {});
        QStringList tokens = m_chat.searches.keys();
        for (const QList<ChatCommand> *list : { &m_chat.queue, &m_chat.unanswered }) {
            for (const ChatCommand &command : *list) {
                if (command.kind == Kind::Search) {
                    tokens.append(command.token);
                }
            }
        }
        if (m_chat.underWay && m_chat.underWay->kind == Kind::Search) {
            tokens.append(m_chat.underWay->token);
        }
        for (const QString &token : std::as_const(tokens)) {
            effects.append(ChatSearchFailed { token, why });
        }
        m_chat.searches.clear();
    }

    bool isQueued(quint32 envelope) const
    {
        return (m_chat.underWay && m_chat.underWay->envelope == envelope)
            || std::ranges::contains(m_chat.queue, envelope, &ChatCommand::envelope);
    }

    void dropCommands()
    {
        m_chat.queue.clear();
        m_chat.underWay.reset();
        m_chat.unanswered.clear();
    }

    void retryLater()
    {
        const auto pause = pauses.at(std::min<size_t>(size_t(m_chat.losses), pauses.size() - 1));
        m_chat.losses = std::min(m_chat.losses + 1, int(pauses.size()));
        effects.append(ChatRetryLater { pause });
    }

    /// The dialog is gone while it was needed. The rooms are entered again; who looks at them need
    /// not know when that works at once.
    void lost()
    {
        if (m_chat.phase == GroupChatPhase::Idle) {
            return;
        }
        if (m_chat.phase != GroupChatPhase::Ready || m_chat.losses > 0) {
            const Error why = groupChatTrouble(u"group-chat-disconnected"_s);
            fail(why);
            return;
        }
        m_chat.phase = GroupChatPhase::Idle;
        for (ChatRoom &room : m_chat.rooms) {
            room.joined = false;
        }
        // Posts that were not taken go out again; of the others the server said that it has them.
        for (ChatDraft &draft : m_chat.drafts) {
            if (draft.settled || draft.envelope == 0) {
                continue;
            }
            if (m_chat.underWay && m_chat.underWay->envelope == draft.envelope) {
                draft.settled = true; // nobody will say whether it arrived
                effects.append(ChatSendFailed {
                    draft.localId, groupChatTrouble(u"group-chat-disconnected"_s) });
            } else if (isQueued(draft.envelope) && !draft.unseen.isEmpty()) {
                draft.pieces.prepend(draft.unseen.takeLast());
                draft.envelope = 0;
            } else if (draft.pieces.isEmpty()) {
                settle(draft);
            }
        }
        for (const QList<ChatCommand> *list : { &m_chat.queue, &m_chat.unanswered }) {
            for (const ChatCommand &command : *list) {
                if (command.kind == Kind::Search) {
                    effects.append(ChatSearchFailed {
                        command.token, groupChatTrouble(u"group-chat-disconnected"_s) });
                }
            }
        }
        dropCommands();
        forgetSettled();
        if (!m_chat.rooms.isEmpty() || !m_chat.searches.isEmpty()) {
            retryLater();
        }
    }

    // ---- commands

    template <class Build>
    quint32 ask(Kind kind, const QStringList &channels, const QString &token, const Build &build)
    {
        ChatCommand command;
        command.kind = kind;
        command.envelope = m_chat.envelope;
        m_chat.envelope = m_chat.envelope == 0x7fffffff ? 1 : m_chat.envelope + 1;
        command.channels = channels;
        command.token = token;
        command.body = build(command.envelope);
        m_chat.queue.append(command);
        pump();
        return command.envelope;
    }

    void pump()
    {
        if (m_chat.underWay || m_chat.queue.isEmpty()
            || (m_chat.phase != GroupChatPhase::Asking && m_chat.phase != GroupChatPhase::Ready)) {
            return;
        }
        m_chat.underWay = m_chat.queue.takeFirst();
        effects.append(ChatInfo { m_chat.underWay->envelope, m_chat.underWay->body });
    }

    void join(const QStringList &channels)
    {
        ask(Kind::Join, channels, {},
            [&](quint32 envelope) { return buildChatJoin(envelope, channels); });
    }

    bool isJoining(const QString &channel) const
    {
        const auto joins = [&](const ChatCommand &command) {
            return command.kind == Kind::Join && command.channels.contains(channel);
        };
        return (m_chat.underWay && joins(*m_chat.underWay))
            || std::ranges::any_of(m_chat.queue, joins)
            || std::ranges::any_of(m_chat.unanswered, joins);
    }

    void search(const QString &token, const QString &words)
    {
        ask(Kind::Search, {}, token,
            [&](quint32 envelope) { return buildChatSearch(envelope, words); });
    }

    void refused(const ChatCommand &command, const Error &why)
    {
        switch (command.kind) {
        case Kind::Lookup:
            if (why.code != "group-chat-silent"_L1) {
                // It may be the server with the rooms itself ([MS-OCSPROT] 2.5.21 asks nobody).
                ready();
            } else {
                effects.append(ChatBye {});
                fail(why);
            }
            return;
        case Kind::Join:
            for (const QString &channel : command.channels) {
                notIn(channel, why);
            }
            return;
        case Kind::Search:
            effects.append(ChatSearchFailed { command.token, why });
            return;
        case Kind::Post:
            for (ChatDraft &draft : m_chat.drafts) {
                if (draft.localId == command.token && !draft.settled) {
                    draft.settled = true;
                    draft.pieces.clear();
                    draft.unseen.clear();
                    effects.append(ChatSendFailed { draft.localId, why });
                    break;
                }
            }
            forgetSettled();
            return;
        case Kind::ServerInfo:
        case Kind::History:
        case Kind::Part:
            return; // nothing depends on them
        }
    }

    void notIn(const QString &channel, const Error &why)
    {
        const auto room = m_chat.rooms.constFind(channel);
        if (room == m_chat.rooms.constEnd() || room->joined) {
            return;
        }
        // Silence says nothing about a room that we have been in.
        if (!room->known || why.kind != Error::Kind::Timeout) {
            m_chat.rooms.erase(room);
            effects.append(ChatRemember {});
        }
        giveUpDrafts(channel);
        effects.append(ChatJoinFailed { channel, why });
    }

    // ---- what the server says

    std::optional<ChatCommand> answered(const ChatStatement &reply)
    {
        const auto matches = [&](const ChatCommand &command) {
            return QString::number(command.envelope) == reply.envelope;
        };
        if (const auto found = std::ranges::find_if(m_chat.unanswered, matches);
            found != m_chat.unanswered.end()) {
            return m_chat.unanswered.takeAt(std::distance(m_chat.unanswered.begin(), found));
        }
        // The reply may come before the answer to the request.
        if (!m_chat.underWay || m_chat.underWay->replied || !matches(*m_chat.underWay)) {
            return std::nullopt;
        }
        m_chat.underWay->replied = true;
        return m_chat.underWay;
    }

    void heard(const ChatStatement &said)
    {
        if (!said.isReply) {
            noticed(said);
            return;
        }
        const auto command = answered(said);
        if (command && command->kind == Kind::Post) {
            if (said.code != 0 && !said.isGood()) {
                refused(*command, groupChatRefusal(said));
            }
            return;
        }
        if (m_chat.phase == GroupChatPhase::Asking) {
            if (said.what == "requri"_L1 && command) {
                located(said);
            }
            return;
        }
        if (!said.isGood()) {
            if (command) {
                refused(*command, groupChatRefusal(said));
            } else if (const auto post = std::ranges::find_if(m_chat.drafts,
                           [&](const ChatDraft &draft) {
                               return draft.envelope != 0
                                   && QString::number(draft.envelope) == said.envelope;
                           });
                post != m_chat.drafts.end()) {
                refused({ .kind = Kind::Post, .token = post->localId }, groupChatRefusal(said));
            }
            return;
        }
        if (said.what == "getserverinfo"_L1) {
            if (said.messageLimit >= shortestLimit) {
                m_chat.messageLimit = std::min(said.messageLimit, longestLimit);
            }
        } else if (said.what == "chansrch"_L1) {
            if (command) {
                effects.append(ChatFound { command->token, said.channels });
            }
        } else if (said.what == "join"_L1 || said.what == "bjoin"_L1) {
            entered(said);
            if (command) {
                Error why = groupChatTrouble(u"group-chat-refused"_s);
                why.detail = said.words;
                for (const QString &channel : command->channels) {
                    notIn(channel, why);
                }
            }
        } else if (said.what == "bccontext"_L1) {
            for (const ChatChannel &channel : said.channels) {
                remind(channel);
            }
        }
    }

    void located(const ChatStatement &said)
    {
        m_chat.underWay.reset();
        m_chat.unanswered.clear();
        if (!said.isGood() || said.server.isEmpty()
            || said.server.compare(m_chat.server, Qt::CaseInsensitive) == 0) {
            ready();
            return;
        }
        effects.append(ChatBye {});
        m_chat.phase = GroupChatPhase::Entering;
        m_chat.server = said.server;
        effects.append(ChatInvite { said.server });
    }

    void entered(const ChatStatement &said)
    {
        QMap<QString, QString> addresses;
        for (const ChatUser &user : said.users) {
            addresses.insert(user.id, user.address);
        }
        QSet<QString> again; // who is named twice is entered once
        for (const ChatChannel &channel : said.channels) {
            const auto room = m_chat.rooms.find(channel.uri);
            if (room == m_chat.rooms.end()) {
                continue; // left in the meantime
            }
            if (room->joined && again.contains(channel.uri)) {
                continue;
            }
            again.insert(channel.uri);
            enter(*room, channel, addresses, m_chat.self);
            effects.append(ChatRemember {});
            effects.append(ChatJoined { channel });
            ask(Kind::History, { channel.uri }, {}, [&](quint32 envelope) {
                return buildChatHistory(envelope, channel.uri, historyLength);
            });
        }
    }

    void noticed(const ChatStatement &said)
    {
        if (said.what == "join"_L1 || said.what == "bjoin"_L1) {
            for (const ChatUser &user : said.users) {
                for (const QString &channel : user.channels) {
                    const auto room = m_chat.rooms.find(channel);
                    if (room == m_chat.rooms.end() || !room->joined
                        || room->members.size() >= mostMembers) {
                        continue;
                    }
                    if (user.managed.contains(channel)) {
                        room->managers.insert(user.address);
                    }
                    if (!room->members.contains(user.address)) {
                        room->members.insert(user.address);
                        effects.append(ChatMoved { channel, user.address, true });
                    }
                }
            }
        } else if (said.what == "part"_L1) {
            for (const ChatChannel &channel : said.channels) {
                const auto room = m_chat.rooms.find(channel.uri);
                if (room == m_chat.rooms.end()) {
                    continue;
                }
                for (const QString &address : channel.addresses) {
                    // Of ourselves this says that another device left.
                    if (address != m_chat.self && room->members.remove(address)) {
                        room->managers.remove(address);
                        effects.append(ChatMoved { channel.uri, address, false });
                    }
                }
            }
        }
    }

    // ---- posts

    /// Hands over the next piece of the oldest message that still has one.
    void post()
    {
        if (m_chat.phase != GroupChatPhase::Ready) {
            return;
        }
        for (ChatDraft &draft : m_chat.drafts) {
            if (draft.pieces.isEmpty() || draft.settled) {
                continue;
            }
            if (!m_chat.rooms.value(draft.channel).joined || isQueued(draft.envelope)) {
                if (isQueued(draft.envelope)) {
                    return;
                }
                continue;
            }
            const QString piece = draft.pieces.takeFirst();
            draft.unseen.append(piece);
            const ChatPost written { draft.channel, m_chat.self, piece, draft.at, {} };
            draft.envelope = m_chat.envelope; // what ask() is about to give
            ask(Kind::Post, { draft.channel }, draft.localId,
                [&](quint32 envelope) { return buildChatPost(envelope, written); });
            return;
        }
    }

    void taken(const ChatCommand &command)
    {
        for (ChatDraft &draft : m_chat.drafts) {
            if (draft.localId != command.token || draft.settled || !draft.pieces.isEmpty()) {
                continue;
            }
            if (draft.unseen.isEmpty()) {
                settle(draft);
            } else {
                effects.append(ChatWait { command.envelope, echoLimit });
            }
            break;
        }
        forgetSettled();
    }

    void settle(ChatDraft &draft)
    {
        draft.settled = true;
        // Without the server's word the time is not known either.
        effects.append(
            ChatSent { draft.localId, draft.id, draft.id.isEmpty() ? QDateTime() : draft.at });
    }

    void forgetSettled()
    {
        qsizetype settled = std::ranges::count_if(
            m_chat.drafts, [](const ChatDraft &draft) { return draft.settled; });
        m_chat.drafts.removeIf([&](const ChatDraft &draft) {
            if (!draft.settled) {
                return false;
            }
            const bool drop = draft.unseen.isEmpty() || settled > mostSettled;
            settled -= drop ? 1 : 0;
            return drop;
        });
    }

    void giveUpDrafts(const QString &channel)
    {
        for (ChatDraft &draft : m_chat.drafts) {
            if (draft.channel != channel || draft.settled) {
                continue;
            }
            if (draft.pieces.isEmpty() && !isQueued(draft.envelope)) {
                settle(draft);
            } else {
                draft.settled = true;
                effects.append(ChatSendFailed {
                    draft.localId, groupChatTrouble(u"group-chat-not-in-room"_s) });
            }
        }
        m_chat.drafts.removeIf([&](const ChatDraft &d) { return d.channel == channel; });
    }

    void show(const ChatPost &written)
    {
        const auto room = m_chat.rooms.find(written.channel);
        if (room == m_chat.rooms.end() || !room->joined) {
            return;
        }
        const bool fresh = note(*room, written);
        if (fresh && (written.author != m_chat.self || !echoed(written))) {
            effects.append(ChatShow { .post = written });
        }
    }

    /// A post of ours comes back. True when nothing needs to be shown.
    bool echoed(const ChatPost &written)
    {
        for (ChatDraft &draft : m_chat.drafts) {
            const auto piece = std::ranges::find_if(draft.unseen, [&](const QString &text) {
                return draft.channel == written.channel
                    && sameLines(text) == sameLines(written.text);
            });
            if (piece == draft.unseen.end()) {
                continue;
            }
            draft.unseen.erase(piece);
            const bool first = draft.id.isEmpty();
            if (first) {
                draft.id = written.id;
                draft.at = written.at;
            }
            if (draft.inParts && !first) {
                m_chat.ownPieces.append(written.id);
                while (m_chat.ownPieces.size() > rememberedPieces) {
                    m_chat.ownPieces.removeFirst();
                }
                effects.append(ChatRemember {});
            }
            const bool late = draft.settled;
            if (late && first && !draft.inParts) {
                effects.append(ChatShow { .post = written, .originId = draft.localId });
            } else if (!late && draft.pieces.isEmpty() && draft.unseen.isEmpty()
                && !isQueued(draft.envelope)) {
                settle(draft);
            }
            forgetSettled();
            return true;
        }
        return m_chat.ownPieces.contains(written.id);
    }

    void remind(const ChatChannel &channel)
    {
        const auto room = m_chat.rooms.find(channel.uri);
        if (room == m_chat.rooms.end() || !room->joined) {
            return;
        }
        const QDateTime seen = room->last;
        for (const ChatPost &written : channel.history) {
            if (written.channel != channel.uri || m_chat.ownPieces.contains(written.id)) {
                continue;
            }
            const bool missed = seen.isValid() && written.at.isValid() && written.at > seen;
            if (note(*room, written)) {
                effects.append(ChatShow { .post = written, .old = true, .missed = missed });
            }
        }
    }

    GroupChat &m_chat;
};

} // namespace

QList<GroupChatEffect> stepGroupChat(GroupChat &chat, const GroupChatInput &input)
{
    Step step(chat);
    std::visit(step, input);
    return step.effects;
}

} // namespace linchpin::sip
