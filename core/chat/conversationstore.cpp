// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/conversationstore.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/messagerouter.h"
#include "core/chat/outbox.h"
#include "core/chat/servicesecrets.h"
#include "core/files/filetransferstore.h"
#include "core/history/historystore.h"
#include "core/sdk/protocolplugin.h"

#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

Error refusal(const QString &code, const QString &title)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = code;
    error.title = title;
    return error;
}

/// Conversations nobody has written in for this long get no gaps: each would be true and useless.
constexpr qint64 kGapsForDays = 90;

} // namespace

class ConversationStore::Private {
public:
    Private(ConversationStore &store, AccountManager &accountManager, HistoryStore &historyStore)
        : accounts(accountManager)
        , history(historyStore)
        , router(store, historyStore)
        , outbox(accountManager, historyStore)
        , files(accountManager,
              [this](const ConversationKey &key, const QString &text) { router.note(key, text); })
    {
        router.setFiles(&files);
        files.setClock([this] { return router.now(); });
    }

    AccountManager &accounts;
    HistoryStore &history;
    MessageRouter router;
    Outbox outbox;
    FileTransferStore files;
    QHash<ConversationKey, Conversation *> conversations; // children of the store
    int totalUnread = 0;
    struct Seen {
        bool online = false;
        QDateTime since; ///< when it went offline; invalid = not online yet in this run
    };
    QHash<AccountId, Seen> seen;

    Session *sessionOf(const AccountId &id) const
    {
        const Account *const account = accounts.account(id);
        return account != nullptr && account->state() == Account::State::Online ? account->session()
                                                                                : nullptr;
    }
    QList<Conversation *> of(const AccountId &id) const
    {
        QList<Conversation *> list;
        for (Conversation *const conversation : conversations) {
            if (conversation->key().account == id) {
                list.append(conversation);
            }
        }
        return list;
    }
    void accountChanged(Account *account);
    void noteGaps(const Account &account, const QDateTime &since);
};

void ConversationStore::Private::accountChanged(Account *account)
{
    Seen &state = seen[account->id()];
    const bool online = account->state() == Account::State::Online;
    if (online == state.online) {
        return;
    }
    state.online = online;
    if (online) {
        noteGaps(*account, state.since);
    } else {
        state.since = router.now();
        const QList<Conversation *> list = of(account->id());
        for (Conversation *const conversation : list) {
            conversation->setOffline();
        }
    }
    outbox.pump(account);
}

/// What was said while we were away cannot be known where the network keeps no complete archive.
void ConversationStore::Private::noteGaps(const Account &account, const QDateTime &since)
{
    const ProtocolPlugin *const plugin = account.plugin();
    if (plugin == nullptr) {
        return;
    }
    const Capabilities capabilities = plugin->info().capabilities;
    if (capabilities.testFlag(Capability::CompleteHistory)
        || capabilities.testFlag(Capability::SelfOnly)) {
        return;
    }
    const QDateTime now = router.now();
    const QList<Conversation *> list = of(account.id());
    for (const Conversation *const conversation : list) {
        const QDateTime last = conversation->summary().lastAt;
        if (conversation->key().kind == ConversationKind::Server || !last.isValid()
            || (last.daysTo(now) > kGapsForDays && !conversation->summary().open)) {
            continue;
        }
        router.gap(conversation->key(), since.isValid() ? since : last, now);
    }
}

ConversationStore::ConversationStore(
    AccountManager &accounts, HistoryStore &history, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(*this, accounts, history))
{
    connect(&accounts, &AccountManager::event, this,
        [this](Account *account, const SessionEvent &event) { d->router.route(account, event); });
    connect(&accounts, &AccountManager::accountChanged, this,
        [this](Account *account) { d->accountChanged(account); });
    connect(&accounts, &AccountManager::accountAdded, this,
        [this](Account *account) { d->accountChanged(account); });
    connect(&accounts, &AccountManager::accountRemoved, this, [this](const AccountId &id) {
        // Its history stays and can be searched; there is nothing to write with any more.
        d->seen.remove(id);
        d->outbox.forget(id);
        const QList<Conversation *> list = d->of(id);
        for (Conversation *const conversation : list) {
            const ConversationKey key = conversation->key();
            d->conversations.remove(key);
            Q_EMIT conversationRemoved(key);
            conversation->deleteLater();
        }
        updateUnread();
    });
    connect(&history, &HistoryStore::troubled, this, &ConversationStore::troubled);
    connect(&d->outbox, &Outbox::changed, this,
        [this](const StoredMessage &message) { d->router.tellChanged(message); });
}

ConversationStore::~ConversationStore()
{
    // The children's signals must not reach a store half gone.
    const QList<Conversation *> all = d->conversations.values();
    d->conversations.clear();
    qDeleteAll(all);
}

FileTransferStore &ConversationStore::files() const
{
    return d->files;
}

