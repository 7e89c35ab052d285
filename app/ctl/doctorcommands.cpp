// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl doctor

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "app/ctl/jsonlines.h"
#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/doctor/doctorreport.h"
#include "core/doctor/patients.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

/// An account by its name, else settings that are none: PROTOCOL:ADDRESS.
struct Subject {
    Account *account = nullptr;
    const ProtocolPlugin *plugin = nullptr;
    SettingValues settings;
};

Result<Subject> subjectOf(Application &application, const QString &text)
{
    Subject subject;
    subject.account = application.accounts().accountByName(text);
    if (subject.account) {
        subject.plugin = subject.account->plugin();
        if (!subject.plugin) {
            return std::unexpected(protocolError(application, subject.account->config().protocol));
        }
        subject.settings = subject.account->config().settings;
        return subject;
    }
    const QString protocol = text.section(u':', 0, 0);
    if (!text.contains(u':')) {
        return std::unexpected(commandError(u"unknown-account"_s,
            tr("There is no account of that name; without one, write PROTOCOL:ADDRESS."), text));
    }
    subject.plugin = application.plugins().plugin(protocol);
    if (!subject.plugin) {
        return std::unexpected(protocolError(application, protocol));
    }
    const QString address = text.section(u':', 1);
    const Result<QString> normal = subject.plugin->normalizedAddress(address);
    subject.settings.set(u"address"_s, normal ? *normal : address);
    return subject;
}

/// KEY=VALUE to try. What is wrong with a value the doctor says itself.
Result<void> applyTrials(
    const QStringList &sets, const SettingsSchema &schema, SettingValues &settings)
{
    for (const QString &set : sets) {
        const QString key = set.section(u'=', 0, 0);
        const SettingField *const field = schema.field(key);
        if (!field || !set.contains(u'=')) {
            return std::unexpected(commandError(u"unknown-setting"_s,
                tr("There is no setting of that name; `linchpinctl settings` lists them."), key));
        }
        if (field->type == SettingType::Secret) {
            return std::unexpected(commandError(u"secret-on-command-line"_s,
                tr("A password is never taken from the command line; use --password-stdin."), key));
        }
        const Result<QVariant> value = SettingsSchema::parse(*field, set.section(u'=', 1));
        if (!value) {
            return std::unexpected(value.error());
        }
        settings.set(field->key, *value, SettingOrigin::ByHand);
    }
    return {};
}

Outcome examine(Application &application, const Arguments &arguments, const Output &output)
{
    Result<Subject> subject = subjectOf(application, arguments.positional.at(0));
    if (!subject) {
        return failed(output, subject.error());
    }
    const SettingsSchema schema = application.schemaOf(*subject->plugin);
    if (const auto applied = applyTrials(arguments.sets, schema, subject->settings); !applied) {
        return failed(output, applied.error());
    }
    Examination examination;
    examination.settings = subject->settings;
    examination.services = knownServices(application.plugins(), subject->plugin->info().id);
    if (arguments.passwordFromStdin) {
        examination.secrets.insert(u"password"_s, readSecretLine());
    }
    if (arguments.domain) {
        const QStringList ids = application.plugins().ids();
        for (const QString &id : ids) {
            if (const ProtocolPlugin *const plugin = application.plugins().plugin(id)) {
                examination.domainOf.append(plugin);
            }
        }
    }
    Doctor *const doctor = (subject->account
            ? doctorFor(*subject->account, application.accounts().environment(), examination)
            : doctorFor(*subject->plugin, examination))
                               .release();
    doctor->setParent(&application);
    QObject::connect(doctor, &Doctor::found, &application,
        [output](const Finding &finding) { output.line(stepJson(finding), stepText(finding)); });
    QObject::connect(
        doctor, &Doctor::finished, &application, [output, &application](const Verdict &verdict) {
            output.line(verdictJson(verdict), u'\n' + verdictText(verdict));
            application.leave(static_cast<int>(verdict.ok ? Exit::Done : Exit::Failed));
        });
    application.onTerminate([doctor] { doctor->cancel(); });
    doctor->start();
    return std::nullopt;
}

} // namespace

QList<Command> doctorCommands()
{
    return { { .name = u"doctor"_s,
        .usage = u"NAME|PROTOCOL:ADDRESS [--set KEY=VALUE]… [--password-stdin] [--domain]"_s,
        .help = tr("why can this account not connect? (--domain: federation of its domain)"),
        .least = 1,
        .most = 1,
        .options = { u"set"_s, u"password-stdin"_s, u"domain"_s },
        .run = examine } };
}

} // namespace linchpin::ctl
