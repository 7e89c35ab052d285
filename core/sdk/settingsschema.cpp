// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/settingsschema.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::SettingsSchema", text);
}

constexpr std::array<std::pair<SettingOrigin, QStringView>, 5> kOrigins { {
    { SettingOrigin::Default, u"default" },
    { SettingOrigin::Found, u"found" },
    { SettingOrigin::Preset, u"preset" },
    { SettingOrigin::Imported, u"imported" },
    { SettingOrigin::ByHand, u"by-hand" },
} };

Error invalid(const SettingField &field, const QString &title, const QString &text)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"invalid-setting"_s;
    error.title = title.arg(field.key);
    error.detail = text;
    error.fatal = true;
    return error;
}

bool isEmptyValue(const QVariant &value)
{
    return !value.isValid() || (value.typeId() == QMetaType::QString && value.toString().isEmpty())
        || (value.typeId() == QMetaType::QStringList && value.toStringList().isEmpty());
}

} // namespace

QString toWord(SettingOrigin origin)
{
    return std::ranges::find(kOrigins, origin, &decltype(kOrigins)::value_type::first)
        ->second.toString();
}

SettingOrigin settingOriginFromWord(QStringView word)
{
    const auto *const found
        = std::ranges::find(kOrigins, word, &decltype(kOrigins)::value_type::second);
    return found == kOrigins.end() ? SettingOrigin::ByHand : found->first;
}

SettingOrigin SettingValues::origin(const QString &key) const
{
    const auto found = m_values.constFind(key);
    return found == m_values.constEnd() ? SettingOrigin::Default : found->origin;
}

void SettingValues::set(const QString &key, const QVariant &value, SettingOrigin origin)
{
    m_values.insert(key, { value, origin });
}

const SettingField *SettingsSchema::field(const QString &key) const
{
    const auto found = std::ranges::find_if(m_fields, [&](const SettingField &field) {
        return field.key == key || field.formerKeys.contains(key);
    });
    return found == m_fields.cend() ? nullptr : &*found;
}

QVariant SettingsSchema::value(const SettingValues &values, const QString &key) const
{
    if (values.contains(key)) {
        return values.value(key);
    }
    const SettingField *const known = field(key);
    return known ? known->defaultValue : QVariant {};
}

SettingValues SettingsSchema::complete(const SettingValues &values) const
{
    SettingValues all = values;
    for (const SettingField &field : m_fields) {
        if (field.type != SettingType::Secret && !all.contains(field.key)) {
            all.set(field.key, field.defaultValue, SettingOrigin::Default);
        }
    }
    return all;
}

bool SettingsSchema::isEnabled(const SettingField &field, const SettingValues &values) const
{
    if (!field.enabledWhen) {
        return true;
    }
    const QVariant current = value(values, field.enabledWhen->key);
    const QVariant &wanted = field.enabledWhen->equals;
    return wanted.typeId() == QMetaType::QStringList && current.typeId() != QMetaType::QStringList
        ? wanted.toStringList().contains(current.toString())
        : current == wanted;
}

QList<SettingProblem> SettingsSchema::problems(const SettingValues &values) const
{
    QList<SettingProblem> found;
    for (const SettingField &field : m_fields) {
        if (field.type == SettingType::Secret || !isEnabled(field, values)) {
            continue;
        }
        const QVariant current = value(values, field.key);
        if (isEmptyValue(current)) {
            if (field.required) {
                found.append({ field.key, tr("This is needed.") });
            }
            continue;
        }
        if (field.type == SettingType::Choice
            && std::ranges::none_of(field.choices,
                [&](const SettingChoice &choice) { return choice.value == current.toString(); })) {
            found.append({ field.key, tr("This is not one of the choices.") });
        } else if (field.type == SettingType::Host
            && current.toString().contains(QRegularExpression(u"[\\s/@\\\\]"_s))) {
            found.append({ field.key, tr("A host name has no spaces, slashes or @.") });
        } else if (field.type == SettingType::Port
            && (current.toInt() < 0 || current.toInt() > 65535)) {
            found.append({ field.key, tr("A port is a number from 0 (automatic) to 65535.") });
        } else if (field.validate) {
            if (const auto complaint = field.validate(current, values)) {
                found.append({ field.key, *complaint });
            }
        }
    }
    return found;
}

Result<QVariant> SettingsSchema::parse(const SettingField &field, const QString &text)
{
    switch (field.type) {
    case SettingType::Bool:
        if (text == "true"_L1 || text == "false"_L1) {
            return QVariant(text == "true"_L1);
        }
        return std::unexpected(invalid(field, tr("%1 is either true or false."), text));
    case SettingType::Port: {
        bool ok = false;
        const int port = text.isEmpty() ? 0 : text.toInt(&ok);
        if (!text.isEmpty() && (!ok || port < 0 || port > 65535)) {
            return std::unexpected(invalid(field, tr("%1 is a number from 0 to 65535."), text));
        }
        return QVariant(port);
    }
    case SettingType::Choice: {
        QStringList words;
        for (const SettingChoice &choice : field.choices) {
            words.append(choice.value);
        }
        if (!words.contains(text)) {
            return std::unexpected(
                invalid(field, tr("%1 is one of: %2.").arg(u"%1"_s, words.join(", "_L1)), text));
        }
        return QVariant(text);
    }
    case SettingType::List: {
        QStringList parts = text.split(u',', Qt::SkipEmptyParts);
        for (QString &part : parts) {
            part = part.trimmed();
        }
        parts.removeAll(QString());
        return QVariant(parts);
    }
    case SettingType::Text:
    case SettingType::Secret:
    case SettingType::Host:
    case SettingType::Path:
        break;
    }
    return QVariant(text);
}

} // namespace linchpin
