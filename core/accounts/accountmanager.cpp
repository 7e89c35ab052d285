// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/accountmanager.h"

#include "core/accounts/accountenvironment.h"
#include "core/accounts/accountfile.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/net/sharedrows.h"
#include "core/net/truststore.h"
#include "core/secrets/secretstore.h"

#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

Error refusal(const QString &code, const QString &title, const QString &detail = {})
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = code;
    error.title = title;
    error.detail = detail;
    error.fatal = true;
    return error;
}

QString secretKey(const AccountId &id, const QString &key)
{
    return id.value + u'/' + key;
}

} // namespace

class AccountManager::Private {
public:
    Private(AccountManager &manager, AccountStore &accountStore, PluginRegistry &registry,
        SecretStore &secretStore, AccountEnvironment &accountEnvironment)
        : q(manager)
        , store(accountStore)
        , plugins(registry)
        , secrets(secretStore)
        , environment(accountEnvironment)
    {
        global.availability = Availability::Available;
    }

    Account *adopt(const AccountConfig &config);
    void insert(const QList<AccountConfig> &configs);
    void save(AccountStore::Urgency urgency = AccountStore::Urgency::Soon);
    void checkStopped();
    Result<AccountConfig> checked(
        AccountConfig config, QMap<QString, QString> &newSecrets, const Account *existing);
    void keepSecrets(const AccountConfig &config, const QMap<QString, QString> &newSecrets);
    void removeSecrets(const AccountConfig &config);
    void note(const Async<void> &write);

    AccountManager &q;
    AccountStore &store;
    PluginRegistry &plugins;
    SecretStore &secrets;
    AccountEnvironment &environment;
    QList<Account *> accounts; // children of q, in the user's order
    Presence global;
    QDateTime idleSince;
    bool started = false;
    bool stopping = false;
    bool networkAvailable = true;
    int pendingWrites = 0;
    Result<void> writeResult;
    QList<Answer<void>> flushes;
    void answerFlushes();
};

Account *AccountManager::Private::adopt(const AccountConfig &config)
{
    auto *const account = new Account(config, plugins.plugin(config.protocol), environment, &q);
    accounts.append(account);
    account->setIdleSince(idleSince);
    QObject::connect(account, &Account::stateChanged, &q, [this, account] {
        Q_EMIT q.accountChanged(account);
        checkStopped();
    });
    QObject::connect(account, &Account::configChanged, &q, [this, account] {
        save();
        Q_EMIT q.accountChanged(account);
    });
    QObject::connect(
        account, &Account::stateRemembered, &q, [this] { save(AccountStore::Urgency::Later); });
    QObject::connect(account, &Account::presenceChanged, &q,
        [this, account] { Q_EMIT q.accountChanged(account); });
    QObject::connect(account, &Account::signedOut, &q, [this] { checkStopped(); });
    QObject::connect(account, &Account::event, &q,
        [this, account](const SessionEvent &what) { Q_EMIT q.event(account, what); });
    return account;
}

void AccountManager::Private::insert(const QList<AccountConfig> &configs)
{
    for (AccountConfig config : configs) {
        if (const ProtocolPlugin *const plugin = plugins.plugin(config.protocol)) {
            // Keys that were renamed since the file was written.
            const SettingsSchema schema = plugin->accountSchema();
            const QStringList keys = config.settings.keys();
            for (const QString &key : keys) {
                const SettingField *const field = schema.field(key);
                if (field && field->key != key && !config.settings.contains(field->key)) {
                    config.settings.set(
                        field->key, config.settings.value(key), config.settings.origin(key));
                    config.settings.remove(key);
                }
            }
            setTrustEnds(fullSchema(*plugin), config.settings, environment.now());
        }
        Q_EMIT q.accountAdded(adopt(config));
    }
}

void AccountManager::Private::save(AccountStore::Urgency urgency)
{
    QList<AccountConfig> configs;
    configs.reserve(accounts.size());
    for (const Account *const account : std::as_const(accounts)) {
        configs.append(account->config());
    }
    store.save(configs, urgency);
}

void AccountManager::Private::checkStopped()
{
    if (stopping && std::ranges::all_of(accounts, &Account::isSignedOut)) {
        stopping = false;
        Q_EMIT q.allOffline();
    }
}

