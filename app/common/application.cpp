// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/common/application.h"

#include "app/common/devicekeyprompt.h"
#include "app/common/terminatesignal.h"
#include "core/files/filetransferstore.h"
#include "core/net/discoveryservices.h"
#include "core/net/networkmonitor.h"
#include "core/net/realenvironment.h"
#include "core/net/sharedrows.h"
#include "core/secrets/chainstore.h"
#include "core/secrets/memorystore.h"
#include "core/secrets/vaultstore.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QSslConfiguration>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcApplication, "linchpin.application", QtInfoMsg)

namespace linchpin {

namespace {

// A random key of 256 bits needs no stretching; a master password that people remember does.
constexpr auto kPasswordFile = "LINCHPIN_VAULT_PASSWORD_FILE";
constexpr quint32 kRoundsForDeviceKey = 10'000;
const QString kDownloadFolder = u"download-folder"_s;

} // namespace

Application::Application(const Options &options)
    : m_options(options)
    , m_paths(Paths::resolve(options.profile, QCoreApplication::applicationDirPath()))
    , m_settings(std::make_unique<AppSettings>(m_paths.settings()))
    , m_plugins(std::make_unique<PluginRegistry>(
          PluginRegistry::defaultSearchPath(QCoreApplication::applicationDirPath())))
    , m_devicePrompt(
          std::make_unique<DeviceKeyPrompt>(DeviceKeyPrompt::defaultKeyFile(), options.prompt))
    , m_filePrompt(qEnvironmentVariableIsSet(kPasswordFile)
              ? std::make_unique<FileSecretPrompt>(
                    qEnvironmentVariable(kPasswordFile), m_devicePrompt.get())
              : nullptr)
    , m_vault(std::make_unique<VaultStore>(m_paths.vault(), prompt(),
          options.interactive || m_filePrompt ? vault::kRounds : kRoundsForDeviceKey))
{
    if (options.secretsInMemory) {
        m_secrets = std::make_unique<MemoryStore>();
    } else {
        m_secrets
            = std::make_unique<ChainStore>(ChainStore::keyringFor(m_paths.isPortable()), *m_vault);
    }
    m_environment = std::make_unique<RealEnvironment>(*m_secrets, prompt());
    m_store = std::make_unique<AccountStore>(m_paths.accounts());
    m_accounts = std::make_unique<AccountManager>(*m_store, *m_plugins, *m_secrets, *m_environment);
    m_history = std::make_unique<HistoryStore>(m_paths.history());
    m_contacts
        = std::make_unique<ContactStore>(*m_accounts, *m_history, m_paths.file(u"persons.json"_s));
    m_conversations = std::make_unique<ConversationStore>(*m_accounts, *m_history);
    connect(m_settings.get(), &AppSettings::changed, this, [this](const QString &key) {
        if (key == kDownloadFolder) {
            m_conversations->files().setFolder(m_settings->text(key));
        }
    });
}

Application::~Application() = default;

SecretPrompt *Application::prompt() const
{
    return m_filePrompt ? m_filePrompt.get() : m_devicePrompt.get();
}

Result<void> Application::prepare()
{
    if (const Result<void> made = m_paths.create(); !made) {
        return made;
    }
    m_plugins->scan();
    m_plugins->setDiscovery(discoveryServices);
    m_plugins->serviceFiles().setFolders(ServiceList::defaultFolders(m_paths.profile()));
    // Damaged settings are put aside and the defaults hold: no reason not to start.
    if (const Result<void> settings = m_settings->load(); !settings) {
        qCWarning(lcApplication).noquote() << settings.error().title << settings.error().detail;
    }
    m_conversations->files().setFolder(m_settings->text(kDownloadFolder));
    return m_accounts->load();
}

void Application::whenLoaded(std::function<void(const Result<void> &)> then)
{
    // Only the return of the network is acted on: what it calls "no network" still has loopback,
    // and a server there or in a private network may answer all the same.
    m_network = std::make_unique<NetworkMonitor>();
    connect(m_network.get(), &NetworkMonitor::availableChanged, m_accounts.get(),
        [this](bool available) {
            if (available) {
                m_accounts->resumed();
            }
        });
    m_whenLoaded = std::move(then);
    // The first TLS socket of a process loads OpenSSL and the system's certificates: some 50 ms
    // that the window's thread need not spend.
    m_warming.setExpiryTimeout(0);
    m_warming.start([this] {
        QSslConfiguration::defaultConfiguration();
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_tlsReady = true;
                tellLoaded();
            },
            Qt::QueuedConnection);
    });
    m_history->open().then(this, [this](const Result<void> &opened) {
        if (!opened) {
            m_loaded = opened;
            tellLoaded();
            return;
        }
        m_contacts->loadCached();
        m_conversations->load().then(this, [this](const Result<void> &loaded) {
            m_loaded = loaded;
            tellLoaded();
        });
    });
}

void Application::tellLoaded()
{
    if (m_loaded && m_tlsReady && m_whenLoaded) {
        std::exchange(m_whenLoaded, {})(*m_loaded);
    }
}

void Application::whenSaved(const std::function<void(const Result<void> &)> &then)
{
    m_accounts->flush().then(this, [then](const Result<void> &saved) { then(saved); });
}

void Application::onTerminate(std::function<void()> then)
{
    m_terminate = std::move(then);
    auto *const signal = new TerminateSignal(this);
    connect(signal, &TerminateSignal::received, this, [this] {
        if (m_terminate) {
            std::exchange(m_terminate, {})();
        }
    });
}

int Application::exec()
{
    return QCoreApplication::exec();
}

void Application::leave(int status)
{
    // Also when asked before exec(): an exit before the loop would be forgotten.
    QMetaObject::invokeMethod(
        this, [status] { QCoreApplication::exit(status); }, Qt::QueuedConnection);
}

SettingsSchema Application::schemaOf(const ProtocolPlugin &plugin) const
{
    return fullSchema(plugin);
}

} // namespace linchpin
