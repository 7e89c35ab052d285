// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/history/historystore.h"
#include "core/secrets/memorystore.h"
#include "core/settings/appsettings.h"
#include "tests/support/fakeenvironment.h"
#include "tests/support/fakeplugin.h"
#include "tests/support/waited.h"
#include "ui/widgets/uicontext.h"

#include <QTemporaryDir>
#include <QTest>

namespace linchpin::test {

/// The core as a window sees it, over scripted protocols and a real history.
struct UiWorld {
    QTemporaryDir folder;
    ManualClock clock;
    FakeEnvironment environment { clock };
    MemoryStore secrets;
    PluginRegistry registry { {} };
    QHash<QString, FakePlugin *> plugins;
    AppSettings settings { folder.filePath(QStringLiteral("settings.json")) };
    AccountStore accountStore { folder.filePath(QStringLiteral("accounts.json")) };
    std::unique_ptr<AccountManager> accounts;
    std::unique_ptr<HistoryStore> history;
    std::unique_ptr<ContactStore> contacts;
    std::unique_ptr<ConversationStore> chats;

    explicit UiWorld(const QStringList &protocols = { QStringLiteral("fake") })
    {
        for (const QString &protocol : protocols) {
            auto fake = std::make_unique<FakePlugin>(protocol);
            plugins.insert(protocol, fake.get());
            registry.add(std::move(fake));
        }
        accounts = std::make_unique<AccountManager>(accountStore, registry, secrets, environment);
        history = std::make_unique<HistoryStore>(folder.filePath(QStringLiteral("history.sqlite")));
        contacts = std::make_unique<ContactStore>(
            *accounts, *history, folder.filePath(QStringLiteral("persons.json")));
        chats = std::make_unique<ConversationStore>(*accounts, *history);
        chats->setClock([this] { return clock.now(); });
        if (!waited(history->open()) || !accounts->load() || !waited(chats->load())) {
            qFatal("cannot begin");
        }
        accounts->setGlobalPresence({ .availability = Availability::Available });
    }
    ~UiWorld()
    {
        chats.reset();
        contacts.reset();
        history.reset();
        accounts.reset();
    }

    UiContext context() { return { *accounts, registry, *contacts, *chats, *history, settings }; }

    AccountId add(const QString &protocol, const QString &address, const QString &name = {}) const
    {
        AccountConfig config;
        config.protocol = protocol;
        config.name = name;
        config.color = static_cast<int>(accounts->accounts().size());
        config.settings.set(QStringLiteral("address"), address);
        const Result<AccountId> added = accounts->add(config, {});
        if (!added) {
            qFatal("%s: %s", qPrintable(added.error().code), qPrintable(added.error().detail));
        }
        return *added;
    }
    /// Signs all accounts in; the newest session of each protocol is at session().
    void online()
    {
        accounts->start();
        for (const FakePlugin *plugin : std::as_const(plugins)) {
            if (FakeSession *const session = plugin->session()) {
                session->goOnline();
            }
        }
    }
    FakeSession &session(const QString &protocol = QStringLiteral("fake")) const
    {
        FakeSession *const session = plugins.value(protocol)->session();
        if (!session) {
            qFatal("no session");
        }
        return *session;
    }
    void contact(const QString &protocol, const QString &address, const QString &name,
        const QStringList &groups, const Presence &presence) const
    {
        FakeSession &to = session(protocol);
        to.tell(ContactChanged { { .address = { address }, .name = name, .groups = groups } });
        to.tell(PresenceChanged { .address = { address }, .presence = presence });
    }
    /// Into the history without a network; order is time's.
    StoredMessage store(const ConversationKey &key, const QString &text, const QDateTime &at,
        Direction direction = Direction::In, const QString &from = {},
        MessageKind kind = MessageKind::Chat) const
    {
        StoredMessage message;
        message.conversation = key;
        message.direction = direction;
        message.from = !from.isEmpty()   ? from
            : direction == Direction::In ? key.with
                                         : QStringLiteral("alice@alpha.test");
        message.fromName = from;
        message.kind = kind;
        message.body = RichText::fromPlain(text);
        message.sentAt = at;
        message.receivedAt = at;
        message.delivery = direction == Direction::Out ? DeliveryState::Sent : DeliveryState::None;
        const Result<HistoryStore::Appended> done = waited(history->append(message));
        if (!done) {
            qFatal("%s", qPrintable(done.error().detail));
        }
        message.id = done->id;
        return message;
    }
};

inline InboundMessage inbound(
    const QString &with, const QString &text, const QDateTime &at, const QString &remoteId = {})
{
    InboundMessage message;
    message.with = with;
    message.from = with;
    message.body = RichText::fromPlain(text);
    message.remoteId = remoteId;
    message.sentAt = at;
    return message;
}

} // namespace linchpin::test