Result<AccountConfig> AccountManager::Private::checked(
    AccountConfig config, QMap<QString, QString> &newSecrets, const Account *existing)
{
    const ProtocolPlugin *const plugin = plugins.plugin(config.protocol);
    if (!plugin) {
        return std::unexpected(refusal(u"unknown-protocol"_s,
            tr("There is no protocol \"%1\".").arg(config.protocol), plugins.ids().join(", "_L1)));
    }
    const SettingsSchema schema = fullSchema(*plugin);
    for (const SettingField &field : schema.fields()) {
        if (field.type == SettingType::Secret && config.settings.contains(field.key)) {
            if (!newSecrets.contains(field.key)) {
                newSecrets.insert(field.key, config.settings.text(field.key));
            }
            config.settings.remove(field.key);
        }
    }
    if (!config.presetId.isEmpty() && !existing) {
        const auto service = plugins.service(config.protocol, config.presetId);
        if (!service) {
            return std::unexpected(refusal(u"unknown-preset"_s,
                tr("This protocol has no preset \"%1\".").arg(config.presetId)));
        }
        const QVariantMap &preset = service->preset.values;
        for (auto it = preset.cbegin(); it != preset.cend(); ++it) {
            if (!config.settings.contains(it.key())) {
                config.settings.set(it.key(), it.value(), SettingOrigin::Preset);
            }
        }
    }
    if (schema.field(u"address"_s) && !config.address().isEmpty()) {
        const Result<QString> address = plugin->normalizedAddress(config.address());
        if (!address) {
            return std::unexpected(address.error());
        }
        config.settings.set(u"address"_s, *address, config.settings.origin(u"address"_s));
    }
    setTrustEnds(schema, config.settings, environment.now());
    const QList<SettingProblem> problems = schema.problems(config.settings);
    if (!problems.isEmpty()) {
        const SettingField *const field = schema.field(problems.constFirst().key);
        return std::unexpected(refusal(u"invalid-setting"_s,
            u"%1: %2"_s.arg(
                field ? field->label : problems.constFirst().key, problems.constFirst().text),
            problems.constFirst().key));
    }
    const auto isTaken = [&](const QString &name) {
        const Account *const holder = q.accountByName(name);
        return holder && holder != existing;
    };
    if (config.name.trimmed().isEmpty()) {
        const QString base = config.address().isEmpty() ? plugin->info().name : config.address();
        config.name = base;
        for (int i = 2; isTaken(config.name); ++i) {
            config.name = u"%1 (%2)"_s.arg(base).arg(i);
        }
    } else if (isTaken(config.name)) {
        return std::unexpected(refusal(
            u"duplicate-name"_s, tr("There is an account named \"%1\" already.").arg(config.name)));
    }
    return config;
}

void AccountManager::Private::note(const Async<void> &write)
{
    ++pendingWrites;
    Async<void>(write).then(&q, [this](const Result<void> &result) {
        --pendingWrites;
        if (!result) {
            writeResult = result;
            Q_EMIT q.failed(result.error());
        }
        answerFlushes();
    });
}

void AccountManager::Private::answerFlushes()
{
    if (pendingWrites > 0) {
        return;
    }
    const Result<void> result = std::exchange(writeResult, Result<void> {});
    const QList<Answer<void>> waiting = std::exchange(flushes, {});
    for (const Answer<void> &answer : waiting) {
        answer.give(result);
    }
    if (waiting.isEmpty()) {
        writeResult = result; // for the next flush()
    }
}

void AccountManager::Private::keepSecrets(
    const AccountConfig &config, const QMap<QString, QString> &newSecrets)
{
    if (!newSecrets.isEmpty() && config.secrets == SecretPolicy::Remember) {
        // What was typed into a question before would be taken instead.
        environment.dropHeldSecrets(config.id);
    }
    for (auto it = newSecrets.cbegin(); it != newSecrets.cend(); ++it) {
        if (config.secrets == SecretPolicy::AskEachTime) {
            environment.holdSecret(config.id, it.key(), it.value());
        } else if (it.value().isEmpty()) {
            note(secrets.remove(secretKey(config.id, it.key())));
        } else {
            note(secrets.write(secretKey(config.id, it.key()), it.value()));
        }
    }
}

void AccountManager::Private::removeSecrets(const AccountConfig &config)
{
    const ProtocolPlugin *const plugin = plugins.plugin(config.protocol);
    const SettingsSchema schema = plugin ? fullSchema(*plugin) : SettingsSchema();
    for (const SettingField &field : schema.fields()) {
        if (field.type == SettingType::Secret) {
            // Most keys hold nothing: what cannot be removed is no failure.
            secrets.remove(secretKey(config.id, field.key));
        }
    }
    const QByteArrayList kept = config.state.value(keptSecretsState()).split(' ');
    for (const QByteArray &key : kept) {
        if (!key.isEmpty()) {
            secrets.remove(secretKey(config.id, QString::fromUtf8(key)));
        }
    }
}

