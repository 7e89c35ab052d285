// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/outbox.h"

#include "core/accounts/accountmanager.h"
#include "core/history/historystore.h"

#include <QSet>
#include <QTimer>

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

bool isBefore(const StoredMessage &a, const StoredMessage &b)
{
    return a.sentAt == b.sentAt ? a.id < b.id : a.sentAt < b.sentAt;
}

/// The line broke, or nobody answered: the message may or may not have arrived.
bool isUncertain(const Error &error)
{
    return error.kind == Error::Kind::Network || error.kind == Error::Kind::Cancelled
        || error.kind == Error::Kind::Timeout;
}

/// Nobody there to take it: worth keeping until somebody is.
bool isAbsence(const StoredMessage &message, const Error &error)
{
    return error.code == "recipient-offline"_L1
        && message.conversation.kind == ConversationKind::Person;
}

/// A network failure of which the session knows that nothing was written.
bool provesUnsent(const Error &error)
{
    return error.code == "not-connected"_L1 || error.code == "offline"_L1;
}

} // namespace

Error unconfirmed(const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Network;
    error.code = u"unconfirmed"_s;
    error.title = Outbox::tr("The program ended before the server confirmed this message. "
                             "It may have arrived.");
    error.detail = detail;
    error.remedy = Outbox::tr("Ask whether it has arrived, or send it again.");
    return error;
}

Outbox::Outbox(AccountManager &accounts, HistoryStore &history, QObject *parent)
    : QObject(parent)
    , m_accounts(accounts)
    , m_history(history)
{
    connect(&accounts, &AccountManager::event, this, &Outbox::noticed);
}

Outbox::~Outbox() = default;

Session *Outbox::sessionOf(const AccountId &id) const
{
    const Account *const account = m_accounts.account(id);
    return account != nullptr && account->state() == Account::State::Online ? account->session()
                                                                            : nullptr;
}

void Outbox::restore(const QList<StoredMessage> &messages)
{
    QList<AccountId> concerned;
    for (const StoredMessage &message : messages) {
        const AccountId id = message.conversation.account;
        const bool submitted = message.delivery == DeliveryState::Submitted;
        requeue(id, { message, submitted, submitted });
        if (!concerned.contains(id)) {
            concerned.append(id);
        }
    }
    for (const AccountId &id : std::as_const(concerned)) {
        pumpLater(id);
    }
}

void Outbox::noticed(const Account *account, const SessionEvent &event)
{
    const auto *const changed = std::get_if<PresenceChanged>(&event);
    if (changed != nullptr && changed->presence.isOnline()
        && release(account->id(), changed->address.value)) {
        pumpLater(account->id());
    }
}

bool Outbox::release(const AccountId &id, const QString &with)
{
    const auto lane = m_lanes.find(id);
    bool any = false;
    if (lane != m_lanes.end()) {
        for (Item &item : lane->waiting) {
            if (item.parked && item.message.conversation.with == with) {
                item.parked = false;
                any = true;
            }
        }
    }
    return any;
}

void Outbox::add(const StoredMessage &message)
{
    // What was kept goes first, so that the order stays.
    release(message.conversation.account, message.conversation.with);
    requeue(message.conversation.account, { message });
    pumpLater(message.conversation.account);
}

/// Puts a message where it belongs by its time: one that is tried again goes before newer ones.
void Outbox::requeue(const AccountId &id, Item item)
{
    std::deque<Item> &waiting = m_lanes[id].waiting;
    if (std::ranges::any_of(
            waiting, [&](const Item &other) { return other.message.id == item.message.id; })
        || m_lanes[id].inFlight.contains(item.message.id)) {
        return;
    }
    auto place = waiting.end();
    while (place != waiting.begin() && isBefore(item.message, std::prev(place)->message)) {
        --place;
    }
    waiting.insert(place, std::move(item));
}

void Outbox::pumpLater(const AccountId &id)
{
    QMetaObject::invokeMethod(
        this, [this, id] { pump(m_accounts.account(id)); }, Qt::QueuedConnection);
}

