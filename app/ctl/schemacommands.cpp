// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl settings | presets

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "core/accounts/pluginregistry.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

QString typeWord(SettingType type)
{
    static const std::array<QString, 8> kWords { u"text"_s, u"secret"_s, u"bool"_s, u"port"_s,
        u"choice"_s, u"host"_s, u"list"_s, u"path"_s };
    return kWords.at(static_cast<std::size_t>(type));
}

QString groupWord(SettingGroup group)
{
    static const std::array<QString, 3> kWords { u"basic"_s, u"advanced"_s, u"proxy"_s };
    return kWords.at(static_cast<std::size_t>(group));
}

Outcome settings(Application &application, const Arguments &arguments, const Output &output)
{
    const QString protocol = arguments.positional.at(0);
    const ProtocolPlugin *const plugin = application.plugins().plugin(protocol);
    if (!plugin) {
        return failed(output, protocolError(application, protocol));
    }
    const SettingsSchema schema = application.schemaOf(*plugin);
    for (const SettingField &field : schema.fields()) {
        QJsonArray choices;
        QStringList words;
        for (const SettingChoice &choice : field.choices) {
            choices.append(choice.value);
            words.append(choice.value);
        }
        QJsonObject json { { u"key"_s, field.key }, { u"label"_s, field.label },
            { u"type"_s, typeWord(field.type) }, { u"group"_s, groupWord(field.group) },
            { u"default"_s, QJsonValue::fromVariant(field.defaultValue) },
            { u"required"_s, field.required } };
        if (!choices.isEmpty()) {
            json.insert(u"choices"_s, choices);
        }
        if (!field.help.isEmpty()) {
            json.insert(u"help"_s, field.help);
        }
        if (field.enabledWhen) {
            json.insert(u"enabled_when"_s,
                QJsonObject { { u"key"_s, field.enabledWhen->key },
                    { u"equals"_s, QJsonValue::fromVariant(field.enabledWhen->equals) } });
        }
        output.line(json,
            u"%1\t%2\t%3%4"_s.arg(field.key, typeWord(field.type), field.label,
                words.isEmpty() ? QString() : u"\t"_s + words.join(u'|')));
    }
    return Exit::Done;
}

Outcome presets(Application &application, const Arguments &arguments, const Output &output)
{
    // Services of no protocol that is spoken here come last.
    const QStringList protocols = arguments.positional.isEmpty()
        ? application.plugins().ids() + QStringList { QString() }
        : arguments.positional;
    for (const QString &id : protocols) {
        if (!id.isEmpty() && !application.plugins().plugin(id)) {
            return failed(output, protocolError(application, id));
        }
        const QList<ServicePreset> all = application.plugins().services(id);
        for (const ServicePreset &service : all) {
            const AccountPreset &preset = service.preset;
            QStringList values;
            for (auto it = preset.values.cbegin(); it != preset.values.cend(); ++it) {
                values.append(u"%1=%2"_s.arg(it.key(), it.value().toString()));
            }
            output.line({ { u"protocol"_s, id }, { u"id"_s, preset.id }, { u"name"_s, preset.name },
                            { u"domains"_s, QJsonArray::fromStringList(preset.domains) },
                            { u"values"_s, QJsonObject::fromVariantMap(preset.values) },
                            { u"retired"_s, preset.retired }, { u"note"_s, preset.note },
                            { u"link"_s, service.link.toString() }, { u"file"_s, service.file } },
                u"%1\t%2\t%3\t%4%5"_s.arg(id, preset.id, preset.name, values.join(u' '),
                    preset.retired ? u"\t("_s + preset.note + u')' : QString()));
        }
    }
    const QList<Error> &problems = application.plugins().serviceFiles().problems();
    for (const Error &problem : problems) {
        output.error(problem);
    }
    return Exit::Done;
}

} // namespace

Error protocolError(Application &application, const QString &id)
{
    for (const PluginRegistry::Problem &problem : application.plugins().problems()) {
        if (problem.id == id) {
            return problem.error;
        }
    }
    return commandError(u"unknown-protocol"_s, tr("There is no such protocol."), id);
}

QList<Command> schemaCommands()
{
    return {
        { u"settings"_s, u"PROTOCOL"_s, tr("List a protocol's settings."), 1, 1, {}, settings },
        { u"presets"_s, u"[PROTOCOL]"_s, tr("List the known services and what each sets."), 0, 1,
            {}, presets },
    };
}

} // namespace linchpin::ctl