AccountManager::AccountManager(AccountStore &store, PluginRegistry &plugins, SecretStore &secrets,
    AccountEnvironment &environment, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(*this, store, plugins, secrets, environment))
{
    connect(&store, &AccountStore::failed, this, &AccountManager::failed);
    if (TrustStore *const trust = environment.trust()) {
        connect(trust, &TrustStore::mended, this,
            [this](const AccountId &id, const QString &code, const QString &text) {
                if (Account *const which = this->account(id)) {
                    Q_EMIT event(which,
                        ServerNotice { .severity = ServerNotice::Severity::Mended,
                            .code = code,
                            .text = text,
                            .detail = {} });
                }
            });
    }
}

AccountManager::~AccountManager()
{
    for (Account *const account : std::as_const(d->accounts)) {
        account->disconnect(this);
        delete account;
    }
    d->accounts.clear();
}

Result<void> AccountManager::load()
{
    const auto configs = d->store.load();
    if (!configs) {
        return std::unexpected(configs.error());
    }
    d->insert(*configs);
    return {};
}

Result<void> AccountManager::restoreBackup()
{
    const auto configs = d->store.restoreBackup();
    if (!configs) {
        return std::unexpected(configs.error());
    }
    d->insert(*configs);
    return {};
}

void AccountManager::start()
{
    d->started = true;
    d->stopping = false;
    const QList<Account *> all = d->accounts;
    for (Account *const account : all) {
        if (account->config().enabled) {
            account->setWantedPresence(d->global);
        }
    }
}

void AccountManager::stop()
{
    d->started = false;
    d->stopping = true;
    Presence offline;
    offline.availability = Availability::Offline;
    const QList<Account *> all = d->accounts;
    for (Account *const account : all) {
        account->setWantedPresence(offline);
    }
    QMetaObject::invokeMethod(this, [this] { d->checkStopped(); }, Qt::QueuedConnection);
}

Async<void> AccountManager::flush()
{
    const Answer<void> answer;
    d->flushes.append(answer);
    d->note(d->store.flush());
    return answer.future();
}

QList<Account *> AccountManager::accounts() const
{
    return d->accounts;
}

Account *AccountManager::account(const AccountId &id) const
{
    const auto found = std::ranges::find(d->accounts, id, &Account::id);
    return found == d->accounts.cend() ? nullptr : *found;
}

Account *AccountManager::accountByName(const QString &name) const
{
    const auto found = std::ranges::find(d->accounts, name, &Account::name);
    return found == d->accounts.cend() ? nullptr : *found;
}

WireLog *AccountManager::wireLog(const AccountId &id) const
{
    return d->environment.wireLog(id);
}

AccountEnvironment &AccountManager::environment() const
{
    return d->environment;
}

TrustStore *AccountManager::trust() const
{
    return d->environment.trust();
}

Result<AccountId> AccountManager::add(AccountConfig config, const QMap<QString, QString> &secrets)
{
    QMap<QString, QString> newSecrets = secrets;
    auto checked = d->checked(std::move(config), newSecrets, nullptr);
    if (!checked) {
        return std::unexpected(checked.error());
    }
    if (checked->id.isNull()) {
        checked->id.value = QUuid::createUuid().toString(QUuid::WithoutBraces);
    }
    d->keepSecrets(*checked, newSecrets);
    Account *const account = d->adopt(*checked);
    d->save();
    AccountId id = account->id();
    Q_EMIT accountAdded(account);
    if (d->started && checked->enabled) {
        account->setWantedPresence(d->global);
    }
    return id;
}

