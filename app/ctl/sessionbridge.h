// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"

#include <QHash>
#include <QJsonObject>
#include <QObject>
#include <QQueue>
#include <QSet>

#include <functional>
#include <optional>

namespace linchpin::ctl {

/// `linchpinctl session` without its pipes: commands in as JSON objects, events out as JSON objects
/// (contract: docs/linchpinctl.md). Main thread.
class SessionBridge : public QObject {
    Q_OBJECT
public:
    using Write = std::function<void(const QJsonObject &)>;

    /// `only`: the accounts to speak of; empty = all.
    SessionBridge(AccountManager &accounts, ConversationStore &conversations, QStringList only,
        Write write, QObject *parent = nullptr);

    /// One line of input; a line that cannot be understood brings an `error` event.
    void handleLine(const QByteArray &line);
    void handle(const QJsonObject &json);
    void signIn();
    /// Whether messages stay for people who are not there; otherwise they are given up, for nobody
    /// would send them later.
    void setKeepsMessages(bool keeps) { m_keeps = keeps; }
    /// Waits for what is on its way (at most 30 s), then signs out.
    void finish();

Q_SIGNALS:
    void finished();

private:
    struct Command;
    using Handler = void (SessionBridge::*)(const Command &);
    static const QHash<QString, Handler> &handlers();

    void doSend(const Command &command);
    void doStatus(const Command &command);
    void doAdd(const Command &command);
    void doRemove(const Command &command);
    void doRename(const Command &command);
    void doBlock(const Command &command);
    void doUnblock(const Command &command);
    void doAnswer(const Command &command);
    void doTyping(const Command &command);
    void doJoin(const Command &command);
    void doLeave(const Command &command);
    void doInvite(const Command &command);
    void doSearch(const Command &command);
    void doConnect(const Command &command);
    void doDisconnect(const Command &command);
    void doContacts(const Command &command);
    void doRetry(const Command &command);
    void doQuit(const Command &command);

    void accountChanged(Account *account);
    void event(Account *account, const SessionEvent &event);
    void messageStored(const StoredMessage &message);
    void messageChanged(const StoredMessage &message);

    void complain(const Command &command, const Error &error);
    void complain(const QString &account, const QString &ref, const Error &error);
    void succeed(const Command &command, const QJsonObject &result = {});
    /// Answers `command` when `future` does.
    void answerWith(const Command &command, const Async<void> &future);
    void setBlocked(const Command &command, bool blocked);
    bool concerns(const Account *account) const;
    std::optional<ConversationKey> keyFor(const Command &command, const QString &to) const;
    void leaveWhenDrained();
    void signOut();

    AccountManager &m_accounts;
    ConversationStore &m_conversations;
    QStringList m_only;
    Write m_write;
    QHash<AccountId, QJsonObject> m_lastState;
    QHash<ConversationKey, QQueue<QString>>
        m_refsAwaitingRow; ///< of sends whose row is not stored yet
    QHash<QString, QString> m_refs; ///< message id → ref
    QHash<QString, DeliveryState> m_told; ///< message id → delivery told last
    QHash<ContactAddress, ContactSnapshot> m_known; ///< by `account-id/address`
    QSet<QString> m_underway; ///< message ids that are neither sent nor failed
    QHash<QString, StoredMessage> m_failed;
    int m_storing = 0;
    bool m_keeps = true;
    bool m_draining = false;
    bool m_quitting = false;
    bool m_done = false;
};

} // namespace linchpin::ctl
