// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/chat/conversation.h"
#include "core/sdk/result.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace linchpin {

class AccountManager;
class ContactStore;
class FileTransferStore;
class HistoryStore;
class MessageRouter;
class Outbox;

/// All conversations; the one door through which the UI and `linchpinctl` send and mark read.
/// Lives on the main thread.
class ConversationStore : public QObject {
    Q_OBJECT
public:
    ConversationStore(AccountManager &accounts, HistoryStore &history, QObject *parent = nullptr);
    ~ConversationStore() override;

    /// Reads the list of conversations and the outbox from the history.
    Async<void> load();

    QList<Conversation *> conversations() const; ///< newest first
    Conversation *find(const ConversationKey &key) const;
    Conversation *ensure(const ConversationKey &key); ///< makes an empty one; never nullptr

    /// Stores the message first, then sends it as soon as the account is online. Answers when it is
    /// stored (its row is in the history as Queued), or why it could not be. What becomes of it
    /// comes as Conversation::messageChanged.
    Async<StoredMessage> send(const ConversationKey &key, const RichText &body,
        MessageKind kind = MessageKind::Chat, const MessageReference &replyTo = {});
    /// Failed or Unconfirmed → Queued again.
    void retry(const StoredMessage &message);
    void discard(const StoredMessage &message); ///< gives a failed message up; it stays as Failed

    void markRead(const ConversationKey &key, const MessagePlace &upTo);
    void setOpen(const ConversationKey &key, bool open);
    void setPinned(const ConversationKey &key, bool pinned);
    void setMuted(const ConversationKey &key, bool muted);
    void saveDraft(const ConversationKey &key, const QString &draft);
    void setComposing(const ConversationKey &key, bool composing);
    void remove(const ConversationKey &key); ///< with its history

    Async<void> join(const AccountId &account, const RoomAddress &room, const QString &nick = {},
        const QString &password = {});
    Async<void> leave(const ConversationKey &key);

    FileTransferStore &files() const; ///< files of all conversations

    int totalUnread() const; ///< over conversations that are not muted

    /// People whose messages are dropped unseen, beyond those blocked in the contact list.
    void setIgnored(const AccountId &account, const QString &address, bool ignored);

    // For tests: the clock (UTC), and how long somebody types without a word of it.
    void setClock(std::function<QDateTime()> now);
    void setTypingLimit(std::chrono::milliseconds limit);

Q_SIGNALS:
    void conversationAdded(linchpin::Conversation *conversation);
    void conversationRemoved(const linchpin::ConversationKey &key);
    void totalUnreadChanged(int unread);
    /// Stored, and new for the user (not from an archive, not their own): to notify about.
    void messageArrived(
        linchpin::Conversation *conversation, const linchpin::StoredMessage &message);
    /// Every message stored or changed, in order (linchpinctl, models).
    void messageStored(const linchpin::StoredMessage &message);
    void messageChanged(const linchpin::StoredMessage &message);
    void invitationReceived(
        const linchpin::AccountId &account, const linchpin::RoomInvitation &invitation);
    void troubled(const linchpin::Error &error);

private:
    friend class MessageRouter;
    void updateUnread();
    void setSummary(Conversation &conversation, const ConversationSummary &summary);
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace linchpin
