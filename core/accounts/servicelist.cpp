// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/servicelist.h"

#include "core/accounts/endedservices.h"
#include "core/net/sharedrows.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QLoggingCategory>
#include <QStandardPaths>

#include <algorithm>
#include <ranges>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

Q_LOGGING_CATEGORY(lcServices, "linchpin.services", QtInfoMsg)

constexpr qint64 kLargestFile = qint64 { 1 } << 20; // bytes
constexpr qsizetype kMostProblems = 100;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::ServiceList)
};

} // namespace

std::optional<QString> complaintAbout(const AccountPreset &preset, const SettingsSchema &schema)
{
    SettingValues values;
    for (auto it = preset.values.cbegin(); it != preset.values.cend(); ++it) {
        const SettingField *const field = schema.field(it.key());
        if (!field) {
            return Text::tr("there is no setting \"%1\"").arg(it.key().left(40));
        }
        if (field->type == SettingType::Secret || field->key == "address"_L1) {
            return Text::tr("\"%1\" is nothing that a service can know").arg(field->key);
        }
        const Result<QVariant> value = SettingsSchema::parse(*field,
            it->typeId() == QMetaType::QStringList ? it->toStringList().join(u',')
                                                   : it->toString());
        if (!value) {
            return value.error().title;
        }
        values.set(field->key, *value, SettingOrigin::Preset);
    }
    const QList<SettingProblem> problems = schema.problems(values);
    for (const SettingProblem &problem : problems) {
        if (values.contains(problem.key)) { // what the preset leaves open is the user's to fill in
            return u"%1: %2"_s.arg(problem.key, problem.text);
        }
    }
    return std::nullopt;
}

QStringList ServiceList::defaultFolders(const QString &profile)
{
    const QString below = u"/linchpin/services.d"_s;
    QStringList folders { u"/etc"_s + below };
    const QStringList system
        = QStandardPaths::standardLocations(QStandardPaths::GenericConfigLocation);
    for (const QString &folder : system | std::views::reverse) { // the user's own is the first
        folders.append(folder + below);
    }
    folders.append(profile + u"/services.d"_s);
    folders.removeDuplicates();
    return folders;
}

void ServiceList::setFolders(const QStringList &folders)
{
    m_folders = folders;
    m_read = false;
    m_fromFiles.clear();
    m_known.clear();
    m_problems.clear();
}

void ServiceList::complain(const QString &file, const QString &sentence)
{
    qCWarning(lcServices).noquote() << file << sentence;
    if (m_problems.size() < kMostProblems) {
        m_problems.append({ .kind = Error::Kind::Storage,
            .code = u"service-file-invalid"_s,
            .title = sentence,
            .detail = file });
    }
}

void ServiceList::readFiles()
{
    if (std::exchange(m_read, true)) {
        return;
    }
    for (const QString &folder : std::as_const(m_folders)) {
        const QFileInfoList files
            = QDir(folder).entryInfoList({ u"*.json"_s }, QDir::Files, QDir::Name);
        for (const QFileInfo &info : files) {
            QFile data(info.absoluteFilePath());
            if (!data.open(QIODevice::ReadOnly)) {
                complain(data.fileName(), Text::tr("The file cannot be read."));
                continue;
            }
            const PresetFile file = readPresetFile(data.read(kLargestFile + 1), QString());
            for (const QString &problem : file.problems) {
                complain(data.fileName(), problem);
            }
            for (ServicePreset service : file.services) {
                service.file = data.fileName();
                m_fromFiles.append(service);
            }
        }
    }
}

QList<ServicePreset> ServiceList::services(const QString &protocol, const ProtocolPlugin *plugin)
{
    if (const auto known = m_known.constFind(protocol); known != m_known.constEnd()) {
        return *known;
    }
    readFiles();
    QList<ServicePreset> all;
    if (!plugin) {
        all = protocol.isEmpty() ? endedServices() : QList<ServicePreset> {};
    } else if (const auto *const catalogue = dynamic_cast<const ServiceCatalogue *>(plugin)) {
        all = catalogue->services();
    } else {
        const QList<AccountPreset> presets = plugin->presets();
        for (const AccountPreset &preset : presets) {
            all.append({ .preset = preset, .protocol = protocol, .link = {}, .file = {} });
        }
    }
    const SettingsSchema schema = plugin ? fullSchema(*plugin) : SettingsSchema();
    for (const ServicePreset &service : std::as_const(m_fromFiles)) {
        if (service.protocol != protocol) {
            continue;
        }
        if (const auto complaint = complaintAbout(service.preset, schema)) {
            complain(service.file,
                Text::tr("Service %1 is left out: %2.").arg(service.preset.id, *complaint));
            continue;
        }
        const auto same = std::ranges::find_if(
            all, [&](const ServicePreset &known) { return known.preset.id == service.preset.id; });
        if (same == all.end()) {
            all.prepend(service); // before what comes with the program: its domains win
        } else {
            *same = service;
        }
    }
    m_known.insert(protocol, all);
    return all;
}

const QList<Error> &ServiceList::problems()
{
    readFiles();
    return m_problems;
}

} // namespace linchpin