Async<void> ConversationStore::load()
{
    const Answer<void> answer;
    d->history.conversations().then(
        this, [this, answer](const Result<QList<ConversationSummary>> &summaries) {
            if (!summaries) {
                answer.fail(summaries.error());
                return;
            }
            for (const ConversationSummary &summary : *summaries) {
                if (Conversation *const known = find(summary.key)) {
                    known->setSummary(summary);
                    continue;
                }
                auto *const conversation = new Conversation(summary, this);
                d->conversations.insert(summary.key, conversation);
                Q_EMIT conversationAdded(conversation);
            }
            updateUnread();
        });
    d->history.outbox().then(this, [this, answer](const Result<QList<StoredMessage>> &messages) {
        if (!messages) {
            answer.fail(messages.error());
            return;
        }
        d->outbox.restore(*messages);
        answer.give({});
    });
    return answer.future();
}

QList<Conversation *> ConversationStore::conversations() const
{
    QList<Conversation *> list = d->conversations.values();
    std::ranges::sort(list, [](const Conversation *a, const Conversation *b) {
        const QDateTime &first = a->summary().lastAt;
        const QDateTime &second = b->summary().lastAt;
        if (first.isValid() != second.isValid()) {
            return first.isValid();
        }
        return first == second ? a->key().with < b->key().with : first > second;
    });
    return list;
}

Conversation *ConversationStore::find(const ConversationKey &key) const
{
    return d->conversations.value(key);
}

Conversation *ConversationStore::ensure(const ConversationKey &key)
{
    if (Conversation *const known = find(key)) {
        return known;
    }
    ConversationSummary summary;
    summary.key = key;
    auto *const conversation = new Conversation(summary, this);
    d->conversations.insert(key, conversation);
    Q_EMIT conversationAdded(conversation);
    return conversation;
}

Async<StoredMessage> ConversationStore::send(const ConversationKey &key, const RichText &body,
    MessageKind kind, const MessageReference &replyTo)
{
    const Account *const account = d->accounts.account(key.account);
    if (account == nullptr) {
        return readyError<StoredMessage>(
            refusal(u"unknown-account"_s, tr("There is no such account any more.")));
    }
    if (key.with.isEmpty() || key.kind == ConversationKind::Server) {
        return readyError<StoredMessage>(
            refusal(u"cannot-send-here"_s, tr("Messages cannot be sent here.")));
    }
    if (body.isEmpty()) {
        return readyError<StoredMessage>(
            refusal(u"empty-message"_s, tr("There is nothing to send.")));
    }
    const Conversation *const conversation = ensure(key);
    StoredMessage message;
    message.conversation = key;
    message.from = conversation->ownNick();
    if (message.from.isEmpty()) {
        message.from = account->address();
    }
    message.direction = Direction::Out;
    message.kind = kind == MessageKind::Chat && key.kind == ConversationKind::Room
        ? MessageKind::Room
        : kind;
    message.body = withoutServiceSecrets(key.with, body);
    message.originId = QUuid::createUuid().toString(QUuid::WithoutBraces);
    message.receivedAt = d->router.now();
    message.sentAt = message.receivedAt;
    message.delivery = DeliveryState::Queued;
    message.replyTo = replyTo;

    const Answer<StoredMessage> answer;
    d->history.append(message).then(
        this, [this, message, body, answer](const Result<HistoryStore::Appended> &appended) {
            if (!appended) {
                answer.fail(appended.error());
                return;
            }
            StoredMessage stored = message;
            stored.id = appended->id;
            d->router.tellStored(stored, appended->unread, appended->mentions);
            answer.give(stored);
            stored.body = body; // what is sent has its password
            d->outbox.add(stored);
        });
    return answer.future();
}

void ConversationStore::retry(const StoredMessage &message)
{
    d->outbox.retry(message);
}

void ConversationStore::discard(const StoredMessage &message)
{
    d->outbox.discard(message);
}

void ConversationStore::markRead(const ConversationKey &key, const MessagePlace &upTo)
{
    const Conversation *const conversation = find(key);
    if (conversation == nullptr || upTo.id.isNull()) {
        return;
    }
    const MessagePlace &known = conversation->summary().readUpTo;
    if (conversation->summary().unread == 0 && !known.id.isNull()
        && (known.sentAt > upTo.sentAt || known == upTo)) {
        return;
    }
    d->history.markRead(key, upTo);
    d->router.refresh(key);
    Session *const session = d->sessionOf(key.account);
    if (session == nullptr || session->readMarks() == nullptr) {
        return;
    }
    d->history.message(upTo.id).then(this, [this, key](const Result<StoredMessage> &message) {
        Session *const now = d->sessionOf(key.account);
        if (!message || message->direction != Direction::In || now == nullptr
            || now->readMarks() == nullptr) {
            return;
        }
        const QString id = message->remoteId.isEmpty() ? message->serverId : message->remoteId;
        if (!id.isEmpty()) {
            now->readMarks()->markRead(key.with, key.kind, id);
        }
    });
}

