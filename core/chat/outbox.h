// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/sdk/session.h"

#include <QHash>
#include <QObject>
#include <QPointer>

#include <deque>

namespace linchpin {

class Account;
class AccountManager;
class HistoryStore;

/// Messages on their way out. Every one is in the history as Queued before it comes here, and as
/// Submitted before a session gets it, so that whatever ends the program, it is known afterwards
/// which messages may have arrived. Such a one is sent again only where the session can do that
/// without doubling it; otherwise it becomes Unconfirmed. One that its recipient was not there for
/// (failure code `recipient-offline`) stays Queued, with that failure as the reason, until the
/// person is back, another message goes to them, the account signs in again, or it is taken back.
/// Main thread.
class Outbox : public QObject {
    Q_OBJECT
public:
    /// An account; and one in each conversation where the session cannot repeat safely.
    static constexpr int kMostInFlight = 16;

    Outbox(AccountManager &accounts, HistoryStore &history, QObject *parent = nullptr);
    ~Outbox() override;

    /// What an earlier run left: Queued and Submitted messages, oldest first.
    void restore(const QList<StoredMessage> &messages);
    void add(const StoredMessage &message); ///< stored as Queued
    void retry(const StoredMessage &message); ///< Failed or Unconfirmed
    void discard(const StoredMessage &message);
    void forget(const ConversationKey &key); ///< its messages are gone
    void forget(const AccountId &account);
    /// The account's state may have changed: sends what waits.
    void pump(Account *account);

Q_SIGNALS:
    void changed(const linchpin::StoredMessage &message);

private:
    struct Item {
        StoredMessage message;
        bool repeated = false; ///< an attempt before may have reached the server
        bool uncertain = false; ///< of an earlier run or line: asks canRepeatSafely() first
        bool handedOver = false; ///< the session has it
        bool safe = false; ///< what canRepeatSafely() was then
        bool parked = false; ///< its recipient is not there
    };
    struct Lane {
        std::deque<Item> waiting; ///< in the order to send
        QHash<MessageId, Item> inFlight;
        QPointer<Session> session; ///< the one that inFlight belongs to
        bool held = false; ///< the line failed: wait for the next one
    };

    void submit(Account *account, const Item &item);
    void handOver(const AccountId &id, Item item, Session *session);
    void answered(const AccountId &id, const Item &item, const Result<SentMessage> &result);
    void requeue(const AccountId &id, Item item);
    void set(const StoredMessage &message, DeliveryState state, const std::optional<Error> &failure,
        const SentMessage &sent = {});
    Session *sessionOf(const AccountId &id) const;
    void pumpLater(const AccountId &id);
    /// Messages kept for that person may go now. Whether there were any.
    bool release(const AccountId &id, const QString &with);
    void noticed(const Account *account, const SessionEvent &event);

    AccountManager &m_accounts;
    HistoryStore &m_history;
    QHash<AccountId, Lane> m_lanes;
};

/// The reason of DeliveryState::Unconfirmed.
Error unconfirmed(const QString &detail);

} // namespace linchpin
