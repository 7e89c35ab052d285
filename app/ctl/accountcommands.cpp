// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl account add | set | list | show | remove

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "app/ctl/jsonlines.h"
#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/accounts/servicefinder.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

QJsonObject accountJson(const Account &account, const SettingsSchema &schema)
{
    const AccountConfig &config = account.config();
    QJsonObject settings;
    QJsonObject origins;
    for (const SettingField &field : schema.fields()) {
        if (field.type == SettingType::Secret) {
            continue;
        }
        settings.insert(
            field.key, QJsonValue::fromVariant(schema.value(config.settings, field.key)));
        if (config.settings.contains(field.key)) {
            origins.insert(field.key, toWord(config.settings.origin(field.key)));
        }
    }
    return { { u"name"_s, config.name }, { u"protocol"_s, config.protocol },
        { u"address"_s, config.address() }, { u"enabled"_s, config.enabled },
        { u"preset"_s, config.presetId }, { u"settings"_s, settings }, { u"origins"_s, origins } };
}

/// Puts every KEY=VALUE into settings or secrets.
Result<void> applySets(const QStringList &sets, const SettingsSchema &schema,
    SettingValues &settings, QMap<QString, QString> &secrets)
{
    for (const QString &set : sets) {
        const QString key = set.section(u'=', 0, 0);
        const QString text = set.section(u'=', 1);
        const SettingField *const field = schema.field(key);
        if (!field || !set.contains(u'=')) {
            return std::unexpected(commandError(u"unknown-setting"_s,
                tr("There is no setting of that name; `linchpinctl settings` lists them."), key));
        }
        if (field->type == SettingType::Secret) {
            return std::unexpected(commandError(u"secret-on-command-line"_s,
                tr("A password is never taken from the command line; use --password-stdin."), key));
        }
        const Result<QVariant> value = SettingsSchema::parse(*field, text);
        if (!value) {
            return std::unexpected(value.error());
        }
        settings.set(field->key, *value, SettingOrigin::ByHand);
    }
    if (const auto problems = schema.problems(settings); !problems.isEmpty()) {
        return std::unexpected(commandError(u"invalid-setting"_s,
            u"%1: %2"_s.arg(problems.constFirst().key, problems.constFirst().text)));
    }
    (void)secrets;
    return {};
}

Outcome whenSaved(Application &application, const Output &output, const Account *account,
    const QString &reason = {})
{
    QJsonObject json { { u"name"_s, account->name() }, { u"id"_s, account->id().value } };
    if (!reason.isEmpty()) {
        json.insert(u"protocol"_s, account->config().protocol);
        json.insert(u"reason"_s, reason);
    }
    const QString name = account->name();
    application.whenSaved([&application, output, json, name](const Result<void> &saved) {
        if (!saved) {
            output.error(saved.error());
            application.leave(static_cast<int>(Exit::Failed));
            return;
        }
        output.line(json, name);
        application.leave(static_cast<int>(Exit::Done));
    });
    return std::nullopt;
}

