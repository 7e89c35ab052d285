// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/messagerouter.h"

#include "core/accounts/account.h"
#include "core/chat/conversationstore.h"
#include "core/chat/roomlines.h"
#include "core/chat/servicesecrets.h"
#include "core/chat/stages/archivestage.h"
#include "core/chat/stages/notifystage.h"
#include "core/chat/stages/sanitizestage.h"
#include "core/files/filetransferstore.h"
#include "core/history/historystore.h"

#include <algorithm>

namespace linchpin {

namespace {

void done(const std::function<void()> &stored)
{
    if (stored) {
        stored();
    }
}

} // namespace

MessageRouter::MessageRouter(ConversationStore &store, HistoryStore &history)
    : m_store(store)
    , m_history(history)
    , m_now([] { return QDateTime::currentDateTimeUtc(); })
{
    m_typingTimer.setSingleShot(true);
    connect(&m_typingTimer, &QTimer::timeout, this, &MessageRouter::endTyping);
}

MessageRouter::~MessageRouter() = default;

void MessageRouter::route(Account *account, const SessionEvent &event)
{
    const AccountId &id = account->id();
    std::visit(Overloaded {
                   [&](const MessageReceived &e) { receive(id, e.message, e.stored); },
                   [&](const MessageUpdated &e) { update(id, e.update); },
                   [&](const ReadMarked &e) { readMark(id, e); },
                   [&](const HistoryGap &e) { gap({ id, e.with, e.conversation }, e.from, e.to); },
                   [&](const TypingChanged &e) { typing(id, e); },
                   [&](const RoomChanged &e) { room(id, e.change); },
                   [&](const InvitationReceived &e) {
                       if (!m_ignored.isIgnored(id, e.invitation.from)) {
                           Q_EMIT m_store.invitationReceived(id, e.invitation);
                       }
                   },
                   [&](const ContactChanged &e) {
                       m_ignored.setIgnored(id, e.contact.address.value, e.contact.blocked);
                   },
                   [](const ContactListComplete &) {},
                   [](const ContactRemoved &) {},
                   [](const PresenceChanged &) {},
                   [](const OwnPresenceChanged &) {},
                   [](const AvatarChanged &) {},
                   [](const AccessChanged &) {},
                   [&](const FileOffered &e) { fileOffered(id, e.file); },
                   [&](const FileTransferChanged &e) {
                       if (m_files != nullptr) {
                           m_files->changed(id, e);
                       }
                   },
                   [](const SubscriptionAsked &) {},
                   [](const ServerNotice &) {},
                   [](const SettingLearned &) {},
               },
        event);
}

void MessageRouter::setFiles(FileTransferStore *files)
{
    m_files = files;
    connect(files, &FileTransferStore::offerArrived, this, [this](const FileTransfer &transfer) {
        InboundMessage message;
        message.with = transfer.file.with;
        message.from = transfer.file.with;
        message.kind = MessageKind::Notice;
        message.body = RichText::fromPlain(tr("Would like to send you %1 (%2)", "a file, its size")
                .arg(transfer.file.name, fileSizeText(transfer.file.size)));
        message.sentAt = transfer.at;
        receive(transfer.account, message, {});
    });
}

void MessageRouter::fileOffered(const AccountId &account, const FileOffer &file)
{
    if (m_files == nullptr) {
        return;
    }
    if (m_ignored.isIgnored(account, file.with)) {
        m_files->refuse(account, file);
        return;
    }
    m_store.ensure({ account, file.with, ConversationKind::Person });
    m_files->offered(account, file);
}

void MessageRouter::receive(const AccountId &account, InboundMessage message, const Stored &stored)
{
    if (!sanitize(message, m_now()) || m_ignored.isIgnored(account, message)) {
        done(stored); // nothing to keep: the server need not keep it either
        return;
    }
    if (message.direction == Direction::Out) { // from another device of ours, or an echo
        message.body = withoutServiceSecrets(message.with, message.body);
    }
    const StoredMessage toKeep = toStore(account, message, m_now());
    if (message.replaces.remoteId.isEmpty()) {
        archive(toKeep, stored);
        return;
    }
    // Our own corrections come back under whatever address; their direction is proof enough.
    const QString author = message.direction == Direction::Out ? QString() : message.from;
    m_history.correct(toKeep.conversation, message.replaces, author, message.body)
        .then(this, [this, toKeep, stored](const Result<StoredMessage> &corrected) {
            if (corrected) {
                tellChanged(*corrected);
                done(stored);
            } else if (corrected.error().kind == Error::Kind::NotFound) {
                archive(toKeep, stored); // of something we never saw: the text itself is kept
            }
        });
}

void MessageRouter::archive(const StoredMessage &message, const Stored &stored)
{
    m_store.ensure(message.conversation);
    m_history.append(message).then(
        this, [this, message, stored](const Result<HistoryStore::Appended> &appended) {
            if (!appended) {
                // Not acknowledged: the server keeps it and will send it again.
                Q_EMIT m_store.troubled(appended.error());
                return;
            }
            if (!appended->duplicate) {
                StoredMessage kept = message;
                kept.id = appended->id;
                tellStored(kept, appended->unread, appended->mentions);
            } else if (appended->changed) {
                tellChanged(*appended->changed);
            }
            done(stored);
        });
}

void MessageRouter::tellStored(const StoredMessage &message, int unread, int mentions)
{
    Conversation *const conversation = m_store.ensure(message.conversation);
    conversation->setTyping(message.from, false);
    conversation->noteStored(message, unread, mentions);
    Q_EMIT conversation->messageStored(message);
    Q_EMIT m_store.messageStored(message);
    m_store.updateUnread();
    if (isToNotify(message, conversation->summary())) {
        Q_EMIT m_store.messageArrived(conversation, message);
    }
}

void MessageRouter::tellChanged(const StoredMessage &message)
{
    if (Conversation *const conversation = m_store.find(message.conversation)) {
        Q_EMIT conversation->messageChanged(message);
    }
    Q_EMIT m_store.messageChanged(message);
}

void MessageRouter::update(const AccountId &account, const MessageUpdate &update)
{
    m_history.applyUpdate(account, update).then(this, [this](const Result<StoredMessage> &message) {
        if (message) {
            tellChanged(*message);
        }
    });
}

void MessageRouter::readMark(const AccountId &account, const ReadMarked &mark)
{
    const ConversationKey key { account, mark.with, mark.conversation };
    const bool byUs = mark.by.isEmpty();
    if (byUs && mark.remoteId.isEmpty()) {
        markAllRead(key);
        return;
    }
    MessageUpdate update; // finds the message by the network's id
    update.with = mark.with;
    update.conversation = mark.conversation;
    update.remoteId = mark.remoteId;
    update.originId = mark.remoteId;
    if (!byUs && mark.conversation == ConversationKind::Person) {
        update.delivery = DeliveryState::Read;
    }
    m_history.applyUpdate(account, update)
        .then(this, [this, key, byUs](const Result<StoredMessage> &message) {
            if (!message) {
                return;
            }
            if (!byUs) {
                tellChanged(*message);
                return;
            }
            m_history.markRead(key, placeOf(*message));
            refresh(key);
        });
}

void MessageRouter::markAllRead(const ConversationKey &key)
{
    m_history.newest(key, 1).then(this, [this, key](const Result<HistoryPage> &page) {
        if (page && !page->messages.isEmpty()) {
            m_history.markRead(key, placeOf(page->messages.constLast()));
            refresh(key);
        }
    });
}

void MessageRouter::refresh(const ConversationKey &key)
{
    m_history.conversation(key).then(this, [this, key](const Result<ConversationSummary> &summary) {
        Conversation *const conversation = m_store.find(key);
        if (!summary || conversation == nullptr) {
            return;
        }
        // Flags and draft are set here first; the history may not have them yet.
        ConversationSummary next = conversation->summary();
        next.unread = summary->unread;
        next.mentions = summary->mentions;
        next.readUpTo = summary->readUpTo;
        m_store.setSummary(*conversation, next);
    });
}

void MessageRouter::typing(const AccountId &account, const TypingChanged &change)
{
    const ConversationKey key { account, change.with, change.conversation };
    if (m_ignored.isIgnored(account, change.from)) {
        return;
    }
    m_typists.removeIf(
        [&](const Typist &typist) { return typist.who == change.from && typist.key == key; });
    // Nobody's typing makes a conversation of its own.
    if (Conversation *const conversation = m_store.find(key)) {
        conversation->setTyping(change.from, change.composing);
        if (change.composing) {
            m_typists.append(
                { key, change.from, std::chrono::steady_clock::now() + m_typingLimit });
        }
    }
    endTyping();
}

void MessageRouter::endTyping()
{
    const auto now = std::chrono::steady_clock::now();
    QList<Typist> over;
    m_typists.removeIf([&](const Typist &typist) {
        if (typist.until > now) {
            return false;
        }
        over.append(typist);
        return true;
    });
    for (const Typist &typist : std::as_const(over)) {
        if (Conversation *const conversation = m_store.find(typist.key)) {
            conversation->setTyping(typist.who, false);
        }
    }
    if (m_typists.isEmpty()) {
        m_typingTimer.stop(); // nothing wakes us while nobody types
        return;
    }
    const auto next = std::ranges::min_element(m_typists, {}, &Typist::until)->until;
    m_typingTimer.start(std::chrono::ceil<std::chrono::milliseconds>(next - now));
}

void MessageRouter::room(const AccountId &account, const RoomChange &change)
{
    const ConversationKey key { account, change.room.value, ConversationKind::Room };
    if (change.room.isNull()) {
        return;
    }
    const bool aboutUs = change.joined == true;
    Conversation *const conversation = aboutUs ? m_store.ensure(key) : m_store.find(key);
    if (conversation == nullptr) {
        return; // a room that was closed here meanwhile
    }
    const RoomTopic previous = conversation->topic();
    const bool wasIn = conversation->isJoined() && !aboutUs;
    const bool fell = conversation->isJoined() && change.joined == false && change.why;
    conversation->applyRoom(change);
    const QDateTime at = change.at.isValid() ? change.at : m_now();
    const QList<RoomLine> lines = linesOf(change.movements);
    for (const RoomLine &line : lines) {
        addLine(key, line.nick, line.text, at);
    }
    if (wasIn && change.topic && change.topic->text != previous.text) {
        const RoomLine line = topicLine(*change.topic);
        addLine(key, line.nick, line.text, at);
    }
    if (fell) {
        addLine(key, {}, change.why->title, at);
    }
    if (!change.name.isEmpty() && change.name != conversation->summary().name) {
        ConversationSummary next = conversation->summary();
        next.name = change.name.left(256);
        m_store.setSummary(*conversation, next);
        HistoryStore::ConversationFlags flags;
        flags.name = next.name;
        m_history.setFlags(key, flags);
    }
}

void MessageRouter::addLine(
    const ConversationKey &key, const QString &nick, const QString &text, const QDateTime &at)
{
    StoredMessage line;
    line.conversation = key;
    line.from = nick;
    line.kind = MessageKind::System;
    line.body = shortened(RichText::fromPlain(text), 2048);
    line.receivedAt = m_now();
    line.sentAt = at > line.receivedAt ? line.receivedAt : at;
    archive(line, {});
}

void MessageRouter::gap(const ConversationKey &key, const QDateTime &from, const QDateTime &to)
{
    if (from.isValid() && to.isValid() && from >= to) {
        return;
    }
    m_history.addGap(key, from, to).then(this, [this, key](const Result<void> &added) {
        Conversation *const conversation = m_store.find(key);
        if (added && conversation != nullptr) {
            Q_EMIT conversation->gapsChanged();
        }
    });
}

} // namespace linchpin
