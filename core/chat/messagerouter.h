// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/chat/stages/ignorestage.h"
#include "core/history/storedmessage.h"
#include "core/sdk/sessionevent.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace linchpin {

class Account;
class Conversation;
class ConversationStore;
class FileTransferStore;
class HistoryStore;

/// Takes what sessions tell about conversations through the stages: sanitize → ignore → archive
/// (which finds repeats) → conversation → notify. Owns the order, the stages decide. Main thread.
class MessageRouter : public QObject {
    Q_OBJECT
public:
    MessageRouter(ConversationStore &store, HistoryStore &history);
    ~MessageRouter() override;

    void route(Account *account, const SessionEvent &event);
    /// A message is in the history: tells everybody. `unread` and `mentions` of its conversation.
    void tellStored(const StoredMessage &message, int unread, int mentions);
    void tellChanged(const StoredMessage &message);
    /// Reads a conversation's summary again.
    void refresh(const ConversationKey &key);

    /// A line that the program itself puts into a conversation.
    void note(const ConversationKey &key, const QString &text) { addLine(key, {}, text, m_now()); }
    /// Who is told of files; outlives the router. What is offered stands in the conversation as a
    /// notice that waits to be read.
    void setFiles(FileTransferStore *files);

    IgnoreStage &ignored() { return m_ignored; }
    void setClock(std::function<QDateTime()> now) { m_now = std::move(now); }
    QDateTime now() const { return m_now(); }
    void setTypingLimit(std::chrono::milliseconds limit) { m_typingLimit = limit; }

private:
    using Stored = std::function<void()>;
    void receive(const AccountId &account, InboundMessage message, const Stored &stored);
    void fileOffered(const AccountId &account, const FileOffer &file);
    void archive(const StoredMessage &message, const Stored &stored);
    void update(const AccountId &account, const MessageUpdate &update);
    void readMark(const AccountId &account, const ReadMarked &mark);
    void markAllRead(const ConversationKey &key);
    void typing(const AccountId &account, const TypingChanged &change);
    void room(const AccountId &account, const RoomChange &change);
    void addLine(
        const ConversationKey &key, const QString &nick, const QString &text, const QDateTime &at);
    void gap(const ConversationKey &key, const QDateTime &from, const QDateTime &to);
    void endTyping();

    ConversationStore &m_store;
    HistoryStore &m_history;
    FileTransferStore *m_files = nullptr;
    IgnoreStage m_ignored;
    std::function<QDateTime()> m_now;
    // RFC-less: XEP-0085 and SIP's composing (RFC 3994) repeat themselves well within this.
    std::chrono::milliseconds m_typingLimit { 30'000 };
    struct Typist {
        ConversationKey key;
        QString who;
        std::chrono::steady_clock::time_point until;
    };
    QList<Typist> m_typists;
    QTimer m_typingTimer;

    friend class ConversationStore;
};

} // namespace linchpin