/// `found`: what the network said of the address, for PROTOCOL `auto`.
Outcome addWith(Application &application, const Arguments &arguments, const Output &output,
    const QString &protocol, const AddressGuess &found)
{
    const ProtocolPlugin *const plugin = application.plugins().plugin(protocol);
    if (!plugin) {
        return failed(output, protocolError(application, protocol));
    }
    const SettingsSchema schema = application.schemaOf(*plugin);
    AccountConfig config;
    config.protocol = protocol;
    config.enabled = !arguments.disabled;
    config.presetId = arguments.options.value(u"preset"_s, found.presetId);
    if (!config.presetId.isEmpty()) {
        const auto service = application.plugins().service(protocol, config.presetId);
        if (!service) {
            return failed(output,
                commandError(u"unknown-preset"_s, tr("There is no such preset."), config.presetId));
        }
        const QVariantMap &values = service->preset.values;
        for (auto it = values.cbegin(); it != values.cend(); ++it) {
            config.settings.set(it.key(), it.value(), SettingOrigin::Preset);
        }
    }
    for (auto it = found.found.cbegin(); it != found.found.cend(); ++it) {
        if (schema.field(it.key()) && !config.settings.contains(it.key())) {
            config.settings.set(it.key(), it.value(), SettingOrigin::Found);
        }
    }
    const Result<QString> address = plugin->normalizedAddress(arguments.positional.at(1));
    config.settings.set(u"address"_s, address ? *address : arguments.positional.at(1));
    QMap<QString, QString> secrets;
    if (const auto applied = applySets(arguments.sets, schema, config.settings, secrets);
        !applied) {
        return failed(output, applied.error());
    }
    config.name = arguments.options.value(u"name"_s);
    if (arguments.passwordFromStdin) {
        secrets.insert(u"password"_s, readSecretLine());
    }
    const Result<AccountId> added = application.accounts().add(config, secrets);
    if (!added) {
        return failed(output, added.error());
    }
    return whenSaved(application, output, application.accounts().account(*added), found.reason);
}

/// Which protocol it is, or why that cannot be said. A service that has ended is named, and what is
/// merely possible is left to the user.
Result<ServiceGuess> chosen(const QString &address, const QList<ServiceGuess> &guesses)
{
    const auto sure = std::ranges::find_if(guesses, [](const ServiceGuess &guess) {
        return !guess.retired && rankOf(guess) >= ServiceRank::KnownDomain;
    });
    if (sure != guesses.cend()) {
        return *sure;
    }
    QStringList possible;
    for (const ServiceGuess &guess : guesses) {
        if (guess.retired) {
            Error ended = commandError(u"service-retired"_s, guess.note, guess.service);
            ended.remedy = tr("Where a server of that name exists all the same, name the protocol "
                              "instead of auto.");
            return std::unexpected(ended);
        }
        possible.append(guess.protocol);
    }
    Error unclear = commandError(u"service-not-found"_s,
        tr("Nothing tells which service this address belongs to."), address);
    unclear.remedy = possible.isEmpty()
        ? tr("An address looks like name@company.com or nick@irc.libera.chat.")
        : tr("Name the protocol instead of auto: %1.").arg(possible.join(u", "_s));
    return std::unexpected(unclear);
}

Outcome add(Application &application, const Arguments &arguments, const Output &output)
{
    const QString protocol = arguments.positional.at(0);
    if (protocol != "auto"_L1) {
        return addWith(application, arguments, output, protocol, {});
    }
    const QString address = arguments.positional.at(1);
    auto *const finder = new ServiceFinder(application.plugins(), &application);
    QObject::connect(finder, &ServiceFinder::finished, &application,
        [&application, arguments, output, address, finder] {
            const Result<ServiceGuess> guess = chosen(address, finder->guesses());
            finder->deleteLater();
            const Outcome outcome = guess
                ? addWith(application, arguments, output, guess->protocol, guess->guess)
                : failed(output, guess.error());
            if (outcome) {
                application.leave(static_cast<int>(*outcome));
            }
        });
    finder->find(address);
    return std::nullopt;
}

Outcome set(Application &application, const Arguments &arguments, const Output &output)
{
    Account *const account = application.accounts().accountByName(arguments.positional.at(0));
    if (!account) {
        return failed(output,
            commandError(u"unknown-account"_s, tr("There is no account of that name."),
                arguments.positional.at(0)));
    }
    AccountConfig config = account->config();
    QMap<QString, QString> secrets;
    if (account->plugin()) {
        const SettingsSchema schema = application.schemaOf(*account->plugin());
        if (const auto applied = applySets(arguments.sets, schema, config.settings, secrets);
            !applied) {
            return failed(output, applied.error());
        }
    }
    if (arguments.enabled || arguments.disabled) {
        config.enabled = arguments.enabled;
    }
    if (arguments.options.contains(u"name"_s)) {
        config.name = arguments.options.value(u"name"_s);
    }
    if (arguments.passwordFromStdin) {
        secrets.insert(u"password"_s, readSecretLine());
    }
    if (const auto changed = application.accounts().change(config, secrets); !changed) {
        return failed(output, changed.error());
    }
    return whenSaved(application, output, account);
}

