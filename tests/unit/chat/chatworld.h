// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/history/historystore.h"
#include "core/secrets/memorystore.h"
#include "tests/support/fakeenvironment.h"
#include "tests/support/fakeplugin.h"
#include "tests/support/waited.h"

#include <QTemporaryDir>
#include <QTest>

namespace linchpin::test {

/// One account of a scripted protocol with a real history, as the programs put them together.
struct ChatWorld {
    QTemporaryDir folder;
    ManualClock clock;
    FakeEnvironment environment { clock };
    MemoryStore secrets;
    PluginRegistry registry { {} };
    FakePlugin *plugin = nullptr;
    AccountId id;
    std::unique_ptr<AccountStore> accountStore;
    std::unique_ptr<AccountManager> accounts;
    std::unique_ptr<HistoryStore> history;
    std::unique_ptr<ConversationStore> chats;

    ChatWorld()
    {
        auto fake = std::make_unique<FakePlugin>();
        plugin = fake.get();
        registry.add(std::move(fake));
        begin();
        AccountConfig config;
        config.protocol = QStringLiteral("fake");
        config.settings.set(QStringLiteral("address"), QStringLiteral("alice@alpha.test"));
        const Result<AccountId> added = accounts->add(config, {});
        if (!added) {
            qFatal("%s: %s", qPrintable(added.error().code), qPrintable(added.error().detail));
        }
        id = *added;
    }
    ~ChatWorld() { end(); }

    /// Ends the program at this very point and starts it again, offline.
    void restart()
    {
        end();
        begin();
    }
    void begin()
    {
        accountStore
            = std::make_unique<AccountStore>(folder.filePath(QStringLiteral("accounts.json")));
        accounts = std::make_unique<AccountManager>(*accountStore, registry, secrets, environment);
        history = std::make_unique<HistoryStore>(folder.filePath(QStringLiteral("history.sqlite")));
        chats = std::make_unique<ConversationStore>(*accounts, *history);
        chats->setClock([this] { return clock.now(); });
        if (!waited(history->open()) || !accounts->load()) {
            qFatal("cannot begin");
        }
        const Async<void> loaded = chats->load();
        QTRY_VERIFY(loaded.isFinished());
    }
    void end()
    {
        chats.reset();
        history.reset();
        accounts.reset();
        accountStore.reset();
    }

    FakeSession &online() const
    {
        accounts->start();
        if (plugin->session() == nullptr) {
            qFatal("no session");
        }
        plugin->session()->goOnline();
        return *plugin->session();
    }
    ConversationKey person(const QString &address) const
    {
        return { id, address, ConversationKind::Person };
    }
    ConversationKey room(const QString &name) const { return { id, name, ConversationKind::Room }; }

    QList<StoredMessage> stored(const ConversationKey &key) const
    {
        return waited(history->newest(key, 1000)).value().messages;
    }
    StoredMessage send(const ConversationKey &key, const QString &text) const
    {
        const Async<StoredMessage> sent = chats->send(key, RichText::fromPlain(text));
        if (!QTest::qWaitFor([&] { return sent.isFinished(); }) || !sent.result()) {
            qFatal("cannot be stored");
        }
        return *sent.result();
    }
    DeliveryState deliveryOf(const StoredMessage &message) const
    {
        return waited(history->message(message.id)).value().delivery;
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