Result<void> AccountManager::change(
    const AccountConfig &config, const QMap<QString, QString> &secrets)
{
    Account *const existing = account(config.id);
    if (!existing) {
        return std::unexpected(
            refusal(u"unknown-account"_s, tr("There is no such account any more.")));
    }
    QMap<QString, QString> newSecrets = secrets;
    AccountConfig wanted = config;
    wanted.state = existing->config().state; // belongs to the session, not to a dialog
    auto checked = d->checked(std::move(wanted), newSecrets, existing);
    if (!checked) {
        return std::unexpected(checked.error());
    }
    // What is found anew, because the user wants it so, is not found by memory.
    const SettingValues before = existing->config().settings;
    const QStringList keys = before.keys();
    for (const QString &key : keys) {
        if (before.origin(key) == SettingOrigin::Found && !checked->settings.contains(key)) {
            checked->state.remove(key);
        }
    }
    if (checked->secrets == SecretPolicy::AskEachTime
        && existing->config().secrets != SecretPolicy::AskEachTime) {
        // Who wants to be asked wants nothing kept any more.
        d->removeSecrets(existing->config());
        checked->state.remove(keptSecretsState());
    }
    const bool wasEnabled = existing->config().enabled;
    d->keepSecrets(*checked, newSecrets);
    const bool differs = existing->config() != *checked;
    existing->setConfig(*checked);
    if (wasEnabled != checked->enabled) {
        applyEnabled(existing);
    } else if (!newSecrets.isEmpty()
        || (!differs && existing->state() == Account::State::Offline)) {
        existing->restartSession();
    }
    return {};
}

void AccountManager::applyEnabled(Account *account)
{
    Presence presence = d->global;
    if (!account->config().enabled || !d->started) {
        presence.availability = Availability::Offline;
    }
    account->setWantedPresence(presence);
}

void AccountManager::setEnabled(const AccountId &id, bool enabled)
{
    Account *const existing = account(id);
    if (!existing || existing->config().enabled == enabled) {
        return;
    }
    AccountConfig config = existing->config();
    config.enabled = enabled;
    existing->setConfig(config);
    applyEnabled(existing);
}

void AccountManager::remove(const AccountId &id)
{
    Account *const existing = account(id);
    if (!existing) {
        return;
    }
    d->removeSecrets(existing->config());
    d->environment.dropHeldSecrets(id);
    if (TrustStore *const trust = d->environment.trust()) {
        trust->drop(id);
    }
    d->accounts.removeOne(existing);
    Q_EMIT accountRemoved(id);
    existing->disconnect(this);
    // Says goodbye to its server, then goes; at the latest with us.
    Presence offline;
    offline.availability = Availability::Offline;
    connect(existing, &Account::signedOut, existing, &QObject::deleteLater);
    existing->setWantedPresence(offline);
    if (existing->isSignedOut()) {
        existing->deleteLater();
    }
    d->save();
    d->checkStopped();
}

void AccountManager::move(const AccountId &id, int row)
{
    Account *const existing = account(id);
    if (!existing || d->accounts.isEmpty()) {
        return;
    }
    const qsizetype to = std::clamp<qsizetype>(row, 0, d->accounts.size() - 1);
    const qsizetype from = d->accounts.indexOf(existing);
    if (from != to) {
        d->accounts.move(from, to);
        d->save();
        Q_EMIT accountMoved(id, static_cast<int>(to));
    }
}

Presence AccountManager::globalPresence() const
{
    return d->global;
}

void AccountManager::setGlobalPresence(const Presence &presence)
{
    d->global = presence;
    Q_EMIT globalPresenceChanged(presence);
    if (!d->started) {
        return;
    }
    const QList<Account *> all = d->accounts;
    for (Account *const account : all) {
        if (account->config().enabled) {
            account->setWantedPresence(presence);
        }
    }
}

void AccountManager::setPresence(const AccountId &id, const Presence &presence) const
{
    if (Account *const existing = account(id)) {
        existing->setWantedPresence(presence);
    }
}

void AccountManager::setIdleSince(const QDateTime &since)
{
    d->idleSince = since;
    const QList<Account *> all = d->accounts;
    for (Account *const account : all) {
        account->setIdleSince(since);
    }
}

void AccountManager::setNetworkAvailable(bool available)
{
    const bool returned = available && !d->networkAvailable;
    d->networkAvailable = available;
    if (returned) {
        wakeAll();
    } else if (!available) {
        const QList<Account *> all = d->accounts;
        for (Account *const account : all) {
            account->probe();
        }
    }
}

void AccountManager::resumed()
{
    wakeAll();
}

void AccountManager::wakeAll()
{
    const QList<Account *> all = d->accounts;
    for (Account *const account : all) {
        // A certificate that was wrong may have been a hotel's: another network, another answer.
        const bool mayDiffer = account->state() == Account::State::Waiting
            || (account->reason() && account->reason()->kind == Error::Kind::Tls);
        if (mayDiffer) {
            account->wake();
        } else {
            account->probe();
        }
    }
}

} // namespace linchpin