Outcome list(Application &application, const Arguments &, const Output &output)
{
    const QList<Account *> accounts = application.accounts().accounts();
    for (const Account *account : accounts) {
        const AccountConfig &config = account->config();
        output.line({ { u"name"_s, config.name }, { u"protocol"_s, config.protocol },
                        { u"address"_s, config.address() }, { u"enabled"_s, config.enabled } },
            u"%1\t%2\t%3%4"_s.arg(config.name, config.protocol, config.address(),
                config.enabled ? QString() : u"\t(disabled)"_s));
    }
    return Exit::Done;
}

Outcome show(Application &application, const Arguments &arguments, const Output &output)
{
    const Account *const account = application.accounts().accountByName(arguments.positional.at(0));
    if (!account) {
        return failed(output,
            commandError(u"unknown-account"_s, tr("There is no account of that name."),
                arguments.positional.at(0)));
    }
    const SettingsSchema schema
        = account->plugin() ? application.schemaOf(*account->plugin()) : SettingsSchema {};
    const QJsonObject json = accountJson(*account, schema);
    QStringList lines { u"%1 (%2) %3"_s.arg(
        account->name(), account->config().protocol, account->address()) };
    const QJsonObject settings = json.value("settings"_L1).toObject();
    for (const SettingField &field : schema.fields()) {
        if (field.type != SettingType::Secret) {
            const QVariant value = settings.value(field.key).toVariant();
            lines.append(u"  %1 = %2  [%3]"_s.arg(field.key,
                value.typeId() == QMetaType::QVariantList ? value.toStringList().join(u',')
                                                          : value.toString(),
                toWord(account->config().settings.origin(field.key))));
        }
    }
    output.line(json, lines.join(u'\n'));
    return Exit::Done;
}

Outcome remove(Application &application, const Arguments &arguments, const Output &output)
{
    const Account *const account = application.accounts().accountByName(arguments.positional.at(0));
    if (!account) {
        return failed(output,
            commandError(u"unknown-account"_s, tr("There is no account of that name."),
                arguments.positional.at(0)));
    }
    const QString name = account->name();
    application.accounts().remove(account->id());
    application.whenSaved([&application, output, name](const Result<void> &saved) {
        if (!saved) {
            output.error(saved.error());
        } else {
            output.line({ { u"removed"_s, name } }, name);
        }
        application.leave(static_cast<int>(saved ? Exit::Done : Exit::Failed));
    });
    return std::nullopt;
}

} // namespace

QList<Command> accountCommands()
{
    return {
        { u"account add"_s,
            u"PROTOCOL|auto ADDRESS [--name NAME] [--preset ID] [--set KEY=VALUE]… [--password-stdin] [--disabled]"_s,
            tr("Add an account; auto finds the protocol out."), 2, 2,
            { u"name"_s, u"preset"_s, u"set"_s, u"password-stdin"_s, u"disabled"_s }, add },
        { u"account set"_s,
            u"NAME [--set KEY=VALUE]… [--name NAME] [--password-stdin] [--enabled|--disabled]"_s,
            tr("Change an account."), 1, 1,
            { u"name"_s, u"set"_s, u"password-stdin"_s, u"enabled"_s, u"disabled"_s }, set },
        { u"account list"_s, {}, tr("List the accounts."), 0, 0, {}, list },
        { u"account show"_s, u"NAME"_s, tr("Show an account's settings, and where each came from."),
            1, 1, {}, show },
        { u"account remove"_s, u"NAME"_s,
            tr("Remove an account and its secrets; its history stays."), 1, 1, {}, remove },
    };
}

} // namespace linchpin::ctl