void ConversationStore::setOpen(const ConversationKey &key, bool open)
{
    Conversation *const conversation = ensure(key);
    ConversationSummary next = conversation->summary();
    if (next.open == open) {
        return;
    }
    next.open = open;
    setSummary(*conversation, next);
    HistoryStore::ConversationFlags flags;
    flags.open = open;
    d->history.setFlags(key, flags);
}

void ConversationStore::setPinned(const ConversationKey &key, bool pinned)
{
    Conversation *const conversation = ensure(key);
    ConversationSummary next = conversation->summary();
    next.pinned = pinned;
    setSummary(*conversation, next);
    HistoryStore::ConversationFlags flags;
    flags.pinned = pinned;
    d->history.setFlags(key, flags);
}

void ConversationStore::setMuted(const ConversationKey &key, bool muted)
{
    Conversation *const conversation = ensure(key);
    ConversationSummary next = conversation->summary();
    next.muted = muted;
    setSummary(*conversation, next);
    HistoryStore::ConversationFlags flags;
    flags.muted = muted;
    d->history.setFlags(key, flags);
}

void ConversationStore::saveDraft(const ConversationKey &key, const QString &draft)
{
    Conversation *const conversation = find(key);
    if (conversation == nullptr && draft.isEmpty()) {
        return;
    }
    ConversationSummary next = ensure(key)->summary();
    if (next.draft == draft) {
        return;
    }
    next.draft = draft;
    setSummary(*ensure(key), next);
    d->history.saveDraft(key, draftToKeep(key.with, draft));
}

void ConversationStore::setComposing(const ConversationKey &key, bool composing)
{
    Session *const session = d->sessionOf(key.account);
    if (session != nullptr && session->typing() != nullptr
        && key.kind != ConversationKind::Server) {
        session->typing()->setTyping(key.with, key.kind, composing);
    }
}

void ConversationStore::remove(const ConversationKey &key)
{
    d->outbox.forget(key);
    d->history.removeConversation(key);
    Conversation *const conversation = d->conversations.take(key);
    if (conversation == nullptr) {
        return;
    }
    Q_EMIT conversationRemoved(key);
    conversation->deleteLater();
    updateUnread();
}

Async<void> ConversationStore::join(
    const AccountId &account, const RoomAddress &room, const QString &nick, const QString &password)
{
    const Account *const owner = d->accounts.account(account);
    if (owner == nullptr || owner->plugin() == nullptr) {
        return readyError<void>(
            refusal(u"unknown-account"_s, tr("There is no such account any more.")));
    }
    Session *const session = d->sessionOf(account);
    if (session == nullptr) {
        Error error = refusal(u"offline"_s, tr("The account is not online."));
        error.kind = Error::Kind::Network;
        return readyError<void>(error);
    }
    if (session->rooms() == nullptr) {
        return readyError<void>(
            refusal(u"rooms-unsupported"_s, tr("This network has no rooms that can be joined.")));
    }
    const Result<QString> normalized = owner->plugin()->normalizedRoom(room.value);
    if (!normalized) {
        return readyError<void>(normalized.error());
    }
    const ConversationKey key { account, *normalized, ConversationKind::Room };
    ensure(key);
    const Answer<void> answer;
    session->rooms()
        ->join({ *normalized }, nick, password)
        .then(this, [this, key, answer](const Result<void> &joined) {
            if (joined) {
                setOpen(key, true);
            }
            answer.give(joined);
        });
    return answer.future();
}

Async<void> ConversationStore::leave(const ConversationKey &key)
{
    Session *const session = d->sessionOf(key.account);
    if (session == nullptr || session->rooms() == nullptr) {
        return readyOk(); // who is offline is in no room
    }
    return session->rooms()->leave({ key.with }, {});
}

int ConversationStore::totalUnread() const
{
    return d->totalUnread;
}

void ConversationStore::setIgnored(const AccountId &account, const QString &address, bool ignored)
{
    d->router.ignored().setIgnored(account, address, ignored);
}

void ConversationStore::setClock(std::function<QDateTime()> now)
{
    d->router.setClock(std::move(now));
}

void ConversationStore::setTypingLimit(std::chrono::milliseconds limit)
{
    d->router.setTypingLimit(limit);
}

void ConversationStore::setSummary(Conversation &conversation, const ConversationSummary &summary)
{
    conversation.setSummary(summary);
    updateUnread();
}

void ConversationStore::updateUnread()
{
    int total = 0;
    for (const Conversation *const conversation : std::as_const(d->conversations)) {
        total += conversation->summary().muted ? 0 : conversation->summary().unread;
    }
    if (total != d->totalUnread) {
        d->totalUnread = total;
        Q_EMIT totalUnreadChanged(total);
    }
}

} // namespace linchpin