void Outbox::pump(Account *account)
{
    if (account == nullptr) {
        return;
    }
    const auto found = m_lanes.find(account->id());
    if (found == m_lanes.end()) {
        return;
    }
    Session *const session = sessionOf(account->id());
    if (session == nullptr) {
        found->held = false;
        return;
    }
    if (found->session != session) {
        found->session = session;
        found->held = false;
        Error error;
        error.kind = Error::Kind::Cancelled;
        error.code = u"cancelled"_s;
        const QHash<MessageId, Item> left = found->inFlight;
        for (const Item &item : left) {
            if (item.handedOver) {
                answered(account->id(), item, std::unexpected(error));
            }
        }
        found->held = false;
        for (Item &item : found->waiting) {
            item.parked = false; // once a sign-in: not everybody's presence is told
        }
    }
    // What cannot be repeated safely goes one by one in each conversation: whatever ends the
    // program leaves one message uncertain there, not a whole burst.
    const bool oneByOne = !session->canRepeatSafely();
    QSet<ConversationKey> busy;
    if (oneByOne) {
        for (const Item &item : std::as_const(found->inFlight)) {
            busy.insert(item.message.conversation);
        }
    }
    auto next = found->waiting.begin();
    while (!found->held && next != found->waiting.end() && found->inFlight.size() < kMostInFlight) {
        if (next->parked || busy.contains(next->message.conversation)) {
            ++next;
            continue;
        }
        Item item = std::move(*next);
        next = found->waiting.erase(next);
        if (item.uncertain && oneByOne) {
            set(item.message, DeliveryState::Unconfirmed, unconfirmed({}));
            continue;
        }
        if (oneByOne) {
            busy.insert(item.message.conversation);
        }
        found->inFlight.insert(item.message.id, item);
        submit(account, item);
    }
}

/// Makes Submitted durable; the session gets the message afterwards.
void Outbox::submit(Account *account, const Item &item)
{
    const AccountId &id = account->id();
    HistoryStore::DeliveryChange change;
    change.id = item.message.id;
    change.state = DeliveryState::Submitted;
    const QPointer<Session> session = account->session();
    m_history.setDelivery(change).then(
        this, [this, id, item, session](const Result<DeliveryState> &state) {
            Lane &lane = m_lanes[id];
            if (!lane.inFlight.contains(item.message.id)) {
                return; // discarded or removed meanwhile
            }
            if (!state || *state != DeliveryState::Submitted) {
                // An echo proved it, or the message is gone: nothing to send.
                lane.inFlight.remove(item.message.id);
                pumpLater(id);
                return;
            }
            Item submitted = item;
            submitted.message.delivery = DeliveryState::Submitted;
            Session *const now = sessionOf(id);
            if (now == nullptr || now != session) {
                // The line went before the session had it.
                lane.inFlight.remove(item.message.id);
                if (!item.repeated) {
                    set(submitted.message, DeliveryState::Queued, {});
                    submitted.message.delivery = DeliveryState::Queued;
                }
                requeue(id, submitted);
                pumpLater(id);
                return;
            }
            handOver(id, submitted, now);
        });
}

void Outbox::handOver(const AccountId &id, Item item, Session *session)
{
    const StoredMessage &message = item.message;
    OutgoingMessage outgoing;
    outgoing.localId = message.originId;
    outgoing.to = message.conversation.with;
    outgoing.conversation = message.conversation.kind;
    outgoing.kind = message.kind;
    outgoing.body = message.body;
    outgoing.composedAt = message.sentAt;
    outgoing.repeated = item.repeated;
    outgoing.replyTo = message.replyTo;
    item.handedOver = true;
    item.safe = session->canRepeatSafely(); // when the answer comes the session may be gone
    m_lanes[id].inFlight.insert(message.id, item);
    Q_EMIT changed(message);
    // No onCanceled(): chained behind a context that is being destroyed it runs into the half
    // destroyed object (seen with Qt 6.8.2). pump() notices what a session left unanswered.
    session->send(outgoing).then(
        this, [this, id, item](const Result<SentMessage> &result) { answered(id, item, result); });
}

