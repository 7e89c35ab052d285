// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/history/historystore.h"
#include "core/secrets/secretprompt.h"
#include "core/settings/appsettings.h"
#include "core/settings/paths.h"

#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <optional>

namespace linchpin {

class NetworkMonitor;
class RealEnvironment;
class VaultStore;

/// The object graph of one profile, built once, for all three programs. Main thread. Members are in
/// the order of dependence, so that they end in the reverse one.
class Application : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString profile; ///< --profile; empty = the user's own
        bool interactive = true; ///< somebody can be asked
        SecretPrompt *prompt = nullptr; ///< who asks; needed when interactive
        bool secretsInMemory = false; ///< a throw-away profile: nothing is stored
    };

    explicit Application(const Options &options);
    ~Application() override;

    /// Makes the profile's folder, finds the plugins, reads settings and accounts. Connects
    /// nowhere.
    Result<void> prepare();
    /// Opens the history, shows cached contacts, reads conversations; then calls `then`. Once.
    void whenLoaded(std::function<void(const Result<void> &)> then);
    /// When everything changed so far is on disk.
    void whenSaved(const std::function<void(const Result<void> &)> &then);
    /// SIGINT and SIGTERM, told in the event loop; once.
    void onTerminate(std::function<void()> then);

    int exec();
    void leave(int status);

    const Paths &paths() const { return m_paths; }
    AppSettings &settings() { return *m_settings; }
    PluginRegistry &plugins() { return *m_plugins; }
    AccountManager &accounts() { return *m_accounts; }
    HistoryStore &history() { return *m_history; }
    ContactStore &contacts() { return *m_contacts; }
    ConversationStore &conversations() { return *m_conversations; }
    VaultStore &vault() { return *m_vault; }
    SettingsSchema schemaOf(const ProtocolPlugin &plugin) const;

private:
    SecretPrompt *prompt() const;
    void tellLoaded();

    Options m_options;
    Paths m_paths;
    std::unique_ptr<AppSettings> m_settings;
    std::unique_ptr<PluginRegistry> m_plugins;
    std::unique_ptr<SecretPrompt> m_devicePrompt;
    std::unique_ptr<SecretPrompt> m_filePrompt;
    std::unique_ptr<VaultStore> m_vault;
    std::unique_ptr<SecretStore> m_secrets;
    std::unique_ptr<RealEnvironment> m_environment;
    std::unique_ptr<AccountStore> m_store;
    std::unique_ptr<AccountManager> m_accounts;
    std::unique_ptr<HistoryStore> m_history;
    std::unique_ptr<ContactStore> m_contacts;
    std::unique_ptr<ConversationStore> m_conversations;
    std::unique_ptr<NetworkMonitor> m_network;
    std::function<void()> m_terminate;
    std::function<void(const Result<void> &)> m_whenLoaded;
    std::optional<Result<void>> m_loaded;
    bool m_tlsReady = false;
    QThreadPool m_warming; ///< ends before everything else does
};

} // namespace linchpin
