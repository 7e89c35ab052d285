// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/presetfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>
#include <expected>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLargestFile = qsizetype { 1 } << 20; // bytes
constexpr qsizetype kMostServices = 2000;
constexpr qsizetype kMostDomains = 500;
constexpr qsizetype kLongestText = 1000;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::PresetFile)
};

using Complaint = QString;

bool isWord(const QString &text)
{
    static const QRegularExpression kKebab(u"^[a-z0-9]+(-[a-z0-9]+)*$"_s);
    return text.size() <= 64 && kKebab.match(text).hasMatch();
}

bool isDomain(const QString &text)
{
    static const QRegularExpression kDomain(
        u"^(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"_s);
    return text.size() <= 253 && kDomain.match(text).hasMatch();
}

/// A text, or an object of texts by language ("en", "pt_BR").
QString localText(const QJsonValue &value, const PresetTranslator &translate)
{
    if (!value.isObject()) {
        const QString text = value.toString().simplified();
        return translate && !text.isEmpty() ? translate(text) : text;
    }
    const QJsonObject texts = value.toObject();
    const QStringList wanted = QLocale().uiLanguages();
    for (const QString &language : wanted) {
        QString key = language;
        key.replace(u'-', u'_');
        for (const QString &spelling : { key, key.section(u'_', 0, 0) }) {
            if (const QString text = texts.value(spelling).toString().simplified();
                !text.isEmpty()) {
                return text;
            }
        }
    }
    const QString english = texts.value("en"_L1).toString().simplified();
    return english.isEmpty() && !texts.isEmpty() ? texts.begin()->toString().simplified() : english;
}

std::expected<QVariantMap, Complaint> readValues(const QJsonValue &json)
{
    QVariantMap values;
    if (!json.isUndefined() && !json.isObject()) {
        return std::unexpected(Text::tr("its values are no object"));
    }
    const QJsonObject object = json.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonValue value = it.value();
        if (value.isString() || value.isBool()) {
            values.insert(it.key(), value.toVariant());
        } else if (value.isDouble() && value.toInt(-1) >= 0) {
            values.insert(it.key(), value.toInt());
        } else if (value.isArray()) {
            values.insert(it.key(), value.toVariant().toStringList());
        } else {
            return std::unexpected(
                Text::tr("its value of %1 is no text, number or list").arg(it.key().left(40)));
        }
    }
    return values;
}

std::expected<ServicePreset, Complaint> readService(
    const QJsonValue &json, const QString &protocol, const PresetTranslator &translate)
{
    const QJsonObject object = json.toObject();
    ServicePreset service;
    AccountPreset &preset = service.preset;
    service.protocol
        = object.contains("protocol"_L1) ? object.value("protocol"_L1).toString() : protocol;
    preset.id = object.value("id"_L1).toString();
    if (!isWord(preset.id)) {
        return std::unexpected(Text::tr("its id is no word of small letters, digits and hyphens"));
    }
    if (!service.protocol.isEmpty() && !isWord(service.protocol)) {
        return std::unexpected(Text::tr("its protocol is no word"));
    }
    preset.name = localText(object.value("name"_L1), translate);
    preset.note = localText(object.value("note"_L1), translate);
    if (preset.name.isEmpty() || preset.name.size() > kLongestText
        || preset.note.size() > kLongestText) {
        return std::unexpected(Text::tr("it has no name, or a text that is too long"));
    }
    const QJsonArray domains = object.value("domains"_L1).toArray();
    if (domains.size() > kMostDomains) {
        return std::unexpected(Text::tr("it has too many domains"));
    }
    for (const auto &domain : domains) {
        const QString name = domain.toString().toLower();
        if (!isDomain(name)) {
            return std::unexpected(Text::tr("\"%1\" is no domain").arg(name.left(80)));
        }
        preset.domains.append(name);
    }
    auto values = readValues(object.value("values"_L1));
    if (!values) {
        return std::unexpected(values.error());
    }
    preset.values = *std::move(values);
    preset.retired = object.value("retired"_L1).toBool();
    if (preset.retired && preset.note.isEmpty()) {
        return std::unexpected(Text::tr("it has ended, but has no note that says so"));
    }
    const QString link = object.value("link"_L1).toString();
    service.link = QUrl(link, QUrl::StrictMode);
    if (!link.isEmpty()
        && (!service.link.isValid() || service.link.scheme() != "https"_L1
            || service.link.host().isEmpty())) {
        return std::unexpected(Text::tr("its link is no address that begins with https://"));
    }
    return service;
}

} // namespace

ServiceCatalogue::~ServiceCatalogue() = default;

PresetFile readPresetFile(
    const QByteArray &json, const QString &protocol, const PresetTranslator &translate)
{
    PresetFile file;
    QJsonParseError error;
    const QJsonDocument document
        = json.size() <= kLargestFile ? QJsonDocument::fromJson(json, &error) : QJsonDocument();
    const QJsonArray services = document.object().value("services"_L1).toArray();
    if (json.size() > kLargestFile || services.size() > kMostServices) {
        file.problems.append(Text::tr("The file is too large."));
        return file;
    }
    if (document.isNull()) {
        file.problems.append(Text::tr("The file is no JSON: %1 at byte %2.")
                .arg(error.errorString())
                .arg(error.offset));
        return file;
    }
    if (!document.object().value("services"_L1).isArray()) {
        file.problems.append(Text::tr("The file has no list \"services\"."));
        return file;
    }
    int number = 0;
    for (const auto &entry : services) {
        ++number;
        auto service = readService(entry, protocol, translate);
        if (service) {
            file.services.append(*std::move(service));
        } else {
            const QString id = entry["id"_L1].toString().left(64);
            file.problems.append(Text::tr("Service %1 is left out: %2.")
                    .arg(id.isEmpty() ? QString::number(number) : id, service.error()));
        }
    }
    return file;
}

QList<ServicePreset> builtInPresets(
    const QString &resource, const QString &protocol, const PresetTranslator &translate)
{
    QFile data(resource);
    if (!data.open(QIODevice::ReadOnly)) {
        qFatal("%s is not in the program", qPrintable(resource));
    }
    const PresetFile file = readPresetFile(data.readAll(), protocol, translate);
    if (!file.problems.isEmpty()) {
        qFatal("%s: %s", qPrintable(resource), qPrintable(file.problems.constFirst()));
    }
    return file.services;
}

bool coversDomain(const AccountPreset &preset, const QString &domain)
{
    return std::ranges::any_of(preset.domains, [&](const QString &known) {
        return known.startsWith("*."_L1) ? domain.endsWith(QStringView(known).sliced(1))
                                         : domain == known;
    });
}

const AccountPreset *presetForDomain(const QList<AccountPreset> &presets, const QString &domain)
{
    if (domain.isEmpty()) {
        return nullptr;
    }
    const auto named = std::ranges::find_if(
        presets, [&](const AccountPreset &preset) { return preset.domains.contains(domain); });
    const auto found = named != presets.cend()
        ? named
        : std::ranges::find_if(
              presets, [&](const AccountPreset &preset) { return coversDomain(preset, domain); });
    return found == presets.cend() ? nullptr : &*found;
}

QList<AccountPreset> presetsOf(const QList<ServicePreset> &services)
{
    QList<AccountPreset> presets;
    presets.reserve(services.size());
    for (const ServicePreset &service : services) {
        presets.append(service.preset);
    }
    return presets;
}

} // namespace linchpin