void Outbox::answered(const AccountId &id, const Item &item, const Result<SentMessage> &result)
{
    Lane &lane = m_lanes[id];
    if (lane.inFlight.remove(item.message.id) == 0) {
        return; // discarded
    }
    if (result) {
        set(item.message, result->state, {}, *result);
    } else if (const Error &error = result.error(); isAbsence(item.message, error)) {
        Item kept = item;
        kept.handedOver = false;
        kept.parked = true;
        kept.message.delivery = DeliveryState::Queued;
        kept.message.failure = error;
        set(kept.message, DeliveryState::Queued, error);
        requeue(id, kept);
    } else if (!isUncertain(error)) {
        set(item.message, DeliveryState::Failed, error);
    } else if (provesUnsent(error) || item.safe) {
        // Goes first on the next line; a session that failed so would only fail again.
        Item again = item;
        again.handedOver = false;
        again.repeated = item.repeated || !provesUnsent(error);
        again.uncertain = again.repeated;
        if (!again.repeated) {
            set(again.message, DeliveryState::Queued, {});
            again.message.delivery = DeliveryState::Queued;
        }
        requeue(id, again);
        if (sessionOf(id) == nullptr) {
            return; // goes when the account is online again
        }
        lane.held = true;
        // The line may be fine in spite of it.
        QTimer::singleShot(30s, this, [this, id] {
            m_lanes[id].held = false;
            pump(m_accounts.account(id));
        });
    } else {
        set(item.message, DeliveryState::Unconfirmed, unconfirmed(error.detail));
    }
    pumpLater(id);
}

void Outbox::set(const StoredMessage &message, DeliveryState state,
    const std::optional<Error> &failure, const SentMessage &sent)
{
    HistoryStore::DeliveryChange change;
    change.id = message.id;
    change.state = state;
    change.remoteId = sent.remoteId;
    change.serverId = sent.serverId;
    change.sentAt = sent.sentAt;
    change.failure = failure;
    m_history.setDelivery(change);
    // What holds now, whether this change or an echo before it made it so.
    m_history.message(message.id).then(this, [this](const Result<StoredMessage> &now) {
        if (now) {
            Q_EMIT changed(*now);
        }
    });
}

void Outbox::retry(const StoredMessage &message)
{
    HistoryStore::DeliveryChange change;
    change.id = message.id;
    change.state = DeliveryState::Queued;
    m_history.setDelivery(change);
    const bool repeated = message.delivery == DeliveryState::Unconfirmed;
    m_history.message(message.id).then(this, [this, repeated](const Result<StoredMessage> &now) {
        if (!now || now->delivery != DeliveryState::Queued || now->direction != Direction::Out) {
            return;
        }
        Q_EMIT changed(*now);
        release(now->conversation.account, now->conversation.with);
        requeue(now->conversation.account, { *now, repeated });
        pumpLater(now->conversation.account);
    });
}

void Outbox::discard(const StoredMessage &message)
{
    Lane &lane = m_lanes[message.conversation.account];
    std::erase_if(lane.waiting, [&](const Item &item) { return item.message.id == message.id; });
    lane.inFlight.remove(message.id);
    Error error;
    error.kind = Error::Kind::Cancelled;
    error.code = u"discarded"_s;
    error.title = tr("You gave this message up.");
    set(message, DeliveryState::Failed, error);
}

void Outbox::forget(const ConversationKey &key)
{
    Lane &lane = m_lanes[key.account];
    std::erase_if(lane.waiting, [&](const Item &item) { return item.message.conversation == key; });
    lane.inFlight.removeIf([&](auto entry) { return entry->message.conversation == key; });
}

void Outbox::forget(const AccountId &account)
{
    m_lanes.remove(account);
}

} // namespace linchpin
